"""Prednisone equivalents: the table of the protocol package and what a daily dose comes to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Context, Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words, message
from sle_desk.domain.formulas import Computed, Formula, Input
from sle_desk.domain.reading import Entry, unique

_NAME = message("Prednisone equivalent")
_WORKING = Context(prec=60)
_RESULT = Context(prec=28)


@dataclass(frozen=True)
class Steroid:
    """One glucocorticoid: the milligrams equal to the reference amount, or the range sources give."""

    code: str
    label: Words
    equal_mg: Decimal | None
    differ: tuple[Decimal, Decimal] | None
    source: str
    confirmed: bool


@dataclass(frozen=True)
class SteroidTable:
    """The glucocorticoids and the milligrams of prednisone they are compared with."""

    version: str
    prednisone_mg: Decimal
    steroids: tuple[Steroid, ...]

    def steroid(self, code: str) -> Steroid:
        """Return the glucocorticoid with this code; refuse one that is not in the table."""
        for steroid in self.steroids:
            if steroid.code == code:
                return steroid
        raise RuleBroken("steroid.unknown", drug=code)

    def decided(self, code: str, equal_mg: Decimal, source: str) -> SteroidTable:
        """Return the table with the factor that the principal investigator decided for one drug."""
        if equal_mg <= 0:
            raise RuleBroken("formula.not_positive", name=_NAME, value=str(equal_mg))
        chosen = replace(self.steroid(code), equal_mg=equal_mg, source=source, confirmed=True)
        steroids = tuple(chosen if steroid.code == code else steroid for steroid in self.steroids)
        return replace(self, steroids=steroids)


def prednisone_equivalent(drug: str, mg_per_day: Decimal, table: SteroidTable) -> Computed:
    """Return the prednisone equivalent in mg a day; refuse a drug whose factor is open."""
    steroid = table.steroid(drug)
    if mg_per_day < 0:
        raise RuleBroken("formula.negative", name=_NAME, value=str(mg_per_day))
    if steroid.equal_mg is None:
        low, high = steroid.differ or (None, None)
        raise RuleBroken("steroid.sources_differ", drug=steroid.label, low=low, high=high)
    value = _WORKING.divide(_WORKING.multiply(mg_per_day, table.prednisone_mg), steroid.equal_mg)
    inputs = (
        Input(message("drug"), steroid.code),
        Input(message("daily dose"), mg_per_day, "mg"),
        Input(message("amount that equals the reference dose of prednisone"), steroid.equal_mg, "mg"),
        Input(message("reference dose of prednisone"), table.prednisone_mg, "mg"),
    )
    formula = Formula("PREDNISONE_EQUIVALENT", _NAME, table.version, steroid.source, steroid.confirmed)
    return Computed(_RESULT.plus(value), "mg", formula, inputs)


def _range(entry: Entry) -> tuple[Decimal, Decimal] | None:
    if not entry.has("differ"):
        return None
    inner = entry.table("differ")
    low, high = inner.decimal("low"), inner.decimal("high")
    inner.done()
    if not 0 < low < high:
        raise entry.fault("differ", "package.limits_order", low=str(low), high=str(high))
    return low, high


def _steroid(entry: Entry) -> Steroid:
    steroid = Steroid(
        code=entry.text("code"),
        label=entry.words("label"),
        equal_mg=entry.optional_decimal("equal_mg"),
        differ=_range(entry),
        source=entry.text("source"),
        confirmed=entry.flag("confirmed"),
    )
    entry.done()
    # One factor, or the range that nobody has decided yet: never both, never neither.
    if (steroid.equal_mg is None) == (steroid.differ is None):
        raise entry.fault("equal_mg", "package.one_of_two", other="differ")
    if steroid.equal_mg is not None and steroid.equal_mg <= 0:
        raise entry.fault("equal_mg", "package.not_positive", found=str(steroid.equal_mg))
    return steroid


def parse_steroids(content: object, file: str = "steroids.toml") -> SteroidTable:
    """Return the table a package declares, or raise PackageFaulty naming file, key and reason."""
    entry = Entry(file, "", content)
    table = SteroidTable(
        version=entry.text("version"),
        prednisone_mg=entry.decimal("prednisone_mg"),
        steroids=unique(
            map(_steroid, entry.tables("steroid")), lambda steroid: steroid.code, file, "steroid.code"
        ),
    )
    entry.done()
    if table.prednisone_mg <= 0:
        raise entry.fault("prednisone_mg", "package.not_positive", found=str(table.prednisone_mg))
    return table
