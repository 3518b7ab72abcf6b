"""How well the next allocation can be guessed by somebody who knows the block sizes and every earlier arm.

In an open trial the arms that were opened are known to whoever enrols. Whoever also knows the block sizes
can name the last place of a block with certainty, and does better than chance before it: the figure is the
price of small blocks. It is a property of how a list is drawn, never of the one list that was drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sle_desk.domain.allocation_drawing import choosable
from sle_desk.domain.randomisation import shares_of

# What is left of the block that is running, one number an arm; and how likely it is the running one.
_Left = tuple[int, ...]
_Belief = tuple[tuple[_Left, Fraction], ...]
# Beliefs are rounded to this many parts, which the figures in whole per cent do not show.
GRAIN = 50
# A longer list is looked at up to here: what follows is guessed as well, and would take long to work out.
FIRST = 45


@dataclass(frozen=True)
class Guessability:
    """Shares of the slots of a list, on average over all lists that can be drawn so.

    `certain` can be named for sure before they are opened; `guessed` are named rightly by whoever always
    names the likeliest arm; `chance` is what naming one arm always would hit.
    """

    certain: Fraction
    guessed: Fraction
    chance: Fraction


def percent(share: Fraction) -> int:
    """Return a share in whole per cent, half up: a finer figure would tell the block sizes themselves."""
    return int(share * 100 + Fraction(1, 2))


def guessability(
    arms: Sequence[str] | Mapping[str, int], block_sizes: Collection[int], size: int, grain: int = GRAIN
) -> Guessability:
    """Return how well lists that `draw_list` draws with these sizes can be guessed, place by place.

    The guesser is not told which of the sizes was drawn, but infers it from the arms seen so far. With a
    grain of 0 the figures are exact, which takes long for long lists of several sizes.
    """
    # In order of their shares: arms change names among those of equal share alone.
    shares = tuple(sorted(shares_of(arms).values()))
    whole = sum(shares)
    beliefs: dict[_Belief, Fraction] = {((((0,) * len(shares)), Fraction(1)),): Fraction(1)}
    certain = guessed = Fraction(0)
    looked_at = min(size, FIRST)
    for place in range(looked_at):
        blocks = choosable(block_sizes, size - place)
        following: dict[_Belief, Fraction] = {}
        for belief, reached in beliefs.items():
            begun = _with_new_blocks(belief, shares, [block // whole for block in blocks])
            likely = [_chance_of(begun, arm) for arm in range(len(shares))]
            best = max(likely)
            certain += reached * (best == 1)
            guessed += reached * best
            for arm, chance in enumerate(likely):
                if chance:
                    after = _after(begun, arm, shares, grain)
                    following[after] = following.get(after, Fraction(0)) + reached * chance
        beliefs = following
    return Guessability(certain / looked_at, guessed / looked_at, Fraction(max(shares), whole))


def _with_new_blocks(belief: _Belief, shares: Sequence[int], times: Sequence[int]) -> dict[_Left, Fraction]:
    """Return the belief with the block that may be over replaced by those that may be drawn next."""
    begun: dict[_Left, Fraction] = {}
    for left, likely in belief:
        each: Iterable[tuple[_Left, Fraction]] = ((left, likely),)
        if not any(left):
            each = ((tuple(share * many for share in shares), likely / len(times)) for many in times)
        for now, chance in each:
            begun[now] = begun.get(now, Fraction(0)) + chance
    return begun


def _chance_of(begun: Mapping[_Left, Fraction], arm: int) -> Fraction:
    return sum((likely * Fraction(left[arm], sum(left)) for left, likely in begun.items()), Fraction(0))


def _after(begun: Mapping[_Left, Fraction], arm: int, shares: Sequence[int], grain: int) -> _Belief:
    """Return what is believed once an arm was seen; arms of equal share may change names."""
    seen: dict[_Left, Fraction] = {}
    for left, likely in begun.items():
        if left[arm]:
            now = (*left[:arm], left[arm] - 1, *left[arm + 1 :])
            seen[now] = seen.get(now, Fraction(0)) + likely * Fraction(left[arm], sum(left))
    total = sum(seen.values())
    if grain:
        # What is possible stays possible: no certainty comes of rounding.
        seen = {left: Fraction(max(1, round(likely / total * grain))) for left, likely in seen.items()}
        total = sum(seen.values())
    ordered = sorted(range(len(shares)), key=lambda each: (shares[each], *_column(seen, each)))
    return tuple(sorted((tuple(left[each] for each in ordered), each / total) for left, each in seen.items()))


def _column(seen: Mapping[_Left, Fraction], arm: int) -> Iterator[int]:
    return (left[arm] for left in sorted(seen, key=lambda left: (sum(left), sorted(left))))
