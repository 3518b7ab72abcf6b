"""The entries of an infusion: rates, vital signs and premedication, each linked to the one it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.checks import Finding, Value
from sle_desk.domain.dose_matching import GIVEN
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.forms import Form
from sle_desk.domain.infusion_course import (
    PREMEDICATION,
    Infusion,
    Taken,
    beside_others,
    contradiction,
    forms_of_infusions,
    not_taken,
    outside,
    unlikely,
)
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.domain.protocol import Protocol
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import FormRecord, RecordLink
from sle_desk.services.answers import values_of
from sle_desk.services.desk import Change, Desk
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.prepared_bags import PREPARED

DOSE = Dose.__tablename__
_PREMEDICATION_KIND = "premedication"
Place = tuple[int | None, int | None, tuple[str, int] | None]
# Said of an entry that is typed; where the infusion is put right, all three are one sentence.
_TIMES = ("infusion.outside", "infusion.after_start", "infusion.moment")


@dataclass(frozen=True)
class CourseEntry:
    """One entry of an infusion, `dose_id`; `about` is the name of the medicine that was given before it."""

    id: int
    form: str
    at: datetime | None
    values: Mapping[str, Value]
    about: str = ""
    dose_id: int = 0


@dataclass(frozen=True)
class Course:
    """An infusion with its entries by their time; `open` where more can be entered."""

    dose_id: int
    subject_id: int
    drug: str
    infusion: Infusion
    open: bool
    entries: tuple[CourseEntry, ...]

    @property
    def not_given(self) -> bool:
        """Tell whether the infusion was prepared and then discarded."""
        return self.infusion.not_given


@dataclass(frozen=True)
class Medicine:
    """An entry of medication of which a dose may have been given before an infusion."""

    id: int
    taken: Taken
    values: Mapping[str, Value]
    premedication: bool


def course(desk: Desk, dose_id: int) -> Course:
    """Return an infusion with what was recorded of it from minute to minute."""
    with desk.view() as session:
        dose = session.get_one(Dose, dose_id)
        infusion = infusion_of(dose)
        entries = entries_of(session, desk.protocol, (dose_id,)).get(dose_id, ())
        return Course(dose_id, dose.subject_id, dose.drug, infusion, _open(dose), entries)


def dose_of(desk: Desk, record_id: int) -> int | None:
    """Return the infusion that an entry belongs or belonged to."""
    with desk.view() as session:
        return _dose_id(session, record_id)


def medicines(desk: Desk, dose_id: int) -> tuple[Medicine, ...]:
    """Return the medicines of which a dose can have been given before an infusion, those for it first."""
    with desk.view() as session:
        dose = session.get_one(Dose, dose_id)
        infusion = infusion_of(dose)
        found = [each for each in _medicines(session, dose.subject_id) if each.taken.before(infusion)]
    return tuple(sorted(found, key=lambda each: (not each.premedication, -each.id)))


def given_before(desk: Desk, record_id: int | None, medicine_id: int | None) -> str:
    """Return the name of the medicine that a dose before an infusion is of: saved, or about to be entered."""
    with desk.view() as session:
        if record_id is not None:
            medicine_id = session.get_one(FormRecord, record_id).parent_id
        return "" if medicine_id is None else taken_of(values_of(session, medicine_id)).name


def _medicines(session: Session, subject_id: int) -> Iterator[Medicine]:
    asked = select(FormRecord.id).where(
        FormRecord.subject_id == subject_id, FormRecord.form == MEDICATION, FormRecord.state == "current"
    )
    for record_id in session.scalars(asked):
        values = values_of(session, record_id)
        kind = values.get("category")
        told = kind is not None and kind.choice == _PREMEDICATION_KIND
        yield Medicine(record_id, taken_of(values), values, told)


def taken_of(values: Mapping[str, Value]) -> Taken:
    """Return the name of a medicine and the days between which it was taken."""
    name, start, stop = ((values[code].text if code in values else "") for code in ("name", "start", "stop"))
    return Taken(name or "", start or "", stop or "")


def entries_of(
    session: Session, protocol: Protocol, doses: Collection[int]
) -> dict[int, tuple[CourseEntry, ...]]:
    """Return the entries that stand of some infusions, each by its time."""
    forms, found = forms_of_infusions(protocol), dict[int, list[CourseEntry]]()
    for record, dose_id in linked(session, doses):
        form = forms.get(record.form)
        if form is None:
            continue
        dose = session.get_one(Dose, dose_id)
        values = asked_values(form, values_of(session, record.id))
        about = taken_of(values_of(session, record.parent_id)).name if record.parent_id is not None else ""
        at = infusion_of(dose).at(values)
        entry = CourseEntry(record.id, record.form, at, values, about, dose_id)
        found.setdefault(dose_id, []).append(entry)
    return {dose_id: tuple(sorted(entries, key=_by_time)) for dose_id, entries in found.items()}


def entries_of_subject(session: Session, protocol: Protocol, subject_id: int) -> tuple[CourseEntry, ...]:
    """Return the entries that stand of every infusion of a subject."""
    doses = session.scalars(select(Dose.id).where(Dose.subject_id == subject_id)).all()
    return tuple(entry for found in entries_of(session, protocol, doses).values() for entry in found)


def _by_time(entry: CourseEntry) -> tuple[bool, str, int]:
    return entry.at is None, entry.at.isoformat() if entry.at is not None else "", entry.id


def records_of(session: Session, dose_id: int) -> tuple[FormRecord, ...]:
    """Return the records that stand of the entries of an infusion."""
    return tuple(record for record, _ in linked(session, (dose_id,)))


def linked(session: Session, doses: Collection[int]) -> list[tuple[FormRecord, int]]:
    """Return the records that stand of the entries of some infusions, each with its infusion."""
    rows = session.execute(
        select(FormRecord, RecordLink.to_id)
        .join(RecordLink, RecordLink.entry_id == FormRecord.id)
        .where(
            RecordLink.to_table == DOSE,
            RecordLink.to_id.in_(doses),
            RecordLink.state == "current",
            FormRecord.state == "current",
        )
        .order_by(FormRecord.id)
    )
    return [(record, dose_id) for record, dose_id in rows]


def infusions_of(session: Session, form: Form) -> dict[int, int]:
    """Return the infusion of each entry of a form that stands; none of a form whose entries have none."""
    if not form.of_infusion:
        return {}
    rows = session.execute(
        select(RecordLink.entry_id, RecordLink.to_id)
        .join(FormRecord, FormRecord.id == RecordLink.entry_id)
        .where(FormRecord.form == form.code, RecordLink.to_table == DOSE, RecordLink.state == "current")
    )
    return {row.entry_id: row.to_id for row in rows}


def _dose_id(session: Session, record_id: int) -> int | None:
    return session.scalar(
        select(RecordLink.to_id)
        .where(RecordLink.entry_id == record_id, RecordLink.to_table == DOSE)
        .order_by(RecordLink.id.desc())
        .limit(1)
    )


def infusion_of(dose: Dose | GivenDose) -> Infusion:
    """Return when an infusion ran, by its record or as somebody gives it to be recorded."""
    thrown = dose.discarded_on is not None
    return Infusion(dose.on_day, dose.started_at, dose.ended_at, dose.prepared_at, thrown)


def _open(dose: Dose) -> bool:
    waits = dose.progress == PREPARED and dose.discarded_on is None
    return dose.state == "current" and (waits or dose.progress == GIVEN)


def course_findings(
    session: Session, form: Form, place: Place, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Return what an entry of an infusion says that cannot be, or is unlikely, beside it and its others.

    `place` is its record, the medicine that it is about, and the infusion of one that is being typed.
    """
    record_id, parent_id, link = place
    dose_id = link[1] if link is not None else _dose_id(session, record_id) if record_id is not None else None
    dose = session.get(Dose, dose_id) if dose_id is not None else None
    if dose is None:
        return ()
    infusion = infusion_of(dose)
    others = [
        values_of(session, record.id)
        for record in records_of(session, dose.id)
        if record.form == form.code and record.id != record_id and record.parent_id == parent_id
    ]
    found = (
        *outside(form, values, infusion),
        *unlikely(form, values, infusion),
        *beside_others(form, values, infusion, others),
    )
    if form.code == PREMEDICATION and parent_id is not None:
        found = (*found, *not_taken(values, infusion, taken_of(values_of(session, parent_id))))
    return found


