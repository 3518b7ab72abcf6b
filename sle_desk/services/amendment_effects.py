"""Whose dates an amendment of the protocol package would move: listed before anybody approves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from sle_desk.domain.protocol import Protocol
from sle_desk.domain.sealing import content_hash
from sle_desk.services import courses
from sle_desk.services.consequence_plans import VISITS, Dates, Day, Moved, Planned, by_code, by_number, dates
from sle_desk.services.courses import Course
from sle_desk.services.in_force import decisions_made
from sle_desk.services.plan import Calendar, PlanVersion, calendar_of, versions_by
from sle_desk.services.tried import Whose


@dataclass(frozen=True)
class Stays:
    """Days of a subject that lie behind and stay, though the new version would have had them otherwise."""

    whose: Whose
    part: str
    moved: tuple[Moved, ...] = ()
    added: tuple[Day, ...] = ()
    dropped: tuple[Day, ...] = ()


@dataclass(frozen=True)
class Effects:
    """What an amendment does to calendars from a day on: dates to come that move, dates behind that stay."""

    effective_from: date
    moving: tuple[Dates, ...]
    staying: tuple[Stays, ...]

    @property
    def shown_as(self) -> str:
        """Return the hash of the list, by which an approval names what was shown."""
        return content_hash([self.effective_from, repr(self.moving), repr(self.staying)])


@dataclass(frozen=True)
class _Amended:
    """The study on the day on which an amendment would be in force, by the version before it and by it."""

    protocol: Protocol
    everybody: Mapping[int, Course]
    on: date
    was: tuple[PlanVersion, ...]
    becomes: tuple[PlanVersion, ...]
    alone: tuple[PlanVersion, ...]

    def going_on(self) -> Iterator[tuple[Whose, Course]]:
        for number, course in self.everybody.items():
            if course.arm and course.active:
                yield Whose(number, course.code, randomised=True), course

    def treated(self) -> Iterator[tuple[Whose, Course, Calendar, Calendar]]:
        """Yield everybody who is randomised and goes on, with the calendar before and with it."""
        for whose, course in self.going_on():
            yield (
                whose,
                course,
                calendar_of(course, self.was, self.on),
                calendar_of(course, self.becomes, self.on),
            )


def effects_of(
    session: Session, base: Protocol, proposed: Protocol, now: datetime, effective_from: date
) -> Effects:
    """Return what a version does to everybody's calendar from a day on, beside the version it follows."""
    made = decisions_made(session)
    tried = _Amended(
        proposed,
        courses.courses(session),
        effective_from,
        versions_by(base, made, effective_from),
        versions_by(proposed.after(base, effective_from), made, effective_from),
        versions_by(proposed, made, effective_from),
    )
    return Effects(effective_from, dates(tried), tuple(_staying(tried, now.date())))


def _staying(tried: _Amended, today: date) -> Iterator[Stays]:
    for whose, course in tried.going_on():
        was, alone = (calendar_of(course, each, tried.on) for each in (tried.was, tried.alone))
        if was.provisional:
            continue
        for drug in tried.protocol.arm(course.arm).drugs:
            yield from _behind(whose, drug, (by_number(was, drug), by_number(alone, drug)), tried.on)
        yield from _behind(whose, VISITS, (by_code(was), by_code(alone)), tried.on)


def _behind(
    whose: Whose, part: str, planned: tuple[Mapping[str, Planned], Mapping[str, Planned]], on: date
) -> Iterator[Stays]:
    was, alone = ({key: each.planned_on for key, each in known.items()} for known in planned)
    moved = tuple(
        Moved(key, day, alone[key])
        for key, day in was.items()
        if day < on and key in alone and alone[key] != day
    )
    added = tuple(Day(key, day) for key, day in alone.items() if key not in was and day < on)
    dropped = tuple(Day(key, day) for key, day in was.items() if key not in alone and day < on)
    if moved or added or dropped:
        yield Stays(whose, part, moved, added, dropped)
