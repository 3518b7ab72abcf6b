"""The papers that the PI signs to lock the database, to unlock it, and to reveal the list."""

from __future__ import annotations

from sle_desk.base.errors import RuleBroken
from sle_desk.exports.pdf.lock_form import LockForm
from sle_desk.exports.study_export import lock_words
from sle_desk.exports.visit_summaries import study_name
from sle_desk.exports.wording import spoken
from sle_desk.services import list_kept, list_reveal, lock_items, locks
from sle_desk.services.desk import Desk
from sle_desk.services.lock_forms import LOCK_FORM, REVEAL_FORM, UNLOCK_FORM
from sle_desk.services.snapshots import Snapshot

_STATEMENTS = {
    LOCK_FORM: locks.STATEMENTS[locks.LOCK],
    UNLOCK_FORM: locks.STATEMENTS[locks.UNLOCK],
    REVEAL_FORM: list_reveal.STATEMENTS[list_reveal.ACTION],
}


def require_to_sign(copy: Snapshot, kind: str) -> None:
    """Refuse a paper where there is nothing to sign.

    RuleBroken `lock.twice`, `lock.none`, `list.none` or `reveal.twice`.
    """
    locked = locks.is_locked_in(copy.session)
    if locked is (kind == LOCK_FORM):
        raise RuleBroken("lock.twice" if locked else "lock.none")
    row = list_kept.list_in_force(copy.session)
    if kind == REVEAL_FORM and row is None:
        raise RuleBroken("list.none")
    known = list_kept.reveal_of(copy.session, row) if row is not None else None
    if kind == REVEAL_FORM and row is not None and known is not None:
        raise RuleBroken("reveal.twice", code=row.code, day=known.revealed_at.date().isoformat())


def lock_form(desk: Desk, copy: Snapshot, kind: str) -> LockForm:
    """Return what is signed: how the database stands now, and before a lock what stands open."""
    state, row = locks.lock_state_in(copy.session), list_kept.list_in_force(copy.session)
    code = row.code if kind == REVEAL_FORM and row is not None else ""
    shown = lock_items.open_items(desk) if kind == LOCK_FORM else ()
    return LockForm(
        study=study_name(copy.protocol),
        kind=kind,
        state=lock_words(state),
        statement=_STATEMENTS[kind],
        open_items=tuple((spoken(lock_items.ITEMS[item.code]), item.count) for item in shown),
        list_code=code,
    )
