"""What a kit handed to a subject shows: beside the arm, the consent, the ends of its drug, its expiry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sle_desk.base.language import Words
from sle_desk.domain.dose_choices import DOSE_REASONS
from sle_desk.domain.dosing import MAJOR, MINOR, ProposedDeviation
from sle_desk.domain.forms import Choice

# Why a kit was handed over otherwise than planned: as with a dose, and nothing of it was given elsewhere.
KIT_REASONS = tuple(
    Choice(each.code, Words("Handed over by mistake", "误发药"), each.key) if each.code == "mistake" else each
    for each in DOSE_REASONS
    if each.code != "elsewhere"
)
# What a kit after an end shows, the weightiest alone.
HANDED_AFTER = frozenset({"dispensing.after_stop", "dispensing.after_withdrawal", "dispensing.after_death"})


@dataclass(frozen=True)
class KitGround:
    """What a kit is compared with: the arm of the subject, its consent, what ended the drug, the expiry."""

    arm_drugs: frozenset[str] | None = None
    allocated_on: date | None = None
    consented_on: date | None = None
    died_on: date | None = None
    died_said: str = ""
    withdrawn_on: date | None = None
    stopped_on: date | None = None
    expires_on: date | None = None


def kit_shows(drug: str, lot: str, on_day: date, ground: KitGround) -> Iterator[ProposedDeviation]:
    """Yield what a kit shows; nothing of it is refused, for what was handed over is in somebody's hands.

    On the day of an end the kit may have been handed over before it.
    """
    if ground.arm_drugs is None or (ground.allocated_on is not None and on_day < ground.allocated_on):
        yield ProposedDeviation("dispensing.before_allocation", MAJOR, {"on": on_day})
    elif drug not in ground.arm_drugs:
        yield ProposedDeviation("dispensing.off_arm", MAJOR, {"drug": drug})
    if ground.consented_on is None:
        yield ProposedDeviation("dispensing.no_consent", MAJOR, {"on": on_day})
    elif on_day < ground.consented_on:
        facts: dict[str, object] = {"on": on_day, "consented": ground.consented_on}
        yield ProposedDeviation("dispensing.before_consent", MAJOR, facts)
    yield from _after_end(on_day, ground)
    if ground.expires_on is not None and ground.expires_on < on_day:
        facts = {"lot": lot, "expired": ground.expires_on}
        yield ProposedDeviation("dispensing.expired", MAJOR, facts)


def _after_end(on_day: date, ground: KitGround) -> Iterator[ProposedDeviation]:
    died, withdrawn, stopped = ground.died_on, ground.withdrawn_on, ground.stopped_on
    if died is not None and on_day > died:
        facts: dict[str, object] = {"on": on_day, "died": ground.died_said or died}
        yield ProposedDeviation("dispensing.after_death", MAJOR, facts)
    elif withdrawn is not None and on_day > withdrawn:
        yield ProposedDeviation("dispensing.after_withdrawal", MAJOR, {"on": on_day, "since": withdrawn})
    elif stopped is not None and on_day > stopped:
        yield ProposedDeviation("dispensing.after_stop", MINOR, {"on": on_day, "stopped": stopped})
