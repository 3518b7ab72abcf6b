from __future__ import annotations

import hashlib
import runpy
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.allocation_drawing import Drawing, _below, draw_list

ARMS = ("BELIL2", "BEL", "IL2")
SEEDS = st.binary(min_size=32, max_size=32)


def drawn(seed: bytes, sizes: tuple[int, ...] = (3, 6), size: int = 30) -> list[str]:
    return [row.arm for row in draw_list(seed, ARMS, sizes, size).allocations]


def drawn_by_the_description(seed: bytes, sizes: tuple[int, ...], size: int) -> list[str]:
    """Draw again from the words of the description alone; sizes are such that 3 always fits."""
    stream = b"".join(
        hashlib.sha256(b"sle_desk/allocation/v1\0" + seed + counter.to_bytes(8, "big")).digest()
        for counter in range(40)
    )
    numbers = [int(stream[start : start + 4].hex(), 16) for start in range(0, len(stream), 4)]

    def below(limit: int) -> int:
        while (number := numbers.pop(0)) >= 2**32 // limit * limit:
            pass
        return number % limit

    arms: list[str] = []
    while len(arms) < size:
        fitting = sorted(block for block in sizes if block <= size - len(arms))
        length = fitting[below(len(fitting))]
        block = [arm for arm in ARMS for _ in range(length // 3)]
        for place in reversed(range(1, length)):
            other = below(place + 1)
            block[place], block[other] = block[other], block[place]
        arms += block
    return arms


@given(SEEDS)
def test_a_list_can_be_drawn_again_from_its_seed_and_the_description(seed):
    assert drawn(seed) == drawn_by_the_description(seed, (3, 6), 30)


def test_a_known_seed_gives_a_known_list():
    letters = {"BELIL2": "A", "BEL": "B", "IL2": "C"}
    assert "".join(letters[arm] for arm in drawn(bytes(range(32)))) == "BAACBCACBBACBCABACBACCBAABCCBA"


@given(SEEDS, st.sampled_from([(3,), (6,), (3, 6), (6, 9), (3, 6, 9)]), st.integers(1, 20))
def test_every_list_is_balanced_and_falls_into_balanced_blocks(seed, sizes, triples):
    size = triples * 3
    try:
        arms = drawn(seed, sizes, size)
    except RuleBroken as refused:
        assert refused.code == "drawing.size"
        fills = {0}
        for _ in range(size):
            fills |= {filled + block for filled in fills for block in sizes if filled + block <= size}
        assert size not in fills
        return
    assert Counter(arms) == dict.fromkeys(ARMS, triples)
    # Somewhere in each stretch of the largest block the arms must be even again.
    even = [place for place in range(size + 1) if len({Counter(arms[:place])[arm] for arm in ARMS}) == 1]
    assert max(later - before for before, later in pairwise(even)) <= max(sizes)


def test_numbers_that_would_make_an_outcome_likelier_are_passed_over():
    # 2^32 is 3 x 1431655765 + 1: its last number belongs to no whole third.
    assert _below(3, iter([2**32 - 1, 7])) == 1
    assert _below(3, iter([2**32 - 2, 7])) == (2**32 - 2) % 3
    assert _below(4, iter([2**32 - 1, 0])) == 3


def test_the_smallest_list_is_one_row_of_one_arm():
    assert [row.arm for row in draw_list(bytes(32), ("BEL",), (1,), 1).allocations] == ["BEL"]


def test_numbers_run_from_one():
    plan = draw_list(bytes(32), ARMS, (3,), 9)
    assert [row.number for row in plan.allocations] == list(range(1, 10))


def test_another_seed_gives_another_list():
    assert len({tuple(drawn(bytes([number]) * 32)) for number in range(50)}) == 50


def chi_square(lists: int, size: int, sizes: tuple[int, ...]) -> float:
    """Return the largest chi-square of arm by position over many lists."""
    counts = [Counter() for _ in range(size)]
    for number in range(lists):
        seed = hashlib.sha256(b"test" + number.to_bytes(4, "big")).digest()
        for place, arm in enumerate(drawn(seed, sizes, size)):
            counts[place][arm] += 1
    wanted = lists / len(ARMS)
    return max(sum((count[arm] - wanted) ** 2 / wanted for arm in ARMS) for count in counts)


def test_no_arm_is_likelier_at_any_place_of_ten_thousand_lists():
    # 2 degrees of freedom, 30 places: a value above 20.6 has a chance of about one in a thousand.
    assert chi_square(10_000, 30, (3, 6)) < 20.6


def test_both_block_sizes_and_all_orders_of_a_block_come_up_equally_often():
    orders = Counter(
        tuple(drawn(hashlib.sha256(b"order" + number.to_bytes(4, "big")).digest(), (3,), 3))
        for number in range(3000)
    )
    assert len(orders) == 6
    # 5 degrees of freedom: above 20.5 has a chance of one in a thousand.
    assert sum((count - 500) ** 2 / 500 for count in orders.values()) < 20.5


@pytest.mark.parametrize(
    ("arms", "sizes", "size", "code"),
    [
        (ARMS, (4,), 12, "drawing.block_sizes"),
        (ARMS, (), 12, "drawing.block_sizes"),
        (ARMS, (0, 3), 12, "drawing.block_sizes"),
        (("BEL", "BEL"), (2,), 12, "list.shares"),
        ((), (3,), 12, "list.shares"),
        ({"BEL": 2, "IL2": 0}, (2,), 12, "list.shares"),
        ({"BEL": 2, "IL2": 1}, (4,), 12, "drawing.block_sizes"),
        (ARMS, (3,), 10, "drawing.size"),
        (ARMS, (6, 9), 3, "drawing.size"),
        (ARMS, (3,), 0, "drawing.size"),
    ],
)
def test_sizes_that_hold_the_arms_unequally_are_refused(arms, sizes, size, code):
    with pytest.raises(RuleBroken) as refused:
        draw_list(bytes(32), arms, sizes, size)
    assert refused.value.code == code


@given(SEEDS)
def test_shares_are_kept_in_every_block(seed):
    plan = draw_list(seed, {"BELIL2": 2, "BEL": 1, "IL2": 1}, (4,), 20)
    for start in range(0, 20, 4):
        block = Counter(row.arm for row in plan.allocations[start : start + 4])
        assert block == {"BELIL2": 2, "BEL": 1, "IL2": 1}


def test_a_seed_has_256_bits():
    with pytest.raises(ValueError, match="32"):
        draw_list(b"short", ARMS, (3,), 9)


SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "allocation_list.py"


@given(SEEDS, st.sampled_from([((3,), 30), ((3, 6), 30), ((6, 9), 15), ((3, 6, 9), 60)]))
def test_the_script_beside_the_description_draws_the_same_list(seed, wanted):
    sizes, size = wanted
    alone = runpy.run_path(str(SCRIPT))["draw"]
    assert alone(seed, size, sizes, [(arm, 1) for arm in ARMS]) == drawn(seed, sizes, size)
    shares = [("BELIL2", 2), ("BEL", 1)]
    again = [row.arm for row in draw_list(seed, dict(shares), sizes, size).allocations]
    assert alone(seed, size, sizes, shares) == again


@given(SEEDS, st.sampled_from([(3,), (3, 6)]))
def test_a_drawing_is_read_back_as_it_was_sealed_and_shows_neither_seed_nor_sizes(seed, sizes):
    drawing = Drawing(seed, tuple((arm, 1) for arm in ARMS), sizes, 30)
    assert Drawing.read(drawing.content()) == drawing
    assert [row.arm for row in drawing.plan().allocations] == drawn(seed, sizes)
    assert "seed" not in repr(drawing)
    assert "sizes" not in repr(drawing)


def run_script(*typed: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the documentation as anybody would."""
    return subprocess.run([sys.executable, SCRIPT, *typed], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("size", "sizes", "arms", "said"),
    [
        (
            "30",
            "3,4",
            ARMS,
            "BLOCKS: 4 cannot hold the arms by their shares: each block size has to be a mult",
        ),
        ("30", "0,3", ARMS, "BLOCKS: '0' is no whole number from 1"),
        ("30", "3;6", ARMS, "BLOCKS: '3;6' is no whole number"),
        ("30", "-3", ARMS, "BLOCKS: '-3' is no whole number"),
        ("31", "3,6", ARMS, "SIZE: 31 rows cannot be filled with blocks of 3,6"),
        ("many", "3", ARMS, "SIZE: 'many' is no whole number"),
        ("30", "3", ("BEL:two", "IL2"), "Share of BEL: 'two' is no whole number"),
        ("30", "4", ("BEL:2", "IL2"), "BLOCKS: 4 cannot hold"),
        ("30", "3", ("BEL", "BEL", "IL2"), "ARM: BEL BEL IL2 names an arm twice"),
    ],
)
def test_the_script_of_the_documentation_says_what_it_cannot_draw(size, sizes, arms, said):
    ended = run_script("5f" * 32, size, sizes, *arms)
    assert ended.returncode != 0 and ended.stdout == ""
    assert ended.stderr.startswith(said) and ended.stderr.endswith("Nothing was drawn.\n")


def test_the_script_of_the_documentation_says_what_is_no_seed_and_draws_what_can_be_drawn():
    ended = run_script("5f", "30", "3,6", *ARMS)
    assert ended.returncode != 0 and "SEED has 2 characters" in ended.stderr
    ended = run_script("5f" * 32, "30", "3, 6", *ARMS)
    rows = [line.split(",")[1] for line in ended.stdout.splitlines()[1:]]
    assert (ended.returncode, rows) == (0, drawn(bytes.fromhex("5f" * 32)))
