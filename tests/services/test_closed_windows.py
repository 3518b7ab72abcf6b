"""Windows without an open day are told while they are to come; the calendar of the site moves nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dose_fixtures import dispense, infuse, inject
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.site_calendar import HOLIDAY
from sle_desk.services import closed_windows, dispositions, overview, plan, site_days, visits, week
from sle_desk.services.closed_windows import INFUSION, VISIT
from sle_desk.services.desk import Desk
from sle_desk.services.plan import DueVisit
from sle_desk.services.site_days import Entered

__all__ = ["arms", "made_arms", "made_trial"]
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3
WORKS = Entered(HOLIDAY, Words("Closed for works", "停诊施工"), "House memo 3")


@pytest.fixture
def desk(arms: Study) -> Desk:
    """The nurse's desk after the first doses of subjects 1 and 3; subject 2 had none."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, BOTH)
    dispense(nurse, INTERLEUKIN)
    infuse(arms, nurse, BOTH)
    inject(nurse, BOTH)
    inject(nurse, INTERLEUKIN)
    return nurse


def visit_of(desk: Desk, subject_id: int, code: str = "W4") -> DueVisit:
    found = plan.calendar(desk, subject_id).visits
    return next(each for each in found if each.planned.code == code)


def close(desk: Desk, first: date, last: date) -> None:
    site_days.record_days(desk, first, last, WORKS)


def told(desk: Desk, subject_id: int) -> list[tuple[str, object]]:
    closed = closed_windows.visit_plan(desk, subject_id).closed
    return [(each.code, each.facts.get("visit") or each.facts.get("drug")) for each in closed]


def test_a_window_closed_altogether_is_told_of_the_visit_and_of_the_infusion_and_nothing_moves(
    desk: Desk,
) -> None:
    before = plan.calendar(desk, BOTH)
    window = visit_of(desk, BOTH).planned
    close(desk, window.opens_on, window.closes_on)
    assert told(desk, BOTH) == told(desk, INTERLEUKIN) == [(VISIT, "W4")]
    # The window of the infusion of that day is a wider one.
    infusion = before.of_drug("BEL")[1].slot
    close(desk, infusion.opens_on, window.opens_on - timedelta(days=1))
    close(desk, window.closes_on + timedelta(days=1), infusion.closes_on)
    assert told(desk, BOTH) == [(VISIT, "W4"), (INFUSION, "BEL")]
    assert told(desk, INTERLEUKIN) == [(VISIT, "W4")]
    assert plan.calendar(desk, BOTH) == before


def test_one_open_day_is_enough(desk: Desk) -> None:
    window = visit_of(desk, BOTH).planned
    close(desk, window.opens_on, window.closes_on - timedelta(days=1))
    assert told(desk, BOTH) == []


def test_before_the_first_dose_no_window_counts(desk: Desk) -> None:
    window = visit_of(desk, BOTH).planned
    close(desk, window.opens_on, window.closes_on)
    assert told(desk, BELIMUMAB) == []
    assert closed_windows.visit_plan(desk, BELIMUMAB).visits == {}


def test_a_visit_that_took_place_or_of_somebody_who_left_is_no_warning(arms: Study, desk: Desk) -> None:
    window = visit_of(desk, BOTH).planned
    close(desk, window.opens_on, window.closes_on)
    visits.record_not_done(desk, INTERLEUKIN, "W4", "refused", "will be abroad")
    assert (VISIT, "W4") not in told(desk, INTERLEUKIN)
    dispositions.record_disposition(desk, BOTH, "exit", "", desk.today(), "lost", "Not reached by telephone.")
    assert told(desk, BOTH) == []
    rows = week.week(desk, window.planned_on).rows
    assert all(row.closed == () for row in rows)


def test_the_week_tells_a_window_that_touches_it_and_no_other(desk: Desk) -> None:
    window = visit_of(desk, INTERLEUKIN).planned
    close(desk, window.opens_on, window.closes_on)

    def closed(day: date) -> set[object]:
        rows = {row.who.subject_id: row for row in week.week(desk, day).rows}
        return {each.facts.get("visit") for each in rows[INTERLEUKIN].closed}

    assert "W4" in closed(window.planned_on) and "W4" in closed(window.opens_on)
    assert closed(window.closes_on + timedelta(days=7)) == set()
    assert closed(window.opens_on - timedelta(days=7)) == set()


def test_a_week_names_the_years_whose_holidays_nobody_entered(desk: Desk) -> None:
    over_new_year = date(2026, 12, 30)
    assert week.week(desk, over_new_year).unknown_years == (2026, 2027)
    site_days.take_in(desk)
    assert week.week(desk, over_new_year).unknown_years == (2027,)
    assert week.week(desk, desk.today()).unknown_years == ()


def test_today_and_the_week_have_the_calendar_of_the_site(desk: Desk) -> None:
    close(desk, desk.today(), desk.today())
    assert overview.today(desk).site.is_closed(desk.today())
    assert week.week(desk, desk.today()).site.is_closed(desk.today())
