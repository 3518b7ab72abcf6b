"""A field that asks for coded reasons: why not done, why an unlikely value stands, why it is corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sle_desk.base.language import Language
from sle_desk.domain.checks import CORRECTION_REASONS, KEEP_REASONS, MISSING_REASONS, Entry, Finding
from sle_desk.domain.forms import Choice, Field
from sle_desk.ui.answer import Answer
from sle_desk.ui.field_words import missing_words
from sle_desk.ui.labels import announce
from sle_desk.ui.reason_question import ReasonQuestion

Sentence = Callable[[Finding, Language], str]


@dataclass(frozen=True)
class FieldContext:
    """What the fields of a form stand on: language, clock, the maker of sentences, and two dates."""

    language: Language
    now: Callable[[], datetime]
    sentence: Sentence
    born: date | None = None
    day_one: date | None = None
    # Whether somebody keeps a doubted text as a query; what nobody does is not offered.
    queries: bool = False


class AskingField(QWidget):
    """What a field asks; the field itself gives text, editor and strip."""

    # Whose signature stands on the record: a correction says first that it goes void.
    signed_by = ""

    corrected = Signal(str, str, str)
    unlikely_kept = Signal(str, str, str)

    asked: Field
    context: FieldContext
    answer: Answer
    question: ReasonQuestion
    editor: QWidget
    missing: str
    # The text that is kept as a query instead of a value.
    doubted = ""
    _before_correction: str | None = None

    def typed(self) -> str:
        """Return what was typed, or the mark of the reason why nothing was done."""
        raise NotImplementedError

    def said(self) -> str:
        """Return the answer as a person reads it: in words where it has a code."""
        return missing_words(self.missing, self.context.language, self.doubted) or self.typed()

    def fill_in(self, typed: str) -> None:
        """Put a text, or the mark of a missing reason, into the editor; nothing is accepted."""
        raise NotImplementedError

    def enter(self) -> None:
        """Take the picked reason, or accept the value and go on."""
        raise NotImplementedError

    def show_text(self, typed: str) -> None:
        """Show a saved text and take it as accepted."""
        raise NotImplementedError

    def show_answer(self, *, aloud: bool) -> None:
        """Show what is said about the text, or nothing; aloud tells it to a screen reader."""
        raise NotImplementedError

    def name_editor(self) -> None:
        """Give the editor the name and state that a screen reader says."""
        raise NotImplementedError

    def select_all(self) -> None:
        """Mark what stands in the editor, so that typing replaces it."""
        raise NotImplementedError

    def set_read_only(self, only: bool) -> None:
        """Show a saved value that only F2 opens, or let it be typed."""
        raise NotImplementedError

    # Questions with coded answers.

    def ask_reason(self, question: str, reasons: tuple[Choice, ...], done: Callable[[str], object]) -> None:
        """Ask for a coded reason in the strip: a digit picks it, Enter takes it, Esc gives up."""
        self.question.open(question, reasons, done, self.context.language)
        self.name_editor()
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
            self.show_answer(aloud=False)

    def ask_why_not(self) -> None:
        """Ask why nothing was done."""
        self.ask_reason(self.context.language.text("Not done. Why?"), MISSING_REASONS, self._not_done)

    def ask_to_keep(self) -> None:
        """Ask why an unlikely value stands."""
        question = self.context.language.text("Keep {value}. Why?", value=self.said())
        self.ask_reason(question, KEEP_REASONS, self._keep)

    def _not_done(self, reason: str) -> None:
        self.fill_in(Entry(missing=reason).typed)
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
        saved = self._before_correction or ""
        self.end_correction()
        self.show_text(saved)

    def end_correction(self) -> None:
        """Let the value only be read again, once what was typed is saved."""
        self._before_correction = None
        self.set_read_only(True)

    def ask_why_corrected(self) -> None:
        """Ask why the saved value was changed; a value typed again as it was is no correction."""
        if self.typed() == self._before_correction:
            self.give_up_correction()
            return
        text = self.context.language.text
        question = text("Corrected to {value}. Why?", value=self.said())
        if self.signed_by:
            void = text("The signature of {who} goes void with it.", who=self.signed_by)
            question = f"{question} {void}"
        self.ask_reason(question, CORRECTION_REASONS, self._corrected)

    def _corrected(self, reason: str) -> None:
        # The field stays open until the page has saved: what is refused keeps what was typed.
        self.show_answer(aloud=False)
        self.corrected.emit(self.asked.code, self.typed(), reason)
