"""The recovery key as people print, read and retype it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sle_desk.base.errors import RuleBroken

# Crockford's alphabet: no I, L, O, U, so that a printed key is not misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_LENGTH = 38
CHECK_LENGTH = 2
GROUPS = 4


def _check(secret: str) -> str:
    digest = hashlib.sha256(b"sle_desk/recovery/check\0" + secret.encode("ascii")).digest()
    number = int.from_bytes(digest[:2], "big")
    return ALPHABET[number >> 5 & 31] + ALPHABET[number & 31]


def new_key(random_number: Callable[[int], int]) -> str:
    """Return a new recovery key of 190 random bits with two check characters, in four groups.

    random_number(n) returns a random whole number below n.
    """
    secret = "".join(ALPHABET[random_number(32)] for _ in range(SECRET_LENGTH))
    whole = secret + _check(secret)
    return " ".join(f"{part[:5]}-{part[5:]}" for part in groups(whole))


def groups(whole: str) -> tuple[str, ...]:
    """Return the four groups of ten characters of a key without its separators."""
    bare = whole.replace("-", "").replace(" ", "")
    size = len(bare) // GROUPS
    return tuple(bare[start : start + size] for start in range(0, len(bare), size))


def forgiving(typed: str) -> str:
    """Return what was typed in the key's own letters: small letters, blanks, O for 0, I and L for 1."""
    bare = "".join(character for character in typed.upper() if character not in " -\t\n")
    return bare.replace("O", "0").replace("I", "1").replace("L", "1")


def read(typed: str) -> str:
    """Return the secret of a typed key; RuleBroken when a character or the check is not right."""
    bare = forgiving(typed)
    if len(bare) != SECRET_LENGTH + CHECK_LENGTH:
        raise RuleBroken("recovery.length", found=len(bare), wanted=SECRET_LENGTH + CHECK_LENGTH)
    wrong = sorted({character for character in bare if character not in ALPHABET})
    if wrong:
        raise RuleBroken("recovery.character", characters=" ".join(wrong))
    secret, check = bare[:SECRET_LENGTH], bare[SECRET_LENGTH:]
    if check != _check(secret):
        raise RuleBroken("recovery.check")
    return secret
