"""The dose by weight: what is prescribed, the vials and the volume, and what a bag gave; all exact."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.vials import VialChoice, vial_choice

_EXACT = Context(prec=60)
_ROUNDINGS = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}


@dataclass(frozen=True)
class DoseRounding:
    """A rounding rule that was decided: to the nearest multiple of a step (half up), or up, or down."""

    step: Decimal
    rule: str


@dataclass(frozen=True)
class PrescribedDose:
    """A dose by weight in mg: the exact product, and the dose after the rounding rule if there is one."""

    per_kg: Decimal
    weight_kg: Decimal
    exact: Decimal
    rounding: DoseRounding | None
    dose: Decimal


@dataclass(frozen=True)
class DoseSum:
    """The whole sum as data: 10 x 61.2 = 612 = 400 + 2 x 120 (28 left over), with the volume in mL."""

    prescribed: PrescribedDose
    vials: VialChoice
    volume_ml: Decimal


def rounded_to_step(amount: Decimal, rounding: DoseRounding) -> Decimal:
    """Return the amount rounded by a decided rule: a dose, or the volume as it is shown."""
    if rounding.rule not in _ROUNDINGS or rounding.step <= 0:
        raise RuleBroken("dose.rounding", rule=rounding.rule, step=str(rounding.step))
    steps = _EXACT.divide(amount, rounding.step).quantize(
        Decimal(1), rounding=_ROUNDINGS[rounding.rule], context=_EXACT
    )
    return _EXACT.multiply(steps, rounding.step)


def prescribed_dose(
    per_kg: Decimal, weight_kg: Decimal, rounding: DoseRounding | None = None
) -> PrescribedDose:
    """Return mg/kg x actual weight in kg, not rounded unless a rule was decided."""
    if per_kg <= 0 or weight_kg <= 0:
        raise RuleBroken("dose.weight", weight=str(weight_kg))
    exact = _EXACT.multiply(per_kg, weight_kg)
    dose = exact if rounding is None else rounded_to_step(exact, rounding)
    return PrescribedDose(per_kg, weight_kg, exact, rounding, dose)


def volume_ml(dose_mg: Decimal, mg_per_ml: Decimal) -> Decimal:
    """Return the volume in mL of a dose at the concentration after reconstitution, not rounded."""
    return _EXACT.divide(dose_mg, mg_per_ml)


def dose_sum(prescribed: PrescribedDose, strengths: Collection[Decimal], mg_per_ml: Decimal) -> DoseSum:
    """Return the sum that the nurse checks: dose, vials out of the strengths stocked, volume."""
    vials = vial_choice(prescribed.dose, strengths)
    return DoseSum(prescribed, vials, volume_ml(prescribed.dose, mg_per_ml))


def given_by_residual(prepared: Decimal, bag_ml: Decimal, residual_ml: Decimal) -> Decimal:
    """Return the amount that a bag held less what was left in it, by volume: a proposal, not rounded."""
    return _EXACT.divide(_EXACT.multiply(prepared, bag_ml - residual_ml), bag_ml)


def usable_until(prepared_at: datetime, minutes_to_end: int) -> datetime:
    """Return until when an infusion may end, by its preparation and the minutes of the package."""
    return prepared_at + timedelta(minutes=minutes_to_end)
