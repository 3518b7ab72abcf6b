"""Evidence from laboratory results: limits, multiples of the upper limit, clearance, serology."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.analytes import NORMAL
from sle_desk.domain.eligibility_facts import LabValue
from sle_desk.domain.evidence import (
    AnalyteLimit,
    CreatinineClearance,
    Serology,
    TimesUpperLimit,
)
from sle_desk.domain.evidence_asked import Asked
from sle_desk.domain.evidence_values import (
    WEIGHT,
    Against,
    EvidenceLine,
    Found,
    Missing,
    Note,
    Place,
    any_of,
    compares,
    facts_of,
    found,
    in_unit,
    mirrored,
    no_weight,
)
from sle_desk.domain.formulas import COCKCROFT_GAULT, Computed, ckd_epi_2021, cockcroft_gault, uln_multiple
from sle_desk.domain.marks import is_old
from sle_desk.domain.values import age_on, rounded

EXEMPT, RNA_CONFIRMS = "exempt", "rna_confirms"


def analyte_limit(evidence: AnalyteLimit, asked: Asked) -> Found:
    """Return whether the newest value meets the limit, compared exactly in the unit of the limit."""
    newest = asked.result(evidence.analyte)
    if isinstance(newest, Missing):
        return found(None, missing=[newest])
    result, line, stale = newest
    wanted = evidence.limit
    limit = asked.limit(wanted)
    analyte = asked.protocol.laboratory.analytes[evidence.analyte]
    value = in_unit(analyte, result.value, result.unit, wanted.unit) if result.value is not None else None
    if value is None:
        facts = facts_of(label=line.label, unit=line.unit, wanted=wanted.unit)
        return found(None, [line], [stale] if stale else [], [Note("eligibility.other_unit", facts)])
    if limit is None:
        return found(wanted.comparison in ("<", "<="), [line], [stale] if stale else [])
    holds = compares(value, result.comparator, wanted.comparison, Fraction(limit))
    notes = [Note("eligibility.comparator", facts_of(label=line.label))] if holds is None else []
    against = Against(wanted.comparison, limit, wanted.unit, holds)
    # Rounded for show alone: what was compared is the exact fraction.
    converted = rounded(Decimal(value.numerator) / Decimal(value.denominator))
    shown = replace(line, against=against, converted=converted if result.unit != wanted.unit else None)
    return found(holds, [shown], [stale] if stale else [], notes)


def times_upper_limit(evidence: TimesUpperLimit, asked: Asked) -> Found:
    """Return whether any value lies strictly above the multiple of that sample's own upper limit."""
    each = [_above_upper_limit(analyte, evidence.factor, asked) for analyte in evidence.any_of]
    lines = tuple(line for one in each for line in one.lines)
    missing = tuple(gap for one in each for gap in one.missing)
    truth = any_of(one.truth for one in each)
    notes = tuple(note for one in each for note in one.notes) if truth is None else ()
    if truth is not True or missing or evidence.exempt is None:
        return found(truth, lines, missing, notes)
    if asked.setting(evidence.exempt_when) != EXEMPT:
        return found(truth, lines)
    exempt = asked.answer(evidence.exempt)
    if isinstance(exempt, Missing):
        return found(None, lines, [exempt])
    return found(exempt.value not in evidence.exempt.codes, [*lines, exempt])


def _above_upper_limit(analyte: str, factor: Decimal, asked: Asked) -> Found:
    newest = asked.result(analyte)
    if isinstance(newest, Missing):
        return found(None, missing=[newest])
    result, line, stale = newest
    missing = [stale] if stale else []
    if result.value is None or result.high is None or result.high <= 0:
        place = Place("range", analyte)
        missing.append(Missing("eligibility.no_upper_limit", place, facts_of(label=line.label, day=line.day)))
        return found(None, [line], missing)
    # Not the quotient: value and factor x limit are exact, a quotient of them may not be.
    limit = Fraction(factor) * Fraction(result.high)
    holds = compares(Fraction(result.value), result.comparator, ">", limit)
    notes = [Note("eligibility.comparator", facts_of(label=line.label))] if holds is None else []
    shown = replace(
        line,
        formula=uln_multiple(result.value, result.high, result.unit),
        against=Against(">", factor, "x ULN", holds),
        unconfirmed=result.unconfirmed,
    )
    return found(holds, [shown], missing, notes)


