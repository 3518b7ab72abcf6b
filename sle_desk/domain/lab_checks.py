"""What can be said about a laboratory number: impossible, unlikely, changed, or at odds with others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from sle_desk.domain.analytes import Analyte, Limits, Unit
from sle_desk.domain.checks import IMPOSSIBLE, UNLIKELY, Finding
from sle_desk.domain.laboratory import SUM, CrossCheck, Laboratory
from sle_desk.domain.values import Measured, plain, rounded

WAITING, HOLDS, DIFFERS = "waiting", "holds", "differs"
_HUNDRED = Decimal(100)
# The decimal point one, two or three places away.
_SLIPS = tuple(Decimal(1).scaleb(places) for places in (-1, 1, -2, 2, -3, 3))
_SHOWN_DECIMALS = 3


@dataclass(frozen=True)
class _Fix:
    """A reading that would be plausible: what was meant, and the number for the field."""

    number: Decimal
    facts: Mapping[str, object]
    code: str


def _outside(value: Decimal, comparator: str, limits: Limits) -> bool:
    """Tell whether all that the value can stand for lies outside the limits."""
    low, high = limits
    if comparator == "":
        return not low <= value <= high
    if comparator in ("<", "<="):
        return value <= low if comparator == "<" else value < low
    return value >= high if comparator == ">" else value > high


def _plausible(analyte: Analyte, standard: Decimal) -> bool:
    limits = analyte.soft or analyte.hard
    return limits is not None and limits[0] <= standard <= limits[1]


def _limit_facts(analyte: Analyte, measured: Measured, unit: Unit, limits: Limits) -> dict[str, object]:
    low, high = (plain(analyte.convert(limit, analyte.standard.code, unit.code)) for limit in limits)
    return {"typed": measured.typed, "unit": unit.shown, "low": low, "high": high}


def _unit_fixes(analyte: Analyte, value: Decimal, unit: Unit) -> Iterable[_Fix]:
    """Yield what the number would be had it been read in another unit of the analyte."""
    for other in analyte.units:
        if other.code == unit.code or not other.same_quantity:
            continue
        meant = analyte.in_standard(value, other.code)
        if _plausible(analyte, meant):
            number = analyte.convert(meant, analyte.standard.code, unit.code)
            yield _Fix(number, {"other_unit": other.shown}, "value.other_unit")


def _slip_fixes(analyte: Analyte, value: Decimal, unit: Unit) -> Iterable[_Fix]:
    """Yield what the number would be had the decimal point slipped."""
    for slip in _SLIPS:
        meant = value * slip
        if meant == rounded(meant) and _plausible(analyte, analyte.in_standard(meant, unit.code)):
            yield _Fix(meant, {}, "value.slip")


def _fix(analyte: Analyte, measured: Measured, unit: Unit) -> _Fix | None:
    """Return the one plausible reading; where two are plausible none is proposed."""
    if measured.comparator:
        return None
    for proposals in (_unit_fixes, _slip_fixes):
        found = {fix.number: fix for fix in proposals(analyte, measured.value, unit)}
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            return None
    return None


def _impossible(analyte: Analyte, measured: Measured, unit: Unit, limits: Limits) -> Finding:
    facts = _limit_facts(analyte, measured, unit, limits)
    fix = _fix(analyte, measured, unit)
    if fix is None:
        return Finding(IMPOSSIBLE, analyte.code, "value.impossible", facts)
    text = plain(fix.number)
    return Finding(IMPOSSIBLE, analyte.code, fix.code, {**facts, **fix.facts, "fix": text}, text)


def _changed(
    analyte: Analyte, measured: Measured, unit: Unit, previous: Decimal | None
) -> tuple[Finding, ...]:
    rule = analyte.change
    if rule is None or not previous or measured.comparator:
        return ()
    change = abs(analyte.in_standard(measured.value, unit.code) - previous)
    if change < rule.at_least or change * _HUNDRED <= rule.percent * previous:
        return ()
    before = plain(analyte.convert(previous, analyte.standard.code, unit.code))
    facts = {
        "typed": measured.typed, "unit": unit.shown, "previous": before,
        "percent": plain(rounded(change * _HUNDRED / previous, 1)), "allowed": plain(rule.percent),
    }  # fmt: skip
    return (Finding(UNLIKELY, analyte.code, "value.changed", facts),)


def check_result(
    analyte: Analyte, measured: Measured, unit: str, previous: Decimal | None = None
) -> tuple[Finding, ...]:
    """Return what is impossible or unlikely about a number in a unit; `previous` is in the standard unit.

    Limits are those of the analyte; a unit that cannot be converted has none.
    """
    given = analyte.unit(unit)
    if not given.same_quantity:
        return ()
    standard = analyte.in_standard(measured.value, unit)
    if analyte.hard and _outside(standard, measured.comparator, analyte.hard):
        return (_impossible(analyte, measured, given, analyte.hard),)
    findings: tuple[Finding, ...] = ()
    if analyte.soft and _outside(standard, measured.comparator, analyte.soft):
        facts = _limit_facts(analyte, measured, given, analyte.soft)
        findings = (Finding(UNLIKELY, analyte.code, "value.unlikely", facts),)
    return findings + _changed(analyte, measured, given, previous)


@dataclass(frozen=True)
class CrossResult:
    """One cross-check: waiting for values, holding, or differing from what the others say."""

    check: CrossCheck
    state: str
    found: Decimal | None = None
    expected: Decimal | None = None


def implied(check: CrossCheck, code: str, values: Mapping[str, Decimal]) -> Decimal | None:
    """Return what the other values of a check say that `code` is, in standard units; None: nothing."""
    others = {part: values.get(part) for part in (check.target, *check.parts) if part != code}
    known = {part: value for part, value in others.items() if value is not None}
    if len(known) < len(others):
        return None
    if check.kind == SUM:
        parts = sum((value for part, value in known.items() if part != check.target), Decimal(0))
        return parts if code == check.target else known[check.target] - parts
    first, second = check.parts
    if code == first:
        return known[check.target] * known[second] / check.factor
    divisor = known[second] if code == check.target else known[check.target]
    return None if not divisor else check.factor * known[first] / divisor


def cross_check(check: CrossCheck, values: Mapping[str, Decimal]) -> CrossResult:
    """Return whether a check holds for exact values in standard units; the wider tolerance counts."""
    found, expected = values.get(check.target), implied(check, check.target, values)
    if found is None or expected is None:
        return CrossResult(check, WAITING)
    allowed = max(check.tolerance, abs(expected) * check.tolerance_percent / _HUNDRED)
    return CrossResult(check, HOLDS if abs(found - expected) <= allowed else DIFFERS, found, expected)


def cross_results(laboratory: Laboratory, values: Mapping[str, Decimal]) -> tuple[CrossResult, ...]:
    """Return every cross-check that concerns one of the values, in the order of the dictionary."""
    return tuple(
        cross_check(check, values)
        for check in laboratory.cross_checks
        if any(code in values for code in chain((check.target,), check.parts))
    )


def cross_finding(laboratory: Laboratory, result: CrossResult) -> Finding | None:
    """Return the unlikely finding of a check that does not hold."""
    if result.state != DIFFERS or result.found is None or result.expected is None:
        return None
    target = laboratory.analytes[result.check.target]
    facts = {
        "check": result.check.label, "found": plain(result.found), "unit": target.standard.shown,
        "expected": plain(rounded(result.expected, _SHOWN_DECIMALS)),
    }  # fmt: skip
    return Finding(UNLIKELY, target.code, "lab.cross_check", facts)
