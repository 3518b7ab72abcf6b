"""Pauses of study drugs as tables: each step, each planned dose that one left out, and how much was given."""

from __future__ import annotations

from collections.abc import Iterator

from sle_desk.base.language import Words
from sle_desk.domain.compliance import Compliance, compliance
from sle_desk.domain.dose_matching import PAUSED
from sle_desk.domain.pauses import FORM
from sle_desk.exports.dataset import (
    ENTERED,
    SUBJECT,
    Source,
    column_for,
    declared,
    entered_values,
    standing,
)
from sle_desk.exports.tables import Column, Table, Value
from sle_desk.models.treatment import DosePause
from sle_desk.services.courses import Course, courses
from sle_desk.services.plan import Calendar, calendar_of, plan_versions

_UNTIL = Words(
    "Of the doses planned before the day of the export, by the plan as it stands that day; none before the "
    "first dose, while day 1 is not known.",
    "仅计导出日之前的计划给药，按导出当日的计划；首次给药前无第1天，不计。",
)
_PLANNED = Words(
    "Paused doses are counted here: the protocol names no other denominator, and PAUSED says how many "
    "they are.",
    "含暂停期内的计划给药：方案未规定其他分母，其数目见 PAUSED。",
)
_BEYOND = Words(
    "Given before the day of the export and filling no planned dose; in the stage of the last dose planned "
    "by its day.",
    "导出日之前给药且不对应任何计划给药；计入该日或之前最近一次计划给药所在的阶段。",
)
_IN_ALL = Words(
    "GIVEN and BEYOND_PLAN: the numerator of compliance; PLANNED is its denominator.",
    "GIVEN 与 BEYOND_PLAN 之和：依从性的分子；分母为 PLANNED。",
)


def pause_table(source: Source) -> Table:
    """Return every step into a pause or out of it that stands; none by a package without pauses."""

    def at(name: str, kind: str = "", codelist: str = "") -> Column:
        return column_for(name, declared(source.protocol, f"{FORM}.{name.lower()}"), kind, codelist)

    columns = (
        SUBJECT,
        Column("STEP", Words("Number of the record", "记录编号"), "whole"),
        at("KIND", "code", "PAUSE"),
        at("DRUG", "code", "DRUG"),
        at("ON_DAY"),
        at("REASON", "code", "PAUSE_REASON"),
        at("NOTE"),
        *ENTERED,
    )
    values: list[list[Value]] = [
        [
            *(code, row.id, row.kind, row.drug, row.on_day, row.reason, row.note),
            *entered_values(row),
        ]
        for code, row in standing(source, DosePause)
    ]
    return Table("PAUSES", source.protocol.form(FORM).label, columns, values)


def paused_dose_table(source: Source) -> Table:
    """Return every planned dose up to the day of the export that lies in a pause and was not given."""
    columns = (
        SUBJECT,
        column_for("DRUG", declared(source.protocol, "dose.drug"), "code", "DRUG"),
        Column("PLANNED_NUMBER", Words("Number of the planned dose", "计划给药序号"), "whole"),
        Column("STAGE", Words("Stage of the plan", "给药阶段"), "text"),
        Column("PLANNED_ON", Words("Planned on", "计划日期"), "day"),
        Column("PAUSED_SINCE", Words("Paused since", "暂停首日"), "day"),
    )
    values: list[list[Value]] = [
        [course.code, each.slot.drug, each.slot.number, each.slot.stage, each.slot.planned_on, pause.since]
        for course, calendar in _dated(source)
        for each in calendar.slots
        if each.state == PAUSED and each.slot.planned_on <= calendar.on
        if (pause := each.slot.pause) is not None
    ]
    return Table("PAUSED_DOSES", Words("Planned doses paused", "暂停的计划给药"), columns, values)


def compliance_table(source: Source) -> Table:
    """Return how many of the planned doses were given: each subject, drug and stage, then the whole drug."""
    columns = (
        SUBJECT,
        column_for("DRUG", declared(source.protocol, "dose.drug"), "code", "DRUG"),
        Column("STAGE", Words("Stage of the plan; empty for all stages", "给药阶段；空白为全部"), "text"),
        Column(
            "PLANNED", Words("Doses planned", "计划给药次数"), "whole", derivation=_both(_UNTIL, _PLANNED)
        ),
        Column("GIVEN", Words("Of them given", "其中已给药"), "whole"),
        Column("ON_PLANNED_DAY", Words("Given on the planned day", "于计划日期给药"), "whole"),
        Column("MISSED", Words("Recorded as missed", "记录为未给药"), "whole"),
        Column("PAUSED", Words("In a pause and not given", "暂停期内未给药"), "whole"),
        Column("UNRECORDED", Words("Nothing recorded", "无记录"), "whole"),
        Column("BEYOND_PLAN", Words("Given beyond the plan", "计划外给药次数"), "whole", derivation=_BEYOND),
        Column("GIVEN_IN_ALL", Words("Doses given in all", "给药总次数"), "whole", derivation=_IN_ALL),
    )
    values = [
        _counts(course.code, row)
        for course, calendar in _dated(source)
        for row in compliance((each.slot for each in calendar.slots), course.records, calendar.on)
    ]
    return Table("COMPLIANCE", Words("Compliance", "依从性"), columns, values)


def _both(one: Words, two: Words) -> Words:
    return Words(f"{one.en} {two.en}", f"{one.zh}{two.zh}")


def _counts(code: str, row: Compliance) -> list[Value]:
    planned = (row.planned, row.given, row.on_planned_day, row.missed, row.paused, row.unrecorded)
    return [code, row.drug, row.stage or "", *planned, row.beyond, row.given_in_all]


def _dated(source: Source) -> Iterator[tuple[Course, Calendar]]:
    """Yield the courses whose day 1 is known with their plans on the day of the export."""
    versions = plan_versions(source.session, source.protocol, source.as_of)
    for course in courses(source.session).values():
        if course.arm and course.day_one is not None:
            yield course, calendar_of(course, versions, source.as_of)
