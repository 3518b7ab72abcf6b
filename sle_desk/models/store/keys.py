"""The key file: one data key, wrapped once for each person and once for the recovery paper.

No password and no hash of one is kept: that a slot opens is the check.
"""

from __future__ import annotations

import base64
import json
import secrets
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sle_desk.base.errors import StorageFailed
from sle_desk.base.written import write_file
from sle_desk.domain import recovery
from sle_desk.domain.sealing import canonical

FORMAT = 1
KEY_BYTES = 32


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
    last_instant: str = ""
    last_backup: str = ""
    language: str = "en"
    demonstration: bool = False


@dataclass(frozen=True)
class Slot:
    """The data key wrapped under one person's password; the owner is bound into the seal."""

    owner: str
    cost: KeyCost
    salt: str
    nonce: str
    wrapped: str


@dataclass(frozen=True)
class KeyFile:
    """The whole key file."""

    header: Header
    slots: tuple[Slot, ...] = ()
    recovery: Slot | None = None
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


def new_data_key() -> bytes:
    """Return a fresh random data key."""
    return secrets.token_bytes(KEY_BYTES)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _seal(study_id: str, owner: str, cost: KeyCost, salt: bytes, kek: bytes, data_key: bytes) -> Slot:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(12)
    wrapped = AESGCM(kek).encrypt(nonce, data_key, _bound(study_id, owner, cost))
    return Slot(owner, cost, _text(salt), _text(nonce), _text(wrapped))


def _open(study_id: str, slot: Slot, kek: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        nonce, wrapped = base64.b64decode(slot.nonce), base64.b64decode(slot.wrapped)
        return AESGCM(kek).decrypt(nonce, wrapped, _bound(study_id, slot.owner, slot.cost))
    except (InvalidTag, ValueError):
        return None


def _bound(study_id: str, owner: str, cost: KeyCost) -> bytes:
    # Study, owner and cost are bound in: a slot cannot be moved, relabelled or made cheaper.
    return canonical(["sle_desk/slot/v1", study_id, owner, cost.memory_kib, cost.passes, cost.lanes])


def _password_key(password: str, cost: KeyCost, salt: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        unicodedata.normalize("NFKC", password).encode("utf-8"),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def wrap(study_id: str, owner: str, password: str, data_key: bytes, cost: KeyCost) -> Slot:
    """Return a new slot that opens with the password."""
    salt = secrets.token_bytes(16)
    return _seal(study_id, owner, cost, salt, _password_key(password, cost, salt), data_key)


def unwrap(study_id: str, slot: Slot, password: str) -> bytes | None:
    """Return the data key, or None when the password is not right for this slot."""
    return _open(study_id, slot, _password_key(password, slot.cost, base64.b64decode(slot.salt)))


def _recovery_key(secret: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt, b"sle_desk/recovery/v1").derive(secret.encode("ascii"))


def wrap_recovery(study_id: str, secret: str, data_key: bytes) -> Slot:
    """Return the recovery slot for a recovery key; the key is random, so no slow hash is needed."""
    salt = secrets.token_bytes(16)
    cost = KeyCost(0, 0, 0)
    return _seal(study_id, "recovery", cost, salt, _recovery_key(recovery.read(secret), salt), data_key)


def unwrap_recovery(study_id: str, slot: Slot, typed: str) -> bytes | None:
    """Return the data key for a typed recovery key; RuleBroken when its check characters differ."""
    return _open(study_id, slot, _recovery_key(recovery.read(typed), base64.b64decode(slot.salt)))


def _slot_content(slot: Slot) -> dict[str, Any]:
    return {
        "owner": slot.owner,
        "memory_kib": slot.cost.memory_kib,
        "passes": slot.cost.passes,
        "lanes": slot.cost.lanes,
        "salt": slot.salt,
        "nonce": slot.nonce,
        "wrapped": slot.wrapped,
    }


def _read_slot(content: dict[str, Any]) -> Slot:
    cost = KeyCost(int(content["memory_kib"]), int(content["passes"]), int(content["lanes"]))
    return Slot(content["owner"], cost, content["salt"], content["nonce"], content["wrapped"])


def write_keys(path: Path, keys: KeyFile) -> None:
    """Write the key file whole, keeping the one before it beside it."""
    content = {
        "format": FORMAT,
        "header": vars(keys.header),
        "slots": [_slot_content(slot) for slot in keys.slots],
        "recovery": _slot_content(keys.recovery) if keys.recovery else None,
        **keys.others,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")
    write_file(path, lambda file: file.write(text), replace=True, keep_old=True)


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
        slots = tuple(_read_slot(slot) for slot in content.pop("slots"))
        sealed = content.pop("recovery")
        return KeyFile(header, slots, _read_slot(sealed) if sealed else None, content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StorageFailed("keys.unreadable", path=str(path)) from error
