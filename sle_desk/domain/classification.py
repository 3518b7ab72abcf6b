"""The EULAR/ACR 2019 classification: entry by ANA, the best weight of each domain, then the sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.instruments import ClassificationRule, Criterion
from sle_desk.domain.scoring import NO, NOT_EVALUABLE, YES


@dataclass(frozen=True)
class Classification:
    """The answer with its points; `highest` is what they could come to if all unknown items were present."""

    answer: str
    score: int
    highest: int
    counted: tuple[str, ...]
    unknown: tuple[str, ...]


def _best(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    best: dict[str, Criterion] = {}
    for criterion in criteria:
        known = best.get(criterion.domain)
        if known is None or criterion.weight > known.weight:
            best[criterion.domain] = criterion
    return tuple(best.values())


def _classifies(counted: Iterable[Criterion], rule: ClassificationRule) -> bool:
    chosen = tuple(counted)
    points = sum(criterion.weight for criterion in chosen)
    return points >= rule.threshold and any(criterion.clinical for criterion in chosen)


def _answer(ana: bool | None, now: bool, at_most: bool) -> str:
    if ana is False or not at_most:
        return NO
    # What is unknown can add points and never take them away: what classifies now stays classified.
    return YES if ana and now else NOT_EVALUABLE


def eular_acr_2019(
    ana: bool | None, answers: Mapping[str, bool | None], rule: ClassificationRule
) -> Classification:
    """Return whether the patient classifies; `ana`: 1:80 or higher at any time; None is unknown.

    An item is answered True only when nothing else than lupus explains it better.
    """
    known = {criterion.code for criterion in rule.criteria}
    for code in answers:
        if code not in known:
            raise RuleBroken("classification.unknown_item", item=code)
    counted = _best(criterion for criterion in rule.criteria if answers.get(criterion.code))
    possible = _best(criterion for criterion in rule.criteria if answers.get(criterion.code) is not False)
    unknown = tuple(criterion.code for criterion in rule.criteria if answers.get(criterion.code) is None)
    return Classification(
        answer=_answer(ana, _classifies(counted, rule), _classifies(possible, rule)),
        score=sum(criterion.weight for criterion in counted),
        highest=sum(criterion.weight for criterion in possible),
        counted=tuple(criterion.code for criterion in counted),
        unknown=unknown,
    )
