"""Eligibility: what the facts say of each leaf, and the verdict once a person has decided every one.

Nothing is suggested while evidence is missing or a clarification is open, and nobody overrides a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.borderline import borderline_notes
from sle_desk.domain.decisions import IN_FORCE, VOID, WAITING, LeafState, Open, Readings
from sle_desk.domain.eligibility_facts import Facts, Source
from sle_desk.domain.evidence import (
    Age,
    AnalyteLimit,
    Answers,
    ClassificationMet,
    ConsentSigned,
    CreatinineClearance,
    DailyDose,
    DatedAnswer,
    Evidence,
    LostText,
    PregnancyTest,
    ScoreAtLeast,
    Serology,
    TimesUpperLimit,
)
from sle_desk.domain.evidence_asked import Asked
from sle_desk.domain.evidence_from_entries import beside_entries
from sle_desk.domain.evidence_from_forms import (
    age,
    answers,
    classification,
    consent_signed,
    daily_dose,
    dated_answer,
    pregnancy_test,
    score_at_least,
)
from sle_desk.domain.evidence_from_items import classification_items, recorded_beside
from sle_desk.domain.evidence_from_laboratory import (
    analyte_limit,
    creatinine_clearance,
    serology,
    times_upper_limit,
)
from sle_desk.domain.evidence_values import EvidenceLine, Found, Missing, Note, facts_of, found
from sle_desk.domain.item_sets import ClassificationItems
from sle_desk.domain.open_points import open_words
from sle_desk.domain.protocol import INCLUSION, Leaf, Protocol

MET, NOT_MET, PRESENT, ABSENT, NOT_APPLICABLE = "met", "not_met", "present", "absent", "not_applicable"
EXCLUDING = frozenset({NOT_MET, PRESENT})
# In a record of evidence: compared with a limit that the site has not confirmed.
UNCONFIRMED = "unconfirmed"
ELIGIBLE, NOT_ELIGIBLE, CANNOT_BE_JUDGED = "eligible", "not_eligible", "cannot_be_judged"

_COMPUTED: dict[type[Evidence], Callable[[Any, Asked], Found]] = {
    LostText: lambda evidence, asked: found(None),
    Age: age,
    ConsentSigned: consent_signed,
    ClassificationMet: classification,
    ClassificationItems: classification_items,
    Answers: answers,
    DatedAnswer: dated_answer,
    DailyDose: daily_dose,
    AnalyteLimit: analyte_limit,
    TimesUpperLimit: times_upper_limit,
    CreatinineClearance: creatinine_clearance,
    Serology: serology,
    PregnancyTest: pregnancy_test,
    ScoreAtLeast: score_at_least,
}


@dataclass(frozen=True)
class Judged:
    """A leaf beside its evidence: what the facts suggest, or what is missing, or what it waits for.

    `words` is the reading in force, `own_words` the decider's; where they stand nothing is computed.
    """

    leaf: Leaf
    state: str
    evidence: tuple[EvidenceLine, ...] = ()
    suggestion: str | None = None
    missing: tuple[Missing, ...] = ()
    notes: tuple[Note, ...] = ()
    waits_on: tuple[str, ...] = ()
    words: Words | None = None
    own_words: str = ""
    decided_by: tuple[str, ...] = ()
    rests_on: frozenset[Source] = frozenset()

    @property
    def sources(self) -> frozenset[Source]:
        """Return the saved records the evidence stands in, those that were read and show no line too."""
        return self.rests_on.union(line.source for line in self.evidence if line.source is not None)


def judge(protocol: Protocol, readings: Readings, facts: Facts) -> tuple[Judged, ...]:
    """Return every leaf that stands, in the registry's order, with what the facts say of it."""
    return tuple(judge_leaf(state, protocol, readings, facts) for state in readings.leaves())