def link_to_infusion(change: Change, record: FormRecord, link: tuple[str, int] | None) -> None:
    """Link an entry to its infusion in a change in hand, or refuse: prepared or given, the subject's own."""
    table, dose_id = link or ("", 0)
    dose = change.session.get(Dose, dose_id) if table == DOSE else None
    infused = dose is not None and change.protocol.drug(dose.drug).preparation is not None
    if dose is None or not infused or not _open(dose) or dose.subject_id != record.subject_id:
        raise RuleBroken("entry.no_infusion")
    change.add(
        RecordLink(
            subject_id=record.subject_id,
            entry_id=record.id,
            to_table=DOSE,
            to_id=dose.id,
            linked_at=change.at,
            linked_by=change.actor.user_id,
        )
    )


def follow_infusion(change: Change, dose_id: int, entry: GivenDose) -> None:
    """Let the entries of an infusion be of its day, in a change in hand; refuse what they contradict.

    That it was not given is contradicted by what says that it ran.
    """
    forms = forms_of_infusions(change.protocol)
    records = [each for each in records_of(change.session, dose_id) if each.form in forms]
    said = [(forms[each.form], values_of(change.session, each.id)) for each in records]
    infusion = infusion_of(entry)
    found = contradiction(said, infusion, change.at)
    if found is not None:
        form, finding = found
        facts = {"form": form.label, "time": finding.facts["typed"], **infusion.facts()}
        code = "infusion.course_outside" if finding.code in _TIMES else finding.code
        raise RuleBroken(code, **{**facts, **finding.facts})
    for record in records:
        if record.on_day != entry.on_day:
            record.on_day = entry.on_day
