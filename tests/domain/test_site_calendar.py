"""Which days the site works, and the offered holidays: what nobody entered is unknown, faults are named."""

from __future__ import annotations

import copy
import tomllib
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import PackageFaulty
from sle_desk.base.language import Language, Words
from sle_desk.base.paths import resource
from sle_desk.base.words import error_sentence
from sle_desk.domain.calendar_file import NoticeYear, parse_calendar
from sle_desk.domain.site_calendar import (
    HOLIDAY,
    NOTHING_ENTERED,
    OPEN,
    UNKNOWN,
    WEEKEND,
    WORKED,
    YEAR,
    SiteCalendar,
    SiteDay,
    calendar_of,
    days_between,
    is_weekend,
)

FILE = "cn.toml"
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
LENGTHS = st.integers(0, 20)
SPRING = Words("Spring Festival", "春节")


def installed() -> dict[str, Any]:
    """Return the offered calendar as its file has it."""
    return tomllib.loads(resource("calendar", FILE).read_text(encoding="utf-8"))


def offered() -> tuple[NoticeYear, ...]:
    """Return the years that are offered."""
    return parse_calendar(FILE, installed())


def taken_in() -> SiteCalendar:
    """Return the calendar of a site that took everything in."""
    return calendar_of(day for year in offered() for day in year.days)


# Days.


@pytest.mark.parametrize(
    ("day", "standing", "is_open"),
    [
        (date(2026, 2, 13), OPEN, True),
        (date(2026, 2, 14), WORKED, True),
        (date(2026, 2, 15), HOLIDAY, False),
        (date(2026, 2, 23), HOLIDAY, False),
        (date(2026, 2, 24), OPEN, True),
        (date(2026, 2, 28), WORKED, True),
        (date(2026, 3, 1), WEEKEND, False),
        (date(2027, 1, 1), UNKNOWN, None),
        (date(2027, 1, 2), WEEKEND, False),
    ],
)
def test_a_day_is_open_closed_or_unknown(day: date, standing: str, is_open: bool | None) -> None:
    site = taken_in()
    assert (site.standing(day), site.is_open(day)) == (standing, is_open)


@given(DAYS)
def test_where_nothing_was_entered_no_day_is_said_to_be_open(day: date) -> None:
    assert NOTHING_ENTERED.is_open(day) is (False if is_weekend(day) else None)


@given(st.dictionaries(DAYS, st.sampled_from([HOLIDAY, WORKED])), st.sets(st.integers(2025, 2027)), DAYS)
def test_what_was_entered_of_a_day_goes_before_its_weekday(
    entered: dict[date, str], years: set[int], day: date
) -> None:
    site = calendar_of(
        [
            *(SiteDay(on, kind, SPRING) for on, kind in entered.items()),
            *(SiteDay(date(year, 1, 1), YEAR) for year in years),
        ]
    )
    if day in entered:
        assert site.is_open(day) is (entered[day] == WORKED)
    elif is_weekend(day):
        assert site.standing(day) == WEEKEND
    else:
        assert site.standing(day) == (OPEN if day.year in years else UNKNOWN)


def test_a_year_is_known_only_once_somebody_said_that_all_its_days_are_entered() -> None:
    one = SiteDay(date(2027, 1, 1), HOLIDAY, SPRING)
    site = calendar_of([one])
    assert site.unknown_years([date(2027, 3, 1), date(2026, 3, 1)]) == (2026, 2027)
    assert calendar_of([one, SiteDay(date(2027, 1, 1), YEAR)]).unknown_years([date(2027, 3, 1)]) == ()
    # What is said of the year is said on its first day, and says nothing of that day.
    assert calendar_of([SiteDay(date(2027, 1, 1), YEAR)]).standing(date(2027, 1, 1)) == OPEN


# Windows.


@given(DAYS, LENGTHS)
def test_a_window_is_closed_altogether_exactly_when_every_day_is(opens_on: date, length: int) -> None:
    site, closes_on = taken_in(), opens_on + timedelta(days=length)
    days = list(days_between(opens_on, closes_on))
    assert (days[0], days[-1], len(days)) == (opens_on, closes_on, length + 1)
    assert site.wholly_closed(opens_on, closes_on) == all(site.is_open(day) is False for day in days)
    assert list(site.open_days(opens_on, closes_on)) == [day for day in days if site.is_open(day)]
    if site.open_days(opens_on, closes_on):
        assert not site.wholly_closed(opens_on, closes_on)


