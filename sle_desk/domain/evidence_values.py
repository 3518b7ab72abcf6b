"""Values as evidence: exact comparison with a limit, the lines shown, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words, message
from sle_desk.domain.analytes import Analyte
from sle_desk.domain.eligibility_facts import LabValue, SavedForm, Source
from sle_desk.domain.evidence import FieldReference
from sle_desk.domain.formulas import Computed
from sle_desk.domain.protocol import Protocol

AGE, SIGNED, FIRST_PROCEDURE, SEX, WEIGHT, SCREENED, SCORE = (
    message("Age at consent"),
    message("Consent signed"),
    message("First study procedure"),
    message("Sex"),
    message("Weight"),
    message("Screening visit"),
    message("Score"),
)
WEIGHT_FIELD = "weight"
MALE_WORDS = Words("Male", "男")
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "": ""}
_EXACT: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}


def mirrored(comparator: str) -> str:
    """Return the comparator of a quantity that falls as this one rises."""
    return _MIRRORED[comparator]


def compares(value: Fraction, comparator: str, comparison: str, limit: Fraction) -> bool | None:
    """Tell whether what was reported surely meets the comparison; None where it may or may not.

    ">" and ">=" are told apart at the limit itself, for the comparison and for a reported comparator.
    """
    if not comparator:
        return _EXACT[comparison](value, limit)
    if comparator[0] != comparison[0]:
        # Reported above, asked whether below: surely not, or unknown. The opposite question decides.
        contrary = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}[comparison]
        return False if _surely(value, comparator, contrary, limit) else None
    return True if _surely(value, comparator, comparison, limit) else None


def _surely(value: Fraction, comparator: str, comparison: str, limit: Fraction) -> bool:
    """Tell whether all that lies on the reported side of the value meets a comparison of that side."""
    open_end = comparator in ("<", ">")
    # "<9" never reaches 9, so it is surely below 9 and surely at most 9; "<=9" is only surely at most 9.
    return _EXACT[comparison](value, limit) or (open_end and value == limit)


def in_unit(analyte: Analyte, value: Decimal, unit: str, to: str) -> Fraction | None:
    """Return the value in another unit, exactly; None where the units are not of one quantity."""
    if unit == to:
        return Fraction(value)
    try:
        given, wanted = analyte.unit(unit), analyte.unit(to)
    except RuleBroken:
        return None
    if given.factor is None or wanted.factor is None:
        return None
    standard = Fraction(value) * Fraction(given.factor) / Fraction(given.divisor)
    return standard * Fraction(wanted.divisor) / Fraction(wanted.factor)


@dataclass(frozen=True)
class Against:
    """What a value was compared with, and the outcome; None where a comparator leaves it open."""

    comparison: str
    limit: Decimal
    unit: str
    holds: bool | None


@dataclass(frozen=True)
class EvidenceLine:
    """One value that a criterion is judged on, with its unit, day, formula and record.

    A label or a choice is protocol words, or a message of the catalogue. `converted` is the value in
    the unit of the limit, for show; the comparison itself is exact. `stale`: older than the package names;
    `unconfirmed`: compared with a limit that nobody compared with the laboratory's own list.
    """

    label: Words | str
    value: Decimal | date | str
    unit: str = ""
    day: date | None = None
    comparator: str = ""
    choice: Words | None = None
    against: Against | None = None
    converted: Decimal | None = None
    formula: Computed | None = None
    source: Source | None = None
    reference: str = ""
    time: str = ""
    stale: bool = False
    unconfirmed: bool = False


@dataclass(frozen=True)
class Place:
    """Where something is entered: a form and field, an analyte of the laboratory page, consent, visit."""

    kind: str
    code: str = ""
    field: str = ""


@dataclass(frozen=True)
class Missing:
    """What is missing: a code that `words` turns into a sentence, its facts, and where to enter it."""

    code: str
    place: Place
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """Why what was entered decides nothing by itself, or what to know about it."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What the evidence of one leaf comes to: the leaf is true, false, or nothing is computed (None).

    `rests_on` are records that were read beside those of the lines.
    """

    truth: bool | None = None
    lines: tuple[EvidenceLine, ...] = ()
    missing: tuple[Missing, ...] = ()
    notes: tuple[Note, ...] = ()
    not_applicable: bool = False
    rests_on: frozenset[Source] = frozenset()

    def __post_init__(self) -> None:
        if self.missing and (self.truth is not None or self.not_applicable):
            raise ValueError("nothing is computed while something is missing")


def found(
    truth: bool | None,
    lines: Iterable[EvidenceLine] = (),
    missing: Iterable[Missing] = (),
    notes: Iterable[Note] = (),
    *,
    not_applicable: bool = False,
) -> Found:
    """Return what was found; with anything missing nothing is computed, whatever the rest says."""
    gaps = tuple(missing)
    return Found(
        truth=None if gaps or not_applicable else truth,
        lines=tuple(lines),
        missing=gaps,
        notes=tuple(notes),
        not_applicable=not_applicable and not gaps,
    )


def facts_of(**facts: object) -> Mapping[str, object]:
    """Return facts that cannot be changed."""
    return MappingProxyType(facts)


def any_of(truths: Iterable[bool | None]) -> bool | None:
    """Return whether any is true; None where none is and one is not known."""
    known = tuple(truths)
    if True in known:
        return True
    return None if None in known else False


def all_of(truths: Iterable[bool | None]) -> bool | None:
    """Return whether all are true; None where none is false and one is not known."""
    inverse = any_of(None if truth is None else not truth for truth in truths)
    return None if inverse is None else not inverse


def answer_line(protocol: Protocol, reference: FieldReference, form: SavedForm) -> EvidenceLine | None:
    """Return the saved answer of a field as a line, or None where it has none."""
    value = form.values.get(reference.field)
    if value is None or value.missing is not None:
        return None
    asked = protocol.form(reference.form).field(reference.field)
    shown = value.number if value.number is not None else value.day or value.choice or value.text or ""
    return EvidenceLine(
        label=asked.label,
        value=shown,
        unit=asked.unit if value.number is not None else "",
        day=form.day,
        comparator=value.comparator,
        choice=asked.choice(value.choice).label if value.choice is not None else None,
        source=form.source(reference.field),
        time=form.time,
    )


def result_line(protocol: Protocol, result: LabValue) -> EvidenceLine:
    """Return a laboratory result as a line, as it was reported."""
    analyte = protocol.laboratory.analytes[result.analyte]
    words = next((each.label for each in analyte.answers if each.code == result.answer), None)
    return EvidenceLine(
        label=analyte.label,
        value=result.value if result.value is not None else result.answer,
        unit=result.unit,
        day=result.day,
        comparator=result.comparator,
        choice=words,
        source=result.source,
        reference=result.report_number,
        time=result.time,
    )


def not_answered(protocol: Protocol, reference: FieldReference) -> Missing:
    """Return what is missing where a question of a form has no answer."""
    form = protocol.form(reference.form)
    label = form.field(reference.field).label if reference.field else form.label
    facts = facts_of(form=form.label, label=label)
    return Missing("eligibility.not_answered", Place("form", reference.form, reference.field), facts)


def no_weight(protocol: Protocol) -> Missing:
    """Return what is missing where there is no weight, and the form of a visit that asks for one."""
    at_visits = (protocol.form(code) for visit in protocol.visits for code in visit.forms)
    code = next(form.code for form in at_visits if any(field.code == WEIGHT_FIELD for field in form.fields()))
    return Missing("eligibility.no_weight", Place("form", code, WEIGHT_FIELD))


def no_result(protocol: Protocol, analyte: str) -> Missing:
    """Return what is missing where an analyte has no result."""
    facts = facts_of(label=protocol.laboratory.analytes[analyte].label)
    return Missing("eligibility.no_result", Place("analyte", analyte), facts)
