"""A dose as a sum that the reader can check: 10 × 61.2 = 612 mg, and the vials it takes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sle_desk.base.language import Language
from sle_desk.domain.values import plain


@dataclass(frozen=True)
class Vials:
    """How many vials of one strength (mg)."""

    count: int
    strength: Decimal


@dataclass(frozen=True)
class DoseSum:
    """A dose by weight: mg for each kg, kg, mg prescribed, and the vials to prepare it from."""

    rate: Decimal
    weight: Decimal
    prescribed: Decimal
    vials: tuple[Vials, ...] = ()

    @property
    def product(self) -> Decimal:
        """Return rate times weight, exactly."""
        return self.rate * self.weight

    @property
    def content(self) -> Decimal:
        """Return what the vials hold together (mg)."""
        return sum((vial.count * vial.strength for vial in self.vials), Decimal(0))

    @property
    def left_over(self) -> Decimal:
        """Return what the vials hold beyond the prescribed dose (mg)."""
        return self.content - self.prescribed


def dose_text(dose: DoseSum, language: Language) -> str:
    """Return the sum; a prescribed dose that is not the product is shown beside it, never instead of it."""
    shown = f"{plain(dose.rate)} × {plain(dose.weight)} = {plain(dose.product)} mg"
    if dose.prescribed == dose.product:
        return shown
    return language.text("{sum}, prescribed {dose} mg", sum=shown, dose=plain(dose.prescribed))


def vials_text(vials: tuple[Vials, ...]) -> str:
    """Return the vials as a sum: 400 + 2 × 120 mg."""
    return " + ".join(
        plain(vial.strength) if vial.count == 1 else f"{vial.count} × {plain(vial.strength)}"
        for vial in vials
    )
