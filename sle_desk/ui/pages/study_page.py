"""Study: what is settled for all patients, in tabs; each tab is a file of its own."""

from __future__ import annotations

from sle_desk.base.language import message
from sle_desk.ui.pages.study_access import AccessTab
from sle_desk.ui.pages.study_backup import BackupTab
from sle_desk.ui.pages.study_calendar import CalendarTab
from sle_desk.ui.pages.study_clarifications import StudyClarifications
from sle_desk.ui.pages.study_consents import ConsentsTab
from sle_desk.ui.pages.study_delegation import DelegationTab
from sle_desk.ui.pages.study_deviations import DeviationsTab
from sle_desk.ui.pages.study_ethics import EthicsTab
from sle_desk.ui.pages.study_laboratories import LaboratoriesTab
from sle_desk.ui.pages.study_list import ListTabPage
from sle_desk.ui.pages.study_lock import LockTab
from sle_desk.ui.pages.study_people import PeopleTab
from sle_desk.ui.pages.study_protocol import ProtocolTab
from sle_desk.ui.pages.study_screening import ScreeningTab
from sle_desk.ui.pages.study_words import WordListsTab
from sle_desk.ui.state import State
from sle_desk.ui.tabbed_page import TabbedPage


class StudyPage(TabbedPage):
    """The tabs of the study."""

    entries = (
        ("clarifications", message("Clarifications"), StudyClarifications),
        ("list", message("Allocation list"), ListTabPage),
        ("protocol", message("Protocol"), ProtocolTab),
        ("consents", message("Consent versions"), ConsentsTab),
        ("ethics", message("Ethics"), EthicsTab),
        ("screening", message("Screening log"), ScreeningTab),
        ("delegation", message("Delegation"), DelegationTab),
        ("deviations", message("Deviations"), DeviationsTab),
        ("laboratories", message("Laboratories"), LaboratoriesTab),
        ("calendar", message("Calendar"), CalendarTab),
        ("words", message("Word lists"), WordListsTab),
        ("people", message("People"), PeopleTab),
        ("access", message("Access"), AccessTab),
        ("backup", message("Backup"), BackupTab),
        ("lock", message("Database lock"), LockTab),
    )

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.retranslate()

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Study")

    def second(self) -> str:
        """Return which protocol package the study stands on."""
        protocol = self.state.desk.protocol
        numbers = " · ".join(protocol.registry_ids)
        return self.language.text("{numbers}, package {version}", numbers=numbers, version=protocol.version)
