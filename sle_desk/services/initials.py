"""Initials proposed from a name; always shown for a person to change."""

from __future__ import annotations

from sle_desk.services.name_readings import read_surname

MOST = 4


def propose_initials(name: str) -> str:
    """Return the capital initials of a Chinese (by pinyin) or Latin name, at most four letters.

    Characters with several readings (重, 行) can come out wrong: it is a proposal.
    """
    parts = [part for part in name.replace("·", " ").split() if part]
    letters = "".join(_letters(part, first=place == 0) for place, part in enumerate(parts))
    return "".join(letter.upper() for letter in letters if letter.isalpha())[:MOST]


def _letters(part: str, *, first: bool) -> str:
    if part.isascii():
        return part[0]
    surname, said = read_surname(part) if first else ("", ())
    return "".join(each[0] for each in said) + _by_pinyin(part.removeprefix(surname))


def _by_pinyin(signs: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return "".join(initial[0] for initial in lazy_pinyin(signs, style=Style.FIRST_LETTER) if initial)