def judge_leaf(state: LeafState, protocol: Protocol, readings: Readings, facts: Facts) -> Judged:
    """Return one leaf with its evidence; a waiting leaf shows values and is not judged."""
    leaf, asked = state.leaf, Asked(state.leaf, protocol, readings, facts)
    if state.state == VOID:
        return Judged(leaf, VOID, decided_by=state.decided_by)
    # Own words stand in the place of the settings: what was computed with them is open no longer.
    waits_on = state.waits_on or (_open_settings(leaf, readings) if state.computed else ())
    if state.state == WAITING or waits_on:
        return Judged(leaf, WAITING, _values_beside(asked), waits_on=waits_on, decided_by=state.decided_by)
    if not state.computed:
        note = Note("eligibility.own_words", facts_of(codes=", ".join(state.decided_by)))
        result = found(None, _values_beside(asked), _values_missing(asked), notes=[note])
    else:
        result = _COMPUTED[type(leaf.evidence)](leaf.evidence, asked)
        if leaf.entries is not None:
            result = beside_entries(leaf.entries, asked, result)
        close = borderline_notes(result.lines, protocol.marks, facts.screened_on)
        result = replace(result, notes=(*result.notes, *close))
    return Judged(
        leaf,
        IN_FORCE,
        result.lines,
        _suggestion(leaf, result),
        result.missing,
        result.notes,
        words=state.words,
        own_words=state.own_words,
        decided_by=state.decided_by,
        rests_on=result.rests_on,
    )


def _open_settings(leaf: Leaf, readings: Readings) -> tuple[str, ...]:
    """Return what a leaf still waits for where its reading stands but a number of it is open."""
    values = (readings.value(code) for code in leaf.evidence.settings())
    return tuple(dict.fromkeys(value.code for value in values if isinstance(value, Open)))


def _values_missing(asked: Asked) -> tuple[Missing, ...]:
    """Return what a leaf would be judged on and nobody entered."""
    evidence = asked.leaf.evidence
    results = [asked.result(analyte) for analyte in evidence.analytes()]
    said = [asked.answer(reference) for reference in evidence.references() if reference.field]
    gaps = {each.place: each for each in (*results, *said) if isinstance(each, Missing)}
    return tuple(gaps.values())


def _values_beside(asked: Asked) -> tuple[EvidenceLine, ...]:
    """Return the values a leaf would be judged on, compared with nothing."""
    evidence = asked.leaf.evidence
    if isinstance(evidence, ClassificationItems):
        return recorded_beside(evidence, asked)
    results = (asked.result(analyte) for analyte in evidence.analytes())
    lines = [result[1] for result in results if not isinstance(result, Missing)]
    fields = (*evidence.references(), *evidence.asked_after())
    said = (asked.answer(reference) for reference in fields if reference.field)
    return tuple(lines) + tuple(dict.fromkeys(line for line in said if isinstance(line, EvidenceLine)))


def _suggestion(leaf: Leaf, result: Found) -> str | None:
    if result.missing:
        return None
    if result.not_applicable:
        return NOT_APPLICABLE
    if result.truth is None:
        return None
    if leaf.kind == INCLUSION:
        return MET if result.truth else NOT_MET
    return PRESENT if result.truth else ABSENT


def evidence_record(judged: Judged) -> dict[str, object]:
    """Return the evidence of a leaf as plain content, to be frozen as canonical JSON and compared later."""
    return {
        "leaf": judged.leaf.code,
        "state": judged.state,
        "waits_on": list(judged.waits_on),
        "decided_by": list(judged.decided_by),
        "reading": [judged.words.en, judged.words.zh] if judged.words else [],
        "own_words": judged.own_words,
        "suggestion": judged.suggestion,
        "missing": [[gap.code, gap.place.kind, gap.place.code, gap.place.field] for gap in judged.missing],
        "notes": [note.code for note in judged.notes],
        "evidence": [line_record(line) for line in judged.evidence],
    }


def line_record(line: EvidenceLine) -> dict[str, object]:
    """Return one line of evidence as plain content."""
    label = line.label.en if isinstance(line.label, Words) else line.label
    record: dict[str, object] = {
        "label": label,
        "value": line.value,
        "comparator": line.comparator,
        "unit": line.unit,
        "day": line.day,
        "time": line.time,
        "reference": line.reference,
        "source": [line.source.table, line.source.id, line.source.field] if line.source else None,
    }
    if line.against is not None:
        against = line.against
        record["against"] = [against.comparison, against.limit, against.unit, against.holds]
    if line.unconfirmed:
        record[UNCONFIRMED] = True
    if line.formula is not None:
        formula = line.formula.formula
        record["formula"] = [formula.code, formula.version]
        record["result"] = [line.formula.value, line.formula.unit]
        record["inputs"] = [[each.name, each.value, each.unit] for each in line.formula.inputs]
    return record


@dataclass(frozen=True)
class Answered:
    """What a person decided of a leaf, why, and whether the evidence has changed since."""

    answer: str
    reason: str = ""
    evidence_changed: bool = False


