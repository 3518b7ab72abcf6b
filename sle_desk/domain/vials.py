"""Which vials a dose is prepared from: least waste, or fewest vials, out of the strengths stocked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, gcd, lcm

from sle_desk.base.errors import RuleBroken

# How many vials of each strength, larger strengths first.
_Counts = tuple[int, ...]


@dataclass(frozen=True)
class Vials:
    """Vials for one dose: (strength, count) with larger strengths first and no zero counts; all in mg."""

    dose: Decimal
    counts: tuple[tuple[Decimal, int], ...]

    @property
    def total(self) -> Decimal:
        """Return the milligrams in the vials."""
        return sum((strength * count for strength, count in self.counts), Decimal(0))

    @property
    def left_over(self) -> Decimal:
        """Return the milligrams that the dose leaves over."""
        return self.total - self.dose

    @property
    def number(self) -> int:
        """Return how many vials are opened."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True)
class VialChoice:
    """The choice with the least waste, and the one with the fewest vials beside it."""

    least_waste: Vials
    fewest: Vials


def vials_needed(amount: Decimal, strength: Decimal) -> int:
    """Return how many vials of one strength hold an amount, both in one unit and above nothing."""
    if amount <= 0 or strength <= 0:
        raise RuleBroken("vials.no_dose", dose=str(amount))
    # Of fractions, not of decimals: `//` of those truncates towards nothing, and -(-1 // 2) is 0 vials.
    return ceil(Fraction(amount) / Fraction(strength))


def whole_vial_over(needed: Decimal, used: Iterable[tuple[Decimal, int]]) -> bool:
    """Tell whether a whole vial more was taken than a dose needs: without the smallest it is held still."""
    taken = [(strength, count) for strength, count in used if count > 0]
    held = sum((strength * count for strength, count in taken), Decimal(0))
    return bool(taken) and held - min(strength for strength, _ in taken) >= needed


def _common_step(strengths: tuple[Decimal, ...]) -> Fraction:
    """Return the largest amount of which every strength is a whole multiple."""
    exact = [Fraction(strength) for strength in strengths]
    below = lcm(*(one.denominator for one in exact))
    return Fraction(gcd(*(int(one * below) for one in exact)), below)


def _fewest_for_each_total(sizes: tuple[int, ...], highest: int) -> list[_Counts | None]:
    """Return for each total the counts with the fewest vials, larger vials first where equally few."""
    best: list[_Counts | None] = [(0,) * len(sizes)] + [None] * highest
    for total in range(1, highest + 1):
        reached = []
        for place, size in enumerate(sizes):
            before = best[total - size] if size <= total else None
            if before is not None:
                reached.append((*before[:place], before[place] + 1, *before[place + 1 :]))
        best[total] = min(reached, key=_fewest_then_larger, default=None)
    return best


def _fewest_then_larger(counts: _Counts) -> tuple[int, _Counts]:
    return sum(counts), tuple(-count for count in counts)


def vial_choice(dose_mg: Decimal, strengths: Collection[Decimal]) -> VialChoice:
    """Return the vials for a dose in mg: least waste, then fewest vials, then larger vials first.

    The alternative asks for fewest vials first, then least waste. Refuses when no strength is stocked.
    """
    stocked = tuple(sorted(set(strengths), reverse=True))
    if not stocked or stocked[-1] <= 0:
        raise RuleBroken("vials.none_stocked")
    if dose_mg <= 0:
        raise RuleBroken("vials.no_dose", dose=str(dose_mg))
    step = _common_step(stocked)
    sizes = tuple(int(Fraction(strength) / step) for strength in stocked)
    needed = ceil(Fraction(dose_mg) / step)
    # The best choices stay below one more vial: any further one could be left in the cupboard.
    best = _fewest_for_each_total(sizes, needed + sizes[0])
    enough = [counts for counts in best[needed:] if counts is not None]
    fewest = min(enough, key=sum)
    return VialChoice(_vials(dose_mg, stocked, enough[0]), _vials(dose_mg, stocked, fewest))


def _vials(dose_mg: Decimal, stocked: tuple[Decimal, ...], counts: _Counts) -> Vials:
    used = ((strength, count) for strength, count in zip(stocked, counts, strict=True) if count)
    return Vials(dose_mg, tuple(used))
