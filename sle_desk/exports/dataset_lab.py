"""Laboratory results as a long table, each with its own range, unit and grade."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from sle_desk.base.language import Words
from sle_desk.domain.values import Measured
from sle_desk.exports.dataset import (
    LATER,
    RECORDED_AT,
    SUBJECT,
    VISIT,
    Preset,
    Source,
    column_for,
    declared,
    subject_codes,
)
from sle_desk.exports.hiding import without_telling
from sle_desk.exports.tables import Column, Table, Value
from sle_desk.models.lab import Laboratory, NotDrawn, Result, Sample
from sle_desk.models.visit import Visit
from sle_desk.services.masking import MASK
from sle_desk.services.range_marks import RangeMarks


def _columns(source: Source) -> tuple[Column, ...]:
    def at(name: str, key: str, kind: str = "", codelist: str = "") -> Column:
        return column_for(name, declared(source.protocol, f"result.{key}"), kind, codelist)

    value = declared(source.protocol, "result.value")
    return (
        SUBJECT,
        *VISIT,
        at("PANEL", "panel", "code", "PANEL"),
        at("LABORATORY", "laboratory", "text"),
        at("REPORT", "report_number", "text"),
        at("DRAWN_AT", "drawn_at", "instant"),
        at("FASTING", "fasting", "code", "RESULT.FASTING"),
        at("DOSE_RELATION", "dose_relation", "code", "RESULT.DOSE_RELATION"),
        at("TEST", "analyte", "code", "TEST"),
        Column("LBTESTCD", Words("CDISC test code", "CDISC 检验代码"), "text", source="LBTESTCD"),
        Column("VALUE", value.label, "number", source=value.cdisc, as_typed=True),
        at("UNIT", "unit", "text"),
        at("RESULT_TEXT", "text", "text"),
        at("STANDARD_VALUE", "standard_value", "number"),
        at("STANDARD_UNIT", "standard_unit", "text"),
        at("MISSING", "missing", "code", "MISSING"),
        Column("MISSING_NOTE", Words("Reason missing, in words", "缺失原因说明"), "text"),
        at("LOW", "low", "number"),
        at("HIGH", "high", "number"),
        at("RANGE_SOURCE", "range_source", "text"),
        Column(
            "RANGE_CONFIRMED",
            Words("Range confirmed by the site", "参考范围已由本中心确认"),
            "code",
            codelist="YN",
        ),
        at("FLAG", "flag", "code", "FLAG"),
        at("GRADE", "grade", "whole"),
        at("GRADE_REASON", "grade_reason", "text"),
        at("SIGNIFICANCE", "significance", "code", "RESULT.SIGNIFICANCE"),
        at("JUDGED_ON_PAPER", "judged_signed_on", "day"),
        at("JUDGED_PAPER_FILED", "judged_reference", "text"),
        LATER,
        RECORDED_AT,
    )


def lab_table(source: Source, preset: Preset) -> Table:
    """Return one row for each result of a sample that stands, awaited samples without a row.

    A panel for which no blood was drawn has a row for each test with the reason, and neither laboratory nor
    time of a draw.
    """
    codes = subject_codes(source)
    rows = source.session.execute(
        select(Result, Sample, Visit.code, Laboratory.code)
        .join(Sample, Sample.id == Result.sample_id)
        .join(Visit, Visit.id == Sample.visit_id)
        .join(Laboratory, Laboratory.id == Sample.laboratory_id)
        .where(Sample.state == "current")
        .order_by(Sample.subject_id, Sample.drawn_at, Sample.id, Result.id)
    )
    analytes, marks = source.protocol.laboratory.analytes, RangeMarks(source.session)
    places = {code: place for place, code in enumerate(codes.values())}
    values = [
        _row(
            (codes[sample.subject_id], visit, laboratory),
            sample,
            result,
            analytes[result.analyte].cdisc.testcd,
            _confirmed(marks, result, sample),
        )
        for result, sample, visit, laboratory in rows
        if sample.subject_id in codes
    ]
    values = sorted((*values, *_untaken(source, preset, codes)), key=lambda row: places[str(row[0])])
    table = Table("LAB", declared_label(source), _columns(source), values)
    return without_telling(table, source.protocol.form("result"), preset)


def _untaken(source: Source, preset: Preset, codes: dict[int, str]) -> Iterator[list[Value]]:
    laboratory = source.protocol.laboratory
    rows = source.session.execute(
        select(NotDrawn, Visit.code)
        .join(Visit, Visit.id == NotDrawn.visit_id)
        .where(NotDrawn.state == "current", NotDrawn.subject_id.in_(codes))
        .order_by(NotDrawn.subject_id, NotDrawn.id)
    )
    names = [column.name for column in _columns(source)]
    for told, visit in rows:
        for test in laboratory.panel(told.panel).analytes:
            known: dict[str, Value] = {
                "SUBJID": codes[told.subject_id],
                "VISIT": visit,
                "VISIT_ENTRY": told.visit_id,
                "PANEL": told.panel,
                "TEST": test,
                "LBTESTCD": laboratory.analytes[test].cdisc.testcd,
                "MISSING": told.reason,
                # What somebody wrote may tell the arm.
                "MISSING_NOTE": (told.note if preset.arm else MASK) if told.note else None,
                LATER.name: "Y" if told.entered_later else "N",
                RECORDED_AT.name: told.recorded_at,
            }
            yield [known.get(name) for name in names]


def declared_label(source: Source) -> Words:
    """Return the name of the table, as the package declares it."""
    return source.protocol.form("result").label


def _confirmed(marks: RangeMarks, result: Result, sample: Sample) -> str | None:
    if result.low is None and result.high is None:
        return None
    return "N" if marks.is_unconfirmed(result, sample) else "Y"


def _row(
    of: tuple[str, str, str], sample: Sample, result: Result, testcd: str, confirmed: str | None
) -> list[Value]:
    code, visit, laboratory = of
    measured = None
    if result.value is not None:
        measured = Measured(result.typed, result.value, result.comparator)
    return [
        code,
        visit,
        sample.visit_id,
        sample.panel,
        laboratory,
        sample.report_number,
        sample.drawn_at,
        sample.fasting,
        sample.dose_relation,
        result.analyte,
        testcd,
        measured,
        result.unit,
        result.text,
        result.standard_value,
        result.standard_unit,
        result.missing,
        None,
        result.low,
        result.high,
        result.range_source,
        confirmed,
        result.flag,
        result.grade,
        result.grade_reason,
        result.significance,
        result.judged_signed_on,
        result.judged_reference,
        "Y" if sample.entered_later else "N",
        sample.recorded_at,
    ]
