"""Canonical content, hashes, the links of the audit chain and the code printed on paper."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import date, datetime
from decimal import Decimal

CHAIN_PREFIX = b"sle_desk/audit/v1\0"
PAPER_BYTES = 15


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"no canonical form for {type(value).__name__}")


# Made once: an opening asks for it for every row of the audit.
_ENCODER = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain
)


def canonical(content: object) -> bytes:
    """Return the one byte form of the content: JSON with sorted keys, no blanks, UTF-8."""
    return _ENCODER.encode(content).encode("utf-8")


def sha256(content: bytes) -> str:
    """Return the SHA-256 of the bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def content_hash(content: object) -> str:
    """Return the SHA-256 of the canonical form of the content."""
    return sha256(canonical(content))


def first_link(study_id: str, package_hash: str) -> str:
    """Return the link before the first audit row: it binds the chain to one study and protocol."""
    return sha256(CHAIN_PREFIX + study_id.encode() + b"\0" + package_hash.encode())


def next_link(previous: str, number: int, content: str) -> str:
    """Return the link of an audit row from the link before it, its number and its content hash."""
    return hashlib.sha256(
        CHAIN_PREFIX + bytes.fromhex(previous) + number.to_bytes(8, "big") + bytes.fromhex(content)
    ).hexdigest()


def paper_code(link: str) -> str:
    """Return the code printed on paper for a link: 24 characters in six groups of four."""
    text = base64.b32encode(bytes.fromhex(link)[:PAPER_BYTES]).decode("ascii")
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
