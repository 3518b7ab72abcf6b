"""Values close to a limit: marked for the eye, and never judged otherwise for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from sle_desk.domain.evidence_values import EvidenceLine, Note, facts_of
from sle_desk.domain.marks import HUNDRED, Marks
from sle_desk.domain.values import partial_bounds

BORDERLINE = "eligibility.borderline"
# What is counted in whole numbers: years of age, points.
_COUNTED = frozenset({"y", ""})


def borderline_notes(lines: Iterable[EvidenceLine], marks: Marks, screened: date | None) -> Iterator[Note]:
    """Yield a note on each value that lies at its limit or close to it, on either side."""
    for line in lines:
        value = _compared(line, screened)
        if value is None or line.against is None or not _is_close(value, line, marks):
            continue
        yield Note(BORDERLINE, facts_of(label=line.label))


def _is_close(value: Decimal, line: EvidenceLine, marks: Marks) -> bool:
    assert line.against is not None
    apart = abs(value - line.against.limit)
    if line.against.unit in _COUNTED:
        return marks.steps is not None and apart <= marks.steps
    return marks.percent is not None and apart * HUNDRED <= marks.percent * abs(line.against.limit)


def _compared(line: EvidenceLine, screened: date | None) -> Decimal | None:
    """Return the number that was compared with the limit, in the unit of the limit."""
    if line.formula is not None:
        return line.formula.value
    if line.converted is not None:
        return line.converted
    if isinstance(line.value, Decimal):
        return line.value
    return _elapsed(line, screened)


def _elapsed(line: EvidenceLine, screened: date | None) -> Decimal | None:
    """Return the days from a whole date to screening, where it is days that were counted."""
    if screened is None or line.against is None or line.against.unit != "days":
        return None
    if isinstance(line.value, date):
        # A dose unchanged since the first day looked at was so for longer: how long nobody counted.
        return None if line.against.holds else Decimal((screened - line.value).days)
    first, last = partial_bounds(str(line.value)) if line.value else (date.min, date.max)
    return Decimal((screened - first).days) if first == last else None
