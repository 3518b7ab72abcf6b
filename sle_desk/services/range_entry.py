"""Reference ranges entered, corrected and confirmed from a laboratory's printed list; results follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain.analytes import NUMBER
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.reference_ranges import ReferenceRange, check_ranges, left_of, meet, read_limits
from sle_desk.domain.values import check_text
from sle_desk.models.lab import Laboratory, LabRange, Sample
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk
from sle_desk.services.eligibility import void_if_changed
from sle_desk.services.judged_again import judge_results_again
from sle_desk.services.laboratories import OLDEST

RECORD, CORRECT = "laboratory.record", "laboratory.correct"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class TypedRange:
    """A range as it was typed from a printed list, which `source` names; ages in completed years."""

    analyte: str
    sex: str
    age_from: int
    age_until: int | None
    limits: str
    unit: str
    valid_from: date
    source: str
    valid_until: date | None = None


def enter_range(desk: Desk, laboratory_id: int, typed: TypedRange) -> date | None:
    """Enter a range that is valid from a day: what held for the same people ends the day before.

    For everybody else the old one goes on as it was. Return the day on which the new one ends because a
    later one begins, None where it is open. Results of samples since are judged again.
    """
    new = _read(desk.protocol, typed)
    with desk.change(RECORD, new.source) as change:
        change.session.get_one(Laboratory, laboratory_id)
        standing = _rows(change, laboratory_id, new.analyte)
        touched = [row for row in standing if meet(new, _known(row))]
        later = [row.valid_from for row in touched if row.valid_from >= new.valid_from]
        if new.valid_from in later:
            raise RuleBroken("lab.range_stands", analyte=new.analyte, day=new.valid_from.isoformat())
        new = replace(new, valid_to=min(later) - _DAY if later else None)
        fresh = [_row(laboratory_id, new, confirmed=True)]
        for row in touched:
            if row.valid_from < new.valid_from:
                rest = left_of(_known(row), new)
                fresh += [_row(laboratory_id, each, confirmed=bool(row.confirmed)) for each in rest]
                row.valid_until = new.valid_from - _DAY
        change.session.flush()
        change.add(*fresh)
        _settle(change, laboratory_id, new.analyte, new.source)
        return new.valid_to


def correct_range(
    desk: Desk, range_id: int, seen_version: int, typed: TypedRange, reason: str, note: str = ""
) -> None:
    """Put a range right with a coded reason; every result that it flagged is judged again."""
    said = reason_text(reason, note)
    right = _read(desk.protocol, typed)
    with desk.change(CORRECT, said) as change:
        row = _as_seen(change, range_id, seen_version)
        if right.analyte != row.analyte:
            raise RuleBroken("lab.not_in_panel", analyte=right.analyte, panel=row.analyte)
        if right == _known(row):
            raise RuleBroken("lab.range_unchanged")
        _put(row, right)
        row.confirmed = True
        _settle(change, row.laboratory_id, row.analyte, said)


def confirm_ranges(desk: Desk, laboratory_id: int, reference: str) -> int:
    """Confirm every range of a laboratory against its printed list; return how many."""
    with desk.change(RECORD, _reference(reference)) as change:
        rows = change.session.scalars(
            select(LabRange).where(LabRange.laboratory_id == laboratory_id, LabRange.confirmed == 0)
        ).all()
        return _confirm(change, laboratory_id, rows, _reference(reference))


def confirm_range(desk: Desk, range_id: int, seen_version: int, reference: str) -> None:
    """Confirm one range against the printed list of its laboratory."""
    with desk.change(RECORD, _reference(reference)) as change:
        row = _as_seen(change, range_id, seen_version)
        _confirm(change, row.laboratory_id, [row], _reference(reference))


def _reference(reference: str) -> str:
    if not reference.strip():
        raise RuleBroken("laboratory.reference")
    return check_text(reference.strip())


def _confirm(change: Change, laboratory_id: int, rows: Sequence[LabRange], reference: str) -> int:
    for row in rows:
        row.confirmed, row.source = True, reference
    # Nothing reads otherwise, but each result names the list that its range was compared with.
    _judge_subjects(change, laboratory_id, reference)
    return len(rows)


def _read(protocol: Protocol, typed: TypedRange) -> ReferenceRange:
    """Return a range as it will be kept, or refuse it with what was seen and what is allowed."""
    analyte = protocol.laboratory.analytes[typed.analyte]
    oldest = OLDEST if typed.age_until is None else typed.age_until
    if not 0 <= typed.age_from <= oldest <= OLDEST:
        raise RuleBroken("lab.range_age", first=typed.age_from, last=oldest, oldest=OLDEST)
    if typed.valid_until is not None and typed.valid_until < typed.valid_from:
        days = {"first": typed.valid_from.isoformat(), "last": typed.valid_until.isoformat()}
        raise RuleBroken("lab.range_days", **days)
    said = typed.unit.strip().casefold()
    units = {name.casefold(): unit.code for unit in analyte.units for name in (unit.shown, unit.code)}
    if analyte.kind != NUMBER or said not in units:
        allowed = ", ".join(unit.shown for unit in analyte.units)
        raise RuleBroken("lab.unit", analyte=analyte.label, unit=typed.unit, allowed=allowed)
    limits = read_limits(typed.limits)
    return ReferenceRange(
        analyte=typed.analyte,
        sex=typed.sex,
        age_from=typed.age_from,
        age_to=oldest,
        low=limits.low,
        high=limits.high,
        unit=units[said],
        valid_from=typed.valid_from,
        valid_to=typed.valid_until,
        source=_reference(typed.source),
        low_inclusive=limits.low_inclusive,
        high_inclusive=limits.high_inclusive,
    )


def _rows(change: Change, laboratory_id: int, analyte: str) -> Sequence[LabRange]:
    wanted = select(LabRange).where(LabRange.laboratory_id == laboratory_id, LabRange.analyte == analyte)
    return change.session.scalars(wanted.order_by(LabRange.id)).all()


def _as_seen(change: Change, range_id: int, seen_version: int) -> LabRange:
    row = change.session.get_one(LabRange, range_id)
    if row.version != seen_version:
        raise Stale("record.changed_meanwhile")
    return row


def _known(row: LabRange) -> ReferenceRange:
    return ReferenceRange(
        analyte=row.analyte,
        sex=row.sex,
        age_from=row.age_from,
        age_to=row.age_until,
        low=row.low,
        high=row.high,
        unit=row.unit,
        valid_from=row.valid_from,
        valid_to=row.valid_until,
        source=row.source,
        low_inclusive=bool(row.low_inclusive),
        high_inclusive=bool(row.high_inclusive),
    )


def _row(laboratory_id: int, known: ReferenceRange, *, confirmed: bool) -> LabRange:
    row = LabRange(laboratory_id=laboratory_id, analyte=known.analyte, confirmed=confirmed)
    _put(row, known)
    return row


def _put(row: LabRange, known: ReferenceRange) -> None:
    row.sex, row.age_from = known.sex, known.age_from
    row.age_until = OLDEST if known.age_to is None else known.age_to
    row.low, row.high, row.unit = known.low, known.high, known.unit
    row.low_inclusive, row.high_inclusive = known.low_inclusive, known.high_inclusive
    row.valid_from, row.valid_until, row.source = known.valid_from, known.valid_to, known.source


def _settle(change: Change, laboratory_id: int, analyte: str, reason: str) -> None:
    """Refuse two ranges for one person on one day, then let every result follow what holds now."""
    change.session.flush()
    check_ranges([_known(row) for row in _rows(change, laboratory_id, analyte)])
    _judge_subjects(change, laboratory_id, reason)


def _judge_subjects(change: Change, laboratory_id: int, reason: str) -> None:
    concerned = (
        select(Sample.subject_id)
        .where(Sample.laboratory_id == laboratory_id, Sample.state == "current")
        .distinct()
        .order_by(Sample.subject_id)
    )
    for subject_id in change.session.scalars(concerned).all():
        judge_results_again(change, subject_id, reason)
        void_if_changed(change, subject_id)
