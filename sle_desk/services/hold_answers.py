"""The answer to the hold conditions of a dose that is being recorded, and what was shown beside it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.dose_matching import NEW
from sle_desk.domain.holds import CLEARED, NONE, held_for, hinted
from sle_desk.domain.protocol import Protocol
from sle_desk.services.desk import Change
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.dose_judgement import record_with
from sle_desk.services.hold_facts import hints_for, hints_now


def with_hints_shown(session: Session, protocol: Protocol, given: GivenDose, key: int = NEW) -> GivenDose:
    """Return a dose with what the record hinted at when it was asked what it is held for.

    Refused is "nothing" beside a hint: it has to be said which holds, or that it was looked at.
    """
    if not given.hold:
        return replace(given, hold_shown="")
    shown = hinted(hints_for(session, protocol, given.subject_id, given.drug, record_with(given, key)))
    if shown and given.hold == NONE:
        raise RuleBroken("dose.hold_which", hold=protocol.hold(shown.split()[0]).label)
    return replace(given, hold_shown=shown)


def check_held(protocol: Protocol, drug: str, hold: str) -> None:
    """Refuse what a dose cannot have been held for: it is none of the conditions of its drug.

    What was prepared with nothing to hold for keeps that answer, whyever it was not given.
    """
    if hold and hold not in (NONE, CLEARED) and held_for(protocol.holds_of(drug), hold) is None:
        raise RuleBroken("dose.code", field="hold", typed=hold)


def shown_at_hold(change: Change, subject_id: int, drug: str, hold: str) -> str:
    """Return what the record hints at when a dose is held; refuse what is no condition of its drug."""
    if not hold:
        return ""
    check_held(change.protocol, drug, hold)
    return hinted(hints_now(change.session, change.protocol, subject_id, drug, change.at))
