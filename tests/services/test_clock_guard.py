"""The clock: writing stops when it stands behind the last entry; who accepts it is in the audit."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from people_invented import someone
from study_fixtures import LOGINS, PASSWORD, START, Study

from sle_desk.base.errors import NotAllowed, StorageFailed
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.services import people, sign_in_checks, studies, subjects
from sle_desk.services.desk import Desk


def sit_with(study: Study, role: str, reason: str) -> Desk:
    """Sit down at a study whose clock is doubted, with a reason."""
    study.leave()
    study.unlocked = studies.unlock(study.folder.path, LOGINS.get(role, "new.one"), PASSWORD, study.clock)
    try:
        study.desk = studies.sit_down(study.unlocked, role, study.clock, clock_reason=reason)
    except BaseException:
        studies.leave(study.unlocked)
        raise
    return study.desk


def events(desk: Desk, action: str) -> list[dict[str, object]]:
    """Return the facts of every event of an action."""
    with desk.view() as session:
        rows = session.query(Audit).filter(Audit.action == action, Audit.operation == "event")
        return [json.loads(row.payload) for row in rows]


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1), timedelta(days=3650)])
def test_a_clock_put_back_stops_writing_and_signing_in(study: Study, back: timedelta) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    number = subjects.register_subject(desk, someone()).id
    study.clock.set_wrong(-back)
    with pytest.raises(StorageFailed, match=r"clock\.back"):
        subjects.register_subject(desk, someone(initials="LXM", identity_number=""))
    study.clock.set_wrong(timedelta())
    assert [row.id for row in subjects.subjects(desk)] == [number]
    study.clock.set_wrong(-back)
    study.leave()
    with pytest.raises(StorageFailed, match=r"clock\.back"):
        sit_with(study, roles.COORDINATOR, "")
    with pytest.raises(NotAllowed, match="role"):
        sit_with(study, roles.COORDINATOR, "it is right")
    desk = sit_with(study, roles.PI, "the computer's clock had been an hour ahead")
    [facts] = events(desk, "clock.accept")
    assert str(facts["now"]) < str(facts["last"])
    desk = study.sit("chen.lan", roles.COORDINATOR)
    later = subjects.register_subject(desk, someone(initials="LXM", identity_number=""))
    assert later.id > number
    study.clock.set_wrong(timedelta())


def test_two_seconds_back_are_no_fault(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    study.clock.set_wrong(timedelta(seconds=-2))
    subjects.register_subject(desk, someone())


def test_a_year_ahead_is_asked_about_and_answered_by_anybody(study: Study) -> None:
    study.clock.set(START + timedelta(days=365))
    with pytest.raises(StorageFailed, match=r"clock\.ahead"):
        sit_with(study, roles.COORDINATOR, "")
    desk = sit_with(study, roles.COORDINATOR, "the ward was closed")
    assert len(events(desk, "clock.confirm")) == 1
    assert studies.opening_checks(study.unlocked, lambda step, share: None).holds  # type: ignore[arg-type]


def test_a_clock_moved_while_somebody_works_is_noted_with_the_next_entry(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    study.clock.advance(timedelta(minutes=10))
    subjects.register_subject(desk, someone())
    assert events(desk, "clock.jump") == []
    study.clock.set_wrong(timedelta(minutes=3))
    subjects.register_subject(desk, someone(initials="LXM", identity_number=""))
    [facts] = events(desk, "clock.jump")
    assert facts["seconds"] == 180


def test_a_clock_put_right_and_accepted_decides_who_holds_a_role(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    monitor = next(row.id for row in people.people(admin) if row.login == "he.jian")
    people.limit_person(admin, monitor, admin.today() + timedelta(days=60))
    study.leave()
    study.clock.set_wrong(timedelta(days=400))
    admin = sit_with(study, roles.ADMINISTRATOR, "I think it is right")
    new = studies.NewPerson("new.one", "New One", PASSWORD)
    people.create_person(admin, study.folder, new, (roles.DRUG_MANAGER,))
    study.leave()
    study.clock.set_wrong(timedelta())
    study.clock.advance(timedelta(hours=1))
    # Nobody is let in by a clock that has gone back before somebody who may has said that it is right.
    with pytest.raises(NotAllowed, match=r"sign_in\.no_role"):
        sit_with(study, roles.MONITOR, "")
    sit_with(study, roles.PI, "it was a year ahead, and the administrator had confirmed it")
    assert sit_with(study, roles.MONITOR, "").actor.login == "he.jian"
    # Who was given an account by the wrong clock is let in by the right one.
    assert sit_with(study, roles.DRUG_MANAGER, "").actor.login == "new.one"
    study.leave()
    study.clock.advance(timedelta(days=59))
    with pytest.raises(StorageFailed, match=r"clock\.ahead"):
        sit_with(study, roles.MONITOR, "")
    study.clock.advance(timedelta(days=2))
    with pytest.raises(NotAllowed, match=r"sign_in\.no_role"):
        sit_with(study, roles.MONITOR, "")


def test_a_year_ahead_while_somebody_works_stops_writing_until_somebody_says_why(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    study.clock.set_wrong(timedelta(days=365))
    with pytest.raises(StorageFailed, match=r"clock\.ahead"):
        subjects.register_subject(desk, someone())
    # What is refused by such a clock, and noted by it, makes it no better: neither now nor for the next.
    with pytest.raises(NotAllowed):
        people.limit_person(desk, 1, desk.today())
    with pytest.raises(StorageFailed, match=r"clock\.ahead"):
        subjects.register_subject(desk, someone())
    study.leave()
    study.clock.set_wrong(timedelta())
    desk = study.sit("chen.lan", roles.COORDINATOR)
    study.clock.set_wrong(timedelta(days=365))
    with pytest.raises(StorageFailed, match=r"clock\.ahead"):
        subjects.register_subject(desk, someone())
    sign_in_checks.settle_clock(desk, "the ward was closed")
    assert subjects.register_subject(desk, someone()).id
    assert len(events(desk, "clock.confirm")) == 1
