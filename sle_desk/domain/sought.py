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
    """A text that is looked for, by what is seen of it: composed, one blank for many, capitals aside."""

    text: str
    plain: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", compared(self.text))

    def may_be_in(self, text: str) -> bool:
        """Tell whether the text stands there, in whatever writing; where exactly takes longer."""
        return bool(self.plain) and self.plain in compared(text)

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
        letters, places = spelt(text)
        at = letters.find(self.plain)
        while at >= 0:
            last = at + len(self.plain) - 1
            yield places[at][0], places[last][1]
            # A letter that stands for two (ß) may end one place and cannot begin the next.
            at += len(self.plain)
            while at < len(letters) and places[at][0] < places[last][1]:
                at += 1
            at = letters.find(self.plain, at)


def spelt(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return what is compared of a text, letter by letter, and from where to where each stands in it."""
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for start, stop in _signs(text):
        for letter in folded(text[start:stop]):
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
