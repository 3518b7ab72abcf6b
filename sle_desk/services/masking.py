"""Texts that say who somebody is, and how they are kept out of what leaves the ward."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.identity import read_resident
from sle_desk.domain.sought import spelt
from sle_desk.domain.values import folded
from sle_desk.models.subject import Identity, Subject

MASK = "[…]"
# What people put between the parts of a name or a number.
BETWEEN = " \t\n-\u00b7\u2010\u2011\u2012\u2013\u30fb"
# Telephone numbers of mainland China and resident identity numbers (GB 11643-1999), whosever they are.
TELEPHONE = re.compile(r"(?<![0-9a-z])1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9a-z])")
RESIDENT = re.compile(r"(?<![0-9a-z])[0-9]{17}[0-9x](?![0-9a-z])")
# Of year, month and day: as many digits at the least.
SHORTEST_DAY = 6
Span = tuple[int, int]
_NOTHING_BETWEEN = str.maketrans("", "", BETWEEN)


@dataclass(frozen=True)
class Hidden:
    """What says who somebody is: names and numbers in whatever writing, and days of birth."""

    names: frozenset[str] = frozenset()
    births: frozenset[date] = frozenset()

    def cover(self, text: str) -> str:
        """Return a text with each of them masked, and every telephone and resident identity number in it."""
        return _cover(self, text)

    def within(self, content: Any) -> Any:
        """Return a content (texts in data classes, tuples, lists, mappings) with every text masked."""
        if isinstance(content, str):
            return self.cover(content)
        if isinstance(content, Mapping):
            return {name: self.within(value) for name, value in content.items()}
        if isinstance(content, tuple) and not hasattr(content, "_fields"):
            return tuple(self.within(each) for each in content)
        if isinstance(content, list):
            return [self.within(each) for each in content]
        if is_dataclass(content) and not isinstance(content, type):
            kept = {each.name: getattr(content, each.name) for each in fields(content) if each.init}
            shown = {name: self.within(value) for name, value in kept.items()}
            return content if shown == kept else replace(content, **shown)
        return content


def identifying(session: Session, subject_id: int | None = None) -> Hidden:
    """Return what says who anybody in the study is.

    With a subject, of birth dates only that subject's: another's may be an ordinary day of this one.
    """
    names: set[str] = set()
    for known in session.scalars(select(Identity)):
        names |= {known.name, known.identity_number, known.phone}
    asked = select(Subject.birth_date)
    if subject_id is not None:
        asked = asked.where(Subject.id == subject_id)
    return Hidden(frozenset(names), frozenset(session.scalars(asked)))


def cover(text: str, pattern: re.Pattern[str]) -> str:
    """Return a text with each match of a pattern masked; it is compared in small letters, composed."""
    letters, places = spelt(text)
    return _with_masks(text, [_place(places, match.span()) for match in pattern.finditer(letters)])


@lru_cache(maxsize=8192)
def _cover(hidden: Hidden, text: str) -> str:
    # Where each letter stands takes long to tell: most texts name nobody and have no long number.
    plain = folded(text)
    dense = plain.translate(_NOTHING_BETWEEN)
    names = [name for name in _names(hidden.names) if name in dense]
    has_numbers = sum(letter.isdecimal() for letter in plain) >= SHORTEST_DAY
    if not names and not has_numbers:
        return text
    letters, places = spelt(text)
    found = list(_spans_of(names, letters))
    if has_numbers:
        found += [span for day in _days(hidden.births) if day in letters for span in _each(day, letters)]
    spans = [span for span in found if _stands_alone(letters, span)]
    spans += _numbers(letters)
    return _with_masks(text, [_place(places, span) for span in spans])


def _spans_of(names: list[str], letters: str) -> Iterator[Span]:
    squeezed = [at for at, letter in enumerate(letters) if letter not in BETWEEN]
    dense = "".join(letters[at] for at in squeezed)
    for name in names:
        for start, stop in _each(name, dense):
            yield squeezed[start], squeezed[stop - 1] + 1


@lru_cache(maxsize=16)
def _names(names: frozenset[str]) -> tuple[str, ...]:
    dense = (folded(name).translate(_NOTHING_BETWEEN) for name in names)
    return tuple(sorted({name for name in dense if len(name) > 1}))


@lru_cache(maxsize=256)
def _days(births: frozenset[date]) -> tuple[str, ...]:
    """Return the birth dates as people write them."""
    return tuple(
        written
        for born in sorted(births)
        for written in (
            *(f"{born:%Y}{mark}{born:%m}{mark}{born:%d}" for mark in ("", "-", "/", ".")),
            *(f"{born.year}{mark}{born.month}{mark}{born.day}" for mark in ("-", "/", ".")),
            *(f"{born:%Y}年{born:%m}月{born:%d}日", f"{born.year}年{born.month}月{born.day}日"),
        )
    )


def _each(wanted: str, text: str) -> Iterator[Span]:
    at = text.find(wanted)
    while at >= 0:
        yield at, at + len(wanted)
        at = text.find(wanted, at + 1)


def _numbers(letters: str) -> Iterator[Span]:
    for match in TELEPHONE.finditer(letters):
        # A cell that is nothing but a number is that of a report, not of a telephone.
        if match.group() != letters.strip():
            yield match.span()
    for match in RESIDENT.finditer(letters):
        try:
            read_resident(match.group())
        except RuleBroken:
            continue
        yield match.span()


def _stands_alone(letters: str, span: Span) -> bool:
    """Tell whether a word or a number is no part of a longer one; Chinese shows no end of a word."""
    start, stop = span
    before, first = letters[start - 1 : start], letters[start]
    last, after = letters[stop - 1], letters[stop : stop + 1]
    return not (_is_latin(before) and _is_latin(first)) and not (_is_latin(last) and _is_latin(after))


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _place(places: list[Span], span: Span) -> Span:
    return places[span[0]][0], places[span[1] - 1][1]


def _with_masks(text: str, spans: list[Span]) -> str:
    kept, end = [], 0
    for start, stop in sorted(spans):
        if start >= end:
            kept += [text[end:start], MASK]
        end = max(end, stop)
    return "".join((*kept, text[end:]))
