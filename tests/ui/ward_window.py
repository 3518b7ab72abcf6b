"""A window with the pages of doses for tests: the shell, the pages, and the way from one to another."""

from __future__ import annotations

from functools import partial

from sle_desk.base.language import Language
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.pages.diary_page import DiaryPage
from sle_desk.ui.pages.doses_page import DosesPage
from sle_desk.ui.pages.infusion_page import InfusionPage
from sle_desk.ui.pages.schedule_page import SchedulePage
from sle_desk.ui.pages.today_page import TodayPage
from sle_desk.ui.shell import PageEntry, Shell
from sle_desk.ui.state import State

PAGES = {
    "today": TodayPage,
    "schedule": SchedulePage,
    "doses": DosesPage,
    "infusion": InfusionPage,
    "diary": DiaryPage,
}


class WardWindow(Shell):
    """The shell on the pages of doses; every place that was asked for is kept in `gone`."""

    def __init__(self, study, login, role, language="en"):
        state = State(study.clock, Language(language))
        desk = study.sit(login, role)
        state.sit(study.unlocked, desk)
        entries = [PageEntry(code, code, "today", partial(page, state)) for code, page in PAGES.items()]
        super().__init__(entries, state.language)
        self.state, self.gone = state, []
        state.going.connect(self.go)
        state.said.connect(self.say)
        state.refused.connect(partial(self.say, status="bad"))
        state.language_changed.connect(lambda: self.set_language(state.language))

    def go(self, where: Go):
        """Go to a page of doses; others are only remembered."""
        self.gone.append(where)
        before = self.current_page()
        if isinstance(before, DeskPage):
            before.left()
        if where.page in PAGES:
            page = self.page(where.page)
            assert isinstance(page, DeskPage)
            page.target(where)
            self.show_page(where.page)
