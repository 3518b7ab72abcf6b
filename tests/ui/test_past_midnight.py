"""A dose that crosses midnight is recorded where a person says so, and never by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from dose_fixtures import at, dispense, prepared
from hypothesis import given
from hypothesis import strategies as st
from study_fixtures import START, clock, made_study, study
from test_dose_correction import dialog, retype
from test_doses_page import doses_of, on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.values import instant_of, parse_time_apart, time_beside
from sle_desk.services import preparing

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

BELIMUMAB, IL2 = 2, 3
DAY = START.date()


@pytest.mark.parametrize(
    ("typed", "sign", "kept"),
    [
        ("0025+1", "+", "00:25+1"),
        ("00:25 +1", "+", "00:25+1"),
        ("25+1", "+", None),
        ("0025", "+", "00:25"),
        ("n", "+", "09:00"),
        ("n-10", "-", "08:50"),
        ("2350-1", "-", "23:50-1"),
        ("2350-1", "+", None),
        ("0025+1", "-", None),
        ("0025+0", "+", None),
        ("0025+", "+", None),
    ],
)
def test_a_time_of_another_day_is_typed_with_its_sign(typed: str, sign: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(RuleBroken):
            parse_time_apart(typed, START, sign)
    else:
        assert parse_time_apart(typed, START.replace(hour=9, minute=0), sign) == kept


@given(st.datetimes(datetime(2026, 1, 2), datetime(2026, 12, 30)), st.integers(-9, 9))
def test_what_is_shown_of_an_instant_reads_back_as_it(moment: datetime, apart: int) -> None:
    instant = moment.replace(second=0, microsecond=0, tzinfo=START.tzinfo)
    day: date = instant.date() - timedelta(days=apart)
    shown = time_beside(instant, day)
    assert instant_of(shown, day, START) == instant
    assert parse_time_apart(shown, START, "+" if apart >= 0 else "-") == shown


def test_an_infusion_over_midnight_is_recorded_and_corrected_as_it_was(arms, on_page):
    at(arms, DAY, "22:40")
    desk = arms.sit("lin.yue", roles.NURSE)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    at(arms, DAY + timedelta(days=1), "01:30")
    window = on_page(arms, "infusion", BELIMUMAB)
    view = window.page("infusion").view
    typist = Typist()
    view.go_to("given_on")
    view.field("given_on").select_all()
    typist.fill(DAY.isoformat())
    view.go_to("started")
    typist.fill("2320", "0025")
    typist.press("N")
    typist.press("Ctrl+Enter")
    # Without the day it is before the start, and nothing is guessed.
    assert typist.sees("What was past midnight is typed as 00:25+1")
    assert doses_of(arms, BELIMUMAB, "BEL")[0].progress == "prepared"
    view.go_to("ended")
    view.field("ended").select_all()
    typist.fill("0025+1")
    view.go_to("observed_until")
    typist.fill("0120+1")
    typist.press("Ctrl+Enter")
    row = doses_of(arms, BELIMUMAB, "BEL")[0]
    assert row.progress == "given" and row.given.on_day == DAY
    times = (row.given.started_at, row.given.ended_at, row.given.observed_until)
    assert [f"{each:%d %H:%M}" for each in times] == ["23 23:20", "24 00:25", "24 01:20"]
    typist.press("F2")
    assert dialog().view.typed()["ended"] == "00:25+1"
    typist = retype("ended", "0030+1")
    dialog().column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    row = doses_of(arms, BELIMUMAB, "BEL")[0]
    assert f"{row.given.ended_at:%d %H:%M}" == "24 00:30"
    assert (row.given.started_at, row.given.observed_until) == (times[0], times[2])


def test_an_injection_before_midnight_is_observed_after_it(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    at(arms, DAY + timedelta(days=1), "00:30")
    window = on_page(arms, "doses", IL2)
    typist = Typist()
    typist.press("G", "N", "F6")
    view = window.page("doses").dose.view
    for code, typed in (("given_on", DAY.isoformat()), ("given_time", "2350"), ("observed_until", "0020+1")):
        view.go_to(code)
        view.field(code).select_all()
        typist.fill(typed)
    # Two windows hold that day.
    view.go_to("slot")
    typist.press("A", "Ctrl+Enter")
    (row,) = doses_of(arms, IL2, "IL2")
    assert f"{row.given.started_at:%d %H:%M}" == "23 23:50"
    assert f"{row.given.observed_until:%d %H:%M}" == "24 00:20"


def test_what_was_prepared_before_midnight_is_typed_after_it(arms, on_page):
    at(arms, DAY + timedelta(days=1), "00:10")
    window = on_page(arms, "infusion", BELIMUMAB)
    view = window.page("infusion").view
    typist = Typist()
    view.go_to("weight")
    view.field("weight").select_all()
    typist.fill("61.2", "C7K2", "C7K3", "Chen Lan")
    typist.press("N")
    view.go_to("prepared_time")
    view.field("prepared_time").select_all()
    typist.fill("2350-1")
    typist.press("Ctrl+Enter")
    (row,) = doses_of(arms, BELIMUMAB, "BEL")
    assert f"{row.given.prepared_at:%d %H:%M}" == "23 23:50"
