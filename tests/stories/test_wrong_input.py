"""Wrong input by keys in the window: the sentence says what to do, what was typed stays, nothing is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from people_invented import someone
from PySide6.QtWidgets import QApplication
from study_fixtures import PASSWORD, Study
from typist import Typist

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import (
    allocation,
    form_records,
    laboratories,
    labs,
    subjects,
    visits,
)
from sle_desk.services.desk import Head
from sle_desk.ui.desk_page import Go
from sle_desk.ui.main_window import MainWindow
from sle_desk.ui.shell import Shell
from sle_desk.ui.sign_in import SignIn
from sle_desk.ui.state import State


@pytest.fixture
def screened(study: Study) -> Study:
    """A study with a laboratory and one subject at the screening visit, closed."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    laboratories.record_laboratory(desk, "central", "Central laboratory", date(2026, 1, 1))
    subject = subjects.register_subject(desk, someone())
    visits.record_visit(desk, subject.id, "V0", desk.today())
    study.leave()
    return study


class At:
    """The window with somebody signed in by keys, and what the audit ended with before the wrong input."""

    def __init__(self, study: Study, login: str, language: str) -> None:
        self.window = MainWindow(State(study.clock, Language(language)), study.folder.path)
        self.window.show()
        self.window.activateWindow()
        self.typist = Typist()
        self.typist.wait(lambda: self.window.findChild(SignIn) is not None)
        self.typist.fill(login, PASSWORD)
        self.typist.wait_for("Ctrl L")
        self.desk = self.window.state.desk

    def page(self, code: str) -> Any:
        """Return a page of the window."""
        shell = self.window.findChild(Shell)
        assert shell is not None
        return shell.page(code)

    def go(self, **place: object) -> Head:
        """Go to a page of the subject and return where the audit ends."""
        self.window.state.go(Go(subject_id=1, **place))  # type: ignore[arg-type]
        return self.desk.head()


Open = Callable[..., At]


@pytest.fixture
def opened(qapp: QApplication) -> Iterator[Open]:
    """Return a function that opens the window and signs a person in by keys."""
    made: list[At] = []

    def sign_in(study: Study, login: str = "chen.lan", language: str = "en") -> At:
        made.append(At(study, login, language))
        return made[-1]

    yield sign_in
    for each in made:
        each.window.close()


@pytest.mark.parametrize(("language", "said"), [("en", "30.1 L/L"), ("zh_CN", "30.1 L/L")])
def test_a_haematocrit_in_per_cent_is_refused_with_the_fix(
    screened: Study, opened: Open, language: str, said: str
) -> None:
    at = opened(screened, language=language)
    head = at.go(page="labs", visit_id=1, panel="CBC")
    grid = at.page("labs").grid
    grid.go_to("HCT")
    at.typist.type("30.1")
    at.typist.press("Enter")
    row = grid.rows["HCT"]
    assert said in row.box.strip.sentence() and "0.301" in at.typist.seen()
    assert row.box.typed() == "30.1"
    at.typist.press("Ctrl+Enter")
    assert labs.samples(at.desk, 1) == ()
    assert at.desk.head() == head
    at.typist.press("Ctrl+U")
    assert row.box.typed() == "0.301"


def test_a_day_that_no_calendar_has_is_refused(screened: Study, opened: Open) -> None:
    at = opened(screened)
    head = at.go(page="consent")
    at.typist.fill("v2.1")
    at.typist.type("2026-02-30")
    at.typist.press("Enter", "Ctrl+Enter")
    box = at.page("consent").host.view.field("signed_on")
    assert "28" in box.strip.sentence()
    assert box.typed() == "2026-02-30"
    assert subjects.consents(at.desk, 1) == ()
    assert at.desk.head() == head


def test_a_decimal_comma_is_refused_and_never_read_as_a_number(screened: Study, opened: Open) -> None:
    at = opened(screened)
    head = at.go(page="form", visit_id=1, form="vitals")
    view = at.page("form").host.view
    view.go_to("weight")
    at.typist.type("1,25")
    at.typist.press("Enter", "Ctrl+Enter")
    assert view.field("weight").strip.sentence()
    assert view.field("weight").typed() == "1,25"
    assert form_records.saved_form(at.desk, 1, "vitals") is None
    assert at.desk.head() == head


def test_an_observation_that_lies_ahead_is_refused(screened: Study, opened: Open) -> None:
    at = opened(screened)
    ahead = (at.desk.today() + timedelta(days=1)).isoformat()
    head = at.go(page="labs", visit_id=1, panel="CBC")
    header = at.page("labs").header
    header.go_to("drawn_on")
    at.typist.type(ahead)
    at.typist.press("Enter", "Ctrl+Enter")
    assert header.field("drawn_on").strip.sentence()
    assert header.field("drawn_on").typed() == ahead
    assert labs.samples(at.desk, 1) == ()
    assert at.desk.head() == head


def test_randomising_with_open_criteria_lists_what_is_missing(screened: Study, opened: Open) -> None:
    at = opened(screened, "wu.min")
    head = at.go(page="subject")
    at.typist.wait_for("Visits and forms")
    at.typist.press("r")
    at.typist.wait_for("Randomise SLE-001")
    assert "Missing" in at.typist.seen()
    at.typist.press("0", "0", "1", "Tab", "1", "9", "9", "2", "Tab")
    at.typist.type(PASSWORD)
    at.typist.press("Ctrl+Enter")
    assert allocation.allocation_of(at.desk, 1) is None
    assert at.desk.head() == head
    at.typist.press("Esc")
