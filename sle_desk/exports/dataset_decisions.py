"""The tables of what was decided: each criterion, each signed verdict, each reading of the protocol."""

from __future__ import annotations

import json

from sqlalchemy import select

from sle_desk.base.language import Words
from sle_desk.domain.amendments import APPROVED
from sle_desk.exports.dataset import SUBJECT, Source, subject_codes
from sle_desk.exports.tables import Column, Table, Value
from sle_desk.models.audit import Signature
from sle_desk.models.eligibility import CriterionAnswer, EligibilityDecision
from sle_desk.models.protocol import ProtocolAmendment, ProtocolDecision
from sle_desk.services.amendment_rows import signatures_on
from sle_desk.services.facts import study_fact
from sle_desk.services.waived import waiver_of

# Typed from a paper signed in ink: the day beside the signature, and where the paper is filed.
ON_PAPER = (
    Column("PAPER_SIGNED_ON", Words("Signed on paper on", "纸质签字日期"), "day"),
    Column("PAPER_FILED", Words("Paper filed at", "纸质文件存放处"), "text"),
)


def eligibility_table(source: Source) -> Table:
    """Return the pre-check and the decision on each criterion, with the evidence they were made on."""
    columns = (
        SUBJECT,
        Column("LEAF", Words("Criterion", "入排标准"), "code", codelist="LEAF", source="IETESTCD"),
        Column("PRECHECK", Words("Pre-check", "预审"), "code", codelist="ANSWER"),
        Column("PRECHECK_AT", Words("Pre-checked at", "预审时间"), "instant"),
        Column("DECISION", Words("Decision", "判定"), "code", codelist="ANSWER", source="IEORRES"),
        Column("DECIDED_AT", Words("Decided at", "判定时间"), "instant"),
        Column("REASON", Words("Reason", "理由"), "text"),
        *ON_PAPER,
        Column("READINGS", Words("Readings in force", "适用的方案澄清"), "text"),
        Column("EVIDENCE", Words("Evidence", "依据"), "text"),
    )
    codes = subject_codes(source)
    rows = source.session.scalars(
        select(CriterionAnswer).order_by(CriterionAnswer.subject_id, CriterionAnswer.id)
    )
    values: list[list[Value]] = [
        [
            codes[row.subject_id],
            row.leaf,
            row.precheck,
            row.precheck_at,
            row.decision,
            row.decided_at,
            row.reason,
            row.source_signed_on,
            row.source_reference,
            row.readings,
            row.evidence,
        ]
        for row in rows
        if row.subject_id in codes
    ]
    return Table("ELIGIBILITY", Words("Eligibility", "入排判定"), columns, values)


def verdict_table(source: Source) -> Table:
    """Return every signed verdict on a subject, void ones too with what voided them."""
    columns = (
        SUBJECT,
        Column("VERDICT", Words("Verdict", "结论"), "code", codelist="VERDICT"),
        Column("DECIDED_ON", Words("Decided on", "判定日期"), "day"),
        Column("SIGNED_AT", Words("Signed at", "签字时间"), "instant"),
        Column("SIGNER_ROLE", Words("Role of the signer", "签字人角色"), "code", codelist="ROLE"),
        *ON_PAPER,
        # What it was judged under, which stays so whatever is decided later.
        Column("PACKAGE_VERSION", Words("Version of the protocol package", "方案包版本"), "text"),
        Column("READINGS", Words("Readings in force", "适用的方案澄清"), "text"),
        # Not eligible stays not eligible: a waiver is a deviation beside it.
        Column("WAIVED", Words("Waived by the PI", "经主要研究者豁免"), "code", codelist="YN"),
        Column("WAIVED_CRITERIA", Words("Criteria waived", "豁免的入排标准"), "text"),
        Column("WAIVER_REASON", Words("Reason of the waiver", "豁免理由"), "text"),
        Column("WAIVER_SIGNED_AT", Words("Waiver signed at", "豁免签字时间"), "instant"),
        Column("WAIVER_PAPER_SIGNED_ON", Words("Waiver signed on paper on", "豁免纸质签字日期"), "day"),
        Column("VOID", Words("Void", "已作废"), "code", codelist="YN"),
        Column("VOID_REASON", Words("Why void", "作废原因"), "text"),
    )
    codes = subject_codes(source)
    rows = source.session.execute(
        select(EligibilityDecision, Signature)
        .join(Signature, Signature.id == EligibilityDecision.signature_id)
        .order_by(EligibilityDecision.subject_id, EligibilityDecision.id)
    )
    values: list[list[Value]] = [
        [
            *(codes[row.subject_id], row.verdict, row.decided_on, signed.signed_at, signed.role),
            *(signed.source_signed_on, signed.source_reference),
            *_judged_under(row.content),
            *_waived(source, row.id),
            *("Y" if row.state == "void" else "N", row.void_reason),
        ]
        for row, signed in rows
        if row.subject_id in codes
    ]
    return Table("VERDICTS", Words("Eligibility verdicts", "入排结论"), columns, values)


