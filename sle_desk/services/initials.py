"""Initials proposed from a name; always shown for a person to change."""

from __future__ import annotations


def propose_initials(name: str) -> str:
    """Return the capital initials of a Chinese (by pinyin) or Latin name, at most four letters.

    Characters with several readings (单, 曾, 解) can come out wrong: it is a proposal.
    """
    from pypinyin import Style, lazy_pinyin

    parts = [part for part in name.replace("·", " ").split() if part]
    letters: list[str] = []
    for part in parts:
        if part.isascii():
            letters.append(part[0])
        else:
            letters += [initial[0] for initial in lazy_pinyin(part, style=Style.FIRST_LETTER) if initial]
    return "".join(letter.upper() for letter in letters if letter.isalpha())[:4]
