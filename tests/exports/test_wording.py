"""How values are said: the same on every paper and sheet."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from sle_desk.base.language import Words, message
from sle_desk.exports.wording import both, both_words, grouped, instant, planned_day, said

BEIJING = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("", ""),
        (Words("Low", "低"), "Low"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.1"),
        (0, "0"),
        (date(2026, 11, 23), "2026-11-23"),
        (datetime(2026, 11, 23, 9, 44, tzinfo=BEIJING), "2026-11-23 09:44 (UTC+08:00)"),
    ],
)
def test_a_value_is_said_in_one_way(english, value, text):
    assert said(value, english) == text


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (UTC, "(UTC+00:00)"),
        (timezone(timedelta(hours=5, minutes=45)), "(UTC+05:45)"),
        (timezone(-timedelta(hours=3, minutes=30)), "(UTC-03:30)"),
    ],
)
def test_an_instant_is_said_with_its_offset(zone, text):
    assert instant(datetime(2026, 1, 1, tzinfo=zone)).endswith(text)


def test_an_instant_without_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        instant(datetime(2026, 1, 1))


def test_labels_of_ward_papers_say_chinese_first(english, chinese):
    assert both(english, message("Subject")) == both(chinese, message("Subject")) == "受试者 Subject"
    assert both_words(Words("Week 8", "第 8 周")) == "第 8 周 Week 8"
    assert both_words(Words("BILAG", "BILAG")) == "BILAG"


def test_a_planned_day_is_said_with_its_weekday(english, chinese):
    assert planned_day(date(2026, 11, 23), english) == "Mon 2026-11-23"
    assert planned_day(date(2026, 11, 22), chinese) == "周日 2026-11-22"


def test_a_running_number_is_grouped_without_a_comma():
    assert [grouped(n) for n in (7, 18204, 1234567)] == ["7", "18\u00a0204", "1\u00a0234\u00a0567"]
