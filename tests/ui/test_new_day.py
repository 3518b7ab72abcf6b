"""The day turns while somebody sits: what it shows is proposed and read, and nothing in typing is touched."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QApplication, QLineEdit
from screened_studies import kept_ready, ready, ready_trial
from study_fixtures import Study
from trial_fixtures import made_trial
from whole_window import Open, opened

from sle_desk.domain import roles
from sle_desk.services import consent_versions, deviations
from sle_desk.services.consent_versions import NewVersion
from sle_desk.ui.at_desk import AtDesk
from sle_desk.ui.desk_page import Go
from sle_desk.ui.desk_watch import DeskWatch
from sle_desk.ui.main_window import MainWindow

__all__ = ["kept_ready", "made_trial", "opened", "ready", "ready_trial"]
LATE = "Re-consent overdue"


def asked_until_today(study: Study) -> None:
    """Let the PI record a version that everybody signs by today."""
    desk = study.sit("wu.min", roles.PI)
    day = desk.today()
    first = day - timedelta(days=9)
    version = NewVersion("v3", first, first, "A3", used_from=first, reconsent="Y", reconsent_by=day)
    consent_versions.record_version(desk, version, before_goes_on=True)


def watch_of(window: MainWindow) -> DeskWatch:
    desk = window.findChild(AtDesk)
    assert desk is not None
    watch = desk.findChild(DeskWatch)
    assert watch is not None
    return watch


def look_tomorrow(study: Study, window: MainWindow) -> None:
    watch_of(window).look()
    study.clock.advance(timedelta(days=1))
    watch_of(window).look()


def overdue(window: MainWindow) -> list[str]:
    rows = deviations.deviations(window.state.desk, progress="proposed")
    return [row.code for row in rows if row.code == "consent.reconsent_overdue"]


def test_today_tells_of_the_new_day_without_a_sign_in(ready_trial: Study, ready: int, opened: Open) -> None:
    asked_until_today(ready_trial)
    window, typist = opened(ready_trial, "chen.lan")
    typist.wait_for("Sign consent version v3 too")
    assert not typist.sees(LATE) and overdue(window) == []
    before = window.state.desk.head()
    look_tomorrow(ready_trial, window)
    typist.wait_for(LATE)
    assert len(overdue(window)) == 1
    # Once a day: the next look writes nothing more.
    after = window.state.desk.head()
    assert after != before
    watch_of(window).look()
    assert window.state.desk.head() == after


def test_what_is_in_typing_stays_as_it_is(ready_trial: Study, ready: int, opened: Open) -> None:
    asked_until_today(ready_trial)
    window, typist = opened(ready_trial, "chen.lan")
    window.state.go(Go("consent", subject_id=ready))
    typist.wait_for("Copy given to the subject")
    typist.type("v3")
    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    written = focus.text()
    assert written.endswith("v3")
    look_tomorrow(ready_trial, window)
    assert QApplication.focusWidget() is focus and focus.text() == written
    assert len(overdue(window)) == 1
    window.state.go(Go("today"))
    typist.wait_for(LATE)
