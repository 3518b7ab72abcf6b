"""A whole subject entered in error: kept and left out everywhere, pointing at the record that stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.base.language import Words
from sle_desk.domain.dosing import MAJOR
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import EVENT, is_serious
from sle_desk.models.allocation import Allocation
from sle_desk.models.eligibility import EligibilityDecision
from sle_desk.models.lab import NotDrawn, Sample
from sle_desk.models.safety import Deviation, Query
from sle_desk.models.subject import Consent, Disposition, NotReconsented, Subject
from sle_desk.models.treatment import Dispensing, Dose, DosePause
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import VOID
from sle_desk.services.log_entries import entries_in
from sle_desk.services.person_findings import renew_after_void
from sle_desk.services.pregnancies import ENTRY, TEST, pregnancies
from sle_desk.services.signatures import void_signatures
from sle_desk.services.stock_findings import judge_lots_again, lots_of_subject

ACTION = "subject.entered_in_error"
ALLOCATED = "allocation.subject_void"
HOLDS = "subject.still_holds"
_RECORDS: tuple[Any, ...] = (
    Consent,
    Visit,
    FormRecord,
    Sample,
    NotDrawn,
    Dose,
    Dispensing,
    Disposition,
    DosePause,
    NotReconsented,
)
# As many of what holds a subject as one sentence can name.
_NAMED = 4


@dataclass(frozen=True)
class Registration:
    """How a subject's record stands: void and why, which one stands for it, which ones point at it."""

    void: bool
    reason: str
    stands: tuple[int, str] | None
    others: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class StandsThere:
    """What stands at a subject: what must be moved before it is marked, and how much else would leave lists.

    `held` names serious events first, then pregnancies, then given doses. `counts` are the records that
    stand, by their table.
    """

    code: str
    held: tuple[Words, ...]
    counts: Mapping[str, int]

    @property
    def facts(self) -> Mapping[str, object]:
        """Return the facts of the sentence that says why it cannot be marked yet."""
        named = self.held[:_NAMED]
        more = len(self.held) - len(named)
        english = ", ".join(each.en for each in named) + (f" and {more} more" if more else "")
        chinese = "、".join(each.zh for each in named) + (f"，另有 {more} 项" if more else "")
        return {"code": self.code, "what": Words(english, chinese)}


def void_subject(
    desk: Desk, subject_id: int, reason: str, seen_version: int, note: str = "", *, same_as: int | None = None
) -> None:
    """Mark a subject as entered in error; `same_as` names the record of the same person that stands.

    Its records stay as they are, out of sight with it, and can still be entered where they belong. A serious
    event, a pregnancy or a given dose must not go out of sight: it is moved or marked first. An allocation
    that was opened happened: its row stays used, and the investigator is told.
    """
    said = reason_text(reason, note)
    with desk.change(ACTION, said) as change:
        subject = change.session.get_one(Subject, subject_id)
        if subject.state == "void":
            raise RuleBroken("record.already_void")
        if subject.version != seen_version:
            raise Stale("record.changed_meanwhile")
        if same_as is not None:
            _check_stands(change.session.get_one(Subject, same_as), subject)
        there = _stands_there(change.session, change.protocol, subject)
        if there.held:
            raise RuleBroken(HOLDS, **there.facts)
        subject.state, subject.void_reason, subject.same_as = "void", said, same_as
        change.session.flush()
        _void_what_was_said(change, subject_id, said)
        renew_after_void(change, subject_id)
        # The vials of kits and of doses that were not given stand on the shelf again, as it is known now.
        judge_lots_again(change, lots_of_subject(change.session, subject_id))
        _tell_of_allocation(change, subject, same_as)


def _check_stands(other: Subject, subject: Subject) -> None:
    if other.id == subject.id:
        raise RuleBroken("subject.same_as_itself", code=subject.code)
    if other.state == "void":
        raise RuleBroken("subject.same_as_void", code=other.code)


def stands_there(desk: Desk, subject_id: int) -> StandsThere:
    """Return what stands at a subject and would go out of sight with it."""
    with desk.view() as session:
        return _stands_there(session, desk.protocol, session.get_one(Subject, subject_id))


