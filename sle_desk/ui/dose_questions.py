"""The questions of the dose strip, step by step: their words, their answers, and those that were picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sle_desk.base.language import Language, Words
from sle_desk.domain.dose_choices import DOSE_REASONS
from sle_desk.domain.forms import Choice
from sle_desk.domain.protocol import Protocol
from sle_desk.services.dosing import InjectionProposal
from sle_desk.ui.injection_entry import injection_form, slot_choices

GIVEN, OTHERWISE, ALL_FIELDS, WHY_MISSED, WHY = "given", "otherwise", "all_fields", "why_missed", "why"
MISSED = "missed"
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
        asked = injection_form(protocol, proposal).field("reaction")
        picked = (answers.get("reaction", ""), answers.get("slot", ""))
        return Question(language.words(asked.label), (*slot_choices(proposal), *asked.choices), picked)
    return Question()


def planned_number(proposal: InjectionProposal | None, asked: int | None) -> int | None:
    """Return the number of the planned dose asked about, else of the one that a dose given now would fill."""
    if asked is not None or proposal is None:
        return asked
    slot = proposal.slot or (proposal.following if proposal.provisional else None)
    return None if slot is None else slot.number
