"""The questions of the dose strip, step by step: their words, their answers, and those that were picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sle_desk.base.language import Language, Words
from sle_desk.domain.dose_choices import DOSE_REASONS
from sle_desk.domain.forms import Choice, Field
from sle_desk.domain.protocol import Protocol
from sle_desk.services.dosing import InjectionProposal
from sle_desk.ui.dose_holds import (
    ASK,
    HELD,
    HELD_OR_NOT,
    HOLD,
    SOMETHING,
    hold_choices,
    is_asked_with_reaction,
    is_condition,
    listed,
    with_neither,
)
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.injection_entry import injection_form, slot_choices

GIVEN, OTHERWISE, ALL_FIELDS, WHY_MISSED, WHY = "given", "otherwise", "all_fields", "why_missed", "why"
MISSED = "missed"
NOTE = Field(code="note", label=Words("In words", "具体说明"), kind="text")
# What the dose is held for, and whether it was.
HOLDING, HELD_STEP = "holding", "held"
OTHERWISE_CHOICES = (
    Choice(MISSED, Words("It was missed", "未给药"), "M"),
    Choice(
        "otherwise",
        Words("Given at another time, site, amount or place", "给药时间、部位、剂量或地点不同"),
        "L",
    ),
)


@dataclass(frozen=True)
class Question:
    """A question in words, its answers, and the codes of those that were picked."""

    words: str = ""
    choices: Sequence[Choice] = ()
    picked: tuple[str, ...] = ()


def question(
    step: str,
    protocol: Protocol,
    proposal: InjectionProposal,
    answered: tuple[Mapping[str, str], str],
    language: Language,
) -> Question:
    """Return the question of a step; `answered` are the answers of the strip and the reason picked."""
    answers, reason = answered
    if step == OTHERWISE:
        return Question(language.text("What happened?"), OTHERWISE_CHOICES)
    if step == WHY_MISSED:
        reasons = protocol.list("missed_reason")
        return Question(language.words(reasons.label), reasons.choices, (reason,))
    if step == WHY:
        return Question(language.text("Why was it not as planned?"), DOSE_REASONS, (reason,))
    if step == GIVEN:
        return _reaction(protocol, proposal, answers, language)
    if step in (HOLDING, HELD_STEP):
        return _hold(step, protocol, proposal, answers, language)
    return Question()


def _reaction(
    protocol: Protocol, proposal: InjectionProposal, answers: Mapping[str, str], language: Language
) -> Question:
    """Return the reaction, and in the same question the conditions that the package lists."""
    asked, drug = injection_form(protocol, proposal).field("reaction"), proposal.drug
    words, conditions = language.words(asked.label), listed(protocol, drug, language)
    picked = (answers.get("reaction", ""), answers.get("slot", ""))
    if not conditions:
        return Question(words, (*slot_choices(proposal), *asked.choices), picked)
    words = language.text("{reaction} To hold it for: {conditions}?", reaction=words, conditions=conditions)
    together = is_asked_with_reaction(protocol, drug, proposal.hints)
    reactions = with_neither(asked.choices, asked=together)
    held = (ASK,) if is_condition(protocol, drug, answers.get(HOLD, "")) else ()
    return Question(words, (*slot_choices(proposal), *reactions, SOMETHING), (*picked, *held))


def _hold(
    step: str,
    protocol: Protocol,
    proposal: InjectionProposal,
    answers: Mapping[str, str],
    language: Language,
) -> Question:
    answer = answers.get(HOLD, "")
    if step == HOLDING:
        choices = hold_choices(protocol, proposal.drug, proposal.hints)
        return Question(language.text("What is the dose held for?"), choices, (answer,))
    condition = language.words(protocol.hold(answer).label)
    words = language.text("{condition}: was the dose held?", condition=condition)
    return Question(words, HELD_OR_NOT, (answers.get(HELD, ""),))


def strip_title(
    protocol: Protocol, proposal: InjectionProposal | None, code: str, asked: int | None, language: Language
) -> str:
    """Return whose injection of which drug it is, and which planned dose; `asked` is its number."""
    if proposal is None:
        return ""
    drug, number = drug_words(protocol, proposal.drug, language), planned_number(proposal, asked)
    if number is not None:
        facts = {"code": code, "drug": drug, "number": number, "of": proposal.planned}
        return language.text("{code}: {drug} dose {number} of {of}", **facts)
    if not proposal.of_arm:
        return language.text("{code}: {drug}, not a drug of this subject’s arm", code=code, drug=drug)
    return language.text("{code}: {drug}, no planned dose today", code=code, drug=drug)


def planned_number(proposal: InjectionProposal | None, asked: int | None) -> int | None:
    """Return the number of the planned dose asked about, else of the one that a dose given now would fill."""
    if asked is not None or proposal is None:
        return asked
    slot = proposal.slot or (proposal.following if proposal.provisional else None)
    return None if slot is None else slot.number


def verb_words(step: str, language: Language) -> str:
    """Return what Enter records at a step."""
    if step == HELD_STEP:
        return language.text("Record as held")
    return language.text("Record as missed") if step == WHY_MISSED else language.text("Record as given")
