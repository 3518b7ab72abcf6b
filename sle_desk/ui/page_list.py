"""The pages of the window, in the order of the sidebar; and those below them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sle_desk.base.language import message
from sle_desk.domain import roles
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.page import Page
from sle_desk.ui.pages.audit_page import AuditPage
from sle_desk.ui.pages.diary_page import DiaryPage
from sle_desk.ui.pages.dose_list_page import DoseList
from sle_desk.ui.pages.doses_page import DosesPage
from sle_desk.ui.pages.eligibility_page import EligibilityPage
from sle_desk.ui.pages.form_page import FormPage
from sle_desk.ui.pages.infusion_page import InfusionPage
from sle_desk.ui.pages.lab_list_page import LabList
from sle_desk.ui.pages.labs_page import LabsPage
from sle_desk.ui.pages.register_page import ConsentPage, RegisterPage
from sle_desk.ui.pages.reports_page import ReportsPage
from sle_desk.ui.pages.schedule_page import SchedulePage
from sle_desk.ui.pages.study_page import StudyPage
from sle_desk.ui.pages.subject_page import SubjectPage
from sle_desk.ui.pages.subjects_page import SubjectsPage
from sle_desk.ui.pages.today_page import TodayPage
from sle_desk.ui.shell import PageEntry
from sle_desk.ui.state import State

Build = Callable[[State], DeskPage]
# Code, title, icon, page; a page below another one names that one and stands in no sidebar.
PAGES: tuple[tuple[str, str, str, Build, str], ...] = (
    ("today", message("Today"), "today", TodayPage, ""),
    ("subjects", message("Subjects"), "subjects", SubjectsPage, ""),
    ("schedule", message("Schedule"), "schedule", SchedulePage, ""),
    ("dose_list", message("Doses"), "doses", DoseList, ""),
    ("lab_list", message("Labs"), "labs", LabList, ""),
    ("reports", message("Reports"), "reports", ReportsPage, ""),
    ("study", message("Study"), "study", StudyPage, ""),
    ("audit", message("Audit"), "audit", AuditPage, ""),
    ("register", message("New subject"), "plus", RegisterPage, "subjects"),
    ("consent", message("Informed consent"), "pen", ConsentPage, "subjects"),
    ("subject", message("Subject"), "user", SubjectPage, "subjects"),
    ("eligibility", message("Eligibility checklist"), "check-circle", EligibilityPage, "subjects"),
    ("doses", message("Doses"), "doses", DosesPage, "subjects"),
    ("infusion", message("Infusion"), "weight", InfusionPage, "subjects"),
    ("diary", message("Home diary"), "calendar", DiaryPage, "subjects"),
    ("form", message("Form"), "reports", FormPage, "subjects"),
    ("labs", message("Laboratory"), "labs", LabsPage, "subjects"),
)
# Pages of clinical values are absent for roles that see none.
WITHOUT_VALUES = frozenset({"study", "audit"})


def first_page(role: str) -> str:
    """Return the page a role starts on."""
    return "today" if role in roles.SEES_VALUES else "study"


def page_entries(state: State) -> tuple[PageEntry, ...]:
    """Return the pages for the role at the desk."""
    sees = state.desk.actor.role in roles.SEES_VALUES
    return tuple(
        PageEntry(code, title, icon, partial(_build, build, state), below)
        for code, title, icon, build, below in PAGES
        if sees or code in WITHOUT_VALUES
    )


def _build(build: Build, state: State) -> Page:
    return build(state)
