"""The screening log: how each screening came out, who was screened again, the counts of the flow chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice

SCREENING, FAILED, WITHDREW, DIED, RANDOMISED, IN_ERROR, VOID = (
    "screening",
    "failed",
    "withdrew",
    "died",
    "randomised",
    # The arm stays and its row of the list stays used; it does not count to the number decided.
    "in_error",
    "void",
)
# Settings of the rule; undecided they only leave it to the reason that is always asked.
TIMES, DAYS = "rescreening.times", "rescreening.days"
TOO_OFTEN, TOO_SOON = "rescreen.too_often", "rescreen.too_soon"
# Why somebody whose screening ended is screened again.
RESCREEN_REASONS = (
    Choice("value", Words("A value out of range may be within it now", "曾超限的指标可能已恢复"), "1"),
    Choice("wash_out", Words("A wash-out is over", "洗脱期已满"), "2"),
    Choice("stable", Words("Treatment is stable now", "合并治疗已稳定"), "3"),
    Choice("window", Words("The screening window had passed", "曾超出筛选期"), "4"),
    Choice("consents", Words("Consents again after leaving or withdrawing", "退出或撤回后再次同意"), "5"),
    Choice("other", Words("Other", "其他"), "9"),
)


@dataclass(frozen=True)
class Screening:
    """One screening: its outcome, why, and the number of the record it goes on from."""

    id: int
    outcome: str
    # Leaves of the criteria that were not met; a coded reason where none was decided.
    leaves: tuple[str, ...] = ()
    reason: str = ""
    rescreen_of: int | None = None


@dataclass(frozen=True)
class Flow:
    """The counts of the flow chart, of people: who was screened again counts once, as it came out last.

    `by_leaf` counts people by each criterion not met: one with two stands under both. `by_reason` counts who
    was excluded for anything else. `in_error` counts whose allocation was marked as made in error: they stand
    neither under the excluded nor under the randomised.
    """

    screenings: int = 0
    assessed: int = 0
    excluded: int = 0
    by_leaf: Mapping[str, int] = field(default_factory=dict)
    by_reason: Mapping[str, int] = field(default_factory=dict)
    screening: int = 0
    randomised: int = 0
    in_error: int = 0


# Which screening each one goes on from, by their numbers.
Links = Mapping[int, int | None]


def people(links: Links) -> dict[int, int]:
    """Return for each screening the first one of its person, through those entered in error too."""
    first: dict[int, int] = {}
    # A record goes on from one registered before it.
    for each in sorted(links):
        before = links[each]
        first[each] = each if before is None else first[before]
    return first


def next_screenings(links: Links, standing: Collection[int]) -> dict[int, int]:
    """Return for each screening the next one of its person; one entered in error is passed over."""
    first, next_one, found = people(links), dict[int, int](), dict[int, int]()
    for each in sorted(links, reverse=True):
        if first[each] in next_one:
            found[each] = next_one[first[each]]
        if each in standing:
            next_one[first[each]] = each
    return found


def records_in_force(links: Links, standing: Collection[int], armed: Collection[int]) -> dict[int, int]:
    """Return for each screening the record under which its person is in the study, if any stands.

    The first one with an arm, else the newest that stands: one person is in the study once.
    """
    first, found = people(links), dict[int, int]()
    for each in sorted(standing):
        known = found.get(first[each])
        if known not in armed:
            found[first[each]] = each
    return {each: found[first[each]] for each in links if first[each] in found}


def flow(screenings: Iterable[Screening]) -> Flow:
    """Return the counts; what was entered in error counts nowhere."""
    known = tuple(screenings)
    standing = [each for each in known if each.outcome != VOID]
    # Where one number of a person has an arm in error and another one that stands, that one counts.
    right = {each.id for each in standing if each.outcome == RANDOMISED}
    wrong = {each.id for each in standing if each.outcome == IN_ERROR}
    links = {each.id: each.rescreen_of for each in known}
    first = people(links)
    armed = right | {each for each in wrong if not any(first[each] == first[other] for other in right)}
    counted = set(records_in_force(links, {each.id for each in standing}, armed).values())
    last = [each for each in standing if each.id in counted]
    out = [each for each in last if each.outcome not in (SCREENING, RANDOMISED, IN_ERROR)]
    return Flow(
        screenings=len(standing),
        assessed=len(last),
        excluded=len(out),
        by_leaf=Counter(leaf for each in out for leaf in each.leaves),
        by_reason=Counter(each.reason or each.outcome for each in out if not each.leaves),
        screening=sum(each.outcome == SCREENING for each in last),
        randomised=sum(each.outcome == RANDOMISED for each in last),
        in_error=sum(each.outcome == IN_ERROR for each in last),
    )


def outside_rule(
    before: int, failed_on: date, today: date, times: int | None, days: int | None
) -> tuple[str, ...]:
    """Return how a screening again breaks the rule: too often, too soon; None is a limit nobody decided.

    `before` counts the screenings again that this person had already.
    """
    found = []
    if times is not None and before >= times:
        found.append(TOO_OFTEN)
    if days is not None and (today - failed_on).days < days:
        found.append(TOO_SOON)
    return tuple(found)
