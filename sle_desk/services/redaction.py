"""Taking a text out of the study that was typed by accident: what holds it, and the signed act."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, replace
from typing import Any

from sle_desk.base.errors import RuleBroken, StorageFailed
from sle_desk.domain.sought import Sought
from sle_desk.domain.values import check_text
from sle_desk.models.store import redaction, verification
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.redaction import Place
from sle_desk.services.desk import Desk
from sle_desk.services.history import FIELDS
from sle_desk.services.signatures import Signing, confirm_password, sign

__all__ = ["Held", "Place", "Seen", "check_count", "held", "redact", "to_take_out"]
ACTION = redaction.REDACT
SHORTEST, LONG_NUMBER = 2, 7
# More values than this are counted by whoever has the text taken out; of so many it may be a part.
MOST = 20
# No word or phrase of the trial that stands in many values is as long; a Chinese character counts as three.
PLAINLY = 24


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
    # Subjects and accounts whose name, number or telephone it is now: there it stays.
    in_force: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing holds it."""
        return not self.places and not self.audit_rows and not self.drafts


def held(desk: Desk, typed: str) -> Held:
    """Return what holds a text, in whatever writing; RuleBroken when it is too short, too common or escaped.

    Where a name belongs (the registration in force, an account) is not looked at; what a registration said
    before it was corrected is.
    """
    desk.require(ACTION)
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
        in_drafts, in_force = redaction.in_drafts(cursor, text), redaction.in_force(cursor, text)
        return Held(text, places, len(rows), seen, in_drafts, tuple(written), in_force=in_force)

    found: Held = desk.cursor_check(look)
    _refuse_common(found)
    return found


def _refuse_common(found: Held) -> None:
    """Refuse a short text that stands among others in many values: it is a word of the trial, not a slip."""
    sought = Sought(found.text)
    parts = [seen for seen in found.seen if not sought.is_all_of(seen.value)]
    if len(parts) > MOST and sought.letters < PLAINLY:
        raise RuleBroken(
            "redaction.common", found=len(parts), most=MOST, letters=PLAINLY, characters=PLAINLY // 3
        )


def to_take_out(desk: Desk, typed: str, reason: str) -> Held:
    """Return what holds a text that is to be taken out for a reason.

    RuleBroken when nothing holds it or only a registration or account in force, and when the reason is
    missing or repeats it.
    """
    found = held(desk, typed)
    if found.is_empty and found.in_force:
        raise RuleBroken("redaction.in_force", whose=", ".join(found.in_force))
    if found.is_empty:
        raise RuleBroken("redaction.nothing")
    if not reason.strip():
        raise RuleBroken("change.reason_needed")
    if Sought(found.text).may_be_in(reason):
        raise RuleBroken("redaction.repeated")
    return found


def check_count(found: Held, counted: int | None) -> None:
    """Refuse a count of the values that hold a text that is another than there are."""
    if counted != len(found.seen):
        raise RuleBroken("redaction.count", found=len(found.seen))


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


def redact(
    desk: Desk, folder: StudyFolder, typed: str, reason: str, signing: Signing, counted: int | None = None
) -> Held:
    """Take a text out of records, drafts and audit, signed; return what held it.

    RuleBroken as `to_take_out` says, and where more than MOST values hold it and they were not counted right.
    The audit says that it was done, by whom and why, and in how many rows; old backups keep the text until
    they are thinned.
    """
    found = to_take_out(desk, typed, reason)
    if Sought(found.text).may_be_in(signing.statement):
        raise RuleBroken("redaction.repeated")
    if len(found.seen) > MOST:
        check_count(found, counted)
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
    kept = (f"{name}.*.pre-restore*", f"{folder.study.stem}-rescued-*{end}")
    return tuple(sorted(path.name for pattern in kept for path in folder.path.glob(pattern)))
