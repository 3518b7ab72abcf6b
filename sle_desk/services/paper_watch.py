"""Whether a print still stands: what it shows was changed since, or was entered in error."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from sle_desk.domain.amendments import APPROVED
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import DEATH, EVENT, FATAL, YES
from sle_desk.domain.values import partial_bounds
from sle_desk.models.allocation import Allocation, AllocationError, EmergencyAllocation
from sle_desk.models.audit import Audit, Paper
from sle_desk.models.eligibility import CriterionAnswer, EligibilityDecision
from sle_desk.models.lab import NotDrawn, Result, Sample
from sle_desk.models.protocol import ProtocolAmendment
from sle_desk.models.safety import Deviation, Query
from sle_desk.models.subject import Consent, Disposition, Subject
from sle_desk.models.treatment import Dispensing, Dose, DosePause, DoseVials
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services.answers import values_of
from sle_desk.services.paper_medication import shown_from
from sle_desk.services.waived import WAIVED
from sle_desk.services.withdrawals import DAY, TREATMENT, VISITS, WITHDRAWAL, spells_of, withdrawn_on

SUMMARY, ELIGIBILITY, SLIP, WORKSHEET = "visit_summary", "eligibility_form", "slip", "worksheet"
SAE, REGISTER = "sae_form", "register_log"
AMENDMENT, APPROVING = "protocol_amendment", "amendment.approve"
# What goes to the ward or home with the subject: it shows the plan, and is typed back from.
WARD = frozenset({SLIP, WORKSHEET, "dose_diary", "date_card"})
# What is typed for the first time from a signed paper does not make that paper out of date.
JUDGED = ("result.judge", "result.judge_transcribed")
TYPED_FROM_PAPER = ("eligibility.decide_transcribed", "eligibility.sign_transcribed", JUDGED[1])
# The subject of a row, its day, and the form it is of or a part of, or 0.
Place = tuple[int, date, int]
EVERYBODY = 0
# A withdrawal that ends doses or visits changes the plan; of samples or data alone it does not.
WITHDRAWN_PLAN = "withdrawal.plan"
# What was told of an arm outside: slips alone show it.
TOLD = EmergencyAllocation.__tablename__
# A consent of somebody who had withdrawn: the plan may go on by it.
SIGNED_AGAIN = "consent.again"


def about_void(session: Session, rows: Sequence[Paper]) -> frozenset[int]:
    """Return the prints about a subject, or of a visit, that was entered in error."""
    subjects = set(session.scalars(select(Subject.id).where(Subject.state == "void")))
    visits = set(session.scalars(select(Visit.id).where(Visit.state == "void")))
    return frozenset(row.id for row in rows if row.subject_id in subjects or row.visit_id in visits)


def lists_changed_since(session: Session, rows: Sequence[Paper]) -> frozenset[int]:
    """Return the prints of lists of everybody from which anything they are made of was changed since."""
    watched = [row for row in rows if row.kind in _OF_LISTS]
    last = {
        kind: session.scalar(
            select(func.max(Audit.number)).where(Audit.table_name.in_(tables), Audit.operation != "event")
        )
        for kind, tables in _OF_LISTS.items()
        if any(row.kind == kind for row in watched)
    }
    return frozenset(row.id for row in watched if (last[row.kind] or 0) > row.audit_number)


def changed_since(session: Session, protocol: Protocol, rows: Sequence[Paper]) -> frozenset[int]:
    """Return the prints that show anything changed after they were printed.

    A summary shows what happened up to its visit's day, of the medication what its glucocorticoids came to;
    an eligibility form rests on everything entered up to the day of its signature, or of its print; what goes
    to the ward shows the plan, and what it was counted from.
    """
    of_study = _study_changed(session, [row for row in rows if row.kind == REGISTER])
    watched = [row for row in rows if row.subject_id is not None]
    if not watched:
        return of_study
    touched = session.execute(
        select(Audit.number, Audit.table_name, Audit.row_id, Audit.action, Audit.operation, Audit.payload)
        .where(
            Audit.number > min(row.audit_number for row in watched),
            Audit.table_name.in_(_PLACES),
            Audit.operation != "event",
        )
        .order_by(Audit.number)
    )
    changed = [
        (row.number, found[0], row.action, row.operation, *found[1])
        for row in touched
        if not _typed_first(row.action, row.operation, row.payload)
        and (found := _found(session, protocol, row.table_name, row.row_id or 0, row.payload)) is not None
    ]
    days = {visit.id: visit.on_day for visit in session.scalars(select(Visit))}
    taken = session.scalars(select(FormRecord).where(FormRecord.form == MEDICATION))
    entered = {record.id: record.on_day for record in taken}
    return of_study | frozenset(
        row.id
        for row in watched
        if any(_shows(row, days, *each) or _judges_by(row, entered, *each) for each in changed)
    )


def _study_changed(session: Session, rows: Sequence[Paper]) -> frozenset[int]:
    """Return the prints of the register before a decision or words of the approved protocol changed."""
    newest = session.scalar(
        select(func.max(Audit.number)).where(
            or_(
                Audit.table_name.in_(_OF_READINGS - {AMENDMENT}),
                and_(
                    Audit.table_name == AMENDMENT,
                    Audit.action.startswith(APPROVING),
                    # One that was withdrawn never was in force.
                    Audit.row_id.in_(select(ProtocolAmendment.id).where(ProtocolAmendment.state == APPROVED)),
                ),
            ),
            Audit.operation != "event",
        )
    )
    return frozenset(row.id for row in rows if newest is not None and row.audit_number < newest)


def _judges_by(
    paper: Paper,
    entered: dict[int, date],
    number: int,
    table: str,
    action: str,
    operation: str,
    subject_id: int,
    day: date,
    form: int,
) -> bool:
    """Tell whether an unsigned eligibility form shows an entry of a medicine, of whatever kind it is.

    Once it is signed the decision itself goes void where an entry changed on which it rests.
    """
    judged = paper.kind == ELIGIBILITY and paper.signed_on is None and table == MEDICATION
    later = number > paper.audit_number and subject_id == paper.subject_id
    return judged and later and entered.get(form, date.max) <= paper.printed_at.date()


def _found(
    session: Session, protocol: Protocol, table: str, row_id: int, payload: str | None
) -> tuple[str, Place] | None:
    """Return what was changed and its place.

    Of medication, of a withdrawal of consent and of a death the form as such: not every paper shows it.
    """
    place = _PLACES[table](session, row_id)
    if place is None:
        return None
    if table == "consent" and spells_of(session, place[0]):
        return SIGNED_AGAIN, place
    if table == Allocation.__tablename__ and (before := json.loads(payload or "{}").get("old")):
        return _told_outside(place, before)
    if table == "deviation" and session.get_one(Deviation, row_id).code == WAIVED:
        return WAIVED, place
    record = session.get(FormRecord, place[2]) if table in ("form_record", "answer") else None
    answer = session.get(Answer, row_id) if table == "answer" else None
    if record is not None and _tells_of_death(record, answer):
        return DEATH, place
    if record is None or record.form not in (MEDICATION, WITHDRAWAL):
        return table, place
    if record.form == WITHDRAWAL:
        return WITHDRAWN_PLAN if _ends_plan(session, record, answer, payload) else WITHDRAWAL, place
    return MEDICATION, (place[0], shown_from(session, protocol, record, answer, payload), place[2])


def _told_outside(place: Place, before: dict[str, Any]) -> tuple[str, Place]:
    """Return what was corrected of an arm told outside: its day, or what slips alone show of it.

    A summary of any visit shows its day. One printed before the arm was told is taken for one, too: better
    printed again than left wrong.
    """
    moved = "allocated_at" in before
    return (Allocation.__tablename__, (place[0], date.min, 0)) if moved else (TOLD, place)


def _tells_of_death(record: FormRecord, answer: Answer | None) -> bool:
    fatal = answer is not None and answer.field == "outcome" and answer.choice == FATAL
    return record.form == DEATH or (record.form == EVENT and fatal)


def _ends_plan(session: Session, record: FormRecord, answer: Answer | None, payload: str | None) -> bool:
    """Tell whether what was changed of a withdrawal ends doses or visits, or ended them before."""
    if answer is None or answer.field == DAY:
        values = values_of(session, record.id)
        return any(code in values and values[code].choice == YES for code in (TREATMENT, VISITS))
    before = json.loads(payload or "{}").get("old") or {}
    return answer.field in (TREATMENT, VISITS) and YES in (answer.choice, before.get("choice"))


def _typed_first(action: str, operation: str, payload: str | None) -> bool:
    """Tell whether a row only took up what a signed paper says: before it said nothing of it."""
    if action not in TYPED_FROM_PAPER:
        return False
    before = json.loads(payload or "{}").get("old") or {}
    return operation == "insert" or all(
        value in ("", None) for name, value in before.items() if name != "version"
    )


def _shows(
    paper: Paper,
    days: dict[int, date | None],
    number: int,
    table: str,
    action: str,
    operation: str,
    subject_id: int,
    day: date,
    form: int,
) -> bool:
    if number <= paper.audit_number or subject_id not in (EVERYBODY, paper.subject_id):
        return False
    kind, _, part = paper.kind.partition(".")
    if kind == SAE:
        return str(form) in part.split("-")
    ward = kind in WARD
    if (ward and table in (WITHDRAWN_PLAN, SIGNED_AGAIN, DEATH)) or (
        kind == WORKSHEET and table == WITHDRAWAL
    ):
        return True
    if day == date.max:
        return False
    if paper.kind == ELIGIBILITY:
        # Once signed, a checklist keeps what it was signed under; where that changes, the decision goes void.
        if table == WAIVED:
            return True
        if paper.signed_on is not None:
            return table in ("eligibility_decision", "subject") and operation != "insert"
        if table in _OF_READINGS:
            return True
        if action in JUDGED:
            return False
        return table in _OF_ELIGIBILITY and day <= (paper.signed_on or paper.printed_at.date())
    if ward:
        if table in _OF_READINGS or table in _OF_PLAN:
            return True
        # What is typed back from the sheet is new and of its day; a correction, or a dose of before, is not.
        before = table == "dose" and day < paper.printed_at.date()
        return table in _OF_WARD and (operation != "insert" or before)
    return table in _OF_SUMMARY and day <= (days[paper.visit_id or 0] or day)


Find = Callable[[Session, int], Place | None]


def _own(model: Any, day: Callable[[Any], date | None]) -> Find:
    """Find the subject and the day of a row that names its subject; without a day it always counts."""

    def find(session: Session, row_id: int) -> Place | None:
        row = session.get(model, row_id)
        return None if row is None or row.subject_id is None else (row.subject_id, day(row) or date.min, 0)

    return find


def _of(model: Any, parent: Callable[[Any], int], find_parent: Find) -> Find:
    """Find the subject and the day of a row by the record it is a part of."""

    def find(session: Session, row_id: int) -> Place | None:
        row = session.get(model, row_id)
        return None if row is None else find_parent(session, parent(row))

    return find


def _subject(session: Session, row_id: int) -> Place | None:
    return row_id, date.min, 0


def _everybody(session: Session, row_id: int) -> Place | None:
    return EVERYBODY, date.min, 0


def _amended(session: Session, row_id: int) -> Place | None:
    """Find everybody where an amendment was approved: no other one changes anything."""
    approved = session.get_one(ProtocolAmendment, row_id).state == APPROVED
    return (EVERYBODY, date.min, 0) if approved else None


def _always(row: Any) -> date:
    return date.min


def _record(session: Session, row_id: int) -> Place | None:
    """Find the day of a form: its visit's, or the first day an event can have begun."""
    row = session.get(FormRecord, row_id)
    if row is None:
        return None
    if row.visit_id is not None:
        return row.subject_id, row.on_day, row.id
    if row.form == WITHDRAWAL:
        return row.subject_id, withdrawn_on(session, row.id) or row.on_day, row.id
    if row.form != EVENT:
        return row.subject_id, date.max, row.id
    start = values_of(session, row.id).get("start")
    begun = partial_bounds(start.text)[0] if start is not None and start.text else row.on_day
    return row.subject_id, begun, row.id


