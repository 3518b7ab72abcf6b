"""Doses: planned, prepared, given or missed, with the vials they came from."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Record, Row


class Dose(Record):
    """One injection or infusion: what was planned, prescribed, prepared and administered."""

    __tablename__ = "dose"
    drug: Mapped[str] = mapped_column(index=True, info={"field": "dose.drug"})
    progress: Mapped[str] = mapped_column(
        CheckConstraint("progress IN ('prepared', 'given', 'missed')"), info={"field": "dose.progress"}
    )
    # The slot the site said this dose belongs to; empty where nobody was asked.
    answered_slot: Mapped[int | None] = mapped_column(info={"field": "dose.answered_slot"})
    on_day: Mapped[date] = mapped_column(info={"field": "dose.on_day"})
    started_at: Mapped[datetime | None] = mapped_column(info={"field": "dose.started_at"})
    ended_at: Mapped[datetime | None] = mapped_column(info={"field": "dose.ended_at"})
    observed_until: Mapped[datetime | None] = mapped_column(info={"field": "dose.observed_until"})
    unit: Mapped[str] = mapped_column(info={"field": "dose.unit"})
    weight: Mapped[Decimal | None] = mapped_column(info={"field": "dose.weight"})
    weight_day: Mapped[date | None] = mapped_column(info={"field": "dose.weight_day"})
    prescribed: Mapped[Decimal | None] = mapped_column(info={"field": "dose.prescribed"})
    prepared: Mapped[Decimal | None] = mapped_column(info={"field": "dose.prepared"})
    administered: Mapped[Decimal | None] = mapped_column(info={"field": "dose.administered"})
    diluent: Mapped[str] = mapped_column(default="", info={"field": "dose.diluent"})
    diluent_note: Mapped[str] = mapped_column(default="", info={"field": "dose.diluent_note"})
    diluent_ml: Mapped[Decimal | None] = mapped_column(info={"field": "dose.diluent_ml"})
    # What was left in the bag (mL).
    residual_ml: Mapped[Decimal | None] = mapped_column(info={"field": "dose.residual_ml"})
    prepared_at: Mapped[datetime | None] = mapped_column(info={"field": "dose.prepared_at"})
    prepared_by: Mapped[str] = mapped_column(default="", info={"field": "dose.prepared_by"})
    checked_by: Mapped[str] = mapped_column(default="", info={"field": "dose.checked_by"})
    # The day on which what was prepared and not given was thrown away.
    discarded_on: Mapped[date | None] = mapped_column(info={"field": "dose.discarded_on"})
    given_by: Mapped[str] = mapped_column(default="", info={"field": "dose.given_by"})
    place: Mapped[str] = mapped_column(default="", info={"field": "dose.place"})
    place_note: Mapped[str] = mapped_column(default="", info={"field": "dose.place_note"})
    site: Mapped[str] = mapped_column(default="", info={"field": "dose.site"})
    site_note: Mapped[str] = mapped_column(default="", info={"field": "dose.site_note"})
    reaction: Mapped[str] = mapped_column(default="", info={"field": "dose.reaction"})
    reaction_note: Mapped[str] = mapped_column(default="", info={"field": "dose.reaction_note"})
    # What was answered before the dose to what it is held for, and what the record hinted at then (codes).
    hold: Mapped[str] = mapped_column(default="", info={"field": "dose.hold"})
    hold_shown: Mapped[str] = mapped_column(default="", info={"field": "dose.hold_shown"})
    reason: Mapped[str] = mapped_column(default="", info={"field": "dose.reason"})
    reason_note: Mapped[str] = mapped_column(default="", info={"field": "dose.reason_note"})


class DoseVials(Row):
    """The vials of one lot and strength that a dose was prepared from."""

    __tablename__ = "dose_vials"
    dose_id: Mapped[int] = mapped_column(ForeignKey("dose.id"), index=True)
    lot: Mapped[str] = mapped_column(info={"field": "dose.lot"})
    strength: Mapped[Decimal] = mapped_column(info={"field": "dose.strength"})
    unit: Mapped[str]
    count: Mapped[int] = mapped_column(info={"field": "dose.vials"})


class Dispensing(Record):
    """Vials of a lot handed to a subject: the only lots a home dose can name."""

    __tablename__ = "dispensing"
    drug: Mapped[str]
    lot: Mapped[str]
    kit: Mapped[str] = mapped_column(default="")
    expires_on: Mapped[date | None]
    strength: Mapped[Decimal]
    unit: Mapped[str]
    count: Mapped[int]
    on_day: Mapped[date]


class DosePause(Record):
    """A step of a study drug into a pause, or out of it: the day is the first without doses, or with them."""

    __tablename__ = "dose_pause"
    kind: Mapped[str] = mapped_column(
        CheckConstraint("kind IN ('paused', 'resumed')"), info={"field": "dose_pause.kind"}
    )
    drug: Mapped[str] = mapped_column(info={"field": "dose_pause.drug"})
    on_day: Mapped[date] = mapped_column(info={"field": "dose_pause.on_day"})
    # A coded reason for a pause; nothing for its end.
    reason: Mapped[str] = mapped_column(default="", info={"field": "dose_pause.reason"})
    decided_by: Mapped[str] = mapped_column(info={"field": "dose_pause.decided_by"})
    note: Mapped[str] = mapped_column(default="", info={"field": "dose_pause.note"})
