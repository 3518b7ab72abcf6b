"""The pages of the window, in the order of the sidebar; and those below them."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import NamedTuple

from sle_desk.base.language import message
from sle_desk.domain import roles
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.page import Page
from sle_desk.ui.shell import PageEntry
from sle_desk.ui.state import State


class Listed(NamedTuple):
    """A page: code, title, icon, its module and class; one below another page stands in no sidebar.

    It is loaded when it is first shown: some bring the writers of papers and workbooks with them.
    """

    code: str
    title: str
    icon: str
    module: str
    name: str
    below: str = ""

    def load(self) -> type[DeskPage]:
        """Return the class of the page."""
        made: type[DeskPage] = getattr(import_module(f"sle_desk.ui.pages.{self.module}"), self.name)
        return made


PAGES = (
    Listed("today", message("Today"), "today", "today_page", "TodayPage"),
    Listed("subjects", message("Subjects"), "subjects", "subjects_page", "SubjectsPage"),
    Listed("schedule", message("Schedule"), "schedule", "schedule_page", "SchedulePage"),
    Listed("dose_list", message("Doses"), "doses", "dose_list_page", "DoseList"),
    Listed("lab_list", message("Labs"), "labs", "lab_list_page", "LabList"),
    Listed("event_list", message("Safety"), "safety", "log_list", "EventList"),
    Listed("reports", message("Reports"), "reports", "reports_page", "ReportsPage"),
    Listed("kits", message("Kits and stock"), "vial", "stock_page", "StockPage"),
    Listed("exports", message("Exports"), "reports", "exports_page", "ExportsPage"),
    Listed("study", message("Study"), "study", "study_page", "StudyPage"),
    Listed("audit", message("Audit"), "audit", "audit_page", "AuditPage"),
    Listed("register", message("New subject"), "plus", "register_page", "RegisterPage", "subjects"),
    Listed("consent", message("Informed consent"), "pen", "register_page", "ConsentPage", "subjects"),
    Listed("subject", message("Subject"), "user", "subject_page", "SubjectPage", "subjects"),
    Listed(
        "eligibility",
        message("Eligibility checklist"),
        "check-circle",
        "eligibility_page",
        "EligibilityPage",
        "subjects",
    ),
    Listed("doses", message("Doses"), "doses", "doses_page", "DosesPage", "subjects"),
    Listed("stock", message("Kits and stock"), "vial", "stock_page", "StockPage", "dose_list"),
    Listed("infusion", message("Infusion"), "weight", "infusion_page", "InfusionPage", "subjects"),
    Listed(
        "infusion_course",
        message("Course of the infusion"),
        "weight",
        "infusion_course_page",
        "InfusionCoursePage",
        "subjects",
    ),
    Listed("diary", message("Home diary"), "calendar", "diary_page", "DiaryPage", "subjects"),
    Listed("form", message("Form"), "reports", "form_page", "FormPage", "subjects"),
    Listed("labs", message("Laboratory"), "labs", "labs_page", "LabsPage", "subjects"),
)
# Pages of clinical values are absent for roles that see none.
WITHOUT_VALUES = frozenset({"study", "audit"})
# The part of such a page with which a role that sees no values does an act of its own, by that act.
PARTS = {"kits": "dispensing.record", "exports": "export.write"}


def first_page(role: str) -> str:
    """Return the page a role starts on."""
    if role in roles.SEES_VALUES:
        return "today"
    return "kits" if may_open(role, "kits") else "study"


def subject_page(role: str) -> str:
    """Return the page on which a role finds a subject by number; none for roles that have none."""
    if role in roles.SEES_VALUES:
        return "subject"
    return "kits" if roles.may(role, PARTS["kits"]) else ""


def may_open(role: str, code: str) -> bool:
    """Tell whether a role has a page."""
    if code == "audit":
        return role in roles.READS_AUDIT | roles.READS_OWN_AUDIT
    if role in roles.SEES_VALUES:
        return code not in PARTS
    return code in WITHOUT_VALUES or (code in PARTS and roles.may(role, PARTS[code]))


def page_entries(state: State) -> tuple[PageEntry, ...]:
    """Return the pages for the role at the desk."""
    return tuple(
        PageEntry(page.code, page.title, page.icon, partial(_build, page, state), page.below)
        for page in PAGES
        if may_open(state.desk.actor.role, page.code)
    )


def load_pages() -> None:
    """Load every page, so that none is waited for when it is first shown."""
    for page in PAGES:
        page.load()


def _build(page: Listed, state: State) -> Page:
    return page.load()(state)
