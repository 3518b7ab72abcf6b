"""Doses as a long table: what was planned, prescribed, prepared and given, and the vials they came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from sle_desk.base.language import Words
from sle_desk.exports.dataset import (
    DAY,
    ENTERED,
    SUBJECT,
    Source,
    column_for,
    declared,
    entered_values,
    standing,
    subject_codes,
)
from sle_desk.exports.tables import Column, Table, Value
from sle_desk.models.treatment import Dispensing, Dose, DoseVials
from sle_desk.services.courses import courses
from sle_desk.services.plan import calendar_of, plan_versions

STRENGTH_UNIT = Column("UNIT", Words("Unit of the strength", "规格单位"), "text")


def _at(source: Source, name: str, key: str, kind: str = "", codelist: str = "") -> Column:
    return column_for(name, declared(source.protocol, key), kind, codelist)


def _dose_columns(source: Source) -> tuple[Column, ...]:
    def at(name: str, kind: str = "", codelist: str = "") -> Column:
        return _at(source, name, f"dose.{name.lower()}", kind, codelist)

    def where_declared(name: str) -> tuple[Column, ...]:
        return (at(name),) if _declares(source, name.lower()) else ()

    given = Words("As recorded by who gave it; this is EXDOSE.", "给药者记录的剂量，即 EXDOSE。")
    return (
        SUBJECT,
        Column("DOSE", Words("Number of the record", "记录编号"), "whole"),
        at("DRUG", "code", "DRUG"),
        at("PROGRESS", "code", "DOSE_PROGRESS"),
        Column("PLANNED_NUMBER", Words("Number of the planned dose", "计划给药序号"), "whole"),
        Column("STAGE", Words("Stage of the plan", "给药阶段"), "text"),
        Column("PLANNED_ON", Words("Planned on", "计划日期"), "day"),
        at("ANSWERED_SLOT", "whole"),
        DAY,
        at("STARTED_AT", "instant"),
        at("ENDED_AT", "instant"),
        at("OBSERVED_UNTIL", "instant"),
        at("WEIGHT", "number"),
        at("WEIGHT_DAY"),
        at("PRESCRIBED", "number"),
        at("PREPARED", "number"),
        replace(at("ADMINISTERED", "number"), derivation=given),
        at("UNIT"),
        at("DILUENT", "code", "DILUENT"),
        *where_declared("DILUENT_NOTE"),
        at("DILUENT_ML", "number"),
        *((at("RESIDUAL_ML", "number"),) if _declares(source, "residual_ml") else ()),
        at("PREPARED_AT", "instant"),
        *where_declared("DISCARDED_ON"),
        at("PLACE", "code", "PLACE"),
        *where_declared("PLACE_NOTE"),
        at("SITE", "code", "SITE"),
        *where_declared("SITE_NOTE"),
        at("REACTION", "code", "REACTION"),
        at("REACTION_NOTE"),
        *(_hold_columns(source) if _declares(source, "hold") else ()),
        at("REASON", "code", "DOSE_REASON"),
        at("REASON_NOTE"),
        *ENTERED,
    )


def _hold_columns(source: Source) -> tuple[Column, ...]:
    shown = Words(
        "Codes of HOLD that the record hinted at when it was asked, with blanks between them.",
        "询问时系统依据记录提示的 HOLD 代码，以空格分隔。",
    )
    asked = Words("Empty where nobody was asked: then nothing is known of it.", "空白表示未询问，情况不详。")
    return (
        replace(_at(source, "HOLD", "dose.hold", "code", "HOLD"), derivation=asked),
        replace(_at(source, "HOLD_SHOWN", "dose.hold_shown"), derivation=shown),
    )


def dose_table(source: Source) -> Table:
    """Return every dose that stands, beside the planned dose it fills."""
    planned = _planned(source)
    later = _Later(
        *(_declares(source, code) for code in ("site_note", "discarded_on", "hold", "residual_ml"))
    )
    values = [_row(code, row, planned, later) for code, row in standing(source, Dose)]
    return Table("DOSES", source.protocol.form("dose").label, _dose_columns(source), values)


def _declares(source: Source, code: str) -> bool:
    """Tell whether the package knows a column of a dose: an earlier one has not all of them."""
    return any(field.code == code for field in source.protocol.form("dose").fields())


def _planned(source: Source) -> dict[int, tuple[int, str, Value]]:
    """Return number, stage and day of the planned dose that each record fills."""
    found: dict[int, tuple[int, str, Value]] = {}
    everyone = courses(source.session)
    last = max((dose.on_day for course in everyone.values() for dose in course.records), default=None)
    if last is None:
        return found
    versions = plan_versions(source.session, source.protocol, last)
    for course in everyone.values():
        for due in calendar_of(course, versions, last).slots:
            if due.dose is not None:
                found[due.dose.key] = (due.slot.number, due.slot.stage, due.slot.planned_on)
    return found


@dataclass(frozen=True)
class _Later:
    """Which columns the package knows that an earlier one has not."""

    noted: bool
    discarded: bool
    held: bool
    residual: bool


def _row(code: str, dose: Dose, planned: dict[int, tuple[int, str, Value]], later: _Later) -> list[Value]:
    noted = later.noted
    return [
        code,
        dose.id,
        dose.drug,
        dose.progress,
        *planned.get(dose.id, (None, None, None)),
        dose.answered_slot,
        dose.on_day,
        dose.started_at,
        dose.ended_at,
        dose.observed_until,
        dose.weight,
        dose.weight_day,
        dose.prescribed,
        dose.prepared,
        dose.administered,
        dose.unit,
        dose.diluent,
        *([dose.diluent_note] if noted else []),
        dose.diluent_ml,
        *([dose.residual_ml] if later.residual else []),
        dose.prepared_at,
        *([dose.discarded_on] if later.discarded else []),
        dose.place,
        *([dose.place_note] if noted else []),
        dose.site,
        *([dose.site_note] if noted else []),
        dose.reaction,
        dose.reaction_note,
        *([dose.hold, dose.hold_shown] if later.held else []),
        dose.reason,
        dose.reason_note,
        *entered_values(dose),
    ]


def vials_table(source: Source) -> Table:
    """Return the vials of each dose that stands, a row a lot and strength."""
    columns = (
        SUBJECT,
        Column("DOSE", Words("Number of the dose", "给药记录编号"), "whole"),
        _at(source, "DRUG", "dose.drug", "code", "DRUG"),
        _at(source, "LOT", "dose.lot"),
        _at(source, "STRENGTH", "dose.strength", "number"),
        STRENGTH_UNIT,
        _at(source, "COUNT", "dose.vials", "whole"),
    )
    codes = subject_codes(source)
    rows = source.session.execute(
        select(DoseVials, Dose)
        .join(Dose, Dose.id == DoseVials.dose_id)
        .where(Dose.state == "current")
        .order_by(Dose.subject_id, Dose.on_day, Dose.id, DoseVials.id)
    )
    values: list[list[Value]] = [
        [codes[dose.subject_id], dose.id, dose.drug, used.lot, used.strength, used.unit, used.count]
        for used, dose in rows
        if dose.subject_id in codes
    ]
    return Table("VIALS", Words("Vials of the doses", "给药所用药瓶"), columns, values)


def dispensing_table(source: Source) -> Table:
    """Return every kit handed over that stands: the lots that a home dose can name."""

    def at(name: str, kind: str = "") -> Column:
        return _at(source, name, f"dispensing.{name.lower()}", kind)

    columns = (
        SUBJECT,
        _at(source, "DRUG", "dose.drug", "code", "DRUG"),
        at("KIT"),
        at("LOT"),
        at("EXPIRES_ON"),
        replace(at("STRENGTH", "number"), unit=""),  # each row names its own unit
        STRENGTH_UNIT,
        at("COUNT", "whole"),
        at("ON_DAY"),
        *ENTERED,
    )
    values: list[list[Value]] = [
        [
            *(code, row.drug, row.kit, row.lot, row.expires_on, row.strength, row.unit, row.count),
            *(row.on_day, *entered_values(row)),
        ]
        for code, row in standing(source, Dispensing)
    ]
    return Table("DISPENSING", source.protocol.form("dispensing").label, columns, values)
