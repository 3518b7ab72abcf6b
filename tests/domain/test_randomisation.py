from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.randomisation import (
    Allocation,
    AllocationPlan,
    commitment,
    commitments,
    list_digest,
    next_slot,
    read_list,
    repeats,
    verify,
)

ARMS = ("BELIL2", "BEL", "IL2")
SALTS = [bytes([number]) * 32 for number in range(1, 10)]


def written(*arms: str) -> str:
    lines = ["number,arm", *(f"{number},{arm}" for number, arm in enumerate(arms, 1))]
    return "\n".join(lines) + "\n"


WHOLE = written("BEL", "IL2", "BELIL2", "IL2", "BELIL2", "BEL", "BELIL2", "BEL", "IL2")


def refused(text: str, block_size: int | None = None) -> dict[str, tuple[int, ...]]:
    with pytest.raises(RuleBroken) as caught:
        read_list(text, ARMS, block_size)
    assert caught.value.code == "list.refused"
    findings = caught.value.facts["findings"]
    assert isinstance(findings, tuple)
    return {finding.code: finding.rows for finding in findings}


def test_a_whole_list_is_read_in_order():
    plan = read_list(WHOLE, ARMS, block_size=3)
    assert plan.size == 9
    assert plan.allocations[0] == Allocation(1, "BEL")
    assert [row.number for row in plan.allocations] == list(range(1, 10))


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + WHOLE,
        WHOLE.replace("\n", "\r\n"),
        WHOLE + "\n,\n\n",
        WHOLE.replace("number,arm", "Number, Arm"),
        WHOLE.replace("3,BELIL2", ' "3" , "BELIL2" '.replace(" ", "")),
        WHOLE.replace("3,", "３,"),
    ],
)
def test_what_spreadsheets_do_to_a_file_changes_nothing(text):
    assert read_list(text, ARMS) == read_list(WHOLE, ARMS)


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("", {"list.header": (1,)}),
        ("arm,number\nBEL,1\n", {"list.header": (1,)}),
        ("number;arm\n1;BEL\n", {"list.header": (1,)}),
        ("number,arm,block\n1,BEL,1\n", {"list.header": (1,)}),
        ("1,BEL\n2,IL2\n", {"list.header": (1,)}),
        ("number,arm\n", {"list.empty": ()}),
        (WHOLE.replace("3,BELIL2\n", ""), {"list.gap": (4,)}),
        (WHOLE.replace("1,BEL\n", ""), {"list.gap": (2,)}),
        (WHOLE.replace("9,IL2", "10,IL2"), {"list.gap": (10,)}),
        (WHOLE.replace("3,BELIL2", "2,BELIL2"), {"list.number_twice": (3, 4)}),
        (WHOLE.replace("1,BEL\n2,IL2\n", "2,IL2\n1,BEL\n"), {"list.order": (2,)}),
        (WHOLE.replace("3,BELIL2", "3,BEL+IL2"), {"list.unknown_arm": (4,)}),
        (WHOLE.replace("3,BELIL2", "3,belil2"), {"list.unknown_arm": (4,)}),
        (WHOLE.replace("3,BELIL2", '3,"BEL\nIL2"'), {"list.unknown_arm": (4,)}),
        (WHOLE.replace("3,BELIL2", "3,"), {"list.blank": (4,)}),
        (WHOLE.replace("3,BELIL2", ",BELIL2"), {"list.blank": (4,)}),
        (WHOLE.replace("3,BELIL2\n", "\n3,BELIL2\n"), {"list.blank": (4,)}),
        (WHOLE.replace("3,BELIL2", "3"), {"list.blank": (4,)}),
        (WHOLE.replace("3,BELIL2", "3,BELIL2,BEL"), {"list.too_many_cells": (4,)}),
        (WHOLE.replace("3,BELIL2", "3.0,BELIL2"), {"list.not_a_number": (4,)}),
        (WHOLE.replace("3,BELIL2", "-3,BELIL2"), {"list.not_a_number": (4,)}),
        (WHOLE.replace("3,BELIL2", "3,BEL"), {"list.not_balanced": ()}),
        (written("BEL", "IL2"), {"list.not_balanced": ()}),
        ("number,arm\n" + "1," + "x" * 140_000, {"list.unreadable": ()}),
    ],
)
def test_a_faulty_list_is_refused_whole_and_its_rows_are_named(text, findings):
    assert refused(text) == findings


def test_blocks_are_checked_when_their_size_is_known():
    balanced_only_in_all = written("BEL", "BEL", "IL2", "IL2", "BELIL2", "BELIL2")
    assert read_list(balanced_only_in_all, ARMS).size == 6
    assert refused(balanced_only_in_all, 3) == {"list.block_not_balanced": (2, 5)}
    assert refused(WHOLE, 6) == {"list.block_not_balanced": (8,)}


def test_shares_other_than_equal_are_checked_as_they_were_decided():
    text = written("BELIL2", "BEL", "BELIL2", "IL2")
    assert refused(text) == {"list.not_balanced": ()}
    shares = {"BELIL2": 2, "BEL": 1, "IL2": 1}
    assert read_list(text, shares, block_size=4).size == 4
    with pytest.raises(RuleBroken, match=r"list\.refused"):
        read_list(WHOLE, shares)


@pytest.mark.parametrize("arms", [(), ("BEL", "BEL"), {"BEL": 0}])
def test_arms_without_a_share_are_refused(arms):
    with pytest.raises(RuleBroken, match=r"list\.shares"):
        read_list(WHOLE, arms)


