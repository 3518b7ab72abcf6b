"""Laboratory results: judged on the range, unit and grade table of their own day, saved and corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain import grading
from sle_desk.domain.analytes import NUMBER, Analyte
from sle_desk.domain.grading import Baseline
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import age_on, check_text
from sle_desk.models.lab import LabRange, Result, Sample
from sle_desk.models.safety import Query
from sle_desk.models.subject import Subject
from sle_desk.models.treatment import Dose
from sle_desk.services.desk import Change, Desk
from sle_desk.services.signatures import void_signatures
from sle_desk.services.visits import reason_text

GRADE_VERSION = "5.0"


@dataclass(frozen=True)
class NewSample:
    """A sample as the report names it; the draw time is the fact that counts."""

    subject_id: int
    visit_id: int
    panel: str
    laboratory_id: int
    drawn_at: datetime
    report_number: str = ""
    fasting: str = ""
    dose_relation: str = ""


@dataclass(frozen=True)
class TypedResult:
    """One result as typed: a number with unit, a word, or a missing reason; and why it is kept."""

    analyte: str
    typed: str = ""
    comparator: str = ""
    value: Decimal | None = None
    unit: str = ""
    text: str | None = None
    missing: str | None = None
    kept_reason: str = ""


@dataclass(frozen=True)
class Limits:
    """The reference range that holds for one person on one day, and where it comes from."""

    low: Decimal | None
    high: Decimal | None
    low_inclusive: bool
    high_inclusive: bool
    unit: str
    source: str
    confirmed: bool


NO_LIMITS = Limits(None, None, True, True, "", "", False)


@dataclass(frozen=True)
class Assessed:
    """What is said of one result: its flag, its grade or the reason there is none."""

    flag: str
    grade: int | None
    reason: str
    term: str
    unconfirmed: bool


@dataclass(frozen=True)
class Background:
    """What a result is judged against: person, day, ranges, baselines, fasting."""

    sex: str
    age: int
    on_day: date
    limits: Mapping[str, Limits]
    baselines: Mapping[str, Baseline]
    fasting: bool | None
    protocol: Protocol


@dataclass(frozen=True)
class ResultRow:
    """A saved result as it is shown."""

    id: int
    version: int
    sample_id: int
    analyte: str
    typed: str
    comparator: str
    value: Decimal | None
    unit: str
    text: str | None
    missing: str | None
    low: Decimal | None
    high: Decimal | None
    flag: str
    grade: int | None
    grade_reason: str
    significance: str
    kept_reason: str


@dataclass(frozen=True)
class SampleRow:
    """A saved sample with its results; without results its report is awaited."""

    id: int
    version: int
    subject_id: int
    visit_id: int
    panel: str
    laboratory_id: int
    report_number: str
    drawn_at: datetime
    fasting: str
    dose_relation: str
    results: Mapping[str, ResultRow]


@dataclass(frozen=True)
class Earlier:
    """An earlier value of an analyte, for the previous column and the trend."""

    on: datetime
    visit: int
    value: Decimal
    typed: str
    unit: str
    flag: str


def background(desk: Desk, new: NewSample) -> Background:
    """Return what the results of a sample are judged against, before any is saved."""
    with desk.view() as session:
        return _background(session, desk.protocol, new)


def _background(session: Session, protocol: Protocol, new: NewSample) -> Background:
    subject = session.get_one(Subject, new.subject_id)
    on_day = new.drawn_at.date()
    age = age_on(subject.birth_date, on_day)
    return Background(
        sex=subject.sex,
        age=age,
        on_day=on_day,
        limits=_limits(session, new.laboratory_id, subject.sex, age, on_day),
        baselines=_baselines(session, new.subject_id, new.drawn_at),
        fasting={"Y": True, "N": False}.get(new.fasting),
        protocol=protocol,
    )


def _limits(session: Session, laboratory_id: int, sex: str, age: int, on_day: date) -> dict[str, Limits]:
    rows = session.scalars(
        select(LabRange).where(
            LabRange.laboratory_id == laboratory_id,
            LabRange.sex.in_((sex, "both")),
            LabRange.age_from <= age,
            LabRange.age_until >= age,
            LabRange.valid_from <= on_day,
        )
    )
    found: dict[str, Limits] = {}
    for row in rows:
        if row.valid_until is not None and row.valid_until < on_day:
            continue
        if row.analyte in found:
            raise RuleBroken("lab.ranges_overlap", analyte=row.analyte, day=on_day.isoformat())
        found[row.analyte] = Limits(
            row.low,
            row.high,
            bool(row.low_inclusive),
            bool(row.high_inclusive),
            row.unit,
            row.source,
            bool(row.confirmed),
        )
    return found


def _baselines(session: Session, subject_id: int, drawn_at: datetime) -> dict[str, Baseline]:
    """Return the last value of each analyte before the first dose of any study drug, by time."""
    first_dose = session.scalar(
        select(Dose.started_at)
        .where(
            Dose.subject_id == subject_id,
            Dose.progress == "given",
            Dose.state == "current",
            Dose.started_at.is_not(None),
        )
        .order_by(Dose.started_at)
        .limit(1)
    )
    if first_dose is None or drawn_at < first_dose:
        return {}
    rows = session.execute(
        select(Result.analyte, Result.standard_value, Result.flag)
        .join(Sample, Sample.id == Result.sample_id)
        .where(
            Sample.subject_id == subject_id,
            Sample.state == "current",
            Sample.drawn_at < first_dose,
            Result.standard_value.is_not(None),
            Result.comparator == "",
        )
        .order_by(Sample.drawn_at)
    )
    return {analyte: Baseline(value, flag) for analyte, value, flag in rows if value is not None}


def assess(ground: Background, result: TypedResult) -> Assessed:
    """Return the flag and grade of one result; a word is flagged by its own answer."""
    analyte = ground.protocol.laboratory.analytes[result.analyte]
    if result.missing is not None:
        return Assessed("", None, "", "", False)
    if result.text is not None:
        return _assess_word(ground, analyte, result.text)
    assert result.value is not None
    limits = limits_in(analyte, ground.limits.get(analyte.code, NO_LIMITS), result.unit)
    flag = grading.flag(
        result.value,
        result.comparator,
        limits.low,
        limits.high,
        low_inclusive=limits.low_inclusive,
        high_inclusive=limits.high_inclusive,
    )
    grades = grading.grade_result(
        ground.protocol.laboratory.grading[GRADE_VERSION],
        analyte,
        result.value,
        result.comparator,
        result.unit,
        limits.low,
        limits.high,
        _baseline_in(analyte, ground.baselines.get(analyte.code), result.unit),
        ground.fasting,
    )
    return _assessed(flag, grading.worst(grades))


def _assessed(flag: str, worst: grading.Grade | None) -> Assessed:
    if worst is None:
        return Assessed(flag, None, "", "", False)
    return Assessed(flag, worst.grade, worst.reason, worst.term, worst.unconfirmed)


def _assess_word(ground: Background, analyte: Analyte, word: str) -> Assessed:
    flag = analyte.answer(word).flag
    terms = ground.protocol.laboratory.grading[GRADE_VERSION].by_analyte.get(analyte.code, ())
    return _assessed(flag, grading.worst([grading.grade_answer(term, word) for term in terms]))


def limits_in(analyte: Analyte, limits: Limits, unit: str) -> Limits:
    """Return the limits in the unit a value was typed in; none where the units measure other things."""
    if not limits.unit or limits.unit == unit:
        return limits
    if not analyte.unit(unit).same_quantity:
        return NO_LIMITS
    low = None if limits.low is None else analyte.convert(limits.low, limits.unit, unit)
    high = None if limits.high is None else analyte.convert(limits.high, limits.unit, unit)
    return Limits(
        low, high, limits.low_inclusive, limits.high_inclusive, unit, limits.source, limits.confirmed
    )


def _baseline_in(analyte: Analyte, baseline: Baseline | None, unit: str) -> Baseline | None:
    if baseline is None or not analyte.unit(unit).same_quantity:
        return None
    return Baseline(analyte.convert(baseline.value, analyte.standard.code, unit), baseline.flag)


def save_results(desk: Desk, new: NewSample, results: tuple[TypedResult, ...]) -> SampleRow:
    """Save a sample with what is known of it; without results its report is awaited."""
    _check_sample(desk, new)
    with desk.change("results.save", done_on=new.drawn_at.date(), subject_id=new.subject_id) as change:
        sample = _new_sample(change, new)
        change.add(sample)
        ground = _background(change.session, change.protocol, new)
        _add_results(change, sample, ground, results)
        return _sample_row(change.session, sample)


def add_results(desk: Desk, sample_id: int, results: tuple[TypedResult, ...], report_number: str = "") -> SampleRow:
    """Add results to a sample whose report was awaited, or that was saved incomplete."""
    with desk.change("results.save") as change:
        sample = change.session.get_one(Sample, sample_id)
        if report_number.strip() and not sample.report_number:
            sample.report_number = check_text(report_number.strip())
        _add_results(change, sample, _background(change.session, change.protocol, _as_new(sample)), results)
        return _sample_row(change.session, sample)


def _check_sample(desk: Desk, new: NewSample) -> None:
    if new.drawn_at > desk.now():
        raise RuleBroken(
            "sample.future", drawn=f"{new.drawn_at:%Y-%m-%d %H:%M}", now=f"{desk.now():%Y-%m-%d %H:%M}"
        )
    if new.panel not in {panel.code for panel in desk.protocol.laboratory.panels}:
        raise RuleBroken("sample.panel", panel=new.panel)
    check_text(new.report_number)


def _new_sample(change: Change, new: NewSample) -> Sample:
    twice = change.session.scalar(
        select(Sample).where(
            Sample.subject_id == new.subject_id,
            Sample.panel == new.panel,
            Sample.drawn_at == new.drawn_at,
            Sample.state == "current",
        )
    )
    if twice is not None:
        raise RuleBroken("sample.twice", panel=new.panel, drawn=f"{new.drawn_at:%Y-%m-%d %H:%M}")
    return Sample(
        **change.record_facts(new.subject_id, new.drawn_at.date()),
        visit_id=new.visit_id,
        panel=new.panel,
        laboratory_id=new.laboratory_id,
        report_number=new.report_number.strip(),
        drawn_at=new.drawn_at,
        fasting=new.fasting,
        dose_relation=new.dose_relation,
    )


def _as_new(sample: Sample) -> NewSample:
    return NewSample(
        sample.subject_id,
        sample.visit_id,
        sample.panel,
        sample.laboratory_id,
        sample.drawn_at,
        sample.report_number,
        sample.fasting,
        sample.dose_relation,
    )


def _add_results(change: Change, sample: Sample, ground: Background, results: tuple[TypedResult, ...]) -> None:
    panel = change.protocol.laboratory.panel(sample.panel)
    for typed in results:
        if typed.analyte not in panel.analytes:
            raise RuleBroken("lab.not_in_panel", analyte=typed.analyte, panel=sample.panel)
        row = Result(sample_id=sample.id, analyte=typed.analyte)
        fill_result(row, ground, typed)
        change.add(row)
        if typed.kept_reason:
            _raise_query(change, sample.subject_id, row)


def fill_result(row: Result, ground: Background, typed: TypedResult) -> None:
    """Put a typed result into its row, with range, flag and grade as they are on the sample's day."""
    analyte = ground.protocol.laboratory.analytes[typed.analyte]
    row.typed, row.comparator, row.value = typed.typed, typed.comparator, typed.value
    row.unit, row.text, row.missing, row.kept_reason = typed.unit, typed.text, typed.missing, typed.kept_reason
    row.standard_value, row.standard_unit = None, ""
    row.low = row.high = None
    row.range_source = ""
    if analyte.kind == NUMBER and typed.value is not None:
        if analyte.unit(typed.unit).same_quantity:
            row.standard_value = analyte.in_standard(typed.value, typed.unit)
            row.standard_unit = analyte.standard.code
        limits = limits_in(analyte, ground.limits.get(analyte.code, NO_LIMITS), typed.unit)
        row.low, row.high, row.range_source = limits.low, limits.high, limits.source
        row.low_inclusive, row.high_inclusive = limits.low_inclusive, limits.high_inclusive
    assessed = assess(ground, typed)
    row.flag, row.grade, row.grade_reason = assessed.flag, assessed.grade, assessed.reason
    row.grade_version = GRADE_VERSION if assessed.term else ""


