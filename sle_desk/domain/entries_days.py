"""What the entries of medicines and of stays in hospital say of the last day of something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sle_desk.domain.entries_rule import EntriesRule
from sle_desk.domain.entries_said import (
    PERHAPS,
    UNCERTAIN,
    Said,
    as_written,
    between,
    label_of,
    period_of,
    source_of,
    spoken_of,
)
from sle_desk.domain.entry_amounts import Span
from sle_desk.domain.evidence import DatedAnswer
from sle_desk.domain.evidence_asked import Asked
from sle_desk.domain.evidence_values import Against, EvidenceLine, Found, Missing, Note, facts_of
from sle_desk.domain.medicine_entries import HospitalStay, MedicineEntry
from sle_desk.domain.values import partial_bounds

NONE_OF_IT = "eligibility.entries_none_of_it"
# The earliest and the latest day that a last day can be.
Bounds = tuple[date, date]


def last_taken(rule: EntriesRule, asked: Asked, typed: Found, screened: date) -> Said:
    """Return whether a medicine was last taken within the days before screening that the setting names."""
    span = _span(asked, screened)
    spoken = spoken_of(rule, asked, span, ever=True)
    found = [(each, _last_day(each, span.until)) for each in spoken.of]
    lines = [
        EvidenceLine(
            label_of(each),
            "",
            source=source_of(each.record_id),
            reference=period_of(each.course),
            against=_within(asked, span, on),
        )
        for each, on in found
    ]
    said = Said(lines=tuple(lines), missing=spoken.missing, notes=spoken.notes)
    return _dated(asked, typed, span, [on for _, on in found], said)


def stays(rule: EntriesRule, asked: Asked, typed: Found, screened: date) -> Said:
    """Return whether a stay in hospital for one of the reasons ended within those days.

    A stay in those days for another reason is shown; for one that the dictionary does not know a person says
    what it was.
    """
    span = _span(asked, screened)
    lines: list[EvidenceLine] = []
    notes: list[Note] = []
    counted: list[Bounds] = []
    for stay in asked.facts.stays:
        on, meant = _discharged(stay, span.until), stay.known in rule.reasons
        if not meant and on[1] < span.since:
            continue
        against = _within(asked, span, on) if meant else None
        lines.append(
            EvidenceLine(
                as_written(stay.reason),
                "",
                source=source_of(stay.record_id),
                reference=between(stay.start, stay.stop),
                against=against,
            )
        )
        counted += [on] if meant else []
        if not stay.known:
            notes.append(Note(PERHAPS, facts_of(name=as_written(stay.reason), start=stay.start)))
    return _dated(asked, typed, span, counted, Said(lines=tuple(lines), notes=tuple(notes)))


def _evidence(asked: Asked) -> DatedAnswer:
    evidence = asked.leaf.evidence
    assert isinstance(evidence, DatedAnswer)
    return evidence


def _span(asked: Asked, screened: date) -> Span:
    """Return the days in which it counts: those before screening, and all since."""
    days = asked.days(_evidence(asked).days)
    return Span(screened - timedelta(days=days), max(screened, asked.facts.today))


def _last_day(entry: MedicineEntry, until: date) -> Bounds:
    """Return the bounds of the last day on which a medicine was taken, up to a day."""
    course = entry.course
    if course is None:
        return date.min, until
    if course.stop is None and not entry.end_open:
        return until, until
    first, last = (date.min, date.max) if course.stop is None else partial_bounds(course.stop)
    return max(first, course.first), min(last, until)


def _discharged(stay: HospitalStay, until: date) -> Bounds:
    """Return the bounds of the last day of a stay; while nobody told it, any day from the admission on."""
    first, last = (date.min, date.max) if stay.stop is None else partial_bounds(stay.stop)
    return max(first, partial_bounds(stay.start)[0]), min(last, until)


def _within(asked: Asked, span: Span, on: Bounds) -> Against:
    holds = True if on[0] >= span.since else None if on[1] >= span.since else False
    return Against("<=", Decimal(asked.days(_evidence(asked).days)), "days", holds)


def _dated(asked: Asked, typed: Found, span: Span, found: Sequence[Bounds], said: Said) -> Said:
    """Return whether any last day lies in the span, and whether the typed answer says otherwise."""
    surely = any(first >= span.since for first, _ in found)
    possibly = any(last >= span.since for _, last in found)
    truth = True if surely else None if possibly or said.missing or said.notes else False
    notes = said.notes
    if truth is None and not said.missing and not notes:
        notes = (Note(UNCERTAIN),)
    if not found and typed.truth is True:
        # What was long ago need not stand among the entries: that it lacks there denies nothing.
        return Said(None, lines=said.lines, missing=said.missing, notes=(*notes, Note(NONE_OF_IT)))
    differs = _differs(asked, typed, found, truth)
    # What surely lies in the span is enough, whatever else nobody said.
    missing = () if surely else said.missing
    return Said(truth, differs=differs, lines=said.lines, missing=missing, notes=notes)


def _differs(asked: Asked, typed: Found, found: Sequence[Bounds], truth: bool | None) -> bool:
    """Tell whether the answer or its day cannot be right by the entries."""
    evidence = _evidence(asked)
    now, earlier = asked.answer(evidence.now), asked.answer(evidence.earlier)
    if not found or typed.missing or isinstance(now, Missing) or isinstance(earlier, Missing):
        return False
    if now.value in evidence.now.codes:
        return truth is False
    if earlier.value not in evidence.earlier.codes:
        # Answered with no, and there is an entry of it.
        return True
    day = asked.answer(evidence.day)
    if isinstance(day, Missing):
        return False
    first, last = partial_bounds(str(day.value))
    return last < max(one for one, _ in found) or first > max(one for _, one in found)
