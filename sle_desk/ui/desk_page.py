"""What every page at the desk shares: it reads again when what it reads changed, and goes to others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language
from sle_desk.ui.page import Page
from sle_desk.ui.state import State


@dataclass(frozen=True)
class Go:
    """A place to go to: a page by its code, and what to show there."""

    page: str
    subject_id: int | None = None
    visit_id: int | None = None
    form: str = ""
    panel: str = ""
    record_id: int | None = None
    tab: str = ""
    about: int | None = None
    # A record that what is entered there has to do with: its table and number.
    link: tuple[str, int] | None = None
    # The visit whose worksheet is being typed: what is saved leads on to what stands next on it.
    worksheet: int | None = None
    # A study drug that was given, and need not be of the arm.
    about_drug: str = ""


class DeskPage(Page):
    """A page on the study. `reads` names the tables it shows; `load` reads them again."""

    reads: frozenset[str] = frozenset()

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self._stale = True
        state.changed.connect(self._changed)
        state.names_shown_changed.connect(self._names_changed)
        state.day_began.connect(self._day_began)

    @property
    def language(self) -> Language:
        """Return the language of now."""
        return self.state.language

    def may(self, action: str) -> bool:
        """Tell whether an action can be done here now: a control that can do nothing is absent."""
        return self.state.may(action)

    def target(self, go: Go) -> None:
        """Take what is to be shown, before the page is entered."""

    def load(self) -> None:
        """Read what the page shows."""

    def reload(self) -> None:
        """Read again now."""
        self._stale = False
        self.load()

    def entered(self) -> None:
        """Read again when something changed meanwhile."""
        if self._stale:
            self.reload()

    def left(self) -> None:
        """Take notice of being left: what is half typed is kept."""

    def tell(self, error: SleDeskError) -> None:
        """Say why something was not done."""
        self.state.refuse(error)

    def add_key(self, keys: str, words: str, act: Callable[[], object]) -> QAction:
        """Add an act of the page on a key; its words stand in the key bar."""
        action = QAction(words, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(act)
        self.addAction(action)
        return action

    def _changed(self, tables: frozenset[str]) -> None:
        if not self.reads & tables:
            return
        if self.isVisible():
            self.reload()
        else:
            self._stale = True

    @property
    def waits_for_entry(self) -> bool:
        """Tell whether something is typed here that reading again would disturb."""
        return True

    def _day_began(self) -> None:
        """Read again for the new day: at once where nothing is typed, else when it is entered again."""
        if not self.reads:
            return
        if self.isVisible() and not self.waits_for_entry:
            self.reload()
        else:
            self._stale = True

    def _names_changed(self) -> None:
        if "identity" in self.reads:
            self._changed(frozenset({"identity"}))
