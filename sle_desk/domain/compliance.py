"""How much of what was planned was given: numerators and denominators, never a rounded percentage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sle_desk.domain.dose_matching import GIVEN, MISSED, Match, RecordedDose, assign
from sle_desk.domain.schedule import Slot
from sle_desk.domain.values import plain


@dataclass(frozen=True)
class Compliance:
    """One drug in one stage, or in all its stages (`stage` is None), up to the day before `on`.

    `planned` doses lie before that day; of them `given`, `on_planned_day`, `missed`, `paused` (in a pause of
    the drug, and nothing recorded) and `unrecorded`. `beyond` are doses given before that day that fill no
    planned one: they were given, so that more than was planned reads as more. Paused doses are of the plan
    and stay in its number: the protocol names no other, and the share without them stands beside it.
    """

    drug: str
    stage: str | None
    planned: int
    given: int
    on_planned_day: int
    missed: int
    paused: int = 0
    beyond: int = 0

    @property
    def given_in_all(self) -> int:
        """Return how many doses were given, those beyond the plan with them."""
        return self.given + self.beyond

    @property
    def unrecorded(self) -> int:
        """Return how many planned doses nobody has said anything about."""
        return self.planned - self.given - self.missed - self.paused

    @property
    def share(self) -> Fraction | None:
        """Return all that was given over planned, exact; None while nothing was planned yet."""
        return Fraction(self.given_in_all, self.planned) if self.planned else None

    @property
    def share_unpaused(self) -> Fraction | None:
        """Return all that was given over planned and not paused, exact; None where nothing is left."""
        asked = self.planned - self.paused
        return Fraction(self.given_in_all, asked) if asked else None


def percent(share: Fraction) -> str:
    """Return a share as percent of one decimal, or of as many as a share that is no whole percent needs.

    79.6 never reads as 80, and 120.04 never as 120: limits are whole numbers.
    """
    exact, places = share * 100, 1
    rounded = _half_up(exact, places)
    while rounded == int(rounded) and rounded != exact:
        places += 1
        rounded = _half_up(exact, places)
    return plain(Decimal(rounded.numerator) / rounded.denominator)


def _half_up(exact: Fraction, places: int) -> Fraction:
    return Fraction((exact * 10**places + Fraction(1, 2)).__floor__(), 10**places)


@dataclass(frozen=True)
class Exposure:
    """All that was given of one drug, planned or not: doses, their sum, and how many amounts are unknown."""

    drug: str
    doses: int
    outside_plan: int
    amount: Decimal
    amounts_unknown: int


def _row(
    drug: str,
    stage: str | None,
    slots: Sequence[Slot],
    match: Match,
    on: date,
    beyond: Sequence[RecordedDose],
) -> Compliance:
    past = [slot for slot in slots if slot.planned_on < on]
    records = [(slot, match.record(slot)) for slot in past]
    given = [(slot, dose) for slot, dose in records if dose is not None and dose.progress == GIVEN]
    return Compliance(
        drug=drug,
        stage=stage,
        planned=len(past),
        given=len(given),
        on_planned_day=sum(dose.on_day == slot.planned_on for slot, dose in given),
        missed=sum(dose is not None and dose.progress == MISSED for _, dose in records),
        paused=sum(dose is None and slot.pause is not None for slot, dose in records),
        beyond=len(beyond),
    )


def _beyond(match: Match, drug: str, on: date) -> list[RecordedDose]:
    """Return the doses of a drug given before a day that fill no planned one."""
    unfilling = (*match.extra, *match.contested)
    return [dose for dose in unfilling if dose.drug == drug and dose.progress == GIVEN and dose.on_day < on]


def _stage_on(slots: Sequence[Slot], day: date) -> str:
    """Return the stage that a day lies in: that of the last dose planned by then, else the first."""
    by_day = sorted(slots, key=lambda slot: (slot.planned_on, slot.number))
    return next((slot.stage for slot in reversed(by_day) if slot.planned_on <= day), by_day[0].stage)


def compliance(slots: Iterable[Slot], doses: Iterable[RecordedDose], on: date) -> tuple[Compliance, ...]:
    """Return a row for each drug and stage, then one for the whole drug, of doses planned before a day."""
    plan = tuple(slots)
    match = assign(plan, doses)
    rows = []
    for drug in dict.fromkeys(slot.drug for slot in plan):
        of_drug = [slot for slot in plan if slot.drug == drug]
        beyond = _beyond(match, drug, on)
        for stage in dict.fromkeys(slot.stage for slot in of_drug):
            of_stage = [slot for slot in of_drug if slot.stage == stage]
            more = [dose for dose in beyond if _stage_on(of_drug, dose.on_day) == stage]
            rows.append(_row(drug, stage, of_stage, match, on, more))
        rows.append(_row(drug, None, of_drug, match, on, beyond))
    return tuple(rows)


def exposure(slots: Iterable[Slot], doses: Iterable[RecordedDose]) -> tuple[Exposure, ...]:
    """Return for each drug what was given in all, doses outside the plan with it."""
    records = tuple(doses)
    filled = {dose.key for dose in assign(slots, records).filled.values()}
    rows = []
    for drug in sorted({dose.drug for dose in records if dose.progress == GIVEN}):
        given = [dose for dose in records if dose.drug == drug and dose.progress == GIVEN]
        amounts = [dose.administered for dose in given if dose.administered is not None]
        rows.append(
            Exposure(
                drug=drug,
                doses=len(given),
                outside_plan=sum(dose.key not in filled for dose in given),
                amount=sum(amounts, Decimal(0)),
                amounts_unknown=len(given) - len(amounts),
            )
        )
    return tuple(rows)
