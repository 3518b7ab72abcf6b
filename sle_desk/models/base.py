"""The declarative base: exact column types, strict tables and what every record carries."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Connection,
    Dialect,
    ForeignKey,
    Integer,
    Text,
    TypeDecorator,
    event,
    inspect,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, declared_attr, mapped_column

from sle_desk.base.instants import instant_text, read_instant
from sle_desk.domain.entered_later import is_entered_later
from sle_desk.domain.values import from_millionths, to_millionths

# Tables without audit, replay and export; an allow-list, so that a new table is audited unless named here.
UNAUDITED = frozenset({"draft", "audit"})


class Measure(TypeDecorator[Decimal]):
    """An exact decimal kept as whole millionths: text decimals compare wrongly in SQL."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Return the millionths to store; refuse what does not fit exactly."""
        return None if value is None else to_millionths(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Return the decimal that was stored."""
        return None if value is None else from_millionths(value)


class Instant(TypeDecorator[datetime]):
    """An aware instant: UTC for order, the offset of the place kept beside it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Return the text to store."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Return the aware instant."""
        return None if value is None else read_instant(value)


class Day(TypeDecorator[date]):
    """A plain calendar day."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Return the ISO text to store."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Return the day."""
        return None if value is None else date.fromisoformat(value)


class Base(DeclarativeBase):
    """Every table of the study file."""

    type_annotation_map = {
        str: Text(),
        int: Integer(),
        bool: Integer(),
        Decimal: Measure(),
        datetime: Instant(),
        date: Day(),
    }

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        return ({"sqlite_strict": True},)


class Row(Base):
    """A table whose rows have a number and a version that travels with what is shown."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


RECORD_STATES = ("current", "void")


class Record(Row):
    """A clinical record: never deleted; put right by a correction or marked void with a reason."""

    __abstract__ = True
    # The column of the day on which it happened.
    day_told_by: ClassVar[str] = "on_day"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    protocol_version: Mapped[str]
    # Where the fact comes from (HIS, LIS, paper, diary, entered here) and the reference there.
    source: Mapped[str] = mapped_column(default="entered_here")
    source_reference: Mapped[str] = mapped_column(default="")
    entered_later: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="current")
    void_reason: Mapped[str] = mapped_column(default="")
    # Entered in error here, entered there: linked both ways by record number in the same table.
    moved_to: Mapped[int | None]
    moved_from: Mapped[int | None]

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        return (
            CheckConstraint("state IN ('current', 'void')"),
            CheckConstraint("(state = 'void') = (void_reason <> '')"),
            {"sqlite_strict": True},
        )


@event.listens_for(Record, "before_update", propagate=True)
def _follow_day(mapper: Mapper[Any], connection: Connection, row: Record) -> None:
    """Tell anew whether a record was entered later, where the day that it tells of was put right."""
    if row.day_told_by not in mapper.columns:
        return
    history = inspect(row).attrs[row.day_told_by].history
    if history.has_changes():
        day = getattr(row, row.day_told_by)
        row.entered_later = is_entered_later(
            day.date() if isinstance(day, datetime) else day, row.recorded_at.date()
        )
