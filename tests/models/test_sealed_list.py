"""Sealing a list: what is kept tells no arm, and what is opened is what was committed to."""

from __future__ import annotations

import base64
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sle_desk.base.errors import StorageFailed
from sle_desk.domain.randomisation import Allocation, AllocationPlan, list_digest
from sle_desk.models.store import sealed_list
from sle_desk.models.store.sealed_list import SealedList, SealedRow

DATA_KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
HASH = "ab" * 32
ARM_CODES = some.text(alphabet="ABCXYZ012é组", min_size=1, max_size=12)


def plan_of(*arms: str) -> AllocationPlan:
    return AllocationPlan(tuple(Allocation(number, arm) for number, arm in enumerate(arms, 1)))


def opened(made: SealedList, row: SealedRow, key: bytes = DATA_KEY, code: str = "R1") -> Allocation:
    return sealed_list.open_row(row, code, made.digest, made.wrapped_key, key)


@given(some.lists(ARM_CODES, min_size=1, max_size=9))
def test_every_row_opens_to_the_arm_that_was_sealed_and_looks_like_any_other(arms: list[str]) -> None:
    made = sealed_list.seal_list(plan_of(*arms), "R1", HASH, DATA_KEY)
    assert [opened(made, row).arm for row in made.rows] == arms
    assert len({len(row.sealed) for row in made.rows}) == 1
    assert max(Counter(row.commitment for row in made.rows).values()) == 1
    assert made.digest == list_digest([row.commitment for row in made.rows])


def test_the_same_list_sealed_twice_shares_nothing() -> None:
    first, second = (sealed_list.seal_list(plan_of("A", "B"), "R1", HASH, DATA_KEY) for _ in range(2))
    assert first.digest != second.digest
    assert not {row.commitment for row in first.rows} & {row.commitment for row in second.rows}
    assert not {row.sealed for row in first.rows} & {row.sealed for row in second.rows}


def test_no_text_form_holds_a_key_or_a_row() -> None:
    made = sealed_list.seal_list(plan_of("CANARY"), "R1", HASH, DATA_KEY)
    assert "CANARY" not in repr(made)
    assert made.wrapped_key not in repr(made)
    assert HASH not in repr(made)


def test_a_row_opens_under_no_other_key_list_place_or_commitment() -> None:
    made = sealed_list.seal_list(plan_of("A", "B"), "R1", HASH, DATA_KEY)
    first, second = made.rows
    moved = SealedRow(2, first.commitment, first.sealed)
    relabelled = SealedRow(1, second.commitment, first.sealed)
    damaged = bytearray(base64.b64decode(first.sealed))
    damaged[-1] ^= 1
    torn = SealedRow(1, first.commitment, base64.b64encode(bytes(damaged)).decode("ascii"))
    for row in (moved, relabelled, torn, SealedRow(1, first.commitment, "not base64!")):
        with pytest.raises(StorageFailed, match="seal_broken"):
            opened(made, row)
    for changed in ({"key": OTHER_KEY}, {"code": "R2"}):
        with pytest.raises(StorageFailed, match="seal_broken"):
            opened(made, first, **changed)  # type: ignore[arg-type]


def test_a_row_sealed_with_another_arm_than_it_was_committed_to_is_not_opened() -> None:
    made = sealed_list.seal_list(plan_of("A", "B"), "R1", HASH, DATA_KEY)
    key = sealed_list._decrypt(DATA_KEY, made.wrapped_key, sealed_list._of_key("R1", made.digest))
    assert key is not None
    commitment = made.rows[0].commitment
    forged = sealed_list._encrypt(
        key, sealed_list._row_content("B", bytes(32)), sealed_list._of_row("R1", 1, commitment)
    )
    with pytest.raises(StorageFailed, match="seal_broken"):
        opened(made, SealedRow(1, commitment, forged))


def test_commitments_that_were_exchanged_no_longer_give_the_digest_that_was_shown() -> None:
    made = sealed_list.seal_list(plan_of("A", "B"), "R1", HASH, DATA_KEY)
    assert sealed_list.commitments_hold(made.rows, made.digest)
    assert not sealed_list.commitments_hold(made.rows[::-1], made.digest)
    assert not sealed_list.commitments_hold(made.rows[:1], made.digest)


def test_the_hash_of_the_imported_file_is_sealed_with_the_list() -> None:
    made = sealed_list.seal_list(plan_of("A"), "R1", HASH, DATA_KEY)
    found = sealed_list.source_hash_of(made.sealed_source, "R1", made.digest, made.wrapped_key, DATA_KEY)
    assert found == HASH
    with pytest.raises(StorageFailed):
        sealed_list.source_hash_of(made.sealed_source, "R1", made.digest, made.wrapped_key, OTHER_KEY)


def test_an_arm_too_long_for_the_padding_is_a_fault_and_not_cut() -> None:
    with pytest.raises(ValueError, match="too long"):
        sealed_list.seal_list(plan_of("A" * 65), "R1", HASH, DATA_KEY)
