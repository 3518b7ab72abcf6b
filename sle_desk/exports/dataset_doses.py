"""Doses as a long table: what was planned, prescribed, prepared and given, and the vials they came from."""

from __future__ import annotations

from sqlalchemy import select

from sle_desk.base.language import Words
from sle_desk.exports.dataset import (
    DAY,
    LATER,
    RECORDED_AT,
    REFERENCE,
    SOURCE,
    SUBJECT,
    Source,
    subject_codes,
)
from sle_desk.exports.tables import Column, Table, Value
from sle_desk.models.treatment import Dose, DoseVials
from sle_desk.services.courses import courses
from sle_desk.services.plan import calendar_of, plan_versions

DRUG = Column("DRUG", Words("Drug", "药物"), "code", codelist="DRUG", source="EXTRT")
AMOUNT_UNIT = Column("UNIT", Words("Unit of the dose", "剂量单位"), "text", source="EXDOSU")
COLUMNS = (
    SUBJECT,
    Column("DOSE", Words("Number of the record", "记录编号"), "whole"),
    DRUG,
    Column("PROGRESS", Words("Progress", "状态"), "code", codelist="DOSE_PROGRESS"),
    Column("PLANNED_NUMBER", Words("Number of the planned dose", "计划给药序号"), "whole"),
    Column("STAGE", Words("Stage of the plan", "给药阶段"), "text"),
    Column("PLANNED_ON", Words("Planned on", "计划日期"), "day"),
    DAY,
    Column("STARTED_AT", Words("Started at", "开始时间"), "instant", source="EXSTDTC"),
    Column("ENDED_AT", Words("Ended at", "结束时间"), "instant", source="EXENDTC"),
    Column("OBSERVED_UNTIL", Words("Observed until", "观察至"), "instant"),
    Column("WEIGHT", Words("Weight used", "所用体重"), "number", unit="kg"),
    Column("WEIGHT_DAY", Words("Day of the weight used", "所用体重的日期"), "day"),
    Column("PRESCRIBED", Words("Prescribed amount", "处方剂量"), "number"),
    Column("PREPARED", Words("Prepared amount", "配制剂量"), "number"),
    Column(
        "ADMINISTERED",
        Words("Administered amount", "实际给药剂量"),
        "number",
        source="EXDOSE",
        derivation=Words("As recorded by who gave it; this is EXDOSE.", "给药者记录的剂量，即 EXDOSE。"),
    ),
    AMOUNT_UNIT,
    Column("DILUENT_ML", Words("Volume of the diluent", "稀释液体积"), "number", unit="mL"),
    Column("PLACE", Words("Place", "给药地点"), "code", codelist="PLACE"),
    Column("SITE", Words("Injection site", "注射部位"), "code", codelist="SITE", source="EXLOC"),
    Column("REACTION", Words("Reaction", "反应"), "code", codelist="REACTION"),
    Column("REACTION_NOTE", Words("Reaction, in words", "反应说明"), "text"),
    Column("REASON", Words("Reason", "原因"), "code", codelist="DOSE_REASON"),
    Column("REASON_NOTE", Words("Reason, in words", "原因说明"), "text"),
    SOURCE,
    REFERENCE,
    LATER,
    RECORDED_AT,
)


def dose_table(source: Source) -> Table:
    """Return every dose that stands, beside the planned dose it fills."""
    codes = subject_codes(source)
    rows = source.session.scalars(
        select(Dose).where(Dose.state == "current").order_by(Dose.subject_id, Dose.on_day, Dose.id)
    )
    planned = _planned(source)
    values = [_row(codes[row.subject_id], row, planned) for row in rows if row.subject_id in codes]
    return Table("DOSES", Words("Doses", "给药"), COLUMNS, values)


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


def _row(code: str, dose: Dose, planned: dict[int, tuple[int, str, Value]]) -> list[Value]:
    return [
        code,
        dose.id,
        dose.drug,
        dose.progress,
        *planned.get(dose.id, (None, None, None)),
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
        dose.diluent_ml,
        dose.place,
        dose.site,
        dose.reaction,
        dose.reaction_note,
        dose.reason,
        dose.reason_note,
        dose.source,
        dose.source_reference,
        "Y" if dose.entered_later else "N",
        dose.recorded_at,
    ]


def vials_table(source: Source) -> Table:
    """Return the vials of each dose that stands, a row a lot and strength."""
    columns = (
        SUBJECT,
        Column("DOSE", Words("Number of the dose", "给药记录编号"), "whole"),
        DRUG,
        Column("LOT", Words("Lot", "批号"), "text", source="EXLOT"),
        Column("STRENGTH", Words("Strength of one vial", "每瓶规格"), "number"),
        Column("UNIT", Words("Unit of the strength", "规格单位"), "text"),
        Column("COUNT", Words("Vials", "瓶数"), "whole"),
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
