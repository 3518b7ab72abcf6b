"""The figure of how well a list can be guessed, compared with trying every list."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sle_desk.domain.allocation_drawing import draw_list
from sle_desk.domain.guessability import FIRST, guessability, percent
from sle_desk.domain.randomisation import shares_of


def every_list(shares, sizes, size):
    """Return the chance of each list that can be drawn: sizes evenly among those that fit, orders evenly."""
    lists = defaultdict(Fraction)

    def fits(left):
        return left == 0 or any(block <= left and fits(left - block) for block in sizes)

    def go_on(begun, chance):
        left = size - len(begun)
        if left == 0:
            lists[begun] += chance
            return
        possible = [block for block in sizes if block <= left and fits(left - block)]
        for block in possible:
            one = [arm for arm, share in shares.items() for _ in range(share * block // sum(shares.values()))]
            orders = Counter(permutations(one))
            for order, times in orders.items():
                go_on(begun + order, chance / len(possible) * times / sum(orders.values()))

    go_on((), Fraction(1))
    return lists


def by_trying(shares, sizes, size):
    """Return the two shares by looking at every beginning of every list."""
    beginnings = defaultdict(lambda: defaultdict(Fraction))
    for arms, chance in every_list(shares, sizes, size).items():
        for place in range(size):
            beginnings[arms[:place]][arms[place]] += chance
    certain = sum(sum(after.values()) for after in beginnings.values() if len(after) == 1)
    guessed = sum(max(after.values()) for after in beginnings.values())
    return certain / size, guessed / size


@pytest.mark.parametrize(
    ("shares", "sizes", "size"),
    [
        ({"A": 1, "B": 1}, (2,), 6),
        ({"A": 1, "B": 1}, (2, 4), 8),
        ({"A": 1, "B": 1}, (4, 6), 10),
        ({"A": 2, "B": 1}, (3,), 6),
        ({"A": 2, "B": 1}, (3, 6), 6),
        ({"A": 1, "B": 1, "C": 1}, (3,), 6),
        ({"A": 1, "B": 1, "C": 1}, (3, 6), 6),
        ({"A": 2, "B": 1, "C": 1}, (4,), 4),
        ({"A": 1}, (1,), 3),
    ],
)
def test_the_figure_is_what_trying_every_list_gives(shares, sizes, size):
    found = guessability(shares, sizes, size, grain=0)
    assert (found.certain, found.guessed) == by_trying(shares, sizes, size)
    assert found.chance == Fraction(max(shares.values()), sum(shares.values()))


def test_blocks_of_three_give_the_last_place_away_and_mixed_ones_less():
    three = guessability(("A", "B", "C"), (3,), 30)
    mixed = guessability(("A", "B", "C"), (3, 6), 30)
    assert three.certain == Fraction(1, 3)
    assert three.guessed == (Fraction(1, 3) + Fraction(1, 2) + 1) / 3
    assert (percent(three.certain), percent(three.guessed), percent(three.chance)) == (33, 61, 33)
    assert mixed.certain < three.certain
    assert three.chance < mixed.guessed < three.guessed


@given(some.sampled_from([(3,), (6,), (3, 6), (3, 6, 9)]), some.integers(2, 6))
def test_rounded_beliefs_show_the_same_whole_per_cent(sizes, thirds):
    shares, size = ("A", "B", "C"), thirds * 6
    exact, shown = guessability(shares, sizes, size, grain=0), guessability(shares, sizes, size)
    assert abs(exact.certain - shown.certain) < Fraction(1, 200)
    assert abs(exact.guessed - shown.guessed) < Fraction(1, 200)


def test_a_guesser_who_follows_the_figure_hits_as_often_in_drawn_lists():
    # Who always names an arm that is behind in the running block of three is right so often.
    hits = 0
    for number in range(400):
        seed = hashlib.sha256(b"guess" + number.to_bytes(4, "big")).digest()
        arms = [row.arm for row in draw_list(seed, ("A", "B", "C"), (3,), 30).allocations]
        for place, arm in enumerate(arms):
            seen = arms[place - place % 3 : place]
            hits += arm == next(each for each in "ABC" if each not in seen)
    wanted = guessability(("A", "B", "C"), (3,), 30).guessed
    assert abs(hits / 12_000 - wanted) < 0.02


def test_a_long_list_is_looked_at_from_its_start():
    assert FIRST < 300
    assert guessability(("A", "B", "C"), (3,), 300).certain == Fraction(1, 3)


@pytest.mark.parametrize(
    ("share", "shown"), [("1/3", 33), ("1/200", 1), ("0", 0), ("199/200", 100), ("1", 100)]
)
def test_a_share_is_shown_in_whole_per_cent(share, shown):
    assert percent(Fraction(share)) == shown


def test_shares_that_are_none_are_refused():
    assert shares_of({"A": 1}) == {"A": 1}
    with pytest.raises(Exception, match="shares"):
        guessability((), (3,), 3)
