"""The key file: one data key, sealed once for each person and once for the recovery paper.

No password and no hash of one is kept: that a slot opens is the check. Each slot has a key pair of its own:
the password opens the private half, and the data key is sealed to the public one. So a new data key, when
somebody left, is sealed to everybody who stays without their passwords.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sle_desk.base.errors import StorageFailed
from sle_desk.base.written import write_file
from sle_desk.domain import recovery
from sle_desk.domain.sealing import canonical, sha256
from sle_desk.models.store.key_file import FORMAT, KeyCost, KeyFile, Slot, Waiting, read_keys

KEY_BYTES = 32
NONCE_BYTES = 12
# Kept in a key file that was changed outside and written again before anybody had noted it.
CHANGED = "changed_outside"
# A slot dearer than that was damaged: trying it would take the whole memory, or the whole day.
MOST_MEMORY_KIB, MOST_PASSES, MOST_LANES = 1024 * 1024, 64, 64


def slot_owner(login: str) -> str:
    """Return the owner name of a person's slot in the key file."""
    return f"user:{login}"


def new_data_key() -> bytes:
    """Return a fresh random data key."""
    return secrets.token_bytes(KEY_BYTES)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _seal(study_id: str, owner: str, cost: KeyCost, salt: bytes, kek: bytes, data_key: bytes) -> Slot:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    nonce = secrets.token_bytes(NONCE_BYTES)
    bound = _bound(study_id, owner, cost, _text(public))
    wrapped = AESGCM(kek).encrypt(nonce, private.private_bytes_raw(), bound)
    slot = Slot(owner, cost, _text(salt), _text(nonce), _text(wrapped), _text(public))
    return _sealed_to(study_id, slot, data_key)


def _sealed_to(study_id: str, slot: Slot, data_key: bytes) -> Slot:
    """Return a slot with the data key sealed to its public key, and the proof of who sealed it."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    once = X25519PrivateKey.generate()
    shown, public = once.public_key().public_bytes_raw(), base64.b64decode(slot.public)
    shared = _shared_key(once.exchange(X25519PublicKey.from_public_bytes(public)), shown, public)
    nonce = secrets.token_bytes(NONCE_BYTES)
    bound = _bound(study_id, slot.owner, slot.cost, slot.public)
    sealed = _text(shown + nonce + AESGCM(shared).encrypt(nonce, data_key, bound))
    slot = replace(slot, sealed=sealed)
    return replace(slot, proof=_proof(study_id, slot, data_key))


def _shared_key(agreed: bytes, shown: bytes, public: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, shown + public, b"sle_desk/slot-seal/v1").derive(agreed)


def _proof(study_id: str, slot: Slot, data_key: bytes) -> str:
    content = canonical(["sle_desk/slot-proof/v1", study_id, {**_slot_content(slot), "proof": ""}])
    return _text(hmac.new(data_key, content, "sha256").digest())


def _open(study_id: str, slot: Slot, kek: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    bound = _bound(study_id, slot.owner, slot.cost, slot.public)
    try:
        nonce, wrapped = base64.b64decode(slot.nonce), base64.b64decode(slot.wrapped)
        private = X25519PrivateKey.from_private_bytes(AESGCM(kek).decrypt(nonce, wrapped, bound))
        public, sealed = private.public_key().public_bytes_raw(), base64.b64decode(slot.sealed)
        shown, rest = sealed[:KEY_BYTES], sealed[KEY_BYTES:]
        shared = _shared_key(private.exchange(X25519PublicKey.from_public_bytes(shown)), shown, public)
        data_key = AESGCM(shared).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        return None
    return data_key if hmac.compare_digest(_proof(study_id, slot, data_key), slot.proof) else None


def resealed(study_id: str, slot: Slot, old: bytes, new: bytes) -> Slot:
    """Return a slot that opens to a new data key; StorageFailed for one that somebody else put there."""
    if not hmac.compare_digest(_proof(study_id, slot, old), slot.proof):
        raise StorageFailed("keys.slot_foreign", owner=slot.owner.partition(":")[2] or slot.owner)
    return _sealed_to(study_id, slot, new)


def new_vault(study_id: str, data_key: bytes, key: bytes = b"") -> str:
    """Return the key of the sealed lists under the data key: a fresh one, or one that is known."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE_BYTES)
    content = AESGCM(data_key).encrypt(nonce, key or secrets.token_bytes(KEY_BYTES), _of_vault(study_id))
    return _text(nonce + content)


