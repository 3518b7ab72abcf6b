"""The visit summary: one page with an annex, and a statement that open items cannot belie."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pypdf
import pypdfium2
import pytest

from sle_desk.exports.drawing import Point
from sle_desk.exports.pdf.visit_summary import ActivityRow, Curve, LabRow, Note, visit_summary_pdf

SIGNATURE_BOX = "Name in capitals"


@pytest.fixture
def pages(english, stamp, fonts):
    def read(content, language=english):
        pdf = visit_summary_pdf(content, language, stamp(), fonts)
        return [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages]

    return read


def flat(pages):
    return " ".join(" ".join(pages).split())


def note(kind, *, open=True, identifier="", count=1, text="something"):
    return Note(kind, text, identifier, open, count)


def test_the_summary_of_the_mockup_is_one_page(pages, summary, chinese):
    assert len(pages(summary)) == 1
    assert len(pages(summary, chinese)) == 1


def test_the_statement_names_every_open_item(pages, summary):
    text = flat(pages(summary))
    assert "listed in section 5: open queries: 1 (Q-028); awaited results: 2. Apart from these" in text


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("query", "open queries: 1"),
        ("awaited", "awaited results: 1"),
        ("missing", "missing values: 1"),
        ("deviation", "deviations not yet judged: 1"),
        ("correction", "corrections not yet reviewed: 1"),
        ("clarification", "open clarifications of the protocol: 1"),
    ],
)
def test_any_open_item_keeps_the_statement_from_claiming_that_all_is_well(pages, summary, kind, told):
    text = flat(pages(replace(summary, notes=(note(kind),))))
    assert told in text and "No open item is listed" not in text
    closed = flat(pages(replace(summary, notes=(note(kind, open=False),))))
    assert told not in closed and "No open item is listed in section 5." in closed


def test_items_of_one_kind_are_counted_together_and_named(pages, summary):
    notes = (note("query", identifier="Q-1"), note("query", identifier="Q-2", count=3))
    assert "open queries: 4 (Q-1, Q-2)" in flat(pages(replace(summary, notes=notes)))


def test_without_the_section_the_statement_claims_nothing_about_it(pages, summary):
    text = flat(pages(replace(summary, notes=None)))
    assert "It does not list deviations, queries or corrections." in text
    assert "I know of no error" not in text and "Deviations, open queries" not in text


def test_a_section_without_content_is_left_out_and_the_rest_is_numbered_on(pages, summary):
    text = flat(pages(replace(summary, adverse_events=None)))
    assert "Adverse events" not in text
    assert "4 Deviations, open queries" in text and "listed in section 4:" in text


@pytest.mark.parametrize(
    ("section", "empty", "told"),
    [
        ("treatment", (), "No dose is planned or recorded up to this visit."),
        ("laboratory", (), "No value outside its reference range is listed."),
        ("notes", (), "Nothing is listed."),
    ],
)
def test_a_section_that_is_empty_says_so(pages, summary, section, empty, told):
    assert told in flat(pages(replace(summary, **{section: empty})))


def many(summary, count):
    rows = tuple(
        LabRow(f"Test {n}", f"{n}.25", "g/L", "1 – 2", "High", "no grade", "+1", "NCS", "Zhao Jing")
        for n in range(count)
    )
    return replace(summary, laboratory=rows)


def test_a_long_list_is_shortened_on_the_first_page_and_stands_whole_in_the_annex(pages, summary):
    first, *rest = pages(many(summary, 40))
    assert SIGNATURE_BOX in first and "of 40 shown; all of them stand in the annex." in first
    assert len(rest) == 1 and "Annex: Laboratory values outside the reference range" in rest[0]
    for number in range(40):
        assert f"Test {number}\n{number}.25" in rest[0]
    assert SIGNATURE_BOX not in rest[0]


def test_only_what_is_too_long_is_shortened_and_the_page_is_filled(pages, summary):
    first = pages(many(summary, 40))[0]
    shown = int(first.split(" of 40 shown")[0].rsplit("\n", 1)[1])
    assert 5 < shown < 40
    assert "AE-03" in first and "Q-028" in first and first.count("of 40 shown") == first.count("shown;") == 1


def test_an_annex_may_run_over_several_pages_with_its_head_on_each(pages, summary):
    _, *rest = pages(many(summary, 150))
    assert len(rest) > 1
    assert all("Decided by" in page and "SLE-004" in page for page in rest)
    assert all(sum(f"Test {n}\n" in page for page in rest) == 1 for n in range(150))


def test_a_note_longer_than_a_page_is_printed_whole(pages, summary):
    words = " ".join(f"w{n}" for n in range(2_500))
    text = flat(pages(replace(summary, notes=(note("query", identifier="Q-9", text=words),))))
    found = [word for word in text.split() if word[:1] == "w" and word[1:].isdigit()]
    assert found == words.split()
    assert "(Q-9)" in text


def test_the_signature_stands_on_the_first_page_however_much_there_is(pages, summary):
    notes = tuple(note("query", identifier=f"Q-{n}", text="word " * 60) for n in range(30))
    for content in (many(summary, 200), replace(summary, notes=notes)):
        made = pages(content)
        assert [SIGNATURE_BOX in page for page in made] == [True] + [False] * (len(made) - 1)


def test_more_visits_than_fit_beside_the_curve_leave_it_below_the_table(english, stamp, fonts, summary):
    def place(content, word):
        pdf = visit_summary_pdf(content, english, stamp(), fonts)
        page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
        index, _ = page.search(word, match_whole_word=True).get_next()
        return page.get_charbox(index)

    assert place(summary, "Scr")[0] > 300
    visits = tuple(f"V{n}" for n in range(9))
    wide = replace(
        summary,
        activity_visits=visits,
        activity=(ActivityRow("SLEDAI-2K", tuple(map(str, range(9)))),),
        curve=Curve("SLEDAI-2K", tuple(Point(n, Decimal(n), f"C{n}") for n in range(9))),
    )
    assert place(wide, "C0")[0] < 100


def test_a_value_without_anything_is_a_dash_and_not_a_nought(pages, summary):
    row = LabRow("Urea", None, "mmol/L", None, None, None, None, None, None)
    assert flat(pages(replace(summary, laboratory=(row,)))).count("Urea – mmol/L – – – – – –") == 1


def test_what_cannot_be_laid_out_is_a_fault_of_the_caller(summary):
    with pytest.raises(ValueError, match="no such kind"):
        replace(summary, notes=(note("rumour"),))
    with pytest.raises(ValueError, match="1 values stand under 5 heads"):
        replace(summary, activity=(ActivityRow("PGA", ("1",)),))
