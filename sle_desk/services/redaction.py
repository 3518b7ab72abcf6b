"""Taking a text out of the study that was typed by accident: what holds it, and the signed act."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, replace
from typing import Any

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.domain import roles
from sle_desk.domain.audit_words import action_words
from sle_desk.domain.sought import Sought
from sle_desk.domain.values import check_text
from sle_desk.models.store import redaction, verification
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.redaction import Place
from sle_desk.services.desk import Desk
from sle_desk.services.history import FIELDS
from sle_desk.services.signatures import Signing, confirm_password, sign

__all__ = ["Held", "Place", "Seen", "held", "redact"]
ACTION = redaction.REDACT
SHORTEST, LONG_NUMBER = 2, 7
MOST = 20


@dataclass(frozen=True)
class Seen:
    """A value that holds the text, as it is shown before it is taken out."""

    place: Place
    # The field of a form that declares the column, as "visit.not_done_reason"; nothing where none does.
    field: str
    subject: str
    value: str
    # Rows into which the program copied the same value.
    alike: int = 0


@dataclass(frozen=True)
class Held:
    """What holds a text: values of records, and how many rows of the audit."""

    text: str
    places: tuple[Place, ...]
    audit_rows: int
    seen: tuple[Seen, ...] = ()
    drafts: int = 0
    # How the audit writes it, where that is otherwise.
    writings: tuple[str, ...] = ()
    # Files beside the study that hold it as it was: what a restore replaced, what was rescued.
    beside: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing holds it."""
        return not self.places and not self.audit_rows and not self.drafts


def held(desk: Desk, typed: str) -> Held:
    """Return what holds a text, in whatever writing; RuleBroken when it is too short, too common or escaped.

    Where a name belongs (the identity of a subject, an account) is not looked at.
    """
    if not roles.may(desk.actor.role, ACTION):
        refused = NotAllowed("role.may_not", action=action_words(ACTION), role=roles.ROLES[desk.actor.role])
        desk.refuse(ACTION, refused)
        raise refused
    text = check_text(typed).strip()
    spells = any(letter.isalpha() for letter in text) and len(text) >= SHORTEST
    # A shorter number could be a value that was measured; a telephone number is longer.
    counts = sum(letter.isdigit() for letter in text) >= LONG_NUMBER
    if not (spells or counts) or _is_escaped(text) or Sought(text).may_be_in(redaction.MARK):
        raise RuleBroken("redaction.text", shortest=SHORTEST, digits=LONG_NUMBER)

    def look(cursor: Any) -> Held:
        places = redaction.places(cursor, text)
        seen = tuple(_seen(cursor, place, alike) for place, alike in _apart(places).items())
        rows = redaction.audit_rows(cursor, text)
        written = dict.fromkeys(each for row in rows.values() for each in row if each != text)
        return Held(text, places, len(rows), seen, redaction.in_drafts(cursor, text), tuple(written))

    found: Held = desk.cursor_check(look)
    if len(found.seen) > MOST:
        # What stands in so many values is a word of the trial, not a slip: all of it is seen before it goes.
        raise RuleBroken("redaction.common", found=len(found.seen), most=MOST)
    return found


def _is_escaped(text: str) -> bool:
    """Tell whether a text stands otherwise in the audit than on the screen: quotes, line ends."""
    return json.dumps(text, ensure_ascii=False)[1:-1] != text


def _apart(places: tuple[Place, ...]) -> dict[Place, int]:
    """Return the places to be seen, with how many others hold a copy that the program made of the same."""
    first: dict[tuple[str, ...] | Place, Place] = {}
    alike: dict[Place, int] = {}
    for place in places:
        copied = (place.table, place.column) in redaction.COPIED
        shown = first.setdefault((place.column, place.value) if copied else place, place)
        alike[shown] = alike.get(shown, -1) + 1
    return alike


def _seen(cursor: Any, place: Place, alike: int) -> Seen:
    asked = cursor.execute(f'SELECT * FROM "{place.table}" WHERE id = ?', (place.row_id,))
    row = dict(zip((column[0] for column in asked.description), asked.fetchone(), strict=True))
    field = FIELDS.get(place.table, {}).get(place.column, "")
    return Seen(place, field, verification.subject_of(cursor, place.table, row), place.value, alike)


def redact(desk: Desk, folder: StudyFolder, typed: str, reason: str, signing: Signing) -> Held:
    """Take a text out of records, drafts and audit, signed; return what held it.

    RuleBroken when nothing holds it, when the reason is missing or repeats it. The audit says that it was
    done, by whom and why, and in how many rows; old backups keep the text until they are thinned.
    """
    found = held(desk, typed)
    if found.is_empty:
        raise RuleBroken("redaction.nothing")
    if not reason.strip():
        raise RuleBroken("change.reason_needed")
    if any(Sought(found.text).may_be_in(words) for words in (reason, signing.statement)):
        raise RuleBroken("redaction.repeated")
    confirm_password(desk, folder, signing)
    first = desk.head().number + 1
    with desk.change(ACTION, reason) as change:
        cursor = change.session.connection().connection.cursor()
        redaction.replace_in_records(cursor, found.text, found.places)
        content = {"records": len(found.places), "audit_rows": found.audit_rows}
        sign(change, signing, "audit", first, content)
        change.redact(found.text)
    # What was replaced is overwritten already (secure_delete); where there is no room to write the file anew
    # the text is gone all the same.
    with contextlib.suppress(StorageFailed):
        desk.vacuum()
    return replace(found, beside=kept_beside(folder))


def kept_beside(folder: StudyFolder) -> tuple[str, ...]:
    """Return the names of earlier study files that stand beside the study: nothing is taken out of those."""
    name, end = folder.study.name, folder.study.suffix
    kept = (f"{name}.*.pre-restore", f"{folder.study.stem}-rescued-*{end}")
    return tuple(sorted(path.name for pattern in kept for path in folder.path.glob(pattern)))
