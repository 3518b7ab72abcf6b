"""Scores and responses from what the investigator judged: SLEDAI-2K, SRI-4, LLDAS and DORIS.

A missing part is never a zero: the total is empty, or the answer is "not evaluable" with what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.instruments import Bilag, DorisRule, Limit, LldasRule, Sledai, SriRule

YES, NO, NOT_EVALUABLE = "Y", "N", "NE"
MISSING_PART = "sri.missing"
OTHER_INSTRUMENT = "sri.other_instrument"
LOW_BASELINE = "sri.low_baseline"


@dataclass(frozen=True)
class SledaiScore:
    """The SLEDAI-2K of one visit; a total is None while one of its items is not assessed."""

    version: str
    total: int | None
    clinical: int | None
    partial: int
    present: tuple[str, ...]
    missing: tuple[str, ...]


def sledai_score(answers: Mapping[str, bool | None], scale: Sledai) -> SledaiScore:
    """Return total, clinical and partial score; None or no answer is "not assessed"."""
    for code in answers:
        if code not in scale.weights:
            raise RuleBroken("score.unknown_item", item=code, version=scale.version)
    present = tuple(code for code in scale.weights if answers.get(code))
    missing = tuple(code for code in scale.weights if answers.get(code) is None)
    partial = sum(scale.weights[code] for code in present)
    clinical = sum(scale.weights[code] for code in present if code not in scale.serology)
    return SledaiScore(
        version=scale.version,
        total=None if missing else partial,
        clinical=None if set(missing) - set(scale.serology) else clinical,
        partial=partial,
        present=present,
        missing=missing,
    )


def arthritis(joints: int | None, scale: Sledai) -> bool | None:
    """Tell whether a count of joints with pain and inflammation is arthritis in this version."""
    return None if joints is None else joints >= scale.arthritis_joints


@dataclass(frozen=True)
class Activity:
    """What SRI compares: SLEDAI total with its version, PGA, and a BILAG letter for each system."""

    instrument: str
    sledai: int | None
    pga: Decimal | None
    bilag: Mapping[str, str | None]

    def missing(self, systems: Iterable[str]) -> tuple[str, ...]:
        """Return the parts that are not there: sledai, pga, or bilag.SYSTEM."""
        parts = [name for name, value in (("sledai", self.sledai), ("pga", self.pga)) if value is None]
        return (*parts, *(f"bilag.{system}" for system in systems if self.bilag.get(system) is None))


@dataclass(frozen=True)
class SriParts:
    """The three components with what they rest on; None where a component could not be judged."""

    sledai_change: int | None
    pga_change: Decimal | None
    new_a: tuple[str, ...] | None
    new_b: tuple[str, ...] | None
    sledai_ok: bool | None
    bilag_ok: bool | None
    pga_ok: bool | None


@dataclass(frozen=True)
class Sri:
    """The responder answer (Y, N or NE with its reasons) beside its components.

    `non_responder` is the answer in which everything not evaluable counts as no response.
    """

    code: str
    answer: str
    non_responder: str
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    parts: SriParts


def _check_letters(activity: Activity, bilag: Bilag) -> None:
    for system, letter in activity.bilag.items():
        if system not in bilag.systems:
            raise RuleBroken("score.bilag_system", system=system)
        if letter is not None and letter not in bilag.letters:
            raise RuleBroken("score.bilag_letter", letter=letter, allowed=" ".join(bilag.letters))


def _missing(baseline: Activity, visit: Activity, bilag: Bilag) -> tuple[str, ...]:
    return (
        *(f"baseline.{part}" for part in baseline.missing(bilag.systems)),
        *(f"visit.{part}" for part in visit.missing(bilag.systems)),
    )


def _reasons(baseline: Activity, visit: Activity, missing: tuple[str, ...], rule: SriRule) -> tuple[str, ...]:
    found = [MISSING_PART] if missing else []
    if baseline.instrument != visit.instrument:
        found.append(OTHER_INSTRUMENT)
    # A fall of 4 points cannot be seen from below 4: the question has no answer, it is not a "no".
    if baseline.sledai is not None and baseline.sledai < rule.sledai_drop:
        found.append(LOW_BASELINE)
    return tuple(found)


def _newly(
    letter: str, before: str, baseline: Activity, visit: Activity, bilag: Bilag
) -> tuple[str, ...] | None:
    """Return the systems with this letter now and none of the letters `before` at baseline."""
    letters = [(system, baseline.bilag.get(system), visit.bilag.get(system)) for system in bilag.systems]
    if any(then is None or now is None for _, then, now in letters):
        return None
    return tuple(system for system, then, now in letters if now == letter and then not in tuple(before))


def _parts(baseline: Activity, visit: Activity, rule: SriRule, bilag: Bilag) -> SriParts:
    sledai = None if baseline.sledai is None or visit.sledai is None else visit.sledai - baseline.sledai
    pga = None if baseline.pga is None or visit.pga is None else visit.pga - baseline.pga
    # An A that becomes a B is better, not a new B; a B that becomes an A is a new A.
    new_a = _newly("A", "A", baseline, visit, bilag)
    new_b = _newly("B", "AB", baseline, visit, bilag)
    bilag_ok = None
    if new_a is not None and new_b is not None:
        bilag_ok = len(new_a) <= rule.new_a_allowed and len(new_b) <= rule.new_b_allowed
    return SriParts(
        sledai_change=sledai,
        pga_change=pga,
        new_a=new_a,
        new_b=new_b,
        sledai_ok=None if sledai is None else sledai <= -rule.sledai_drop,
        bilag_ok=bilag_ok,
        pga_ok=None if pga is None else pga < rule.pga_worse_by,
    )


def sri(baseline: Activity, visit: Activity, rule: SriRule, bilag: Bilag) -> Sri:
    """Return the responder answer: Y, N, or NE with its reasons where it cannot be evaluated."""
    _check_letters(baseline, bilag)
    _check_letters(visit, bilag)
    missing = _missing(baseline, visit, bilag)
    reasons = _reasons(baseline, visit, missing, rule)
    parts = _parts(baseline, visit, rule, bilag)
    # A failed part beside a missing one stays "not evaluable": whether that is a no is the statistician's.
    answer = YES if parts.sledai_ok and parts.bilag_ok and parts.pga_ok else NO
    return Sri(
        code=rule.code,
        answer=NOT_EVALUABLE if reasons else answer,
        non_responder=NO if reasons else answer,
        reasons=reasons,
        missing=missing,
        parts=parts,
    )


@dataclass(frozen=True)
class Part:
    """One condition of a state and whether it is met; None: cannot be judged."""

    code: str
    met: bool | None


@dataclass(frozen=True)
class ActivityState:
    """Whether a state such as LLDAS is reached, with each of its conditions."""

    answer: str
    parts: tuple[Part, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the conditions that could not be judged."""
        return tuple(part.code for part in self.parts if part.met is None)


