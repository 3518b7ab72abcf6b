"""What an amendment changes of the protocol package: by key, before and after, in both languages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal

from sle_desk.base.language import Words
from sle_desk.domain.forms import Form
from sle_desk.domain.protocol import Protocol, Registry
from sle_desk.domain.values import plain

PROPOSED, APPROVED, REJECTED, WITHDRAWN = "proposed", "approved", "rejected", "withdrawn"
STATES = {
    PROPOSED: Words("Proposed", "待批准"),
    APPROVED: Words("Approved", "已批准"),
    REJECTED: Words("Rejected", "已否决"),
    # Approved, and taken back before its day: nothing of it ever was in force.
    WITHDRAWN: Words("Withdrawn", "已撤回"),
}
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
# What an amendment leaves as it is by nature: its place among the versions, and what the reader works out.
_NOT_WRITTEN = frozenset({"since", "before", "waits_on"})
REGISTRY_TEXT = ("registry", "text")
ORDER = "order"


@dataclass(frozen=True)
class Difference:
    """One place of the package that an amendment adds, takes out or changes.

    `path` are the names and codes that lead there, `about` what the package itself calls them, as far as it
    does; `before` and `after` what stands there.
    """

    path: tuple[str, ...]
    kind: str
    before: Words | None = None
    after: Words | None = None
    about: tuple[Words, ...] = ()

    @property
    def part(self) -> str:
        """Return which part of the package it is about."""
        return self.path[0]

    @property
    def key(self) -> str:
        """Return the place inside its part, as it is written in a sentence."""
        return ".".join(self.path[1:])

    @property
    def name(self) -> str:
        """Return the whole place."""
        return ".".join(self.path)


def differences(old: Protocol, new: Protocol) -> tuple[Difference, ...]:
    """Return everything in which a version of the package differs from the one before, in its order."""
    return tuple(
        replace(each, about=max(_named(new, each.path), _named(old, each.path), key=len))
        for each in _compared((), old, new)
    )


def _named(version: Protocol, path: tuple[str, ...]) -> tuple[Words, ...]:
    """Return the labels that a version has along a path, from the outermost in."""
    here: object = version
    found = []
    for step in path:
        here = _inside(here, step)
        name = getattr(here, "label", None)
        if isinstance(name, Words):
            found.append(name)
    return tuple(found)


def _inside(node: object, step: str) -> object:
    if isinstance(node, Form) and step == "fields":
        return tuple(node.fields())
    if isinstance(node, Mapping):
        return node.get(step)
    if isinstance(node, tuple):
        return next((each for each in node if getattr(each, "code", None) == step), None)
    return getattr(node, step, None)


def _compared(path: tuple[str, ...], old: object, new: object) -> Iterator[Difference]:
    if old == new and not isinstance(old, Protocol):
        return
    if isinstance(old, Form) and isinstance(new, Form):
        yield from _forms(path, old, new)
    elif isinstance(old, Registry) and isinstance(new, Registry):
        yield from _registry(path, old, new)
    elif _is_node(old) and type(old) is type(new):
        for (name, was), (_, becomes) in zip(_parts(old), _parts(new), strict=True):
            yield from _compared((*path, name), was, becomes)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _keyed(path, dict(old), dict(new))
    elif _is_coded(old) and _is_coded(new) and (old or new):
        yield from _keyed(path, _by_code(old), _by_code(new))
    else:
        yield _difference(path, old, new)


def _is_node(value: object) -> bool:
    return is_dataclass(value) and not isinstance(value, type | Words)


def _parts(value: object) -> Iterator[tuple[str, object]]:
    """Yield what a node of the package is made of, by name, as far as the package writes it."""
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            if each.name not in _NOT_WRITTEN:
                yield each.name, getattr(value, each.name)


def _is_coded(value: object) -> bool:
    return isinstance(value, tuple) and all(hasattr(each, "code") for each in value)


def _by_code(value: object) -> dict[str, object]:
    assert isinstance(value, tuple)
    return {each.code: each for each in value}


def _keyed(
    path: tuple[str, ...], old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[Difference]:
    for code in (*old, *(code for code in new if code not in old)):
        yield from (
            _compared((*path, code), old[code], new[code])
            if code in old and code in new
            else (_difference((*path, code), old.get(code), new.get(code)),)
        )
    both = [[code for code in each if code in old and code in new] for each in (old, new)]
    if both[0] != both[1]:
        yield _difference((*path, ORDER), ", ".join(both[0]), ", ".join(both[1]))


def _forms(path: tuple[str, ...], old: Form, new: Form) -> Iterator[Difference]:
    for each in fields(old):
        if each.name != "sections":
            yield from _compared((*path, each.name), getattr(old, each.name), getattr(new, each.name))
    was, becomes = ({field.code: field for field in form.fields()} for form in (old, new))
    yield from _keyed((*path, "fields"), was, becomes)
    labels = [[section.label for section in form.sections] for form in (old, new)]
    if labels[0] != labels[1]:
        yield _difference((*path, "sections"), tuple(labels[0]), tuple(labels[1]))


def _registry(path: tuple[str, ...], old: Registry, new: Registry) -> Iterator[Difference]:
    yield _difference((*path, "sha256"), old.sha256, new.sha256)
    lines = list(difflib.ndiff(old.text.splitlines(), new.text.splitlines()))
    was, becomes = ("\n".join(line[2:] for line in lines if line.startswith(mark)) for mark in ("- ", "+ "))
    yield _difference((*path, "text"), was, becomes)


def _difference(path: tuple[str, ...], old: object, new: object) -> Difference:
    kind = ADDED if _absent(old) else REMOVED if _absent(new) else CHANGED
    return Difference(path, kind, _said(old), _said(new))


def _absent(value: object) -> bool:
    return value is None or value in ((), "")


def _said(value: object) -> Words | None:
    if _absent(value):
        return None
    return Words(_text(value, "en"), _text(value, "zh"))


def _text(value: object, language: str) -> str:
    """Return what stands in a package as one text: names of keys as the package writes them."""
    if isinstance(value, Words):
        return str(getattr(value, language))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        parts: Iterable[tuple[str, object]] = value.items()
        return "; ".join(f"{name}: {_text(each, language)}" for name, each in parts if not _absent(each))
    if isinstance(value, tuple):
        return ", ".join(_text(each, language) for each in value)
    if _is_node(value):
        return _node_text(value, language)
    return str(value)


def _node_text(value: object, language: str) -> str:
    parts = []
    for name, found in _parts(value):
        if _absent(found) or found is False:
            continue
        said = _text(found, language)
        parts.append(said if name in ("label", "title") else f"{name}: {said}")
    return "; ".join(parts)
