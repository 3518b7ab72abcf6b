"""The desk that was left: it locks after the minutes of the site; a doubted clock is asked about."""

from __future__ import annotations

import ctypes
from ctypes import wintypes
from datetime import timedelta

import pytest
from earlier_schema import put_back
from study_fixtures import PASSWORD, START, Study, clock, made_study, study
from whole_window import Open, opened

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.domain import roles
from sle_desk.models.store import schema
from sle_desk.services import idle_lock, keys_change, people, studies
from sle_desk.ui import session_lock
from sle_desk.ui.at_desk import AtDesk
from sle_desk.ui.desk_page import Go
from sle_desk.ui.desk_watch import DeskWatch
from sle_desk.ui.idle import IdleWatch
from sle_desk.ui.lock_screen import LockScreen
from sle_desk.ui.mac_session import MacSession, session_is_away
from sle_desk.ui.main_window import MainWindow
from sle_desk.ui.session_lock import SessionLock

__all__ = ["clock", "made_study", "opened", "study"]


def watch_of(window: MainWindow) -> IdleWatch:
    """Return what watches the desk."""
    desk = window.findChild(AtDesk)
    assert desk is not None
    watch = desk.findChild(IdleWatch)
    assert watch is not None
    return watch


def test_ten_minutes_without_a_key_lock_the_screen_and_the_password_leads_back(
    study: Study, opened: Open
) -> None:
    window, typist = opened(study, "chen.lan")
    watch_of(window).look(9.9)
    assert window.findChild(LockScreen) is None
    watch_of(window).look(10)
    typist.wait_for("Your password leads back")
    typist.fill(PASSWORD)
    typist.wait_for("Ctrl L")


def test_a_computer_that_slept_is_locked(study: Study, opened: Open) -> None:
    window, typist = opened(study, "chen.lan")
    typist.wait_for("Ctrl L")
    watch = watch_of(window)
    watch.look(0)
    study.clock.advance(timedelta(minutes=2))
    watch.look(0)
    assert window.findChild(LockScreen) is None
    study.clock.set_wrong(timedelta(minutes=2))
    watch.look(0)
    typist.wait_for("Your password leads back")


def test_the_minutes_are_a_setting_of_the_administrator(study: Study, opened: Open) -> None:
    window, typist = opened(study, "xu.feng")
    typist.wait_for("Ctrl L")
    window.state.go(Go("study", tab="people"))
    typist.wait_for("Lock after 10 min")

    def answer() -> None:
        typist.fill("5")
        typist.press("Ctrl+Enter")

    typist.in_dialog(answer)
    typist.press("Ctrl+I")
    typist.wait_for("The screen locks after 5 minutes.")
    assert watch_of(window).minutes == 5


@pytest.mark.parametrize("wanted", ["0", "61", "2.5", "-3"])
def test_no_lock_or_half_a_minute_is_refused(study: Study, wanted: str) -> None:
    from decimal import Decimal

    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    with pytest.raises(RuleBroken, match=r"idle\.range"):
        idle_lock.set_minutes(desk, Decimal(wanted))
    with pytest.raises(NotAllowed):
        idle_lock.set_minutes(study.sit("chen.lan", roles.COORDINATOR), Decimal(5))


def test_a_clock_behind_the_last_entry_sends_the_nurse_back_and_asks_the_pi(
    study: Study, opened: Open
) -> None:
    study.sit("chen.lan", roles.COORDINATOR)
    study.leave()
    study.clock.set(START - timedelta(days=1))
    window, typist = opened(study, "lin.yue", "but the last entry was made at")
    assert not window.state.seated
    typist.fill("wu.min", PASSWORD)
    typist.wait_for("The clock is right")
    typist.press("Ctrl+Enter")
    typist.press("Enter")
    typist.type("it had been a day ahead")
    typist.press("Ctrl+Enter")
    typist.wait_for("Ctrl L")


def test_a_study_of_an_earlier_version_asks_about_the_clock_before_it_is_migrated(
    study: Study, opened: Open
) -> None:
    study.sit("chen.lan", roles.COORDINATOR)
    assert study.unlocked is not None
    key = study.unlocked.database.data_key
    study.leave()
    put_back(study.folder, key, schema.SCHEMA - 1)
    study.clock.set(START - timedelta(days=1))
    _, typist = opened(study, "wu.min", "The clock is right")
    assert not study.folder.backups.exists()
    typist.press("Ctrl+Enter")
    typist.press("Enter")
    typist.type("it had been a day ahead")
    typist.press("Ctrl+Enter")
    typist.wait_for("Ctrl L")
    assert len(list(study.folder.backups.iterdir())) == 1


