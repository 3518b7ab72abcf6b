"""What the key file holds and how it is read; what seals and opens it stands in `keys`.

Before the sign-in only the header is shown: nothing of a cipher or a hash is loaded for that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sle_desk.base.errors import StorageFailed

FORMAT = 2


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


def _read_slot(content: dict[str, Any]) -> Slot:
    cost = KeyCost(int(content["memory_kib"]), int(content["passes"]), int(content["lanes"]))
    names = ("salt", "nonce", "wrapped", "public", "sealed", "proof")
    texts = [content[name] for name in names]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a slot holds texts")
    return Slot(str(content["owner"]), cost, *texts)


def _read_slots(content: dict[str, Any]) -> Coming:
    slots = tuple(_read_slot(slot) for slot in content.pop("slots"))
    sealed = content.pop("recovery")
    return Coming(slots, _read_slot(sealed) if sealed else None, str(content.pop("vault")))


def read_keys(path: Path) -> KeyFile:
    """Return the key file; StorageFailed when it is missing, cut short or of another kind."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StorageFailed("keys.missing", path=str(path)) from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StorageFailed("keys.unreadable", path=str(path)) from error
    try:
        if content.pop("format") != FORMAT:
            raise StorageFailed("keys.other_format", path=str(path))
        written = content.pop("header")
        header = Header(**{**written, "registry_numbers": tuple(written["registry_numbers"])})
        now = _read_slots(content)
        coming = content.pop("coming")
        later = _read_slots(coming) if coming else None
        seal = content.pop("seal", "")
        if not isinstance(seal, str) or not seal.isascii():
            raise TypeError("a seal is a text")
        return KeyFile(header, now.slots, now.recovery, now.vault, later, seal, content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StorageFailed("keys.unreadable", path=str(path)) from error
