"""What the safety of a subject asks: whether an event came under treatment, how long a report is awaited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from sle_desk.domain.checks import Value
from sle_desk.domain.form_checks import is_fatal
from sle_desk.domain.values import partial_bounds

EVENT, REPORT = "adverse_event", "sae_report"
DEATH, FATAL = "death", "fatal"
FIRST, FOLLOW_UP, FINAL = "first", "follow_up", "final"
YES, NO, UNCERTAIN = "Y", "N", "U"


def is_serious(values: Mapping[str, Value]) -> bool:
    """Tell whether an event was judged serious, or ended in death, which is serious whatever was judged."""
    serious = values.get("serious")
    return (serious is not None and serious.choice == YES) or is_fatal(values)


def treatment_emergent(start: str | None, day_one: date | None) -> str:
    """Return Y for an event that began on or after the day of the first dose of any study drug, N before.

    U where its partial start can mean both; nothing where no start is known. Before any dose it is N.
    """
    if not start:
        return ""
    if day_one is None:
        return NO
    earliest, latest = partial_bounds(start)
    if earliest >= day_one:
        return YES
    return NO if latest < day_one else UNCERTAIN


def aware_since(values: Mapping[str, Value], now: datetime) -> datetime | None:
    """Return the instant since which the site knows of an event, in the zone of now; None while not told."""
    day, time = values.get("aware_day"), values.get("aware_time")
    if day is None or day.day is None:
        return None
    hour, minute = (int(part) for part in time.text.split(":")) if time is not None and time.text else (0, 0)
    return datetime(day.day.year, day.day.month, day.day.day, hour, minute, tzinfo=now.tzinfo)


def awaited(since: datetime, now: datetime, allowed_hours: Decimal | None) -> tuple[int, int, bool]:
    """Return for how many hours and minutes a report is awaited, and whether longer than allowed."""
    passed = max(now - since, timedelta(0))
    minutes = int(passed.total_seconds()) // 60
    late = allowed_hours is not None and Decimal(minutes) > allowed_hours * 60
    return minutes // 60, minutes % 60, late


def report_out_of_order(kind: str | None, others: Collection[str]) -> str:
    """Return the code of what is unlikely about a report beside the others of its event, or nothing.

    An event is reported first once, then followed, and ended once (ICH E2A: an initial report, then the
    complete one).
    """
    if kind in (FIRST, FINAL) and kind in others:
        return f"report.{kind}_twice"
    if kind == FINAL and FIRST not in others:
        return "report.final_alone"
    return ""


def sent_before_hour(event: Mapping[str, Value], report: Mapping[str, Value]) -> bool:
    """Tell whether a report was sent on the day the site knew of its event, at an hour before that."""
    aware, known = event.get("aware_day"), event.get("aware_time")
    sent, at = report.get("sent_day"), report.get("sent_time")
    if aware is None or sent is None or aware.day is None or aware.day != sent.day:
        return False
    if known is None or at is None or not known.text or not at.text:
        return False
    return at.text < known.text


def is_sent(values: Mapping[str, Value]) -> bool:
    """Tell whether a report was sent."""
    sent = values.get("sent_day")
    return sent is not None and sent.day is not None
