"""A form as it is asked of a subject: about each drug only of who has it, or was given it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.dose_matching import GIVEN
from sle_desk.domain.forms import Form
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import ended_before
from sle_desk.models.allocation import Allocation
from sle_desk.models.audit import Audit
from sle_desk.models.subject import Subject
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services.desk import Desk


@dataclass(frozen=True)
class _First:
    """The first dose of a drug that stands: its day, and when it was recorded."""

    on_day: date
    recorded_at: datetime


@dataclass(frozen=True)
class _Drugs:
    """What a subject has to do with study drugs: those of its arm since when, those it was given."""

    of_arm: tuple[str, ...]
    allocated_at: datetime | None
    given: Mapping[str, _First]

    def asked(self, recorded_at: datetime | None) -> tuple[str, ...]:
        """Return the drugs asked about: in what is older than the allocation, only once one was given."""
        if self.given or recorded_at is None or self._known_by(recorded_at):
            return (*self.of_arm, *sorted(self.given.keys() - set(self.of_arm)))
        return ()

    def first(self, drug: str) -> _First | None:
        """Return the first dose that counts for a drug: of the arm any study drug's, else its own."""
        doses = [each for code, each in self.given.items() if drug in self.of_arm or code == drug]
        if not doses:
            return None
        return _First(min(each.on_day for each in doses), min(each.recorded_at for each in doses))

    def asked_from_the_start(self, drug: str, recorded_at: datetime) -> bool:
        """Tell whether a drug was asked about when a record was made."""
        first = self.first(drug)
        of_arm = drug in self.of_arm and self._known_by(recorded_at)
        return of_arm or (first is not None and first.recorded_at <= recorded_at)

    def _known_by(self, at: datetime) -> bool:
        return self.allocated_at is not None and self.allocated_at <= at


def asked_form(session: Session, protocol: Protocol, subject_id: int, code: str) -> Form:
    """Return a form as it is asked of a subject now: about the drugs of its arm and those it was given."""
    form = protocol.form(code)
    if not _asks_about_drugs(form):
        return form
    return form.asked_of(_drugs(session, protocol, subject_id).asked(None))


def asked_of(session: Session, protocol: Protocol, record: FormRecord) -> Form:
    """Return the form of a record as the version it was written under asks it of its subject.

    About a drug an answer is required where the event did not end before its first dose. What was saved
    before the drug could be asked about stays as whole as it was until somebody changes it.
    """
    form = protocol.of(record.protocol_version).form(record.form)
    if not _asks_about_drugs(form):
        return form
    drugs = _drugs(session, protocol, record.subject_id)
    asked = drugs.asked(record.recorded_at)
    if not asked:
        return form.asked_of(asked)
    stop = session.scalar(
        select(Answer.text).where(Answer.form_record_id == record.id, Answer.field == "stop")
    )
    free = {drug for drug in asked if not _required(session, drugs, drug, record, stop)}
    return _optional(form.asked_of(asked), free)


def form_of(desk: Desk, subject_id: int, code: str, record_id: int | None = None) -> Form:
    """Return a form as it is asked of a subject now, or as a saved record of it is."""
    with desk.view() as session:
        if record_id is not None:
            return asked_of(session, desk.protocol, session.get_one(FormRecord, record_id))
        return asked_form(session, desk.protocol, subject_id, code)


def _asks_about_drugs(form: Form) -> bool:
    return any(field.drug for field in form.fields())


def _drugs(session: Session, protocol: Protocol, subject_id: int) -> _Drugs:
    """Return what a subject has to do with study drugs, in one question."""
    rows = session.execute(
        select(
            Allocation.arm, Allocation.allocated_at, Dose.drug, func.min(Dose.on_day).label("on_day"),
            func.min(Dose.recorded_at).label("recorded_at"),
        )
        .select_from(Subject)
        .outerjoin(Allocation, Allocation.subject_id == Subject.id)
        .outerjoin(
            Dose, (Dose.subject_id == Subject.id) & (Dose.state == "current") & (Dose.progress == GIVEN)
        )
        .where(Subject.id == subject_id)
        .group_by(Allocation.arm, Allocation.allocated_at, Dose.drug)
        .order_by(Dose.drug)
    ).all()  # fmt: skip
    arm, at = next(((row.arm, row.allocated_at) for row in rows if row.arm), ("", None))
    given = {row.drug: _First(row.on_day, row.recorded_at) for row in rows if row.drug}
    return _Drugs(tuple(protocol.arm(arm).drugs) if arm else (), at, given)


def _required(session: Session, drugs: _Drugs, drug: str, record: FormRecord, stop: str | None) -> bool:
    first = drugs.first(drug)
    if ended_before(stop, first.on_day if first is not None else None):
        return False
    if drugs.asked_from_the_start(drug, record.recorded_at):
        return True
    return first is not None and _changed_since(session, record.id, first.recorded_at)


def _changed_since(session: Session, record_id: int, at: datetime) -> bool:
    of_record = select(Answer.id).where(Answer.form_record_id == record_id)
    changed = session.scalar(
        select(Audit.number)
        .where(Audit.table_name == Answer.__tablename__, Audit.row_id.in_(of_record), Audit.at >= at)
        .limit(1)
    )
    return changed is not None


def _optional(form: Form, free: set[str]) -> Form:
    """Return a form in which no answer about some drugs is required."""
    sections = tuple(
        replace(
            section,
            fields=tuple(
                replace(field, required=False) if field.drug in free else field for field in section.fields
            ),
        )
        for section in form.sections
    )
    return replace(form, sections=sections)
