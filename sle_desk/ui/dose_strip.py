"""The strip that records one injection: what is proposed is shown, the reaction is asked, Enter records.

G opens it to record a dose as given, D to record one as missed or otherwise given. Nothing is recorded by
opening it, and Esc closes it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import Value
from sle_desk.domain.dose_choices import OTHER
from sle_desk.domain.forms import Choice, Form
from sle_desk.services import dosing
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.dosing import Recorded
from sle_desk.ui.dose_findings import findings_words, once_sure
from sle_desk.ui.dose_gaps import tells_gap
from sle_desk.ui.dose_holds import (
    HOLD,
    REACTION,
    SOMETHING,
    answer_with_reaction,
    hold_choices,
    is_asked_with_reaction,
)
from sle_desk.ui.dose_questions import (
    ALL_FIELDS,
    GIVEN,
    HELD_STEP,
    HOLDING,
    MISSED,
    OTHERWISE,
    WHY,
    WHY_MISSED,
    Question,
    planned_number,
    question,
    strip_title,
    verb_words,
)
from sle_desk.ui.dose_words import recorded_words
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.hold_steps import HoldSteps
from sle_desk.ui.injection_entry import (
    given_dose,
    injection_form,
    note_asked,
    proposed_answers,
    read_answers,
    site_keys,
    slot_choices,
    taken_from,
    typed_answers,
)
from sle_desk.ui.keybar import KeyHint
from sle_desk.ui.keys import KEY, NONE, SHIFT, modifiers, plain_enter
from sle_desk.ui.labels import announce, name_for_readers
from sle_desk.ui.state import State


class DoseStrip(HoldSteps):
    """One injection being recorded; `recorded` tells what was, `closed` that nothing was."""

    recorded = Signal(str)
    closed = Signal()

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._code = self._reason = ""
        self._given: GivenDose | None = None
        self.note.step_requested.connect(self._enter)
        self.more.clicked.connect(self._open_form)
        self.verb.clicked.connect(self._enter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    # Opening and closing.

    def open_given(self, subject_id: int, code: str) -> None:
        """Propose what would be recorded as given now; the reaction is asked."""
        self._open(subject_id, code, GIVEN)

    def open_otherwise(self, subject_id: int, code: str, number: int | None = None) -> None:
        """Ask whether a planned dose (today's, or that of a number) was missed or given otherwise."""
        self._open(subject_id, code, OTHERWISE, number)

    def open_of_drug(self, subject_id: int, code: str, drug: str) -> None:
        """Ask everything of an injection that was given, of a drug that need not be of the arm."""
        self._open(subject_id, code, GIVEN, drug=drug)

    def _open(self, subject_id: int, code: str, step: str, number: int | None = None, drug: str = "") -> None:
        try:
            self._proposal = dosing.propose_injection(self._state.desk, subject_id, drug)
        except SleDeskError as error:
            self._state.refuse(error)
            return
        self._code, self._reason, self._given, self._number = code, "", None, number
        self._answers = proposed_answers(self._proposal, self._state.desk.actor.name)
        self._drop_view()
        self.notice.clear()
        self.show()
        self._go(step)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if drug:
            self._open_form("given_on")

    def close_strip(self) -> None:
        """Close without recording anything."""
        self._step, self._proposal = "", None
        self._drop_view()
        self.hide()

    def subject_id(self) -> int | None:
        """Return whose dose is being recorded, or None while the strip is closed."""
        return None if self._proposal is None else self._proposal.subject_id

    # Showing.

    def retranslate(self) -> None:
        """Speak the chosen language; what was answered stays."""
        self.note.retranslate(self._state.language)
        if self.view is not None:
            self.view.set_language(self._state.language)
        if self._proposal is not None:
            self._show()

    def _go(self, step: str) -> None:
        self._step = step
        self._show()

    def _show(self) -> None:
        language, step = self._state.language, self._step
        self.set_title(self._title())
        self.facts.setVisible(step not in (ALL_FIELDS, OTHERWISE, WHY_MISSED, HELD_STEP))
        drug = self._state.desk.protocol.drug(self._proposal.drug) if self._proposal else None
        self.facts.show_answers(self._form(), self._answers, language, drug)
        self.note.setVisible(bool(self._reason) and self._reason == OTHER)
        self.more.setVisible(step in (GIVEN, OTHERWISE))
        self.more.set_words(language.text("All fields"))
        self.verb.setVisible(step not in (OTHERWISE, HOLDING))
        self.verb.set_words(verb_words(step, language), "Ctrl+Enter" if step == ALL_FIELDS else "Enter")
        self.show_question(self._asked(), self._press)
        if step == GIVEN and not self._answers.get(REACTION):
            waits = language.text("Recording waits for the reaction. Nothing is recorded yet.")
            self.notice.say(" ".join(filter(None, (self._hinted(), waits))), "warn")
        name_for_readers(self, self._title(), self._question.text())

    def _title(self) -> str:
        protocol, language = self._state.desk.protocol, self._state.language
        return strip_title(protocol, self._proposal, self._code, self._number, language)

    def _form(self) -> Form:
        assert self._proposal is not None
        return injection_form(self._state.desk.protocol, self._proposal)

    def _asked(self) -> Question:
        """Return the open question."""
        if self._proposal is None:
            return Question()
        protocol, answered = self._state.desk.protocol, (self._answers, self._reason)
        return question(self._step, protocol, self._proposal, answered, self._state.language)

    # Keys.

    def key_hints(self, language: Language) -> list[KeyHint]:
        """Return the keys of the open question."""
        hints = [KeyHint(choice.key, language.words(choice.label)) for choice in self._asked().choices]
        if self._step == GIVEN:
            hints.append(KeyHint(site_keys(self._form()), language.text("injection site")))
        return [*hints, KeyHint("Enter", language.text("record")), KeyHint("Esc", language.text("close"))]

    def event(self, event: QEvent) -> bool:
        """Claim the keys of the strip before the page's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._act(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer, record, close."""
        act = self._act(event)
        if act is None:
            super().keyPressEvent(event)
            return
        act()
        event.accept()

    def _act(self, event: QKeyEvent) -> Callable[[], object] | None:
        if not self._step:
            return None
        if plain_enter(event):
            return self._enter
        if event.key() == KEY.Key_Escape:
            return self._escape
        if event.key() == KEY.Key_F6 and modifiers(event) == NONE and self._step in (GIVEN, OTHERWISE):
            return self._open_form
        typed = event.text().upper()
        if modifiers(event) & ~SHIFT or not typed or self._step == ALL_FIELDS:
            return None
        return partial(self._press, typed) if typed in self._keys() else None

    def _keys(self) -> frozenset[str]:
        choices = self._asked().choices
        sites = self._form().field("site").choices if self._step == GIVEN else ()
        return frozenset(choice.key.upper() for choice in (*choices, *sites))

    def _press(self, key: str, *_: object) -> None:
        choices = self._asked().choices
        picked = next((choice for choice in choices if choice.key.upper() == key.upper()), None)
        if self._step == OTHERWISE and picked is not None:
            self._go(WHY_MISSED) if picked.code == MISSED else self._open_form()
        elif self._step in (WHY, WHY_MISSED) and picked is not None:
            self._pick_reason(picked)
        elif self._step in (HOLDING, HELD_STEP) and picked is not None:
            self._pick_hold(picked)
        elif self._step == GIVEN:
            self._answer(key, picked)

    def _answer(self, key: str, picked: Choice | None) -> None:
        form = self._form()
        if picked == SOMETHING:
            self._ask_hold()
            return
        if picked is None:
            self._answers["site"] = next(each.code for each in form.field("site").choices if each.key == key)
        elif picked in slot_choices(self._proposed()):
            self._answers["slot"] = picked.code
        else:
            asked = is_asked_with_reaction(*self._of_drug(), self._proposed().hints)
            self._answers = answer_with_reaction(self._answers, picked.code, asked=asked)
        self.notice.clear()
        self._show()
        if note := note_asked(self._answers):
            self._open_form(note)

    def _pick_reason(self, picked: Choice) -> None:
        self._reason = picked.code
        self._show()
        announce(self, self._state.language.words(picked.label))
        if picked.code == OTHER:
            self.note.setFocus(Qt.FocusReason.OtherFocusReason)

    def _escape(self) -> None:
        if self._step == WHY and self.view is not None:
            self._go(ALL_FIELDS)
            self.view.go_to_first()
            return
        if self._step == WHY:
            self._reason = ""
            self._go(GIVEN)
            return
        if self._step in (HOLDING, HELD_STEP):
            self._leave_hold()
            return
        self.close_strip()
        self.closed.emit()

    # Recording.

    def _open_form(self, first: object = "") -> None:
        """Unfold every field, filled with what stands in the strip."""
        language = self._state.language
        self._go(ALL_FIELDS)
        self.notice.clear()
        self.view = FormView(self._form(), language, self._state.clock.now, finding_sentence, codes=("lot",))
        self.view.resume(self._answers)
        self.view.save_requested.connect(self._save_form)
        self.body.insertWidget(1, self.view)
        # A dose of another day begins with its day.
        usual = "given_time" if self._number is None else "given_on"
        code = first if isinstance(first, str) and first else usual
        self.view.go_to(code)
        self.view.field(code).select_all()

    def _save_form(self) -> None:
        if self.view is None or tells_gap(self.view, taken_from(self._proposed())):
            return
        values = self.view.values()
        self._answers = typed_answers(values)
        self._record_values(values)

    def _enter(self, *_: object) -> None:
        language = self._state.language
        if self._step == ALL_FIELDS and self.view is not None:
            self.view.save()
        elif self._step == GIVEN and not self._answers.get(REACTION):
            announce(self, self.notice.sentence(), urgent=True)
        elif self._step == GIVEN and self._slot_waits():
            self.notice.say(language.text("Two planned doses hold this day. Say which one it was."), "warn")
        elif self._step == GIVEN and not self._answers.get(HOLD) and hold_choices(*self._of_drug(), ()):
            self._ask_hold()
        elif self._step == HELD_STEP:
            self._record_held()
        elif self._step == GIVEN:
            self._record_values(read_answers(self._form(), self._answers, self._state.clock.now()))
        elif self._step in (WHY, WHY_MISSED):
            self._record_with_reason()

    def _slot_waits(self) -> bool:
        assert self._proposal is not None
        return bool(slot_choices(self._proposal)) and not self._answers.get("slot")

    def _record_values(self, values: Mapping[str, Value]) -> None:
        assert self._proposal is not None
        self._given = given_dose(values, self._proposal, self._state.clock.now())
        self._try(lambda: self._record(self._given))

    def _record_with_reason(self) -> None:
        if not self._reason:
            self.notice.say(
                self._state.language.text("Pick the reason by its digit, then Enter records."), "warn"
            )
            return
        note = self.note.text().strip() if self._reason == OTHER else ""
        if self._step == WHY_MISSED:
            self._try(lambda: self._record_missed(note))
        elif self._given is not None:
            given = replace(self._given, reason=self._reason, reason_note=note)
            self._try(lambda: self._record(given))

    def _record(self, given: GivenDose | None) -> None:
        assert given is not None
        found = dosing.preview(self._state.desk, given)
        if found.needs_reason and not given.reason:
            said = findings_words(found.findings, self._state)
            self._go(WHY)
            self.notice.say(said, "warn")
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            return

        def record() -> None:
            self._tell(dosing.record_injection(self._state.desk, given), missed=False)

        once_sure(self, found.findings, self._state, lambda: self._try(record))

    def _record_missed(self, note: str) -> None:
        proposal = self._proposal
        assert proposal is not None
        whose = proposal.subject_id, proposal.drug
        number = planned_number(proposal, self._number) or 0
        self._tell(dosing.record_missed(self._state.desk, *whose, number, self._reason, note), missed=True)

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except SleDeskError as error:
            self.notice.say(error_sentence(error, self._state.language), "bad")
            announce(self, self.notice.sentence(), urgent=True)

    def _tell(self, done: Recorded, *, missed: bool) -> None:
        words = recorded_words(done, self._code, self._state.language, missed=missed)
        self.close_strip()
        self._state.say(words)
        self.recorded.emit(words)
