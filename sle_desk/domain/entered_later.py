"""Was a record entered on the day that it tells of, or later?"""

from __future__ import annotations

from datetime import date


def is_entered_later(on_day: date | None, entered_on: date) -> bool:
    """Tell whether what happened on a day was entered after it; what has no day was not."""
    return on_day is not None and on_day < entered_on
