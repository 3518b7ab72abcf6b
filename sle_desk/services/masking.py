"""Texts that say who somebody is, and how they are kept out of what leaves the ward."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
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
from sle_desk.domain.written_days import written_days
from sle_desk.models.audit import Audit
from sle_desk.models.store.redaction import MARK
from sle_desk.models.subject import Identity, Subject
from sle_desk.services.name_readings import in_pinyin, is_meant, without_tones

MASK = "[…]"
# What people put between the parts of a name or a number.
BETWEEN = " \t\n-\u00b7\u2010\u2011\u2012\u2013\u30fb"
# Telephone numbers of mainland China and resident identity numbers (GB 11643-1999), whosever they are.
_JOINT = r"[ .\u2010-\u2015-]?"
TELEPHONE = re.compile(
    r"(?:(?<![0-9a-z])|(?<=tel)|(?<=phone)|(?<=mobile))(?:\(?(?:(?:\+|00) ?)?86\)?[ \u2010-\u2015-]*)?"
    rf"1[3-9][0-9]{_JOINT}[0-9]{{4}}{_JOINT}[0-9]{{4}}(?![0-9a-z])"
)
# Region, day of birth and the rest are often written apart.
RESIDENT = re.compile(rf"(?<![0-9a-z])[0-9]{{6}}{_JOINT}[0-9]{{8}}{_JOINT}[0-9]{{3}}[0-9x](?![0-9a-z])")
# Two letters are an abbreviation of the ward as often as initials: LN is lupus nephritis, HR the heart rate.
SHORTEST_INITIALS = 3
# A telephone or identity number has more digits: with fewer nothing is looked for.
FEWEST_DIGITS = 6
Span = tuple[int, int]
_NOTHING_BETWEEN = str.maketrans("", "", BETWEEN)


@dataclass(frozen=True)
class Hidden:
    """What says who somebody is: names and numbers in whatever writing, days of birth, and initials.

    A Chinese name is found in pinyin too, with and without tones, the surname first or last.
    Initials count in capitals and within a text: alone in a cell such letters are a code, as of an analyte.
    """

    names: frozenset[str] = frozenset()
    births: frozenset[date] = frozenset()
    initials: frozenset[str] = frozenset()

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
    """Return what says who anybody in the study is, or was before a registration was put right.

    With a subject, of birth dates and initials only that subject's: another's may be an ordinary day or an
    abbreviation in a text about this one.
    """
    known = everybody(session)
    about = known.values() if subject_id is None else [known[subject_id]] if subject_id in known else []
    return Hidden(
        names_of(known),
        frozenset(born for each in about for born in each.births),
        frozenset(letters for each in about for letters in each.initials),
    )


def names_of(known: Mapping[int, Hidden]) -> frozenset[str]:
    """Return the names and numbers of everybody, as `everybody` found them."""
    return frozenset(name for each in known.values() for name in each.names)


def everybody(session: Session) -> dict[int, Hidden]:
    """Return by subject what says who it is, with every value that the registration ever had.

    A note keeps the name by which somebody was registered when it was written; what was taken out of the
    audit is gone.
    """
    whose = dict(session.execute(select(Identity.id, Identity.subject_id)).all())
    ever: dict[int, dict[str, set[str]]] = {}
    tables = (Identity.__tablename__, Subject.__tablename__)
    asked = select(Audit.table_name, Audit.row_id, Audit.payload).where(Audit.table_name.in_(tables))
    for table, row_id, payload in session.execute(asked):
        if row_id is None or not payload:
            continue
        number = whose[row_id] if table == Identity.__tablename__ else row_id
        for name, value in _values(json.loads(payload)):
            ever.setdefault(number, {}).setdefault(name, set()).add(value)
    return {number: _hidden(values) for number, values in ever.items()}


def _values(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each column with a text that it held, before and after a change."""
    for side in ("old", "new"):
        for name, value in (content.get(side) or {}).items():
            if isinstance(value, str) and value and MARK not in value:
                yield name, value


def _hidden(ever: Mapping[str, Iterable[str]]) -> Hidden:
    said = ("name", "identity_number", "phone")
    return Hidden(
        frozenset(value for name in said for value in ever.get(name, ())),
        frozenset(map(date.fromisoformat, ever.get("birth_date", ()))),
        frozenset(ever.get("initials", ())),
    )


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
    initials = [each for each in _initials(hidden.initials) if each in plain and each != plain.strip()]
    has_numbers = sum(letter.isdecimal() for letter in plain) >= FEWEST_DIGITS
    births = written_days(hidden.births)
    has_birth = births is not None and births.search(plain) is not None
    spoken = in_pinyin(hidden.names)
    is_spoken = spoken is not None and spoken.search(without_tones(plain)) is not None
    if not names and not initials and not has_numbers and not has_birth and not is_spoken:
        return text
    letters, places = spelt(text)
    found = list(_spans_of(names, letters))
    capitals = (span for each in initials for span in _each(each, letters))
    found += [span for span in capitals if _is_capital(text, _place(places, span))]
    spans = [span for span in found if _stands_alone(letters, span)]
    spans += _numbers(letters)
    if spoken is not None and is_spoken:
        said = (match.span() for match in spoken.finditer(without_tones(letters)))
        spans += [span for span in said if is_meant(text[slice(*_place(places, span))])]
    if has_birth and births is not None:
        spans += [match.span() for match in births.finditer(letters)]
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
def _initials(initials: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(folded(each) for each in initials if len(each) >= SHORTEST_INITIALS))


def _is_capital(text: str, place: Span) -> bool:
    return unicodedata.normalize("NFKC", text[slice(*place)]).isupper()


def _each(wanted: str, text: str) -> Iterator[Span]:
    at = text.find(wanted)
    while at >= 0:
        yield at, at + len(wanted)
        at = text.find(wanted, at + 1)


def _numbers(letters: str) -> Iterator[Span]:
    for match in TELEPHONE.finditer(letters):
        # A cell that is nothing but eleven digits is the number of a report, not of a telephone.
        if match.group() != letters.strip() or not re.fullmatch("[0-9]{11}", match.group()):
            yield match.span()
    for match in RESIDENT.finditer(letters):
        try:
            read_resident(re.sub(_JOINT, "", match.group()))
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
