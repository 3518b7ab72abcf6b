"""Whether something was done before consent was signed: the days tell, and on one day the times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sle_desk.domain.checks import Value

# Where a form of a sample says itself when it was drawn.
OWN_DAY, OWN_TIME = "day", "time"


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
