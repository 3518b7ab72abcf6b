"""Evidence from the items of a classification set: verdict with points, and what was recorded beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.classification_sets import SetVerdict, items_of, verdict_of
from sle_desk.domain.eligibility_facts import SavedForm
from sle_desk.domain.evidence import FieldReference
from sle_desk.domain.evidence_asked import Asked
from sle_desk.domain.evidence_values import (
    Against,
    EvidenceLine,
    Found,
    Missing,
    Note,
    Place,
    facts_of,
    found,
    not_answered,
)
from sle_desk.domain.forms import Form
from sle_desk.domain.item_sets import PRESENCE, ClassificationItems, ItemSet
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.scoring import NO, NOT_EVALUABLE, YES

VERDICTS: Mapping[str, Words] = MappingProxyType(
    {YES: Words("met", "符合"), NO: Words("not met", "不符合"), NOT_EVALUABLE: Words("open", "未定")}
)
POINTS, OF = Words("points", "得分"), Words("criteria of {of}", "（共{of}项）符合项数")
ITEMS, UNKNOWN, VERDICT = Words("Present", "有"), Words("Unknown", "不详"), Words("Verdict", "判定")


def set_answers(protocol: Protocol, chosen: ItemSet, values: Mapping[str, Value]) -> dict[str, bool | None]:
    """Return what a form says of each item: present, absent or unknown; what nobody answered is unknown."""
    said = {item: values.get(item) for item in items_of(chosen.code, protocol.instruments)}
    return {item: None if value is None else PRESENCE.get(value.choice or "") for item, value in said.items()}


def set_verdict(protocol: Protocol, chosen: ItemSet, values: Mapping[str, Value]) -> SetVerdict:
    """Return what the answers of a form of items come to."""
    return verdict_of(chosen.code, set_answers(protocol, chosen, values), protocol.instruments)


def item_words(form: Form, codes: Iterable[str]) -> Words:
    """Return items by the names the form gives them, one after another in both languages."""
    labels = [form.field(code).label for code in codes]
    return Words("; ".join(each.en for each in labels), "；".join(each.zh for each in labels))


def points_label(name: Words, verdict: SetVerdict) -> Words:
    """Return what is counted of a set: points, or how many of its criteria are present."""
    if not verdict.of:
        return Words(f"{name.en}, {POINTS.en}", f"{name.zh}，{POINTS.zh}")
    counted = Words(OF.en.format(of=verdict.of), OF.zh.format(of=verdict.of))
    return Words(f"{name.en}, {counted.en}", f"{name.zh}{counted.zh}")


def classification_items(evidence: ClassificationItems, asked: Asked) -> Found:
    """Return whether the set in force is met by its items; other sets that were filled say nothing."""
    wanted = asked.setting(evidence.setting)
    chosen = next(each for each in evidence.sets if each.code == wanted)
    form = asked.facts.form(chosen.form)
    if form is None:
        return found(None, missing=[_not_filled(evidence, chosen, asked)])
    if chosen.met:
        met = asked.answer(FieldReference(chosen.form, chosen.met))
        missing = [met] if isinstance(met, Missing) else []
        truth = met.value == YES if isinstance(met, EvidenceLine) else None
        return found(truth, _typed_lines(chosen, asked), missing)
    return _counted(evidence, chosen, form, asked)


def _counted(evidence: ClassificationItems, chosen: ItemSet, form: SavedForm, asked: Asked) -> Found:
    verdict = set_verdict(asked.protocol, chosen, form.values)
    declared = asked.protocol.form(chosen.form)
    lines = [_points(evidence, chosen, form, asked, judged=True), *_items(verdict, form, declared)]
    lines.append(EvidenceLine(VERDICT, verdict.answer, choice=VERDICTS[verdict.answer], source=form.source()))
    if verdict.answer != NOT_EVALUABLE:
        notes = [Note(verdict.why)] if verdict.why else []
        return found(verdict.answer == YES, lines, notes=notes)
    place = Place("form", chosen.form, verdict.deciding[0])
    facts = facts_of(form=declared.label, items=item_words(declared, verdict.deciding))
    return found(None, lines, [Missing("classification.open", place, facts)])


def recorded_beside(evidence: ClassificationItems, asked: Asked) -> tuple[EvidenceLine, ...]:
    """Return the points of every set that was filled, compared with nothing."""
    return tuple(line for each in evidence.sets for line in _beside(evidence, each, asked))


def _beside(evidence: ClassificationItems, chosen: ItemSet, asked: Asked) -> Iterator[EvidenceLine]:
    form = asked.facts.form(chosen.form)
    if form is None:
        return
    if chosen.met:
        yield from _typed_lines(chosen, asked)
        return
    yield _points(evidence, chosen, form, asked, judged=False)
    verdict = set_verdict(asked.protocol, chosen, form.values)
    yield from _items(verdict, form, asked.protocol.form(chosen.form))


def _typed_lines(chosen: ItemSet, asked: Asked) -> list[EvidenceLine]:
    names = [name for name in (chosen.met, chosen.items) if name]
    said = (asked.answer(FieldReference(chosen.form, name)) for name in names)
    return [line for line in said if isinstance(line, EvidenceLine)]


def _points(
    evidence: ClassificationItems, chosen: ItemSet, form: SavedForm, asked: Asked, *, judged: bool
) -> EvidenceLine:
    verdict = set_verdict(asked.protocol, chosen, form.values)
    least = verdict.threshold if judged else None
    # An open sum can still rise: it is not yet below.
    holds = True if verdict.points >= (least or 0) else None if verdict.highest >= (least or 0) else False
    return EvidenceLine(
        label=points_label(_name(evidence, chosen, asked), verdict),
        value=Decimal(verdict.points),
        day=form.day,
        against=Against(">=", Decimal(least), "", holds) if least is not None else None,
        source=form.source(),
        time=form.time,
    )


def _items(verdict: SetVerdict, form: SavedForm, declared: Form) -> Iterator[EvidenceLine]:
    for label, codes in ((ITEMS, verdict.present), (UNKNOWN, verdict.unknown)):
        if codes:
            words = item_words(declared, codes)
            yield EvidenceLine(label, ", ".join(codes), choice=words, source=form.source())


def _name(evidence: ClassificationItems, chosen: ItemSet, asked: Asked) -> Words:
    choices = asked.protocol.setting(evidence.setting).choices
    return next(each.label for each in choices if each.code == chosen.code)


def _not_filled(evidence: ClassificationItems, chosen: ItemSet, asked: Asked) -> Missing:
    """Return that the form of the set in force is lacking; where others are there, that they are others."""
    others = [each for each in evidence.sets if asked.facts.form(each.form) is not None]
    if not others:
        return not_answered(asked.protocol, FieldReference(chosen.form, ""))
    names = [_name(evidence, each, asked) for each in others]
    used = Words(", ".join(each.en for each in names), "、".join(each.zh for each in names))
    facts = facts_of(wanted=_name(evidence, chosen, asked), used=used)
    return Missing("eligibility.other_set", Place("form", chosen.form), facts)
