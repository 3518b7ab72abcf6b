"""What every field has: label, unit, editor and strip; it accepts, steps, corrects and says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.checks import (
    CORRECTION_REASONS,
    IMPOSSIBLE,
    KEEP_REASONS,
    MISSING_REASONS,
    Entry,
    Finding,
    judge,
)
from sle_desk.domain.forms import Choice, Field
from sle_desk.ui import field_keys
from sle_desk.ui.answer import Answer
from sle_desk.ui.field_words import description, key_hints, missing_words, ways_out
from sle_desk.ui.keybar import KeyHint
from sle_desk.ui.labels import announce, label, name_for_readers
from sle_desk.ui.reason_question import ReasonQuestion
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current

Sentence = Callable[[Finding, Language], str]
_REASON = Qt.FocusReason
_LEAVING = (_REASON.TabFocusReason, _REASON.BacktabFocusReason, _REASON.MouseFocusReason)


@dataclass(frozen=True)
class FieldContext:
    """What the fields of a form stand on: language, clock, the maker of sentences, and two dates."""

    language: Language
    now: Callable[[], datetime]
    sentence: Sentence
    born: date | None = None
    day_one: date | None = None


class FieldBox(QWidget):
    """One field of a form. Subclasses give the editor; what is typed stays as typed until it is accepted."""

    committed = Signal(str)
    step_requested = Signal(int)
    save_requested = Signal()
    correction_requested = Signal(str)
    corrected = Signal(str, str, str)
    history_requested = Signal(str)
    query_requested = Signal(str, str)
    unlikely_kept = Signal(str, str, str)
    state_changed = Signal()

    letters_free = False
    n_means_not_done = False
    fills_width = False

    def __init__(self, asked: Field, context: FieldContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asked, self.context = asked, context
        self.answer = Answer(asked, self._judge)
        self.read_only = False
        self.missing = ""
        self._before_correction: str | None = None
        self.strip = Strip()
        self.question = ReasonQuestion(self.strip, context.language)
        self.editor = self.make_editor()
        self.setFocusProxy(self.editor)
        self._lay_out()
        self.retranslate(context.language)

    # What a subclass gives.

    def make_editor(self) -> QWidget:
        """Return the widget that takes the keys."""
        raise NotImplementedError

    def text(self) -> str:
        """Return what stands in the editor."""
        raise NotImplementedError

    def put(self, text: str) -> None:
        """Show a text in the editor."""
        raise NotImplementedError

    def select_all(self) -> None:
        """Mark what stands in the editor, so that typing replaces it."""

    def show_missing(self, words: str) -> None:
        """Show in the editor that nothing was done; no words take that away."""

    def show_state(self, state: str) -> None:
        """Show the border of a state: "bad", "warn" or none."""

    def set_editable(self, editable: bool) -> None:
        """Let the editor be changed, or only read."""

    def aside_words(self) -> str:
        """Return what stands beside the editor, as the weekday of a day."""
        return ""

    def aside_width(self) -> int:
        """Return the room kept beside the editor for words that come and go."""
        return 0

    # Parts and words.

    def _lay_out(self) -> None:
        px = current().px
        self.caption = label(role="label", ink="text_2")
        self.unit = label(role="table", ink="text_2")
        self.aside = label(role="caption", ink="text_2")
        self.aside.setMinimumWidth(self.aside_width())
        self.hint = label(role="caption", ink="text_3", wrap=True)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        row = self._row = QHBoxLayout()
        row.setSpacing(px(8))
        for part in (self.editor, self.unit, self.aside):
            row.addWidget(part)
        if not self.fills_width:
            row.addStretch()
        column.addWidget(self.caption)
        column.addLayout(row)
        column.addWidget(self.hint)
        column.addWidget(self.strip)
        column.addStretch(1)

    def fill(self) -> None:
        """Let the editor take all the width there is, as in a dialog."""
        self._row.setStretchFactor(self.editor, 1)
        policy = self.editor.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self.editor.setSizePolicy(policy)

    def take_strip(self) -> Strip:
        """Return the strip for a layout that places it elsewhere."""
        self._column.removeWidget(self.strip)
        return self.strip

    def retranslate(self, language: Language) -> None:
        """Show every word in a language; what was typed stays."""
        self.context = replace(self.context, language=language)
        self.caption.setText(language.words(self.asked.label))
        self.unit.setText(self.asked.unit)
        self.unit.setVisible(bool(self.asked.unit))
        self.question.close()
        self._show_state(aloud=False)

    # What was typed.

    def typed(self) -> str:
        """Return what was typed, or the mark of the reason why nothing was done."""
        text = self.text()
        return text if text or not self.missing else Entry(missing=self.missing).typed

    def show_text(self, typed: str) -> None:
        """Show a saved text and take it as accepted."""
        self._fill(typed)
        self.answer.take(typed)
        self._show_state(aloud=False)

    def resume(self, typed: str) -> None:
        """Show a draft: accepted where it can be read, else as it was left, with its strip."""
        self._fill(typed)
        shown = self.answer.offer(typed)
        if shown is not None:
            self._fill(shown)
        self._show_state(aloud=False)

    def _fill(self, typed: str) -> None:
        entry = Entry.of(typed)
        self.missing = entry.missing
        self.put(entry.text)

    def wipe(self) -> None:
        """Take the answer out of the editor; leaving the field accepts that."""
        self._fill("")
        self.edited()

    def edited(self) -> None:
        """Take away what was said about the text before."""
        if self.question.is_open():
            return
        if self.text():
            self.missing = ""
        self.answer.forget()
        self._show_state(aloud=False)

    # Accepting.

    def show_finding(self, finding: Finding) -> None:
        """Show what a check of the whole form says about this field."""
        self.answer.findings = (finding,)
        self._show_state(aloud=True)

    def forget_finding(self) -> None:
        """Take away what a check of the whole form said."""
        self.answer.forget()
        self._show_state(aloud=False)

    def _judge(self, asked: Field, typed: str) -> tuple[str, tuple[Finding, ...]]:
        return judge(asked, typed, self.context.now(), born=self.context.born)

    def commit(self) -> bool:
        """Accept what was typed and tell it; false when it stays in doubt, with the text untouched."""
        before, typed = self.answer.accepted, self.typed()
        shown = self.answer.offer(typed)
        if shown is None:
            self._show_state(aloud=True)
            return False
        if shown != self.typed():
            self._fill(shown)
        self._show_state(aloud=False)
        if shown != before and not self.correcting():
            self.committed.emit(shown)
        return True

    def _show_state(self, *, aloud: bool) -> None:
        language = self.context.language
        why = missing_words(self.missing, language)
        self.show_missing(why)
        self.hint.setText(why or (language.words(self.asked.hint) if self.asked.hint else ""))
        self.hint.setVisible(bool(self.hint.text()))
        self.aside.setText(self.aside_words())
        self.aside.setVisible(bool(self.aside.text() or self.aside_width()))
        blocking = self.answer.blocking(self.typed())
        state = ("bad" if blocking[0].level == IMPOSSIBLE else "warn") if blocking else ""
        if blocking:
            sentence = self.context.sentence(blocking[0], language)
            self.strip.say(sentence, state, ways_out(self, blocking[0]))
            if aloud:
                announce(self.editor, sentence, urgent=state == "bad")
        else:
            self.strip.clear()
        self.show_state(state)
        self._name()
        self.state_changed.emit()

    def _name(self) -> None:
        name_for_readers(self.editor, self.context.language.words(self.asked.label), description(self))

    # What keys and the strip's buttons do.

    def act_for(self, event: QKeyEvent) -> field_keys.Act | None:
        """Return what a key does in this field now, or nothing."""
        return field_keys.act_for(self, event)

    def key_hints(self, language: Language) -> list[KeyHint]:
        """Return the keys that do something in this field now."""
        return key_hints(self, language)

    def enter(self) -> None:
        """Take the picked reason, or accept the value and go to the next field; never the whole form."""
        if self.question.is_open():
            self.question.take()
        elif self.read_only:
            self.step_requested.emit(1)
        elif self.commit():
            if self.correcting():
                self._ask_why_corrected()
            else:
                self.step_requested.emit(1)

    def step_back(self) -> None:
        """Go back to the field before; what is typed here is accepted if it can be."""
        self.stop_asking()
        if not self.read_only:
            self.commit()
        self.step_requested.emit(-1)

    def save(self) -> None:
        """Ask the page to save, once what is typed here is accepted."""
        if not self.question.is_open() and (self.read_only or self.commit()):
            self.save_requested.emit()

    def retype(self) -> None:
        """Take the strip away and mark the text, to be typed over."""
        self.answer.forget()
        self._show_state(aloud=False)
        self.select_all()

    def use_fix(self) -> None:
        """Take the offered text instead."""
        fix = self.answer.fix()
        if fix is not None:
            self._fill(fix)
            self.commit()

    def query(self) -> None:
        """Ask the page to keep the text as a query instead of as a value."""
        self.query_requested.emit(self.asked.code, self.typed())

    # Questions with coded answers.

    def ask_reason(self, question: str, reasons: tuple[Choice, ...], done: Callable[[str], object]) -> None:
        """Ask for a coded reason in the strip: a digit picks it, Enter takes it, Esc gives up."""
        self.question.open(question, reasons, done, self.context.language)
        self._name()
        announce(self.editor, question)

    def pick(self, typed: str) -> None:
        """Pick the reason of a key."""
        words = self.question.pick(typed)
        if words:
            announce(self.editor, words)

    def stop_asking(self) -> None:
        """Give up the question and show what was there before."""
        if self.question.is_open():
            self.question.close()
            self._show_state(aloud=False)

    def ask_why_not(self) -> None:
        """Ask why nothing was done."""
        self.ask_reason(self.context.language.text("Not done. Why?"), MISSING_REASONS, self._not_done)

    def ask_to_keep(self) -> None:
        """Ask why an unlikely value stands."""
        question = self.context.language.text("Keep {value}. Why?", value=self.typed())
        self.ask_reason(question, KEEP_REASONS, self._keep)

    def _not_done(self, reason: str) -> None:
        self._fill(Entry(missing=reason).typed)
        self.enter()

    def _keep(self, reason: str) -> None:
        for code in self.answer.keep(self.typed(), reason):
            self.unlikely_kept.emit(self.asked.code, code, reason)
        self.enter()

    # Correcting a saved value.

    def correcting(self) -> bool:
        """Tell whether a saved value stands open for correction."""
        return self._before_correction is not None

    def begin_correction(self) -> None:
        """Open a saved value: Enter then asks for the reason, Esc gives up."""
        self._before_correction = self.typed()
        self.set_read_only(False)
        self.select_all()

    def give_up_correction(self) -> None:
        """Show the saved value again."""
        saved, self._before_correction = self._before_correction or "", None
        self.set_read_only(True)
        self.show_text(saved)

    def _ask_why_corrected(self) -> None:
        if self.typed() == self._before_correction:
            self.give_up_correction()
            return
        question = self.context.language.text("Corrected to {value}. Why?", value=self.typed())
        self.ask_reason(question, CORRECTION_REASONS, self._corrected)

    def _corrected(self, reason: str) -> None:
        self._before_correction = None
        self.set_read_only(True)
        self._show_state(aloud=False)
        self.corrected.emit(self.asked.code, self.typed(), reason)

    def left(self, event: QFocusEvent) -> None:
        """Accept on leaving by Tab or mouse; a window that closes accepts nothing."""
        if event.reason() in _LEAVING and not self.read_only:
            self.stop_asking()
            self.commit()

    def set_read_only(self, only: bool) -> None:
        """Show a saved value that only F2 opens, or let it be typed."""
        self.read_only = only
        self.set_editable(not only)
        self._name()
