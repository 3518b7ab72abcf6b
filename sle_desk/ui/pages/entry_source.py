"""Where a saved form comes from: told below its head, corrected with a reason, its history told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sle_desk.base.language import Language, message
from sle_desk.domain import record_source, roles
from sle_desk.domain.forms import Field, Form
from sle_desk.domain.record_source import Told
from sle_desk.exports.wording import COLON
from sle_desk.services.form_records import FormRow
from sle_desk.services.record_corrections import Why, correct_source
from sle_desk.services.record_sources import JUDGE
from sle_desk.services.signers import possible_signers
from sle_desk.ui.correction_cases import HEAD_KEYS, add_correction_key, title_of
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dialogs.correct_record import Correctable, Right, ask_correction
from sle_desk.ui.dialogs.history import show_history
from sle_desk.ui.labels import label
from sle_desk.ui.state import State

CORRECT_SOURCE = message("correct source or day")


def asked_source(state: State, form: Form, *, at_visit: bool) -> Form:
    """Return a form with the questions about its source, as the role at the desk is asked them."""
    judges, signers = roles.may(state.desk.actor.role, JUDGE), possible_signers(state.desk)
    return record_source.with_source(form, judges=judges, signers=signers, at_visit=at_visit)


def source_words(told: Told, language: Language) -> str:
    """Return a source in words: each thing that is known of it, with its label."""
    typed = record_source.typed(told)
    words = [
        language.words(COLON).join((language.words(field.label), _said(field, typed[field.code], language)))
        for field in record_source.FIELDS
        if field.code in typed
    ]
    if told.on_day is not None:
        words.append(language.text("Done on {day}, another day than the visit", day=told.on_day))
    return " · ".join(words)


def _said(field: Field, typed: str, language: Language) -> str:
    known = {choice.code: choice.label for choice in field.choices}
    return language.words(known[typed]) if typed in known else typed


class EntrySource:
    """The line with the source of a saved form, and the two keys of the page for it."""

    def __init__(self, page: DeskPage, state: State) -> None:
        self._page, self._state = page, state
        self._record: FormRow | None = None
        self._code = ""
        self._visit_day: date | None = None
        self.line = label(role="caption", ink="text_2", wrap=True)
        self._correct_key = add_correction_key(state, page.add_key, self._correct, HEAD_KEYS, CORRECT_SOURCE)
        self._history_key = page.add_key("Shift+F11", "", self._history)
        self.show_record(None, "", None)

    def show_record(self, record: FormRow | None, code: str, visit_day: date | None) -> None:
        """Show the source of a record of the subject with this code; nothing before it is saved."""
        self._record, self._code, self._visit_day = record, code, visit_day
        saved = record is not None
        self._history_key.setEnabled(saved)
        self._history_key.setVisible(saved)
        if self._correct_key is not None:
            standing = record is not None and not record.void
            self._correct_key.setEnabled(standing)
            self._correct_key.setVisible(standing)
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        self._history_key.setText(self._state.language.text("history of the source"))
        self.line.setVisible(self._record is not None)
        if self._record is not None:
            self.line.setText(source_words(self._told(self._record), self._state.language))

    def _told(self, record: FormRow) -> Told:
        """Return what is kept of the source, and the day where it is not that of the visit."""
        other = self._visit_day is not None and record.on_day != self._visit_day
        return replace(record.told, on_day=record.on_day if other else None)

    def _correct(self) -> None:
        record = self._record
        if record is None:
            return
        desk, language = self._state.desk, self._state.language
        form = desk.protocol.form(record.form)

        def save(right: Right) -> None:
            why = Why(record.id, record.version, right.reason, right.note)
            told = record_source.told(right.values)
            correct_source(desk, why, replace(told, on_day=told.on_day or self._visit_day))

        judges, signers = roles.may(desk.actor.role, JUDGE), possible_signers(desk)
        at_visit = self._visit_day is not None
        asked = record_source.section(form, judges=judges, signers=signers, at_visit=at_visit)
        correctable = Correctable(
            title=title_of(self._state, self._code, language.words(record_source.SOURCE.label)),
            about=language.text("Signatures on the form go void."),
            form=Form("source", "1", record_source.TITLE, (asked,)),
            saved=record_source.typed(self._told(record)),
            save=save,
        )
        ask_correction(self._page, self._state, correctable, self._page.entered)

    def _history(self) -> None:
        if self._record is None:
            return
        language = self._state.language

        def said(value: Mapping[str, Any]) -> str:
            known = {
                field.code: str(value[field.code]) for field in record_source.FIELDS if value.get(field.code)
            }
            return " · ".join(
                _said(field, known[field.code], language)
                for field in record_source.FIELDS
                if field.code in known
            )

        title = language.words(record_source.SOURCE.label)
        place = ("form_record", self._record.id)
        show_history(self._page, self._state, title, *place, record_source.CODES, said)
