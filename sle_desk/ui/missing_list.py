"""The list of what is missing: Enter goes to an entry, Esc goes back to the form."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView

from sle_desk.ui.cards import Card
from sle_desk.ui.focus_path import bring_into_view
from sle_desk.ui.keys import CTRL, ENTER, KEY, modifiers
from sle_desk.ui.labels import dress, label, name_for_readers
from sle_desk.ui.theme import current

SHOWN = 6


class _Entries(QListView):
    chosen = Signal(int)
    left = Signal()
    save_requested = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            if modifiers(event) == CTRL:
                self.save_requested.emit()
            else:
                self.chosen.emit(self.currentIndex().row())
        elif event.key() == KEY.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class MissingList(Card):
    """What is not entered yet, each entry leading to its field."""

    chosen = Signal(str)
    left = Signal()
    save_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._codes: list[str] = []
        self._entries = _Entries()
        self._model = QStringListModel(self)
        self._entries.setModel(self._model)
        self._entries.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._hint = label(role="caption", ink="text_2", wrap=True)
        self._entries.chosen.connect(self._choose)
        self._entries.clicked.connect(self._clicked)
        self._entries.left.connect(self.left)
        self._entries.save_requested.connect(self.save_requested)
        dress(self._entries, part="list")
        self.body.addWidget(self._entries)
        self.body.addWidget(self._hint)
        self.hide()

    def codes(self) -> list[str]:
        """Return the codes of the fields in the list; none while it is hidden."""
        return [] if self.isHidden() else self._codes

    def show_missing(self, title: str, hint: str, entries: Sequence[tuple[str, str]]) -> None:
        """Show entries as code and words; the first one has the focus."""
        self._codes = [code for code, _ in entries]
        self.set_title(title)
        self._hint.setText(hint)
        self._model.setStringList([words for _, words in entries])
        rows = min(SHOWN, len(entries))
        self._entries.setFixedHeight(self._entries.sizeHintForRow(0) * rows + current().px(14))
        self._entries.setCurrentIndex(self._model.index(0))
        name_for_readers(self._entries, title, hint)
        self.show()
        self._entries.setFocus(Qt.FocusReason.OtherFocusReason)
        # Only once it has its place can the page scroll to it.
        QTimer.singleShot(0, self._come_into_view)

    def _come_into_view(self) -> None:
        bring_into_view(self)

    def _clicked(self) -> None:
        self._choose(self._entries.currentIndex().row())

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._codes):
            self.chosen.emit(self._codes[row])
