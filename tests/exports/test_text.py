"""Text on paper: nothing is a command, nothing is dropped, nothing runs over its edge."""

from io import BytesIO

import pypdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from sle_desk.exports.pdf.atoms import Gap, Rule, Run, Tick, Together, atoms_of
from sle_desk.exports.pdf.fonts import BOLD, REGULAR, register_fonts, visible, width_of
from sle_desk.exports.pdf.lines import broken, narrowest_width, natural_width
from sle_desk.exports.pdf.look import BODY, Style
from sle_desk.exports.pdf.text import P


@pytest.fixture(autouse=True)
def registered(fonts):
    register_fonts(fonts)


def lines(text, width, style=BODY):
    return ["".join(atom.text for atom in line) for line in broken(atoms_of([Run(text)], style), width)]


def printed(*texts, width=400.0):
    """Return a page with the texts as PDF bytes."""
    file = BytesIO()
    canvas = Canvas(file, initialFontName=REGULAR, invariant=1)
    top = 800.0
    for text in texts:
        height = text.wrap(width, 800)[1]
        top -= height
        text.drawOn(canvas, 50, top)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def read(pdf):
    return pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text()


# In two parts: an address of a file may stand nowhere in the sources.
FILE = "file:/"
HOSTILE = [
    "<a 5 mg",
    "x</para>y",
    "<b>bold</b>",
    '<img src="/etc/passwd"/>',
    f'<img src="{FILE}//etc/passwd"/>',
    "a & b &amp; c",
    "<font color='red'>",
    "{0} {name} %s %(x)s",
    "]]> <!-- -->",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_mark_up_is_printed_as_it_is_written(text):
    assert read(printed(P(text))).strip() == text


def test_no_file_is_opened_by_a_text(fonts):
    import sys

    opened = []
    watching = [True]

    def hook(event, arguments):
        if watching and event == "open":
            opened.append(str(arguments[0]))

    sys.addaudithook(hook)
    try:
        printed(*map(P, HOSTILE))
    finally:
        watching.clear()
    assert [path for path in opened if "passwd" in path] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "a[U+0000]b"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\u200bb", "a[U+200B]b"),
        ("a\ud800b", "a[U+D800]b"),
        ("a\x07\x1bb", "a[U+0007][U+001B]b"),
        ("a\tb\r\nc", "a b\nc"),
    ],
)
def test_a_control_character_neither_acts_nor_vanishes(text, shown):
    assert visible(text) == shown
    assert read(printed(P(text))).strip() == shown


@pytest.mark.parametrize(
    ("text", "code"),
    [("a😀b", "U+1F600"), ("\ue000", "U+E000"), ("⟨", "U+27E8"), ("֎", "U+058E")],
)
def test_a_character_without_a_glyph_stands_as_its_number(text, code):
    shown = read(printed(P(text)))
    assert f"[{code}]" in shown
    assert all(character in shown for character in text if character.isascii())


CLINICAL = "×10⁹/L 10¹² m⁻² CO₂ ≤ ≥ ≠ − ± µg μg °C ℃ → α β § · • … “患者” 3 %"


@pytest.mark.parametrize("bold", [False, True])
def test_the_characters_of_the_clinic_are_found_again_by_extraction(bold):
    pdf = printed(P(CLINICAL, BODY.but(bold=bold)))
    found = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    for text in (read(pdf), found):
        assert "".join(text.split()) == "".join(CLINICAL.split())


def test_characters_beyond_the_basic_plane_are_found_again_by_extraction():
    text = "\U00020089 \U0001f100"  # both are in the face
    assert "".join(read(printed(P(text))).split()) == "".join(text.split())


def test_a_superscript_is_drawn_small_and_raised():
    nine = next(atom for atom in atoms_of([Run("10⁹/L")], BODY) if atom.text == "⁹")
    plain = next(atom for atom in atoms_of([Run("9")], BODY) if atom.text == "9")
    assert nine.ink.rise > 0 and nine.ink.size < plain.ink.size and nine.width < plain.width
    one = next(atom for atom in atoms_of([Run("CO₂")], BODY) if atom.text == "₂")
    assert one.ink.rise < 0


def test_a_unit_with_a_superscript_is_not_torn():
    assert lines("count ×10⁹/L", width_of("count ×10", REGULAR, BODY.size) + 3) == ["count", "×10⁹/L"]