def _judged_under(content: str) -> tuple[Value, Value]:
    """Return the version of the package and the readings that a verdict was signed under."""
    signed = json.loads(content)
    readings = "; ".join(f"{code} {number}" for code, number in signed["readings"])
    return str(signed["protocol"][1]), readings


def _waived(source: Source, decision_id: int) -> tuple[Value, ...]:
    waiver = waiver_of(source.session, decision_id)
    if waiver is None:
        return "N", None, None, None, None
    on_paper = waiver.ink.signed_on if waiver.ink is not None else None
    return "Y", ", ".join(waiver.leaves), waiver.reason, waiver.signed_at, on_paper


def decision_table(source: Source) -> Table:
    """Return every reading that the PI decided, withdrawn ones too, with what it rests on."""
    columns = (
        Column("CODE", Words("Clarification or setting", "方案澄清或设定"), "text", packaged=True),
        Column("OPTION", Words("Reading", "解读"), "text", packaged=True),
        Column("SETTINGS", Words("Settings", "设定值"), "text", packaged=True),
        Column("OWN_WORDS", Words("Own words", "自述解读"), "text"),
        Column("BASIS", Words("Basis", "依据类型"), "text", packaged=True),
        Column("DOCUMENT", Words("Document", "文件"), "text"),
        Column("SECTION", Words("Section", "章节"), "text"),
        Column("APPROVAL_NUMBER", Words("Approval number", "批件号"), "text"),
        Column("APPROVED_ON", Words("Approved on", "批准日期"), "day"),
        Column("EFFECTIVE_FROM", Words("In force from", "生效日期"), "day"),
        Column("REASON", Words("Reason", "理由"), "text"),
        Column("DECIDED_AT", Words("Decided at", "决定时间"), "instant"),
        *ON_PAPER,
        Column("WITHDRAWN_ON", Words("Withdrawn on", "撤回日期"), "day"),
        Column("WITHDRAWN_REASON", Words("Why withdrawn", "撤回原因"), "text"),
    )
    rows = source.session.execute(
        select(ProtocolDecision, Signature)
        .join(Signature, Signature.id == ProtocolDecision.signature_id)
        .order_by(ProtocolDecision.id)
    )
    values: list[list[Value]] = [
        [
            *(row.code, row.option, row.settings, row.own_words, row.basis, row.document, row.section),
            *(row.approval_number, row.approved_on, row.effective_from, row.reason, row.decided_at),
            *(signed.source_signed_on, signed.source_reference, row.withdrawn_on, row.withdrawn_reason),
        ]
        for row, signed in rows
    ]
    return Table("DECISIONS", Words("Decisions on the protocol", "方案决定"), columns, values)


def versions_table(source: Source) -> Table:
    """Return every version of the protocol package: the one the study was made with, and each amendment."""
    columns = (
        Column("PACKAGE_VERSION", Words("Version of the protocol package", "方案包版本"), "text"),
        Column("FOLLOWS", Words("Follows version", "所接续版本"), "text"),
        Column("STATE", Words("State", "状态"), "code", codelist="AMENDMENT"),
        Column("EFFECTIVE_FROM", Words("In force from", "生效日期"), "day"),
        Column("DOCUMENT", Words("Document", "文件"), "text"),
        Column("APPROVAL_NUMBER", Words("Approval number", "批件号"), "text"),
        Column("APPROVED_ON", Words("Approved on", "批准日期"), "day"),
        Column("REASON", Words("Reason", "理由"), "text"),
        Column("IMPORTED_AT", Words("Imported at", "导入时间"), "instant"),
        Column("DECIDED_AT", Words("Decided at", "决定时间"), "instant"),
        *ON_PAPER,
        # Approved and taken back before its day: it never was in force.
        Column("WITHDRAWN_AT", Words("Withdrawn at", "撤回时间"), "instant"),
        Column("WITHDRAWN_REASON", Words("Why withdrawn", "撤回原因"), "text"),
        Column("PACKAGE_SHA256", Words("SHA-256 of the package", "方案包 SHA-256"), "text", packaged=True),
    )
    first, sealed = source.protocol.versions[-1], study_fact(source.session, "package_hash")
    made_with: list[Value] = [first.version, None, APPROVED, *[None] * 11, sealed]
    signed = signatures_on(source.session)
    rows = source.session.scalars(select(ProtocolAmendment).order_by(ProtocolAmendment.id))
    brought: list[list[Value]] = [
        [
            *(row.package_version, row.base_version, row.state, row.effective_from, row.document),
            *(row.approval_number, row.approved_on, row.reason, row.imported_at, row.decided_at),
            *_signed(signed.get(row.id, ())),
            row.package_sha256,
        ]
        for row in rows
    ]
    return Table(
        "PROTOCOL_VERSIONS", Words("Versions of the protocol", "方案版本"), columns, [made_with, *brought]
    )


def _signed(signatures: tuple[Signature, ...]) -> tuple[Value, ...]:
    """Return of which paper an approval was typed, and when and why it was withdrawn."""
    if not signatures:
        return None, None, None, None
    approved, *withdrawn = signatures
    ended = (withdrawn[0].signed_at, approved.void_reason) if withdrawn else (None, None)
    return approved.source_signed_on, approved.source_reference, *ended