def creatinine_clearance(evidence: CreatinineClearance, asked: Asked) -> Found:
    """Return whether the clearance by the decided formula meets the limit; the other is shown beside it."""
    newest = asked.result(evidence.analyte)
    weight = asked.facts.weight
    missing: list[Missing] = []
    if weight is None and asked.setting(evidence.formula) == COCKCROFT_GAULT.code:
        missing.append(no_weight(asked.protocol))
    if isinstance(newest, Missing):
        return found(None, missing=[newest, *missing])
    result, creatinine, stale = newest
    missing += [stale] if stale else []
    lines = [creatinine]
    if weight is not None:
        old = is_old(weight.day, asked.facts.today, asked.protocol.marks.weight_days)
        lines.append(EvidenceLine(WEIGHT, weight.kg, "kg", weight.day, source=weight.source, stale=old))
    return _clearance(evidence, asked, result, lines, missing)


def _clearance(
    evidence: CreatinineClearance,
    asked: Asked,
    result: LabValue,
    lines: list[EvidenceLine],
    missing: list[Missing],
) -> Found:
    decided, comparison = str(asked.setting(evidence.formula)), evidence.limit.comparison
    limit = asked.limit(evidence.limit)
    truth: bool | None = None
    for formula in _formulas(asked, result):
        against = None
        if formula.formula.code == decided and limit is not None:
            # The clearance falls as creatinine rises: "<20" of the one is ">" of the other.
            comparator, cleared = mirrored(result.comparator), Fraction(formula.value)
            truth = compares(cleared, comparator, comparison, Fraction(limit))
            against = Against(comparison, limit, formula.unit, truth)
        lines.append(_formula_line(formula, result, against))
    if not any(line.against for line in lines):
        notes = [] if missing else [Note("eligibility.not_computable", facts_of(label=lines[0].label))]
        return found(None, lines, missing, notes)
    notes = [Note("eligibility.comparator", facts_of(label=lines[0].label))] if truth is None else []
    return found(truth, lines, missing, notes)


def _formula_line(formula: Computed, result: LabValue, against: Against | None) -> EvidenceLine:
    return EvidenceLine(
        formula.formula.name,
        formula.value,
        formula.unit,
        result.day,
        comparator=mirrored(result.comparator),
        against=against,
        formula=formula,
        source=result.source,
    )


def _formulas(asked: Asked, result: LabValue) -> list[Computed]:
    """Return both formulas side by side, as far as each can be computed from what was entered."""
    facts = asked.facts
    years, weight, value = age_on(facts.birth_date, result.day), facts.weight, result.value
    if value is None:
        return []
    found_ = []
    try:
        if weight is not None:
            found_.append(cockcroft_gault(years, facts.sex, weight.kg, value, result.unit))
        found_.append(ckd_epi_2021(years, facts.sex, value, result.unit))
    except RuleBroken:
        # An age or a value outside a formula's own bounds: the formula says nothing.
        return found_
    return found_


def serology(evidence: Serology, asked: Asked) -> Found:
    """Return whether a serological result is positive and, where the rule asks for it, confirmed."""
    newest = asked.result(evidence.analyte)
    if isinstance(newest, Missing):
        return found(None, missing=[newest])
    result, line, stale = newest
    missing = [stale] if stale else []
    positive = _reads(evidence, asked, result)
    notes = [Note("eligibility.indeterminate", facts_of(label=line.label))] if positive is None else []
    confirm = bool(evidence.rule) and asked.setting(evidence.rule) == RNA_CONFIRMS
    if positive is not True or not confirm:
        return found(positive, [line], missing, notes)
    second = asked.result(evidence.confirmed_by)
    if isinstance(second, Missing):
        return found(None, [line], [*missing, second])
    confirming, second_line, second_stale = second
    missing += [second_stale] if second_stale else []
    # The rule says "not negative": an indeterminate second test does not clear the first.
    return found(_reads(evidence, asked, confirming) is not False, [line, second_line], missing)


def _reads(evidence: Serology, asked: Asked, result: LabValue) -> bool | None:
    if result.answer == evidence.positive:
        return True
    answers = asked.protocol.laboratory.analytes[result.analyte].answers
    return False if any(each.code == result.answer and each.flag == NORMAL for each in answers) else None
