"""Initials proposed from a name; always shown for a person to change."""

from __future__ import annotations

MOST = 4
# Surnames that are read otherwise than the same character elsewhere: the reading of a surname comes first
# (现代汉语词典, "用作姓氏").
_SURNAMES = {
    "万俟": "MQ",
    "尉迟": "YC",
    "单": "S",
    "曾": "Z",
    "解": "X",
    "仇": "Q",
    "查": "Z",
    "任": "R",
    "区": "O",
    "盖": "G",
    "乐": "Y",
    "覃": "Q",
    "朴": "P",
    "种": "C",
    "冼": "X",
    "折": "S",
    "召": "S",
    "员": "Y",
    "缪": "M",
    "秘": "B",
    "翟": "Z",
}


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
    surname = next((known for known in _SURNAMES if first and part.startswith(known)), "")
    return _SURNAMES.get(surname, "") + _by_pinyin(part.removeprefix(surname))


def _by_pinyin(signs: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return "".join(initial[0] for initial in lazy_pinyin(signs, style=Style.FIRST_LETTER) if initial)
