"""The criteria of a package: every word of the registry's lists, in its order, and what is judged."""

from __future__ import annotations

import re

from sle_desk.base.errors import PackageFaulty
from sle_desk.domain.entries_rule import parse_entries_rule
from sle_desk.domain.evidence import LostText
from sle_desk.domain.evidence_file import parse_evidence
from sle_desk.domain.marks import UNMARKED, Marks, parse_marks
from sle_desk.domain.protocol import (
    ADDED,
    EXCLUSION,
    INCLUSION,
    REGISTRY,
    RESTORED,
    Criterion,
    Leaf,
)
from sle_desk.domain.reading import Entry, unique

FILE = "criteria.toml"
# What may stand between the leaves of a sentence and belong to none: marks, and the words that join them.
_JOINING = re.compile(r"[\s\W]*(?:(?:and|or)\b[\s\W]*)*")


def parse_criteria(content: object, registry: str) -> tuple[tuple[Criterion, ...], Marks]:
    """Return the criteria and what is marked, or refuse words that the registry has otherwise or besides."""
    entry = Entry(FILE, "", content)
    begins, ends = entry.text("begins"), entry.text("ends")
    cursor = _find(registry, begins, 0, entry, "begins")
    criteria: list[Criterion] = []
    for part in entry.tables("part"):
        kind = part.one_of("kind", (INCLUSION, EXCLUSION))
        cursor = _next(registry, part, "heading", cursor)
        if part.has("lead"):
            cursor = _next(registry, part, "lead", cursor)
        for inner in part.tables("criterion"):
            cursor = _next(registry, inner, "number", cursor)
            cursor = _next(registry, inner, "words", cursor)
            criteria.append(_criterion(inner, kind))
        part.done()
    if not registry[cursor:].lstrip().startswith(ends):
        raise entry.fault("ends", "package.words_left_out", found=_excerpt(registry, cursor))
    criteria += [_added(inner) for inner in entry.tables("added", optional=True)]
    marks = parse_marks(entry.table("marks")) if entry.has("marks") else UNMARKED
    entry.done()
    unique(criteria, lambda criterion: criterion.code, FILE, "criterion.code")
    leaves = [leaf for criterion in criteria for leaf in criterion.leaves]
    unique(leaves, lambda leaf: leaf.code, FILE, "leaf.code")
    return tuple(criteria), marks


def _excerpt(registry: str, cursor: int) -> str:
    return registry[cursor:].lstrip()[:40]


def _find(registry: str, words: str, start: int, entry: Entry, name: str) -> int:
    found = registry.find(words, start)
    if found < 0:
        raise entry.fault(name, "package.words_not_in_registry", found=words[:60])
    return found


def _next(registry: str, entry: Entry, name: str, cursor: int) -> int:
    """Return where the words end; they have to be the very next ones of the registry."""
    words = entry.text(name)
    found = _find(registry, words, 0, entry, name)
    found = registry.find(words, cursor)
    if found < 0:
        raise entry.fault(name, "package.words_order", found=words[:60])
    if registry[cursor:found].strip():
        raise entry.fault(name, "package.words_left_out", found=_excerpt(registry, cursor))
    return found + len(words)


def _criterion(entry: Entry, kind: str) -> Criterion:
    words = entry.text("words")
    criterion = Criterion(
        code=entry.text("code"),
        kind=kind,
        number=entry.text("number"),
        words=words,
        beside=entry.texts("beside", optional=True),
        leaves=tuple(_leaf(inner, kind) for inner in entry.tables("leaf")),
    )
    entry.done()
    _check_cover(entry, criterion)
    return criterion


def _added(entry: Entry) -> Criterion:
    """Return a criterion that the registry does not have: it needs a decision to come into being."""
    kind = entry.one_of("kind", (INCLUSION, EXCLUSION))
    leaves = tuple(_leaf(inner, kind) for inner in entry.tables("leaf"))
    criterion = Criterion(entry.text("code"), kind, "", "", (), leaves)
    entry.done()
    for leaf in leaves:
        if leaf.origin != ADDED or leaf.words:
            raise entry.fault("leaf.origin", "package.added_leaf", found=leaf.code)
    return criterion


def _check_cover(entry: Entry, criterion: Criterion) -> None:
    """Refuse a leaf whose words are not the sentence's, and a sentence with words that no leaf judges."""
    words = criterion.words
    covered = [False] * len(words)
    for fragments in (*(leaf.words for leaf in criterion.leaves), criterion.beside):
        cursor = 0
        for fragment in fragments:
            start = words.find(fragment, cursor)
            if start < 0:
                raise entry.fault("leaf.words", "package.words_not_in_criterion", found=fragment[:60])
            cursor = start + len(fragment)
            covered[start:cursor] = [True] * len(fragment)
    rest = "".join(" \0"[mark] if mark else letter for letter, mark in zip(words, covered, strict=True))
    for left in rest.split("\0"):
        if not _JOINING.fullmatch(left):
            raise entry.fault("leaf.words", "package.words_left_out", found=left.strip()[:60])
    if any(leaf.origin == ADDED for leaf in criterion.leaves):
        raise entry.fault("leaf.origin", "package.added_leaf", found=criterion.code)


def _leaf(entry: Entry, kind: str) -> Leaf:
    origin = entry.one_of("origin", (REGISTRY, RESTORED, ADDED), REGISTRY)
    lost = entry.table("lost") if origin == RESTORED else None
    leaf = Leaf(
        code=entry.text("code"),
        kind=kind,
        words=entry.texts("words", optional=origin == ADDED),
        label=entry.words("label"),
        reading=entry.optional_words("reading"),
        evidence=parse_evidence(entry.table("evidence")),
        not_applicable=entry.flag("not_applicable", False),
        origin=origin,
        lost_words=lost.text("words") if lost else "",
        lost_words_source=lost.text("source") if lost else "",
        entries=parse_entries_rule(entry.table("entries")) if entry.has("entries") else None,
    )
    if lost:
        lost.done()
    entry.done()
    return leaf


def damaged(leaf: Leaf) -> bool:
    """Tell whether the leaf's own words cannot be judged."""
    return isinstance(leaf.evidence, LostText)


def words_in_registry(registry: str, words: str, file: str, key: str) -> str:
    """Return the words, or refuse those the registry does not have byte for byte."""
    if words not in registry:
        raise PackageFaulty("package.words_not_in_registry", file=file, key=key, found=words[:60])
    return words
