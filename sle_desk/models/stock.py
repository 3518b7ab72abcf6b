"""The ledger of study drugs: what came in, was given back, kept apart, written off, destroyed or counted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Row


class StockMovement(Row):
    """Vials of one lot that were moved or counted: never changed, taken back by another that points at it.

    Kits handed over and doses are movements too and stand in their own records alone.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint("count > 0 OR (count = 0 AND kind = 'counted')"),
        CheckConstraint("(corrects_id IS NOT NULL) <= (reason <> '')"),
        {"sqlite_strict": True},
    )
    kind: Mapped[str]
    drug: Mapped[str]
    lot: Mapped[str]
    strength: Mapped[Decimal]
    unit: Mapped[str]
    count: Mapped[int]
    # Where the vials were, for a kind that can be of several places.
    account: Mapped[str] = mapped_column(default="")
    on_day: Mapped[date]
    at_time: Mapped[str] = mapped_column(default="")
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    expires_on: Mapped[date | None]
    # From whom they came, or by whom they were destroyed.
    party: Mapped[str] = mapped_column(default="")
    # Delivery note, certificate of destruction, diary, report of the excursion.
    document: Mapped[str] = mapped_column(default="")
    # °C on receipt; of an excursion the lowest and the highest.
    temperature: Mapped[Decimal | None]
    lowest: Mapped[Decimal | None]
    highest: Mapped[Decimal | None]
    excursion_from: Mapped[datetime | None]
    excursion_to: Mapped[datetime | None]
    # Who did or decided it, and who saw it.
    person: Mapped[str] = mapped_column(default="")
    witness: Mapped[str] = mapped_column(default="")
    # The assessment of an excursion, the explanation of a count, why vials are lacking.
    note: Mapped[str] = mapped_column(default="")
    # The quarantine that is decided about.
    about_id: Mapped[int | None] = mapped_column(ForeignKey("stock_movement.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("stock_movement.id"), unique=True)
    reason: Mapped[str] = mapped_column(default="")
    entered_later: Mapped[bool] = mapped_column(default=False)
    protocol_version: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
