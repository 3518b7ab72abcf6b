"""What a dose is held for, as it is asked: in one question with the reaction, or by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words
from sle_desk.domain import holds
from sle_desk.domain.forms import Choice, Field, Form
from sle_desk.domain.holds import Hint
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.said import finding_words
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.dose_log import DoseRow
from sle_desk.services.preparing import PreparedInfusion

HOLD, REACTION = "hold", "reaction"
NO_REACTION = "none"
ASK, HELD, GIVEN_ALL_THE_SAME = "ask_hold", "held", "given_all_the_same"
# One answer to two questions: said where nothing recorded hints at holding the dose.
NEITHER = Words("None: no reaction, nothing to hold for", "无：无反应，亦无暂停给药情形")
BETWEEN = Words(", ", "、")
SOMETHING = Choice(ASK, Words("Something to hold it for", "有暂停给药情形"), "H")
HELD_FOR = Words("Held for", "暂停给药情形")
HELD_OR_NOT = (
    Choice(HELD, Words("Held: it was not given", "已暂停：未给药"), "M"),
    Choice(GIVEN_ALL_THE_SAME, Words("Given all the same", "仍予给药"), "G"),
)


def hint_words(protocol: Protocol, hints: Iterable[Hint]) -> Words:
    """Return what the record hints at, a sentence each."""
    said = [finding_words(protocol, hint.code, hint.facts) for hint in hints]
    return Words(" ".join(each.en for each in said), "".join(each.zh for each in said))


def with_hints(form: Form, protocol: Protocol, hints: Sequence[Hint]) -> Form:
    """Return a form in which what the record hints at stands below the question what the dose is held for."""
    if not hints:
        return form
    said = hint_words(protocol, hints)
    return _with_hold(form, lambda field: replace(field, hint=said))


def demanding_hold(form: Form, protocol: Protocol, drug: str, hints: Sequence[Hint]) -> Form:
    """Return a form in which that question has to be answered: "nothing" is no answer beside a hint."""
    choices = hold_choices(protocol, drug, hints)
    asked = _with_hold(form, lambda field: replace(field, choices=choices, required=True))
    return with_hints(asked, protocol, hints)


def _with_hold(form: Form, made: Callable[[Field], Field]) -> Form:
    sections = (
        replace(each, fields=tuple(made(field) if field.code == HOLD else field for field in each.fields))
        for each in form.sections
    )
    return replace(form, sections=tuple(sections))


def with_neither(reactions: Sequence[Choice], *, asked: bool) -> tuple[Choice, ...]:
    """Return the answers to the reaction; where asked, "none" says nothing to hold for as well."""
    return tuple(
        replace(each, label=NEITHER) if asked and each.code == NO_REACTION else each for each in reactions
    )


def is_asked_with_reaction(protocol: Protocol, drug: str, hints: Sequence[Hint]) -> bool:
    """Tell whether one answer can say both: there are conditions, and nothing recorded hints at one."""
    return bool(protocol.holds_of(drug)) and not hints


def listed(protocol: Protocol, drug: str, language: Language) -> str:
    """Return the conditions of a drug, as they are read out in the question."""
    return language.words(BETWEEN).join(language.words(each.label) for each in protocol.holds_of(drug))


def answer_with_reaction(answers: Mapping[str, str], picked: str, *, asked: bool) -> dict[str, str]:
    """Return the answers with a reaction picked; "none" alone answers to the conditions too."""
    found = {**answers, REACTION: picked}
    if asked and picked == NO_REACTION:
        found.setdefault(HOLD, holds.NONE)
    elif found.get(HOLD) == holds.NONE:
        del found[HOLD]
    return found


def hold_choices(protocol: Protocol, drug: str, hints: Sequence[Hint]) -> tuple[Choice, ...]:
    """Return what can be answered where it is asked by itself."""
    left_out = holds.NONE if hints else holds.CLEARED
    known = holds.answers(protocol.holds_of(drug))
    return tuple(choice for choice in known if choice.code != left_out)


def is_condition(protocol: Protocol, drug: str, answer: str) -> bool:
    """Tell whether an answer names a condition."""
    return holds.held_for(protocol.holds_of(drug), answer) is not None


def answered_together(given: GivenDose, *, asked: bool) -> GivenDose:
    """Return a dose with its answer to both questions, where "no reaction" was answered to both."""
    if asked and given.reaction == NO_REACTION and not given.hold:
        return replace(given, hold=holds.NONE)
    return given


def held_field(protocol: Protocol, drug: str) -> tuple[Field, ...]:
    """Return the question for which condition a dose was not given; none where the package lists none."""
    named = tuple(Choice(each.code, each.label, each.key) for each in protocol.holds_of(drug))
    return (Field(HOLD, HELD_FOR, "choice", required=False, choices=named),) if named else ()


def prepared_hold(protocol: Protocol, prepared: DoseRow | None) -> dict[str, str]:
    """Return the condition that was answered when an infusion was prepared, to be confirmed or changed."""
    if prepared is None or not is_condition(protocol, prepared.given.drug, prepared.given.hold):
        return {}
    return {HOLD: prepared.given.hold}


def hold_words(protocol: Protocol, given: GivenDose, language: Language) -> str:
    """Return what was answered before a dose with what was shown then, unless it was "nothing"."""
    known = {choice.code: choice.label for choice in holds.answers(protocol.holds)}
    if given.hold == holds.NONE or given.hold not in known:
        return ""
    answer = language.text("hold asked: {answer}", answer=language.words(known[given.hold]))
    shown = [language.words(known[code]) for code in given.hold_shown.split() if code in known]
    if given.hold != holds.CLEARED or not shown:
        return answer
    return f"{answer} ({language.words(BETWEEN).join(shown)})"


def require_hold_answer(protocol: Protocol, made: PreparedInfusion) -> None:
    """Refuse to prepare before somebody said what the dose is held for, or that there is nothing."""
    if not made.hold and protocol.holds_of(made.drug):
        raise RuleBroken("prepare.hold_needed")
