"""The SELENA flare index: what happened since the last visit, and whether it is a flare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.instruments import MILD_MODERATE, SEVERE, FlareRule
from sle_desk.domain.scoring import NOT_EVALUABLE

NO_FLARE = "none"


@dataclass(frozen=True)
class FlareFacts:
    """Two visits side by side; prednisone in mg per kg and day; None where nobody said.

    Manifestations are those new or worse since the visit before, treatments those added for activity.
    """

    sledai_before: int | None
    sledai_now: int | None
    pga_before: Decimal | None
    pga_now: Decimal | None
    prednisone_before: Decimal | None
    prednisone_now: Decimal | None
    manifestations: frozenset[str] | None
    treatments: frozenset[str] | None
    hospitalised: bool | None


@dataclass(frozen=True)
class Trigger:
    """One trigger of the index, its level, and whether it holds; None: not known."""

    code: str
    level: str
    holds: bool | None


@dataclass(frozen=True)
class Flare:
    """The level (severe, mild_moderate, none or NE) and every trigger behind it."""

    level: str
    triggers: tuple[Trigger, ...]

    @property
    def held(self) -> tuple[str, ...]:
        """Return the triggers that hold."""
        return tuple(trigger.code for trigger in self.triggers if trigger.holds)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the triggers that could not be judged."""
        return tuple(trigger.code for trigger in self.triggers if trigger.holds is None)


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _either(*held: bool | None) -> bool | None:
    if any(held):
        return True
    return None if any(one is None for one in held) else False


def _rises(
    code: str,
    before: Decimal | int | None,
    now: Decimal | int | None,
    least: Decimal | int,
    above: Decimal | int,
) -> tuple[Trigger, Trigger]:
    """Return the severe and the mild trigger of a measure: any rise that ends above, a rise that does not."""
    if before is None or now is None:
        return Trigger(f"{code}.above", SEVERE, None), Trigger(f"{code}.rise", MILD_MODERATE, None)
    rose = now > before
    return (
        Trigger(f"{code}.above", SEVERE, rose and now > above),
        Trigger(f"{code}.rise", MILD_MODERATE, rose and now - before >= least and now <= above),
    )


def _listed(found: frozenset[str] | None, levels: Mapping[str, str], level: str) -> bool | None:
    return None if found is None else any(levels[code] == level for code in found)


def _check_codes(found: frozenset[str] | None, levels: Mapping[str, str]) -> None:
    for code in sorted(found or ()):
        if code not in levels:
            raise RuleBroken("flare.unknown_item", item=code)


def _doubled(facts: FlareFacts, rule: FlareRule) -> bool | None:
    before, now = facts.prednisone_before, facts.prednisone_now
    return None if before is None or now is None else now > before and now >= before * rule.doubling


def _triggers(facts: FlareFacts, rule: FlareRule) -> tuple[Trigger, ...]:
    sledai = _rises(
        "sledai", facts.sledai_before, facts.sledai_now, rule.sledai_rise, rule.sledai_severe_above
    )
    pga = _rises("pga", facts.pga_before, facts.pga_now, rule.pga_rise, rule.pga_severe_above)
    prednisone = _rises(
        "prednisone", facts.prednisone_before, facts.prednisone_now, 0, rule.prednisone_severe_above
    )
    organs, drugs = rule.manifestations, rule.treatments
    # A severe manifestation counts as such when it needed one of three answers.
    answered = _either(_doubled(facts, rule), prednisone[0].holds, facts.hospitalised)
    return (
        *sledai,
        *pga,
        *prednisone,
        Trigger(
            "manifestation.severe", SEVERE, _both(_listed(facts.manifestations, organs, SEVERE), answered)
        ),
        Trigger("treatment.severe", SEVERE, _listed(facts.treatments, drugs, SEVERE)),
        Trigger("hospitalised", SEVERE, facts.hospitalised),
        Trigger("manifestation.mild", MILD_MODERATE, _listed(facts.manifestations, organs, MILD_MODERATE)),
        Trigger("treatment.mild", MILD_MODERATE, _listed(facts.treatments, drugs, MILD_MODERATE)),
    )


def flare_index(facts: FlareFacts, rule: FlareRule) -> Flare:
    """Return the level of the flare; severe overrides mild, and what may be severe is never called mild."""
    _check_codes(facts.manifestations, rule.manifestations)
    _check_codes(facts.treatments, rule.treatments)
    triggers = _triggers(facts, rule)
    for level in (SEVERE, MILD_MODERATE):
        held = _either(*(trigger.holds for trigger in triggers if trigger.level == level))
        if held:
            return Flare(level, triggers)
        if held is None:
            return Flare(NOT_EVALUABLE, triggers)
    return Flare(NO_FLARE, triggers)
