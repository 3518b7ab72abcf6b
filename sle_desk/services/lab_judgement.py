"""What is said of a laboratory result: the range, flag and grade that hold on the day of its sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from sle_desk.domain import grading
from sle_desk.domain.analytes import NUMBER, Analyte
from sle_desk.domain.first_dose import FirstDose, drawn_before, first_dose
from sle_desk.domain.grading import Baseline
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.reference_ranges import ReferenceRange, range_for
from sle_desk.domain.values import age_on
from sle_desk.models.lab import LabRange, Result, Sample
from sle_desk.models.subject import Subject
from sle_desk.models.treatment import Dose
from sle_desk.services.desk import Desk

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
    """What a result is judged against: person, day, ranges, baselines, fasting.

    `is_baseline` says that it was drawn before the first dose, and that there is one: later ones rest on it.
    """

    sex: str
    age: int
    on_day: date
    limits: Mapping[str, Limits]
    baselines: Mapping[str, Baseline]
    is_baseline: bool
    fasting: bool | None
    protocol: Protocol


def background(desk: Desk, new: NewSample) -> Background:
    """Return what the results of a sample are judged against, before any is saved."""
    with desk.view() as session:
        return background_of(session, desk.protocol, new)


# The columns of a range in the order in which `ReferenceRange` takes them.
_RANGE_COLUMNS = (
    *("analyte", "sex", "age_from", "age_until", "low", "high", "unit", "valid_from", "valid_until"),
    *("source", "low_inclusive", "high_inclusive"),
)
# Asked with every report that is typed: put together once, for that costs more than the answer.
# Of the tables, not of the classes on them, since a list has hundreds of ranges.
_RANGE, _DOSE = LabRange.__table__.c, Dose.__table__.c
_RANGES = select(*(_RANGE[name] for name in _RANGE_COLUMNS), _RANGE.confirmed).where(
    _RANGE.laboratory_id == bindparam("laboratory"), _RANGE.analyte.in_(bindparam("of", expanding=True))
)
_GIVEN = (
    _DOSE.subject_id == bindparam("subject"),
    _DOSE.progress == "given",
    _DOSE.state == "current",
)
_DAY_ONE = select(func.min(_DOSE.on_day)).where(*_GIVEN).scalar_subquery()
_FIRST_DOSES = select(_DOSE.on_day, _DOSE.started_at).where(*_GIVEN, _DOSE.on_day == _DAY_ONE)


def first_dose_of(session: Session, subject_id: int) -> FirstDose | None:
    """Return the first dose of any study drug that a subject was given, None before there is one."""
    return first_dose((day, at) for day, at in session.execute(_FIRST_DOSES, {"subject": subject_id}))


def background_of(session: Session, protocol: Protocol, new: NewSample) -> Background:
    """Return the same inside a transaction in hand."""
    subject = session.get_one(Subject, new.subject_id)
    on_day = new.drawn_at.date()
    age = age_on(subject.birth_date, on_day)
    first = first_dose_of(session, new.subject_id)
    return Background(
        sex=subject.sex,
        age=age,
        on_day=on_day,
        limits=_limits(session, new, protocol.laboratory.panel(new.panel).analytes, subject.sex, age),
        baselines=_baselines(session, first, new),
        is_baseline=first is not None and drawn_before(first, new.drawn_at) is True,
        fasting={"Y": True, "N": False}.get(new.fasting),
        protocol=protocol,
    )


def _limits(
    session: Session, new: NewSample, analytes: Iterable[str], sex: str, age: int
) -> dict[str, Limits]:
    """Return the one range that holds for each analyte of the panel; an analyte without one has no limits."""
    rows = session.execute(_RANGES, {"laboratory": new.laboratory_id, "of": tuple(analytes)})
    listed: dict[str, list[ReferenceRange]] = {}
    confirmed: set[ReferenceRange] = set()
    for *columns, is_confirmed in rows:
        known = ReferenceRange(*columns)
        listed.setdefault(known.analyte, []).append(known)
        if is_confirmed:
            confirmed.add(known)
    on_day = new.drawn_at.date()
    found = {analyte: range_for(ranges, sex, age, on_day).row for analyte, ranges in listed.items()}
    return {
        analyte: Limits(
            row.low, row.high, row.low_inclusive, row.high_inclusive, row.unit, row.source, row in confirmed
        )
        for analyte, row in found.items()
        if row is not None
    }


def _baselines(session: Session, first: FirstDose | None, new: NewSample) -> dict[str, Baseline]:
    """Return the last value of each analyte before the first dose, for a sample drawn after it."""
    if first is None or drawn_before(first, new.drawn_at) is not False:
        return {}
    rows = session.execute(
        select(Result.analyte, Result.standard_value, Result.flag, Sample.drawn_at)
        .join(Sample, Sample.id == Result.sample_id)
        .where(
            Sample.subject_id == new.subject_id,
            Sample.state == "current",
            Sample.drawn_at < new.drawn_at,
            Result.standard_value.is_not(None),
            Result.comparator == "",
        )
        .order_by(Sample.drawn_at)
    )
    return {
        analyte: Baseline(value, flag)
        for analyte, value, flag, drawn_at in rows
        if value is not None and drawn_before(first, drawn_at)
    }


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
    table = ground.protocol.laboratory.grading[GRADE_VERSION]
    return _assessed(flag, grading.worst(grading.grade_answers(table, analyte, word)))


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


def fill_result(row: Result, ground: Background, typed: TypedResult) -> None:
    """Put a typed result into its row, with range, flag and grade as they are on the sample's day."""
    analyte = ground.protocol.laboratory.analytes[typed.analyte]
    row.typed, row.comparator, row.value = typed.typed, typed.comparator, typed.value
    row.unit, row.text, row.missing, row.kept_reason = (
        typed.unit,
        typed.text,
        typed.missing,
        typed.kept_reason,
    )
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


def forget_judgement(row: Result) -> None:
    """Take CS or NCS from a result that reads otherwise now: what was judged no longer stands here."""
    row.significance = row.judged_signer = row.judged_reference = ""
    row.judged_signed_on = None


def as_new(sample: object) -> NewSample:
    """Return a sample, as it is kept or shown, as it was entered."""
    kept = {each.name: getattr(sample, each.name) for each in fields(NewSample)}
    return NewSample(**kept)


def typed_of(row: Result) -> TypedResult:
    """Return a saved result as it was typed, to be judged elsewhere."""
    return TypedResult(
        row.analyte, row.typed, row.comparator, row.value, row.unit, row.text, row.missing, row.kept_reason
    )
