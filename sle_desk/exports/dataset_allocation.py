"""What one row a subject says of the allocation beside its arm: told outside, made in error."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sle_desk.base.language import Words
from sle_desk.exports.dataset import Preset
from sle_desk.exports.tables import Column, Value
from sle_desk.models.allocation import Allocation
from sle_desk.services.allocation_marks import error_of, outside_of
from sle_desk.services.masking import MASK

# No field of a form declares them: they are the same with every package.
MARKS = (
    Column(
        "ALLOCATED_OUTSIDE", Words("Emergency allocation, told outside", "系统外紧急分配"), "code",
        codelist="TOLD_OUTSIDE",
    ),
    Column("OUTSIDE_REASON", Words("Why it was allocated outside", "系统外分配原因"), "text"),
    Column("OUTSIDE_AGREES", Words("Agrees with the row", "与分配表行一致"), "code", codelist="YN"),
    Column("ALLOCATION_ERROR", Words("Allocation made in error", "错误分配"), "code", codelist="YN"),
    Column("ERROR_REASON", Words("Why the allocation was in error", "错误分配原因"), "text"),
)  # fmt: skip

# Nothing where there was no row to compare with.
_AGREES = {True: "Y", False: "N", None: None}


def marks_of(session: Session, allocation: Allocation | None, preset: Preset) -> list[Value]:
    """Return what is said of an allocation; what people wrote is masked where no arm may show."""
    if allocation is None:
        return [None] * len(MARKS)
    outside, error = outside_of(session, allocation.id), error_of(session, allocation.id)

    def own(words: str) -> str:
        return words if preset.arm else MASK

    return [
        outside.way if outside else None,
        own(outside.reason) if outside else None,
        None if outside is None else _AGREES[outside.agrees],
        "N" if error is None else "Y",
        own(error.reason) if error else None,
    ]
