"""What a decision would change on today's data, before it is signed: whose verdict, dates, doses, findings.

It is computed by the same rules as everything else, with the decision beside those made; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.decisions import Decision, check_decision
from sle_desk.domain.evidence_asked import LABORATORY_DAYS
from sle_desk.domain.plan_rules import (
    ALONE_END,
    ALONE_INFUSIONS,
    ANCHORING,
    DIARY_DUE,
    FIRST_DOSES,
    FIRST_WINDOW,
    INFUSION_WINDOW,
    INFUSIONS,
    INTERVAL,
    SECOND_CYCLE,
    SECOND_INFUSIONS,
    SECOND_START,
    SECOND_WINDOW,
)
from sle_desk.domain.protocol import Given, Protocol
from sle_desk.domain.screening import DAYS, TIMES
from sle_desk.models.allocation import AllocationList
from sle_desk.services.consequence_plans import (
    Amounts,
    Compared,
    Dates,
    Findings,
    Flags,
    amounts,
    compared_doses,
    dates,
    flags,
    medication,
    reports,
    weighing,
)
from sle_desk.services.consequence_subjects import Conditions, LeafChanges, conditions, leaf_changes
from sle_desk.services.decisions import decisions_made, require_computed
from sle_desk.services.desk import Desk
from sle_desk.services.dose_judgement import (
    LONGEST_GAP,
    ROUNDING_RULE,
    ROUNDING_STEP,
    SHORTEST_GAP,
    STRENGTHS,
    VOLUME_STEP,
    WEIGHT_CHANGE,
    WEIGHT_DAYS,
)
from sle_desk.services.dosing import VIAL_STRENGTH
from sle_desk.services.enrolment import RATIO, TARGET, standing, target_of
from sle_desk.services.event_reports import HOURS
from sle_desk.services.medication_findings import PREDNISONE, PROHIBITING, STABLE_BY_NAME
from sle_desk.services.preconditions import SCREENING_DAYS
from sle_desk.services.tried import STEROID, Known, Standing, Tried
from sle_desk.services.waived import RANDOMISES

# What a decision can reach, each computed by its own rule.
LEAVES, CONDITIONS, DATES, AMOUNTS, WEIGHING = "leaves", "conditions", "dates", "amounts", "weighing"
DOSES, FLAGS, MEDICATION, ENROLMENT, REPORTS = "doses", "flags", "medication", "enrolment", "reports"
# Read by what is recorded from its day on: of today's data it changes nothing.
LATER = "later"
_PLAN = frozenset(
    {ALONE_END, ALONE_INFUSIONS, ANCHORING, DIARY_DUE, FIRST_DOSES, FIRST_WINDOW, INFUSION_WINDOW}
    | {INFUSIONS, INTERVAL, SECOND_CYCLE, SECOND_INFUSIONS, SECOND_START, SECOND_WINDOW}
)
_REACHED_BY: Mapping[str, frozenset[str]] = {
    CONDITIONS: frozenset({SCREENING_DAYS, LABORATORY_DAYS, WEIGHT_DAYS, RANDOMISES, TARGET, RATIO}),
    AMOUNTS: frozenset({ROUNDING_STEP, ROUNDING_RULE, STRENGTHS, VOLUME_STEP, VIAL_STRENGTH}),
    WEIGHING: frozenset({WEIGHT_CHANGE}),
    DOSES: frozenset(
        {"dose.reason_percent", "dose.deviation_percent", "dose.modal_fold"}
        | {SHORTEST_GAP, LONGEST_GAP, WEIGHT_DAYS}
    ),
    FLAGS: frozenset({"compliance.low_percent", "compliance.high_percent"}),
    MEDICATION: frozenset({PREDNISONE}),
    ENROLMENT: frozenset({TARGET}),
    REPORTS: frozenset({HOURS}),
    LATER: frozenset({TIMES, DAYS}),
}
# Decisions whose option, not a setting, is what a rule reads.
_OPTION_READ = {PROHIBITING[0]: MEDICATION, STABLE_BY_NAME[0]: MEDICATION}


@dataclass(frozen=True)
class Enrolled:
    """How many are randomised of how many: before and after; None where no number is in force."""

    randomised: int
    was: int | None
    becomes: int | None
    # A list that is loaded was made for the number it has.
    list_size: int | None


Consequence = LeafChanges | Conditions | Dates | Amounts | Compared | Findings | Flags | Enrolled


@dataclass(frozen=True)
class Consequences:
    """What a decision would change; `reaches` names what was computed, nothing where no rule reads it."""

    reaches: frozenset[str]
    found: tuple[Consequence, ...] = ()

    @property
    def excludes(self) -> bool:
        """Tell whether somebody would be excluded whom nothing excludes now."""
        return any(isinstance(each, LeafChanges) and each.excluding for each in self.found)


def reaches(protocol: Protocol, code: str) -> frozenset[str]:
    """Return what is computed from a clarification or a setting; nothing where people alone act on it."""
    governed = {each.code for each in protocol.settings if code in (each.code, each.clarification)}
    found = {part for part, settings in _REACHED_BY.items() if settings & governed}
    if _read_by_leaves(protocol, code, governed):
        found.add(LEAVES)
    # What lies before day 1 is planned by nobody.
    after = [each for each in protocol.visits if each.anchor != "before_day_1"]
    windows = {each.window for each in after} | {each.day_setting for each in after}
    if governed & (_PLAN | (windows - {""})):
        found.add(DATES)
    if any(each.startswith(STEROID) for each in governed):
        found |= {LEAVES, MEDICATION}
    spared = {each.sparing.setting for each in protocol.visits if each.sparing is not None}
    if governed & (spared | {drug.supply for drug in protocol.drugs}):
        found.add(LATER)
    if code in _OPTION_READ:
        found.add(_OPTION_READ[code])
    # The days a pregnancy test is accepted are read by a leaf, and again at the door of the allocation.
    if any("pregnancy" in each for each in governed):
        found.add(CONDITIONS)
    return frozenset(found)


def _read_by_leaves(protocol: Protocol, code: str, governed: set[str]) -> bool:
    read = {setting for leaf in protocol.leaves for setting in leaf.evidence.settings()}
    options = [option for each in protocol.clarifications if each.code == code for option in each.options]
    # How old a laboratory value may be is read wherever a value is.
    return bool(governed & (read | {LABORATORY_DAYS})) or any(option.readings for option in options)


def consequences(
    desk: Desk, code: str, option: str, values: Mapping[str, Given], own_words: str = ""
) -> Consequences:
    """Return what would change today if a decision were taken so and held from today.

    RuleBroken where the decision could not be taken.
    """
    found = of_each(desk, code, {option: values}, own_words)[option]
    if isinstance(found, RuleBroken):
        raise found
    return found


def of_each(
    desk: Desk,
    code: str,
    options: Mapping[str, Mapping[str, Given]],
    own_words: str = "",
    known: Known | None = None,
) -> dict[str, Consequences | RuleBroken]:
    """Return the same of several options with their values, or why one could not be taken; read once.

    `known` is handed from one look to the next: while nothing is written nobody is judged again.
    """
    parts = reaches(desk.protocol, code)
    if not parts:
        return dict.fromkeys(options, Consequences(parts))
    kept = known if known is not None else Known()
    kept.keep_for(desk.head().number, desk.today())
    with desk.view() as session:
        standing = Standing(session, desk.protocol, desk.now(), decisions_made(session), kept)
        found: dict[str, Consequences | RuleBroken] = {}
        for option, values in options.items():
            try:
                tried = _tried(standing, code, option, values, own_words)
            except RuleBroken as refused:
                found[option] = refused
                continue
            computed = (_COMPUTED[part](tried) for part in _COMPUTED if part in parts)
            found[option] = Consequences(parts, tuple(each for told in computed for each in told))
    return found


def _tried(standing: Standing, code: str, option: str, values: Mapping[str, Given], own_words: str) -> Tried:
    protocol, made, today = standing.protocol, standing.made, standing.today
    number = max((each.number for each in made), default=0) + 1
    # Words not typed yet stand for words: nothing may be computed where they will be.
    words = own_words or ("…" if _asks_words(protocol, code, option) else "")
    decided = Decision(code, option, dict(values), words, today, None, number)
    check_decision(protocol, decided, standing.readings)
    require_computed(protocol, made, decided, today)
    return Tried(standing, (*made, decided))


def _asks_words(protocol: Protocol, code: str, option: str) -> bool:
    known = (each for each in protocol.clarifications if each.code == code)
    return any(each.option(option).own_words for each in known)


def _enrolled(tried: Tried) -> tuple[Consequence, ...]:
    was, becomes = (target_of(each) for each in (tried.before, tried.after))
    if was == becomes:
        return ()
    newest = select(AllocationList.size).order_by(AllocationList.id.desc()).limit(1)
    return (Enrolled(standing(tried.session), was, becomes, tried.session.scalar(newest)),)


_COMPUTED: Mapping[str, Callable[[Tried], tuple[Consequence, ...]]] = {
    LEAVES: leaf_changes,
    CONDITIONS: conditions,
    DATES: dates,
    AMOUNTS: amounts,
    WEIGHING: weighing,
    DOSES: compared_doses,
    FLAGS: flags,
    MEDICATION: medication,
    ENROLMENT: _enrolled,
    REPORTS: reports,
}
