"""The ethics register: what the committee approved, until when it holds, and what is told of its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice

PROTOCOL, CONSENT, AMENDMENT, CONTINUING, OTHER = (
    "protocol",
    "consent",
    "amendment",
    "continuing",
    "other",
)
KINDS = (
    Choice(PROTOCOL, Words("Protocol version", "方案版本"), "1"),
    Choice(CONSENT, Words("Consent version", "知情同意书版本"), "2"),
    Choice(AMENDMENT, Words("Amendment", "方案修订"), "3"),
    Choice(CONTINUING, Words("Annual review", "年度/跟踪审查"), "4"),
    Choice(OTHER, Words("Other", "其他"), "9"),
)
VALID, EXPIRING, EXPIRED, FOLLOWED, VOID = "valid", "expiring", "expired", "followed", "void"
# So long before its end an approval is told of: an annual review is handed in and discussed before it ends.
DAYS_AHEAD = 60


@dataclass(frozen=True)
class Approval:
    """One line of the register as its end is judged."""

    id: int
    kind: str
    approved_on: date
    valid_until: date | None


def follows(later: Approval, earlier: Approval) -> bool:
    """Tell whether one approval goes on where another ends: of its kind or an annual review."""
    if later.id == earlier.id or earlier.valid_until is None or later.kind not in (earlier.kind, CONTINUING):
        return False
    if (later.approved_on, later.id) <= (earlier.approved_on, earlier.id):
        return False
    return later.valid_until is None or later.valid_until > earlier.valid_until


def state_of(approval: Approval, others: Iterable[Approval], today: date) -> str:
    """Return how a line stands on a day: valid, about to end, ended, or gone on with by a later one.

    The last day is covered. A later one of its kind, or an annual review, takes its place.
    """
    if approval.valid_until is None or today < approval.valid_until - timedelta(days=DAYS_AHEAD):
        return VALID
    if any(follows(each, approval) for each in others if each.approved_on <= today):
        return FOLLOWED
    return EXPIRED if today > approval.valid_until else EXPIRING


def protocol_ended(lines: Iterable[Approval], on_day: date) -> Approval | None:
    """Return the approval of the protocol that had ended on a day; None where one holds or has no end.

    The newest counts, of a protocol version or an annual review; an older one may hold for longer.
    """
    own = [each for each in lines if each.kind in (PROTOCOL, CONTINUING) and each.approved_on <= on_day]
    newest = max(own, key=lambda each: (each.approved_on, each.id), default=None)
    if newest is None or newest.valid_until is None:
        return None
    held = any(each.valid_until is not None and on_day <= each.valid_until for each in own)
    return None if held else newest


def covers(approval: Approval, others: Iterable[Approval], on_day: date) -> bool:
    """Tell whether an approval, or what goes on with it, held on a day."""
    line = [approval, *(each for each in others if follows(each, approval))]
    return any(
        each.approved_on <= on_day and (each.valid_until is None or on_day <= each.valid_until)
        for each in line
    )
