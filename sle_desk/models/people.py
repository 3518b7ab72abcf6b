"""People who use the study: accounts, roles, delegations and sessions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Row


class User(Row):
    """One person's account; never deleted, its sign-in name never given to another."""

    __tablename__ = "user"
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="en")
    created_at: Mapped[datetime]
    # The day on which the person was trained in this application.
    trained_on: Mapped[date | None]


class UserRole(Row):
    """A role that a person may act in, from a day until a day."""

    __tablename__ = "user_role"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str]
    from_day: Mapped[date]
    until_day: Mapped[date | None]


class Delegation(Row):
    """One line of the delegation log: a task given to a person by the PI, with dates."""

    __tablename__ = "delegation"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    task: Mapped[str]
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    delegated_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    training_day: Mapped[date | None]
    gcp_certificate: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    # Typed from paper: whose ink it is, the day beside it, and where the paper is filed.
    source_signer: Mapped[str] = mapped_column(default="")
    source_signed_on: Mapped[date | None]
    source_reference: Mapped[str] = mapped_column(default="")


class UserSession(Row):
    """One sign-in, in one role, until it was closed."""

    __tablename__ = "user_session"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    application: Mapped[str]
    zone: Mapped[str] = mapped_column(default="")
