"""The calendar of the site: entered, offered, confirmed and put right with a reason, by who may; audited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from study_fixtures import LOGINS, Study

from sle_desk.base.errors import NotAllowed, RuleBroken, SleDeskError, Stale
from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.site_calendar import HOLIDAY, OPEN, UNKNOWN, WEEKEND, WORKED, YEAR
from sle_desk.models.audit import Audit
from sle_desk.models.site import SiteDay
from sle_desk.services import site_days, studies
from sle_desk.services.desk import Desk
from sle_desk.services.site_days import Entered, SiteDayRow

WRITES = (roles.COORDINATOR, roles.NURSE, roles.INVESTIGATOR, roles.PI, roles.ADMINISTRATOR)
NEW_YEAR = Entered(HOLIDAY, Words("New Year's Day", "元旦"), "Notice 1")
MADE_UP = Entered(WORKED, document="Notice 1")
FIRST = date(2027, 1, 1)


def only(desk: Desk) -> SiteDayRow:
    (row,) = site_days.site_days(desk)
    return row


@pytest.mark.parametrize("role", WRITES)
def test_ward_roles_and_the_administrator_enter_a_day(study: Study, role: str) -> None:
    desk = study.sit(LOGINS[role], role)
    assert site_days.record_days(desk, FIRST, None, NEW_YEAR) == 1
    row = only(desk)
    assert (row.on_day, row.entered, row.confirmed, row.state) == (FIRST, NEW_YEAR, True, "current")
    assert row.recorded_by == desk.actor.name
    assert site_days.site_calendar(desk).standing(FIRST) == HOLIDAY


@pytest.mark.parametrize("role", [roles.MONITOR, roles.STATISTICIAN])
def test_others_read_it_and_enter_nothing(study: Study, role: str) -> None:
    site_days.record_days(study.sit("chen.lan", roles.COORDINATOR), FIRST, None, NEW_YEAR)
    desk = study.sit(LOGINS[role], role)
    with pytest.raises(NotAllowed):
        site_days.record_days(desk, date(2027, 1, 2), None, NEW_YEAR)
    with pytest.raises(NotAllowed):
        site_days.take_in(desk)
    with pytest.raises(NotAllowed):
        site_days.void_day(desk, only(desk).id, 1, "slip")
    assert only(desk).state == "current"


def test_a_run_of_days_is_entered_at_once_and_a_day_keeps_what_was_typed(desk: Desk) -> None:
    typed = Entered(HOLIDAY, Words("", " 本院停诊 "), " 院办〔2027〕3号 ")
    assert site_days.record_days(desk, date(2027, 2, 27), date(2027, 3, 2), typed) == 4
    rows = site_days.site_days(desk)
    assert [row.on_day.day for row in rows] == [27, 28, 1, 2]
    assert {row.entered for row in rows} == {Entered(HOLIDAY, Words("", "本院停诊"), "院办〔2027〕3号")}


@pytest.mark.parametrize(
    ("first", "last", "entered", "code"),
    [
        (FIRST, date(2026, 12, 31), NEW_YEAR, "calendar.order"),
        (FIRST, date(2027, 1, 17), NEW_YEAR, "calendar.too_many"),
        (FIRST, None, replace(NEW_YEAR, name=Words(" ", "")), "calendar.name_needed"),
        (FIRST, None, replace(NEW_YEAR, document=" "), "calendar.document_needed"),
        (FIRST, None, MADE_UP, "calendar.no_make_up"),
        (FIRST, None, replace(NEW_YEAR, kind="shut"), "calendar.kind"),
        (date(1999, 1, 1), None, NEW_YEAR, "calendar.no_year"),
        (date(2027, 1, 3), date(2027, 1, 4), MADE_UP, "calendar.no_make_up"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_entered(
    desk: Desk, first: date, last: date | None, entered: Entered, code: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        site_days.record_days(desk, first, last, entered)
    assert refused.value.code == code and site_days.site_days(desk) == ()


def test_a_day_is_entered_once(desk: Desk) -> None:
    site_days.record_days(desk, FIRST, None, NEW_YEAR)
    with pytest.raises(RuleBroken, match=r"calendar\.twice"):
        site_days.record_days(desk, date(2026, 12, 31), FIRST, NEW_YEAR)
    assert only(desk).on_day == FIRST
    # What is said of the year stands on the same day and is no second entry of it.
    site_days.record_year(desk, 2027, "Notice 1")
    with pytest.raises(RuleBroken, match=r"calendar\.year_twice"):
        site_days.record_year(desk, 2027, "Notice 2")
    with pytest.raises(RuleBroken, match=r"calendar\.no_year"):
        site_days.record_year(desk, 27, "Notice 2")


def test_a_year_is_known_once_somebody_said_that_it_is_entered_whole(desk: Desk) -> None:
    site_days.record_days(desk, FIRST, None, NEW_YEAR)
    assert site_days.site_calendar(desk).standing(date(2027, 1, 4)) == UNKNOWN
    site_days.record_year(desk, 2027, "Notice 1")
    site = site_days.site_calendar(desk)
    assert (site.standing(date(2027, 1, 4)), site.standing(FIRST)) == (OPEN, HOLIDAY)
    year = next(row for row in site_days.site_days(desk) if row.entered.kind == YEAR)
    site_days.void_day(desk, year.id, year.version, "slip")
    assert site_days.site_calendar(desk).standing(date(2027, 1, 4)) == UNKNOWN


# What is offered.


def test_nothing_that_is_offered_is_in_force_before_somebody_takes_it_in(desk: Desk) -> None:
    assert [year.year for year in site_days.to_take(desk)] == [2025, 2026]
    assert site_days.site_days(desk) == ()
    assert site_days.site_calendar(desk).standing(date(2026, 10, 1)) == UNKNOWN


def test_what_is_offered_is_taken_in_once_and_unconfirmed(desk: Desk) -> None:
    count = site_days.take_in(desk)
    rows = site_days.site_days(desk)
    assert count == len(rows) == sum(len(year.days) for year in site_days.offered())
    assert not any(row.confirmed for row in rows)
    site = site_days.site_calendar(desk)
    assert site.standing(date(2026, 10, 1)) == HOLIDAY and site.standing(date(2026, 10, 10)) == WORKED
    assert site.unknown_years([date(2026, 5, 5), FIRST]) == (2027,)
    with pytest.raises(RuleBroken, match=r"calendar\.nothing_offered"):
        site_days.take_in(desk)
    assert site_days.to_take(desk) == ()


def test_taking_in_leaves_what_somebody_entered_or_marked_as_it_is(desk: Desk) -> None:
    own = Entered(HOLIDAY, Words("Closed for works", ""), "House memo")
    site_days.record_days(desk, date(2026, 10, 1), None, own)
    site_days.record_days(desk, date(2026, 10, 10), None, replace(MADE_UP, document="House memo"))
    marked = site_days.site_days(desk)[1]
    site_days.void_day(desk, marked.id, marked.version, "slip")
    site_days.take_in(desk)
    site = site_days.site_calendar(desk)
    assert site.days[date(2026, 10, 1)].name == own.name
    assert site.standing(date(2026, 10, 10)) == WEEKEND
    assert site.standing(date(2026, 10, 2)) == HOLIDAY


def test_the_days_of_a_notice_are_confirmed_together(desk: Desk) -> None:
    site_days.take_in(desk)
    notice = site_days.offered()[1].document
    assert site_days.confirm_notice(desk, notice) == len(site_days.offered()[1].days)
    assert {row.on_day.year for row in site_days.site_days(desk) if row.confirmed} == {2026}
    with pytest.raises(RuleBroken, match=r"calendar\.nothing_to_confirm"):
        site_days.confirm_notice(desk, notice)


# Putting right.


def correct(desk: Desk, right: Entered, on_day: date = FIRST, reason: str = "slip", note: str = "") -> None:
    row = only(desk)
    site_days.correct_day(desk, row.id, row.version, on_day, right, reason, note)


def test_a_day_is_put_right_with_a_reason_and_the_audit_has_both(desk: Desk) -> None:
    site_days.record_days(desk, FIRST, None, NEW_YEAR)
    correct(desk, MADE_UP, date(2027, 1, 3), "other", "the notice was misread")
    row = only(desk)
    assert (row.on_day, row.entered, row.version) == (date(2027, 1, 3), MADE_UP, 2)
    with desk.view() as session:
        told = session.scalars(select(Audit).where(Audit.table_name == "site_day")).all()
    assert [(each.action, each.operation, each.reason, each.user) for each in told] == [
        ("calendar.record", "insert", "", "chen.lan"),
        ("calendar.correct", "update", "other: the notice was misread", "chen.lan"),
    ]


Act = Callable[[Desk, SiteDayRow], None]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda desk, row: site_days.void_day(desk, row.id, row.version, ""), "change.reason_needed"),
        (lambda desk, row: site_days.void_day(desk, row.id, row.version, "other"), "change.note_needed"),
        (
            lambda desk, row: site_days.void_day(desk, row.id, row.version + 1, "slip"),
            "record.changed_meanwhile",
        ),
        (lambda desk, row: correct(desk, NEW_YEAR), "calendar.nothing_changed"),
        (lambda desk, row: correct(desk, MADE_UP, reason=""), "change.reason_needed"),
        (lambda desk, row: correct(desk, MADE_UP), "calendar.no_make_up"),
        (lambda desk, row: correct(desk, Entered(YEAR, document="x")), "calendar.kind"),
        (lambda desk, row: correct(desk, replace(NEW_YEAR, name=Words("", ""))), "calendar.name_needed"),
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(desk: Desk, act: Act, code: str) -> None:
    site_days.record_days(desk, FIRST, None, NEW_YEAR)
    before = only(desk)
    with pytest.raises(SleDeskError) as refused:
        act(desk, before)
    assert refused.value.code == code and only(desk) == before


def test_the_door_itself_refuses_a_correction_that_says_no_why(desk: Desk) -> None:
    site_days.record_days(desk, FIRST, None, NEW_YEAR)
    with pytest.raises(RuleBroken, match=r"change\.reason_needed"), desk.change("calendar.correct") as change:
        change.session.get_one(SiteDay, 1).name_en = "Another"
    assert only(desk).entered == NEW_YEAR


def test_a_correction_never_puts_two_entries_on_a_day(desk: Desk) -> None:
    site_days.record_days(desk, FIRST, date(2027, 1, 2), NEW_YEAR)
    second = site_days.site_days(desk)[1]
    with pytest.raises(RuleBroken, match=r"calendar\.twice"):
        site_days.correct_day(desk, second.id, second.version, FIRST, NEW_YEAR, "slip")


def test_of_a_year_only_the_document_is_put_right(desk: Desk) -> None:
    site_days.record_year(desk, 2027, "Notice 1")
    correct(desk, Entered(HOLIDAY, Words("No", ""), "Notice 2"), date(2028, 5, 5))
    row = only(desk)
    assert (row.on_day, row.entered.kind, row.entered.document) == (FIRST, YEAR, "Notice 2")


def test_a_day_in_error_stays_in_sight_counts_no_more_and_makes_room(desk: Desk) -> None:
    site_days.record_days(desk, FIRST, None, NEW_YEAR)
    row = only(desk)
    site_days.void_day(desk, row.id, row.version, "slip")
    assert (only(desk).state, only(desk).void_reason) == ("void", "slip")
    assert site_days.site_calendar(desk).days == {}
    with pytest.raises(Stale):
        site_days.void_day(desk, row.id, row.version + 1, "slip")
    site_days.record_days(desk, FIRST, None, NEW_YEAR)
    assert [each.state for each in site_days.site_days(desk)] == ["void", "current"]


def test_a_study_with_a_calendar_passes_the_opening_checks(study: Study) -> None:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    site_days.take_in(desk)
    row = site_days.site_days(desk)[5]
    site_days.void_day(desk, row.id, row.version, "slip")
    study.leave()
    study.sit("chen.lan", roles.COORDINATOR)
    assert study.unlocked is not None
    assert studies.opening_checks(study.unlocked, lambda step, share: None).holds
