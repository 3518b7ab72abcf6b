"""The row of Today for who may be allocated next: the allocation, or what its checklist lacks still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from sle_desk.domain.decisions import Readings
from sle_desk.domain.protocol import Protocol
from sle_desk.services import preconditions
from sle_desk.services.courses import Course
from sle_desk.services.due_rows import NOW, Due, TodayRow, Who
from sle_desk.services.twins import gone_on_as
from sle_desk.services.waiting import eligible_subjects
from sle_desk.services.waived import may_be_randomised, waived_subjects

DECISION = "decision"


def allocation_rows(
    session: Session,
    protocol: Protocol,
    readings: Readings,
    everyone: Mapping[int, Course],
    screening: Mapping[int, Who],
    people: Mapping[int, Who],
    now: datetime,
) -> Iterator[TodayRow]:
    """Yield who was found eligible, or was waived and may be randomised so; what lacks is said with each."""
    for number in eligible_subjects(session, screening):
        yield _row(session, protocol, readings, screening[number], now)
    for number in _waived(session, protocol, readings, everyone):
        if number in people:
            yield _row(session, protocol, readings, people[number], now, "waived")


def _row(
    session: Session, protocol: Protocol, readings: Readings, who: Who, now: datetime, status: str = ""
) -> TodayRow:
    """Return the row of one: the same checklist as before the arm opens, so that it never says more."""
    held = preconditions.rows(session, protocol, who.subject_id, now, readings)
    gaps = [gap for row in held for gap in row.missing]
    if not gaps:
        return TodayRow(NOW, who, now.date(), (Due("allocation"),), status or "eligible", "open_allocation")
    waits = "waits" if gaps[0].place.kind == DECISION else "incomplete"
    item = Due("allocation_waits", {"count": len(gaps), "gap": gaps[0]})
    return TodayRow(NOW, who, now.date(), (item,), status or waits, "fill_gap")


def _waived(
    session: Session, protocol: Protocol, readings: Readings, everyone: Mapping[int, Course]
) -> Iterator[int]:
    """Yield who is not eligible, was waived by the PI, and may be randomised so by a decision of its own."""
    if not may_be_randomised(protocol, readings):
        return
    waived, elsewhere = waived_subjects(session), gone_on_as(session)
    for number, course in everyone.items():
        failed = course.failed_on is not None and course.ended_on is None and not course.arm
        if number in waived and failed and number not in elsewhere:
            yield number