@pytest.mark.parametrize(
    ("opens_on", "closes_on", "closed"),
    [
        (date(2026, 2, 15), date(2026, 2, 23), True),
        (date(2026, 2, 14), date(2026, 2, 23), False),
        (date(2026, 2, 15), date(2026, 2, 24), False),
        (date(2026, 2, 16), date(2026, 2, 16), True),
        # A weekday of a year that nobody entered may be open: that is no warning.
        (date(2027, 1, 1), date(2027, 1, 3), False),
        (date(2027, 1, 2), date(2027, 1, 3), True),
    ],
)
def test_the_edges_of_a_holiday_decide_whether_a_window_is_closed(
    opens_on: date, closes_on: date, closed: bool
) -> None:
    assert taken_in().wholly_closed(opens_on, closes_on) is closed


# The offered file.


def test_the_offered_years_are_unconfirmed_and_name_their_notice() -> None:
    assert [(year.year, year.document, year.confirmed) for year in offered()] == [
        (2025, "国办发明电〔2024〕12号", False),
        (2026, "国办发明电〔2025〕7号", False),
    ]


@pytest.mark.parametrize("year", offered(), ids=lambda year: str(year.year))
def test_each_offered_year_gives_the_thirteen_days_off_of_the_law(year: NoticeYear) -> None:
    # 全国年节及纪念日放假办法 of 2024: 1 + 4 + 1 + 2 + 1 + 1 + 3 days, those on a weekend made up for.
    off = [day for day in year.days if day.kind == HOLIDAY and not is_weekend(day.on)]
    worked = [day for day in year.days if day.kind == WORKED]
    assert len(off) - len(worked) == 13
    assert all(is_weekend(day.on) for day in worked)
    assert all(day.name.en and day.name.zh for day in year.days if day.kind != YEAR)
    assert [day.on for day in year.days if day.kind == YEAR] == [date(year.year, 1, 1)]


def spoilt(year: int, holiday: int, **changed: object) -> dict[str, Any]:
    """Return the file with keys of one holiday changed; None takes a key out."""
    content = copy.deepcopy(installed())
    table = content["year"][year]["holiday"][holiday]
    table.update(changed)
    for key in [key for key, value in changed.items() if value is None]:
        del table[key]
    return content


@pytest.mark.parametrize(
    ("content", "key", "reason"),
    [
        ({}, "year", "package.missing"),
        ({"year": [], "month": 1}, "month", "package.unknown_key"),
        (spoilt(1, 1, name=None), "year[1].holiday[1].name", "package.missing"),
        (spoilt(1, 1, name={"en": "Spring"}), "year[1].holiday[1].name.zh", "package.missing"),
        (spoilt(1, 1, first="2026-02-15"), "year[1].holiday[1].first", "package.wrong_type"),
        (spoilt(1, 1, first=datetime(2026, 2, 15)), "year[1].holiday[1].first", "package.wrong_type"),
        (spoilt(1, 1, last=date(2026, 2, 1)), "year[1].holiday[1].last", "calendar.file_order"),
        (spoilt(1, 1, last=date(2027, 2, 1)), "year[1].holiday[1].last", "calendar.file_other_year"),
        (spoilt(1, 1, worked=[date(2026, 2, 13)]), "year[1].holiday[1].worked", "calendar.file_no_make_up"),
        (spoilt(1, 1, worked=[date(2026, 2, 15)]), "year[1].holiday", "package.twice"),
        (spoilt(1, 1, worked=["2026-02-14"]), "year[1].holiday[1].worked", "package.wrong_type"),
        (spoilt(1, 1, work=[date(2026, 2, 14)]), "year[1].holiday[1].work", "package.unknown_key"),
        ({"year": [installed()["year"][0], installed()["year"][0]]}, "year", "package.twice"),
        ({"year": [{**installed()["year"][0], "year": 0}]}, "year[0].year", "calendar.file_no_year"),
        ({"year": [{**installed()["year"][0], "document": " "}]}, "year[0].document", "package.blank"),
    ],
)
def test_a_fault_names_file_key_and_reason(content: dict[str, Any], key: str, reason: str) -> None:
    with pytest.raises(PackageFaulty) as found:
        parse_calendar(FILE, content)
    assert (found.value.facts["file"], found.value.facts["key"], found.value.code) == (FILE, key, reason)
    for language in ("en", "zh_CN"):
        sentence = error_sentence(found.value, Language(language))
        assert FILE in sentence and key in sentence and "{" not in sentence
