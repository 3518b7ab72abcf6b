"""One analyte as data: units with exact factors, answers, seed ranges, limits and export names."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.reading import Entry, unique
from sle_desk.domain.values import rounded

LOW, NORMAL, HIGH, ABNORMAL, UNKNOWN = FLAGS = ("LOW", "NORMAL", "HIGH", "ABNORMAL", "UNKNOWN")
OUT_OF_RANGE = frozenset({LOW, HIGH, ABNORMAL})
NUMBER, TITRE, ORDINAL, POSNEG = KINDS = ("number", "titre", "ordinal", "posneg")
MALE, FEMALE, BOTH = SEXES = ("M", "F", "both")
_ONE, _ZERO = Decimal(1), Decimal(0)
# SDTM: a test code has at most eight characters.
_LONGEST_TESTCD = 8

Limits = tuple[Decimal, Decimal]


class Coded(Protocol):
    """Anything named by a code."""

    @property
    def code(self) -> str:
        """Return the code."""
        ...


@dataclass(frozen=True)
class Source:
    """Where numbers come from; P is a proposal that the principal investigator confirms."""

    code: str
    text: str


@dataclass(frozen=True)
class Unit:
    """A unit an analyte is reported in: as the ward writes it, as CDISC spells it, and its exact factor.

    value x factor / divisor is the value in the standard unit; no factor: another quantity, never converted.
    """

    code: str
    shown: str
    cdisc: str
    factor: Decimal | None = _ONE
    divisor: Decimal = _ONE
    source: str = ""

    @property
    def same_quantity(self) -> bool:
        """Tell whether values in this unit can be converted into the standard unit."""
        return self.factor is not None


@dataclass(frozen=True)
class Answer:
    """One result that is a word: its key, the flag it carries and its controlled term."""

    code: str
    label: Words
    key: str
    flag: str
    cdisc: str


@dataclass(frozen=True)
class SeedRange:
    """A range to set up a laboratory with; ages are completed years, both ends included.

    Not confirmed: the site must confirm it from its own list before it is used for a patient.
    """

    sex: str
    age_from: int
    age_to: int | None
    low: Decimal | None
    high: Decimal | None
    low_inclusive: bool
    high_inclusive: bool
    source: str
    confirmed: bool


@dataclass(frozen=True)
class ChangeRule:
    """A change since the previous value is unlikely above this share of it and at least this amount."""

    percent: Decimal
    at_least: Decimal


@dataclass(frozen=True)
class Loinc:
    """A LOINC code, the unit it is for ("" for any), and whether it was seen in a published list."""

    code: str
    verified: bool
    unit: str = ""


@dataclass(frozen=True)
class Cdisc:
    """How an analyte is exported: domain, test code and name, and what they are about."""

    domain: str
    testcd: str
    test: str
    category: str
    specimen: str
    agent: str = ""
    confirmed: bool = False


@dataclass(frozen=True, eq=False)
class Analyte:
    """One thing that is measured; limits are exact and stand in the standard unit, the first of `units`."""

    code: str
    label: Words
    kind: str
    cdisc: Cdisc
    units: tuple[Unit, ...] = ()
    answers: tuple[Answer, ...] = ()
    ranges: tuple[SeedRange, ...] = ()
    hard: Limits | None = None
    soft: Limits | None = None
    change: ChangeRule | None = None
    decimals: int | None = None
    loinc: tuple[Loinc, ...] = ()
    computed: bool = False
    limits_source: str = ""

    @property
    def standard(self) -> Unit:
        """Return the standard unit; only a number has one."""
        return self.units[0]

    def unit(self, code: str) -> Unit:
        """Return the unit of this code, or raise RuleBroken naming those allowed."""
        for unit in self.units:
            if unit.code == code:
                return unit
        allowed = ", ".join(unit.shown for unit in self.units)
        raise RuleBroken("lab.unit", analyte=self.code, unit=code, allowed=allowed)

    def answer(self, code: str) -> Answer:
        """Return the answer of this code, or raise RuleBroken naming those allowed."""
        for answer in self.answers:
            if answer.code == code:
                return answer
        allowed = ", ".join(answer.code for answer in self.answers)
        raise RuleBroken("lab.answer", analyte=self.code, found=code, allowed=allowed)

    def convert(self, value: Decimal, unit: str, to: str) -> Decimal:
        """Return the value in another unit, rounded half-even to 6 decimals; in its own it stays as it is."""
        if unit == to:
            return value
        given, wanted = self.unit(unit), self.unit(to)
        if given.factor is None or wanted.factor is None:
            raise RuleBroken("lab.no_conversion", analyte=self.code, unit=given.shown, to=wanted.shown)
        # One division at the end, so that powers of ten come out exactly.
        return rounded(value * given.factor * wanted.divisor / (given.divisor * wanted.factor))

    def in_standard(self, value: Decimal, unit: str) -> Decimal:
        """Return the value in the standard unit, rounded half-even to 6 decimals."""
        return self.convert(value, unit, self.standard.code)


def code_of(entry: Coded) -> str:
    """Return the code of an entry."""
    return entry.code


def _source(entry: Entry) -> Source:
    source = Source(entry.text("code"), entry.text("text"))
    entry.done()
    return source


def _unit_name(entry: Entry) -> Unit:
    unit = Unit(entry.text("code"), entry.text("shown"), entry.text("cdisc"))
    entry.done()
    return unit


def _answers(entry: Entry) -> tuple[str, tuple[Answer, ...]]:
    code = entry.text("code")
    answers = unique(
        map(_answer, entry.tables("choices")), lambda a: a.code, entry.file, f"{entry.key}.choices"
    )
    unique(answers, lambda answer: answer.key, entry.file, f"{entry.key}.choices.key")
    entry.done()
    return code, answers


def _answer(entry: Entry) -> Answer:
    flag = entry.one_of("flag", (NORMAL, ABNORMAL, UNKNOWN))
    answer = Answer(entry.text("code"), entry.words("label"), entry.text("key"), flag, entry.text("cdisc"))
    entry.done()
    return answer


def _limits(pair: Entry) -> Limits:
    low, high = pair.decimal("low"), pair.decimal("high")
    pair.done()
    # No measure of the dictionary is below zero; the reading of "<0.5" rests on it.
    if not _ZERO <= low < high:
        raise pair.fault("low", "package.limits_order", low=str(low), high=str(high))
    return low, high


def _change(rule: Entry) -> ChangeRule:
    change = ChangeRule(rule.decimal("percent"), rule.decimal("at_least"))
    rule.done()
    return change


def _loinc(entry: Entry) -> Loinc:
    loinc = Loinc(entry.text("code"), entry.flag("verified"), entry.text("unit", ""))
    entry.done()
    return loinc


def _cdisc(entry: Entry) -> Cdisc:
    cdisc = Cdisc(
        domain=entry.one_of("domain", ("LB", "CP", "IS", "MB")),
        testcd=entry.text("testcd"),
        test=entry.text("test"),
        category=entry.text("category"),
        specimen=entry.text("specimen"),
        agent=entry.text("agent", ""),
        confirmed=entry.flag("confirmed"),
    )
    if len(cdisc.testcd) > _LONGEST_TESTCD:
        raise entry.fault("testcd", "package.too_long", found=cdisc.testcd, allowed=_LONGEST_TESTCD)
    entry.done()
    return cdisc


def _meet(one: SeedRange, other: SeedRange) -> bool:
    sexes = BOTH in (one.sex, other.sex) or one.sex == other.sex
    one_ends = one.age_to is None or one.age_to >= other.age_from
    return sexes and one_ends and (other.age_to is None or other.age_to >= one.age_from)


def _refuse_order(entry: Entry, name: str, low: Decimal | int | None, high: Decimal | int | None) -> None:
    if low is not None and high is not None and low > high:
        raise entry.fault(name, "package.limits_order", low=str(low), high=str(high))


def _refuse_discord(entry: Entry, found: Analyte) -> None:
    """Refuse limits, ranges or codes of an analyte that do not go together."""
    if found.hard and found.soft and not (found.hard[0] <= found.soft[0] and found.soft[1] <= found.hard[1]):
        raise entry.fault("soft", "package.soft_outside_hard")
    for index, one in enumerate(found.ranges):
        if any(_meet(one, other) for other in found.ranges[:index]):
            raise entry.fault(f"ranges[{index}]", "package.ranges_overlap")
    for index, loinc in enumerate(found.loinc):
        if loinc.unit and loinc.unit not in {unit.code for unit in found.units}:
            raise entry.fault(f"loinc[{index}].unit", "package.unknown_reference", found=loinc.unit)


class AnalyteReader:
    """Reads the analytes of labs.toml; the named lists come first, because analytes refer to them."""

    def __init__(self, root: Entry) -> None:
        self.root = root
        sources = unique(map(_source, root.tables("source")), code_of, root.file, "source")
        self.sources = {source.code: source for source in sources}
        units = unique(map(_unit_name, root.tables("unit")), code_of, root.file, "unit")
        self.units = {unit.code: unit for unit in units}
        answers = map(_answers, root.tables("answers"))
        self.answers = dict(unique(answers, lambda pair: pair[0], root.file, "answers"))

    def source(self, entry: Entry, name: str, default: str | None = None) -> str:
        """Return the code of a source that is declared."""
        return entry.one_of(name, self.sources, default)

    def unit(self, entry: Entry, factor: Decimal | None, divisor: Decimal, source: str) -> Unit:
        """Return a declared unit with its factor."""
        named = self.units[entry.one_of("unit", self.units)]
        return Unit(named.code, named.shown, named.cdisc, factor, divisor, source)

    def _other_unit(self, entry: Entry, source: str) -> Unit:
        factor, divisor = entry.optional_decimal("factor"), entry.optional_decimal("divisor")
        for name, number in (("factor", factor), ("divisor", divisor)):
            if number is not None and number <= _ZERO:
                raise entry.fault(name, "package.not_positive", found=str(number))
        if factor is None and divisor is not None:
            factor = _ONE
        unit = self.unit(entry, factor, divisor or _ONE, source)
        entry.done()
        return unit

    def _units(self, entry: Entry) -> tuple[Unit, ...]:
        source = self.source(entry, "factor_source", "DEFINITION")
        others = (self._other_unit(other, source) for other in entry.tables("other_units", optional=True))
        units = (self.unit(entry, _ONE, _ONE, "DEFINITION"), *others)
        return unique(units, code_of, entry.file, f"{entry.key}.other_units")

    def _range(self, entry: Entry) -> SeedRange:
        found = SeedRange(
            sex=entry.one_of("sex", SEXES),
            age_from=entry.whole("age_from"),
            age_to=entry.whole("age_to") if entry.has("age_to") else None,
            low=entry.optional_decimal("low"),
            high=entry.optional_decimal("high"),
            low_inclusive=entry.flag("low_inclusive", True),
            high_inclusive=entry.flag("high_inclusive", True),
            source=self.source(entry, "source"),
            confirmed=entry.flag("confirmed", False),
        )
        entry.done()
        if found.low is None and found.high is None:
            raise entry.fault("low", "package.missing")
        _refuse_order(entry, "low", found.low, found.high)
        _refuse_order(entry, "age_to", found.age_from, found.age_to)
        return found

    def analyte(self, entry: Entry) -> Analyte:
        """Return one analyte: a number has units and hard limits, anything else a list of answers."""
        kind = entry.one_of("kind", KINDS)
        number = kind == NUMBER
        found = Analyte(
            code=entry.text("code"),
            label=entry.words("label"),
            kind=kind,
            cdisc=_cdisc(entry.table("cdisc")),
            units=self._units(entry) if number else (),
            answers=() if number else self.answers[entry.one_of("answers", self.answers)],
            ranges=tuple(map(self._range, entry.tables("ranges", optional=True))),
            hard=_limits(entry.table("hard")) if number else None,
            soft=_limits(entry.table("soft")) if entry.has("soft") else None,
            change=_change(entry.table("change")) if entry.has("change") else None,
            decimals=entry.whole("decimals") if entry.has("decimals") else None,
            loinc=tuple(map(_loinc, entry.tables("loinc", optional=True))),
            computed=entry.flag("computed", False),
            limits_source=self.source(entry, "limits_source", "P"),
        )
        entry.done()
        _refuse_discord(entry, found)
        return found
