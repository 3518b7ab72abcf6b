"""Evidence from consent, birth date and saved forms: one pure function for each kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sle_desk.domain.eligibility_facts import MALE
from sle_desk.domain.evidence import (
    Age,
    Answers,
    ClassificationMet,
    ConsentSigned,
    DailyDose,
    DatedAnswer,
    FieldReference,
    PregnancyTest,
    Question,
    ScoreAtLeast,
)
from sle_desk.domain.evidence_asked import Asked
from sle_desk.domain.evidence_dates import DaysOf, days_of
from sle_desk.domain.evidence_values import (
    AGE,
    FIRST_PROCEDURE,
    MALE_WORDS,
    SCORE,
    SCREENED,
    SEX,
    SIGNED,
    Against,
    EvidenceLine,
    Found,
    Missing,
    Note,
    Place,
    all_of,
    any_of,
    compares,
    facts_of,
    found,
    not_answered,
)
from sle_desk.domain.marks import is_old
from sle_desk.domain.protocol import INCLUSION
from sle_desk.domain.scoring import sledai_score
from sle_desk.domain.values import age_on, partial_bounds

YES, POSITIVE, NEGATIVE, NOT_APPLICABLE = "Y", "POS", "NEG", "not_applicable"
SAMPLE_DAY = "day"
PRESENCE = {YES: True, "N": False}
NO_CONSENT = Missing("eligibility.no_consent", Place("consent"))


def age(evidence: Age, asked: Asked) -> Found:
    """Return whether the completed years at consent lie between the two bounds, both included."""
    consent = asked.facts.consent
    if consent is None:
        return found(None, missing=[NO_CONSENT])
    years = Decimal(age_on(asked.facts.birth_date, consent.signed_on))
    bounds = []
    for comparison, code in ((">=", evidence.lowest), ("<=", evidence.highest)):
        limit = asked.number(code)
        if limit is not None:
            holds = compares(Fraction(years), "", comparison, Fraction(limit))
            bounds.append(Against(comparison, limit, "y", holds))
    # The birth date itself stays out of every line: only the subject's record is named.
    line = EvidenceLine(AGE, years, "y", consent.signed_on, source=asked.facts.subject)
    lines = [replace(line, against=bound) for bound in bounds] or [line]
    return found(all_of(bound.holds for bound in bounds), lines)


def consent_signed(evidence: ConsentSigned, asked: Asked) -> Found:
    """Return whether the first consent was signed before the first study procedure."""
    consent = asked.facts.consent
    if consent is None:
        return found(None, missing=[NO_CONSENT])
    signed = EvidenceLine(
        SIGNED,
        consent.version,
        day=consent.signed_on,
        source=consent.source,
        time=consent.signed_time,
    )
    suspects = [each for each in asked.facts.procedures if each.day <= consent.signed_on]
    first = min(suspects, key=lambda each: (each.day, each.time), default=None)
    if first is None:
        return found(True, [signed])
    procedure = EvidenceLine(FIRST_PROCEDURE, first.day, day=first.day, source=first.source, time=first.time)
    truth = all_of(each.after(consent) for each in suspects)
    notes = [Note("eligibility.same_day")] if truth is None else []
    return found(truth, [signed, procedure], notes=notes)


def classification(evidence: ClassificationMet, asked: Asked) -> Found:
    """Return whether the set in force was used and is met; another set than that says nothing."""
    used, met = asked.answer(evidence.used), asked.answer(evidence.met)
    lines = [each for each in (used, met) if isinstance(each, EvidenceLine)]
    missing = [each for each in (used, met) if isinstance(each, Missing)]
    wanted = asked.setting(evidence.setting)
    if isinstance(used, EvidenceLine) and used.value != wanted:
        choices = asked.protocol.setting(evidence.setting).choices
        label = next(each.label for each in choices if each.code == wanted)
        place = Place("form", evidence.used.form, evidence.used.field)
        missing.append(Missing("eligibility.other_set", place, facts_of(wanted=label, used=used.choice)))
    truth = met.value == YES if isinstance(met, EvidenceLine) else None
    return found(truth, lines, missing)


def answers(evidence: Answers, asked: Asked) -> Found:
    """Return what a person's answers say: any that counts for an exclusion, all of them for an inclusion."""
    scope = asked.setting(evidence.scope) if evidence.scope else None
    questions = [each for each in evidence.questions if scope is None or scope in each.scopes]
    if not questions:
        return found(None)
    said = [(each, asked.answer(FieldReference(each.form, each.field))) for each in questions]
    lines = [line for _, line in said if isinstance(line, EvidenceLine)]
    missing = [line for _, line in said if isinstance(line, Missing)]
    told = [(question, line, days_of(question, line, asked))
            for question, line in said if isinstance(line, EvidenceLine)]  # fmt: skip
    truths = [_truth(question, line) for question, line, _ in told]
    if truths and all(truth == NOT_APPLICABLE for truth in truths):
        return found(None, lines, missing, not_applicable=True)
    truth = (all_of if asked.leaf.kind == INCLUSION else any_of)(
        None if each == "judged" else _counts(each == "counts", days)
        for each, (_, _, days) in zip(truths, told, strict=True)
        if each != NOT_APPLICABLE
    )
    lines += [line for _, _, days in told for line in days.lines]
    missing += [gap for _, _, days in told for gap in days.missing]
    notes = [note for _, _, days in told for note in days.notes] if truth is None else []
    return found(truth, lines, missing, notes + (_judged(said) if truth is None else []))


