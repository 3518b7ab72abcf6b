"""What the key file holds and how it is read; what seals and opens it stands in `keys`.

Before the sign-in only the header is shown: nothing of a cipher or a hash is loaded for that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR
from pathlib import Path
from typing import Any

from sle_desk.base.errors import StorageFailed
from sle_desk.base.instants import read_instant

FORMAT = 2
# Beyond these nothing was written by the application: whoever made it wanted the reader to fall.
DEEPEST = 8
LARGEST_NUMBER = 2**53
LARGEST_FILE = 4 * 1024**2


@dataclass(frozen=True)
class KeyCost:
    """What one try of a password costs: argon2id memory in KiB, passes and lanes."""

    memory_kib: int = 128 * 1024
    passes: int = 3
    lanes: int = 2


@dataclass(frozen=True)
class Header:
    """What may be read before sign-in, as last written; compared with the file after unlocking."""

    study_id: str
    title: str
    title_zh: str
    registry_numbers: tuple[str, ...]
    schema: int
    last_number: int = 0
    # The link of the audit row of that number: another copy of the study has another one there.
    last_link: str = ""
    last_instant: str = ""
    last_backup: str = ""
    language: str = "en"
    demonstration: bool = False


@dataclass(frozen=True)
class Slot:
    """The data key for one person: a private key under the password, and the data key sealed to its pair.

    `proof` is made with the data key over all the rest: who does not know it can put no slot of his own here.
    """

    owner: str
    cost: KeyCost
    salt: str
    nonce: str
    wrapped: str
    public: str
    sealed: str = ""
    proof: str = ""


@dataclass(frozen=True)
class Coming:
    """The slots under the next data key, while the file is being written anew under it."""

    slots: tuple[Slot, ...]
    recovery: Slot | None
    vault: str


@dataclass(frozen=True)
class Waiting:
    """Slots that count from the moment that the audit names their mark, and never where it does not."""

    mark: str
    slots: tuple[Slot, ...]
    recovery: Slot | None = None


@dataclass(frozen=True)
class KeyFile:
    """The whole key file."""

    header: Header
    slots: tuple[Slot, ...] = ()
    recovery: Slot | None = None
    # The key under which lists are sealed, itself under the data key: it outlives a change of that.
    vault: str = ""
    coming: Coming | None = None
    # Made with the data key over everything else here: what was changed outside is told once it opens.
    seal: str = ""
    others: dict[str, Any] = field(default_factory=dict)
    # A new password, or a new person's, that is being noted in the audit.
    waiting: Waiting | None = None

    def slot(self, owner: str) -> Slot | None:
        """Return the slot of an owner, or None."""
        return next((slot for slot in self.slots if slot.owner == owner), None)

    def with_slot(self, slot: Slot) -> KeyFile:
        """Return the file with the owner's slot added or replaced."""
        kept = tuple(other for other in self.slots if other.owner != slot.owner)
        return replace(self, slots=(*kept, slot))

    def without_slot(self, owner: str) -> KeyFile:
        """Return the file without the owner's slot."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot.owner != owner))

    def with_recovery(self, slot: Slot) -> KeyFile:
        """Return the file with another recovery slot."""
        return replace(self, recovery=slot)

    def settled(self, *, noted: bool) -> KeyFile:
        """Return the file with what waited in its place, or, where it was never noted, without it."""
        waiting, keys = self.waiting, replace(self, waiting=None)
        if waiting is None or not noted:
            return keys
        for slot in waiting.slots:
            keys = keys.with_slot(slot)
        return keys.with_recovery(waiting.recovery) if waiting.recovery else keys


def _whole(value: Any, most: int = LARGEST_NUMBER) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise TypeError("a whole number of the key file")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text of the key file")
    return value


def _sealed_text(value: Any) -> str:
    if not _text(value).isascii():
        raise ValueError("what is sealed is written as base64")
    return _text(value)


def _check_plain(value: Any, depth: int = 0) -> None:
    """Refuse what was never written here: fractions, numbers and depths without end, half characters."""
    if depth > DEEPEST or isinstance(value, float):
        raise ValueError("not of a key file")
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise ValueError("a number beyond any count")
    if isinstance(value, str):
        value.encode("utf-8")
    parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    for part in parts if isinstance(parts, list) else ():
        _check_plain(part, depth + 1)


def _read_header(written: dict[str, Any]) -> Header:
    header = Header(**{**written, "registry_numbers": tuple(written["registry_numbers"])})
    texts = (header.study_id, header.title, header.title_zh, header.last_backup, header.language)
    for text in (*texts, *header.registry_numbers):
        _text(text)
    for number in (header.schema, header.last_number):
        _whole(number)
    if type(header.demonstration) is not bool:
        raise TypeError("a demonstration is one or is none")
    # A clock may have stood anywhere, and can go on from there.
    if _text(header.last_instant) and not 1 < read_instant(header.last_instant).year < MAXYEAR:
        raise ValueError("an instant at the end of time")
    return header


def _read_slot(content: dict[str, Any]) -> Slot:
    cost = KeyCost(*(_whole(content[name]) for name in ("memory_kib", "passes", "lanes")))
    texts = [
        _sealed_text(content[name]) for name in ("salt", "nonce", "wrapped", "public", "sealed", "proof")
    ]
    return Slot(_text(content["owner"]), cost, *texts)


def _read_slots(content: dict[str, Any]) -> Coming:
    slots = tuple(_read_slot(slot) for slot in content.pop("slots"))
    sealed = content.pop("recovery")
    return Coming(slots, _read_slot(sealed) if sealed else None, _sealed_text(content.pop("vault")))


def _read_waiting(content: dict[str, Any]) -> Waiting:
    mark, held = _text(content.pop("mark")), _read_slots(content)
    return Waiting(mark, held.slots, held.recovery)


def _loaded(path: Path) -> Any:
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError("no key file is so large")
    content = json.loads(path.read_text(encoding="utf-8"))
    _check_plain(content)
    return content


def read_keys(path: Path) -> KeyFile:
    """Return the key file; StorageFailed when it is missing, cut short or of another kind."""
    try:
        content = _loaded(path)
    except FileNotFoundError as error:
        raise StorageFailed("keys.missing", path=str(path)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise StorageFailed("keys.unreadable", path=str(path)) from error
    try:
        if content.pop("format") != FORMAT:
            raise StorageFailed("keys.other_format", path=str(path))
        header = _read_header(content.pop("header"))
        now = _read_slots(content)
        coming = content.pop("coming")
        later = _read_slots(coming) if coming else None
        waits = content.pop("waiting", None)
        waiting = _read_waiting(waits) if waits else None
        seal = _sealed_text(content.pop("seal", ""))
        return KeyFile(header, now.slots, now.recovery, now.vault, later, seal, content, waiting)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise StorageFailed("keys.unreadable", path=str(path)) from error
