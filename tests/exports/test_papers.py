"""Every paper: fonts embedded, every source character found again, stamped on every page, the same twice."""

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timezone
from decimal import Decimal
from io import BytesIO

import pypdf
import pypdfium2
import pytest
import segno

from sle_desk.base.language import Language, Words
from sle_desk.exports.pdf.look import MARGIN
from sle_desk.exports.pdf.stamp import QR_SIDE, square_content

NAMES = ("visit_summary", "worksheet", "key_page", "slip", "eligibility_form")
LANGUAGES = ("en", "zh_CN")
HOSTILE = '<a 5 mg </para> <img src="/etc/passwd"/> & {0} ' * 3
MARK = "§"
LONG = HOSTILE + "患者于筛选期出现发热，体温三十八度四。" + MARK


def squeezed(text):
    return "".join(text.split())


def pages(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages]


def pages_as_seen(pdf):
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def source_texts(content, language):
    """Yield every text that a paper's content holds, in the language of the paper."""
    if isinstance(content, Words):
        yield language.words(content)
    elif isinstance(content, str):
        yield content
    elif isinstance(content, datetime):
        yield content.strftime("%Y-%m-%d %H:%M")
    elif isinstance(content, date):
        yield content.isoformat()
    elif isinstance(content, Decimal):
        yield format(content.normalize(), "f")
    elif isinstance(content, tuple):
        for item in content:
            yield from source_texts(item, language)
    elif is_dataclass(content):
        hidden = {"outcome", "kind", "label" if hasattr(content, "x") else ""}
        for field in fields(content):
            if field.name not in hidden | {"x"}:
                yield from source_texts(getattr(content, field.name), language)


@pytest.fixture(params=LANGUAGES)
def language(request):
    return Language(request.param)


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def pdf(name, language, papers, stamp, fonts):
    return papers[name](language, stamp(), fonts)


