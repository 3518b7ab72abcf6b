"""Instants as they are kept: sortable text that holds the offset of the place beside the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone


def instant_text(instant: datetime) -> str:
    """Return an aware instant as sortable text: UTC, then the local offset in minutes."""
    offset = instant.utcoffset()
    if offset is None:
        raise ValueError("an instant needs an offset")
    utc = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='microseconds')}Z{int(offset.total_seconds()) // 60:+d}"


def read_instant(text: str) -> datetime:
    """Return the aware instant that `instant_text` wrote, with its own offset."""
    utc, _, minutes = text.partition("Z")
    zone = timezone(timedelta(minutes=int(minutes)))
    return datetime.fromisoformat(utc).replace(tzinfo=UTC).astimezone(zone)
