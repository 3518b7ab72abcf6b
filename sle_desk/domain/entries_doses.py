"""What the entries of medicines say of a dose: that it did not change, and how high it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from sle_desk.base.language import message
from sle_desk.domain.entries_rule import EntriesRule
from sle_desk.domain.entries_said import (
    NO_AMOUNT,
    UNCERTAIN,
    Said,
    Spoken,
    label_of,
    named,
    period_of,
    source_of,
    spoken_of,
)
from sle_desk.domain.entry_amounts import (
    Amount,
    Amounts,
    Span,
    amount_on,
    amounts_of,
    amounts_over,
    highest,
    steadiness,
)
from sle_desk.domain.evidence import DailyDose
from sle_desk.domain.evidence_asked import Asked
from sle_desk.domain.evidence_values import Against, EvidenceLine, Found, Note, compares
from sle_desk.domain.medicine_days import DAY, surely_taken_on
from sle_desk.domain.medicine_entries import MedicineEntry
from sle_desk.domain.prednisone import table_on

HIGHEST, CHANGED, UNCHANGED = (
    message("Highest daily dose by the entries"),
    message("By the entries the dose changed on"),
    message("By the entries the dose is unchanged since"),
)
PER_DAY = "mg/day"


def stable(rule: EntriesRule, asked: Asked, typed: Found, screened: date) -> Said:
    """Return whether the dose stayed the same on every one of the days before screening."""
    span = Span(screened - timedelta(days=rule.days), screened)
    spoken, table = spoken_of(rule, asked, span), table_on(asked.protocol, asked.readings)
    steady = steadiness(span, spoken.of, table)
    amounts = amounts_of(spoken.of, table)
    lines = tuple(_medicine_line(each, amounts) for each in spoken.of)
    if steady.taken is False and not spoken.open:
        return Said(not_taken=True, differs=not typed.missing and not typed.not_applicable, lines=lines)
    truth = None if spoken.open and steady.steady is not False else steady.steady
    notes = spoken.notes
    if truth is None and not spoken.open:
        notes = (Note(UNCERTAIN),)
    if truth is not None:
        lines += (_steady_line(rule, steady.changed_on, span.since),)
    differs = steady.taken is True and typed.not_applicable
    return Said(truth, differs=differs, lines=lines, missing=spoken.missing, notes=notes)


def _steady_line(rule: EntriesRule, changed: date | None, since: date) -> EvidenceLine:
    against = Against(">=", Decimal(rule.days), "days", changed is None)
    if changed is None:
        return EvidenceLine(UNCHANGED, since, against=against)
    return EvidenceLine(CHANGED, changed, against=against)


def daily_dose(rule: EntriesRule, asked: Asked, typed: Found, screened: date) -> Said:
    """Return whether the highest dose of the days looked at meets the limit: its least and its most."""
    evidence = asked.leaf.evidence
    assert isinstance(evidence, DailyDose)
    span = _span(evidence, asked, screened)
    spoken = spoken_of(rule, asked, span)
    if not spoken.of and not spoken.open:
        return Said(not _wants_more(evidence), not_taken=True, differs=_says_a_dose(evidence, typed))
    amounts = amounts_of(spoken.of, table_on(asked.protocol, asked.readings))
    most = _open_above(spoken, highest(amounts_over(span, amounts)))
    holds = _holds(evidence, asked, most)
    lines = [_medicine_line(each, amounts) for each in spoken.of]
    lines += [_highest_line(evidence, asked, most, holds)] if spoken.of else []
    notes = [*spoken.notes, *_without_amount(spoken, amounts)]
    taken = any(surely_taken_on(course, day) for course in amounts for day in span.days(amounts))
    if (holds is None or (typed.not_applicable and not taken)) and not notes and not spoken.missing:
        notes.append(Note(UNCERTAIN))
    differs = _differs(
        evidence, typed, taken=taken, can_be=_doses(evidence, spoken, typed, amounts, most, span)
    )
    return Said(holds, differs=differs, lines=tuple(lines), missing=spoken.missing, notes=tuple(notes))


def _span(evidence: DailyDose, asked: Asked, screened: date) -> Span:
    """Return the days looked at: those before screening that a setting names, or from screening on."""
    if evidence.days:
        return Span(screened - timedelta(days=asked.days(evidence.days)), screened)
    return Span(screened, max(screened, asked.facts.today))


def _open_above(spoken: Spoken, amount: Amount) -> Amount:
    """Return an amount with nothing said of its most where it is open what else was taken."""
    return replace(amount, most=None) if spoken.open else amount


def _wants_more(evidence: DailyDose) -> bool:
    return evidence.limit.comparison in (">", ">=")


def _holds(evidence: DailyDose, asked: Asked, amount: Amount) -> bool | None:
    limit, comparison = asked.limit(evidence.limit), evidence.limit.comparison
    if limit is None:
        return not _wants_more(evidence)
    least = compares(Fraction(amount.least), "", comparison, Fraction(limit))
    if amount.most is None:
        # At least so much: that alone may be above the limit, and no more of it makes it less.
        return least if least is _wants_more(evidence) else None
    return least if least is compares(Fraction(amount.most), "", comparison, Fraction(limit)) else None


def _highest_line(evidence: DailyDose, asked: Asked, amount: Amount, holds: bool | None) -> EvidenceLine:
    """Return the highest dose: exact, or with the sign of the bound that is known."""
    limit = asked.limit(evidence.limit)
    against = None if limit is None else Against(evidence.limit.comparison, limit, evidence.limit.unit, holds)
    if amount.most is None or (amount.exact is None and holds is _wants_more(evidence)):
        return EvidenceLine(HIGHEST, amount.least, PER_DAY, amount.day, comparator=">=", against=against)
    sign = "" if amount.exact is not None else "<="
    return EvidenceLine(HIGHEST, amount.most, PER_DAY, amount.day, comparator=sign, against=against)


def _typed_line(evidence: DailyDose, typed: Found) -> EvidenceLine | None:
    """Return the line of the dose as it was typed; None where it was typed as not taken, or not at all."""
    own = (line for line in typed.lines if line.source is not None)
    return next((line for line in own if line.source and line.source.field == evidence.dose.field), None)


def _says_a_dose(evidence: DailyDose, typed: Found) -> bool:
    line = _typed_line(evidence, typed)
    return line is not None and isinstance(line.value, Decimal) and line.value > 0


def _doses(
    evidence: DailyDose, spoken: Spoken, typed: Found, amounts: Amounts, most: Amount, span: Span
) -> tuple[Amount, ...]:
    """Return the amounts of which the typed dose speaks: the highest, or that of the day it was typed for."""
    line = _typed_line(evidence, typed)
    if evidence.days or line is None or line.day is None or not span.since <= line.day <= span.until:
        return (most,)
    # On a day on which one dose takes the place of another either was told.
    return tuple(_open_above(spoken, amount_on(day, amounts)) for day in (line.day, line.day + DAY))


def _differs(evidence: DailyDose, typed: Found, *, taken: bool, can_be: tuple[Amount, ...]) -> bool:
    line = _typed_line(evidence, typed)
    if line is None or not isinstance(line.value, Decimal):
        # Typed as not taken, and surely taken by the entries.
        return taken and not typed.missing
    dose = line.value
    return not line.comparator and not any(amount.can_be(dose) for amount in can_be)


def _without_amount(spoken: Spoken, amounts: Amounts) -> list[Note]:
    without = {course for course, amount in amounts.items() if amount is None}
    return [Note(NO_AMOUNT, named(each)) for each in spoken.of if each.course in without]


def _medicine_line(entry: MedicineEntry, amounts: Amounts) -> EvidenceLine:
    """Return an entry with what it comes to in a day: in prednisone for a glucocorticoid."""
    amount = amounts.get(entry.course) if entry.course is not None else None
    source, period = source_of(entry.record_id), period_of(entry.course)
    if amount is None:
        return EvidenceLine(label_of(entry), "", source=source, reference=period)
    return EvidenceLine(label_of(entry), amount, PER_DAY, source=source, reference=period)