_RECORD = _record
_SAMPLE = _own(Sample, lambda row: row.drawn_at.date())
_ALLOCATION = _own(Allocation, lambda row: row.allocated_at.date())
_DOSE = _own(Dose, lambda row: row.on_day)
# Whose and of which day a row is, by its table.
_PLACES: dict[str, Find] = {
    "subject": _subject,
    "consent": _own(Consent, lambda row: row.signed_on),
    "visit": _own(Visit, lambda row: row.on_day),
    "form_record": _RECORD,
    "answer": _of(Answer, lambda row: row.form_record_id, _RECORD),
    "sample": _SAMPLE,
    "not_drawn": _own(NotDrawn, lambda row: row.recorded_at.date()),
    "result": _of(Result, lambda row: row.sample_id, _SAMPLE),
    "dose": _DOSE,
    "dose_vials": _of(DoseVials, lambda row: row.dose_id, _DOSE),
    "dispensing": _own(Dispensing, lambda row: row.on_day),
    "allocation": _ALLOCATION,
    TOLD: _of(EmergencyAllocation, lambda row: row.allocation_id, _ALLOCATION),
    "allocation_error": _of(AllocationError, lambda row: row.allocation_id, _ALLOCATION),
    "disposition": _own(Disposition, lambda row: row.on_day),
    "dose_pause": _own(DosePause, lambda row: row.on_day),
    "deviation": _own(Deviation, lambda row: row.on_day),
    "query": _own(Query, lambda row: row.raised_at.date()),
    "criterion_answer": _own(CriterionAnswer, _always),
    "eligibility_decision": _own(EligibilityDecision, _always),
    "protocol_decision": _everybody,
    "approved_words": _everybody,
    AMENDMENT: _amended,
}
# What the lists of everybody are made of.
_OF_LISTS = {
    "screening_log": frozenset(
        {"subject", "consent", "disposition", "allocation", "criterion_answer", "form_record", "answer"}
    ),
    "identity_list": frozenset({"subject", "identity", "consent"}),
    "list_reveal": frozenset({"allocation", "allocation_error", "allocation_list", "allocation_slot", TOLD}),
}
_OF_READINGS = frozenset({"protocol_decision", "approved_words", AMENDMENT})
_OF_ELIGIBILITY = frozenset(
    {"subject", "consent", "visit", "form_record", "answer", "sample", "result", "criterion_answer"}
) | {"eligibility_decision", DEATH, SIGNED_AGAIN}
_OF_ENDS = frozenset({WITHDRAWN_PLAN, SIGNED_AGAIN, DEATH})
_OF_PLAN = frozenset({"disposition", "dose_pause", "allocation", "allocation_error", TOLD})
_OF_WARD = frozenset({"subject", "visit", "form_record", "answer", "dose"})
_OF_SUMMARY = (
    frozenset({*_PLACES, MEDICATION, WITHDRAWAL, WITHDRAWN_PLAN, DEATH, WAIVED})
    - _OF_READINGS
    - {TOLD, "allocation_error", "criterion_answer", "eligibility_decision", "consent"}
)