def _raise_query(change: Change, subject_id: int, row: Result) -> None:
    change.add(
        Query(
            subject_id=subject_id,
            about_table="result",
            about_id=row.id,
            field=row.analyte,
            question="value.unlikely",
            raised_at=change.at,
            raised_by=change.actor.user_id,
        )
    )


def correct_result(desk: Desk, result_id: int, typed: TypedResult, reason: str, seen: int, note: str = "") -> ResultRow:
    """Correct one saved result with a coded reason; flag and grade are judged again on its own day."""
    text = reason_text(reason, note)
    with desk.change("value.correct", text) as change:
        row = change.session.get_one(Result, result_id)
        if row.version != seen:
            raise Stale("value.changed_meanwhile", now=row.typed)
        sample = change.session.get_one(Sample, row.sample_id)
        fill_result(row, _background(change.session, change.protocol, _as_new(sample)), typed)
        if typed.kept_reason:
            _raise_query(change, sample.subject_id, row)
        void_signatures(change, "sample", sample.id, text)
        change.session.flush()
        return _result_row(row)


def _result_row(row: Result) -> ResultRow:
    return ResultRow(
        id=row.id,
        version=row.version,
        sample_id=row.sample_id,
        analyte=row.analyte,
        typed=row.typed,
        comparator=row.comparator,
        value=row.value,
        unit=row.unit,
        text=row.text,
        missing=row.missing,
        low=row.low,
        high=row.high,
        flag=row.flag,
        grade=row.grade,
        grade_reason=row.grade_reason,
        significance=row.significance,
        kept_reason=row.kept_reason,
    )


