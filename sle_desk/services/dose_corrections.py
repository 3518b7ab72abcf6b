"""A recorded dose put right: values corrected with a reason, or the whole dose entered in error and moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain.dose_matching import GIVEN, MISSED
from sle_desk.domain.dosing import ProposedDeviation
from sle_desk.models.subject import Subject
from sle_desk.models.treatment import Dose, DoseVials
from sle_desk.services.answers import reason_text
from sle_desk.services.course_doubts import settle_courses
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import propose_about, void_about
from sle_desk.services.dose_entry import GivenDose, VialUse, check_possible, entry_of, vial_rows
from sle_desk.services.dose_judgement import judge, require_reason
from sle_desk.services.dosing import Recorded, check_missed_reason
from sle_desk.services.hold_answers import check_held
from sle_desk.services.infusion_course import follow_infusion
from sle_desk.services.infusion_in_error import void_course
from sle_desk.services.judged_again import judge_after, judge_doses_again, minding_first_dose
from sle_desk.services.not_given import check_discarded
from sle_desk.services.prepared_bags import PREPARED
from sle_desk.services.signatures import void_signatures
from sle_desk.services.stock_findings import judge_lots_again, lots_of

TABLE = "dose"
# A dose of another subject or drug is entered in error, not corrected.
# What was shown when it was asked stays as it was shown.
_NEVER = frozenset({"subject_id", "drug", "hold_shown"})
CORRECTABLE = frozenset(each.name for each in fields(GivenDose)) - _NEVER


def _vials(change: Change, dose_id: int) -> list[DoseVials]:
    rows = change.session.scalars(
        select(DoseVials).where(DoseVials.dose_id == dose_id).order_by(DoseVials.id)
    )
    return list(rows)


def _standing(change: Change, dose_id: int, seen_version: int | None) -> Dose:
    dose = change.session.get_one(Dose, dose_id)
    if seen_version is not None and dose.version != seen_version:
        raise Stale("record.changed_meanwhile")
    if dose.state == "void":
        raise RuleBroken("record.already_void")
    return dose


def correct_dose(
    desk: Desk, dose_id: int, changes: Mapping[str, Any], reason: str, seen_version: int, note: str = ""
) -> Recorded:
    """Correct values of a recorded dose with a coded reason; what it shows is judged again.

    `changes` maps fields of GivenDose to their right values. Deviations that no longer hold go void, new ones
    are proposed, and signatures on the dose go void.
    """
    said = reason_text(reason, note)
    for name in changes:
        if name not in CORRECTABLE:
            raise RuleBroken("dose.not_correctable", field=name)
    with desk.change("value.correct", said) as change:
        dose = _standing(change, dose_id, seen_version)
        if "on_day" in changes and dose.progress == MISSED and dose.discarded_on is None:
            # A miss is of the day of its planned dose, wherever the plan has it.
            raise RuleBroken("dose.not_correctable", field="on_day")
        kept, lots = _vials(change, dose_id), lots_of(change.session, dose_id)
        entry = replace(entry_of(dose, kept), **changes)
        judged_slot, findings = _judged(change, dose, entry)
        follow_infusion(change, dose_id, entry)
        with minding_first_dose(change, dose.subject_id, said):
            for name in changes:
                if name != "vials":
                    setattr(dose, name, getattr(entry, name))
            if "vials" in changes:
                _put_vials(change, dose, kept, entry.vials)
        void_signatures(change, TABLE, dose_id, said)
        # The other doses stood beside this one as it was.
        judge_doses_again(change, dose.subject_id)
        settle_courses(change, dose.subject_id)
        judge_lots_again(change, lots | lots_of(change.session, dose_id))
        return Recorded(dose_id, judged_slot, findings)


def _judged(change: Change, dose: Dose, entry: GivenDose) -> tuple[Any, tuple[ProposedDeviation, ...]]:
    born = change.session.get_one(Subject, dose.subject_id).birth_date
    if dose.progress != GIVEN:
        if dose.progress == MISSED or dose.discarded_on is not None:
            _check_missed(change, entry)
        if dose.discarded_on is not None:
            check_discarded(entry.on_day, entry.discarded_on, change.at.date())
        if dose.progress == PREPARED or dose.discarded_on is not None:
            # What was prepared has no reaction, and a reason of its own list once it was not given; the rest
            # has to be possible all the same.
            reason = "" if dose.discarded_on is not None else entry.reason
            possible = replace(entry, reaction="none", reason=reason)
            check_possible(possible, change.protocol, change.at, born)
        return None, ()
    check_possible(entry, change.protocol, change.at, born)
    judged = judge(change.session, change.protocol, entry, change.at.date(), key=dose.id)
    require_reason(judged, entry)
    return judged.slot, judged.findings


def _check_missed(change: Change, entry: GivenDose) -> None:
    check_missed_reason(change.protocol, entry.reason, entry.reason_note)
    check_held(change.protocol, entry.drug, entry.hold)
    if entry.on_day > change.at.date():
        today = change.at.date().isoformat()
        raise RuleBroken("day.future", typed=entry.on_day.isoformat(), today=today)


def _put_vials(change: Change, dose: Dose, kept: Sequence[DoseVials], vials: Sequence[VialUse]) -> None:
    """Put the vials right row by row; a row too many holds none, for nothing is deleted."""
    for row, used in zip(kept, vials, strict=False):
        row.lot, row.strength, row.count = used.lot.strip(), used.strength, used.count
    for row in kept[len(vials) :]:
        row.count = 0
    drug = change.protocol.drug(dose.drug)
    change.add(*vial_rows(dose.id, drug, vials[len(kept) :]))


def void_dose(
    desk: Desk, dose_id: int, reason: str, seen_version: int, note: str = "", *, to_subject: int | None = None
) -> Recorded | None:
    """Mark a dose as entered in error; with `to_subject` it is entered there in the same transaction.

    Both records name each other. Signatures and deviations on it go void; what it shows there is proposed.
    """
    said = reason_text(reason, note)
    with desk.change("record.entered_in_error", said, subject_id=to_subject) as change:
        dose = _standing(change, dose_id, seen_version)
        entry = entry_of(dose, _vials(change, dose_id))
        with minding_first_dose(change, dose.subject_id, said):
            dose.state, dose.void_reason = "void", said
        void_about(change, (TABLE, dose_id))
        void_signatures(change, TABLE, dose_id, said)
        judge_doses_again(change, dose.subject_id)
        moved = None
        if to_subject is None:
            void_course(change, dose, said, None)
        else:
            with minding_first_dose(change, to_subject, said):
                moved = _move(change, dose, entry, to_subject)
                void_course(change, dose, said, change.session.get_one(Dose, moved.id))
                # The doses there stand beside it from now on, and it may move their planned days.
                judge_after(change, to_subject, dose.drug, dose.on_day)
        judge_lots_again(change, lots_of(change.session, dose_id))
        return moved


def _move(change: Change, dose: Dose, entry: GivenDose, to_subject: int) -> Recorded:
    if to_subject == dose.subject_id:
        raise RuleBroken("record.same_subject")
    if dose.progress != GIVEN:
        # A plan or a miss belongs to the one it was planned for.
        raise RuleBroken("dose.not_given")
    # Which of the other's planned doses it fills is matched again, by its own time.
    there = replace(entry, subject_id=to_subject, answered_slot=None, hold_shown="")
    born = change.session.get_one(Subject, to_subject).birth_date
    check_possible(there, change.protocol, change.at, born)
    judged = judge(change.session, change.protocol, there, change.at.date())
    facts = change.record_facts(to_subject, there.on_day)
    moved = Dose(**{**facts, **there.columns(), "progress": GIVEN, "unit": dose.unit, "moved_from": dose.id})
    change.add(moved)
    change.add(*vial_rows(moved.id, change.protocol.drug(there.drug), there.vials))
    dose.moved_to = moved.id
    propose_about(change, to_subject, (TABLE, moved.id), there.on_day, judged.findings)
    return Recorded(moved.id, judged.slot, judged.findings)
