"""Colours that can be told apart, one font, sizes that grow together."""

import pytest
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QLineEdit

from sle_desk.base import fonts
from sle_desk.ui import icons, theme
from sle_desk.ui.navigation import _PILLS
from sle_desk.ui.theme import DARK, LIGHT

LOOKS = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
TEXTS = (
    *(("text", "bg"), ("text", "surface"), ("text", "surface_2"), ("text", "accent_soft")),
    *(("text_2", "bg"), ("text_2", "surface"), ("text_2", "surface_2"), ("text_2", "accent_soft")),
    *(("text_3", "bg"), ("text_3", "surface"), ("text_3", "surface_2")),
    *(("accent", "bg"), ("accent", "surface"), ("accent", "accent_soft")),
    *(("on_accent", "accent"), ("on_accent", "accent_hover")),
    *(("on_danger", "danger"), ("on_danger", "danger_hover")),
    *(("sidebar_title", "sidebar"), ("sidebar_title", "sidebar_active"), ("sidebar", "sidebar_title")),
    *(("sidebar_text", "sidebar"), ("sidebar_text", "sidebar_active")),
    *(("sidebar_hint", "sidebar"), ("sidebar_hint", "sidebar_active"), ("sidebar", "sidebar_mark")),
)
MARKS = (
    *(("input_line", "surface"), ("input_line", "bg")),
    *(("accent", "surface"), ("accent", "bg"), ("accent", "accent_soft")),
    *(("sidebar_mark", "sidebar"), ("sidebar_mark", "sidebar_active"), ("surface", "accent")),
)


def luminance(colour):
    """The relative luminance of WCAG 2.x."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_is_that_of_the_guideline():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@LOOKS
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_every_text_reaches_four_and_a_half(tokens, ink, ground):
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@LOOKS
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_every_border_ring_and_icon_reaches_three(tokens, mark, ground):
    assert contrast(getattr(tokens, mark), getattr(tokens, ground)) >= 3


@LOOKS
@pytest.mark.parametrize("name", sorted(LIGHT.statuses))
def test_every_status_is_readable_on_its_own_ground_on_cards_and_in_the_chosen_row(tokens, name):
    look = tokens.statuses[name]
    assert contrast(look.ink, look.ground) >= 4.5
    assert contrast(look.ink, tokens.surface) >= 4.5
    assert contrast(look.ink, tokens.accent_soft) >= 4.5


@pytest.mark.parametrize(("status", "ground", "ink"), _PILLS)
def test_the_counts_in_the_navigation_are_readable(status, ground, ink):
    assert contrast(ink, ground) >= 4.5
    assert contrast(ground, LIGHT.sidebar) >= 3


@LOOKS
def test_each_status_has_an_icon_of_its_own(tokens):
    shapes = {name: look.icon for name, look in tokens.statuses.items()}
    assert len(set(shapes.values())) == len(shapes)
    assert set(shapes.values()) <= set(icons.names())


@pytest.mark.parametrize("scale", theme.SCALES)
@pytest.mark.parametrize("dark", [False, True])
def test_the_style_sheet_is_understood_at_every_scale(scale, dark, qapp, qtbot):
    made = theme.apply(qapp, scale=scale, dark=dark)
    line = QLineEdit()
    qtbot.addWidget(line)
    line.setProperty("part", "input")
    line.setProperty("high", "normal")
    line.show()
    line.ensurePolished()
    # Warnings of the style sheet's parser fail the test of themselves.
    assert line.sizeHint().height() == made.px(36)
    assert QFontInfo(line.font()).pixelSize() == made.px(14)


def test_the_font_is_our_own_in_both_weights(dressed):
    assert dressed.family == fonts.FAMILY
    for role, weight in (("body", 400), ("section", 700)):
        found = QFontInfo(dressed.font(role))
        assert (found.family(), found.weight()) == (fonts.FAMILY, weight)


def test_figures_have_one_width(dressed):
    from PySide6.QtGui import QFontMetrics

    metrics = QFontMetrics(dressed.font("table"))
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1


def test_a_window_without_the_font_is_still_a_window(qapp, monkeypatch, tmp_path):
    import sys

    from PySide6.QtCore import QObject

    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert theme.load_fonts() == ""
    assert isinstance(qapp, QObject)


def test_the_palette_is_ours_whatever_the_system_says(qapp):
    theme.apply(qapp, dark=True)
    assert qapp.palette().window().color().name().upper() == DARK.bg
    theme.apply(qapp)
    assert qapp.palette().window().color().name().upper() == LIGHT.bg
