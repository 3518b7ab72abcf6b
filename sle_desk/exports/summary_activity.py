"""The disease activity of a visit summary: scores and markers over the visits up to this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from sle_desk.base.language import Words, message
from sle_desk.domain.checks import Value
from sle_desk.exports.drawing import Point
from sle_desk.exports.pdf.summary_content import ActivityRow, Curve
from sle_desk.exports.wording import Said, spoken
from sle_desk.models.lab import Result, Sample
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.answers import values_of
from sle_desk.services.snapshots import Snapshot
from sle_desk.services.subject_trends import MARKERS, SLEDAI, sledai_of

PGA_FORM, PGA = "pga", "PGA"
SHORT_FLAGS = {"LOW": "L", "HIGH": "H", "ABNORMAL": "A"}


@dataclass(frozen=True)
class Activity:
    """The heads, the rows and the one curve; nothing where no visit has a score or a marker."""

    visits: tuple[Said, ...] = ()
    rows: tuple[ActivityRow, ...] | None = None
    curve: Curve | None = None


def activity(copy: Snapshot, visit: Visit) -> Activity:
    """Return what the saved scores and markers say, the last column that of this visit."""
    assert visit.on_day is not None
    earlier = copy.session.scalars(
        select(Visit)
        .where(Visit.subject_id == visit.subject_id, Visit.state == "current", Visit.on_day <= visit.on_day)
        .order_by(Visit.on_day, Visit.id)
    )
    seen = [(each, _scores(copy, each)) for each in earlier if each.id != visit.id]
    seen = [(each, found) for each, found in seen if found] + [(visit, _scores(copy, visit))]
    names = [name for name in (SLEDAI, PGA, *MARKERS) if any(name in found for _, found in seen)]
    if not names:
        return Activity()
    rows = tuple(ActivityRow(_label(copy, name, seen), _values(name, seen)) for name in names)
    return Activity(tuple(_head(copy, each) for each, _ in seen), rows, _curve(copy, seen))


Found = Mapping[str, "Result | Said"]
Seen = Sequence[tuple[Visit, Found]]


def _scores(copy: Snapshot, visit: Visit) -> dict[str, Result | Said]:
    found: dict[str, Result | Said] = {}
    sledai = _saved(copy, visit, SLEDAI)
    if sledai:
        found[SLEDAI] = total(copy, sledai)
    pga = _saved(copy, visit, PGA_FORM).get(PGA)
    if pga is not None and pga.number is not None:
        found[PGA] = pga.as_typed
    results = copy.session.scalars(
        select(Result)
        .join(Sample, Sample.id == Result.sample_id)
        .where(
            Sample.visit_id == visit.id,
            Sample.state == "current",
            Result.analyte.in_(MARKERS),
            Result.value.is_not(None),
        )
        .order_by(Sample.drawn_at)
    )
    return found | {row.analyte: row for row in results}


def _saved(copy: Snapshot, visit: Visit, form: str) -> dict[str, Value]:
    record = copy.session.scalar(
        select(FormRecord).where(
            FormRecord.visit_id == visit.id, FormRecord.form == form, FormRecord.state == "current"
        )
    )
    return values_of(copy.session, record.id) if record is not None else {}


def total(copy: Snapshot, answers: Mapping[str, Value]) -> Said:
    """Return the SLEDAI-2K total; with an item not assessed it has none, and the paper says so."""
    score = sledai_of(copy.protocol, answers)
    if score.total is not None:
        return score.total
    return spoken(message("{count} items not assessed"), count=len(score.missing))


def _head(copy: Snapshot, visit: Visit) -> Said:
    planned = copy.protocol.visit(visit.code)
    return planned.label if planned.week is None else f"W{planned.week}"


def _label(copy: Snapshot, name: str, seen: Seen) -> Said:
    if name == SLEDAI:
        return copy.protocol.form(SLEDAI).label
    if name == PGA:
        return copy.protocol.form(PGA_FORM).field(PGA).label
    analyte = copy.protocol.laboratory.analytes[name]
    units = {found[name].unit for _, found in seen if isinstance(found.get(name), Result)}  # type: ignore[union-attr]
    if len(units) != 1:
        return analyte.label
    shown = analyte.unit(units.pop()).shown
    return Words(f"{analyte.label.en}, {shown}", f"{analyte.label.zh}，{shown}")


def _values(name: str, seen: Seen) -> tuple[Said, ...]:
    units = {found[name].unit for _, found in seen if isinstance(found.get(name), Result)}  # type: ignore[union-attr]
    return tuple(_value(found.get(name), with_unit=len(units) > 1) for _, found in seen)


def _value(value: Result | Said, *, with_unit: bool) -> Said:
    if not isinstance(value, Result):
        return value
    parts = [
        f"{value.comparator}{value.typed}",
        value.unit if with_unit else "",
        SHORT_FLAGS.get(value.flag, ""),
    ]
    return " ".join(part for part in parts if part)


def _curve(copy: Snapshot, seen: Seen) -> Curve | None:
    points = [
        (visit, Decimal(found[SLEDAI]))  # type: ignore[arg-type]
        for visit, found in seen
        if isinstance(found.get(SLEDAI), int)
    ]
    if len(points) < 2:
        return None
    first = points[0][0].on_day or date.min
    drawn = tuple(Point(((visit.on_day or first) - first).days, score) for visit, score in points)
    return Curve(copy.protocol.form(SLEDAI).label, drawn, tuple(_head(copy, visit) for visit, _ in points))
