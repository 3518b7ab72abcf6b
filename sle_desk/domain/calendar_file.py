"""The offered holidays of a country: one notice a year, its holidays as runs of days with make-up days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sle_desk.domain.reading import Entry, unique
from sle_desk.domain.site_calendar import HOLIDAY, WORKED, YEAR, SiteDay, days_between, is_weekend


@dataclass(frozen=True)
class NoticeYear:
    """The days that one notice names for a year; unconfirmed until somebody compared them with it."""

    year: int
    document: str
    confirmed: bool
    days: tuple[SiteDay, ...]


def parse_calendar(file: str, content: object) -> tuple[NoticeYear, ...]:
    """Return the years of a calendar file; PackageFaulty names file, key and reason."""
    root = Entry(file, "", content)
    years = tuple(map(_year, root.tables("year")))
    root.done()
    return unique(years, lambda found: str(found.year), file, "year")


def _year(entry: Entry) -> NoticeYear:
    year, document = entry.whole("year"), entry.text("document")
    if not date.min.year <= year <= date.max.year:
        raise entry.fault("year", "calendar.file_no_year", found=year)
    days = tuple(day for inner in entry.tables("holiday") for day in _holiday(inner, year, document))
    found = NoticeYear(year, document, entry.flag("confirmed"), (_whole(year, document), *days))
    entry.done()
    unique(days, lambda day: day.on.isoformat(), entry.file, f"{entry.key}.holiday")
    return found


def _whole(year: int, document: str) -> SiteDay:
    return SiteDay(date(year, 1, 1), YEAR, document=document)


def _holiday(entry: Entry, year: int, document: str) -> Iterator[SiteDay]:
    name, first, last = entry.words("name"), entry.day("first"), entry.day("last")
    worked = entry.days("worked", optional=True)
    entry.done()
    for key, day in (("first", first), ("last", last), *(("worked", day) for day in worked)):
        if day.year != year:
            raise entry.fault(key, "calendar.file_other_year", found=day.isoformat(), year=year)
    if last < first:
        raise entry.fault("last", "calendar.file_order", first=first.isoformat(), last=last.isoformat())
    for day in worked:
        if not is_weekend(day):
            raise entry.fault("worked", "calendar.file_no_make_up", found=day.isoformat())
    yield from (SiteDay(day, HOLIDAY, name, document) for day in days_between(first, last))
    yield from (SiteDay(day, WORKED, name, document) for day in worked)
