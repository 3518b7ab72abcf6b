"""Worksheet, slip, eligibility form and key page: what they may say and what they may not."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pypdf
import pytest

from sle_desk.base.language import Words
from sle_desk.exports.pdf.dose_sum import DoseSum, Vials, dose_text, vials_text
from sle_desk.exports.pdf.eligibility_form import eligibility_form_pdf
from sle_desk.exports.pdf.key_page import key_page_pdf
from sle_desk.exports.pdf.slip import slip_pdf
from sle_desk.exports.pdf.worksheet import Ask, Infusion, Questions, worksheet_pdf


@pytest.fixture
def read(english, stamp, fonts):
    def pages(make, content, language=english, **changes):
        pdf = make(content, language, stamp(**changes), fonts)
        return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(pdf)).pages]

    return pages


@pytest.fixture
def content(papers):
    return lambda name: papers[name].args[0]


def test_a_dose_is_shown_as_its_sum_and_never_rounded_unseen(english):
    exact = DoseSum(
        Decimal(10), Decimal("61.2"), Decimal(612), (Vials(1, Decimal(400)), Vials(2, Decimal(120)))
    )
    assert dose_text(exact, english) == "10 × 61.2 = 612 mg"
    assert (vials_text(exact.vials), exact.content, exact.left_over) == ("400 + 2 × 120", 640, 28)
    rounded = DoseSum(Decimal(10), Decimal("61.25"), Decimal(613))
    assert dose_text(rounded, english) == "10 × 61.25 = 612.5 mg, prescribed 613 mg"


def test_the_worksheet_of_the_mockup_is_one_page_in_either_language(read, content, chinese):
    assert len(read(worksheet_pdf, content("worksheet"))) == 1
    assert len(read(worksheet_pdf, content("worksheet"), chinese)) == 1


def test_the_worksheet_serves_a_visit_without_doses(read, content):
    part = Questions(Words("Vital signs", "生命体征"), ((Ask(Words("weight", "体重"), Words("kg", "kg")),),))
    screening = replace(content("worksheet"), parts=(part,), randomisation_number="", arm=None, planned=None)
    (page,) = read(worksheet_pdf, screening)
    assert "1 Vital signs 生命体征" in page and "体重 weight kg" in page
    assert "infusion" not in page and "批号" not in page


def test_an_infusion_without_an_earlier_weight_has_no_sum_filled_in(read, content):
    rule = Words("10 mg/kg", "10 mg/kg")
    bare = Infusion(1, Words("belimumab", "贝利尤单抗"), rule, Decimal(10), (Decimal(120),))
    (page,) = read(worksheet_pdf, replace(content("worksheet"), parts=(bare,)))
    assert "if the weight is still" not in page and "上次 last" not in page
    assert "10 × kg = mg" in page and "120 mg ×" in page


def test_nothing_is_ticked_or_filled_in_for_the_nurse(english, stamp, fonts, content):
    pdf = pypdf.PdfReader(BytesIO(worksheet_pdf(content("worksheet"), english, stamp(), fonts)))
    drawn = pdf.pages[0].get_contents().get_data().decode("latin-1")
    boxes = drawn.count(" re S")
    assert boxes > 30
    ticked = replace(content("worksheet").parts[1], title=Words("☑", "☑"))
    marked = replace(content("worksheet"), parts=(ticked,))
    other = pypdf.PdfReader(BytesIO(worksheet_pdf(marked, english, stamp(), fonts)))
    crosses = other.pages[0].get_contents().get_data().decode("latin-1")
    # A mark is two strokes across its box; the worksheet itself has none.
    assert diagonals(crosses) > diagonals(drawn) == 0


def diagonals(drawn):
    lines = [part.split()[:6] for part in drawn.split("n ") if " l S" in part]
    return sum(line[0] != line[3] and line[1] != line[4] for line in lines if len(line) == 6)


def test_the_slip_says_that_a_plan_is_not_a_dose_and_marks_closed_days(read, content):
    text = " ".join(read(slip_pdf, content("slip")))
    assert "A plan is not a dose" in text
    assert "4 Sun 2026-09-20 * d 7" in text and "* = the site is closed: weekend or public holiday." in text
    assert "54 Mon 2027-02-22 d 162" in text and "Window 1 – 54: ± 1 d" in text


def test_a_slip_before_the_first_dose_gives_no_dates(read, content):
    slip = content("slip")
    undated = replace(
        slip,
        visits=tuple(replace(due, planned=None, closed=False) for due in slip.visits),
        plans=tuple(
            replace(plan, doses=tuple(replace(due, planned=None, closed=False) for due in plan.doses))
            for plan in slip.plans
        ),
    )
    text = " ".join(read(slip_pdf, undated))
    assert "Day 1 is the day of the first dose" in text and "from day 1" in text
    assert "2027" not in text and "weekend" not in text


def test_windows_that_differ_are_all_said(read, content):
    slip = content("slip")
    doses = slip.plans[1].doses
    other = (*doses[:42], *(replace(due, window="± 2 d") for due in doses[42:]))
    text = " ".join(read(slip_pdf, replace(slip, plans=(replace(slip.plans[1], doses=other),))))
    assert "Window 1 – 42: ± 1 d, 43 – 54: ± 2 d" in text


def test_an_undecided_form_asks_for_no_decision_and_says_what_is_missing(read, content):
    text = " ".join(read(eligibility_form_pdf, content("eligibility_form")))
    assert "Not decided." in text and "Still missing: I 2: D01; E 1b: D02" in text
    assert "Waits for D01" in text and "My decision:" not in text
    assert "not answered" in text


def test_a_box_longer_than_a_page_is_torn_and_nothing_is_lost(read, content):
    missing = tuple(f"criterion-{number}" for number in range(600))
    form = replace(content("eligibility_form"), missing=missing)
    text = " ".join(read(eligibility_form_pdf, form))
    assert [word.strip(";") for word in text.split() if word.startswith("criterion-")] == list(missing)


@pytest.mark.parametrize("rows", range(0, 12, 3))
def test_a_box_that_one_page_can_hold_is_never_torn(read, content, rows):
    more = Questions(Words("More", "更多"), ((Ask(Words("line", "行"), fill=True),),) * rows)
    worksheet = content("worksheet")
    pages = read(worksheet_pdf, replace(worksheet, parts=(*worksheet.parts, more)))
    assert [("I did what is written" in page, "Typed by" in page) for page in pages][-1] == (True, True)
    assert sum("Typed by" in page for page in pages) == 1


def decided(form, **changes):
    groups = tuple(
        replace(group, rows=tuple(row for row in group.rows if not row.waits)) for group in form.groups
    )
    return replace(form, groups=groups, missing=(), outcome="eligible", **changes)


def test_a_decided_form_asks_for_the_decision_in_ink(read, content):
    text = " ".join(read(eligibility_form_pdf, decided(content("eligibility_form"))))
    assert "My decision: eligible not eligible not decided" in text
    assert "Decided: every criterion allows inclusion." in text


def test_a_criterion_is_never_torn_between_pages_and_each_page_has_one_head(read, content):
    form = content("eligibility_form")
    row = replace(form.groups[0].rows[0], evidence_detail="one line\n" * 7 + "last line")
    rows = tuple(replace(row, number=f"I {number}", registry=f"begins-{number}") for number in range(1, 31))
    pages = read(eligibility_form_pdf, replace(form, groups=(replace(form.groups[0], rows=rows),)))
    begun = [page.count("begins-") for page in pages]
    assert sum(begun) == 30 and [page.count("last line") for page in pages] == begun
    heads = [page.count("Evidence computed") for page in pages]
    assert heads == [int(count > 0) for count in begun]


def test_a_signed_form_shows_name_role_instant_with_offset_and_meaning(read, content):
    signature = replace(content("slip").signature, transcribed_from="paper E-07 of 2026-09-14")
    text = " ".join(read(eligibility_form_pdf, decided(content("eligibility_form"), signature=signature)))
    assert "Identity confirmed, next row opened." in text
    assert "Wu Min, principal investigator, 2026-09-14 10:42 (UTC+08:00)" in text
    assert "Transcribed from paper E-07 of 2026-09-14" in text
    assert "SIGNED" in text and "Name in capitals" not in text


@pytest.mark.parametrize("change", [{"missing": ("I 2",)}, {}])
def test_a_form_that_waits_for_something_cannot_say_eligible(content, change):
    with pytest.raises(ValueError, match="cannot say eligible"):
        replace(content("eligibility_form"), outcome="eligible", **{"missing": (), **change})
    with pytest.raises(ValueError, match="no such outcome"):
        replace(content("eligibility_form"), outcome="probably")


def test_registry_words_are_printed_byte_for_byte(read, content):
    text = " ".join(read(eligibility_form_pdf, content("eligibility_form")))
    for words in ("Neutrophil 10 mg/d) within 1 month", "Hb≤9 g/dl", "Male or female >18 years of age at"):
        assert words in text


def test_the_key_page_tells_how_to_use_it_in_both_languages_and_has_lines_for_each_opening(read, content):
    (page,) = read(key_page_pdf, content("key_page"), audit_number=None, audit_code="", report_number="K-01")
    for group in ("7KQ2M-X4RFA", "90WGY-YM2Z8", "34EYC-NPZNT", "20EWJ-J36X5"):
        assert group in page
    for words in (
        "To use it: start the application",
        "使用时：启动程序",
        "封存人 Sealed by",
        "见证人 Witnessed by",
    ):
        assert words in page
    assert "信封开启记录" in page and r"D:\sle_study" in page
    assert "Key page K-01, print 1" in page and "audit" not in page


def test_the_square_of_the_key_page_does_not_hold_the_key(stamp):
    from sle_desk.exports.pdf.stamp import square_content

    assert square_content(stamp(audit_number=None, audit_code="", report_number="K-01")) == "K-01/1"
