"""Revealing the allocation list once the database is locked: a signed act that opens and compares every row.

Kept is that the list was revealed, and which rows did not agree; no arm. None of its rows is opened for a
subject any more.
"""

from __future__ import annotations

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, message
from sle_desk.models.allocation import AllocationList
from sle_desk.models.lock import ListReveal
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services.desk import Change, Desk
from sle_desk.services.list_kept import list_in_force, reveal_of
from sle_desk.services.revealed_list import opened
from sle_desk.services.signatures import Signing, confirm_password, sign

ACTION = "list.reveal"
STATEMENT = message(
    "I reveal the allocation list of this locked study: every row is opened and compared with what was "
    "sealed, and none is opened for a subject any more."
)


def signing_for(language: str, password: str) -> Signing:
    """Return what is signed above the password, in the words of a language."""
    return Signing(ACTION, Language(language).text(STATEMENT), language, password)


def reveal(desk: Desk, folder: StudyFolder, signing: Signing) -> None:
    """Open and compare every row of the list in force, and keep that it was revealed.

    RuleBroken `reveal.not_locked` before the database is locked, `reveal.twice` where it was done before. A
    row that does not agree refuses nothing: it is told.
    """
    desk.require(ACTION)
    if desk.locked is None:
        refused = RuleBroken("reveal.not_locked")
        desk.refuse(ACTION, refused)
        raise refused
    if signing != signing_for(signing.language, signing.password):
        raise RuleBroken("signature.statement")
    confirm_password(desk, folder, signing)
    with desk.change(ACTION) as change:
        _keep(change, desk.database.list_key, signing)


def _keep(change: Change, list_key: bytes, signing: Signing) -> None:
    row = list_in_force(change.session)
    if row is None:
        raise RuleBroken("list.none")
    known = reveal_of(change.session, row)
    if known is not None:
        raise RuleBroken("reveal.twice", code=row.code, day=known.revealed_at.date().isoformat())
    found = opened(change.session, row, list_key)
    # No arm: what is signed tells which rows agree.
    differing = ", ".join(map(str, found.differing))
    content = {"list": row.code, "digest": row.digest, "agreeing": found.agreeing, "differing": differing}
    signature = sign(change, signing, AllocationList.__tablename__, row.id, content)
    change.add(
        ListReveal(
            list_id=row.id,
            revealed_at=change.at,
            revealed_by=change.actor.user_id,
            agreeing=found.agreeing,
            differing=differing,
            signature_id=signature.id,
        )
    )
