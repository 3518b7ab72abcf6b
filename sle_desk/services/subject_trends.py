"""What stands beside a subject: alerts for the strip, and how scores and markers went over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.dose_matching import MISSED
from sle_desk.domain.pauses import Pause
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.scoring import SledaiScore, sledai_score
from sle_desk.domain.values import plain
from sle_desk.models.lab import Result, Sample
from sle_desk.models.safety import Deviation, Query
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import FormRecord
from sle_desk.services.answers import values_of
from sle_desk.services.courses import course
from sle_desk.services.deaths import Death, death_of
from sle_desk.services.desk import Desk
from sle_desk.services.event_bars import event_bars
from sle_desk.services.waiting import unjudged_results
from sle_desk.services.withdrawals import SAMPLES, WITHDRAWAL, no_samples_since, withdrawn

SLEDAI = "sledai2k"
# The markers of activity that the registry names: complement and antibodies.
MARKERS = ("C3", "C4", "DDNAIGAB")
# From this CTCAE grade a result is an alert.
ALERT_GRADE = 2


@dataclass(frozen=True)
class Alerts:
    """What must not be overlooked: missed doses, open queries, proposed deviations, results to be judged,
    serious events that go on, what consent was withdrawn for since when; from which day no samples are taken;
    the death.

    `graded` is the analyte whose last result has the highest CTCAE grade, where that is an alert.
    """

    missed: int = 0
    queries: int = 0
    deviations: int = 0
    unjudged: int = 0
    serious: int = 0
    withdrawn: tuple[tuple[Words, date], ...] = ()
    # The drugs of the arm that are paused, as the package calls them.
    paused: tuple[tuple[Words, Pause], ...] = ()
    death: Death | None = None
    no_samples_since: date | None = None
    graded: tuple[str, int] | None = None


@dataclass(frozen=True)
class TrendPoint:
    """A value in the unit of its trend, with its day and its comparator."""

    on: date
    value: Decimal
    comparator: str = ""

    @property
    def said(self) -> str:
        """Return the value as it is said."""
        return f"{self.comparator}{plain(self.value)}"


@dataclass(frozen=True)
class Trend:
    """One score or marker in its standard unit, oldest first; flag and range are those of the last value."""

    label: Words
    unit: str
    points: tuple[TrendPoint, ...]
    flag: str = ""
    low: Decimal | None = None
    high: Decimal | None = None


def alerts(desk: Desk, subject_id: int) -> Alerts:
    """Return the alerts of a subject as of now."""
    with desk.view() as session:
        return Alerts(
            missed=_count(
                session,
                select(func.count())
                .select_from(Dose)
                .where(Dose.subject_id == subject_id, Dose.state == "current", Dose.progress == MISSED),
            ),
            queries=_count(
                session,
                select(func.count())
                .select_from(Query)
                .where(Query.subject_id == subject_id, Query.progress == "open"),
            ),
            deviations=_count(
                session,
                select(func.count())
                .select_from(Deviation)
                .where(Deviation.subject_id == subject_id, Deviation.progress == "proposed"),
            ),
            unjudged=unjudged_results(session, subject_id),
            serious=sum(
                bar.serious and bar.last is None for bar in event_bars(session, desk.protocol, subject_id)
            ),
            withdrawn=_withdrawn(session, desk.protocol, subject_id),
            paused=_paused(session, desk.protocol, subject_id),
            no_samples_since=no_samples_since(session, subject_id),
            death=death_of(session, subject_id),
            graded=_highest(session, subject_id),
        )


def _withdrawn(session: Session, protocol: Protocol, subject_id: int) -> tuple[tuple[Words, date], ...]:
    """Return for what consent was withdrawn beside samples, as the form calls each scope, and since when."""
    form = next((each for each in protocol.forms if each.code == WITHDRAWAL), None)
    if form is None:
        return ()
    said = withdrawn(session, (subject_id,)).get(subject_id, {})
    return tuple(
        (field.label, said[field.code])
        for field in form.fields()
        if field.code in said and field.code != SAMPLES
    )


def _paused(session: Session, protocol: Protocol, subject_id: int) -> tuple[tuple[Words, Pause], ...]:
    """Return the drugs of the arm that are paused now, as the package calls them."""
    found = course(session, subject_id)
    drugs = protocol.arm(found.arm).drugs if found is not None and found.arm else ()
    lasting = ((drug, found.open_pause(drug)) for drug in drugs if found is not None)
    return tuple((protocol.drug(drug).label, pause) for drug, pause in lasting if pause is not None)


def _count(session: Session, asked: Select[int]) -> int:
    return int(session.scalar(asked) or 0)


def _highest(session: Session, subject_id: int) -> tuple[str, int] | None:
    rows = session.execute(
        select(Result.analyte, Result.grade)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Sample.subject_id == subject_id, Sample.state == "current", Result.missing.is_(None))
        .order_by(Sample.drawn_at, Sample.id)
    )
    last = {row.analyte: row.grade for row in rows}
    graded = [(grade, analyte) for analyte, grade in last.items() if grade is not None]
    grade, analyte = max(graded, default=(0, ""))
    return (analyte, grade) if grade >= ALERT_GRADE else None


def trends(desk: Desk, subject_id: int) -> tuple[Trend, ...]:
    """Return the scores and markers of a subject that were measured at least once."""
    with desk.view() as session:
        score = _score(session, desk.protocol, subject_id)
        markers = [_marker(session, desk.protocol, subject_id, analyte) for analyte in MARKERS]
        return tuple(each for each in (score, *markers) if each is not None)


def _score(session: Session, protocol: Protocol, subject_id: int) -> Trend | None:
    records = session.scalars(
        select(FormRecord)
        .where(FormRecord.subject_id == subject_id, FormRecord.form == SLEDAI, FormRecord.state == "current")
        .order_by(FormRecord.on_day, FormRecord.id)
    ).all()
    totals = [(each.on_day, sledai_of(protocol, values_of(session, each.id)).total) for each in records]
    points = tuple(TrendPoint(day, Decimal(total)) for day, total in totals if total is not None)
    if not points:
        return None
    return Trend(protocol.form(SLEDAI).label, "", points)


def sledai_of(protocol: Protocol, answers: Mapping[str, Value]) -> SledaiScore:
    """Return the SLEDAI-2K score of saved answers; with an item not assessed it has no total."""
    scale = protocol.instruments.sledai
    judged = {"Y": True, "N": False}
    known = {code: judged.get(value.choice or "") for code, value in answers.items() if code in scale.weights}
    return sledai_score(known, scale)


def _marker(session: Session, protocol: Protocol, subject_id: int, analyte: str) -> Trend | None:
    rows = session.execute(
        select(Sample.drawn_at, Result)
        .join(Result, Result.sample_id == Sample.id)
        .where(
            Sample.subject_id == subject_id,
            Sample.state == "current",
            Result.analyte == analyte,
            Result.standard_value.is_not(None),
        )
        .order_by(Sample.drawn_at, Sample.id)
    ).all()
    if not rows:
        return None
    known, last = protocol.laboratory.analytes[analyte], rows[-1][1]
    points = tuple(
        TrendPoint(drawn.date(), row.standard_value, row.comparator)
        for drawn, row in rows
        if row.standard_value is not None
    )
    # The range of the last report, beside values in the standard unit: only where it is in that unit.
    same = last.unit == last.standard_unit
    return Trend(
        label=known.label,
        unit=known.unit(last.standard_unit).shown,
        points=points,
        flag=last.flag,
        low=last.low if same else None,
        high=last.high if same else None,
    )
