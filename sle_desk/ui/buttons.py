"""Buttons with the key that does the same, and small buttons of one icon."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy

from sle_desk.ui import icons
from sle_desk.ui.chips import key_words, rounded_box, text_width
from sle_desk.ui.keys import plain_enter
from sle_desk.ui.labels import button_text, name_for_readers, set_tooltip
from sle_desk.ui.theme import Theme, current

KINDS = ("secondary", "primary", "danger", "quiet")


def paint_ring(painter: QPainter, box: QRect, radius: float, colour: QColor, width: int = 2) -> None:
    """Paint the focus ring just within a box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, width))
    half = width / 2
    painter.drawRoundedRect(box.toRectF().adjusted(half, half, -half, -half), radius, radius)
    painter.restore()


def button_colours(theme: Theme, kind: str, hover: bool, held: bool) -> tuple[QColor, QColor, QColor | None]:
    """Return ground, ink and line of a button of a kind."""
    colour = theme.colour
    if kind == "primary":
        return colour("accent_hover" if hover or held else "accent"), colour("on_accent"), None
    if kind == "danger":
        return colour("danger_hover" if hover or held else "danger"), colour("on_danger"), None
    if kind == "quiet":
        clear = QColor(Qt.GlobalColor.transparent)
        return colour("accent_soft") if hover or held else clear, colour("accent"), None
    return colour("surface_2" if hover or held else "surface"), colour("text"), colour("input_line")


def paint_button_ground(
    painter: QPainter, box: QRect, theme: Theme, kind: str, *, hover: bool, held: bool, focus: bool
) -> QColor:
    """Paint the box of a button with its focus ring; return the ink for what stands on it."""
    ground, ink, line = button_colours(theme, kind, hover, held)
    radius = theme.px(6)
    rounded_box(painter, box, radius, ground, line)
    if focus:
        paint_ring(painter, box, radius, theme.colour("accent"))
        if kind in ("primary", "danger"):
            # The ring alone would drown in the filled button: a light line parts them.
            paint_ring(painter, box.adjusted(2, 2, -2, -2), radius - 1, theme.colour("surface"))
    return ink


class Button(QPushButton):
    """A button: a verb, perhaps an icon before it and the key that does the same after it."""

    def __init__(self, text: str, kind: str = "secondary", *, keys: str = "", icon: str = "", high: int = 36):
        super().__init__(button_text(text))
        self.words, self.kind, self.keys, self.icon_name = text, kind, key_words(keys), icon
        self._high = high
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        name_for_readers(self, text, self.keys)

    def set_words(self, text: str, keys: str | None = None) -> None:
        """Show another verb, as after a change of language."""
        self.words = text
        self.keys = self.keys if keys is None else key_words(keys)
        self.setText(button_text(text))
        name_for_readers(self, text, self.keys)
        self.updateGeometry()

    def set_kind(self, kind: str) -> None:
        """Change how much weight the button has."""
        self.kind = kind
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button with Enter as with Space: who stands on it means it."""
        if plain_enter(event):
            self.click()
            return
        super().keyPressEvent(event)

    def _parts(self, theme: Theme) -> tuple[int, int, int]:
        icon = theme.px(18 + 8) if self.icon_name else 0
        words = text_width(theme.font("strong"), self.words)
        keys = text_width(theme.font("micro"), self.keys) + theme.px(10) if self.keys else 0
        return icon, words, keys

    def sizeHint(self) -> QSize:
        """Return the size that icon, words and keys need."""
        theme = current()
        line = QFontMetrics(theme.font("strong")).height() + theme.px(8)
        return QSize(sum(self._parts(theme)) + theme.px(32), max(theme.px(self._high), line))

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button."""
        theme = current()
        with QPainter(self) as painter:
            ink = paint_button_ground(
                painter, self.rect(), theme, self.kind,
                hover=self.underMouse(), held=self.isDown(), focus=self.hasFocus(),
            )  # fmt: skip
            self._paint_words(painter, theme, ink)

    def _paint_words(self, painter: QPainter, theme: Theme, ink: QColor) -> None:
        icon, words, keys = self._parts(theme)
        left = (self.width() - icon - words - keys) // 2
        if icon:
            size = theme.px(18)
            spot = QRect(left, (self.height() - size) // 2, size, size)
            icons.paint(painter, self.icon_name, spot, ink, button_colours(theme, self.kind, False, False)[0])
        painter.setPen(ink)
        painter.setFont(theme.font("strong"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(QRect(left + icon, 0, words + 1, self.height()), flags, self.words)
        if keys:
            painter.setPen(ink if self.kind in ("primary", "danger") else theme.colour("text_3"))
            painter.setFont(theme.font("micro"))
            painter.drawText(
                QRect(left + icon + words + theme.px(10), 0, keys, self.height()), flags, self.keys
            )


class IconButton(QAbstractButton):
    """A button of one icon, for show, lock and close; it has a name for readers and a tooltip."""

    def __init__(self, icon: str, name: str, ink: str = "text_2", high: int = 28) -> None:
        super().__init__()
        self._icon, self._ink, self._high = icon, ink, high
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_name(name)

    def set_name(self, name: str, icon: str = "") -> None:
        """Give the button its name, and another icon where the name says another act."""
        self._icon = icon or self._icon
        name_for_readers(self, name)
        set_tooltip(self, name)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square that is easy to hit."""
        return QSize(current().px(self._high), current().px(self._high))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon, and the ring when the focus is here."""
        theme = current()
        size = theme.px(18)
        spot = QRect((self.width() - size) // 2, (self.height() - size) // 2, size, size)
        with QPainter(self) as painter:
            icons.paint(painter, self._icon, spot, theme.colour(self._ink), theme.colour("surface"))
            if self.hasFocus():
                mark = "sidebar_mark" if self._ink.startswith("sidebar") else "accent"
                paint_ring(painter, self.rect(), theme.px(6), theme.colour(mark))