def test_who_does_not_answer_for_the_clock_is_not_signed_in(study: Study, opened: Open) -> None:
    study.clock.set(START + timedelta(days=100))
    window, typist = opened(study, "lin.yue", "100 days after the last entry")
    typist.press("Esc")
    typist.wait_for("Use your own account")
    assert not window.state.seated
    window.close()
    studies.leave(studies.unlock(study.folder.path, "lin.yue", PASSWORD, study.clock))


def test_the_pi_hears_of_wrong_passwords(study: Study, opened: Open) -> None:
    with pytest.raises(NotAllowed):
        studies.unlock(study.folder.path, "chen.lan", "not the password", study.clock)
    _, typist = opened(study, "wu.min")
    typist.wait_for("Refused sign-ins since you last signed in: 1.")


def session_message(kind: int, what: int) -> wintypes.MSG:
    """Return a message as Windows sends it."""
    message = wintypes.MSG()
    message.message, message.wParam = kind, what
    return message


def test_a_computer_whose_own_screen_is_locked_locks_the_desk(study: Study, opened: Open) -> None:
    window, typist = opened(study, "chen.lan")
    session = window.findChild(SessionLock)
    assert session is not None
    watching = session_lock._Filter(session)
    for kind, what in ((session_lock.SESSION_CHANGE, 0x8), (0x0100, session_lock.LOCKED)):
        other = session_message(kind, what)
        assert watching.nativeEventFilter(session_lock.WINDOWS_MESSAGE, ctypes.addressof(other)) == (False, 0)
    assert window.findChild(LockScreen) is None
    locked = session_message(session_lock.SESSION_CHANGE, session_lock.LOCKED)
    watching.nativeEventFilter(session_lock.WINDOWS_MESSAGE, ctypes.addressof(locked))
    typist.wait_for("Your password leads back")


def test_a_mac_whose_screen_is_locked_locks_the_desk_once_each_time(study: Study, opened: Open) -> None:
    window, typist = opened(study, "chen.lan")
    session = window.findChild(MacSession)
    assert session is not None
    # Nobody says more than the system does: here it says nothing.
    assert session_is_away() is None
    for away in (None, False):
        session.look(away)
    assert window.findChild(LockScreen) is None
    told: list[bool] = []
    session.locked.connect(lambda: told.append(True))
    session.look(True)
    session.look(True)
    typist.wait_for("Your password leads back")
    session.look(False)
    session.look(True)
    assert told == [True, True]


def test_the_administrator_ends_the_closing_of_an_account_that_was_broken_off(
    study: Study, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    nurse = next(each.id for each in people.people(admin) if each.login == "lin.yue")
    with monkeypatch.context() as patch:
        patch.setattr(people, "change_data_key", lambda *anything: None)
        people.deactivate_person(admin, study.folder, nurse, "left the clinic")
    window, typist = opened(study, "xu.feng")
    typist.wait_for("Closing an account was broken off; it is ended now.")
    assert not keys_change.is_left_open(window.state.desk)


def test_everything_there_is_to_tell_is_told_at_once(study: Study, opened: Open) -> None:
    with pytest.raises(NotAllowed):
        studies.unlock(study.folder.path, "wu.min", "not the password", study.clock)
    keys = study.folder.keys
    keys.write_text(keys.read_text(encoding="utf-8").replace("NCT05262686", "NCT05262687"), encoding="utf-8")
    _, typist = opened(study, "wu.min")
    typist.wait_for("study.keys was changed outside the application")
    assert typist.sees("Refused sign-ins since you last signed in: 1.")


def test_a_role_whose_last_day_is_over_is_locked_out_while_somebody_reads(study: Study, opened: Open) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    monitor = next(row.id for row in people.people(admin) if row.login == "he.jian")
    people.limit_person(admin, monitor, admin.today())
    study.leave()
    window, typist = opened(study, "he.jian")
    typist.wait_for("Ctrl L")
    desk = window.findChild(AtDesk)
    assert desk is not None
    watch = desk.findChild(DeskWatch)
    assert watch is not None
    watch.look()
    assert window.findChild(LockScreen) is None
    study.clock.advance(timedelta(days=1))
    watch.look()
    typist.wait_for("Your password leads back")
    typist.fill(PASSWORD)
    typist.wait_for("holds no role today")


def test_a_clock_a_year_ahead_is_asked_about_where_something_is_refused_for_it(
    study: Study, opened: Open
) -> None:
    window, typist = opened(study, "chen.lan")
    typist.wait_for("Ctrl L")
    study.clock.set_wrong(timedelta(days=365))

    def answer() -> None:
        typist.fill("the ward was closed")
        typist.press("Ctrl+Enter")

    typist.in_dialog(answer)
    with pytest.raises(StorageFailed) as refused:
        people.choose_language(window.state.desk, "en")
    window.state.refuse(refused.value)
    typist.wait_for("What was refused can be saved now")
    people.choose_language(window.state.desk, "en")
