"""Subjects, who they are, their consents and how they leave."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Record, Row


class Subject(Row):
    """One screened person; the number is given by the application and never used again."""

    __tablename__ = "subject"
    number: Mapped[int] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True, info={"field": "subject.code"})
    screening_number: Mapped[str] = mapped_column(unique=True, info={"field": "subject.screening_number"})
    sex: Mapped[str] = mapped_column(info={"field": "register.sex"})
    birth_date: Mapped[date] = mapped_column(info={"field": "register.birth_date"})
    registered_at: Mapped[datetime]
    registered_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    protocol_version: Mapped[str]
    state: Mapped[str] = mapped_column(default="current")
    void_reason: Mapped[str] = mapped_column(default="")
    # Registered twice: this record points at the one that stands; both are kept.
    same_as: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    # Screened again: the record of the same person whose screening failed before; both stand.
    rescreen_of: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))


class Identity(Row):
    """Who the subject is: kept apart, shown to ward roles, in no print and no export."""

    __tablename__ = "identity"
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), unique=True)
    name: Mapped[str] = mapped_column(info={"field": "register.name"})
    initials: Mapped[str] = mapped_column(info={"field": "register.initials"})
    identity_kind: Mapped[str] = mapped_column(info={"field": "register.identity_kind"})
    identity_number: Mapped[str] = mapped_column(info={"field": "register.identity_number"})
    phone: Mapped[str] = mapped_column(default="", info={"field": "register.phone"})


class ConsentVersion(Row):
    """A version of the consent form, with the days between which it may be used."""

    __tablename__ = "consent_version"
    code: Mapped[str] = mapped_column(unique=True)
    version_day: Mapped[date]
    approved_on: Mapped[date]
    approval_number: Mapped[str]
    # The first day of its use, where that was later than its approval.
    used_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    # The line of the ethics register that approved it, where number and day were taken from there.
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("ethics_approval.id"))
    # Whether subjects who signed an older version sign this one too: Y, N, or nothing where nobody was asked.
    reconsent: Mapped[str] = mapped_column(default="")
    reconsent_by: Mapped[date | None]


class Consent(Record):
    """A signed consent of a subject."""

    __tablename__ = "consent"
    day_told_by = "signed_on"
    consent_version: Mapped[str] = mapped_column(info={"field": "consent.consent_version"})
    signed_on: Mapped[date] = mapped_column(info={"field": "consent.signed_on"})
    signed_time: Mapped[str] = mapped_column(info={"field": "consent.signed_time"})
    explained_by: Mapped[str] = mapped_column(info={"field": "consent.explained_by"})
    copy_given: Mapped[str] = mapped_column(info={"field": "consent.copy_given"})
    # Whether a withdrawn scope is taken up again (Y, N), or "" where it was not withdrawn. Nothing where
    # nobody was asked yet: such a consent took up everything.
    takes_up_treatment: Mapped[str | None]
    takes_up_visits: Mapped[str | None]
    takes_up_samples: Mapped[str | None]
    takes_up_data: Mapped[str | None]


class NotReconsented(Record):
    """Why a subject who was to sign a newer version of the consent form did not."""

    __tablename__ = "not_reconsented"
    consent_version_id: Mapped[int] = mapped_column(ForeignKey("consent_version.id"), index=True)
    on_day: Mapped[date]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class Disposition(Record):
    """A subject's way through or out: screen failure, end of one drug, completion, exit, death."""

    __tablename__ = "disposition"
    kind: Mapped[str] = mapped_column(
        CheckConstraint("kind IN ('screen_failure', 'drug_stop', 'completed', 'exit')"),
        info={"field": "disposition.kind"},
    )
    drug: Mapped[str] = mapped_column(default="", info={"field": "disposition.drug"})
    on_day: Mapped[date] = mapped_column(info={"field": "disposition.on_day"})
    reason: Mapped[str] = mapped_column(info={"field": "disposition.reason"})
    note: Mapped[str] = mapped_column(default="", info={"field": "disposition.note"})
