"""A list that opens under a line and offers what begins or contains what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QListView, QWidget

from sle_desk.ui.labels import dress
from sle_desk.ui.theme import current

SHOWN = 8


@dataclass(frozen=True)
class Suggestion:
    """One offer: its code, its words, and other words by which it is found."""

    code: str
    words: str
    also: tuple[str, ...] = ()

    def rank(self, typed: str) -> int | None:
        """Return how well the offer fits: 0 begins with it, 1 contains it, None neither."""
        sought = typed.strip().casefold()
        names = [name.casefold() for name in (self.words, *self.also)]
        if any(name.startswith(sought) for name in names):
            return 0
        return 1 if any(sought in name for name in names) else None


class SuggestionList(QListView):
    """A child of the window, not a popup: an input method works in the line while it is open."""

    taken = Signal(str)

    def __init__(self, line: QWidget) -> None:
        super().__init__(line.window())
        self._line = line
        self._offers: tuple[Suggestion, ...] = ()
        self._model = QStringListModel(self)
        self.setModel(self._model)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._take_clicked)
        dress(self, part="list")
        self.hide()

    def offer(self, offers: Sequence[Suggestion], typed: str) -> None:
        """Open with the offers that fit, best first; close when none does."""
        ranked = [(offer.rank(typed), offer) for offer in offers]
        fitting = [(rank, offer) for rank, offer in ranked if rank is not None]
        self._offers = tuple(offer for rank, offer in sorted(fitting, key=lambda pair: pair[0]))
        self._model.setStringList([offer.words for offer in self._offers])
        if not self._offers:
            self.hide()
            return
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        window = self._line.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        high = self.sizeHintForRow(0) * min(SHOWN, len(self._offers)) + current().px(12)
        corner = self._line.mapTo(window, QPoint(0, self._line.height() + 2))
        # Where there is no room below, the list opens above its line.
        if corner.y() + high > window.height():
            corner = self._line.mapTo(window, QPoint(0, -high - 2))
        self.setGeometry(corner.x(), max(0, corner.y()), max(self._line.width(), current().px(240)), high)

    def is_open(self) -> bool:
        """Tell whether offers are shown."""
        return not self.isHidden()

    def move_by(self, step: int) -> None:
        """Mark the next or the previous offer."""
        row = self.currentIndex().row()
        wanted = max(0, min(row + step, len(self._offers) - 1))
        self.setCurrentIndex(self._model.index(wanted))

    def marked(self) -> Suggestion | None:
        """Return the offer that is marked, if the list is open."""
        row = self.currentIndex().row()
        return self._offers[row] if self.is_open() and 0 <= row < len(self._offers) else None

    def _take_clicked(self) -> None:
        offer = self.marked()
        if offer is not None:
            self.hide()
            self.taken.emit(offer.code)
