"""The calendar of the site: its days are entered, taken from an offered notice, confirmed and put right."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import PackageFaulty, RuleBroken, Stale
from sle_desk.base.language import Words
from sle_desk.base.paths import resource
from sle_desk.domain import site_calendar as rule
from sle_desk.domain.calendar_file import NoticeYear, parse_calendar
from sle_desk.domain.site_calendar import HOLIDAY, NO_NAME, WORKED, YEAR, SiteCalendar
from sle_desk.domain.values import check_text
from sle_desk.models.people import User
from sle_desk.models.site import SiteDay
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk

RECORD, CORRECT = "calendar.record", "calendar.correct"
CURRENT, VOID = "current", "void"
FILE = "cn.toml"
# Longer than any run of days off that a notice named: so long a one is a month typed wrongly.
MOST = 16
FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True)
class Entered:
    """What is said of a day: closed or worked, its name as typed in one language or both, where it stands."""

    kind: str
    name: Words = NO_NAME
    document: str = ""


@dataclass(frozen=True)
class SiteDayRow:
    """A day of the calendar as it is shown; one in error says why."""

    id: int
    version: int
    on_day: date
    entered: Entered
    confirmed: bool
    state: str
    void_reason: str
    recorded_at: datetime
    recorded_by: str


def site_calendar_in(session: Session) -> SiteCalendar:
    """Return the calendar that the days in force make, from a session in hand."""
    rows = session.scalars(select(SiteDay).where(SiteDay.state == CURRENT))
    return rule.calendar_of(
        rule.SiteDay(row.on_day, row.kind, Words(row.name_en, row.name_zh), row.document) for row in rows
    )


def site_calendar(desk: Desk) -> SiteCalendar:
    """Return the calendar that the days in force make."""
    with desk.view() as session:
        return site_calendar_in(session)


def site_days(desk: Desk) -> tuple[SiteDayRow, ...]:
    """Return every day that was entered, those in error too, by day."""
    with desk.view() as session:
        rows = session.execute(
            select(SiteDay, User.name)
            .join(User, User.id == SiteDay.recorded_by)
            .order_by(SiteDay.on_day, SiteDay.kind != YEAR, SiteDay.id)
        )
        return tuple(
            SiteDayRow(
                id=row.id,
                version=row.version,
                on_day=row.on_day,
                entered=Entered(row.kind, Words(row.name_en, row.name_zh), row.document),
                confirmed=bool(row.confirmed),
                state=row.state,
                void_reason=row.void_reason,
                recorded_at=row.recorded_at,
                recorded_by=name,
            )
            for row, name in rows
        )


# Entering.


def record_days(desk: Desk, first: date, last: date | None, entered: Entered) -> int:
    """Enter a day, or every day of a run with the same name; return how many."""
    until = last or first
    if until < first:
        raise RuleBroken("calendar.order", first=first.isoformat(), last=until.isoformat())
    if (until - first).days >= MOST:
        raise RuleBroken("calendar.too_many", first=first.isoformat(), last=until.isoformat(), most=MOST)
    with desk.change(RECORD) as change:
        days = tuple(rule.days_between(first, until))
        kept = _checked(entered)
        for day in days:
            _refuse_day(change.session, day, kept.kind)
        _add(change, ((day, kept) for day in days), confirmed=True)
        return len(days)


def record_year(desk: Desk, year: int, document: str) -> None:
    """Say that all holidays and make-up days of a year are entered: from now on its weekdays are known."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RuleBroken("calendar.no_year", found=year)
    with desk.change(RECORD) as change:
        kept, on_day = _checked(Entered(YEAR, document=document)), date(year, 1, 1)
        _refuse_day(change.session, on_day, YEAR)
        _add(change, [(on_day, kept)], confirmed=True)


def _checked(entered: Entered) -> Entered:
    """Return what is to be kept; RuleBroken where a name or a document is missing."""
    if entered.kind not in rule.KINDS:
        raise RuleBroken("calendar.kind")
    name = Words(check_text(entered.name.en.strip()), check_text(entered.name.zh.strip()))
    if entered.kind == HOLIDAY and not name.en and not name.zh:
        raise RuleBroken("calendar.name_needed")
    if not entered.document.strip():
        raise RuleBroken("calendar.document_needed")
    return Entered(entered.kind, name, check_text(entered.document.strip()))


