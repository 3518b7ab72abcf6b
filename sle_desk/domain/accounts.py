"""What a sign-in name, a person's name and a password must be."""

from __future__ import annotations

import unicodedata

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.values import check_text, compared

PASSWORD_LENGTH = 12
NAME_LENGTH = 50


def check_password(password: str, login: str) -> None:
    """Refuse a password that is short, holds the sign-in name or repeats one character."""
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < PASSWORD_LENGTH:
        raise RuleBroken("password.short", wanted=PASSWORD_LENGTH, found=len(plain))
    if login.lower() in plain.lower() or len(set(plain)) < 5:
        raise RuleBroken("password.weak")


def check_login(login: str) -> None:
    """Refuse a sign-in name that is not plain letters, digits, points and hyphens."""
    plain = login.replace(".", "").replace("-", "").replace("_", "")
    if not (2 <= len(login) <= 40 and plain.isascii() and plain.isalnum() and login == login.lower()):
        raise RuleBroken("login.form", typed=login)


def plain_name(name: str) -> str:
    """Return a name as two of them are compared: composed, one blank between words, capitals aside."""
    return compared(name)


def check_name(name: str) -> None:
    """Refuse a person's name that is empty, very long or holds characters that cannot be kept."""
    found = len(check_text(name).strip())
    if not 1 <= found <= NAME_LENGTH:
        raise RuleBroken("name.length", found=found, allowed=NAME_LENGTH)