def test_several_faults_are_named_together_with_their_rows():
    text = WHOLE.replace("3,BELIL2", "2,NOBODY").replace("8,BEL", "8,SOMEBODY")
    assert refused(text) == {"list.number_twice": (3, 4), "list.unknown_arm": (4, 9)}
    with pytest.raises(RuleBroken) as caught:
        read_list(text, ARMS)
    assert caught.value.facts["rows"] == "3, 4, 9"


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace("3,BELIL2", "3,CANARY"),
        WHOLE.replace("BEL,", "CANARY,").replace("3,BELIL2", "4,CANARY"),
        "number,arm\n1,CANARY\n1,CANARY\n",
        WHOLE.replace("3,BELIL2", "3,CANARY,CANARY"),
    ],
)
def test_no_refusal_tells_an_arm(text):
    with pytest.raises(RuleBroken) as caught:
        read_list(text, ARMS)
    told = f"{caught.value!r} {caught.value} {caught.value.facts!r}"
    assert "CANARY" not in told
    assert not any(arm in told for arm in ARMS)


def test_no_text_form_of_a_list_tells_an_arm():
    plan = read_list(WHOLE, ARMS)
    told = f"{plan} {plan!r} {plan.allocations!r} {plan.allocations[0]}"
    assert not any(arm in told for arm in ARMS)


def test_a_commitment_is_the_hash_of_salt_and_canonical_row():
    by_hand = hashlib.sha256(SALTS[0] + b'{"arm":"BEL","number":1}').hexdigest()
    assert commitment(Allocation(1, "BEL"), SALTS[0]) == by_hand


@given(
    st.integers(1, 60), st.sampled_from(ARMS), st.binary(min_size=32, max_size=32),
    st.integers(1, 60), st.sampled_from(ARMS), st.binary(min_size=32, max_size=32),
)  # fmt: skip
def test_only_the_row_and_salt_that_were_committed_to_verify(number, arm, salt, number_2, arm_2, salt_2):
    sealed = commitment(Allocation(number, arm), salt)
    assert verify(Allocation(number, arm), salt, sealed)
    same = (number, arm, salt) == (number_2, arm_2, salt_2)
    assert verify(Allocation(number_2, arm_2), salt_2, sealed) is same


def test_equal_rows_under_other_salts_have_other_commitments():
    first = commitment(Allocation(1, "BEL"), SALTS[0])
    assert first != commitment(Allocation(1, "BEL"), SALTS[1])
    assert first != commitment(Allocation(1, "IL2"), SALTS[0])


def test_each_row_needs_a_salt_of_its_own_of_32_bytes():
    plan = read_list(WHOLE, ARMS)
    assert len(set(commitments(plan, SALTS))) == 9
    for salts in (SALTS[:8], [SALTS[0]] * 9, [b"short", *SALTS[1:]]):
        with pytest.raises(ValueError, match="salt"):
            commitments(plan, salts)


def test_the_digest_changes_with_any_row_and_with_their_order():
    plan = read_list(WHOLE, ARMS)
    sealed = commitments(plan, SALTS)
    digest = list_digest(sealed)
    assert digest == list_digest(commitments(plan, SALTS))
    for place in range(9):
        other = "IL2" if plan.allocations[place].arm != "IL2" else "BEL"
        rows = list(plan.allocations)
        rows[place] = replace(rows[place], arm=other)
        assert list_digest(commitments(replace(plan, allocations=tuple(rows)), SALTS)) != digest
    assert list_digest(sealed[::-1]) != digest


@pytest.mark.parametrize(("used", "number"), [((), 1), ((1,), 2), ((3, 1, 2), 4), (range(1, 9), 9)])
def test_the_next_row_follows_the_last_one_opened(used, number):
    assert next_slot(tuple(used), 9) == number


@pytest.mark.parametrize("used", [(2,), (1, 3), (1, 1), (0,), (1, 2, 4)])
def test_a_list_that_was_opened_out_of_order_gives_no_next_row(used):
    with pytest.raises(RuleBroken, match=r"list\.opened_out_of_order"):
        next_slot(used, 9)


def test_a_used_up_list_refuses():
    assert next_slot(range(1, 9), 9) == 9
    with pytest.raises(RuleBroken, match=r"list\.used_up"):
        next_slot(range(1, 10), 9)


def plan_of(arms: str) -> AllocationPlan:
    return AllocationPlan(tuple(Allocation(number, arm) for number, arm in enumerate(arms, 1)))


@pytest.mark.parametrize(
    ("arms", "known", "told"),
    [
        ("ABCBCACABABCCBA", "ABCBCACABABCCBA", True),
        # Twelve rows one after another, wherever they stand in either; eleven are left to chance.
        ("CCABCBCACABABCAA", "BBBABCBCACABABCB", True),
        ("CCABCBCACABABBAA", "BBBABCBCACABABCB", False),
        ("ABCBCACABABC", "ABCBCACABABCCBABAC", True),
        ("BCA", "ABCABCABC", True),
        ("BAC", "ABCABCABC", False),
        # A row that did not open is known to nobody.
        ("ABCBCACABABC", "ABCBCA.ABABC", False),
    ],
)
def test_a_list_repeats_another_where_a_run_of_its_rows_is_there(arms: str, known: str, told: bool) -> None:
    assert repeats(plan_of(arms), [arm.replace(".", "") for arm in known]) is told
