"""The day that is asked for with an answer, counted back from screening in months of the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from sle_desk.domain.evidence import AskedDay, FieldReference, Question
from sle_desk.domain.evidence_asked import Asked
from sle_desk.domain.evidence_values import SCREENED, Against, EvidenceLine, Missing, Note, Place, facts_of
from sle_desk.domain.schedule import same_day_of_month
from sle_desk.domain.values import partial_bounds

MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class DaysOf:
    """The days asked for with one answer: their lines, what lacks, and whether each lies within its time."""

    lines: tuple[EvidenceLine, ...] = ()
    missing: tuple[Missing, ...] = ()
    notes: tuple[Note, ...] = ()
    within: bool | None = True


def days_of(question: Question, line: EvidenceLine, asked: Asked) -> DaysOf:
    """Return the days that go with an answer: within the time only where every day they can mean is."""
    wanted = [each for each in question.days if line.value in each.answers]
    if not wanted:
        return DaysOf()
    screened = asked.facts.screened_on
    found = [asked.answer(FieldReference(question.form, each.field)) for each in wanted]
    missing = [each for each in found if isinstance(each, Missing)]
    if screened is None:
        missing.append(Missing("eligibility.no_screening_visit", Place("visit")))
    if missing or screened is None:
        return DaysOf(tuple(each for each in found if isinstance(each, EvidenceLine)), tuple(missing))
    lines = [
        _compared(each, day, asked)
        for each, day in zip(wanted, found, strict=True)
        if isinstance(day, EvidenceLine)
    ]
    lines.append(EvidenceLine(SCREENED, screened, day=screened))
    return DaysOf(tuple(lines), notes=tuple(_notes(lines)), within=_all(lines))


def _compared(wanted: AskedDay, line: EvidenceLine, asked: Asked) -> EvidenceLine:
    screened = asked.facts.screened_on
    assert screened is not None
    since = same_day_of_month(screened, -wanted.months)
    earliest, latest = partial_bounds(str(line.value))
    holds = True if earliest >= since else None if latest >= since else False
    years, months = divmod(wanted.months, MONTHS_A_YEAR)
    limit, unit = (wanted.months, "months") if months else (years, "years")
    return replace(line, against=Against("<=", Decimal(limit), unit, holds))


def _all(lines: Iterable[EvidenceLine]) -> bool | None:
    outcomes = [line.against.holds for line in lines if line.against is not None]
    return False if False in outcomes else None if None in outcomes else True


def _notes(lines: Iterable[EvidenceLine]) -> Iterable[Note]:
    for line in lines:
        if line.against is not None and line.against.holds is None:
            yield Note("eligibility.partial_day", facts_of(typed=str(line.value)))
