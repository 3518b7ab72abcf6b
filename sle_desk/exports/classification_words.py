"""Words of a classification: what its items come to so far, and what was measured beside an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sle_desk.base.language import Language, Words
from sle_desk.base.words import sentence
from sle_desk.domain.checks import Value
from sle_desk.domain.classification_sets import SetVerdict
from sle_desk.domain.eligibility_facts import LabValue
from sle_desk.domain.evidence_from_items import item_words, set_verdict
from sle_desk.domain.evidence_values import result_line
from sle_desk.domain.item_sets import set_of_form
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.scoring import NO, YES
from sle_desk.domain.values import plain
from sle_desk.exports.eligibility_words import line_words, origin_words

STATUS = {YES: "ok", NO: "warn"}


def running_words(
    protocol: Protocol, form: str, values: Mapping[str, Value], language: Language
) -> tuple[str, str] | None:
    """Return what the items answered so far come to, with its status; None for a form without items."""
    chosen = set_of_form(protocol, form)
    if chosen is None:
        return None
    verdict = set_verdict(protocol, chosen, values)
    parts = [_verdict(verdict, language), _points(verdict, language)]
    if verdict.why:
        parts.append(sentence(verdict.why, {}, language))
    # While items are still to be answered the list would be the whole form: they are in sight.
    if verdict.deciding and all(item in values for item in verdict.deciding):
        items = language.words(item_words(protocol.form(form), verdict.deciding))
        parts.append(language.text("could still decide: {items}", items=items))
    return " · ".join(parts), STATUS.get(verdict.answer, "neutral")


def _verdict(verdict: SetVerdict, language: Language) -> str:
    said = {YES: language.text("Criteria met"), NO: language.text("Criteria not met")}
    return said.get(verdict.answer, language.text("Cannot be judged yet"))


def _points(verdict: SetVerdict, language: Language) -> str:
    """Return the points with what is needed, and what they could come to where anything is unknown."""
    facts = {"points": verdict.points, "of": verdict.of, "least": verdict.threshold}
    if not verdict.of:
        said = language.text("{points} points, {least} needed", **facts)
    elif verdict.threshold is None:
        said = language.text("{points} of {of} items", **facts)
    else:
        said = language.text("{points} of {of} criteria, {least} needed", **facts)
    if verdict.highest == verdict.points:
        return said
    return language.text("{said}, at most {highest} with what is unknown", said=said, highest=verdict.highest)


def measured_words(protocol: Protocol, results: Sequence[LabValue]) -> Words:
    """Return what was measured beside an item, in both languages: value, unit, range and day."""

    def say(language: Language) -> str:
        each = "; ".join(_measured(protocol, result, language) for result in results)
        return language.text("Measured: {results}", results=each)

    return Words(say(Language("en")), say(Language("zh_CN")))


def _measured(protocol: Protocol, result: LabValue, language: Language) -> str:
    line = result_line(protocol, result)
    parts = [line_words(line, language), _range(result, language), origin_words(line, language)]
    return ", ".join(part for part in parts if part)


def _range(result: LabValue, language: Language) -> str:
    if result.value is None:
        return ""
    if result.low is None and result.high is None:
        return language.text("no range")
    low, high = (plain(each) if each is not None else "" for each in (result.low, result.high))
    return language.text("range {low} – {high}", low=low, high=high)
