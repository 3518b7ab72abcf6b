"""Which known medicine a name on a pack means: salt, form and strength aside, and nothing guessed.

The compared text (width, case and blanks aside) is searched for the known names, the longest first, each as
a whole word: a name that stands inside a longer known one is not found again. A text means a medicine where
one alone is found. Two of them side by side are a combination and mean none, and neither does a name beside
a word that makes something else of it (another molecule, a combination, a negative): such a name is unknown,
and who enters it is asked for its kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sle_desk.domain.values import compared

_HAN = "\u3400-\u9fff"
_LETTER = r"[^\W\d_]"
# A letter of any script but the Chinese.
_LATIN = rf"[^\W\d_{_HAN}]"
_WESTERN = rf"[^\W_{_HAN}]"
_STROKE = "/"
_BLANK_IN_HAN = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}])")
# An amount with its unit and what it is counted by: 5mg, 40 mg/2 ml, 5mg*100, 0.5g/d.
_STRENGTH = re.compile(
    r"[0-9]+(?:\.[0-9]+)? ?(?:mg|mcg|[uµμ]g|g|ml|iu|%|毫克|微克|克|毫升|单位)?(?![a-z])"
    r"(?: ?[/x×*] ?(?:d|day|h|kg|天|日|次)(?![a-z]))?"
)
# Stands in the text where a known name was found.
_FOUND = "\0"


@dataclass(frozen=True)
class Affixes:
    """What may stand around a name: salts and forms that are ignored, and what makes something else of it.

    Without `ignored` only a name written exactly as it is known means a medicine.
    """

    ignored: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def plain_name(written: str) -> str:
    """Return a name as it is looked for: compared, and without blanks between Chinese characters."""
    return _BLANK_IN_HAN.sub("", compared(written))


def medicine_named(written: str, known: Mapping[str, str], affixes: Affixes) -> str | None:
    """Return the code of the one known medicine that a text means; None where it means none, or several.

    `known` holds the code of each known name, the names and the affixes as `plain_name` gives them.
    """
    text = plain_name(written)
    if text in known or not affixes.ignored:
        return known.get(text)
    codes = set()
    for name in sorted(known, key=lambda each: (-len(each), each)):
        if name in text:
            text, times = re.subn(_whole(name), _FOUND, text)
            codes |= {known[name]} if times else set()
    if len(codes) != 1:
        return None
    for affix in sorted(affixes.ignored, key=len, reverse=True):
        if affix in text:
            text = re.sub(_whole(affix), " ", text)
    text = _STRENGTH.sub(" ", text)
    parts = text.split(_FOUND)
    other = any(_other_before(part, affixes.before) for part in parts[:-1]) or any(
        _other_after(part, affixes.after) for part in parts[1:]
    )
    return None if other else codes.pop()


@lru_cache(maxsize=1024)
def _whole(word: str) -> str:
    """Return the pattern of a word that no Latin letter continues; a Chinese one stands wherever it is."""
    first = rf"(?<!{_LATIN})" if re.match(_WESTERN, word[0]) else ""
    last = rf"(?!{_LATIN})" if re.match(_WESTERN, word[-1]) else ""
    return first + re.escape(word) + last


def _other_before(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether the word just before a name makes something else of it; a stroke joins two words only."""
    return re.search(rf"{_LATIN}-$", text) is not None or any(
        re.search((rf"{_LETTER}.*" if word == _STROKE else "") + _whole(word) + "[ -]*$", text)
        for word in words
    )


def _other_after(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether the word just after a name makes something else of it; a stroke joins two words only."""
    return re.match(rf"-{_LATIN}", text) is not None or any(
        re.match("[ -]*" + _whole(word) + (rf".*{_LETTER}" if word == _STROKE else ""), text)
        for word in words
    )
