"""A file of words to be offered while typing: what is taken over, and which rows are refused and why."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.values import check_text, compared

LARGEST, MOST, LONGEST_NAME, LONGEST_HEAD = 2 * 1024 * 1024, 20_000, 200, 40
ENGLISH, CHINESE, OTHERS, CLASS = COLUMNS = ("english", "chinese", "other names", "class")
# The heads as people write them, in either language.
HEADS: Mapping[str, str] = {
    **{name: name for name in COLUMNS},
    "other_names": OTHERS,
    "英文": ENGLISH,
    "英文名": ENGLISH,
    "中文": CHINESE,
    "中文名": CHINESE,
    "其他名称": OTHERS,
    "类别": CLASS,
}
# Why a row is refused: a name stands in a row before, no name, a character that shows nothing, too long a
# name, more cells than the first row names.
DUPLICATE, EMPTY, CONTROL, LONG, CELLS = WHYS = ("duplicate", "empty", "control", "long", "cells")
_BETWEEN = str.maketrans("；|", ";;")


@dataclass(frozen=True)
class Word:
    """One row that is taken over; a name that is missing in one language stands as in the other."""

    english: str
    chinese: str
    others: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class RefusedRow:
    """A row that is not taken over: its line in the file, and why."""

    line: int
    why: str


@dataclass(frozen=True)
class WordFile:
    """What a file comes to."""

    words: tuple[Word, ...]
    refused: tuple[RefusedRow, ...]


def read_word_file(raw: bytes) -> WordFile:
    """Return the words of a CSV file in UTF-8 or GB18030; refuse as a whole what is none, or too large."""
    if len(raw) > LARGEST:
        raise RuleBroken("word_file.too_large", allowed=LARGEST // 1024 // 1024)
    text = _text(raw)
    rows, not_shown = list(_rows(text)), _not_shown(text)
    if not rows:
        raise RuleBroken("word_file.heads")
    places = _places(rows[0][1])
    if len(rows) - 1 > MOST:
        raise RuleBroken("word_file.too_many", found=len(rows) - 1, allowed=MOST)
    words: list[Word] = []
    refused: list[RefusedRow] = []
    seen: set[str] = set()
    for line, cells in rows[1:]:
        word, why = _word(cells, places), _fault(cells, places, not_shown)
        names = {compared(name) for name in (word.english, word.chinese)}
        if not why and names & seen:
            why = DUPLICATE
        if why:
            refused.append(RefusedRow(line, why))
        else:
            words.append(word)
            seen |= names
    if not words:
        raise RuleBroken("word_file.nothing", rows=len(rows) - 1)
    return WordFile(tuple(words), tuple(refused))


def _text(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RuleBroken("word_file.not_text")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank with the line it ends on."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader((f"{line}\n" for line in lines), strict=True)
    try:
        for cells in reader:
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise RuleBroken("word_file.unreadable", line=reader.line_num) from error


def _places(heads: Iterable[str]) -> dict[str, int]:
    """Return where each column stands; a file needs names in one language at least."""
    named = list(heads)
    while named and not named[-1].strip():
        named.pop()
    found: dict[str, int] = {}
    for place, head in enumerate(named):
        column = HEADS.get(compared(head))
        if column is None or column in found:
            raise RuleBroken("word_file.head", found="".join(filter(str.isprintable, head[:LONGEST_HEAD])))
        found[column] = place
    if not {ENGLISH, CHINESE} & found.keys():
        raise RuleBroken("word_file.heads")
    return found


def _word(cells: list[str], places: Mapping[str, int]) -> Word:
    def cell(column: str) -> str:
        place = places.get(column)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    english, chinese = cell(ENGLISH), cell(CHINESE)
    others = (name.strip() for name in cell(OTHERS).translate(_BETWEEN).split(";"))
    return Word(english or chinese, chinese or english, tuple(name for name in others if name), cell(CLASS))


def _fault(cells: list[str], places: Mapping[str, int], not_shown: frozenset[str]) -> str:
    """Return why a row is refused by itself, or nothing."""
    if any(cell.strip() for cell in cells[len(places) :]):
        return CELLS
    if not all(not_shown.isdisjoint(cell) for cell in cells):
        return CONTROL
    if not any(cells[places[column]].strip() for column in (ENGLISH, CHINESE) if _has(cells, places, column)):
        return EMPTY
    return LONG if any(len(cell) > LONGEST_NAME for cell in cells) else ""


def _has(cells: list[str], places: Mapping[str, int], column: str) -> bool:
    return column in places and places[column] < len(cells)


def _not_shown(text: str) -> frozenset[str]:
    """Return the characters of a file that no name may hold; each is looked at only once."""
    return frozenset(character for character in set(text) if not _is_shown(character))


def _is_shown(character: str) -> bool:
    try:
        check_text(character)
    except RuleBroken:
        return False
    return character not in "\n\t"
