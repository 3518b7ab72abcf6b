from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.vials import Vials, vial_choice, vials_needed, whole_vial_over

BELIMUMAB = (Decimal(120), Decimal(400))
# The strengths that exist, and further ones so that the choice is not made for two.
KNOWN = (Decimal(80), Decimal(120), Decimal(200), Decimal(400))


def tenths(low: int, high: int, step: int) -> list[Decimal]:
    return [Decimal(weight) / 10 for weight in range(low, high + 1, step)]


def subsets(strengths: tuple[Decimal, ...]) -> Iterator[tuple[Decimal, ...]]:
    for size in range(1, len(strengths) + 1):
        yield from combinations(strengths, size)


def brute_force(dose: Decimal, strengths: tuple[Decimal, ...]) -> tuple[tuple, tuple]:
    """Try every number of each strength until it covers the dose alone; return both best keys."""
    larger_first = sorted(strengths, reverse=True)
    most = [range(int(dose // strength) + 2) for strength in larger_first]
    tried = []
    for counts in product(*most):
        waste = sum(n * s for n, s in zip(counts, larger_first, strict=True)) - dose
        if waste >= 0:
            preference = tuple(-count for count in counts)
            tried.append((waste, sum(counts), preference))
    least_waste = min(tried)
    fewest = min(tried, key=lambda key: (key[1], key[0], key[2]))
    return least_waste, fewest


def key(vials: Vials, strengths: tuple[Decimal, ...]) -> tuple:
    counts = dict(vials.counts)
    preference = tuple(-counts.get(strength, 0) for strength in sorted(strengths, reverse=True))
    return vials.left_over, vials.number, preference


def is_best(weight: Decimal, strengths: tuple[Decimal, ...]) -> None:
    dose = weight * 10
    choice = vial_choice(dose, strengths)
    found = key(choice.least_waste, strengths), key(choice.fewest, strengths)
    assert found == brute_force(dose, strengths), f"{weight} kg from {strengths}"


@pytest.mark.parametrize("strengths", list(subsets(BELIMUMAB)))
def test_every_choice_is_the_best_of_all_for_30_to_150_kg(strengths):
    for weight in tenths(300, 1500, 1):
        is_best(weight, strengths)


@pytest.mark.parametrize("strengths", list(subsets(KNOWN)))
def test_every_choice_is_the_best_of_all_for_any_stocked_strengths_at_some_weights(strengths):
    for weight in tenths(300, 900, 61):
        is_best(weight, strengths)


@pytest.mark.slow
@pytest.mark.parametrize("strengths", list(subsets(KNOWN)))
def test_every_choice_is_the_best_of_all_for_any_stocked_strengths_at_every_weight(strengths):
    for weight in tenths(300, 1500, 1):
        is_best(weight, strengths)


@pytest.mark.parametrize(
    ("kg", "least_waste", "left_over", "fewest", "fewest_left_over"),
    [
        ("61.2", {400: 1, 120: 2}, "28", {400: 2}, "188"),
        ("54", {120: 5}, "60", {400: 2}, "260"),
        ("64", {400: 1, 120: 2}, "0", {400: 2}, "160"),
        ("80", {400: 2}, "0", {400: 2}, "0"),
        ("100", {400: 1, 120: 5}, "0", {400: 3}, "200"),
        ("40", {400: 1}, "0", {400: 1}, "0"),
        ("40.1", {120: 4}, "79", {400: 1, 120: 1}, "119"),
        ("120", {400: 3}, "0", {400: 3}, "0"),
    ],
)
def test_known_sums_come_out(kg, least_waste, left_over, fewest, fewest_left_over):
    choice = vial_choice(Decimal(kg) * 10, BELIMUMAB)
    assert dict(choice.least_waste.counts) == least_waste
    assert choice.least_waste.left_over == Decimal(left_over)
    assert dict(choice.fewest.counts) == fewest
    assert choice.fewest.left_over == Decimal(fewest_left_over)


def test_equal_waste_takes_fewer_vials_and_equal_vials_take_larger_ones():
    # 1200 mg: ten of 120 or three of 400 waste nothing.
    assert vial_choice(Decimal(1200), BELIMUMAB).least_waste.counts == ((Decimal(400), 3),)
    # 400 mg from two vials: 200 + 200 or 300 + 100.
    choice = vial_choice(Decimal(400), (Decimal(100), Decimal(200), Decimal(300)))
    assert choice.least_waste.counts == ((Decimal(300), 1), (Decimal(100), 1))


@given(
    st.decimals("1", "500", places=1),
    st.sets(st.decimals("7", "400", places=1), min_size=1, max_size=3),
)
def test_vials_always_cover_the_dose_and_any_order_of_strengths_gives_the_same(dose, strengths):
    choice = vial_choice(dose, tuple(strengths))
    again = vial_choice(dose, sorted(strengths))
    assert choice == again
    for vials in (choice.least_waste, choice.fewest):
        assert vials.total == dose + vials.left_over >= dose
        assert {strength for strength, _ in vials.counts} <= strengths
        assert all(vials.left_over < strength for strength, _ in vials.counts)
    assert choice.fewest.number <= choice.least_waste.number
    assert choice.least_waste.left_over <= choice.fewest.left_over


@pytest.mark.parametrize("strengths", [(), (Decimal(0),), (Decimal(-120), Decimal(400))])
def test_without_a_stocked_strength_nothing_is_chosen(strengths):
    with pytest.raises(RuleBroken, match=r"vials\.none_stocked"):
        vial_choice(Decimal(612), strengths)


def test_a_dose_of_nothing_needs_no_choice():
    with pytest.raises(RuleBroken, match=r"vials\.no_dose"):
        vial_choice(Decimal(0), BELIMUMAB)


@pytest.mark.parametrize(
    ("used", "over"),
    [
        ([(Decimal(400), 1), (Decimal(120), 2)], False),
        ([(Decimal(400), 2)], False),
        ([(Decimal(400), 2), (Decimal(120), 1)], True),
        ([(Decimal(400), 20)], True),
        ([(Decimal(400), 0)], False),
        ([], False),
    ],
)
def test_a_vial_is_over_where_the_dose_is_held_without_it(used, over):
    assert whole_vial_over(Decimal(612), used) is over


@pytest.mark.parametrize(
    ("amount", "strength", "count"),
    [
        ("1", "1", 1),
        ("1", "2", 1),
        ("0.5", "1", 1),
        ("1", "0.6", 2),
        ("1", "0.3", 4),
        ("1", "0.5", 2),
        ("0.000001", "400", 1),
        ("612", "120", 6),
        ("600", "120", 5),
    ],
)
def test_a_part_of_a_vial_is_a_vial(amount: str, strength: str, count: int) -> None:
    assert vials_needed(Decimal(amount), Decimal(strength)) == count


AMOUNTS = st.decimals("0.000001", "5000", places=6)


@given(AMOUNTS, AMOUNTS)
def test_the_vials_needed_hold_the_amount_and_one_less_does_not(amount: Decimal, strength: Decimal) -> None:
    count = vials_needed(amount, strength)
    assert count >= 1
    assert strength * count >= amount > strength * (count - 1)


@pytest.mark.parametrize(("amount", "strength"), [("0", "1"), ("1", "0"), ("-1", "1")])
def test_nothing_needs_no_vials(amount: str, strength: str) -> None:
    with pytest.raises(RuleBroken):
        vials_needed(Decimal(amount), Decimal(strength))
