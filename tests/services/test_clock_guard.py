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
from sle_desk.services import studies, subjects
from sle_desk.services.desk import Desk


def sit_with(study: Study, role: str, reason: str) -> Desk:
    """Sit down at a study whose clock is doubted, with a reason."""
    study.leave()
    study.unlocked = studies.unlock(study.folder.path, LOGINS[role], PASSWORD, study.clock)
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