def _sample_row(session: Session, sample: Sample) -> SampleRow:
    rows = session.scalars(select(Result).where(Result.sample_id == sample.id))
    return SampleRow(
        id=sample.id,
        version=sample.version,
        subject_id=sample.subject_id,
        visit_id=sample.visit_id,
        panel=sample.panel,
        laboratory_id=sample.laboratory_id,
        report_number=sample.report_number,
        drawn_at=sample.drawn_at,
        fasting=sample.fasting,
        dose_relation=sample.dose_relation,
        results={row.analyte: _result_row(row) for row in rows},
    )


def samples(desk: Desk, subject_id: int) -> tuple[SampleRow, ...]:
    """Return the samples of a subject that stand, by draw time."""
    with desk.view() as session:
        rows = session.scalars(
            select(Sample)
            .where(Sample.subject_id == subject_id, Sample.state == "current")
            .order_by(Sample.drawn_at, Sample.id)
        ).all()
        return tuple(_sample_row(session, row) for row in rows)


def earlier_values(desk: Desk, subject_id: int, before: datetime) -> dict[str, tuple[Earlier, ...]]:
    """Return the earlier numeric values of each analyte in standard units, oldest first."""
    with desk.view() as session:
        rows = session.execute(
            select(Sample.drawn_at, Sample.visit_id, Result)
            .join(Result, Result.sample_id == Sample.id)
            .where(
                Sample.subject_id == subject_id,
                Sample.state == "current",
                Sample.drawn_at < before,
                Result.standard_value.is_not(None),
            )
            .order_by(Sample.drawn_at)
        )
        found: dict[str, list[Earlier]] = {}
        for drawn_at, visit_id, row in rows:
            assert row.standard_value is not None
            value = Earlier(drawn_at, visit_id, row.standard_value, row.typed, row.standard_unit, row.flag)
            found.setdefault(row.analyte, []).append(value)
        return {analyte: tuple(values) for analyte, values in found.items()}


def judge_significance(desk: Desk, result_id: int, significance: str) -> ResultRow:
    """Record an investigator's judgement of a result: clinically significant (CS) or not (NCS)."""
    if significance not in ("CS", "NCS"):
        raise RuleBroken("result.significance", typed=significance)
    with desk.change("result.judge") as change:
        row = change.session.get_one(Result, result_id)
        row.significance = significance
        change.session.flush()
        return _result_row(row)
