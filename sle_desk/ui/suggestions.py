"""A list that opens under a line and offers what begins or contains what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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

    # One text of all names, each after a line end: a list of thousands is looked through at each key.
    names: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", "\n".join(("", self.words, *self.also)).casefold())

    def rank(self, sought: str) -> int | None:
        """Return how well the offer fits what is sought in small letters: 0 begins so, 1 contains it."""
        if sought not in self.names:
            return None
        return 0 if f"\n{sought}" in self.names else 1


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
        # Of thousands each row would be measured by itself.
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._take_clicked)
        dress(self, part="list")
        self.hide()

    def offer(self, offers: Sequence[Suggestion], typed: str) -> None:
        """Open with the offers that fit, best first; close when none does."""
        sought = typed.strip().casefold()
        ranked: tuple[list[Suggestion], list[Suggestion]] = ([], [])
        for offer in offers:
            rank = offer.rank(sought)
            if rank is not None:
                ranked[rank].append(offer)
        self._offers = (*ranked[0], *ranked[1])
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
