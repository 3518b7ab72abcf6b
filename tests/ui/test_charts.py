"""Drawings on screen: every item is painted, where it stands and in the colours of the theme."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from sle_desk.exports import drawing as paper
from sle_desk.exports.drawing import Band, Drawing, Label, Line, Mark, Point, score_curve, trend
from sle_desk.ui import theme
from sle_desk.ui.charts import DrawingView, paint_drawing

RED = "#ff0000"


def painted(items, size=100):
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        paint_drawing(painter, Drawing(100.0, 100.0, tuple(items)), QRect(0, 0, size, size), theme.current())
    return image


def is_red(image, x, y):
    colour = image.pixelColor(x, y)
    return colour.red() > 200 and colour.green() < 90


@pytest.mark.parametrize(
    ("item", "inside", "outside"),
    [
        (Band(10, 20, 60, 40, RED), (30, 30), (30, 50)),
        (Band(60, 40, 10, 20, RED), (30, 30), (70, 30)),
        (Line(((10, 50), (90, 50)), 4.0, RED), (50, 50), (50, 60)),
        (Mark(50, 50, "dot", RED), (50, 50), (60, 50)),
        (Mark(50, 50, "above", RED), (50, 49), (50, 60)),
        (Mark(50, 50, "below", RED), (50, 51), (50, 40)),
    ],
)
def test_an_item_is_painted_where_it_stands(item, inside, outside, qapp):
    image = painted([item])
    assert is_red(image, *inside)
    assert not is_red(image, *outside)


def test_a_circle_is_open_and_a_dot_is_filled(qapp):
    big = [Mark(50, 50, shape, RED) for shape in ("circle",)]
    image = painted(big, 1000)
    assert not is_red(image, 500, 500)
    assert is_red(painted([Mark(50, 50, "dot", RED)], 1000), 500, 500)


def test_triangles_point_the_way_of_the_value(qapp):
    above = painted([Mark(50, 50, "above", RED)], 1000)
    below = painted([Mark(50, 50, "below", RED)], 1000)
    wide = [sum(is_red(image, x, 515) for x in range(400, 600)) for image in (above, below)]
    assert wide[0] > wide[1]


@pytest.mark.parametrize(("align", "side"), [("left", 60), ("right", 40)])
def test_a_label_stands_on_its_side(align, side, qapp):
    image = painted([Label(50, 55, "XXXXX", 10, align, bold=True, colour=RED)], 400)
    columns = [x for x in range(400) if any(is_red(image, x, y) for y in range(400))]
    assert columns
    middle = sum(columns) / len(columns) / 4
    assert abs(middle - side) < abs(middle - (100 - side))


def test_the_ink_of_paper_is_light_in_a_dark_window(qapp):
    theme.apply(qapp, dark=True)
    image = painted([Band(0, 0, 100, 100, paper.INK)])
    assert image.pixelColor(50, 50).name().upper() == theme.DARK.text


@pytest.mark.parametrize(
    "drawing",
    [
        trend([]),
        trend([Point(0, Decimal(1))]),
        trend([Point(0, Decimal(5)), Point(1, Decimal(9))], Decimal(4), Decimal(7)),
        score_curve([Point(0, Decimal(12), "W0"), Point(4, Decimal(6), "W4")], title="SLEDAI-2K"),
        score_curve([]),
    ],
)
def test_every_drawing_of_the_exports_can_be_shown(drawing, shown):
    view = DrawingView(drawing, "falls from 12 to 6")
    shown(view, 300, 120)
    picture = view.grab().toImage()
    assert picture.width() == 300
    assert view.accessibleName() == "falls from 12 to 6"
