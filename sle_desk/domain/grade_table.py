"""CTCAE tables as data: terms, limbs, bands with strict or inclusive bounds, declared gaps, sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

from sle_desk.base.language import Words
from sle_desk.domain.reading import Entry, unique

ABSOLUTE, TIMES_ULN, TIMES_BASELINE, BELOW_LLN, LISTED = (
    "absolute", "times_uln", "times_baseline", "below_lln", "listed",
)  # fmt: skip
ULN, LLN, BASELINE = "ULN", "LLN", "BL"
LOW_TERM, HIGH_TERM, LISTED_TERM = DIRECTIONS = ("low", "high", "listed")
ALWAYS = "always"
# When a limb applies: to every value, or by the flag of the baseline, or by fasting.
CONDITIONS = (
    ALWAYS,
    "baseline_high",
    "baseline_not_high",
    "baseline_low",
    "baseline_high_to_5_uln",
    "baseline_high_over_5_uln",
    "fasting",
    "not_fasting",
)
HIGHEST_GRADE = 4
_BOUND = re.compile(r"(?P<number>\d+(?:\.\d+)?)?\s*(?P<of>ULN|LLN|BL)?")
_ONE = Decimal(1)


@dataclass(frozen=True)
class Bound:
    """One end of a band: a number in the limb's unit, or a multiple of ULN, LLN or baseline (BL)."""

    number: Decimal
    of: str
    strict: bool


@dataclass(frozen=True)
class Band:
    """A run of values: with a grade, or (None) with the reason why the sheet has no grade for it."""

    grade: int | None
    lower: tuple[Bound, ...]
    upper: tuple[Bound, ...]
    clinical: bool = False
    note: Words | None = None

    @cached_property
    def kind(self) -> str:
        """Return the kind of limb the band belongs to, by what its bounds refer to."""
        references = {bound.of for bound in self.lower + self.upper}
        for of, kind in ((ULN, TIMES_ULN), (BASELINE, TIMES_BASELINE), (LLN, BELOW_LLN)):
            if of in references:
                return kind
        return ABSOLUTE


@dataclass(frozen=True)
class Limb:
    """Bands of which at most one holds; `units` is empty where only multiples count."""

    units: tuple[str, ...]
    when: str
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class ClinicalLimb:
    """What would make the grade and no number shows: a question to the investigator."""

    grade: int
    text: Words


@dataclass(frozen=True, eq=False)
class Term:
    """One term of one version; `printed` has the words of grades 1 to 4 as the sheet prints them.

    Not confirmed: fewer than two published copies of the sheet were read. Where the limits printed
    in two units are not the same quantity, `difference` says so.
    """

    version: str
    code: str
    label: Words
    meddra: str
    analytes: tuple[str, ...]
    direction: str
    printed: tuple[str, ...]
    source: str
    confirmed: bool
    limbs: tuple[Limb, ...] = ()
    answers: Mapping[str, int] = field(default_factory=dict)
    clinical: tuple[ClinicalLimb, ...] = ()
    difference: Words | None = None
    note: Words | None = None

    @cached_property
    def units(self) -> frozenset[str]:
        """Return the units for which limits are printed; empty where only multiples count."""
        return frozenset(unit for limb in self.limbs for unit in limb.units)

    @cached_property
    def uses_baseline(self) -> bool:
        """Tell whether the subject's baseline can change the grade."""
        bounds = (bound for limb in self.limbs for band in limb.bands for bound in band.lower + band.upper)
        return any(limb.when.startswith("baseline") for limb in self.limbs) or any(
            bound.of == BASELINE for bound in bounds
        )


@dataclass(frozen=True)
class AbsentTerm:
    """A term that this version has not, or not for the analyte: no grade, and why."""

    label: Words
    reason: Words
    source: str


@dataclass(frozen=True, eq=False)
class GradeTable:
    """All terms of one version, and by analyte."""

    version: str
    label: Words
    source: str
    terms: tuple[Term, ...]
    by_analyte: Mapping[str, tuple[Term, ...]]
    absent: Mapping[str, tuple[AbsentTerm, ...]]

    def term(self, code: str) -> Term:
        """Return the term of this code."""
        return next(term for term in self.terms if term.code == code)


Named = Mapping[str, frozenset[str]]


def _bound(entry: Entry, name: str, *, strict: bool) -> Bound:
    text = entry.text(name)
    found = _BOUND.fullmatch(text)
    if found is None or not (found["number"] or found["of"]):
        raise entry.fault(name, "package.bound", found=text)
    return Bound(Decimal(found["number"]) if found["number"] else _ONE, found["of"] or "", strict)


def _side(entry: Entry, strict: str, inclusive: str) -> tuple[Bound, ...]:
    if entry.has(strict) and entry.has(inclusive):
        raise entry.fault(inclusive, "package.bound_twice", other=strict)
    names = ((strict, True), (inclusive, False), (f"and_{strict}", True))
    return tuple(_bound(entry, name, strict=is_strict) for name, is_strict in names if entry.has(name))


def _band(entry: Entry, *, graded: bool, clinical: bool = False) -> Band:
    grade = entry.whole("grade") if graded else None
    if grade is not None and not 1 <= grade <= HIGHEST_GRADE:
        raise entry.fault("grade", "package.grade", found=grade)
    lower, upper = _side(entry, "above", "from"), _side(entry, "below", "to")
    band = Band(grade, lower, upper, clinical, None if graded else entry.words("reason"))
    entry.done()
    if not lower and not upper:
        raise entry.fault("above", "package.missing")
    if _empty(lower, upper):
        raise entry.fault("above", "package.band_empty")
    return band