def _counts(answered: bool, days: DaysOf) -> bool | None:
    """Return an answer that counts as true only with its day in its time: another day does not deny it."""
    return True if answered and days.within else None if answered else False


def _truth(question: Question, line: EvidenceLine) -> str:
    if line.value in question.not_applicable:
        return NOT_APPLICABLE
    if line.value in question.judged:
        return "judged"
    return "counts" if line.value in question.counts else "other"


def _judged(said: Iterable[tuple[Question, EvidenceLine | Missing]]) -> list[Note]:
    return [
        Note("eligibility.judged", facts_of(label=line.label))
        for question, line in said
        if isinstance(line, EvidenceLine) and line.value in question.judged
    ]


def dated_answer(evidence: DatedAnswer, asked: Asked) -> Found:
    """Return whether something is true now, or was last true at most so many days before screening."""
    now, earlier = asked.answer(evidence.now), asked.answer(evidence.earlier)
    if isinstance(now, Missing) or isinstance(earlier, Missing):
        gaps = {each.place: each for each in (now, earlier) if isinstance(each, Missing)}
        return found(None, missing=gaps.values())
    lines = [now] if evidence.now.field == evidence.earlier.field else [now, earlier]
    if now.value in evidence.now.codes:
        return found(True, lines)
    if earlier.value not in evidence.earlier.codes:
        return found(False, lines)
    day = asked.answer(evidence.day)
    if isinstance(day, Missing):
        return found(None, lines, [day])
    screened = asked.facts.screened_on
    if screened is None:
        return found(None, [*lines, day], [Missing("eligibility.no_screening_visit", Place("visit"))])
    return _elapsed(evidence, asked, lines, day, screened)


def _elapsed(
    evidence: DatedAnswer, asked: Asked, lines: list[EvidenceLine], day: EvidenceLine, screened: date
) -> Found:
    allowed = asked.days(evidence.days)
    earliest, latest = partial_bounds(str(day.value))
    surely = (screened - earliest).days <= allowed
    possibly = (screened - latest).days <= allowed
    truth = True if surely else None if possibly else False
    against = Against("<=", Decimal(allowed), "days", truth)
    reckoned = EvidenceLine(SCREENED, screened, day=screened)
    notes = [Note("eligibility.partial_day", facts_of(typed=str(day.value)))] if truth is None else []
    return found(truth, [*lines, replace(day, against=against), reckoned], notes=notes)


def daily_dose(evidence: DailyDose, asked: Asked) -> Found:
    """Return whether a daily dose meets the comparison; what is not taken has no dose."""
    taken = asked.answer(evidence.not_taken)
    if isinstance(taken, Missing):
        return found(None, missing=[taken])
    if taken.value in evidence.not_taken.codes:
        # A dose of nothing is below every limit; where the leaf may say so, it does not apply.
        nothing = evidence.limit.comparison in ("<", "<=")
        return found(nothing, [taken], not_applicable=asked.leaf.not_applicable)
    dose = asked.answer(evidence.dose)
    if isinstance(dose, Missing):
        return found(None, [taken], [dose])
    if not isinstance(dose.value, Decimal) or dose.unit != evidence.limit.unit:
        facts = facts_of(label=dose.label, unit=dose.unit, wanted=evidence.limit.unit)
        return found(None, [taken, dose], notes=[Note("eligibility.other_unit", facts)])
    limit = asked.limit(evidence.limit)
    if limit is None:
        return found(evidence.limit.comparison in ("<", "<="), [taken, dose])
    comparison = evidence.limit.comparison
    holds = compares(Fraction(dose.value), dose.comparator, comparison, Fraction(limit))
    notes = [Note("eligibility.comparator", facts_of(label=dose.label))] if holds is None else []
    against = Against(comparison, limit, evidence.limit.unit, holds)
    return found(holds, [taken, replace(dose, against=against)], notes=notes)


