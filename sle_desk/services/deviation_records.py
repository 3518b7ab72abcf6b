"""A deviation that a person saw, in that person's words; who judges settles it like one that was proposed."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.dosing import MAJOR
from sle_desk.domain.values import check_text
from sle_desk.models.allocation import Allocation
from sle_desk.models.safety import Deviation
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import VOID, DeviationRow, as_seen, check_coded, shown
from sle_desk.services.standing import ACTION, require_born, require_subject_standing
from sle_desk.services.waived import WAIVED, void_waiver

RECORD, RECORDED = "deviation.record", "deviation.recorded"
WAIVER_VOID = "eligibility.waiver_void"


def record(desk: Desk, subject_id: int, what: str, on_day: date | None, category: str = "") -> DeviationRow:
    """Record a deviation of a day; how grave it is nobody has said before it is settled."""
    if not what.strip():
        raise RuleBroken("deviation.what_needed")
    if on_day is None:
        raise RuleBroken("deviation.day_needed")
    if on_day > desk.today():
        raise RuleBroken("day.future", typed=on_day.isoformat(), today=desk.today().isoformat())
    with desk.change(RECORD, subject_id=subject_id) as change:
        require_subject_standing(change, subject_id)
        require_born(change.session, subject_id, on_day)
        check_coded(change.protocol, "category", category)
        row = change.propose(subject_id, RECORDED, "", on_day, what=check_text(what.strip()))
        row.category = category
        change.session.flush()
        return shown(change.session, row)


def void(desk: Desk, deviation_id: int, reason: str, seen_version: int, note: str = "") -> None:
    """Mark a deviation that a person recorded, or a signed waiver, as entered in error, settled or not.

    One that the application proposed goes with the record it was seen on, or is explained.
    """
    with desk.change(ACTION, reason_text(reason, note)) as change:
        row = as_seen(change, deviation_id, seen_version)
        if row.progress == VOID:
            raise RuleBroken("record.already_void")
        if row.code == WAIVED:
            _void_waiver(change, row, reason_text(reason, note))
            return
        if row.code != RECORDED:
            raise RuleBroken("deviation.not_recorded")
        row.progress = VOID


def _void_waiver(change: Change, row: Deviation, reason: str) -> None:
    """Void a waiver; where the subject was randomised meanwhile, that is a deviation of its own."""
    void_waiver(change, row, reason)
    allocated = select(Allocation.id).where(Allocation.subject_id == row.subject_id)
    if row.subject_id is not None and change.session.scalar(allocated) is not None:
        leaves = str(json.loads(row.facts)["leaves"])
        change.propose(row.subject_id, WAIVER_VOID, MAJOR, change.at.date(), leaves=leaves)
