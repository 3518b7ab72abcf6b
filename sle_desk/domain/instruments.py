"""The activity instruments as data: weights, cut-offs and limits, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from sle_desk.domain.classification_rules import NO_ITEM_RULES, ItemRules, parse_item_rules
from sle_desk.domain.reading import Entry, unique

LOWER_LIMIT, UPPER_LIMIT = "lln", "uln"
SEVERE, MILD_MODERATE = "severe", "mild_moderate"


@dataclass(frozen=True)
class Source:
    """Where a rule comes from, and whether it was confirmed; False: from memory or a proposal."""

    text: str
    confirmed: bool


@dataclass(frozen=True)
class Limit:
    """An upper limit, with or without the limit itself."""

    value: Decimal
    inclusive: bool

    def holds(self, value: Decimal | int) -> bool:
        """Tell whether the value lies within the limit."""
        return value <= self.value if self.inclusive else value < self.value


@dataclass(frozen=True)
class Cutoff:
    """What a measured value says about a SLEDAI-2K item: strictly below or above a limit.

    The limit is a number in `unit`, or the laboratory's own lower or upper limit (`against`). With a
    `setting` it counts only where that was decided with yes; `source` is the scale's where None.
    """

    item: str
    reads: str
    comparison: str
    limit: Decimal | None
    against: str
    unit: str
    setting: str
    source: Source | None


@dataclass(frozen=True)
class Sledai:
    """SLEDAI-2K: the weight of each item, the two of serology, and the lab cut-offs."""

    version: str
    weights: Mapping[str, int]
    serology: tuple[str, ...]
    arthritis_joints: int
    cutoffs: tuple[Cutoff, ...]
    source: Source


@dataclass(frozen=True)
class Bilag:
    """The nine systems of BILAG-2004 and the letters each can have."""

    systems: tuple[str, ...]
    letters: tuple[str, ...]
    source: Source


@dataclass(frozen=True)
class SriRule:
    """One SLE responder index: the fall asked of SLEDAI and what BILAG and PGA may not do."""

    code: str
    sledai_drop: int
    new_a_allowed: int
    new_b_allowed: int
    pga_worse_by: Decimal
    source: Source


@dataclass(frozen=True)
class LldasRule:
    """The limits of the lupus low disease activity state; prednisolone in mg a day."""

    sledai: Limit
    pga: Limit
    prednisolone: Limit
    none_of: tuple[str, ...]
    source: Source


@dataclass(frozen=True)
class DorisRule:
    """The limits of DORIS 2021 remission; prednisolone in mg a day."""

    clinical_sledai: Limit
    pga: Limit
    prednisolone: Limit
    source: Source


@dataclass(frozen=True)
class Criterion:
    """One weighted criterion of a classification set; the best of its domain counts."""

    code: str
    domain: str
    clinical: bool
    weight: int


@dataclass(frozen=True)
class ClassificationRule:
    """The EULAR/ACR 2019 classification: criteria and the points that classify."""

    threshold: int
    criteria: tuple[Criterion, ...]
    source: Source
    # The item without which nothing counts; an earlier package asks no items.
    entry: str = ""


@dataclass(frozen=True)
class FlareRule:
    """The SELENA flare index; prednisone in mg per kg and day; levels by code."""

    sledai_rise: int
    sledai_severe_above: int
    pga_rise: Decimal
    pga_severe_above: Decimal
    prednisone_severe_above: Decimal
    doubling: Decimal
    manifestations: Mapping[str, str]
    treatments: Mapping[str, str]
    source: Source


@dataclass(frozen=True)
class Instruments:
    """Every instrument of the protocol package."""

    version: str
    sledai: Sledai
    bilag: Bilag
    sri: tuple[SriRule, ...]
    lldas: LldasRule
    doris: DorisRule
    eular_acr: ClassificationRule
    flare: FlareRule
    item_rules: ItemRules = NO_ITEM_RULES

    def sri_rule(self, code: str) -> SriRule:
        """Return the responder index with this code, such as SRI-4."""
        return next(rule for rule in self.sri if rule.code == code)


def _source(entry: Entry) -> Source:
    return Source(entry.text("source"), entry.flag("confirmed"))


def _limit(entry: Entry, name: str) -> Limit:
    inner = entry.table(name)
    limit = Limit(inner.decimal("limit"), inner.flag("inclusive"))
    inner.done()
    return limit


def _known(entry: Entry, name: str, codes: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    asked, allowed = tuple(codes), set(known)
    for code in asked:
        if code not in allowed:
            raise entry.fault(name, "package.unknown_reference", found=code)
    return asked


def _cutoff(entry: Entry) -> Cutoff:
    written = entry.text("limit")
    against = written if written in (LOWER_LIMIT, UPPER_LIMIT) else ""
    cutoff = Cutoff(
        item=entry.text("item"),
        reads=entry.text("reads"),
        comparison=entry.one_of("comparison", ("below", "above")),
        limit=None if against else entry.decimal("limit"),
        against=against,
        # A laboratory's own limit has the unit of its result; a number needs one.
        unit=entry.text("unit", "" if against else None),
        setting=entry.text("setting", ""),
        source=_source(entry) if entry.has("source") else None,
    )
    entry.done()
    return cutoff


def _weights(entry: Entry) -> Mapping[str, int]:
    weights: dict[str, int] = {}
    items = entry.tables("item")
    for item in unique(items, lambda item: item.text("code"), entry.file, "sledai2k.item.code"):
        weights[item.text("code")] = item.whole("weight")
        item.done()
    total, maximum = sum(weights.values()), entry.whole("maximum")
    if total != maximum:
        raise entry.fault("maximum", "package.sum", found=total, wanted=maximum)
    return MappingProxyType(weights)


def _sledai(entry: Entry) -> Sledai:
    weights = _weights(entry)
    cutoffs = tuple(map(_cutoff, entry.tables("cutoff")))
    _known(entry, "cutoff.item", (cutoff.item for cutoff in cutoffs), weights)
    sledai = Sledai(
        version=entry.text("version"),
        weights=weights,
        serology=_known(entry, "serology", entry.texts("serology"), weights),
        arthritis_joints=entry.whole("arthritis_joints"),
        cutoffs=cutoffs,
        source=_source(entry),
    )
    entry.done()
    return sledai


def _bilag(entry: Entry) -> Bilag:
    bilag = Bilag(entry.texts("systems"), entry.texts("letters"), _source(entry))
    unique(bilag.systems, str, entry.file, "bilag.systems")
    entry.done()
    return bilag


def _sri(entry: Entry) -> SriRule:
    rule = SriRule(
        code=entry.text("code"),
        sledai_drop=entry.whole("sledai_drop"),
        new_a_allowed=entry.whole("new_a_allowed"),
        new_b_allowed=entry.whole("new_b_allowed"),
        pga_worse_by=entry.decimal("pga_worse_by"),
        source=_source(entry),
    )
    entry.done()
    return rule


def _lldas(entry: Entry, items: Iterable[str]) -> LldasRule:
    rule = LldasRule(
        sledai=_limit(entry, "sledai"),
        pga=_limit(entry, "pga"),
        prednisolone=_limit(entry, "prednisolone"),
        none_of=_known(entry, "none_of", entry.texts("none_of"), items),
        source=_source(entry),
    )
    entry.done()
    return rule


def _doris(entry: Entry) -> DorisRule:
    rule = DorisRule(
        _limit(entry, "clinical_sledai"), _limit(entry, "pga"), _limit(entry, "prednisolone"), _source(entry)
    )
    entry.done()
    return rule


def _criterion(entry: Entry) -> Criterion:
    criterion = Criterion(
        entry.text("code"), entry.text("domain"), entry.flag("clinical"), entry.whole("weight")
    )
    entry.done()
    return criterion


def _classification(entry: Entry) -> ClassificationRule:
    criteria = map(_criterion, entry.tables("criterion"))
    key = f"{entry.key}.criterion.code"
    rule = ClassificationRule(
        threshold=entry.whole("threshold"),
        criteria=unique(criteria, lambda criterion: criterion.code, entry.file, key),
        source=_source(entry),
        entry=entry.text("entry", ""),
    )
    entry.done()
    return rule


def _levels(entry: Entry, name: str) -> Mapping[str, str]:
    levels: dict[str, str] = {}
    for row in unique(entry.tables(name), lambda row: row.text("code"), entry.file, f"flare.{name}.code"):
        levels[row.text("code")] = row.one_of("level", (SEVERE, MILD_MODERATE))
        row.done()
    return MappingProxyType(levels)


def _flare(entry: Entry) -> FlareRule:
    rule = FlareRule(
        sledai_rise=entry.whole("sledai_rise"),
        sledai_severe_above=entry.whole("sledai_severe_above"),
        pga_rise=entry.decimal("pga_rise"),
        pga_severe_above=entry.decimal("pga_severe_above"),
        prednisone_severe_above=entry.decimal("prednisone_severe_above"),
        doubling=entry.decimal("doubling"),
        manifestations=_levels(entry, "manifestation"),
        treatments=_levels(entry, "treatment"),
        source=_source(entry),
    )
    entry.one_of("prednisone_unit", ("mg/kg/d",))
    entry.done()
    return rule


def parse_instruments(content: object, file: str = "instruments.toml") -> Instruments:
    """Return the instruments a package declares, or raise PackageFaulty naming file, key and reason."""
    entry = Entry(file, "", content)
    sledai = _sledai(entry.table("sledai2k"))
    instruments = Instruments(
        version=entry.text("version"),
        sledai=sledai,
        bilag=_bilag(entry.table("bilag")),
        sri=unique(map(_sri, entry.tables("sri")), lambda rule: rule.code, file, "sri.code"),
        lldas=_lldas(entry.table("lldas"), sledai.weights),
        doris=_doris(entry.table("doris")),
        eular_acr=_classification(entry.table("eular_acr_2019")),
        flare=_flare(entry.table("flare")),
        item_rules=parse_item_rules(entry),
    )
    entry.done()
    return instruments
