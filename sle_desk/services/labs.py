"""Laboratory results: saved with their sample, completed, corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain.values import check_text
from sle_desk.models.lab import Result, Sample
from sle_desk.models.safety import Query
from sle_desk.models.visit import Visit
from sle_desk.services.answers import reason_text, refuse_unexplained
from sle_desk.services.consent_order import propose_about_sample
from sle_desk.services.desk import Change, Desk
from sle_desk.services.eligibility import void_if_changed
from sle_desk.services.judged_again import LATE_INFORMATION, judge_holds_again, judge_results_again
from sle_desk.services.lab_judgement import (
    Background,
    NewSample,
    TypedResult,
    as_new,
    background_of,
    fill_result,
    forget_judgement,
)
from sle_desk.services.not_drawn import take_back
from sle_desk.services.relation_doubts import findings_of, settle_relations
from sle_desk.services.seen import whole_version
from sle_desk.services.signatures import Ink, void_signatures
from sle_desk.services.standing import require_born, require_changed, require_standing


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
    judged_ink: Ink | None
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


def save_results(
    desk: Desk,
    new: NewSample,
    results: tuple[TypedResult, ...],
    kept: Mapping[str, str] = MappingProxyType({}),
) -> SampleRow:
    """Save a sample with what is known of it; without results its report is awaited.

    `kept` says why the relation to the dose stands though the doses of the day contradict it.
    """
    check_sample(desk, new)
    with desk.change("results.save", done_on=new.drawn_at.date(), subject_id=new.subject_id) as change:
        doubts = findings_of(change.session, new.subject_id, new.drawn_at, new.dose_relation)
        for finding in refuse_unexplained(doubts, kept):
            change.give_reason(kept[finding.field])
        sample = new_sample(change, new)
        change.add(sample)
        take_back(change, sample)
        if doubts:
            settle_relations(change, new.subject_id)
        propose_about_sample(change, sample)
        ground = background_of(change.session, change.protocol, new)
        rows = put_results(change, sample, ground, results)
        _judge_later(change, sample, ground)
        return _row(sample, rows)


def add_results(
    desk: Desk, sample_id: int, results: tuple[TypedResult, ...], report_number: str = ""
) -> SampleRow:
    """Add results to a sample whose report was awaited, or that was saved incomplete."""
    with desk.change("results.save") as change:
        sample = change.session.get_one(Sample, sample_id)
        require_standing(change, sample)
        if report_number.strip() and not sample.report_number:
            sample.report_number = check_text(report_number.strip())
        ground = background_of(change.session, change.protocol, as_new(sample))
        put_results(change, sample, ground, results)
        _judge_later(change, sample, ground)
        return _sample_row(change.session, sample)


def _judge_later(change: Change, sample: Sample, ground: Background) -> None:
    """Judge what was drawn since the first dose again: a baseline of it was typed only now."""
    if ground.is_baseline and judge_results_again(change, sample.subject_id, LATE_INFORMATION):
        change.give_reason(LATE_INFORMATION)
    # Doses were given since it was drawn, and its report may hint at holding them.
    judge_holds_again(change, sample.subject_id, sample.drawn_at.date())


def check_sample(desk: Desk, new: NewSample) -> None:
    """Refuse a draw that lies ahead and a panel that the protocol does not know."""
    if new.drawn_at > desk.now():
        raise RuleBroken(
            "sample.future", drawn=f"{new.drawn_at:%Y-%m-%d %H:%M}", now=f"{desk.now():%Y-%m-%d %H:%M}"
        )
    if new.panel not in {panel.code for panel in desk.protocol.laboratory.panels}:
        raise RuleBroken("sample.panel", panel=new.panel)
    check_text(new.report_number)


def new_sample(change: Change, new: NewSample) -> Sample:
    """Return the row of a sample, once nobody has entered the same draw."""
    visit = change.session.get_one(Visit, new.visit_id)
    require_standing(change, visit)
    if visit.subject_id != new.subject_id:
        raise RuleBroken("sample.other_subject")
    require_born(change.session, new.subject_id, new.drawn_at.date())
    if same_draw(change.session, new) is not None:
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


# Asked with every report: put together once, for that costs more than the answer.
_SAME_DRAW = select(Sample).where(
    Sample.subject_id == bindparam("subject"),
    Sample.panel == bindparam("panel"),
    Sample.drawn_at == bindparam("drawn_at"),
    Sample.state == "current",
)


def same_draw(session: Session, new: NewSample) -> Sample | None:
    """Return the sample that stands for the same subject, panel and draw time."""
    drawn = {"subject": new.subject_id, "panel": new.panel, "drawn_at": new.drawn_at}
    return session.scalar(_SAME_DRAW, drawn)


def put_results(
    change: Change, sample: Sample, ground: Background, results: tuple[TypedResult, ...]
) -> list[Result]:
    """Put typed results to a sample in a change in hand, each judged on the sample's day."""
    panel = change.protocol.laboratory.panel(sample.panel)
    for typed in results:
        if typed.analyte not in panel.analytes:
            raise RuleBroken("lab.not_in_panel", analyte=typed.analyte, panel=sample.panel)
    rows = [Result(sample_id=sample.id, analyte=typed.analyte) for typed in results]
    for row, typed in zip(rows, results, strict=True):
        fill_result(row, ground, typed)
    # In one go: a statement for each row would cost more than all the rest.
    change.add(*rows)
    for row in rows:
        if row.kept_reason:
            _raise_query(change, sample.subject_id, row)
    return rows


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


