"""Reading the evidence that a leaf of the package declares."""

from __future__ import annotations

from collections.abc import Callable

from sle_desk.domain.evidence import (
    COMPARISONS,
    Age,
    AnalyteLimit,
    Answers,
    AskedDay,
    ClassificationMet,
    ConsentSigned,
    CreatinineClearance,
    DailyDose,
    DatedAnswer,
    Evidence,
    FieldReference,
    Limit,
    LostText,
    PregnancyTest,
    Question,
    ScoreAtLeast,
    Serology,
    TimesUpperLimit,
)
from sle_desk.domain.item_sets import ClassificationItems, classification_items_of
from sle_desk.domain.reading import Entry


def _reference(entry: Entry, name: str) -> FieldReference:
    inner = entry.table(name)
    reference = FieldReference(inner.text("form"), inner.text("field"), inner.texts("codes", optional=True))
    inner.done()
    return reference


def _limit(entry: Entry) -> Limit:
    inner = entry.table("limit")
    limit = Limit(
        comparison=inner.one_of("comparison", COMPARISONS),
        unit=inner.text("unit"),
        number=inner.optional_decimal("number"),
        setting=inner.text("setting", ""),
    )
    if (limit.number is None) == (not limit.setting):
        raise inner.fault("number", "package.number_or_setting")
    inner.done()
    return limit


def _asked_day(entry: Entry) -> AskedDay:
    day = AskedDay(entry.text("field"), entry.texts("answers"), entry.whole("months"))
    entry.done()
    return day


def _question(entry: Entry) -> Question:
    question = Question(
        form=entry.text("form"),
        field=entry.text("field"),
        counts=entry.texts("counts"),
        judged=entry.texts("judged", optional=True),
        not_applicable=entry.texts("not_applicable", optional=True),
        scopes=entry.texts("scopes", optional=True),
        days=tuple(map(_asked_day, entry.tables("days", optional=True))),
    )
    entry.done()
    return question


def _answers(entry: Entry) -> Evidence:
    questions = tuple(map(_question, entry.tables("questions")))
    scope = entry.text("scope", "")
    if not questions:
        raise entry.fault("questions", "package.empty_list")
    for index, question in enumerate(questions):
        if bool(question.scopes) != bool(scope):
            raise entry.fault(f"questions[{index}].scopes", "package.scope")
    return Answers(questions, scope)


def _exemptible(entry: Entry) -> Evidence:
    exempt = _reference(entry, "exempt") if entry.has("exempt") else None
    return TimesUpperLimit(
        entry.texts("any_of"), entry.decimal("factor"), exempt, entry.text("exempt_when") if exempt else ""
    )


_KINDS: dict[str, Callable[[Entry], Evidence]] = {
    LostText.kind: lambda entry: LostText(),
    Age.kind: lambda entry: Age(entry.text("lowest"), entry.text("highest")),
    ConsentSigned.kind: lambda entry: ConsentSigned(),
    ClassificationMet.kind: lambda entry: ClassificationMet(
        entry.text("setting"), _reference(entry, "used"), _reference(entry, "met")
    ),
    ClassificationItems.kind: classification_items_of,
    Answers.kind: _answers,
    DatedAnswer.kind: lambda entry: DatedAnswer(
        _reference(entry, "now"), _reference(entry, "earlier"), _reference(entry, "day"), entry.text("days")
    ),
    DailyDose.kind: lambda entry: DailyDose(
        _reference(entry, "dose"), _reference(entry, "not_taken"), _limit(entry), entry.text("days", "")
    ),
    AnalyteLimit.kind: lambda entry: AnalyteLimit(entry.text("analyte"), _limit(entry)),
    TimesUpperLimit.kind: _exemptible,
    CreatinineClearance.kind: lambda entry: CreatinineClearance(
        _limit(entry), entry.text("formula"), entry.text("analyte")
    ),
    Serology.kind: lambda entry: Serology(
        entry.text("analyte"), entry.text("positive"), entry.text("confirmed_by", ""), entry.text("rule", "")
    ),
    PregnancyTest.kind: lambda entry: PregnancyTest(
        _reference(entry, "result"),
        _reference(entry, "not_applicable"),
        _reference(entry, "lactating"),
        entry.text("days"),
    ),
    ScoreAtLeast.kind: lambda entry: ScoreAtLeast(entry.text("form"), entry.text("setting")),
}


def parse_evidence(entry: Entry) -> Evidence:
    """Return the evidence that a table declares, or raise PackageFaulty."""
    evidence = _KINDS[entry.one_of("kind", _KINDS)](entry)
    entry.done()
    return evidence
