"""A page in tabs: each tab is a page of its own, built when it is first picked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.state import State
from sle_desk.ui.tabs import PageTabs, Tab
from sle_desk.ui.theme import current

# Code, words, and what builds the tab.
TabEntry = tuple[str, str, Callable[[State], DeskPage]]


class PageTab(DeskPage):
    """One tab of a page; `counted` tells the number on the tab and its status."""

    counted = Signal(str, str)


class TabbedPage(DeskPage):
    """The tabs and the one in sight; the first one is shown first."""

    entries: Sequence[TabEntry] = ()

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._built: dict[str, DeskPage] = {}
        self._counts: dict[str, tuple[str, str]] = {}
        self._shown = ""
        self.tabs = PageTabs()
        self.tabs.picked.connect(self._pick)
        self._stack = QStackedWidget()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(current().px(12))
        self.column.addWidget(self.tabs)
        # The tab in sight; a page may put something at its side.
        self.beside = QHBoxLayout()
        self.beside.setSpacing(current().px(12))
        self.beside.addWidget(self._stack, 1)
        self.column.addLayout(self.beside, 1)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        self._show_tabs()
        self.tabs.bind_keys(self, self.language)
        for tab in self._built.values():
            tab.retranslate()

    def _show_tabs(self) -> None:
        text = self.language.text
        self.tabs.show_tabs(
            [
                Tab(code, text(words), *self._counts.get(code, ("", "neutral")))
                for code, words, _ in self.entries
            ]
        )

    def tab(self, code: str) -> DeskPage:
        """Return a tab, built when it is asked for first."""
        if code not in self._built:
            build = next(factory for known, _, factory in self.entries if known == code)
            tab = build(self.state)
            if isinstance(tab, PageTab):
                tab.counted.connect(lambda count, status: self._count(code, count, status))
            self._built[code] = tab
            self._stack.addWidget(tab)
        return self._built[code]

    def _count(self, code: str, count: str, status: str) -> None:
        self._counts[code] = (count, status)
        self._show_tabs()

    def current_tab(self) -> DeskPage | None:
        """Return the tab in sight."""
        return self._built.get(self._shown)

    def prepare(self, tab: DeskPage) -> None:
        """Tell a tab what it is about, before it is entered."""

    def _pick(self, code: str) -> None:
        before = self.current_tab()
        if before is not None and code != self._shown:
            before.left()
        tab = self.tab(code)
        self._shown = code
        self._stack.setCurrentWidget(tab)
        self.prepare(tab)
        tab.entered()
        QTimer.singleShot(0, tab, partial(self._hold_keys, tab))

    def _hold_keys(self, tab: DeskPage) -> None:
        """Let a tab that offers nothing now take the keys that lead on: nothing of it took them."""
        # As the window has it: below a dialog that closes nothing has the keys yet.
        focused = self.window().focusWidget()
        if tab.isVisible() and (focused is None or not self.isAncestorOf(focused)):
            tab.setFocus(Qt.FocusReason.OtherFocusReason)

    def target(self, go: Go) -> None:
        """Go to a tab by its code, and let it take what is to be shown."""
        code = go.tab or self.tabs.code()
        if code in [known for known, _, _ in self.entries]:
            self.tab(code).target(go)
            self.tabs.pick(code)

    def entered(self) -> None:
        """Enter the tab that was left last."""
        super().entered()
        self._pick(self.tabs.code())

    def left(self) -> None:
        """Keep what is half typed in the tab."""
        tab = self.current_tab()
        if tab is not None:
            tab.left()

    def go_up(self) -> bool:
        """Let the tab close what is open in it."""
        tab = self.current_tab()
        return tab is not None and tab.go_up()
