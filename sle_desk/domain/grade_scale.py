"""One term resolved for one sample: sorted edges, and on and between them a grade or why there is none."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from sle_desk.base.language import Words
from sle_desk.domain.analytes import HIGH, LOW, UNKNOWN
from sle_desk.domain.grade_table import BASELINE, LLN, ULN, Band, Bound, ClinicalLimb, Limb, Term

# Why there is no grade, or what has to be known beside one.
NOT_REACHED = "grade.not_reached"
GAP = "grade.gap"
NO_LIMIT = "grade.no_limit"
NO_BASELINE = "grade.no_baseline"
BASELINE_UNKNOWN = "grade.baseline_unknown"
FASTING_UNKNOWN = "grade.fasting_unknown"
CLINICAL = "grade.clinical"
STRADDLES = "grade.straddles"
AT_LEAST = "grade.at_least"
NO_TERM = "grade.no_term"
OTHER_UNIT = "grade.other_unit"

_ONE, _FIVE, _INFINITY = Decimal(1), Decimal(5), Decimal("Infinity")
_KEPT_SCALES = 4096


class Baseline(NamedTuple):
    """The last value before the first dose, in the unit of the value graded, with the flag of its own day."""

    value: Decimal
    flag: str


@dataclass(frozen=True)
class Grade:
    """A grade (1 to 4) or none with its reason; `questions` are the clinical limbs that could raise it.

    With a grade the reason may be "grade.at_least" (a limb that could be higher cannot be judged) or
    "grade.no_baseline" (graded on the laboratory's limits, because there is no baseline yet).
    """

    term: str
    grade: int | None
    reason: str = ""
    limb: str = ""
    source: str = ""
    unconfirmed: bool = False
    version: str = ""
    note: Words | None = None
    questions: tuple[ClinicalLimb, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """One term for one sample: sorted edges ending with infinity, and an outcome below, at and above each.

    Outcome 2i lies below edge i and above the one before, outcome 2i + 1 is the edge itself.
    """

    edges: tuple[Decimal, ...]
    outcomes: tuple[Grade, ...]
    straddles: Grade

    def grade(self, value: Decimal, comparator: str = "") -> Grade:
        """Return the grade of a value; with a comparator only where all it can stand for agrees."""
        if comparator:
            return self._covered(value, comparator)
        edges = self.edges
        at = bisect_left(edges, value)
        return self.outcomes[at + at + (edges[at] == value)]

    def _place(self, value: Decimal) -> int:
        return bisect_left(self.edges, value) + bisect_right(self.edges, value)

    def _covered(self, value: Decimal, comparator: str) -> Grade:
        if comparator in ("<", "<="):
            first = 0
            last = self._place(value) if comparator == "<=" else 2 * bisect_left(self.edges, value)
        else:
            first = self._place(value) if comparator == ">=" else 2 * bisect_right(self.edges, value)
            last = len(self.outcomes) - 1
        covered = self.outcomes[first : last + 1]
        if len({(outcome.grade, outcome.reason) for outcome in covered}) != 1:
            return self.straddles
        return covered[0]


class Sample(NamedTuple):
    """What a term is resolved against: the limits of the sample, the baseline, fasting or not."""

    low: Decimal | None
    high: Decimal | None
    baseline: Baseline | None
    fasting: bool | None

    def limit(self, of: str) -> Decimal | None:
        """Return what a bound is a multiple of, or None where it is not known."""
        if of == BASELINE:
            return self.baseline.value if self.baseline else None
        return {ULN: self.high, LLN: self.low}.get(of, _ONE)


# Each answers True (the limb applies), False, or the reason why that cannot be said.
_Condition = Callable[[Sample], bool | str]


def _by_flag(wanted: str) -> _Condition:
    def applies(sample: Sample) -> bool | str:
        if sample.baseline is None:
            return False
        return BASELINE_UNKNOWN if sample.baseline.flag == UNKNOWN else sample.baseline.flag == wanted

    return applies


def _baseline_not_high(sample: Sample) -> bool | str:
    # Without a baseline there is nothing but the laboratory's limits to grade by.
    high = _by_flag(HIGH)(sample)
    return high if isinstance(high, str) else not high


def _baseline_over_five(sample: Sample, *, over: bool) -> bool | str:
    high = _by_flag(HIGH)(sample)
    if high is not True or sample.baseline is None:
        return high
    return NO_LIMIT if sample.high is None else (sample.baseline.value > _FIVE * sample.high) == over


def _fasting(sample: Sample, *, wanted: bool) -> bool | str:
    return FASTING_UNKNOWN if sample.fasting is None else sample.fasting == wanted


_CONDITIONS: Mapping[str, _Condition] = {
    "always": lambda sample: True,
    "baseline_high": _by_flag(HIGH),
    "baseline_low": _by_flag(LOW),
    "baseline_not_high": _baseline_not_high,
    "baseline_high_to_5_uln": lambda sample: _baseline_over_five(sample, over=False),
    "baseline_high_over_5_uln": lambda sample: _baseline_over_five(sample, over=True),
    "fasting": lambda sample: _fasting(sample, wanted=True),
    "not_fasting": lambda sample: _fasting(sample, wanted=False),
}


class _Stretch(NamedTuple):
    """A band with its ends as numbers (number, strict), and why it cannot be judged ("" when it can)."""

    band: Band
    lower: tuple[Decimal, bool] | None
    upper: tuple[Decimal, bool] | None
    missing: str


def _numbers(bounds: Iterable[Bound], sample: Sample) -> tuple[list[tuple[Decimal, bool]], str]:
    known: list[tuple[Decimal, bool]] = []
    missing = ""
    for bound in bounds:
        limit = sample.limit(bound.of)
        if limit is not None:
            known.append((bound.number * limit, bound.strict))
        else:
            missing = NO_BASELINE if bound.of == BASELINE else NO_LIMIT
    return known, missing


def _stretch(band: Band, doubt: str, sample: Sample) -> _Stretch | None:
    lower, low_missing = _numbers(band.lower, sample)
    upper, high_missing = _numbers(band.upper, sample)
    only_baseline = all(bound.of == BASELINE for bound in band.lower + band.upper)
    if only_baseline and sample.baseline is None:
        # Nothing to be a multiple of: the limb does not apply yet.
        return None
    return _Stretch(
        band,
        max(lower, default=None),
        min(upper, key=lambda end: (end[0], not end[1]), default=None),
        doubt or low_missing or high_missing,
    )


def _stretches(limbs: Iterable[Limb], unit: str, sample: Sample) -> list[_Stretch]:
    found: list[_Stretch] = []
    for limb in limbs:
        applies = _CONDITIONS[limb.when](sample)
        if applies is False or (limb.units and unit not in limb.units):
            continue
        doubt = applies if isinstance(applies, str) else ""
        stretches = (_stretch(band, doubt, sample) for band in limb.bands)
        found += [stretch for stretch in stretches if stretch is not None]
    return found


def no_grade(term: Term, reason: str, note: Words | None = None) -> Grade:
    """Return that there is no grade, and why."""
    questions = term.clinical if reason == CLINICAL else ()
    return Grade(term.code, None, reason, "", term.source, not term.confirmed, term.version, note, questions)


def graded(term: Term, found: int, limb: str, reason: str = "") -> Grade:
    """Return a grade with the clinical limbs that could raise it."""
    questions = tuple(question for question in term.clinical if question.grade > found)
    unconfirmed = not term.confirmed
    return Grade(term.code, found, reason, limb, term.source, unconfirmed, term.version, term.note, questions)


def _outcome(term: Term, here: list[_Stretch], sample: Sample) -> Grade:
    """Return what stands where these bands hold: the highest grade, or the reason why there is none."""
    certain = [stretch.band for stretch in here if not stretch.missing]
    # A gap that cannot be placed changes nothing: there is no grade on either side of its edge.
    unjudged = [each for each in here if each.missing and (each.band.grade or each.band.clinical)]
    best = max((band for band in certain if band.grade), key=lambda band: band.grade or 0, default=None)
    open_end = max(unjudged, key=lambda stretch: stretch.band.grade or 0, default=None)
    if best is not None and best.grade is not None:
        if open_end and (open_end.band.grade or 0) > best.grade:
            return graded(term, best.grade, best.kind, AT_LEAST)
        reason = NO_BASELINE if term.uses_baseline and sample.baseline is None else ""
        return graded(term, best.grade, best.kind, reason)
    if open_end:
        return no_grade(term, open_end.missing)
    if certain:
        return no_grade(term, CLINICAL if certain[0].clinical else GAP, certain[0].note)
    return no_grade(term, NOT_REACHED)


@lru_cache(maxsize=_KEPT_SCALES)
def scale(
    term: Term,
    unit: str,
    low: Decimal | None,
    high: Decimal | None,
    baseline: Baseline | None = None,
    fasting: bool | None = None,
) -> Scale:
    """Return the term resolved for the limits of one sample, all in the given unit, ready to grade values."""
    straddles = no_grade(term, STRADDLES)
    if (term.units and unit not in term.units) or not term.limbs:
        return Scale((_INFINITY,), (no_grade(term, OTHER_UNIT),), straddles)
    sample = Sample(low, high, baseline, fasting)
    stretches = _stretches(term.limbs, unit, sample)
    ends = {end[0] for stretch in stretches for end in (stretch.lower, stretch.upper) if end}
    edges = tuple(sorted(ends))
    place = {edge: 2 * index + 1 for index, edge in enumerate(edges)}
    here: list[list[_Stretch]] = [[] for _ in range(2 * len(edges) + 1)]
    for stretch in stretches:
        first = place[stretch.lower[0]] + stretch.lower[1] if stretch.lower else 0
        last = place[stretch.upper[0]] - stretch.upper[1] if stretch.upper else 2 * len(edges)
        for position in range(first, last + 1):
            here[position].append(stretch)
    return Scale((*edges, _INFINITY), tuple(_outcome(term, found, sample) for found in here), straddles)
