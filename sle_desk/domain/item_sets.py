"""Evidence of a classification: one form of items for each set, and which of the forms a reading spares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sle_desk.base.errors import PackageFaulty
from sle_desk.domain.classification_sets import items_of
from sle_desk.domain.decisions import Readings
from sle_desk.domain.evidence import Evidence, FieldReference
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.reading import Entry, unique
from sle_desk.domain.scoring import NO, YES

PRESENCE = {YES: True, NO: False}
_CRITERIA, _INSTRUMENTS = "criteria.toml", "instruments.toml"


@dataclass(frozen=True)
class ItemSet:
    """A classification set and its form: of items to be counted, or with its verdict typed in `met`."""

    code: str
    form: str
    met: str = ""
    items: str = ""


@dataclass(frozen=True)
class ClassificationItems(Evidence):
    """The classification set named by the setting is met by the items of its form."""

    kind = "classification_items"
    setting: str
    sets: tuple[ItemSet, ...]

    def settings(self) -> tuple[str, ...]:
        """Return the setting that names the set."""
        return (self.setting,)

    def references(self) -> tuple[FieldReference, ...]:
        """Return the form of each set: which of them is read is the decision's."""
        return tuple(FieldReference(each.form, "") for each in self.sets)


def classification_items_of(entry: Entry) -> Evidence:
    """Return the evidence that a leaf declares."""
    sets = []
    for each in entry.tables("sets"):
        sets.append(
            ItemSet(each.text("set"), each.text("form"), each.text("met", ""), each.text("items", ""))
        )
        each.done()
    kept = unique(sets, lambda each: each.code, entry.file, f"{entry.key}.sets.set")
    return ClassificationItems(entry.text("setting"), kept)


def _evidence(protocol: Protocol) -> Iterator[ClassificationItems]:
    return (leaf.evidence for leaf in protocol.leaves if isinstance(leaf.evidence, ClassificationItems))


def item_sets(protocol: Protocol) -> tuple[ItemSet, ...]:
    """Return the sets that a package has forms for; none in an earlier one."""
    return tuple(each for evidence in _evidence(protocol) for each in evidence.sets)


def set_of_form(protocol: Protocol, form: str) -> ItemSet | None:
    """Return the set whose items a form asks, or None: a typed verdict is counted by nobody."""
    return next((each for each in item_sets(protocol) if each.form == form and not each.met), None)


def spared_forms(protocol: Protocol, readings: Readings) -> frozenset[str]:
    """Return the forms that nobody has to fill: all but the one of the set that was decided."""
    spared: set[str] = set()
    for evidence in _evidence(protocol):
        wanted = readings.value(evidence.setting)
        spared |= {each.form for each in evidence.sets if each.code != wanted}
    return frozenset(spared)


def check_item_sets(protocol: Protocol) -> None:
    """Refuse forms that do not ask the items of their set, and hints at what there is not."""
    for leaf in protocol.leaves:
        if isinstance(leaf.evidence, ClassificationItems):
            key = f"{leaf.code}.evidence.sets"
            choices = {choice.code for choice in protocol.setting(leaf.evidence.setting).choices}
            _same({each.code for each in leaf.evidence.sets}, choices, _CRITERIA, key)
            for each in leaf.evidence.sets:
                _check_set(protocol, each)
    for code, hints in protocol.instruments.item_rules.hints.items():
        key = f"classification_hints.{code}"
        _within(set(hints), set(items_of(code, protocol.instruments)), _INSTRUMENTS, key)
        reads = {analyte for each in hints.values() for analyte in each}
        _within(reads, set(protocol.laboratory.analytes), _INSTRUMENTS, key)


def _check_set(protocol: Protocol, each: ItemSet) -> None:
    fields = {field.code for field in protocol.form(each.form).fields()}
    file, key = f"forms/{each.form}.toml", "section.field.code"
    if each.met:
        _within({name for name in (each.met, each.items) if name}, fields, file, key)
        asked = {each.met}
    else:
        asked = set(items_of(each.code, protocol.instruments))
        _same(fields, asked, file, key)
    for code in sorted(asked):
        answers = {choice.code for choice in protocol.form(each.form).field(code).choices}
        _within({YES, NO}, answers, file, f"{code}.choices")


def _same(found: set[str], wanted: set[str], file: str, key: str) -> None:
    _within(found, wanted, file, key)
    _within(wanted, found, file, key)


def _within(found: set[str], known: set[str], file: str, key: str) -> None:
    for code in sorted(found - known):
        raise PackageFaulty("package.unknown_reference", file=file, key=key, found=code)
