"""Which backups stay: the schedule that the backups of one study are thinned by.

All of the last two days, then the newest of each of twelve days, ten weeks and nine months, counted by
the days, weeks and months that have a backup, so that a holiday thins nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

ALL_OF_DAYS = 2
# How a day is named, and of how many such names the newest backup stays.
SCHEDULE: tuple[tuple[Callable[[datetime], tuple[int, ...]], int], ...] = (
    (lambda made: (made.year, made.month, made.day), 12),
    (lambda made: tuple(made.isocalendar()[:2]), 10),
    (lambda made: (made.year, made.month), 9),
)


def kept(made: Iterable[datetime], now: datetime) -> frozenset[datetime]:
    """Return the instants whose backups stay; the newest always does, and so does one that lies ahead."""
    newest_first = sorted(set(made), reverse=True)
    recent = [each for each in newest_first if each > now - timedelta(days=ALL_OF_DAYS)]
    stay = {*newest_first[:1], *recent}
    older = newest_first[len(recent) :]
    for name_of, wanted in SCHEDULE:
        seen: set[tuple[int, ...]] = set()
        for each in older:
            name = name_of(each.astimezone(now.tzinfo))
            if name not in seen and len(seen) < wanted:
                seen.add(name)
                stay.add(each)
    return frozenset(stay)