def correct_result(
    desk: Desk, result_id: int, typed: TypedResult, reason: str, seen: int, note: str = ""
) -> ResultRow:
    """Correct one saved result with a coded reason; flag and grade are judged again on its own day."""
    text = reason_text(reason, note)
    with desk.change("value.correct", text) as change:
        row = change.session.get_one(Result, result_id)
        if row.version != seen:
            raise Stale("value.changed_meanwhile", now=row.typed)
        sample = change.session.get_one(Sample, row.sample_id)
        require_standing(change, sample)
        fill_result(row, background_of(change.session, change.protocol, as_new(sample)), typed)
        require_changed(change, row)
        forget_judgement(row)
        if typed.kept_reason:
            _raise_query(change, sample.subject_id, row)
        void_signatures(change, "sample", sample.id, text)
        # A value drawn before the first dose may be the baseline that later ones are graded against.
        judge_results_again(change, sample.subject_id, text)
        judge_holds_again(change, sample.subject_id, sample.drawn_at.date())
        void_if_changed(change, sample.subject_id)
        return result_row(row)


def result_row(row: Result) -> ResultRow:
    """Return a saved result as it is shown."""
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
        judged_ink=judged_ink(row),
        kept_reason=row.kept_reason,
    )


def judged_ink(row: Result) -> Ink | None:
    """Return the ink a result was judged by, or None where that was at the desk or not at all."""
    if not row.judged_signer or row.judged_signed_on is None:
        return None
    return Ink(row.judged_signer, row.judged_signed_on, row.judged_reference)


def _sample_row(session: Session, sample: Sample) -> SampleRow:
    return _row(sample, session.scalars(select(Result).where(Result.sample_id == sample.id)))


def _row(sample: Sample, rows: Iterable[Result]) -> SampleRow:
    known = list(rows)
    return SampleRow(
        id=sample.id,
        version=whole_version(sample, (row.version for row in known)),
        subject_id=sample.subject_id,
        visit_id=sample.visit_id,
        panel=sample.panel,
        laboratory_id=sample.laboratory_id,
        report_number=sample.report_number,
        drawn_at=sample.drawn_at,
        fasting=sample.fasting,
        dose_relation=sample.dose_relation,
        results={row.analyte: result_row(row) for row in known},
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