def test_every_font_is_embedded_and_a_subset(pdf):
    found = set()
    for page in pypdf.PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            assert "/FontFile2" in font["/FontDescriptor"], font["/BaseFont"]
            found.add(font["/BaseFont"].partition("+")[2])
            assert re.match(r"/[A-Z]{6}\+", font["/BaseFont"])
    assert found == {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    assert len(pdf) < 200_000


def test_every_text_of_the_content_is_found_again_on_the_paper(pdf, name, language, papers):
    (content,) = papers[name].args
    for read in (pages, pages_as_seen):
        text = squeezed("".join(read(pdf)))
        for source in source_texts(content, language):
            assert squeezed(source) in text, source
        for source in source_texts(content.parts, language.other()) if name == "worksheet" else ():
            assert squeezed(source) in text, source


def test_every_page_carries_number_code_versions_and_page_of_pages(pdf, stamp):
    read = pages(pdf)
    for number, page in enumerate(read, 1):
        text = squeezed(page)
        for expected in (
            *("R-0042", "18204", "LHZS-BMGJ-YLAX-ODSQ-7LKD-TWYQ", "2026-11-2309:44(UTC+08:00)"),
            *("ChenLan", "VISIT-W8v1.2", "sle_desk1.0.0", "2026-11-2309:43"),
        ):
            assert expected in text
        assert f"Page{number}of{len(read)}" in text or f"第{number}页，共{len(read)}页" in text


def test_the_square_holds_report_print_audit_number_and_code_and_no_person(pdf, stamp):
    content = square_content(stamp())
    assert content == "R-0042/1 18204:LHZS-BMGJ-YLAX-ODSQ-7LKD-TWYQ"
    matrix = [list(row) for row in segno.make(content, error="m", micro=False).matrix]
    for page in pypdfium2.PdfDocument(pdf):
        picture = page.render(scale=6).to_pil().convert("L")
        side = QR_SIDE * 6
        left = picture.width - MARGIN * 6 - side
        assert dark_modules(picture, left, side, len(matrix)) == matrix


def dark_modules(picture, left, side, count):
    """Sample the middle of each module; the square stands on the lower right, its top found by scanning."""
    cell = side / count
    middle = left + cell / 2
    bottom = picture.height - 1
    while picture.getpixel((int(middle), bottom)) > 128:
        bottom -= 1
    top = bottom - side + 1
    return [
        [
            int(picture.getpixel((int(left + (x + 0.5) * cell), int(top + (y + 0.5) * cell))) < 128)
            for x in range(count)
        ]
        for y in range(count)
    ]


def test_no_name_of_demonstration_stands_on_a_real_paper(pdf):
    assert not any("DEMONSTRATION" in page or "演示" in page for page in pages(pdf))


def test_demonstration_data_are_marked_on_every_page(name, language, papers, stamp, fonts):
    for page in pages_as_seen(papers[name](language, stamp(demonstration=True), fonts)):
        # In the band above the head and pale beneath the body.
        assert squeezed(page).count("DEMONSTRATIONDATA演示数据") == 2


def test_the_same_content_and_stamp_give_the_same_bytes(pdf, name, language, papers, stamp, fonts):
    assert papers[name](language, stamp(), fonts) == pdf


def test_the_properties_hold_the_time_of_the_stamp_and_no_person(pdf):
    information = pypdf.PdfReader(BytesIO(pdf)).metadata
    assert information.creation_date == datetime(2026, 11, 23, 9, 44, tzinfo=timezone(BEIJING_OFFSET))
    assert information.author == "sle_desk 1.0.0, schema 12"
    assert "Chen Lan" not in str(dict(information))


BEIJING_OFFSET = datetime(2026, 1, 1, 8) - datetime(2026, 1, 1)


def test_headings_stand_in_both_languages(name, language, papers, stamp, fonts):
    titles = {
        "visit_summary": ("Week 8 visit summary", "第 8 周访视总结"),
        "worksheet": ("Visit worksheet", "访视工作表"),
        "key_page": ("Recovery key", "恢复密钥"),
        "slip": ("Allocation slip", "随机分配单"),
        "eligibility_form": ("Eligibility form", "入排标准核对表"),
    }
    first = squeezed(pages(papers[name](language, stamp(), fonts))[0])
    assert all(squeezed(title) in first for title in titles[name])


def test_a_character_without_a_glyph_stands_as_its_number_wherever_it_stands(
    name, language, papers, stamp, fonts
):
    for change in ({"printed_by": "Chen 😀"}, {"application": "sle 😀"}, {"form_version": "v1 😀"}):
        assert papers[name](language, stamp(**change), fonts).startswith(b"%PDF")


def swollen(content):
    """Return the content with every text made long and hostile."""
    if isinstance(content, Words):
        return Words(content.en + LONG, content.zh + LONG)
    if isinstance(content, str):
        return content and content + LONG
    if isinstance(content, tuple):
        return tuple(map(swollen, content))
    if is_dataclass(content):
        kept = {"outcome", "kind", "study", "points"}
        values = {
            field.name: getattr(content, field.name)
            if field.name in kept
            else swollen(getattr(content, field.name))
            for field in fields(content)
        }
        return replace(content, **values)
    return content


def test_endless_hostile_text_everywhere_is_printed_whole_within_the_margins(
    name, language, papers, stamp, fonts
):
    maker = papers[name]
    content = swollen(maker.args[0])
    pdf = maker.func(content, language, stamp(), fonts)
    text = squeezed("".join(pages(pdf)))
    sources = {squeezed(source) for source in source_texts(without_curve(content), language)}
    for source in sources:
        assert source[:4] in text, source
    # Each swollen text ends with the mark: where the end of one is lost, the marks are too few.
    assert text.count(MARK) >= sum(source.count(MARK) for source in sources) > 5
    for page in pypdfium2.PdfDocument(pdf):
        drawn = page.get_textpage()
        for number in range(0, drawn.count_chars(), 5):
            left, _, right, _ = drawn.get_charbox(number)
            assert right == 0 or (left > 48 and right < 595.3 - 48), drawn.get_text_range(number, 20)


def without_curve(content):
    return replace(content, curve=None) if hasattr(content, "curve") else content
