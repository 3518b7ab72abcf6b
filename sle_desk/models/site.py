"""The calendar of the site: days that are closed or worked otherwise than the week says."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Row


class SiteDay(Row):
    """A holiday, a make-up working day, or (on its first day) a year of which all days are entered."""

    __tablename__ = "site_day"
    __table_args__ = (
        CheckConstraint("kind IN ('holiday', 'worked', 'year')"),
        CheckConstraint("state IN ('current', 'void')"),
        CheckConstraint("(state = 'void') = (void_reason <> '')"),
        {"sqlite_strict": True},
    )
    on_day: Mapped[date]
    kind: Mapped[str]
    # As typed, in one language or in both.
    name_en: Mapped[str] = mapped_column(default="")
    name_zh: Mapped[str] = mapped_column(default="")
    # The notice or document that the day stands in, and whether somebody compared the day with it.
    document: Mapped[str]
    confirmed: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(default="current")
    void_reason: Mapped[str] = mapped_column(default="")
