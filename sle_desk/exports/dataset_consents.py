"""The screening log, versions of the consent form, who did not sign a newer one, and the ethics register."""

from __future__ import annotations

from sqlalchemy import select

from sle_desk.base.language import Words
from sle_desk.domain.screening import VOID
from sle_desk.exports.dataset import (
    DAY,
    LATER,
    RECORDED_AT,
    SUBJECT,
    Source,
    column_for,
    declared,
    subject_codes,
)
from sle_desk.exports.tables import Column, Table, Value
from sle_desk.models.protocol import EthicsApproval
from sle_desk.models.subject import ConsentVersion, NotReconsented
from sle_desk.services.screening_log import screening_log_in

APPROVAL = Column("APPROVAL_NUMBER", Words("Ethics approval no.", "伦理批件号"), "text")
APPROVED_ON = Column("APPROVED_ON", Words("Approved on", "批准日期"), "day")
VALID_UNTIL = Column("VALID_UNTIL", Words("Valid until", "有效期至"), "day")
REASON_DERIVED = Words(
    "The coded reason of the screen failure; empty where criteria not met are listed beside it.",
    "筛选失败的编码原因；若另列出不符合的入排条目，则为空。",
)


def screening_table(source: Source) -> Table:
    """Return a row for each screening that stands, with its outcome and what it goes on from."""
    columns = (
        SUBJECT,
        column_for("SCREENING_NUMBER", declared(source.protocol, "subject.screening_number")),
        Column("REGISTERED_ON", Words("Registered on", "登记日期"), "day"),
        column_for("CONSENT_DATE", declared(source.protocol, "consent.signed_on")),
        column_for("CONSENT_VERSION", declared(source.protocol, "consent.consent_version")),
        Column("OUTCOME", Words("Outcome of the screening", "筛选结果"), "code", codelist="SCREENING"),
        Column("OUTCOME_ON", Words("Outcome on", "结果日期"), "day"),
        Column("CRITERIA_NOT_MET", Words("Criteria not met", "不符合的入排条目"), "text"),
        Column(
            "REASON",
            Words("Reason", "原因"),
            "code",
            codelist="DISPOSITION_REASON",
            derivation=REASON_DERIVED,
        ),
        column_for("NOTE", declared(source.protocol, "disposition.note")),
        Column("RESCREEN_OF", Words("Screened before as", "前次筛选号"), "text"),
        Column("RESCREENED_AS", Words("Screened again as", "重新筛选号"), "text"),
    )
    values: list[list[Value]] = [
        [
            *(row.code, row.screening_number, row.registered_on, row.consent_on, row.consent_version),
            *(row.outcome, row.outcome_on, " ".join(row.leaves), row.reason or None, row.note),
            *(row.rescreen_of, row.rescreened_as),
        ]
        for row in screening_log_in(source.session).rows
        if row.outcome != VOID
    ]
    return Table("SCREENING", Words("Screening log", "筛选入选表"), columns, values)


def consent_version_table(source: Source) -> Table:
    """Return the versions of the consent form with their approvals and whether older consents are renewed."""
    columns = (
        Column("CODE", Words("Version", "版本号"), "text"),
        Column("VERSION_DAY", Words("Version date", "版本日期"), "day"),
        APPROVAL,
        APPROVED_ON,
        Column("USED_FROM", Words("Used from", "启用日期"), "day"),
        VALID_UNTIL,
        Column(
            "RECONSENT",
            Words("Signed anew by who signed an older one", "已签旧版者需重新签署"),
            "code",
            codelist="YN",
        ),
        Column("RECONSENT_BY", Words("Signed anew by", "重新签署期限"), "day"),
    )
    values: list[list[Value]] = [
        [
            *(row.code, row.version_day, row.approval_number, row.approved_on),
            *(row.used_from or row.approved_on, row.valid_until, row.reconsent or None, row.reconsent_by),
        ]
        for row in source.session.scalars(select(ConsentVersion).order_by(ConsentVersion.version_day))
    ]
    return Table("CONSENT_VERSIONS", Words("Consent versions", "知情同意书版本"), columns, values)


def not_reconsented_table(source: Source) -> Table:
    """Return why subjects who were to sign a newer version did not."""
    columns = (
        SUBJECT,
        column_for("CONSENT_VERSION", declared(source.protocol, "consent.consent_version")),
        DAY,
        Column("REASON", Words("Why it was not signed", "未签署原因"), "code", codelist="NOT_RECONSENTED"),
        Column("NOTE", Words("Note", "说明"), "text"),
        LATER,
        RECORDED_AT,
    )
    codes = subject_codes(source)
    rows = source.session.execute(
        select(NotReconsented, ConsentVersion.code)
        .join(ConsentVersion, ConsentVersion.id == NotReconsented.consent_version_id)
        .where(NotReconsented.state == "current")
        .order_by(NotReconsented.subject_id, NotReconsented.id)
    )
    values: list[list[Value]] = [
        [
            *(codes[row.subject_id], version, row.on_day, row.reason, row.note),
            *("Y" if row.entered_later else "N", row.recorded_at),
        ]
        for row, version in rows
        if row.subject_id in codes
    ]
    return Table("NOT_RECONSENTED", Words("Newer consent not signed", "未重新签署知情同意"), columns, values)


def ethics_table(source: Source) -> Table:
    """Return the lines of the ethics register that stand."""
    columns = (
        Column("KIND", Words("What was approved", "批准内容"), "code", codelist="ETHICS"),
        APPROVAL,
        Column("COMMITTEE", Words("Ethics committee", "伦理委员会"), "text"),
        APPROVED_ON,
        VALID_UNTIL,
        Column("DOCUMENT", Words("Document", "文件名称"), "text"),
        Column("FILED_AT", Words("Where it is filed", "存放处"), "text"),
        Column("COVERS_PROTOCOL", Words("Covers protocol version", "涵盖的方案版本"), "text"),
        Column("COVERS_CONSENTS", Words("Covers consent versions", "涵盖的知情同意书版本"), "text"),
        RECORDED_AT,
    )
    values: list[list[Value]] = [
        [
            *(row.kind, row.approval_number, row.committee, row.approved_on, row.valid_until),
            *(row.document, row.reference, row.covers_protocol, row.covers_consents, row.recorded_at),
        ]
        for row in source.session.scalars(
            select(EthicsApproval)
            .where(EthicsApproval.state == "current")
            .order_by(EthicsApproval.approved_on, EthicsApproval.id)
        )
    ]
    return Table("ETHICS", Words("Ethics register", "伦理登记"), columns, values)
