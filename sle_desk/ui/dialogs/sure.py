"""Asks once more before something unusual is recorded: a question over the page, answered by Ctrl+Enter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from sle_desk.base.language import Language
from sle_desk.ui.sheet import Sheet


class Sure(Sheet):
    """Ctrl+Enter records it all the same, Esc goes back; nobody records it by one Enter too many."""

    def __init__(
        self,
        parent: QWidget,
        words: tuple[str, str],
        verb: str,
        language: Language,
        act: Callable[[], object],
        wide: int = 560,
    ) -> None:
        super().__init__(parent, *words, "alert", wide=wide)
        self._act = act
        self.back = self.add_way_out(language.text("Go back"))
        self.verb = self.add_verb(verb, keys="Ctrl+Enter")
        self.verb.clicked.connect(self._take)
        taking = QAction(self)
        taking.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        taking.triggered.connect(self._take)
        self.addAction(taking)
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)
        self.finished.connect(self.deleteLater)

    def _take(self) -> None:
        self.accept()
        self._act()