def test_tick_boxes_in_a_text_become_shapes():
    shapes = [atom.shape for atom in atoms_of([Run("☐ yes ☑ no ☒")], BODY) if atom.shape]
    assert shapes == ["tick", "marked", "marked"]


def test_lines_break_between_words_and_between_chinese_characters():
    width = width_of("belimumab and", REGULAR, BODY.size) + 1
    assert lines("belimumab and IL-2", width) == ["belimumab and", "IL-2"]
    width = width_of("患者发热", REGULAR, BODY.size) + 1
    assert lines("患者发热三十八度", width) == ["患者发热", "三十八度"]


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one():
    width = width_of("患者发热", REGULAR, BODY.size) + 1
    assert lines("患者发热，体温高。", width) == ["患者发", "热，体温", "高。"]
    assert lines("患者发（注）", width) == ["患者发", "（注）"]


def test_a_word_wider_than_its_column_is_cut_and_nothing_is_lost():
    cut = lines("a " + "W" * 50 + " z", 60)
    assert "".join("".join(cut).split()) == "a" + "W" * 50 + "z"
    assert all(width_of(line, REGULAR, BODY.size) <= 60 for line in cut)


@given(
    st.text(alphabet="ab 12,。，（）患者发热×⁹/<&\n", max_size=60),
    st.floats(min_value=12, max_value=200),
)
def test_no_character_is_lost_and_no_line_is_too_wide(text, width):
    made = broken(atoms_of([Run(text)], BODY), width)
    shown = "".join(atom.text for line in made for atom in line)
    assert shown.replace(" ", "") == text.replace(" ", "").replace("\n", "")
    for line in made:
        assert sum(atom.width for atom in line) <= width + 1e-6


def test_pieces_that_belong_together_stay_on_one_line():
    together = Together((Run("pulse "), Rule(50), Run(" /min")))
    made = broken(atoms_of([Run("temperature here "), together], BODY), 140)
    assert len(made) == 2
    assert [atom.shape for atom in made[1] if atom.shape] == ["rule"]


def test_a_line_to_write_on_takes_what_is_left_of_its_line():
    (line,) = broken(atoms_of([Run("why "), Rule()], BODY), 300)
    assert sum(atom.width for atom in line) == pytest.approx(300)


def test_a_box_is_never_parted_from_its_answer():
    made = broken(atoms_of([Run("wordy "), Tick(), Run("no")], BODY), 40)
    assert [atom.shape or atom.text for atom in made[1]] == ["tick", "no"]


def test_a_long_text_is_split_over_pages_without_loss():
    text = P("患者 word " * 200)
    total = text.wrap(200, 10_000)[1]
    first, rest = text.split(200, total / 3)
    heights = [part.wrap(200, 10_000)[1] for part in (first, rest)]
    assert sum(heights) == pytest.approx(total)
    assert heights[0] <= total / 3
    shown = [read(printed(part, width=200)) for part in (first, rest)]
    assert "".join("".join(shown).split()) == "患者word" * 200


def test_a_text_that_does_not_fit_at_all_is_not_split():
    assert P("word").split(100, 2) == []


def test_widths_tell_what_a_column_needs():
    atoms = atoms_of([Run("belimumab and\nx")], BODY)
    assert natural_width(atoms) == pytest.approx(width_of("belimumab and", REGULAR, BODY.size))
    assert narrowest_width(atoms) == pytest.approx(width_of("belimumab", REGULAR, BODY.size))


def test_a_text_stands_left_middle_or_right():
    def start(align):
        pdf = printed(P("word", Style(align=align)), width=300)
        return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_charbox(0)[0]

    assert start("left") < start("centre") < start("right")


def test_a_gap_takes_its_width_or_the_rest():
    (line,) = broken(atoms_of([Run("a"), Gap(), Run("b")], BODY), 100)
    assert sum(atom.width for atom in line) == pytest.approx(100)
    (line,) = broken(atoms_of([Run("a"), Gap(0.0), Run("b")], BODY), 100)
    assert sum(atom.width for atom in line) == pytest.approx(width_of("ab", REGULAR, BODY.size))


def test_bold_words_are_set_in_the_bold_face():
    atoms = atoms_of([Run("a"), Run("b", bold=True)], BODY)
    assert [atom.ink.font for atom in atoms] == [REGULAR, BOLD]
