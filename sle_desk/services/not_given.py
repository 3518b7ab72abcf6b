"""An infusion that was not given: a planned one missed, a prepared one discarded, or both at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.dose_matching import MISSED
from sle_desk.domain.schedule import Slot
from sle_desk.domain.values import check_text
from sle_desk.models.treatment import Dose
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.dose_entry import entry_of
from sle_desk.services.dose_judgement import OF_DOSES, missed_finding
from sle_desk.services.dosing import Recorded, check_missed_reason, missed_slot, record_missed
from sle_desk.services.hold_answers import shown_at_hold
from sle_desk.services.infusion_course import follow_infusion
from sle_desk.services.infusions import waiting_dose
from sle_desk.services.plan import calendar_in


@dataclass(frozen=True)
class NotGiven:
    """What was not given and why: the number of the planned dose, the prepared infusion, or both.

    Without a number no planned dose was missed by it: another one is prepared, or the dose is answered.
    What was prepared keeps its amounts, lots and vials, and names the day on which it was discarded. `hold`
    is the condition of the package that the dose was held for.
    """

    subject_id: int
    drug: str
    reason: str
    note: str = ""
    number: int | None = None
    prepared_id: int | None = None
    discarded_on: date | None = None
    seen_version: int | None = None
    hold: str = ""


def record_not_given(desk: Desk, told: NotGiven) -> Recorded:
    """Record that an infusion was not given, with the coded reason; never before its day."""
    if told.prepared_id is None:
        if told.number is None:
            raise RuleBroken("dose.not_given_which")
        whose = told.subject_id, told.drug
        return record_missed(desk, *whose, told.number, told.reason, told.note, told.hold)
    with desk.change("dose.discard", told.reason, subject_id=told.subject_id) as change:
        check_missed_reason(change.protocol, told.reason, told.note)
        dose = waiting_dose(change, told.prepared_id, told.subject_id, told.seen_version)
        check_discarded(dose.on_day, told.discarded_on, change.at.date())
        slot = None if told.number is None else _slot(change, dose, told.number)
        follow_infusion(change, dose.id, replace(entry_of(dose, ()), discarded_on=told.discarded_on))
        dose.discarded_on = told.discarded_on
        dose.reason, dose.reason_note = told.reason, check_text(told.note.strip())
        if told.hold:
            shown = shown_at_hold(change, told.subject_id, told.drug, told.hold)
            dose.hold, dose.hold_shown = told.hold, shown
        if slot is None:
            return Recorded(dose.id, None, ())
        # It is the record of the planned dose from now on, and keeps what was prepared for it.
        dose.progress, dose.answered_slot = MISSED, slot.number
        change.session.flush()
        found = (missed_finding(slot.number, dose.on_day, told.reason),)
        # What was proposed about the bag, such as its weight put right, is none of a dose that was not given.
        renew_proposals(change, told.subject_id, ("dose", dose.id), dose.on_day, OF_DOSES, found)
        return Recorded(dose.id, slot, found)


def _slot(change: Change, dose: Dose, number: int) -> Slot:
    today = change.at.date()
    calendar = calendar_in(change.session, change.protocol, dose.subject_id, today)
    return missed_slot(calendar, dose.drug, number, today)


def check_discarded(prepared_on: date, discarded_on: date | None, today: date) -> None:
    """Refuse a day of discarding that is missing, to come, or before what was discarded was prepared."""
    if discarded_on is None or not prepared_on <= discarded_on <= today:
        raise RuleBroken("dose.discarded_day", day=prepared_on.isoformat())


def open_planned(desk: Desk, subject_id: int, drug: str) -> tuple[Slot, ...]:
    """Return the planned doses of a drug up to today that are awaited: what can have been missed."""
    today = desk.today()
    with desk.view() as session:
        calendar = calendar_in(session, desk.protocol, subject_id, today)
    if calendar is None or calendar.provisional:
        return ()
    waiting = (each.slot for each in calendar.of_drug(drug) if each.awaited)
    return tuple(slot for slot in waiting if slot.planned_on <= today)
