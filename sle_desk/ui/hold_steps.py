"""The steps of the strip that ask what a dose is held for, and whether it was."""

from __future__ import annotations

from collections.abc import Callable

from sle_desk.base.words import sentence
from sle_desk.domain.forms import Choice
from sle_desk.domain.protocol import Protocol
from sle_desk.services.dosing import InjectionProposal, Recorded
from sle_desk.services.held_doses import record_held
from sle_desk.ui.dose_holds import HELD, HOLD, hint_words, is_condition
from sle_desk.ui.dose_questions import GIVEN, HELD_STEP, HOLDING, planned_number
from sle_desk.ui.dose_strip_parts import StripParts
from sle_desk.ui.labels import announce
from sle_desk.ui.state import State


class HoldSteps(StripParts):
    """What is answered stays in the strip until Enter records it; Esc takes it back."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._proposal: InjectionProposal | None = None
        self._answers: dict[str, str] = {}
        self._step = ""
        self._number: int | None = None

    def _go(self, step: str) -> None:
        raise NotImplementedError

    def _show(self) -> None:
        raise NotImplementedError

    def _try(self, act: Callable[[], object]) -> None:
        raise NotImplementedError

    def _tell(self, done: Recorded, *, missed: bool) -> None:
        raise NotImplementedError

    def _hinted(self) -> str:
        """Return what the record hints at while nobody has answered it."""
        if self._proposal is None or self._answers.get(HOLD):
            return ""
        return self._state.language.words(hint_words(self._state.desk.protocol, self._proposal.hints))

    def _proposed(self) -> InjectionProposal:
        assert self._proposal is not None
        return self._proposal

    def _of_drug(self) -> tuple[Protocol, str]:
        return self._state.desk.protocol, self._proposed().drug

    def _ask_hold(self) -> None:
        hinted, language = self._hinted(), self._state.language
        self._go(HOLDING)
        asked = language.text(
            "Say what the dose is held for, or that there is nothing. Nothing is recorded yet."
        )
        self.notice.say(" ".join(filter(None, (hinted, asked))), "warn")

    def _pick_hold(self, picked: Choice) -> None:
        """Take what the dose is held for, and whether it was."""
        self.notice.clear()
        if self._step == HOLDING:
            self._answers[HOLD] = picked.code
            self._go(HELD_STEP if is_condition(*self._of_drug(), picked.code) else GIVEN)
        elif picked.code == HELD:
            self._answers[HELD] = HELD
            self._show()
        else:
            self._answers.pop(HELD, None)
            self._go(GIVEN)
        announce(self, self._state.language.words(picked.label))

    def _leave_hold(self) -> None:
        self._answers = {code: typed for code, typed in self._answers.items() if code not in (HOLD, HELD)}
        self._go(GIVEN)

    def _record_held(self) -> None:
        language, number = self._state.language, planned_number(self._proposal, self._number)
        if self._answers.get(HELD) != HELD:
            self.notice.say(language.text("Say whether the dose was held or given all the same."), "warn")
        elif number is None:
            self.notice.say(sentence("dose.hold_unplanned", {}, language), "bad")
        else:
            whose, hold = (self._proposed().subject_id, self._proposed().drug), self._answers[HOLD]
            self._try(lambda: self._tell(record_held(self._state.desk, *whose, number, hold), missed=True))
