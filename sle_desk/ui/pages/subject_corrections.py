"""Corrections on the page of a subject: registration, consents, the day of a visit; a visit not done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sle_desk.base.language import Language, Words
from sle_desk.domain.checks import MISSING_REASONS
from sle_desk.services import dispositions, pauses, reconsent_records, subjects, visits
from sle_desk.services.subjects import SubjectRow
from sle_desk.services.visit_states import FormState
from sle_desk.ui.allocation_correcting import allocation_offers
from sle_desk.ui.correction_cases import (
    add_correction_key,
    consent_record,
    registration_record,
    visit_record,
)
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dialogs.ask_which import ask_which
from sle_desk.ui.dialogs.correct_record import Correctable, ask_correction
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.field_words import missing_words
from sle_desk.ui.not_signed import not_signed_record
from sle_desk.ui.pause_entry import pause_record, pause_words
from sle_desk.ui.step_out import step_record
from sle_desk.ui.table import TableView
from sle_desk.ui.wording import step_words, visit_words

WHICH = Words("What is to be corrected?", "要更正哪一项？")


class CorrectOnSubject:
    """One key of the list of visits and forms: what of the subject is to be corrected."""

    def __init__(self, page: DeskPage, table: TableView, shown: Callable[[], SubjectRow | None]) -> None:
        self._page, self._table, self._state, self._subject = page, table, page.state, shown
        add_correction_key(page.state, table.add_verb, self._ask)

    def _ask(self) -> None:
        subject = self._subject()
        if subject is None:
            return
        state, language = self._state, self._state.language
        registration = partial(registration_record, state, subject)
        offers = [
            (language.text("Registration: name, sex, date of birth"), partial(self._open, registration))
        ]
        for consent in subjects.consents(state.desk, subject.id):
            words = language.text("Informed consent of {day}", day=consent.signed_on.isoformat())
            offers.append((words, partial(self._open, partial(consent_record, state, subject, consent))))
        for told in reconsent_records.not_signed(state.desk, subject.id):
            words = language.text("Version {version}, not signed", version=told.consent_version)
            offers.append((words, partial(self._open, partial(not_signed_record, state, subject, told))))
        for step in dispositions.dispositions(state.desk, subject.id):
            words = f"{step_words(state, step.kind, step.drug)} {step.on_day.isoformat()}"
            offers.append((words, partial(self._open, partial(step_record, state, subject, step))))
        for paused in pauses.pause_steps(state.desk, subject.id):
            words = f"{pause_words(state, paused.kind, paused.drug)} {paused.told.on_day.isoformat()}"
            offers.append((words, partial(self._open, partial(pause_record, state, subject, paused))))
        for words, record in allocation_offers(state, subject):
            offers.append((words, partial(self._open, record)))
        row = self._table.current_row()
        for visit in visits.visits(state.desk, subject.id):
            # The visit of the chosen line: of all visits there would be more than digits.
            if isinstance(row, FormState) and visit.id == row.visit_id and visit.on_day is not None:
                words = f"{visit_words(state.desk.protocol, visit.code, language)} {visit.on_day.isoformat()}"
                offers.append((words, partial(self._open, partial(visit_record, state, subject, visit))))
        title = language.text("{code}: correct", code=subject.code)
        about = language.text("Values of a form are corrected in the form, by F2 in their field.")
        ask_which(self._page, state, title, about, WHICH, offers)

    def _open(self, make: Callable[[], Correctable]) -> None:
        ask_correction(self._page, self._state, make(), self._table.setFocus)

    def ask_not_done(self, code: str) -> None:
        """Ask why a planned visit did not take place, and record it."""
        subject = self._subject()
        if subject is None:
            return
        state, language = self._state, self._state.language
        words = visit_words(state.desk.protocol, code, language)
        ask_reason(
            self._page,
            state,
            language.text("{code}: {visit} not done", code=subject.code, visit=words),
            language.text(
                "Its forms are no longer asked for. Nothing is deleted. "
                "Who comes after all: Enter on its line."
            ),
            MISSING_REASONS,
            partial(visits.record_not_done, state.desk, subject.id, code),
        )


def not_done_words(reason: str, language: Language) -> str:
    """Return that a visit did not take place, and why."""
    code, colon, note = reason.partition(":")
    return f"{missing_words(code, language)}{colon}{note}"