def _stands_there(session: Session, protocol: Protocol, subject: Subject) -> StandsThere:
    held = (
        *_serious(session, protocol, subject.id),
        *_pregnant(session, protocol, subject.id),
        *_doses(session, protocol, subject.id),
    )
    counts = {
        model.__tablename__: session.scalar(
            select(func.count()).where(model.subject_id == subject.id, model.state == "current")
        )
        or 0
        for model in _RECORDS
    }
    return StandsThere(subject.code, held, counts)


def _serious(session: Session, protocol: Protocol, subject_id: int) -> Iterable[Words]:
    if all(form.code != EVENT for form in protocol.forms):
        return
    for row in entries_in(session, protocol, (EVENT,), subject_id):
        if is_serious(row.values):
            term = row.values["term"].as_typed if "term" in row.values else row.on_day.isoformat()
            yield Words(f"serious event “{term}”", f"严重不良事件“{term}”")


def _pregnant(session: Session, protocol: Protocol, subject_id: int) -> Iterable[Words]:
    """Yield the pregnancies that are entered, a partner's too, and a positive test that leads to none yet."""
    days = session.scalars(
        select(FormRecord.on_day).where(
            FormRecord.subject_id == subject_id, FormRecord.form == ENTRY, FormRecord.state == "current"
        )
    ).all()
    for day in days:
        yield _of_day(protocol.form(ENTRY).label, day)
    found = pregnancies(session, (subject_id,)).get(subject_id)
    if found is not None and not found.entered:
        yield _of_day(protocol.form(TEST).label, found.since)


def _doses(session: Session, protocol: Protocol, subject_id: int) -> Iterable[Words]:
    rows = session.execute(
        select(Dose.drug, Dose.on_day)
        .where(Dose.subject_id == subject_id, Dose.state == "current", Dose.progress == "given")
        .order_by(Dose.on_day, Dose.id)
    )
    for drug, day in rows:
        yield _of_day(protocol.drug(drug).label, day)


def _of_day(label: Words, day: date) -> Words:
    return Words(f"{label.en} {day.isoformat()}", f"{label.zh} {day.isoformat()}")


def _void_what_was_said(change: Change, subject_id: int, said: str) -> None:
    """Void signatures, the signed decision, deviations and open questions; the records themselves stay."""
    session = change.session
    for model in _RECORDS:
        ids = session.scalars(select(model.id).where(model.subject_id == subject_id)).all()
        for row_id in ids:
            void_signatures(change, model.__tablename__, row_id, said)
    for decision in _of(session, EligibilityDecision, subject_id, EligibilityDecision.state == "current"):
        decision.state, decision.void_reason = "void", said
        void_signatures(change, "eligibility_decision", decision.id, said)
    for deviation in _of(session, Deviation, subject_id, Deviation.progress != VOID):
        deviation.progress = VOID
        void_signatures(change, Deviation.__tablename__, deviation.id, said)
    for query in _of(session, Query, subject_id, Query.progress != "closed"):
        query.progress, query.answer = "closed", query.answer or said


def _of(session: Session, model: Any, subject_id: int, condition: Any) -> Iterable[Any]:
    return session.scalars(select(model).where(model.subject_id == subject_id, condition)).all()


def _tell_of_allocation(change: Change, subject: Subject, same_as: int | None) -> None:
    """Propose what an opened row means now; never its arm, which is nobody's any more."""
    number = change.session.scalar(
        select(Allocation.randomisation_number).where(Allocation.subject_id == subject.id)
    )
    if number is not None:
        change.propose(same_as, ALLOCATED, MAJOR, change.at.date(), number=number, subject=subject.code)


def registration(desk: Desk, subject_id: int) -> Registration:
    """Return how the record of a subject stands among those of the same person."""
    with desk.view() as session:
        subject = session.get_one(Subject, subject_id)
        stands = session.get(Subject, subject.same_as) if subject.same_as is not None else None
        others = session.scalars(
            select(Subject).where(Subject.same_as == subject_id).order_by(Subject.number)
        ).all()
        return Registration(
            void=subject.state == "void",
            reason=subject.void_reason,
            stands=(stands.id, stands.code) if stands is not None else None,
            others=tuple((other.id, other.code) for other in others),
        )
