"""What an event has to do with other records of its subject: doses, laboratory results, medicines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain.analytes import OUT_OF_RANGE
from sle_desk.domain.dose_matching import GIVEN
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.domain.safety import EVENT
from sle_desk.domain.values import partial_bounds
from sle_desk.models.lab import Result, Sample
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import FormRecord, RecordLink
from sle_desk.services.answers import reason_text, values_of
from sle_desk.services.desk import Change, Desk
from sle_desk.services.judged_again import judge_holds_again
from sle_desk.services.standing import ACTION, require_standing

LINK = "entry.link"
DOSE, RESULT, MEDICINE = "dose", "result", "form_record"
# How far around the start of an event a dose or a result is offered.
BEFORE, AFTER = timedelta(days=60), timedelta(days=14)


@dataclass(frozen=True)
class Linked:
    """A record that is linked or can be: its table and number, its day, and what its words are made of."""

    table: str
    id: int
    on_day: date
    facts: Mapping[str, object] = field(default_factory=dict)
    link_id: int = 0
    link_version: int = 0


def link(desk: Desk, entry_id: int, table: str, row_id: int) -> None:
    """Say that an entry has to do with another record of the same subject that stands; once is enough."""
    with desk.change(LINK) as change:
        entry = change.session.get_one(FormRecord, entry_id)
        require_standing(change, entry)
        link_in(change, entry, table, row_id)
        _renew_holds(change, entry, table)


def _renew_holds(change: Change, entry: FormRecord, table: str) -> None:
    """Compare the doses again where an event is said to be a reaction to one, or no more."""
    if table == DOSE:
        judge_holds_again(change, entry.subject_id)


def void_links(change: Change, entry: FormRecord, said: str) -> None:
    """Let what an entry was linked to go with it, in a change in hand: it was entered in error."""
    rows = change.session.scalars(
        select(RecordLink).where(RecordLink.entry_id == entry.id, RecordLink.state == "current")
    ).all()
    for row in rows:
        row.state, row.void_reason = "void", said


def link_in(change: Change, entry: FormRecord, table: str, row_id: int) -> None:
    """Link an event in a change in hand."""
    if entry.form != EVENT:
        raise RuleBroken("entry.link_of_event")
    found = next((each for each in _all(change.session, entry.subject_id) if _is(each, table, row_id)), None)
    if found is None:
        raise RuleBroken("entry.link_to_nothing")
    if any(_is(each, table, row_id) for each in _linked(change.session, entry)):
        raise RuleBroken("entry.linked_already")
    change.add(
        RecordLink(
            subject_id=entry.subject_id,
            entry_id=entry.id,
            to_table=table,
            to_id=row_id,
            linked_at=change.at,
            linked_by=change.actor.user_id,
        )
    )


def unlink(desk: Desk, link_id: int, reason: str, seen_version: int, note: str = "") -> None:
    """Take a link back, with the coded reason; it stays in the file as void."""
    said = reason_text(reason, note)
    with desk.change(ACTION, said) as change:
        row = change.session.get_one(RecordLink, link_id)
        if row.version != seen_version:
            raise Stale("record.changed_meanwhile")
        if row.state == "void":
            raise RuleBroken("record.already_void")
        entry = change.session.get_one(FormRecord, row.entry_id)
        if change.protocol.form(entry.form).of_infusion:
            raise RuleBroken("entry.goes_with_infusion")
        row.state, row.void_reason = "void", said
        _renew_holds(change, entry, row.to_table)


def links(desk: Desk, entry_id: int) -> tuple[Linked, ...]:
    """Return what an entry is linked to and stands, by day."""
    with desk.view() as session:
        return tuple(sorted(_linked(session, session.get_one(FormRecord, entry_id)), key=_day))


def candidates(desk: Desk, entry_id: int) -> tuple[Linked, ...]:
    """Return what can be linked to an entry: near its start, the nearest first."""
    with desk.view() as session:
        entry = session.get_one(FormRecord, entry_id)
        start = values_of(session, entry.id).get("start")
        begun = partial_bounds(start.text) if start is not None and start.text else (entry.on_day,) * 2
        known = {(each.table, each.id) for each in _linked(session, entry)}
        found = [
            each
            for each in _all(session, entry.subject_id)
            if (each.table, each.id) not in known and (each.table == MEDICINE or _near(each.on_day, begun))
        ]
    return tuple(sorted(found, key=lambda each: _apart(each.on_day, begun)))


def _apart(day: date, begun: tuple[date, date]) -> int:
    """Return the days between a day and the nearest one on which an event can have begun."""
    return max((begun[0] - day).days, (day - begun[1]).days, 0)


def _near(day: date, begun: tuple[date, date]) -> bool:
    """Tell whether a day lies near any on which an event can have begun: a partial start is a span."""
    apart = _apart(day, begun)
    return apart <= (AFTER if day > begun[1] else BEFORE).days


def linked_record(session: Session, link: RecordLink) -> Linked | None:
    """Return the record of a link, or None where it does not stand any more."""
    found = _all(session, link.subject_id)
    return next((each for each in found if _is(each, link.to_table, link.to_id)), None)


def _is(each: Linked, table: str, row_id: int) -> bool:
    return (each.table, each.id) == (table, row_id)


def _day(each: Linked) -> date:
    return each.on_day


def _linked(session: Session, entry: FormRecord) -> Iterator[Linked]:
    rows = session.scalars(
        select(RecordLink).where(RecordLink.entry_id == entry.id, RecordLink.state == "current")
    ).all()
    there = {(each.table, each.id): each for each in _all(session, entry.subject_id)}
    for row in rows:
        each = there.get((row.to_table, row.to_id))
        if each is not None:
            yield Linked(each.table, each.id, each.on_day, each.facts, row.id, row.version)


def _all(session: Session, subject_id: int) -> Iterator[Linked]:
    """Yield every record of a subject that an entry can be linked to."""
    doses = select(Dose).where(Dose.subject_id == subject_id, Dose.state == "current", Dose.progress == GIVEN)
    for dose in session.scalars(doses):
        yield Linked(DOSE, dose.id, dose.on_day, {"drug": dose.drug})
    results = session.execute(
        select(Result, Sample.drawn_at)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Sample.subject_id == subject_id, Sample.state == "current", Result.flag.in_(OUT_OF_RANGE))
    )
    for result, drawn_at in results:
        facts = {"analyte": result.analyte, "typed": result.typed, "unit": result.unit, "grade": result.grade}
        yield Linked(RESULT, result.id, drawn_at.date(), facts)
    medicines = select(FormRecord).where(
        FormRecord.subject_id == subject_id, FormRecord.form == MEDICATION, FormRecord.state == "current"
    )
    for record in session.scalars(medicines):
        values = values_of(session, record.id)
        start = values.get("start")
        name = values["name"].text if "name" in values else ""
        day = partial_bounds(start.text)[0] if start is not None and start.text else record.on_day
        yield Linked(MEDICINE, record.id, day, {"name": name or ""})
