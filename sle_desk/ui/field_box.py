"""What every field has: label, unit, editor and strip; it accepts, steps, corrects and says why not."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.checks import IMPOSSIBLE, IN_QUERY, Entry, Finding, judge
from sle_desk.domain.forms import Field, unit_words
from sle_desk.ui import field_keys
from sle_desk.ui.answer import Answer
from sle_desk.ui.asking_field import AskingField, FieldContext, Sentence
from sle_desk.ui.chips import text_width
from sle_desk.ui.field_words import description, key_hints, missing_words, ways_out
from sle_desk.ui.keybar import KeyHint
from sle_desk.ui.labels import announce, label, name_for_readers
from sle_desk.ui.reason_question import ReasonQuestion
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current

__all__ = ["FieldBox", "FieldContext", "Sentence"]

HINT, INDENT, _FREE = 220, 4, 16_777_215
_REASON = Qt.FocusReason
_LEAVING = (_REASON.TabFocusReason, _REASON.BacktabFocusReason, _REASON.MouseFocusReason)


class FieldBox(AskingField):
    """One field of a form. Subclasses give the editor; what is typed stays as typed until it is accepted."""

    committed = Signal(str)
    # What stands in the field is accepted, changed or not: it can be compared with the others.
    settled = Signal()
    step_requested = Signal(int)
    save_requested = Signal()
    correction_requested = Signal(str)
    history_requested = Signal(str)
    state_changed = Signal()

    letters_free = False
    n_means_not_done = False
    says_answer = False
    # Whether the focus stays where a disagreement is first told; where one key answers, the next would anew.
    waits_where_told = True
    fills_width = False

    def __init__(self, asked: Field, context: FieldContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asked, self.context = asked, context
        self.answer = Answer(asked, self._judge)
        self.read_only = False
        # Whether F2 opens what is only read.
        self.opens = True
        self.missing = ""
        self._strip_taken = False
        self._filled = self.fills_width
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
        self._filled = True
        self.hint.setMinimumWidth(0)
        self.hint.setMaximumWidth(_FREE)
        self._row.setStretchFactor(self.editor, 1)
        policy = self.editor.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self.editor.setSizePolicy(policy)

    def take_strip(self) -> Strip:
        """Return the strip for a layout that places it elsewhere."""
        self._column.removeWidget(self.strip)
        self._strip_taken = True
        return self.strip

    def retranslate(self, language: Language) -> None:
        """Show every word in a language; what was typed stays."""
        self.context = replace(self.context, language=language)
        self.caption.setText(language.words(self.asked.label))
        self.unit.setText(self.context.language.words(unit_words(self.asked.unit)))
        self.unit.setVisible(bool(self.asked.unit))
        self.question.close()
        self.show_answer(aloud=False)

    # What was typed.

    def typed(self) -> str:
        """Return what was typed, or the mark of the reason why nothing was done."""
        text = self.text()
        return text if text or not self.missing else Entry(self.doubted, self.missing).typed

    def show_text(self, typed: str) -> None:
        """Show a saved text and take it as accepted."""
        self.fill_in(typed)
        self.answer.take(typed)
        self.show_answer(aloud=False)

    def resume(self, typed: str) -> None:
        """Show a draft: accepted where it can be read, else as it was left, with its strip."""
        self.fill_in(typed)
        shown = self.answer.offer(typed)
        if shown is not None:
            self.fill_in(shown)
        self.show_answer(aloud=False)

    def fill_in(self, typed: str) -> None:
        """Put a text, or the mark of a missing reason, into the editor; nothing is accepted."""
        entry = Entry.of(typed)
        self.missing, self.doubted = entry.missing, entry.text if entry.missing else ""
        self.put("" if entry.missing else entry.text)

    def wipe(self) -> None:
        """Take the answer out of the editor; leaving the field accepts that."""
        self.fill_in("")
        self.edited()

    def edited(self) -> None:
        """Take away what was said about the text before."""
        if self.question.is_open():
            return
        if self.text():
            self.missing = ""
        self.answer.forget()
        self.show_answer(aloud=False)

    # Accepting.

    def show_finding(self, finding: Finding) -> None:
        """Show what a check of the whole form says about this field."""
        self.answer.findings = (finding,)
        self.show_answer(aloud=True)

    def _judge(self, asked: Field, typed: str) -> tuple[str, tuple[Finding, ...]]:
        return judge(asked, typed, self.context.now(), born=self.context.born)

    def commit(self) -> bool:
        """Accept what was typed and tell it; false when it stays in doubt, with the text untouched.

        False too where it is first told that an accepted text disagrees with other answers: the focus waits.
        """
        before, typed, told = self.answer.accepted, self.typed(), self.answer.beside
        shown = self.answer.offer(typed)
        if shown is None:
            self.show_answer(aloud=True)
            return False
        if shown != self.typed():
            self.fill_in(shown)
        if not self.correcting():
            if shown != before:
                self.committed.emit(shown)
            self.settled.emit()
        new = [finding for finding in self.answer.beside if finding not in told]
        self.show_answer(aloud=bool(new))
        blocking = self.answer.blocking(self.typed())
        return not (self.waits_where_told and any(finding in new for finding in blocking))

    def show_answer(self, *, aloud: bool) -> None:
        """Show what is said about the text, or nothing; aloud tells it to a screen reader."""
        language = self.context.language
        why = missing_words(self.missing, language, self.doubted)
        self.show_missing(why)
        self.hint.setText(why or (language.words(self.asked.hint) if self.asked.hint else ""))
        self.hint.setVisible(bool(self.hint.text()))
        self._fit_hint()
        self.aside.setText(self.aside_words())
        self.aside.setVisible(bool(self.aside.text() or self.aside_width()))
        blocking = self.answer.blocking(self.typed())
        state = ("bad" if blocking[0].level == IMPOSSIBLE else "warn") if blocking else ""
        said = (*blocking, *self.answer.hints())
        if said:
            sentence = self.context.sentence(said[0], language)
            if self._strip_taken:
                # Elsewhere than under its own field, the strip says whose it is.
                name = language.words(self.asked.label)
                sentence = language.text("{field}: {sentence}", field=name, sentence=sentence)
            self.strip.say(sentence, state or "neutral", ways_out(self, blocking[0]) if blocking else ())
            if aloud:
                announce(self.editor, sentence, urgent=state == "bad")
        else:
            self.strip.clear()
        self.show_state(state)
        self.name_editor()
        self.state_changed.emit()

    def _fit_hint(self) -> None:
        """Let the hint wrap under its editor, so that fields side by side stay in columns."""
        if self._filled:
            return
        line = text_width(current().font("caption"), self.hint.text()) + current().px(2 * INDENT)
        self.hint.setFixedWidth(min(line, max(self.editor.sizeHint().width(), current().px(HINT))))

    def name_editor(self) -> None:
        """Give the editor the name and state that a screen reader says."""
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
                self.ask_why_corrected()
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
        if self.correcting():
            self.enter()
        elif not self.question.is_open() and (self.read_only or self.commit()):
            self.save_requested.emit()

    def retype(self) -> None:
        """Take the strip away and mark the text, to be typed over."""
        self.answer.forget()
        self.show_answer(aloud=False)
        self.select_all()

    def use_fix(self) -> None:
        """Take the offered text instead."""
        fix = self.answer.fix()
        if fix is not None:
            self.fill_in(fix)
            self.commit()

    def query(self) -> None:
        """Keep a text that cannot be a value as a query, and go on."""
        self.fill_in(Entry(self.text().strip(), IN_QUERY.code).typed)
        self.enter()

    def left(self, event: QFocusEvent) -> None:
        """Accept on leaving by Tab or mouse; a window that closes accepts nothing."""
        if event.reason() in _LEAVING and not self.read_only:
            self.stop_asking()
            self.commit()

    def set_read_only(self, only: bool) -> None:
        """Show a saved value that only F2 opens, or let it be typed."""
        self.read_only = only or not self.opens
        self.set_editable(not self.read_only)
        self.name_editor()

    def only_read(self) -> None:
        """Show what stands here to who can neither enter nor correct it now: nothing opens it."""
        self.opens = False
        self.set_read_only(True)