def _state(*parts: Part) -> ActivityState:
    # One failed condition settles it; a missing one can only hide a "yes".
    if any(part.met is False for part in parts):
        return ActivityState(NO, parts)
    return ActivityState(NOT_EVALUABLE if any(part.met is None for part in parts) else YES, parts)


def _within(code: str, value: Decimal | int | None, limit: Limit) -> Part:
    return Part(code, None if value is None else limit.holds(value))


def _absent(code: str, present: bool | None) -> Part:
    return Part(code, None if present is None else not present)


@dataclass(frozen=True)
class LldasFacts:
    """What LLDAS asks beside the score; prednisolone equivalent in mg a day, None where nobody said.

    `standard_treatment`: only standard maintenance drugs and approved biologics. Whether IL-2 in this
    trial counts is for the principal investigator to decide.
    """

    new_activity: bool | None
    haemolysis: bool | None
    gastrointestinal: bool | None
    pga: Decimal | None
    prednisolone: Decimal | None
    standard_treatment: bool | None


def _no_major_organ(score: SledaiScore, none_of: Iterable[str]) -> Part:
    codes = tuple(none_of)
    if any(code in score.present for code in codes):
        return Part("major_organ", False)
    return Part("major_organ", None if any(code in score.missing for code in codes) else True)


def _total(score: SledaiScore, limit: Limit) -> Part:
    # What is present already exceeds the limit: items not assessed cannot bring it down again.
    if not limit.holds(score.partial):
        return Part("sledai", False)
    return _within("sledai", score.total, limit)


def lldas(score: SledaiScore, facts: LldasFacts, rule: LldasRule) -> ActivityState:
    """Return whether the lupus low disease activity state is reached."""
    return _state(
        _total(score, rule.sledai),
        _no_major_organ(score, rule.none_of),
        _absent("haemolysis", facts.haemolysis),
        _absent("gastrointestinal", facts.gastrointestinal),
        _absent("new_activity", facts.new_activity),
        _within("pga", facts.pga, rule.pga),
        _within("prednisolone", facts.prednisolone, rule.prednisolone),
        Part("standard_treatment", facts.standard_treatment),
    )


def doris(
    clinical_sledai: int | None,
    pga: Decimal | None,
    prednisolone: Decimal | None,
    stable_treatment: bool | None,
    rule: DorisRule,
) -> ActivityState:
    """Return whether DORIS 2021 remission is reached; serology does not count, mg a day."""
    return _state(
        _within("clinical_sledai", clinical_sledai, rule.clinical_sledai),
        _within("pga", pga, rule.pga),
        _within("prednisolone", prednisolone, rule.prednisolone),
        Part("stable_treatment", stable_treatment),
    )
