"""The resident identity number (GB 11643-1999): its check, what it says, what it is compared with."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from people_invented import identity_number

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.identity import check_character, differences, paper, read_resident, same_number

# The two examples that the standard itself prints.
PRINTED = ("11010519491231002X", "440524188001010014")
BIRTHS = st.dates(date(1900, 1, 1), date(2026, 11, 23))
NUMBERS = st.builds(identity_number, BIRTHS, st.sampled_from("FM"), st.integers(0, 499))


@pytest.mark.parametrize("number", PRINTED)
def test_the_examples_of_the_standard_hold(number: str) -> None:
    assert check_character(number[:17]) == number[17]
    said = read_resident(number)
    assert said.birth_date == date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    assert said.sex == ("F" if number == PRINTED[0] else "M")


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_makes_the_sum_of_the_standard(first: str) -> None:
    # ISO 7064 MOD 11-2, written otherwise than in the program: the weights are powers of two.
    last = check_character(first)
    value = 10 if last == "X" else int(last)
    assert (sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(first)) + value) % 11 == 1


@given(NUMBERS, st.integers(0, 16), st.integers(1, 9))
def test_one_digit_typed_wrongly_is_always_seen(number: str, place: int, by: int) -> None:
    digit = str((int(number[place]) + by) % 10)
    with pytest.raises(RuleBroken, match="identity"):
        read_resident(number[:place] + digit + number[place + 1 :])


@given(NUMBERS, st.integers(0, 15))
def test_two_digits_the_other_way_round_are_always_seen(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(RuleBroken, match="identity"):
        read_resident(swapped)


@given(BIRTHS, st.sampled_from("FM"), BIRTHS, st.sampled_from("FM"))
def test_it_is_compared_with_birth_and_sex_and_says_what_differs(
    born: date, sex: str, entered: date, entered_sex: str
) -> None:
    wanted = [
        name for name, same in (("birth_date", born == entered), ("sex", sex == entered_sex)) if not same
    ]
    assert differences(identity_number(born, sex), entered, entered_sex) == tuple(wanted)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "identity.form"),
        ("11010519491231002", "identity.form"),
        ("110105491231002", "identity.form"),
        ("1101051949123100２X", "identity.form"),
        ("11010519490230002X", "identity.birth_date"),
        ("110105194912310021", "identity.check"),
    ],
)
def test_what_is_no_such_number_says_why(number: str, code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        read_resident(number)


def test_a_number_is_the_same_however_it_was_typed() -> None:
    assert same_number("11010519491231002x", " 110105 19491231 002X") and not same_number("", "")
    assert same_number("１１０１０５１９４９１２３１００２Ｘ", PRINTED[0])
    assert read_resident(" 11010519491231002x ").sex == "F"


def test_one_paper_is_one_number_of_one_kind_and_a_resident_number_under_any() -> None:
    assert paper("passport", "e 123") == paper("passport", "Ｅ123") != paper("permit", "E123")
    assert paper("resident", PRINTED[0]) == paper("permit", " 110105 19491231 002x")
    # With a wrong check character it is a number of its kind like others.
    assert paper("resident", "110105194912310021") != paper("permit", "110105194912310021")
    assert paper("resident", "") is None and paper("permit", " ") is None


@pytest.mark.parametrize("typed", ["无", "-", "—", "N/A", "none", "0", "000000", "不详"])
def test_what_says_that_there_is_no_number_makes_nobody_the_same(typed: str) -> None:
    assert paper("other", typed) is None and not same_number(typed, typed)