def _refuse_day(session: Session, day: date, kind: str, itself: int | None = None) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RuleBroken("calendar.no_year", found=day.year)
    if kind == WORKED and not rule.is_weekend(day):
        raise RuleBroken("calendar.no_make_up", found=day.isoformat())
    standing = (row for row in _of_day(session, day, kind) if row.state == CURRENT and row.id != itself)
    if next(standing, None) is not None:
        if kind == YEAR:
            raise RuleBroken("calendar.year_twice", year=day.year)
        raise RuleBroken("calendar.twice", day=day.isoformat())


def _of_day(session: Session, day: date, kind: str) -> list[SiteDay]:
    rows = session.scalars(select(SiteDay).where(SiteDay.on_day == day))
    return [row for row in rows if (row.kind == YEAR) == (kind == YEAR)]


def _add(change: Change, days: Iterable[tuple[date, Entered]], *, confirmed: bool) -> None:
    change.add(
        *(
            SiteDay(
                on_day=day,
                kind=entered.kind,
                name_en=entered.name.en,
                name_zh=entered.name.zh,
                document=entered.document,
                confirmed=confirmed,
                recorded_at=change.at,
                recorded_by=change.actor.user_id,
            )
            for day, entered in days
        )
    )


# Putting right.


def correct_day(
    desk: Desk, row_id: int, seen_version: int, on_day: date, right: Entered, reason: str, note: str = ""
) -> None:
    """Put a day right with a coded reason; what is said of a year stays said of that year."""
    said = reason_text(reason, note)
    with desk.change(CORRECT, said) as change:
        row = _as_seen(change, row_id, seen_version)
        kept = _checked(replace(right, kind=YEAR) if row.kind == YEAR else right)
        day = row.on_day if row.kind == YEAR else on_day
        if kept.kind == YEAR and row.kind != YEAR:
            raise RuleBroken("calendar.kind")
        new = (day, kept.kind, kept.name.en, kept.name.zh, kept.document)
        if new == (row.on_day, row.kind, row.name_en, row.name_zh, row.document):
            raise RuleBroken("calendar.nothing_changed")
        _refuse_day(change.session, day, kept.kind, itself=row.id)
        row.on_day, row.kind, row.name_en, row.name_zh, row.document = new


def void_day(desk: Desk, row_id: int, seen_version: int, reason: str, note: str = "") -> None:
    """Mark a day as entered in error: it counts no more and stays in sight."""
    said = reason_text(reason, note)
    with desk.change(CORRECT, said) as change:
        row = _as_seen(change, row_id, seen_version)
        row.state, row.void_reason = VOID, said


def _as_seen(change: Change, row_id: int, seen_version: int) -> SiteDay:
    row = change.session.get_one(SiteDay, row_id)
    if row.version != seen_version or row.state == VOID:
        raise Stale("record.changed_meanwhile")
    return row


# What is offered.


@cache
def offered() -> tuple[NoticeYear, ...]:
    """Return the years that are offered with the program; PackageFaulty names file, key and reason."""
    try:
        content = tomllib.loads(resource("calendar", FILE).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PackageFaulty("package.not_toml", file=FILE, key="", found=str(error)) from error
    return parse_calendar(FILE, content)


def to_take(desk: Desk) -> tuple[NoticeYear, ...]:
    """Return what is offered and was never entered, nor marked as entered in error."""
    with desk.view() as session:
        return _to_take(session)


def _to_take(session: Session) -> tuple[NoticeYear, ...]:
    known = {(day, kind == YEAR) for day, kind in session.execute(select(SiteDay.on_day, SiteDay.kind))}
    left = (
        replace(year, days=tuple(day for day in year.days if (day.on, day.kind == YEAR) not in known))
        for year in offered()
    )
    return tuple(year for year in left if year.days)


def take_in(desk: Desk) -> int:
    """Enter every offered day that nobody entered yet, unconfirmed; return how many.

    What somebody entered or marked as entered in error is left as it is.
    """
    with desk.change(RECORD) as change:
        years = _to_take(change.session)
        if not years:
            raise RuleBroken("calendar.nothing_offered")
        days = 0
        for year in years:
            entered = ((day.on, Entered(day.kind, day.name, day.document)) for day in year.days)
            _add(change, entered, confirmed=year.confirmed)
            days += len(year.days)
        return days


def confirm_notice(desk: Desk, document: str) -> int:
    """Say that every day of a notice was compared with it; return how many were unconfirmed."""
    with desk.change(RECORD) as change:
        rows = change.session.scalars(
            select(SiteDay).where(
                SiteDay.document == document, SiteDay.state == CURRENT, SiteDay.confirmed == 0
            )
        ).all()
        if not rows:
            raise RuleBroken("calendar.nothing_to_confirm")
        for row in rows:
            row.confirmed = True
        return len(rows)
