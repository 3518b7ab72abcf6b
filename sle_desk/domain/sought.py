"""Looking for a text in whatever capitals, blanks and forms of its letters it was typed.

What is found is told as it stands there, and only that is taken out: the rest of a text stays as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from sle_desk.domain.values import compared, folded


@dataclass(frozen=True)
class Sought:
    """A text that is looked for, by what is seen of it: composed, one blank for many, capitals aside.

    In one of Chinese characters alone blanks mean nothing: a name of two is often written with one between.
    """

    text: str
    plain: str = field(init=False)
    closed: bool = field(init=False)

    def __post_init__(self) -> None:
        plain = compared(self.text)
        closed = bool(plain) and all(letter.isspace() or _is_chinese(letter) for letter in plain)
        object.__setattr__(self, "closed", closed)
        object.__setattr__(self, "plain", plain.replace(" ", "") if closed else plain)

    def may_be_in(self, text: str) -> bool:
        """Tell whether the text stands there, in whatever writing; where exactly takes longer."""
        seen = compared(text)
        return bool(self.plain) and self.plain in ("".join(seen.split()) if self.closed else seen)

    def is_all_of(self, text: str) -> bool:
        """Tell whether a text is this one alone, in whatever writing."""
        seen = compared(text)
        return bool(self.plain) and self.plain == ("".join(seen.split()) if self.closed else seen)

    @property
    def letters(self) -> int:
        """Return how long it is in letters; a Chinese character counts as three, since it says as much."""
        return sum(3 if _is_chinese(letter) else 1 for letter in self.plain)

    def writings(self, text: str) -> tuple[str, ...]:
        """Return each place of it as it is written there."""
        return tuple(text[start:stop] for start, stop in self._spans(text))

    def replaced(self, text: str, mark: str) -> str:
        """Return a text with a mark for each place of it."""
        kept, end = [], 0
        for start, stop in self._spans(text):
            kept += [text[end:start], mark]
            end = stop
        return "".join((*kept, text[end:]))

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        if not self.may_be_in(text):
            return
        letters, places = spelt(text, blanks=not self.closed)
        at = letters.find(self.plain)
        while at >= 0:
            last = at + len(self.plain) - 1
            yield places[at][0], places[last][1]
            # A letter that stands for two (ß) may end one place and cannot begin the next.
            at += len(self.plain)
            while at < len(letters) and places[at][0] < places[last][1]:
                at += 1
            at = letters.find(self.plain, at)


def _is_chinese(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("CJK ")


def spelt(text: str, *, blanks: bool = True) -> tuple[str, list[tuple[int, int]]]:
    """Return what is compared of a text, letter by letter, and from where to where each stands in it.

    Blanks may be left out of what is compared.
    """
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for start, stop in _signs(text):
        for letter in folded(text[start:stop]):
            if letter.isspace() and not blanks:
                continue
            if letter.isspace() and letters and letters[-1] == " ":
                places[-1] = (places[-1][0], stop)
                continue
            letters.append(" " if letter.isspace() else letter)
            places.append((start, stop))
    return "".join(letters), places


def _signs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sign stands: a letter with its marks and with what cannot be seen after it."""
    start = 0
    for stop in range(1, len(text) + 1):
        if stop < len(text) and _goes_on(text[start:stop], text[stop]):
            continue
        yield start, stop
        start = stop


def _goes_on(sign: str, character: str) -> bool:
    if unicodedata.combining(character):
        return True
    if character.isspace() or sign.isspace():
        return False
    if not folded(character):
        return bool(folded(sign))
    # Parts of a Korean syllable stand each for itself and make one sign together.
    return len(folded(sign + character)) < len(folded(sign)) + len(folded(character))