def _empty(lower: Iterable[Bound], upper: Iterable[Bound]) -> bool:
    """Tell whether no value can lie between bounds that refer to the same limit."""
    return any(
        low.of == high.of
        and (low.number > high.number or (low.number == high.number and (low.strict or high.strict)))
        for low in lower
        for high in upper
    )


def _limb(entry: Entry) -> Limb:
    bands = [_band(item, graded=True) for item in entry.tables("bands", optional=True)]
    bands += [_band(item, graded=False) for item in entry.tables("gaps", optional=True)]
    bands += [_band(item, graded=False, clinical=True) for item in entry.tables("asks", optional=True)]
    units = entry.texts("units", optional=True)
    limb = Limb(units, entry.one_of("when", CONDITIONS, ALWAYS), tuple(bands))
    entry.done()
    if not bands:
        raise entry.fault("bands", "package.missing")
    for index, band in enumerate(bands):
        for other in bands[:index]:
            # Bounds against different limits can only be compared with a patient's own limits in hand.
            apart = _empty(band.lower, other.upper) or _empty(other.lower, band.upper)
            if not apart and _comparable(band, other):
                raise entry.fault(
                    "bands", "package.bands_overlap", one=str(other.grade), other=str(band.grade)
                )
    if not units and any(not bound.of for band in bands for bound in band.lower + band.upper):
        raise entry.fault("units", "package.missing")
    return limb


def _comparable(one: Band, other: Band) -> bool:
    references = {bound.of for band in (one, other) for bound in band.lower + band.upper}
    return len(references) == 1


def _clinical(entry: Entry) -> ClinicalLimb:
    limb = ClinicalLimb(entry.whole("grade"), entry.words("text"))
    entry.done()
    return limb


def _listed(entry: Entry, allowed: Iterable[str]) -> tuple[str, int]:
    pair = (entry.one_of("answer", allowed), entry.whole("grade"))
    entry.done()
    return pair


def _known_analytes(entry: Entry, units: Named) -> tuple[str, ...]:
    analytes = entry.texts("analytes")
    for code in analytes:
        if code not in units:
            raise entry.fault("analytes", "package.unknown_reference", found=code)
    return analytes


def _term(entry: Entry, version: str, sources: Mapping[str, str], units: Named, answers: Named) -> Term:
    analytes = _known_analytes(entry, units)
    direction = entry.one_of("direction", DIRECTIONS)
    listed = direction == LISTED_TERM
    possible = sorted(set().union(*(answers[code] for code in analytes)))
    term = Term(
        version=version,
        code=entry.text("code"),
        label=entry.words("label"),
        meddra=entry.text("meddra"),
        analytes=analytes,
        direction=direction,
        printed=entry.texts("printed"),
        source=sources[entry.one_of("source", sources)],
        confirmed=entry.flag("confirmed"),
        limbs=() if listed else tuple(map(_limb, entry.tables("limb"))),
        answers=dict(_listed(item, possible) for item in entry.tables("answers")) if listed else {},
        clinical=tuple(map(_clinical, entry.tables("clinical", optional=True))),
        difference=entry.optional_words("difference"),
        note=entry.optional_words("note"),
    )
    entry.done()
    if not term.limbs and not term.answers:
        raise entry.fault("limb", "package.missing")
    if len(term.printed) != HIGHEST_GRADE:
        raise entry.fault("printed", "package.printed", found=len(term.printed), wanted=HIGHEST_GRADE)
    for code in analytes:
        if term.units - units[code]:
            strange = ", ".join(sorted(term.units - units[code]))
            raise entry.fault("limb.units", "package.unknown_reference", found=strange)
    return term


def _absent(entry: Entry, sources: Mapping[str, str], units: Named) -> tuple[tuple[str, ...], AbsentTerm]:
    analytes = _known_analytes(entry, units)
    term = AbsentTerm(entry.words("label"), entry.words("reason"), sources[entry.one_of("source", sources)])
    entry.done()
    return analytes, term


def _table(entry: Entry, sources: Mapping[str, str], units: Named, answers: Named) -> GradeTable:
    version = entry.text("version")
    terms = unique(
        (_term(item, version, sources, units, answers) for item in entry.tables("term")),
        lambda term: term.code, entry.file, f"{entry.key}.term",
    )  # fmt: skip
    absent = [_absent(item, sources, units) for item in entry.tables("absent", optional=True)]
    table = GradeTable(
        version=version,
        label=entry.words("label"),
        source=entry.text("source"),
        terms=terms,
        by_analyte={code: tuple(term for term in terms if code in term.analytes) for code in units},
        absent={code: tuple(term for analytes, term in absent if code in analytes) for code in units},
    )
    entry.done()
    return table


def _source(entry: Entry) -> tuple[str, str]:
    pair = (entry.text("code"), entry.text("text"))
    entry.done()
    return pair


def parse_grade_tables(file: str, content: object, units: Named, answers: Named) -> Mapping[str, GradeTable]:
    """Return the tables by version, or raise PackageFaulty; units and answers are those of each analyte."""
    root = Entry(file, "", content)
    root.text("version")
    sources = dict(unique(map(_source, root.tables("source")), lambda pair: pair[0], file, "source"))
    tables = unique(
        (_table(entry, sources, units, answers) for entry in root.tables("table")),
        lambda table: table.version, file, "table.version",
    )  # fmt: skip
    root.done()
    return MappingProxyType({table.version: table for table in tables})
