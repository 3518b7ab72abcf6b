"""A planned dose that was held for a condition of the package, and so not given."""

from __future__ import annotations

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.holds import held_for
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import known_drug
from sle_desk.services.dosing import Recorded, record_missed


def record_held(desk: Desk, subject_id: int, drug: str, number: int, hold: str) -> Recorded:
    """Record that a planned dose was held: missed, with the reason that the condition names."""
    condition = held_for(desk.protocol.holds_of(known_drug(desk.protocol, drug).code), hold)
    if condition is None:
        raise RuleBroken("dose.code", field="hold", typed=hold)
    return record_missed(desk, subject_id, drug, number, condition.missed_reason, hold=hold)
