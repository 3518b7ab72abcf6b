"""A paper as pictures: the very bytes that print, drawn page by page."""

from __future__ import annotations

import pypdfium2
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QSizePolicy, QWidget

from sle_desk.ui.theme import current

SCALE = 2.0
POINTS_AN_INCH = 72.0


def page_images(content: bytes, scale: float = SCALE) -> tuple[QImage, ...]:
    """Return every page of a PDF as a picture; 1.0 is 72 dots an inch."""
    document = pypdfium2.PdfDocument(content)
    try:
        return tuple(_image(document[number], scale) for number in range(len(document)))
    finally:
        document.close()


def _image(page: pypdfium2.PdfPage, scale: float) -> QImage:
    bitmap = page.render(scale=scale)
    try:
        made = QImage(
            bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_BGR888
        )
        # The bytes belong to the bitmap: the picture keeps its own.
        return made.copy()
    finally:
        bitmap.close()
        page.close()


class PaperPicture(QWidget):
    """One page, as large as its place allows, on a quiet ground."""

    def __init__(self) -> None:
        super().__init__()
        self._pages: tuple[QImage, ...] = ()
        self.number = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_pages(self, pages: tuple[QImage, ...]) -> None:
        """Show the first of these pages, or nothing."""
        self._pages, self.number = pages, 0
        self.update()

    @property
    def count(self) -> int:
        """Return how many pages there are."""
        return len(self._pages)

    def turn(self, step: int) -> None:
        """Turn some pages on or back, as far as there are any."""
        self.number = max(0, min(self.count - 1, self.number + step))
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size on which a page can be told."""
        return QSize(current().px(220), current().px(180))

    def minimumSizeHint(self) -> QSize:
        """Return the least that still shows something."""
        return QSize(current().px(180), current().px(180))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and page."""
        theme = current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("surface_2"))
            if not self._pages:
                return
            page = self._pages[self.number]
            room = self.rect().adjusted(theme.px(8), theme.px(8), -theme.px(8), -theme.px(8))
            size = page.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(room.center().x() - size.width() // 2, room.top(), size.width(), size.height())
            dense = size * self.devicePixelRatioF()
            smooth = page.scaled(
                dense, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            painter.drawImage(place, smooth)


def ask_printer(parent: QWidget, title: str) -> QPrinter | None:
    """Ask which printer to print on; None when the person gave up."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle(title)
    return printer if dialog.exec() == QDialog.DialogCode.Accepted else None


def print_pages(content: bytes, printer: QPrinter) -> None:
    """Print every page of a PDF on a printer, each filling its sheet."""
    printer.setFullPage(True)
    scale = min(printer.resolution(), 300) / POINTS_AN_INCH
    with QPainter(printer) as painter:
        for number, page in enumerate(page_images(content, scale)):
            if number:
                printer.newPage()
            painter.drawImage(painter.viewport(), page)
