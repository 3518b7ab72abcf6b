"""Sealing an allocation list: a key of its own, one padded ciphertext and one commitment a row.

An arm leaves this module only in `open_row` and `reveal_row`; lengths, digests and text forms of these values
tell nothing.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field

from sle_desk.base.errors import StorageFailed
from sle_desk.domain.allocation_drawing import Drawing
from sle_desk.domain.randomisation import (
    SALT_BYTES,
    Allocation,
    AllocationPlan,
    commitments,
    list_digest,
    verify,
)
from sle_desk.domain.sealing import canonical

KEY_BYTES = 32
NONCE_BYTES = 12
# The arm's code is padded to one length, so that the length of a ciphertext tells no arm.
ARM_BYTES = 64


@dataclass(frozen=True)
class SealedRow:
    """One row as it is kept: its number, its commitment and its ciphertext."""

    number: int
    commitment: str
    sealed: str


@dataclass(frozen=True)
class SealedList:
    """A whole list as it is kept; `digest` over the commitments is all that is shown of it."""

    code: str
    digest: str
    wrapped_key: str = field(repr=False)
    sealed_source: str = field(repr=False)
    rows: tuple[SealedRow, ...] = field(repr=False)
    # Of a list that was drawn here: the seed and what it was drawn with.
    sealed_drawing: str = field(default="", repr=False)

    @property
    def size(self) -> int:
        """Return how many rows the list holds."""
        return len(self.rows)


def _encrypt(key: bytes, content: bytes, bound: bytes) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, content, bound)).decode("ascii")


def _decrypt(key: bytes, sealed: str, bound: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        content = base64.b64decode(sealed, validate=True)
        return AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        return None


def _of_key(code: str, digest: str) -> bytes:
    return canonical(["sle_desk/list-key/v1", code, digest])


def _of_source(code: str, digest: str) -> bytes:
    return canonical(["sle_desk/list-source/v1", code, digest])


def _of_drawing(code: str, digest: str) -> bytes:
    return canonical(["sle_desk/list-drawing/v1", code, digest])


def _of_row(code: str, number: int, commitment: str) -> bytes:
    # List, place and commitment are bound in: a row cannot be moved to another place or list.
    return canonical(["sle_desk/list-row/v1", code, number, commitment])


def _row_content(arm: str, salt: bytes) -> bytes:
    plain = arm.encode("utf-8")
    if len(plain) > ARM_BYTES:
        raise ValueError("the code of an arm is too long to be sealed")
    return salt + len(plain).to_bytes(1, "big") + plain.ljust(ARM_BYTES, b"\0")


def seal_list(
    plan: AllocationPlan, code: str, source_hash: str, list_key: bytes, drawing: Drawing | None = None
) -> SealedList:
    """Return the list sealed under a random key, itself wrapped by the key of lists.

    `source_hash` is the SHA-256 of the imported or handed-over file: an unsalted hash of a short list is the
    list, so it is sealed with it. So is the `drawing`: its seed gives the list.
    """
    salts = [secrets.token_bytes(SALT_BYTES) for _ in plan.allocations]
    committed = commitments(plan, salts)
    digest, key = list_digest(committed), secrets.token_bytes(KEY_BYTES)
    rows = tuple(
        SealedRow(
            row.number,
            commitment,
            _encrypt(key, _row_content(row.arm, salt), _of_row(code, row.number, commitment)),
        )
        for row, salt, commitment in zip(plan.allocations, salts, committed, strict=True)
    )
    return SealedList(
        code=code,
        digest=digest,
        wrapped_key=_encrypt(list_key, key, _of_key(code, digest)),
        sealed_source=_encrypt(key, source_hash.encode("ascii"), _of_source(code, digest)),
        rows=rows,
        sealed_drawing=_encrypt(key, drawing.content(), _of_drawing(code, digest)) if drawing else "",
    )


def open_row(row: SealedRow, code: str, digest: str, wrapped_key: str, list_key: bytes) -> Allocation:
    """Return the row of a list and verify it against its commitment; StorageFailed when a seal is broken."""
    found = reveal_row(row, code, digest, wrapped_key, list_key)
    if found is None:
        raise StorageFailed("list.seal_broken", code=code, number=row.number)
    return found[0]


def reveal_row(
    row: SealedRow, code: str, digest: str, wrapped_key: str, list_key: bytes
) -> tuple[Allocation, bytes] | None:
    """Return the row of a list with its salt, or None when its seal or its commitment does not hold."""
    key = _decrypt(list_key, wrapped_key, _of_key(code, digest))
    content = _decrypt(key, row.sealed, _of_row(code, row.number, row.commitment)) if key else None
    if content is None:
        return None
    salt, length = content[:SALT_BYTES], content[SALT_BYTES]
    opened = Allocation(row.number, content[SALT_BYTES + 1 : SALT_BYTES + 1 + length].decode("utf-8"))
    return (opened, salt) if verify(opened, salt, row.commitment) else None


def commitments_hold(rows: tuple[SealedRow, ...], digest: str) -> bool:
    """Tell whether the commitments kept are those whose digest was shown; opens nothing."""
    return list_digest([row.commitment for row in rows]) == digest


def drawing_of(sealed_drawing: str, code: str, digest: str, wrapped_key: str, list_key: bytes) -> Drawing:
    """Return the seed of a list and what it was drawn with; for the reveal alone."""
    key = _decrypt(list_key, wrapped_key, _of_key(code, digest))
    content = _decrypt(key, sealed_drawing, _of_drawing(code, digest)) if key else None
    if content is None:
        raise StorageFailed("list.seal_broken", code=code, number=0)
    return Drawing.read(content)


def source_hash_of(sealed_source: str, code: str, digest: str, wrapped_key: str, list_key: bytes) -> str:
    """Return the SHA-256 of the file a list was imported from; for the reveal alone."""
    key = _decrypt(list_key, wrapped_key, _of_key(code, digest))
    content = _decrypt(key, sealed_source, _of_source(code, digest)) if key else None
    if content is None:
        raise StorageFailed("list.seal_broken", code=code, number=0)
    return content.decode("ascii")
