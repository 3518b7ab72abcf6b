"""The papers of lock, unlock and reveal: which there are, and whether one still stands."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.roles import AFTER_LOCK
from sle_desk.models.audit import Audit, Paper
from sle_desk.services.lock_guard import TABLE

# Signed by the PI, and typed from: to lock, to unlock, to reveal the list.
LOCK_FORM, UNLOCK_FORM, REVEAL_FORM = LOCK_FORMS = ("lock_form", "unlock_form", "reveal_form")


def lock_forms_changed(session: Session, rows: Sequence[Paper]) -> frozenset[int]:
    """Return the prints of these that say what is no longer so.

    Before a lock anything that enters or changes the records may change what stands open; the lock typed from
    the paper does not. The others are about the lock that was set when they were printed.
    """
    watched = [row for row in rows if row.kind in LOCK_FORMS]
    if not watched:
        return frozenset()
    changed = select(func.max(Audit.number)).where(Audit.operation != "event")
    entered = session.scalar(changed.where(Audit.action.not_in(AFTER_LOCK))) or 0
    relocked = session.scalar(changed.where(Audit.table_name == TABLE, Audit.operation == "insert")) or 0
    return frozenset(
        row.id for row in watched if row.audit_number < (entered if row.kind == LOCK_FORM else relocked)
    )