def pregnancy_test(evidence: PregnancyTest, asked: Asked) -> Found:
    """Return whether the newest test within its age is positive, or the subject breast-feeds."""
    if asked.facts.sex == MALE:
        line = EvidenceLine(SEX, MALE, choice=MALE_WORDS, source=asked.facts.subject)
        return found(False, [line], not_applicable=asked.leaf.not_applicable)
    lactating, excused = asked.answer(evidence.lactating), asked.answer(evidence.not_applicable)
    tested: EvidenceLine | Missing = excused
    is_excused = isinstance(excused, EvidenceLine) and excused.value in evidence.not_applicable.codes
    if not is_excused:
        tested = _tested(evidence, asked)
    lines = [each for each in (tested, lactating) if isinstance(each, EvidenceLine)]
    missing = [each for each in (tested, lactating) if isinstance(each, Missing)]
    if isinstance(tested, EvidenceLine) and not is_excused:
        missing += _too_old(evidence, asked, tested)
    if missing or isinstance(tested, Missing) or isinstance(lactating, Missing):
        return found(None, lines, missing)
    if is_excused and lactating.value == NOT_APPLICABLE:
        return found(False, lines, not_applicable=asked.leaf.not_applicable)
    pregnant = False if is_excused or tested.value == NEGATIVE else True if tested.value == POSITIVE else None
    truth = any_of((pregnant, lactating.value == YES))
    notes = [Note("eligibility.indeterminate", facts_of(label=tested.label))] if truth is None else []
    return found(truth, lines, notes=notes)


def _tested(evidence: PregnancyTest, asked: Asked) -> EvidenceLine | Missing:
    """Return the result with the day of its sample, where the form asks for that day."""
    result = asked.answer(evidence.result)
    form = asked.protocol.form(evidence.result.form)
    if isinstance(result, Missing) or not any(each.code == SAMPLE_DAY for each in form.fields()):
        return result
    drawn = asked.answer(FieldReference(evidence.result.form, SAMPLE_DAY))
    if isinstance(drawn, Missing):
        return drawn
    assert isinstance(drawn.value, date)
    return replace(result, day=drawn.value)


def _too_old(evidence: PregnancyTest, asked: Asked, tested: EvidenceLine) -> list[Missing]:
    allowed = asked.days(evidence.days)
    day = tested.day
    assert day is not None
    age_days = (asked.facts.today - day).days
    if age_days <= allowed:
        return []
    facts = facts_of(label=tested.label, day=day, age=age_days, allowed=allowed)
    place = Place("form", evidence.result.form, evidence.result.field)
    return [Missing("eligibility.result_stale", place, facts)]


def score_at_least(evidence: ScoreAtLeast, asked: Asked) -> Found:
    """Return whether the score of the screening visit reaches the least score; none with items open."""
    form = asked.screening_form(evidence.form)
    if form is None:
        return found(None, missing=[not_answered(asked.protocol, FieldReference(evidence.form, ""))])
    scale = asked.protocol.instruments.sledai
    items = {code: value.choice for code, value in form.values.items() if code in scale.weights}
    score = sledai_score({code: PRESENCE.get(said or "") for code, said in items.items()}, scale)
    if score.total is None:
        facts = facts_of(label=asked.protocol.form(evidence.form).label, items=", ".join(score.missing))
        gap = Missing("eligibility.score_incomplete", Place("form", evidence.form), facts)
        return found(None, missing=[gap])
    least, total = asked.number(evidence.setting), Decimal(score.total)
    old = is_old(form.day, asked.facts.today, asked.protocol.marks.score_days)
    line = EvidenceLine(SCORE, total, day=form.day, source=form.source(), reference=score.version, stale=old)
    if least is None:
        return found(True, [line])
    holds = compares(Fraction(total), "", ">=", Fraction(least))
    return found(holds, [replace(line, against=Against(">=", least, "", holds))])
