"""From which day on a change of medication makes another paper: of it only glucocorticoids are printed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy.orm import Session

from sle_desk.domain.checks import Value
from sle_desk.domain.medication import ONCE, course_of, is_counted
from sle_desk.domain.medicine_days import DAY
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import partial_bounds
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services.answers import values_of
from sle_desk.services.words_in_use import names_in_use

# What makes a glucocorticoid of a course, or no longer one: where it changed, it may have been one before.
_MAKES_ONE = frozenset({"name", "category", "route"})
_ENDS, _SAYS_NOTHING = frozenset({"stop", "ongoing"}), frozenset({"indication"})


def shown_from(
    session: Session, protocol: Protocol, record: FormRecord, answer: Answer | None, payload: str | None
) -> date:
    """Return the first day whose prednisone equivalent a change may have made otherwise.

    `answer` is the one that changed, None where it was the entry itself; `date.max` where no day is.
    """
    values = values_of(session, record.id)
    before = _text_before(payload) if answer is not None else ""
    corrected = bool(before) or (answer is not None and _had_before(payload))
    course = course_of(record.id, values, names_in_use(session, protocol))
    if course is None:
        return date.max
    field = answer.field if answer is not None else ""
    if not is_counted(course) and not (corrected and field in _MAKES_ONE):
        return date.max
    if field in _SAYS_NOTHING:
        return date.max
    # Of what was taken once the end says also whether it was of one day.
    if field in _ENDS and not _is_once(values):
        stop = values.get("stop")
        return _after(text for text in (stop.text if stop is not None else "", before) if text)
    begun = [course.start, before] if field == "start" and before else [course.start]
    return min(partial_bounds(text)[0] for text in begun)


def _is_once(values: Mapping[str, Value]) -> bool:
    frequency = values.get("frequency")
    return frequency is not None and frequency.choice == ONCE


def _after(ends: Iterable[str]) -> date:
    """Return the day after the earliest end: up to it a course was taken either way."""
    day = min((partial_bounds(text)[0] for text in ends), default=date.max)
    return day if day == date.max else day + DAY


def _old(payload: str | None) -> dict[str, object]:
    found = json.loads(payload or "{}").get("old")
    return found if isinstance(found, dict) else {}


def _had_before(payload: str | None) -> bool:
    return bool(_old(payload))


def _text_before(payload: str | None) -> str:
    text = _old(payload).get("text")
    return text if isinstance(text, str) else ""
