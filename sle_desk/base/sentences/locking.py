"""Sentences about locking the database, and about revealing the list at the lock."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "study.locked": message(
        "The database has been locked since {since} by {name}: nothing is entered or corrected any more. "
        "Reading, printing, exports and backups go on; the PI can unlock it on the Study page, Database lock."
    ),
    "lock.restore_pi": message(
        "The database is locked. Only the principal investigator restores a backup of before, which would "
        "undo the lock."
    ),
    "lock.ink_before": message(
        "The paper is signed on {signed}, and the database was locked on {locked}: it cannot be about this "
        "lock. Look at the date beside the signature."
    ),
    "lock.none": message("The database is not locked: there is nothing to unlock."),
    "lock.open_changed": message(
        "Something else stands open by now than was shown. Nothing was locked. Look at the list again."
    ),
    "lock.reason_needed": message(
        "{kinds} kinds of things stand open. Close them first, or say why the database is locked all the "
        "same."
    ),
    "lock.review_needed": message(
        "Say who reviewed the audit trail, when, and what of it. Without the review nothing is locked."
    ),
    "lock.twice": message("The database is locked already."),
    "unlock.reason_needed": message("Say why the database is unlocked: the words stay beside the lock."),
    "list.revealed": message(
        "List {code} was revealed on {day}: its rows are known, and none is opened any more. An arm that was "
        "told outside before the reveal can still be recorded."
    ),
    "list.known_order": message(
        "Rows of this list, one after another, are those of list {code}, which was revealed: its arms were "
        "seen, so this would be no sealed list. Nothing was kept. Make or draw another list."
    ),
    "reveal.not_locked": message(
        "The list is revealed when the database is locked, and not before. The PI locks it on the Study page."
    ),
    "reveal.not_shown": message(
        "The list is not revealed, or the database was unlocked again. Lock it, and reveal the list."
    ),
    "reveal.twice": message("List {code} was revealed already, on {day}."),
}
