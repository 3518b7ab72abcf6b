"""Icons: all drawn, all recolourable, all there."""

import ast
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

import sle_desk
from sle_desk.base.paths import resource
from sle_desk.ui import icons

SHAPES = {"svg", "path", "circle", "rect", "ellipse"}
# Calls whose argument of this place or name is an icon.
_MAKERS = {"Icon": 0, "IconButton": 0, "IconTile": 0, "FigureCard": 0}


def inked(picture):
    image = picture.toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_is_drawn_in_the_ink_that_is_asked_for(name, qapp):
    small = icons.pixmap(name, QColor("#112233"), 32, 2.0)
    assert "#112233" in inked(small) or name == "checkbox-on"
    assert small.size().width() == 64


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_is_a_simple_drawing(name):
    root = ElementTree.fromstring(resource("icons", f"{name}.svg").read_text(encoding="utf-8"))
    assert root.get("viewBox") == "0 0 24 24"
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= SHAPES


def test_another_ink_gives_another_picture(qapp):
    assert inked(icons.pixmap("check", QColor("#aa0000"), 32)) != inked(
        icons.pixmap("check", QColor("#0000aa"), 32)
    )


def named_icons():
    """Yield each icon that the window's sources name."""
    for path in (Path(sle_desk.__file__).parent / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [word.value for word in node.keywords if word.arg == "icon"]
            if called in _MAKERS and node.args:
                given.append(node.args[_MAKERS[called]])
            for argument in given:
                if isinstance(argument, ast.Constant) and argument.value:
                    yield path.name, argument.value


def test_every_icon_that_is_named_exists():
    missing = [(place, name) for place, name in named_icons() if name not in icons.names()]
    assert missing == []
