"""What is recorded of a subject up to a dose that hints at holding it, for the rule of the package."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import Value
from sle_desk.domain.dose_matching import GIVEN, RecordedDose, in_own_time
from sle_desk.domain.holds import Hint, HoldCondition, HoldFacts, KnownEvent, KnownResult, hints
from sle_desk.domain.infusion_course import BEFORE, MOMENT, forms_of_infusions, zoned_as
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import EVENT
from sle_desk.domain.values import partial_bounds
from sle_desk.models.lab import Result, Sample
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import Answer, FormRecord, RecordLink
from sle_desk.services.answers import values_of
from sle_desk.services.courses import record_of
from sle_desk.services.infusion_course import CourseEntry, entries_of_subject
from sle_desk.services.pregnancies import ENTRY, TEST, pregnancies

Measures = dict[tuple[str, str], tuple[Decimal, str, date]]


def hinting_forms(protocol: Protocol) -> frozenset[str]:
    """Return the forms of visits and entries whose numbers and answers can hint at holding a dose."""
    conditions = [each for drug in protocol.drugs for each in protocol.holds_of(drug.code)]
    measured = {each.measured.form for each in conditions if each.measured}
    return frozenset(measured | ({ENTRY, TEST} if any(each.pregnancy for each in conditions) else set()))


def hints_for(
    session: Session, protocol: Protocol, subject_id: int, drug: str, upto: RecordedDose
) -> tuple[Hint, ...]:
    """Return what the record hints at for a dose, by what is dated up to it; nothing without conditions."""
    conditions = protocol.holds_of(drug)
    if not conditions:
        return ()
    last = _last_dose(session, subject_id, upto)
    pregnant = None
    if any(each.pregnancy for each in conditions):
        pregnant = pregnancies(session, (subject_id,), upto.on_day).get(subject_id)
    events = tuple(_events(session, subject_id))
    known = HoldFacts(
        on_day=upto.on_day,
        measures=_measures(session, protocol, subject_id, conditions, upto),
        events=tuple(_known(values) for _, values in events if _lasts(values, upto.on_day)),
        results=_results(session, subject_id, upto),
        pregnant_since=None if pregnant is None else pregnant.since,
        reactions=() if last is None else tuple(_reactions(session, last.id, events)),
        last_dose=None if last is None else last.on_day,
    )
    return hints(conditions, known)


def hints_now(
    session: Session, protocol: Protocol, subject_id: int, drug: str, now: datetime
) -> tuple[Hint, ...]:
    """Return what the record hints at for a dose that would be given now."""
    return hints_for(session, protocol, subject_id, drug, RecordedDose(0, drug, GIVEN, now.date(), now))


def _last_dose(session: Session, subject_id: int, upto: RecordedDose) -> Dose | None:
    """Return the dose of the drug that was given last before another one."""
    given = session.scalars(
        select(Dose).where(
            Dose.subject_id == subject_id,
            Dose.drug == upto.drug,
            Dose.progress == GIVEN,
            Dose.state == "current",
            Dose.on_day <= upto.on_day,
        )
    )
    known = ((in_own_time(record_of(dose)), dose) for dose in given if dose.id != upto.key)
    before = [(time, dose) for time, dose in known if time < in_own_time(upto)]
    return max(before, key=lambda each: each[0])[1] if before else None


def _measures(
    session: Session,
    protocol: Protocol,
    subject_id: int,
    conditions: Iterable[HoldCondition],
    upto: RecordedDose,
) -> Measures:
    """Return the last number of each measure that a condition asks about, with its unit and day.

    It was taken at a visit, or around an infusion by a field that asks for the same.
    """
    wanted = {(each.measured.form, each.measured.field) for each in conditions if each.measured}
    taken = (
        *_at_visits(session, subject_id, wanted, upto.on_day),
        *_around_infusions(session, protocol, subject_id, wanted, upto),
    )
    return {each.of: each.measure for each in sorted(taken, key=lambda each: each.when)}


@dataclass(frozen=True)
class _Taken:
    """A measure that was taken: of which form and field, when, and its number with unit and day."""

    of: tuple[str, str]
    when: tuple[date, str, int]
    measure: tuple[Decimal, str, date]


def _at_visits(
    session: Session, subject_id: int, wanted: Iterable[tuple[str, str]], until: date
) -> Iterator[_Taken]:
    for form, code in wanted:
        row = session.execute(
            select(Answer.number, Answer.unit, FormRecord.on_day, FormRecord.at_time, FormRecord.id)
            .join(FormRecord, FormRecord.id == Answer.form_record_id)
            .where(
                FormRecord.subject_id == subject_id,
                FormRecord.form == form,
                FormRecord.state == "current",
                FormRecord.on_day <= until,
                Answer.field == code,
                Answer.number.is_not(None),
            )
            .order_by(FormRecord.on_day.desc(), FormRecord.at_time.desc(), FormRecord.id.desc())
            .limit(1)
        ).first()
        if row is not None:
            measure = (row.number, row.unit, row.on_day)
            yield _Taken((form, code), (row.on_day, row.at_time, row.id), measure)


def _around_infusions(
    session: Session,
    protocol: Protocol,
    subject_id: int,
    wanted: Collection[tuple[str, str]],
    upto: RecordedDose,
) -> Iterator[_Taken]:
    """Yield what was measured around infusions up to a dose; what came of the dose itself is none of it."""
    forms = forms_of_infusions(protocol)
    for entry in entries_of_subject(session, protocol, subject_id):
        if entry.at is None or not _was_before(entry, upto):
            continue
        for field in forms[entry.form].fields():
            form, _, code = field.same_as.partition(".")
            value = entry.values.get(field.code)
            if (form, code) in wanted and value is not None and value.number is not None:
                day = entry.at.date()
                measure = (value.number, field.unit, day)
                yield _Taken((form, code), (day, f"{entry.at:%H:%M}", entry.id), measure)


def _was_before(entry: CourseEntry, upto: RecordedDose) -> bool:
    assert entry.at is not None
    if upto.started_at is not None:
        return zoned_as(upto.started_at, entry.at) <= upto.started_at
    if entry.dose_id == upto.key:
        moment = entry.values.get(MOMENT)
        return moment is not None and moment.choice == BEFORE
    return entry.at.date() <= upto.on_day


def _events(session: Session, subject_id: int) -> Iterator[tuple[int, Mapping[str, Value]]]:
    entries = select(FormRecord).where(
        FormRecord.subject_id == subject_id, FormRecord.form == EVENT, FormRecord.state == "current"
    )
    for entry in session.scalars(entries.order_by(FormRecord.id)):
        yield entry.id, values_of(session, entry.id)


def _lasts(values: Mapping[str, Value], on_day: date) -> bool:
    """Tell whether an event can have begun by a day, and is not said to have ended before it."""
    start, stop = (values.get(code) for code in ("start", "stop"))
    if start is None or not start.text or partial_bounds(start.text)[0] > on_day:
        return False
    return stop is None or not stop.text or partial_bounds(stop.text)[1] >= on_day


def _known(values: Mapping[str, Value]) -> KnownEvent:
    term, special, grade, start = (
        values.get(code) for code in ("term", "special_interest", "grade", "start")
    )
    graded = grade.choice if grade is not None else None
    return KnownEvent(
        term=(term.text or "") if term is not None else "",
        special=(special.choice or "") if special is not None else "",
        grade=int(graded) if graded else None,
        since=(start.text or "") if start is not None else "",
    )


def _results(session: Session, subject_id: int, upto: RecordedDose) -> dict[str, KnownResult]:
    """Return the last result of each analyte drawn before a dose; of its day, where its time is not known."""
    rows = session.execute(
        select(Result.analyte, Result.grade, Sample.drawn_at)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Sample.subject_id == subject_id, Sample.state == "current", Result.missing.is_(None))
        .order_by(Sample.drawn_at, Sample.id)
    )
    return {
        analyte: KnownResult(grade, drawn_at.date())
        for analyte, grade, drawn_at in rows
        if (drawn_at.date() <= upto.on_day if upto.started_at is None else drawn_at <= upto.started_at)
    }


def _reactions(
    session: Session, dose_id: int, events: Iterable[tuple[int, Mapping[str, Value]]]
) -> Iterator[KnownEvent]:
    """Yield the events that are linked to a dose."""
    linked = set(
        session.scalars(
            select(RecordLink.entry_id).where(
                RecordLink.to_table == Dose.__tablename__,
                RecordLink.to_id == dose_id,
                RecordLink.state == "current",
            )
        )
    )
    yield from (_known(values) for entry_id, values in events if entry_id in linked)
