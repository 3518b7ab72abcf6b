"""Study: what is settled for all patients, in tabs; each tab is a file of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from sle_desk.base.language import message
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.pages.study_backup import BackupTab
from sle_desk.ui.pages.study_clarifications import StudyClarifications
from sle_desk.ui.pages.study_consents import ConsentsTab
from sle_desk.ui.pages.study_delegation import DelegationTab
from sle_desk.ui.pages.study_laboratories import LaboratoriesTab
from sle_desk.ui.pages.study_list import ListTabPage
from sle_desk.ui.pages.study_people import PeopleTab
from sle_desk.ui.pages.study_protocol import ProtocolTab
from sle_desk.ui.pages.study_tab import StudyTab
from sle_desk.ui.state import State
from sle_desk.ui.tabs import PageTabs, Tab
from sle_desk.ui.theme import current

# Code, words, and what builds the tab when it is first picked. The first one is shown first.
TABS: list[tuple[str, str, Callable[[State], DeskPage]]] = [
    ("clarifications", message("Clarifications"), StudyClarifications),
    ("list", message("Allocation list"), ListTabPage),
    ("protocol", message("Protocol text"), ProtocolTab),
    ("consents", message("Consent versions"), ConsentsTab),
    ("delegation", message("Delegation log"), DelegationTab),
    ("laboratories", message("Laboratories"), LaboratoriesTab),
    ("people", message("People"), PeopleTab),
    ("backup", message("Backup"), BackupTab),
]


class StudyPage(DeskPage):
    """The tabs and the one in sight."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._built: dict[str, DeskPage] = {}
        self._counts: dict[str, tuple[str, str]] = {}
        self._shown = ""
        self.tabs = PageTabs()
        self.tabs.picked.connect(self._pick)
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(12))
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        self.retranslate()

    # The top bar.

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Study")

    def second(self) -> str:
        """Return which protocol package the study stands on."""
        protocol = self.state.desk.protocol
        numbers = " · ".join(protocol.registry_ids)
        return self.language.text("{numbers}, package {version}", numbers=numbers, version=protocol.version)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        self._show_tabs()
        self.tabs.bind_keys(self, self.language)
        for tab in self._built.values():
            tab.retranslate()

    def _show_tabs(self) -> None:
        text = self.language.text
        self.tabs.show_tabs(
            [Tab(code, text(words), *self._counts.get(code, ("", "neutral"))) for code, words, _ in TABS]
        )

    # Tabs.

    def tab(self, code: str) -> DeskPage:
        """Return a tab, built when it is asked for first."""
        if code not in self._built:
            build = next(factory for known, _, factory in TABS if known == code)
            tab = build(self.state)
            if isinstance(tab, StudyTab):
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

    def _pick(self, code: str) -> None:
        before = self.current_tab()
        if before is not None and code != self._shown:
            before.left()
        tab = self.tab(code)
        self._shown = code
        self._stack.setCurrentWidget(tab)
        tab.entered()

    def target(self, go: Go) -> None:
        """Go to a tab by its code, and let it take what is to be shown."""
        code = go.tab or self.tabs.code()
        if code in [known for known, _, _ in TABS]:
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