@dataclass(frozen=True)
class Reason:
    """Why a verdict is what it is: the leaf, a code that `words` turns into a sentence, and its facts."""

    leaf: str
    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Verdict:
    """Eligible, not eligible, or cannot be judged, with every reason."""

    outcome: str
    reasons: tuple[Reason, ...] = ()


def contradicts(judged: Judged, answer: str) -> bool:
    """Tell whether an answer includes a subject where the facts exclude, or the other way round."""
    return judged.suggestion is not None and (answer in EXCLUDING) != (judged.suggestion in EXCLUDING)


def check_answer(protocol: Protocol, judged: Judged, answer: str) -> None:
    """Refuse an answer that cannot be given: to a leaf that waits or is void, or without its evidence."""
    leaf = judged.leaf
    if judged.state == WAITING:
        raise RuleBroken("eligibility.waits", leaf=leaf.code, waits=open_words(protocol, judged.waits_on))
    if judged.state == VOID:
        raise RuleBroken("eligibility.void", leaf=leaf.code, codes=", ".join(judged.decided_by))
    if answer not in leaf.answers:
        raise RuleBroken("eligibility.answer", leaf=leaf.code, answer=answer, allowed=", ".join(leaf.answers))
    if judged.missing and answer not in EXCLUDING:
        raise RuleBroken("eligibility.evidence_missing", leaf=leaf.code, label=leaf.label)


def check_paper_day(judged: Judged, signed_on: date) -> None:
    """Refuse a decision on paper that is older than the evidence it would be frozen with."""
    newest = max((line.day for line in judged.evidence if line.day is not None), default=signed_on)
    if newest > signed_on:
        raise RuleBroken("eligibility.ink_older", leaf=judged.leaf.code, signed=signed_on, newest=newest)


def check_decision(protocol: Protocol, judged: Judged, answer: str, reason: str) -> None:
    """Refuse a decision that cannot be made, or that the evidence does not bear and no reason explains."""
    check_answer(protocol, judged, answer)
    if judged.suggestion != answer and not reason.strip():
        code = "eligibility.reason_needed" if judged.suggestion is None else "eligibility.contradicts"
        raise RuleBroken(code, leaf=judged.leaf.code, label=judged.leaf.label)


def verdict(judged: Iterable[Judged], answered: Mapping[str, Answered], waits: Iterable[str]) -> Verdict:
    """Return the verdict over every leaf that stands; `waits` is what the act "eligibility" waits for.

    It cannot be judged while a leaf waits, is undecided, lacks evidence that its decision needs, was
    decided on other evidence, or was decided in favour against what the facts say: a reason explains
    that, and never makes a subject eligible.
    """
    standing = [each for each in judged if each.state != VOID]
    if not standing:
        return Verdict(CANNOT_BE_JUDGED, (Reason("", "eligibility.no_criteria", {}),))
    blocking = tuple(reason for each in standing for reason in _blocking(each, answered.get(each.leaf.code)))
    # What blocks the whole verdict may stand at no leaf: a criterion the registry should perhaps have.
    told = {code for each in standing for code in each.waits_on}
    blocking += tuple(
        Reason("", "eligibility.open", facts_of(waits=code)) for code in waits if code not in told
    )
    if blocking:
        return Verdict(CANNOT_BE_JUDGED, blocking)
    excluded = tuple(
        _reason(each, "eligibility.excluded")
        for each in standing
        if answered[each.leaf.code].answer in EXCLUDING
    )
    return Verdict(NOT_ELIGIBLE, excluded) if excluded else Verdict(ELIGIBLE)


def _reason(judged: Judged, code: str, **more: object) -> Reason:
    return Reason(judged.leaf.code, code, facts_of(leaf=judged.leaf.code, label=judged.leaf.label, **more))


def _blocking(judged: Judged, answered: Answered | None) -> tuple[Reason, ...]:
    if judged.state == WAITING:
        return (_reason(judged, "eligibility.waits", waits=", ".join(judged.waits_on)),)
    if answered is None or not answered.answer:
        return (_reason(judged, "eligibility.undecided"),)
    if answered.answer not in judged.leaf.answers:
        facts = {"answer": answered.answer, "allowed": ", ".join(judged.leaf.answers)}
        return (_reason(judged, "eligibility.answer", **facts),)
    if answered.evidence_changed:
        return (_reason(judged, "eligibility.evidence_changed"),)
    if answered.answer in EXCLUDING:
        return ()
    if judged.missing:
        return (_reason(judged, "eligibility.evidence_missing"),)
    return (_reason(judged, "eligibility.against_evidence"),) if contradicts(judged, answered.answer) else ()
