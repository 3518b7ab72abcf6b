"""Pasted rows of a diary: read cell by cell, laid beside the plan; a date that nobody wrote is none."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.diary_paste import (
    LONGEST_CELL,
    MOST_CHARACTERS,
    MOST_ROWS,
    PastedRow,
    is_time_of_day,
    lay_out,
    pasted_rows,
    shown_cell,
    site_of,
    whole_day,
)
from sle_desk.domain.schedule import Slot
from sle_desk.services import package

TODAY = date(2026, 12, 2)
NOW = datetime(2026, 12, 2, 9, 0)
FIRST = date(2026, 11, 25)


def slot(number: int, apart: int = 1) -> Slot:
    day = FIRST + timedelta(days=2 * (number - 2))
    span = timedelta(days=apart)
    return Slot("IL2", number, "STAGE1", day, day - span, day + span)


SLOTS = tuple(slot(number) for number in (2, 3, 4, 5))


@pytest.fixture(scope="module")
def drug():
    return package.read_package(package.installed_files()).drug("IL2")


def test_cells_are_those_of_a_spreadsheet_with_its_headings_and_blank_lines_left_out():
    heading, first = "日期\t时间\t部位\t剂量", '2026-11-25\t08:00\t"left ""upper"" arm"\t1'
    text = f"{heading}\r\n{first}\r\n\r\n\t\t\t\n2026-11-27\t0810\r\n"
    read = pasted_rows(text)
    assert read.heading
    assert read.rows == (
        PastedRow(2, "2026-11-25", "08:00", 'left "upper" arm', "1"),
        PastedRow(5, "2026-11-27", "0810"),
    )
    assert pasted_rows("2026-11-25;08:00;RA;1").rows[0].site == "RA"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "diary.paste_nothing"),
        (" \t\n\t ", "diary.paste_nothing"),
        ("x" * (MOST_CHARACTERS + 1), "diary.paste_size"),
        ("2026-11-25\t08:00\n" * (MOST_ROWS + 1), "diary.paste_rows"),
        ("2026-11-25\t08:00\tRA\t1\tfine", "diary.paste_columns"),
        ('2026-11-25\t08:00\t"RA\t1\n2026-11-27\t08:00\tLA\t1', "diary.paste_quote"),
        ('2026-11-25\t08:00\t"left\narm"\t1', "diary.paste_quote"),
        ('2026-11-25\t08:00\t"left" arm\t1', "diary.paste_quote"),
    ],
)
def test_too_much_nothing_or_other_columns_are_refused_whole(text, code):
    with pytest.raises(RuleBroken) as refused:
        pasted_rows(text)
    assert refused.value.code == code


@given(some.text(max_size=400))
def test_no_clipboard_breaks_the_reading_and_what_is_shown_of_it_is_one_short_line(text):
    try:
        rows = pasted_rows(text).rows
    except RuleBroken:
        return
    laid = lay_out(rows, SLOTS, TODAY)
    assert len(laid.placed) + len(laid.left_out) == len(rows)
    assert all(len(row.shown()) <= 41 and (row.shown() or "x").isprintable() for row in rows)


WRITTEN = ("2026-11-25", "2026/11/25", "20261125", "2026年11月25日", "２０２６-１１-２５")


@pytest.mark.parametrize("written", WRITTEN)
def test_a_whole_date_is_read_however_it_is_written(written):
    assert whole_day(written, TODAY) == FIRST


@pytest.mark.parametrize(
    "written", ["25", "11-25", "t", "-7", "+1", "11/25/2026", "2026-02-30", "261125", "2026-11-25 08:00", "x"]
)
def test_what_names_no_whole_date_is_none(written):
    assert whole_day(written, TODAY) is None


def test_words_for_the_keyboard_are_no_time_of_a_diary():
    assert [is_time_of_day(each, NOW) for each in ("0800", "8:00", "n", "N-10", "25:00", "")] == [
        True, True, False, False, False, False,
    ]  # fmt: skip


def test_a_site_is_known_by_code_key_name_or_the_beginning_of_one_alone(drug):
    for said in ("la", "1", "Left upper arm, outer side", "左上臂外侧", "左上臂", "left upper"):
        assert site_of(said, drug) == "LA"
    for said in ("left", "arm", "左", "9", "navel", ""):
        assert site_of(said, drug) == ""


def test_each_row_stands_beside_the_earliest_empty_dose_whose_window_holds_its_day():
    rows = [PastedRow(number, f"2026-11-{day}") for number, day in ((1, 25), (2, 28), (3, 29))]
    laid = lay_out(rows, SLOTS, TODAY)
    assert [(row.number, at.number) for row, at in laid.placed] == [(1, 2), (2, 3), (3, 4)]


def test_a_quote_that_is_left_open_names_its_row_and_one_within_a_cell_is_read_as_it_stands():
    with pytest.raises(RuleBroken) as refused:
        pasted_rows('2026-11-25\t0800\tRA\t1\n2026-11-27\t0800\t"LA\t1\n2026-11-29\t0800\tRA\t1')
    assert refused.value.facts == {"row": 2, "said": '2026-11-27 0800 "LA 1'}
    (row,) = pasted_rows('2026-11-25\t0800\tleft "upper" arm\t1').rows
    assert row.site == 'left "upper" arm'


def test_a_day_that_two_windows_hold_goes_where_no_row_of_that_very_day_stands():
    for days in ((26, 27), (27, 26), (25, 26), (26, 25)):
        rows = [PastedRow(number, f"2026-11-{day}") for number, day in enumerate(days, 1)]
        laid = lay_out(rows, SLOTS, TODAY)
        assert [(at.number, int(row.day[-2:])) for row, at in laid.placed] == [(2, min(days)), (3, max(days))]


def test_a_row_that_says_the_same_as_another_is_told_with_it_and_stands_nowhere():
    rows = [
        PastedRow(1, "2026-11-26", "08:00", "LA", "1"), PastedRow(2, "2026/11/26", "0800", " la", "1"),
        PastedRow(3, "2026-11-26", "20:00", "LA", "1"),
    ]  # fmt: skip
    laid = lay_out(rows, SLOTS, TODAY)
    # Two doses of one day are two rows, each to be looked at.
    assert [(row.number, at.number) for row, at in laid.placed] == [(1, 2), (3, 3)]
    (left,) = laid.left_out
    assert (left.code, left.row.number, left.facts()["same"]) == ("diary.paste_twice", 2, 1)


SOME_ROWS = some.lists(
    some.builds(
        PastedRow,
        some.just(0),
        some.integers(-3, 9).map(lambda day: f"{FIRST + timedelta(days=day)}"),
        some.sampled_from(["", "08:00", "0800", "20:00"]),
        some.sampled_from(["", "LA", "RA"]),
        some.sampled_from(["", "1", "0.5"]),
    ),
    max_size=8,
)


def shown(rows):
    """Return what stands where and what is left out for which reason, the numbers of the rows aside."""
    laid = lay_out([replace(row, number=number) for number, row in enumerate(rows, 1)], SLOTS, TODAY)
    stands = [(at.number, row.day, row.time[:2], row.site, row.amount) for row, at in laid.placed]
    left = sorted((each.code, each.row.day, each.row.site, each.row.amount) for each in laid.left_out)
    return stands, left


@given(SOME_ROWS, some.randoms(use_true_random=False))
def test_where_dated_rows_stand_does_not_depend_on_their_order(rows, chance):
    mixed = list(rows)
    chance.shuffle(mixed)
    assert shown(mixed) == shown(rows)
    stands, left = shown(rows)
    assert len(stands) + len(left) == len(rows)
    assert all(SLOTS[number - 2].holds(date.fromisoformat(day)) for number, day, *_ in stands)


def test_a_row_without_a_date_stands_beside_no_planned_dose():
    rows = (PastedRow(1, "", "08:00", "RA", "1"), PastedRow(2, "2026-11-27", "08:00"))
    laid = lay_out(rows, SLOTS, TODAY)
    assert [(row.number, at.number) for row, at in laid.placed] == [(2, 3)]
    (left,) = laid.left_out
    assert (left.code, left.facts()) == ("diary.paste_no_day", {"row": 1, "said": "08:00; RA; 1"})


def test_an_unreadable_date_waits_in_the_next_empty_row_and_one_outside_every_window_is_left_out():
    long = "x" * (LONGEST_CELL + 1)
    rows = (
        PastedRow(1, "2026-11-25"), PastedRow(2, "27.11."), PastedRow(3, "2026-11-29"),
        PastedRow(4, "2026-10-01"), PastedRow(5, "2026-12-01", long),
    )  # fmt: skip
    laid = lay_out(rows, SLOTS, TODAY)
    assert [(row.number, at.number) for row, at in laid.placed] == [(1, 2), (2, 3), (3, 4)]
    assert [(each.row.number, each.code) for each in laid.left_out] == [
        (4, "diary.paste_no_plan"), (5, "diary.paste_long"),
    ]  # fmt: skip
    full = lay_out([PastedRow(1, "?")], (), TODAY)
    assert [each.code for each in full.left_out] == ["diary.paste_no_plan"]


def test_nothing_unseen_is_in_what_a_sentence_shows():
    assert shown_cell("a\u202e\u200bb\x07\nc") == "ab· c"
    assert len(shown_cell("x" * 90)) == 41
