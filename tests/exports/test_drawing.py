"""Charts as lists of lines, bands, marks and labels."""

from decimal import Decimal
from io import BytesIO
from itertools import pairwise

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from sle_desk.exports.drawing import Band, Drawing, Label, Line, Mark, Point, draw_on_pdf, score_curve, trend
from sle_desk.exports.pdf.fonts import REGULAR, register_fonts


def points(*values):
    return tuple(Point(place, Decimal(value), f"W{place}") for place, value in enumerate(values))


def of(drawing, kind):
    return [item for item in drawing.items if isinstance(item, kind)]


def test_a_trend_rises_upwards_on_a_page_that_counts_downwards():
    (line,) = of(trend(points("1", "2", "3")), Line)
    heights = [y for _, y in line.points]
    assert heights == sorted(heights, reverse=True)


def test_a_trend_shows_its_reference_range_as_a_band():
    drawing = trend(points("1", "5"), Decimal(2), Decimal(4))
    (band,) = of(drawing, Band)
    (line,) = of(drawing, Line)
    assert line.points[1][1] < band.y0 < band.y1 < line.points[0][1]


@pytest.mark.parametrize(
    ("low", "high", "edges"), [(None, Decimal(4), (None, 24.0)), (Decimal(2), None, (0.0, None))]
)
def test_a_range_with_one_limit_is_open_to_its_edge(low, high, edges):
    (band,) = of(trend(points("1", "5"), low, high), Band)
    for found, edge in zip((band.y0, band.y1), edges, strict=True):
        assert edge is None or found == edge


def test_values_outside_the_range_have_a_shape_of_their_own():
    drawing = trend(points("1", "3", "5", "3"), Decimal(2), Decimal(4))
    assert [mark.shape for mark in of(drawing, Mark)] == ["below", "above", "dot"]
    limits = trend(points("2", "4", "3"), Decimal(2), Decimal(4))
    assert [mark.shape for mark in of(limits, Mark)] == ["dot"]


def test_a_single_value_and_no_value_can_be_drawn():
    assert [mark.shape for mark in of(trend(points("1")), Mark)] == ["dot"]
    assert trend(()) == Drawing(96.0, 24.0, ())
    assert of(score_curve(()), Mark) == []


@given(st.lists(st.decimals(0, 105, places=2), min_size=1, max_size=20))
def test_every_score_is_marked_inside_the_drawing_and_written_as_it_is(values):
    drawing = score_curve(tuple(Point(n, value) for n, value in enumerate(values)))
    marks = of(drawing, Mark)
    assert len(marks) == len(values)
    assert all(0 <= mark.x <= drawing.width and 0 <= mark.y <= drawing.height for mark in marks)
    written = [label.text for label in of(drawing, Label) if label.bold]
    assert written == [format(value, "f") for value in values]


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        ("12", ["0", "4", "8", "12"]),
        ("0", ["0", "1"]),
        ("3", ["0", "1", "2", "3"]),
        ("105", ["0", "40", "80", "120"]),
        ("0.7", ["0", "0.2", "0.4", "0.6", "0.8"]),
    ],
)
def test_the_scale_begins_at_nought_and_reaches_the_highest_value(highest, ticks):
    drawing = score_curve(points(highest))
    found = [label.text for label in of(drawing, Label) if label.align == "right"]
    assert found == ticks


def test_names_of_times_do_not_run_into_one_another_and_the_last_is_kept():
    close = tuple(Point(day, Decimal(1), f"W{day}") for day in range(60))
    names = [label for label in of(score_curve(close), Label) if label.text.startswith("W")]
    assert names[-1].text == "W59"
    gaps = [after.x - before.x for before, after in pairwise(names)]
    assert min(gaps) > 10


def test_a_drawing_on_paper_shows_its_labels_and_its_lines(fonts):
    register_fonts(fonts)
    file = BytesIO()
    canvas = Canvas(file, initialFontName=REGULAR, invariant=1)
    draw_on_pdf(canvas, score_curve(points("12", "10", "6"), title="SLEDAI-2K 评分"), 100, 500)
    canvas.showPage()
    canvas.save()
    page = pypdfium2.PdfDocument(file.getvalue())[0]
    text = page.get_textpage().get_text_range()
    assert all(word in text for word in ("SLEDAI-2K 评分", "12", "10", "6", "W0", "W2"))
    picture = page.render(scale=1).to_pil().convert("L")
    inside = picture.crop((100, 842 - 592, 276, 842 - 500))
    outside = picture.crop((290, 842 - 592, 500, 842 - 500))
    assert inside.getextrema()[0] < 80 and outside.getextrema()[0] == 255
