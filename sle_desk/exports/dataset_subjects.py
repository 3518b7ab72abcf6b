"""One row a subject, and the tables of consents, visits, deviations, queries and the audit."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.language import Words
from sle_desk.domain.consent_rules import TAKES_UP
from sle_desk.domain.leaving import COMPLETED, DRUG_STOP
from sle_desk.domain.values import age_on
from sle_desk.exports.dataset import (
    DAY,
    ENTERED,
    LATER,
    RECORDED_AT,
    SUBJECT,
    VISIT,
    Preset,
    Source,
    column_for,
    declared,
    entered_values,
    standing,
    subject_codes,
)
from sle_desk.exports.dataset_allocation import MARKS, marks_of
from sle_desk.exports.dataset_course import course_columns, course_rows
from sle_desk.exports.hiding import asks_of_dosing, is_of_dosing, left_out_records
from sle_desk.exports.tables import Column, Table, Value
from sle_desk.models.allocation import Allocation
from sle_desk.models.audit import Audit
from sle_desk.models.lab import Result, Sample
from sle_desk.models.safety import Deviation, Query
from sle_desk.models.subject import Consent, Disposition, Subject
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.deviation_records import RECORDED
from sle_desk.services.deviations import VOID
from sle_desk.services.masking import MASK
from sle_desk.services.subjects import day_one, subject_state
from sle_desk.services.withdrawals import taken_up

NOT_COMPLETED = Words(
    "Who completed the study stands as on treatment until database lock: when it ends follows the last dose.",
    "锁库前，已完成研究者仍列为治疗期：研究结束时间由末次给药推算。",
)


def subject_table(source: Source, preset: Preset) -> Table:
    """Return one row for each subject that stands; the arm only where the preset may show it."""

    def at(name: str, key: str, kind: str = "", codelist: str = "") -> Column:
        return column_for(name, declared(source.protocol, key), kind, codelist)

    state = at("STATE", "subject.state", "code", "STATE")
    columns = [
        SUBJECT,
        at("SCREENING_NUMBER", "subject.screening_number"),
        at("SEX", "register.sex", "code", "REGISTER.SEX"),
        at("BIRTH_YEAR", "subject.birth_year", "whole"),
        at("AGE_AT_CONSENT", "subject.age_at_consent", "whole"),
        at("CONSENT_DATE", "consent.signed_on"),
        state if preset.arm else replace(state, derivation=NOT_COMPLETED),
        at("RANDOMISATION_NUMBER", "subject.randomisation_number"),
        at("RANDOMISED_AT", "subject.allocated_at", "instant"),
    ]
    columns += MARKS
    if preset.arm:
        columns += [at("ARM", "subject.arm", "code", "ARM"), at("DAY_ONE", "subject.day_one")]
    columns += course_columns(source, preset)
    ways = course_rows(source, preset)
    rows = [
        [*_subject_row(source, subject, preset), *ways.values(subject.id)] for subject in _subjects(source)
    ]
    return Table("SUBJECTS", Words("One row a subject", "受试者（每人一行）"), tuple(columns), rows)


def _subjects(source: Source) -> list[Subject]:
    query = select(Subject).where(Subject.state == "current").order_by(Subject.number)
    return list(source.session.scalars(query))


def _subject_row(source: Source, subject: Subject, preset: Preset) -> list[Value]:
    session = source.session
    signed = session.scalar(
        select(Consent.signed_on)
        .where(Consent.subject_id == subject.id, Consent.state == "current")
        .order_by(Consent.signed_on)
        .limit(1)
    )
    allocation = session.scalar(select(Allocation).where(Allocation.subject_id == subject.id))
    row: list[Value] = [
        subject.code,
        subject.screening_number,
        subject.sex,
        subject.birth_date.year,
        age_on(subject.birth_date, signed) if signed else None,
        signed,
        _state(session, subject, allocation, preset),
        allocation.randomisation_number if allocation else None,
        allocation.allocated_at if allocation else None,
    ]
    row += marks_of(session, allocation, preset)
    if preset.arm:
        row += [allocation.arm if allocation else None, day_one(session, subject.id)]
    return row


def _state(session: Session, subject: Subject, allocation: Allocation | None, preset: Preset) -> str:
    state = subject_state(session, subject, allocation.arm if allocation else None)
    return "treatment" if state == "complete" and not preset.arm else state


def consent_table(source: Source) -> Table:
    """Return every consent that stands."""
    names = ("consent_version", "signed_on", "signed_time", "explained_by", "copy_given")
    fields = [declared(source.protocol, f"consent.{name}") for name in names if name != "explained_by"]
    codelists = {"copy_given": "CONSENT.COPY_GIVEN"}
    columns = [
        SUBJECT,
        *(column_for(field.code.upper(), field, codelist=codelists.get(field.code, "")) for field in fields),
        *(
            Column(f"TAKES_UP_{scope.upper()}", said, "code", codelist="YN")
            for scope, said in TAKES_UP.items()
        ),
        LATER,
        RECORDED_AT,
    ]
    codes = subject_codes(source)
    rows = source.session.scalars(
        select(Consent).where(Consent.state == "current").order_by(Consent.subject_id, Consent.signed_on)
    )
    values: list[list[Value]] = [
        [
            codes[row.subject_id],
            *(getattr(row, field.code) for field in fields),
            *((taken_up(row) or {}).get(scope) for scope in TAKES_UP),
            "Y" if row.entered_later else "N",
            row.recorded_at,
        ]
        for row in rows
        if row.subject_id in codes
    ]
    return Table("CONSENT", source.protocol.form("consent").label, tuple(columns), values)


def visit_table(source: Source) -> Table:
    """Return every visit that stands."""
    reason = column_for("NOT_DONE_REASON", declared(source.protocol, "visit.not_done_reason"))
    values: list[list[Value]] = [
        [code, row.code, row.id, row.on_day, row.not_done_reason, *entered_values(row)]
        for code, row in standing(source, Visit)
    ]
    columns = (SUBJECT, *VISIT, DAY, reason, *ENTERED)
    return Table("VISITS", source.protocol.form("visit").label, columns, values)


def disposition_table(source: Source, preset: Preset) -> Table:
    """Return every step out that stands; the stop of one drug, and completing, only where arms may show."""

    def at(name: str, kind: str = "", codelist: str = "") -> Column:
        return column_for(name, declared(source.protocol, f"disposition.{name.lower()}"), kind, codelist)

    columns = (
        SUBJECT,
        at("KIND", "code", "DISPOSITION"),
        at("DRUG", "code", "DRUG" if preset.arm else ""),
        at("ON_DAY"),
        at("REASON", "code", "DISPOSITION_REASON"),
        at("NOTE"),
        *ENTERED,
    )
    values: list[list[Value]] = [
        [
            *(code, row.kind, row.drug, row.on_day, row.reason, row.note),
            *entered_values(row),
        ]
        for code, row in standing(source, Disposition)
        if preset.arm or row.kind not in (DRUG_STOP, COMPLETED)
    ]
    return Table("DISPOSITIONS", source.protocol.form("disposition").label, columns, values)


def deviation_table(source: Source, preset: Preset) -> Table:
    """Return every deviation that stands, proposed or settled.

    Where the preset may not show the arm, those of doses are left out and what people wrote is masked.
    """
    codes, left_out = subject_codes(source), left_out_records(source, preset)

    def at(name: str, key: str) -> Column:
        return column_for(name, declared(source.protocol, f"deviation.{key}"))

    def own(words: str) -> str:
        return words if preset.arm or not words else MASK

    # An earlier package declares none of these.
    judged = (
        (
            column_for("KIND", declared(source.protocol, "deviation.category"), "code", "DEVIATION.CATEGORY"),
            column_for("EFFECT", declared(source.protocol, "deviation.effect"), "code", "DEVIATION.EFFECT"),
            at("CAPA", "capa"),
            at("ETHICS_ON", "ethics_on"),
        )
        if any(field.code == "category" for field in source.protocol.form("deviation").fields())
        else ()
    )
    columns = (
        SUBJECT,
        at("DEVIATION", "code"),
        at("SEVERITY", "severity"),
        DAY,
        at("PROGRESS", "progress"),
        Column("FACTS", Words("Facts", "事实"), "text"),
        at("EXPLANATION", "explanation"),
        Column("PROPOSED_AT", Words("Proposed at", "提出时间"), "instant"),
        *judged,
        # Settled on what the records show no more, or by other figures; a person looked at that, or not yet.
        Column("GROUND", Words("Ground in the records", "记录依据"), "text"),
    )
    values: list[list[Value]] = [
        [
            codes.get(row.subject_id or 0, ""),
            row.code,
            row.severity,
            row.on_day,
            row.progress,
            row.facts if preset.arm or row.code != RECORDED else MASK,
            own(row.explanation),
            row.proposed_at,
            *((row.category or None, row.effect or None, own(row.capa), row.ethics_on) if judged else ()),
            row.ground or None,
        ]
        for row in source.session.scalars(
            select(Deviation).where(Deviation.progress != VOID).order_by(Deviation.id)
        )
        if (row.subject_id is None or row.subject_id in codes)
        and (preset.arm or not is_of_dosing(row, source.protocol))
        and (row.about_table, row.about_id) not in left_out
    ]
    return Table("DEVIATIONS", source.protocol.form("deviation").label, columns, values)


def query_table(source: Source, preset: Preset) -> Table:
    """Return every query about a record that stands; of doses only where the preset may show the arm."""
    codes, left_out = subject_codes(source), left_out_records(source, preset)
    void = _void_records(source.session)
    columns = (
        SUBJECT,
        Column("RECORD", Words("Record", "记录"), "text"),
        Column("FIELD", Words("Field", "字段"), "text"),
        Column("QUESTION", Words("Question", "质疑"), "text"),
        Column("PROGRESS", Words("Progress", "处理状态"), "text"),
        Column("RAISED_AT", Words("Raised at", "提出时间"), "instant"),
        Column("ANSWER", Words("Answer", "答复"), "text"),
    )
    values: list[list[Value]] = [
        [
            codes.get(row.subject_id or 0, ""),
            f"{row.about_table} {row.about_id}",
            row.field,
            row.question,
            row.progress,
            row.raised_at,
            row.answer,
        ]
        for row in source.session.scalars(select(Query).order_by(Query.id))
        if (row.subject_id is None or row.subject_id in codes)
        and (row.about_table, row.about_id) not in void
        and (preset.arm or not asks_of_dosing(row, source.protocol))
        and (row.about_table, row.about_id) not in left_out
    ]
    return Table("QUERIES", Words("Queries", "质疑"), columns, values)


def _void_records(session: Session) -> frozenset[tuple[str, int]]:
    """Return table and number of each form and result that was entered in error."""
    forms = session.scalars(select(FormRecord.id).where(FormRecord.state == "void"))
    results = session.scalars(
        select(Result.id).join(Sample, Sample.id == Result.sample_id).where(Sample.state == "void")
    )
    return frozenset(
        [*(("form_record", row_id) for row_id in forms), *(("result", row_id) for row_id in results)]
    )


def audit_table(source: Source) -> Table:
    """Return who changed what and why; contents stay behind their hash, since they can identify."""
    columns = (
        Column("NUMBER", Words("Audit number", "稽查号"), "whole"),
        Column("AT", Words("At", "时间"), "instant"),
        Column("USER", Words("User", "用户"), "text"),
        Column("ROLE", Words("Role", "角色"), "text"),
        Column("ACTION", Words("Action", "操作"), "text"),
        Column("REASON", Words("Reason", "原因"), "text"),
        Column("RECORD", Words("Record", "记录"), "text"),
        Column("OPERATION", Words("Operation", "类型"), "text"),
        Column("PAYLOAD_HASH", Words("Hash of the content", "内容哈希"), "text"),
        Column("LINK", Words("Link of the chain", "链值"), "text"),
    )
    values: list[list[Value]] = [
        [
            row.number,
            row.at,
            row.user,
            row.role,
            row.action,
            row.reason,
            f"{row.table_name} {row.row_id}" if row.table_name else "",
            row.operation,
            row.payload_hash,
            row.link,
        ]
        for row in source.session.scalars(select(Audit).order_by(Audit.number))
    ]
    return Table("AUDIT", Words("Audit", "稽查轨迹"), columns, values)
