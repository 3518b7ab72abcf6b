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
from sle_desk.services.locks import ink_since_lock
from sle_desk.services.revealed_list import opened
from sle_desk.services.signatures import Ink, Signing, confirm_password, sign
from sle_desk.services.signers import compare_signer

ACTION, TRANSCRIBED = "list.reveal", "list.reveal_transcribed"
STATEMENTS = {
    ACTION: message(
        "I reveal the allocation list of this locked study: every row is opened and compared with what was "
        "sealed, and none is opened for a subject any more."
    ),
    TRANSCRIBED: message(
        "I have typed this reveal of the allocation list as it stands on the paper signed by the PI."
    ),
}


def signing_for(language: str, password: str, action: str = ACTION) -> Signing:
    """Return what is signed above the password, in the words of a language."""
    return Signing(action, Language(language).text(STATEMENTS[action]), language, password)


def reveal(desk: Desk, folder: StudyFolder, signing: Signing, ink: Ink | None = None) -> None:
    """Open and compare every row of the list in force, and keep that it was revealed.

    RuleBroken `reveal.not_locked` before the database is locked, `reveal.twice` where it was done before. A
    row that does not agree refuses nothing: it is told.
    """
    action = ACTION if ink is None else TRANSCRIBED
    desk.require(action)
    if desk.locked is None:
        refused = RuleBroken("reveal.not_locked")
        desk.refuse(action, refused)
        raise refused
    kept = None if ink is None else ink_since_lock(desk, ink)
    if signing != signing_for(signing.language, signing.password, action):
        raise RuleBroken("signature.statement")
    confirm_password(desk, folder, signing)
    with desk.change(action) as change:
        if kept is not None:
            compare_signer(change, kept, None)
        _keep(change, desk.database.list_key, signing, kept)


def _keep(change: Change, list_key: bytes, signing: Signing, ink: Ink | None) -> None:
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
    signature = sign(change, signing, AllocationList.__tablename__, row.id, content, ink)
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
