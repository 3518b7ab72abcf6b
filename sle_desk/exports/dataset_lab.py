"""Laboratory results as a long table, each with its own range, unit and grade."""

from __future__ import annotations

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
from sle_desk.models.lab import Laboratory, Result, Sample
from sle_desk.models.visit import Visit


def _columns(source: Source) -> tuple[Column, ...]:
    def at(name: str, key: str, kind: str = "", codelist: str = "") -> Column:
        return column_for(name, declared(source.protocol, f"result.{key}"), kind, codelist)

    value = declared(source.protocol, "result.value")
    return (
        SUBJECT,
        VISIT,
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
        at("LOW", "low", "number"),
        at("HIGH", "high", "number"),
        at("RANGE_SOURCE", "range_source", "text"),
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
    """Return one row for each result of a sample that stands, awaited samples without a row."""
    codes = subject_codes(source)
    rows = source.session.execute(
        select(Result, Sample, Visit.code, Laboratory.code)
        .join(Sample, Sample.id == Result.sample_id)
        .join(Visit, Visit.id == Sample.visit_id)
        .join(Laboratory, Laboratory.id == Sample.laboratory_id)
        .where(Sample.state == "current")
        .order_by(Sample.subject_id, Sample.drawn_at, Sample.id, Result.id)
    )
    analytes = source.protocol.laboratory.analytes
    values = [
        _row(
            codes[sample.subject_id], visit, laboratory, sample, result, analytes[result.analyte].cdisc.testcd
        )
        for result, sample, visit, laboratory in rows
        if sample.subject_id in codes
    ]
    table = Table("LAB", declared_label(source), _columns(source), values)
    return without_telling(table, source.protocol.form("result"), preset)


def declared_label(source: Source) -> Words:
    """Return the name of the table, as the package declares it."""
    return source.protocol.form("result").label


def _row(code: str, visit: str, laboratory: str, sample: Sample, result: Result, testcd: str) -> list[Value]:
    measured = None
    if result.value is not None:
        measured = Measured(result.typed, result.value, result.comparator)
    return [
        code,
        visit,
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
        result.low,
        result.high,
        result.range_source,
        result.flag,
        result.grade,
        result.grade_reason,
        result.significance,
        result.judged_signed_on,
        result.judged_reference,
        "Y" if sample.entered_later else "N",
        sample.recorded_at,
    ]
