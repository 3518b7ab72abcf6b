"""What the answers about a pregnancy say against each other and against the sex of the subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from sle_desk.domain.checks import UNLIKELY, Finding, Value
from sle_desk.domain.values import partial_bounds

FORM = "pregnancy"
FEMALE, MALE = "F", "M"
SUBJECT, PARTNER = "subject", "partner"
# Delivery is expected 40 weeks after the first day of the last period (WHO; Naegele's rule). A scan may move
# it: what lies within these weeks is not asked about.
EARLIEST_DUE, LATEST_DUE = timedelta(weeks=37), timedelta(weeks=43)


def pregnancy_findings(values: Mapping[str, Value], sex: str) -> tuple[Finding, ...]:
    """Return what is unlikely about a pregnancy; of partial days only what is certain."""
    return (*_whose(values, sex), *_due(values), *_outcome(values))


def _whose(values: Mapping[str, Value], sex: str) -> Iterator[Finding]:
    whose = values.get("whose")
    if whose is None:
        return
    if (whose.choice, sex) == (PARTNER, FEMALE):
        yield Finding(UNLIKELY, "whose", "pregnancy.partner_of_woman")
    if (whose.choice, sex) == (SUBJECT, MALE):
        yield Finding(UNLIKELY, "whose", "pregnancy.of_man")


def _due(values: Mapping[str, Value]) -> Iterator[Finding]:
    period, due = _text(values, "last_period"), values.get("due")
    if not period or due is None or due.day is None:
        return
    first, last = partial_bounds(period)
    if not first + EARLIEST_DUE <= due.day <= last + LATEST_DUE:
        yield Finding(UNLIKELY, "due", "pregnancy.due_unlikely", {"due": due.day, "period": period})


def _outcome(values: Mapping[str, Value]) -> Iterator[Finding]:
    period, outcome = _text(values, "last_period"), _text(values, "outcome_day")
    if period and outcome and partial_bounds(outcome)[1] < partial_bounds(period)[0]:
        facts = {"outcome": outcome, "period": period}
        yield Finding(UNLIKELY, "outcome_day", "pregnancy.outcome_before", facts)


def _text(values: Mapping[str, Value], code: str) -> str:
    value = values.get(code)
    return (value.text or "") if value is not None else ""
