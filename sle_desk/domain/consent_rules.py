"""What came before a consent was signed, and what it takes up again: the days tell, on one day the times."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sle_desk.base.language import Words
from sle_desk.domain.checks import Value

# Where a form of a sample says itself when it was drawn.
OWN_DAY, OWN_TIME = "day", "time"
# What consent can be withdrawn for, as a later consent is asked about it.
TAKES_UP = {
    "treatment": Words("Study drugs taken up again", "恢复同意：研究用药"),
    "visits": Words("Visits taken up again", "恢复同意：访视"),
    "samples": Words("Samples taken up again", "恢复同意：生物样本"),
    "data": Words("Use of data taken up again", "恢复同意：数据使用"),
}


@dataclass(frozen=True)
class Off:
    """When consent was withdrawn: its day, its time where known, and when it was in the record that day."""

    day: date
    time: str = ""
    known_at: str = ""


@dataclass(frozen=True)
class Again:
    """A consent that was signed, and the scopes it takes up again; None where that was not asked yet then."""

    day: date
    time: str
    takes_up: Collection[str] | None


def was_after_consent(day: date, time: str, known_at: str, signed_on: date, signed_time: str) -> bool | None:
    """Tell whether a procedure came after the signature; None where the times of that day do not say.

    Times are HH:MM, or nothing where they are not known. `known_at` is when, on the same day, the procedure
    was in the record already: nothing is recorded before it happened, so it was done by then.
    """
    if day != signed_on:
        return day > signed_on
    if not signed_time:
        return None
    if time:
        return time >= signed_time
    return False if known_at and known_at < signed_time else None


def known_at(day: date, recorded_at: datetime) -> str:
    """Return the time at which a record of this same day was made; nothing where it came later."""
    return f"{recorded_at:%H:%M}" if recorded_at.date() == day else ""


def time_done(day: date, time: str, values: Mapping[str, Value]) -> str:
    """Return the time of a form: its own, or that of the sample it tells of where it was of this day."""
    own_day, own_time = values.get(OWN_DAY), values.get(OWN_TIME)
    if time or own_time is None or (own_day is not None and own_day.day not in (None, day)):
        return time
    return own_time.text or ""


def signed_after(off: Off, signed_on: date, signed_time: str) -> bool:
    """Tell whether a consent was surely signed after a withdrawal; where the times do not say, it stands."""
    if signed_on != off.day:
        return signed_on > off.day
    # Nothing is recorded before it happened: at the latest it was then.
    latest = off.time or off.known_at
    return bool(signed_time and latest) and signed_time > latest


def taken_up_on(scope: str, off: Off, consents: Iterable[Again]) -> date | None:
    """Return the day of the first consent that takes a withdrawn scope up again, or None while it stands.

    `consents` are in the order they were signed. One of the time before it was asked took up everything, but
    the first consent took up nothing then: it was the one withdrawn.
    """
    for place, each in enumerate(consents):
        takes = place > 0 if each.takes_up is None else scope in each.takes_up
        if takes and signed_after(off, each.day, each.time):
            return each.day
    return None
