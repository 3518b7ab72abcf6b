"""What the answered items of a classification set come to: points, verdict, and what could still decide.

What is unknown stays unknown: it leaves the verdict open only where an answer could change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.classification import eular_acr_2019
from sle_desk.domain.classification_rules import (
    ACR_1997,
    AECG_2002,
    EULAR_ACR_2019,
    ConsensusRule,
    CountRule,
    Item,
)
from sle_desk.domain.evidence_values import all_of, any_of
from sle_desk.domain.instruments import ClassificationRule, Criterion, Instruments
from sle_desk.domain.scoring import NO, NOT_EVALUABLE, YES

Answers = Mapping[str, bool | None]
# Points with whether any of them is clinical.
Sum = tuple[int, bool]
NO_ENTRY, NO_CLINICAL = "classification.no_entry", "classification.no_clinical"
NO_OBJECTIVE, EXCLUDED = "classification.no_objective", "classification.excluded"


@dataclass(frozen=True)
class SetVerdict:
    """The verdict of a set: Y, N or NE, with its points.

    `highest` is what they could come to, `threshold` what is needed (None where no one number says it), `of`
    how many criteria there are (0 where weights are summed). `deciding` are the unknown items that could
    change an open verdict, `why` the code of what stands against it although the points are there.
    """

    answer: str
    points: int
    highest: int
    threshold: int | None
    of: int
    present: tuple[str, ...]
    unknown: tuple[str, ...]
    deciding: tuple[str, ...] = ()
    why: str = ""


def items_of(code: str, instruments: Instruments) -> tuple[str, ...]:
    """Return every item of a set, in the order of its rule; nothing for a set without items."""
    rules = instruments.item_rules
    if code == EULAR_ACR_2019 and instruments.eular_acr.entry:
        return (instruments.eular_acr.entry, *(each.code for each in instruments.eular_acr.criteria))
    if code == ACR_1997 and rules.acr_1997 is not None:
        return tuple(each.code for each in rules.acr_1997.items)
    if code == AECG_2002 and rules.aecg_2002 is not None:
        rule = rules.aecg_2002
        return (*(each.code for each in rule.items), rule.associated, *rule.excludes)
    return ()


def verdict_of(code: str, answers: Answers, instruments: Instruments) -> SetVerdict:
    """Return what the answers to the items of a set come to; an item without an answer is unknown."""
    items = items_of(code, instruments)
    if not items:
        raise RuleBroken("classification.no_items", set=code)
    known: dict[str, bool | None] = dict.fromkeys(items)
    for item, answer in answers.items():
        if item not in known:
            raise RuleBroken("classification.not_of_set", item=item, set=code)
        known[item] = answer
    rules = instruments.item_rules
    if code == AECG_2002 and rules.aecg_2002 is not None:
        return _consensus(known, rules.aecg_2002)
    if code == ACR_1997 and rules.acr_1997 is not None:
        return _counted(known, rules.acr_1997)
    return _weighed(known, instruments.eular_acr)


def _said(known: Answers, wanted: bool | None) -> tuple[str, ...]:
    return tuple(item for item, answer in known.items() if answer is wanted)


# EULAR/ACR 2019: weights.


def _weighed(known: Answers, rule: ClassificationRule) -> SetVerdict:
    entry = known[rule.entry]
    answers = {item: answer for item, answer in known.items() if item != rule.entry}
    found = eular_acr_2019(entry, answers, rule)
    is_open = found.answer == NOT_EVALUABLE
    why = ""
    if found.answer == NO and found.score >= rule.threshold:
        why = NO_ENTRY if entry is False else NO_CLINICAL
    return SetVerdict(
        answer=found.answer,
        points=found.score,
        highest=found.highest,
        threshold=rule.threshold,
        of=0,
        present=_said(known, True),
        unknown=_said(known, None),
        deciding=tuple(_deciding_weights(known, rule)) if is_open else (),
        why=why,
    )


def _deciding_weights(known: Answers, rule: ClassificationRule) -> Iterable[str]:
    """Yield the unknown items that change the verdict under some answers to the other unknown ones."""
    if known[rule.entry] is None:
        yield rule.entry
    domains: dict[str, list[Criterion]] = {}
    for criterion in rule.criteria:
        domains.setdefault(criterion.domain, []).append(criterion)
    for criterion in rule.criteria:
        if known[criterion.code] is None:
            others = (each for name, each in domains.items() if name != criterion.domain)
            least = _least(domains[criterion.domain], known)
            sums = _sums([_sums_of(each, known) for each in others])
            added = _plus(least, (criterion.weight, criterion.clinical))
            if any(_enough(_add(s, added), rule) and not _enough(_add(s, least), rule) for s in sums):
                yield criterion.code


def _least(domain: Iterable[Criterion], known: Answers) -> Sum:
    return max(((each.weight, each.clinical) for each in domain if known[each.code]), default=(0, False))


def _plus(least: Sum, other: Sum) -> Sum:
    return max(least, other)


def _sums_of(domain: Iterable[Criterion], known: Answers) -> set[Sum]:
    """Return what a domain can come to: its best known weight, or an unknown one above that."""
    criteria = tuple(domain)
    least = _least(criteria, known)
    return {least} | {_plus(least, (e.weight, e.clinical)) for e in criteria if known[e.code] is None}


def _sums(domains: Iterable[set[Sum]]) -> set[Sum]:
    sums: set[Sum] = {(0, False)}
    for options in domains:
        sums = {_add(one, other) for one in sums for other in options}
    return sums


def _add(one: Sum, other: Sum) -> Sum:
    return one[0] + other[0], one[1] or other[1]


def _enough(points: Sum, rule: ClassificationRule) -> bool:
    return points[0] >= rule.threshold and points[1]


# ACR 1997 and AECG 2002: criteria counted.


def _grouped(known: Answers, items: Iterable[Item]) -> dict[str, bool | None]:
    groups: dict[str, list[bool | None]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(known[item.code])
    return {group: any_of(answers) for group, answers in groups.items()}


def _counts(known: Answers, rule: CountRule) -> tuple[dict[str, bool | None], int, int]:
    groups = _grouped(known, rule.items)
    points = sum(answer is True for answer in groups.values())
    return groups, points, points + sum(answer is None for answer in groups.values())


def _counted(known: Answers, rule: CountRule) -> SetVerdict:
    groups, points, highest = _counts(known, rule)
    answer = YES if points >= rule.threshold else NO if highest < rule.threshold else NOT_EVALUABLE
    is_open = answer == NOT_EVALUABLE
    undecided = tuple(e.code for e in rule.items if known[e.code] is None and groups[e.group] is None)
    return SetVerdict(
        answer=answer,
        points=points,
        highest=highest,
        threshold=rule.threshold,
        of=len(groups),
        present=_said(known, True),
        unknown=_said(known, None),
        deciding=undecided if is_open else (),
    )


@dataclass(frozen=True)
class _Case:
    """One way AECG 2002 can stand: its items, another disease, and what excludes."""

    groups: Answers
    associated: bool | None
    excluded: bool | None

    def cases(self) -> Iterable[_Case]:
        """Yield every way in which the unknown can turn out."""
        names = tuple(self.groups)
        spread = [_either(self.groups[name]) for name in names]
        for *answers, associated, excluded in product(
            *spread, _either(self.associated), _either(self.excluded)
        ):
            yield _Case(dict(zip(names, answers, strict=True)), associated, excluded)


def _either(answer: bool | None) -> tuple[bool, ...]:
    return (False, True) if answer is None else (answer,)


def _meets(case: _Case, rule: ConsensusRule) -> bool:
    present = {group for group, answer in case.groups.items() if answer}
    if case.excluded:
        return False
    if case.associated:
        return bool(present & {*rule.symptoms}) and len(present & {*rule.signs}) >= rule.signs_threshold
    if len(present & {*rule.objective}) >= rule.objective_threshold:
        return True
    return len(present) >= rule.threshold and bool(present & {*rule.needs})


def _consensus(known: Answers, rule: ConsensusRule) -> SetVerdict:
    groups, points, highest = _counts(known, rule)
    case = _Case(groups, known[rule.associated], any_of(known[each] for each in rule.excludes))
    verdicts = {_meets(each, rule) for each in case.cases()}
    is_open = len(verdicts) > 1
    met = all_of(verdicts)
    return SetVerdict(
        answer=NOT_EVALUABLE if is_open else YES if met else NO,
        points=points,
        highest=highest,
        threshold=None,
        of=len(groups),
        present=_said(known, True),
        unknown=_said(known, None),
        deciding=tuple(_deciding_items(known, case, rule)) if is_open else (),
        why="" if is_open or met else _why_not(case, points, rule),
    )


def _why_not(case: _Case, points: int, rule: ConsensusRule) -> str:
    if case.excluded:
        return EXCLUDED
    enough = case.associated is False and points >= rule.threshold
    return NO_OBJECTIVE if enough and not any(case.groups[each] for each in rule.needs) else ""


def _deciding_items(known: Answers, case: _Case, rule: ConsensusRule) -> Iterable[str]:
    """Yield the unknown items that change the verdict under some answers to the other unknown ones."""

    def decides(yes: _Case, no: _Case) -> bool:
        return any(
            _meets(one, rule) != _meets(other, rule)
            for one, other in zip(yes.cases(), no.cases(), strict=True)
        )

    for item in rule.items:
        if known[item.code] is None and case.groups[item.group] is None:
            with_it, without = ({**case.groups, item.group: answer} for answer in (True, False))
            if decides(
                _Case(with_it, case.associated, case.excluded),
                _Case(without, case.associated, case.excluded),
            ):
                yield item.code
    if case.associated is None and decides(
        _Case(case.groups, True, case.excluded), _Case(case.groups, False, case.excluded)
    ):
        yield rule.associated
    if case.excluded is None:
        yield from (each for each in rule.excludes if known[each] is None)
