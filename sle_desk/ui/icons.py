"""Icons: small drawings of our own in `resources/icons`, painted in any colour and size."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from sle_desk.base.paths import resource
from sle_desk.ui.theme import current

SIZES = (16, 18, 20, 24, 32)


def names() -> tuple[str, ...]:
    """Return the names of all icons."""
    return tuple(sorted(path.stem for path in resource("icons").glob("*.svg")))


def _drawing(name: str, ink: QColor, ground: QColor) -> QByteArray:
    drawn = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    coloured = drawn.replace("currentColor", ink.name()).replace("groundColor", ground.name())
    return QByteArray(coloured.encode())


def pixmap(name: str, ink: QColor, size: int, ratio: float = 1.0, ground: QColor | None = None) -> QPixmap:
    """Return an icon in a colour; `ground` is the colour its inner marks are cut out with."""
    below = ground or QColor("white")
    key = f"sle_desk/{name}/{ink.name()}/{below.name()}/{size}/{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    drawn = QPixmap(round(size * ratio), round(size * ratio))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(_drawing(name, ink, below)).render(painter, QRectF(drawn.rect()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, drawn)
    return drawn


def paint(painter: QPainter, name: str, box: QRect, ink: QColor, ground: QColor | None = None) -> None:
    """Paint an icon into a square box."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(box.topLeft(), pixmap(name, ink, box.width(), ratio, ground))


def icon(name: str, ink: QColor) -> QIcon:
    """Return an icon for an action or a line edit, in the sizes that are used."""
    result = QIcon()
    for size in SIZES:
        for ratio in (1.0, 2.0):
            result.addPixmap(pixmap(name, ink, size, ratio))
    return result


class Icon(QWidget):
    """An icon beside words; it has no name of its own, since the words say it."""

    def __init__(self, name: str, ink: str = "text_2", size: int = 18, ground: str = "surface") -> None:
        super().__init__()
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.draw(name, ink, ground)

    def draw(self, name: str, ink: str = "text_2", ground: str = "surface") -> None:
        """Draw another icon, in a colour of the theme or in the ink of a status."""
        self.name, self._ink, self._ground = name, ink, ground
        self.update()

    def sizeHint(self) -> QSize:
        """Return the square at the text scale."""
        return QSize(current().px(self._size), current().px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon."""
        theme = current()
        look = theme.tokens.statuses.get(self._ground)
        ground = QColor(look.ground) if look else theme.colour(self._ground)
        with QPainter(self) as painter:
            paint(painter, self.name, self.rect(), theme.colour(self._ink), ground)