def open_vault(study_id: str, vault: str, data_key: bytes) -> bytes:
    """Return the key of the sealed lists; StorageFailed when it was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        content = base64.b64decode(vault, validate=True)
        return AESGCM(data_key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], _of_vault(study_id))
    except (InvalidTag, ValueError) as error:
        raise StorageFailed("keys.vault_changed") from error


def _of_vault(study_id: str) -> bytes:
    return canonical(["sle_desk/vault/v1", study_id])


def _bound(study_id: str, owner: str, cost: KeyCost, public: str) -> bytes:
    # Study, owner, cost and pair are bound in: a slot cannot be moved, relabelled or made cheaper.
    return canonical(["sle_desk/slot/v2", study_id, owner, cost.memory_kib, cost.passes, cost.lanes, public])


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


def is_payable(cost: KeyCost) -> bool:
    """Tell whether a try at this cost ends in this computer and on this day."""
    memory, passes, lanes = cost.memory_kib, cost.passes, cost.lanes
    return memory <= MOST_MEMORY_KIB and passes <= MOST_PASSES and lanes <= MOST_LANES


def unwrap(study_id: str, slot: Slot, password: str) -> bytes | None:
    """Return the data key, or None when the password is not right for this slot, or the slot was damaged."""
    from argon2.exceptions import HashingError

    if not is_payable(slot.cost):
        return None
    try:
        kek = _password_key(password, slot.cost, base64.b64decode(slot.salt))
    except (ValueError, OverflowError, HashingError):
        return None
    return _open(study_id, slot, kek)


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
    secret = recovery.read(typed)
    try:
        salt = base64.b64decode(slot.salt)
    except ValueError:
        return None
    return _open(study_id, slot, _recovery_key(secret, salt))


def _slot_content(slot: Slot) -> dict[str, Any]:
    return {
        "owner": slot.owner,
        "memory_kib": slot.cost.memory_kib,
        "passes": slot.cost.passes,
        "lanes": slot.cost.lanes,
        "salt": slot.salt,
        "nonce": slot.nonce,
        "wrapped": slot.wrapped,
        "public": slot.public,
        "sealed": slot.sealed,
        "proof": slot.proof,
    }


def _slots_content(slots: tuple[Slot, ...], recovery_slot: Slot | None, vault: str) -> dict[str, Any]:
    return {
        "slots": [_slot_content(slot) for slot in slots],
        "recovery": _slot_content(recovery_slot) if recovery_slot else None,
        "vault": vault,
    }


def _waiting_content(waiting: Waiting) -> dict[str, Any]:
    return {"mark": waiting.mark, **_slots_content(waiting.slots, waiting.recovery, "")}


def _content(keys: KeyFile) -> dict[str, Any]:
    return {
        "format": FORMAT,
        # A file of before there was a link has none, and its seal is over what it has.
        "header": {name: said for name, said in vars(keys.header).items() if said or name != "last_link"},
        **_slots_content(keys.slots, keys.recovery, keys.vault),
        "coming": _slots_content(*vars(keys.coming).values()) if keys.coming else None,
        **({"waiting": _waiting_content(keys.waiting)} if keys.waiting else {}),
        **keys.others,
    }


def _seal_of(keys: KeyFile, data_key: bytes) -> str:
    content = canonical(["sle_desk/keys-seal/v1", _content(keys)])
    return _text(hmac.new(data_key, content, "sha256").digest())


def with_seal(keys: KeyFile, data_key: bytes) -> KeyFile:
    """Return what a key file holds, sealed as it would be written."""
    return replace(keys, seal=_seal_of(keys, data_key))


def slot_mark(slot: Slot) -> str:
    """Return by what the audit knows a slot: the same under each data key, another with each password."""
    return sha256(slot.public.encode("ascii"))[:24]


def seal_holds(keys: KeyFile, data_key: bytes) -> bool:
    """Tell whether the file is as it was written under this data key."""
    return hmac.compare_digest(keys.seal, _seal_of(keys, data_key))


# A backup made beside somebody's work writes the header of the file that an administrator writes a slot into.
_CHANGING = threading.RLock()
# Each key file as this process last wrote it.
_WRITTEN: dict[Path, KeyFile] = {}


def is_changed(keys: KeyFile, *data_keys: bytes) -> bool:
    """Tell whether the file was changed outside: now by its seal, or before and not yet noted."""
    return CHANGED in keys.others or not any(seal_holds(keys, each) for each in data_keys)


def change_keys(
    path: Path,
    data_key: bytes,
    change: Callable[[KeyFile], KeyFile],
    *,
    sealed_by: bytes = b"",
    noted: bool = False,
) -> KeyFile:
    """Read the key file, change it and write it in one step that no other thread comes between; return it.

    A file that was changed outside keeps a mark under its new seal until that is `noted` in the audit.
    `sealed_by` is the key of the seal it has, where that is another one.
    """
    with _CHANGING:
        found = read_keys(path)
        keys = change(found)
        others = {name: value for name, value in keys.others.items() if name != CHANGED}
        # As this process wrote it: broken off between two data keys, the seal is of the one before.
        is_ours = CHANGED not in found.others and _WRITTEN.get(path) == replace(found, seal="")
        if not (noted or is_ours) and is_changed(found, sealed_by or data_key):
            others[CHANGED] = True
        keys = replace(keys, others=others)
        write_keys(path, keys, data_key)
    return keys


def write_keys(path: Path, keys: KeyFile, data_key: bytes) -> None:
    """Write the key file whole and sealed, keeping the one before it beside it."""
    content = {**_content(keys), "seal": _seal_of(keys, data_key)}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")
    with _CHANGING:
        write_file(path, lambda file: file.write(text), replace=True, keep_old=True)
        _WRITTEN[path] = replace(keys, seal="")
