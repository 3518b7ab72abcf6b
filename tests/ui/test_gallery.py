"""Every part in both languages, sizes and looks: built, pictured, and nothing that is written is cut."""

import pytest
from gallery import PAGES, window
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QWidget
from specimens import LANGUAGES

from sle_desk.base.language import Language
from sle_desk.ui import theme
from sle_desk.ui.buttons import Button
from sle_desk.ui.chips import Chip, CountPill, KeyCap
from sle_desk.ui.labels import label_is_cut
from sle_desk.ui.option_row import OptionRow
from sle_desk.ui.segments import SegmentButton
from sle_desk.ui.tabs import TabButton

SIZES = ((1440, 900), (1280, 720))
_PAINTED = (Button, Chip, CountPill, KeyCap, OptionRow, SegmentButton, TabButton)


def written_and_cut(page):
    """Yield what is written on a page and has less room than it needs, or stands outside its window."""
    for widget in page.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel) and label_is_cut(widget):
            yield f"{widget.text()!r} {widget.size().toTuple()} needs {widget.sizeHint().toTuple()}"
        if isinstance(widget, _PAINTED):
            hint = widget.sizeHint()
            if widget.width() < hint.width() or widget.height() < hint.height():
                yield f"{widget.accessibleName()!r} {widget.size().toTuple()} needs {hint.toTuple()}"
        right = widget.mapTo(page, widget.rect().topRight()).x()
        if isinstance(widget, (QLabel, *_PAINTED)) and right > page.width():
            yield f"{widget.accessibleName()!r} ends at {right} of {page.width()}"


def pictured(shell, code, qtbot, path):
    shell.show_page(code)
    qtbot.wait(30)
    picture = shell.grab()
    assert picture.save(str(path))
    return picture.toImage()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_cut_at_the_sizes_the_window_is_made_for(code, size, shown, qtbot, tmp_path):
    shell = window(Language(code))
    shown(shell, *size)
    for page in PAGES:
        image = pictured(shell, page, qtbot, tmp_path / f"{page}-{code}-{size[0]}.png")
        assert (image.width(), image.height()) == size
        assert list(written_and_cut(shell)) == [], page


@pytest.mark.parametrize("scale", [0.9, 1.15, 1.5])
@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_cut_at_other_text_sizes(code, scale, shown, qtbot, tmp_path, qapp):
    theme.apply(qapp, scale=scale)
    shell = window(Language(code))
    shown(shell, 1600, 1000)
    for page in PAGES:
        pictured(shell, page, qtbot, tmp_path / f"{page}-{code}-{scale}.png")
        assert list(written_and_cut(shell)) == [], page


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_part_is_there_in_the_dark(code, shown, qtbot, tmp_path, qapp):
    theme.apply(qapp, dark=True)
    shell = window(Language(code))
    shown(shell, 1440, 900)
    for page in PAGES:
        image = pictured(shell, page, qtbot, tmp_path / f"{page}-{code}-dark.png")
        corner = image.pixelColor(image.width() - 4, 4)
        assert corner == QColor(theme.DARK.bg), page


def test_the_two_languages_are_two_pictures(shown, qtbot, tmp_path):
    pictures = []
    for code in LANGUAGES:
        shell = window(Language(code))
        shown(shell, 1280, 720)
        pictures.append(pictured(shell, "subjects", qtbot, tmp_path / f"{code}.png"))
    assert pictures[0] != pictures[1]


def test_the_check_finds_a_label_that_is_cut(shown):
    shell = window(Language("en"))
    shown(shell, 1280, 720)
    page = shell.show_page("subjects")
    victim = next(found for found in page.findChildren(QLabel) if found.text() == "BEL + IL-2")
    victim.setFixedWidth(20)
    assert any("BEL + IL-2" in line for line in written_and_cut(shell))


def test_every_text_has_its_glyphs(shown, qapp):
    from PySide6.QtGui import QFontMetrics, QRawFont

    for role in theme.TYPE:
        raw = QRawFont.fromFont(theme.current().font(role))
        assert raw.familyName() == theme.current().family
        for text in ("受试者筛选知情同意", "≥ ≤ − × µ ° – · “ ”", "AZaz09"):
            assert all(raw.supportsCharacter(ord(sign)) for sign in text if sign != " "), text
        assert QFontMetrics(theme.current().font(role)).height() > 0
