"""The protocol package inside the study, and what was decided of what it leaves open."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Row


class ProtocolFile(Row):
    """One file of the protocol package, verbatim, with its SHA-256."""

    __tablename__ = "protocol_file"
    package: Mapped[str]
    package_version: Mapped[str]
    name: Mapped[str]
    content: Mapped[str]
    sha256: Mapped[str]
    # The amendment that brought it; none for the package the study was made with.
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("protocol_amendment.id"))


class ProtocolAmendment(Row):
    """A later version of the protocol package: proposed, then approved with its basis, or rejected."""

    __tablename__ = "protocol_amendment"
    package: Mapped[str]
    package_version: Mapped[str]
    # Over name and content of every file, as the study's own; and of the file that was carried here.
    package_sha256: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    # The version that it was compared with when it was imported.
    base_version: Mapped[str]
    imported_at: Mapped[datetime]
    imported_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(default="proposed")
    document: Mapped[str] = mapped_column(default="")
    approval_number: Mapped[str] = mapped_column(default="")
    approved_on: Mapped[date | None]
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("ethics_approval.id"))
    effective_from: Mapped[date | None]
    # Why it was approved or rejected, and by whom.
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))


class StudyFact(Row):
    """One fact about the study file itself, by name (study number, title, demonstration)."""

    __tablename__ = "study_fact"
    name: Mapped[str] = mapped_column(unique=True)
    value: Mapped[str]


class EthicsApproval(Row):
    """One line of the ethics register: an approval, what it covers and until when it holds."""

    __tablename__ = "ethics_approval"
    kind: Mapped[str]
    approval_number: Mapped[str]
    committee: Mapped[str]
    approved_on: Mapped[date]
    valid_until: Mapped[date | None]
    document: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    # What it covers, as the paper says it: a version of the protocol, versions of the consent form.
    covers_protocol: Mapped[str] = mapped_column(default="")
    covers_consents: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(default="current")
    void_reason: Mapped[str] = mapped_column(default="")


class ApprovedWords(Row):
    """The approved protocol's own words for one criterion or clarification, as the site entered them."""

    __tablename__ = "approved_words"
    target: Mapped[str] = mapped_column(index=True)
    words: Mapped[str]
    document_version: Mapped[str]
    section: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))


class ProtocolDecision(Row):
    """The PI's decision on a clarification or an open setting, with its basis and signature."""

    __tablename__ = "protocol_decision"
    code: Mapped[str] = mapped_column(index=True)
    option: Mapped[str] = mapped_column(default="")
    # Settings set by the decision, as canonical JSON: setting code to value.
    settings: Mapped[str] = mapped_column(default="{}")
    own_words: Mapped[str] = mapped_column(default="")
    basis: Mapped[str]
    document: Mapped[str]
    section: Mapped[str] = mapped_column(default="")
    approval_number: Mapped[str] = mapped_column(default="")
    approved_on: Mapped[date]
    effective_from: Mapped[date]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    # The registry's words it was decided on, as canonical JSON, and the SHA-256 of that text.
    quotes: Mapped[str] = mapped_column(default="[]")
    quotes_sha256: Mapped[str] = mapped_column(default="")
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))
    # The day from which it no longer holds; what was judged under it before keeps its reading.
    withdrawn_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    # The line of the ethics register that the number and the day of its approval were taken from.
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("ethics_approval.id"))
