"""The classification sets that are counted item by item, as data, and what is shown beside their items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sle_desk.domain.reading import Entry, unique

EULAR_ACR_2019, ACR_1997, AECG_2002 = "eular_acr_2019", "acr_1997", "aecg_2002"
Hints = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Item:
    """One question of a set; the questions of a group are alternatives of one criterion."""

    code: str
    group: str


@dataclass(frozen=True)
class CountRule:
    """A set that is met by a number of its criteria, such as 4 of the 11 of ACR 1997."""

    threshold: int
    items: tuple[Item, ...]
    source: str
    confirmed: bool

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the criteria in their order."""
        return tuple(dict.fromkeys(item.group for item in self.items))


@dataclass(frozen=True)
class ConsensusRule(CountRule):
    """AECG 2002: enough of all items with one of `needs`, or enough of the objective ones.

    With an associated disease: a symptom and enough signs. Whatever `excludes` names excludes.
    """

    needs: tuple[str, ...]
    objective: tuple[str, ...]
    objective_threshold: int
    symptoms: tuple[str, ...]
    signs: tuple[str, ...]
    signs_threshold: int
    associated: str
    excludes: tuple[str, ...]


@dataclass(frozen=True)
class ItemRules:
    """The counted sets of a package, and by set and item the analytes that are shown beside it."""

    acr_1997: CountRule | None = None
    aecg_2002: ConsensusRule | None = None
    hints: Mapping[str, Hints] = field(default_factory=dict)


NO_ITEM_RULES = ItemRules()


def _items(entry: Entry) -> tuple[Item, ...]:
    items = []
    for each in entry.tables("item"):
        items.append(Item(each.text("code"), each.text("group")))
        each.done()
    return unique(items, lambda item: item.code, entry.file, f"{entry.key}.item.code")


def _count_rule(entry: Entry) -> CountRule:
    rule = CountRule(entry.whole("threshold"), _items(entry), entry.text("source"), entry.flag("confirmed"))
    entry.done()
    return rule


def _groups(entry: Entry, name: str, items: tuple[Item, ...]) -> tuple[str, ...]:
    """Return the groups that a key names, each of them a group of some item."""
    found, known = entry.texts(name), {item.group for item in items}
    for group in found:
        if group not in known:
            raise entry.fault(name, "package.unknown_reference", found=group)
    return found


def _consensus_rule(entry: Entry) -> ConsensusRule:
    items = _items(entry)
    rule = ConsensusRule(
        threshold=entry.whole("threshold"),
        items=items,
        source=entry.text("source"),
        confirmed=entry.flag("confirmed"),
        needs=_groups(entry, "needs_one_of", items),
        objective=_groups(entry, "objective", items),
        objective_threshold=entry.whole("objective_threshold"),
        symptoms=_groups(entry, "symptoms", items),
        signs=_groups(entry, "signs", items),
        signs_threshold=entry.whole("signs_threshold"),
        associated=entry.text("associated"),
        excludes=entry.texts("excludes"),
    )
    asked = (*(item.code for item in items), rule.associated, *rule.excludes)
    unique(asked, str, entry.file, f"{entry.key}.item.code")
    entry.done()
    return rule


def _hints(entry: Entry) -> Mapping[str, Hints]:
    found: dict[str, Hints] = {}
    for code in (EULAR_ACR_2019, ACR_1997, AECG_2002):
        rows = entry.tables(code, optional=True)
        named = unique(rows, lambda row: row.text("item"), entry.file, f"{entry.key}.{code}.item")
        found[code] = MappingProxyType({row.text("item"): row.texts("reads") for row in named})
        for row in named:
            row.done()
    entry.done()
    return MappingProxyType(found)


def parse_item_rules(entry: Entry) -> ItemRules:
    """Return the counted sets that a package declares; an earlier one declares none."""
    return ItemRules(
        acr_1997=_count_rule(entry.table(ACR_1997)) if entry.has(ACR_1997) else None,
        aecg_2002=_consensus_rule(entry.table(AECG_2002)) if entry.has(AECG_2002) else None,
        hints=_hints(entry.table("classification_hints")) if entry.has("classification_hints") else {},
    )
