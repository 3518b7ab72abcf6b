"""Entered in error, on the page of a subject: what is meant, what was marked, which record stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sle_desk.base.language import Words, message
from sle_desk.exports.allocation_words import mark_words
from sle_desk.exports.wording import ENUMERATED
from sle_desk.services import (
    allocation,
    allocation_errors,
    dispositions,
    form_records,
    labs,
    not_drawn,
    pauses,
    reconsent_records,
    rescreening,
    subjects,
    visits,
    void_subjects,
)
from sle_desk.services.subjects import SubjectRow
from sle_desk.services.visit_states import FORM, NOT_DRAWN, FormState, VisitState
from sle_desk.ui.allocation_error import ask_allocation_error
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dialogs.ask_which import ask_which
from sle_desk.ui.dialogs.entered_in_error import Case, ask_entered_in_error
from sle_desk.ui.dialogs.voided import show_voided
from sle_desk.ui.not_signed import not_signed_case
from sle_desk.ui.pause_entry import pause_case, pause_words
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import TableView
from sle_desk.ui.void_cases import (
    add_void_key,
    consent_case,
    form_case,
    not_drawn_case,
    sample_case,
    step_case,
    subject_case,
    visit_case,
)
from sle_desk.ui.wording import reason_words, step_words, visit_words

WHICH = Words("What was entered in error?", "哪一项录入错误？")
Offer = tuple[str, Callable[[], object]]


class VoidOnSubject:
    """Two keys of the list of visits and forms: mark what is meant, and see what was marked."""

    def __init__(self, page: DeskPage, table: TableView, shown: Callable[[], SubjectRow | None]) -> None:
        self._page, self._table, self._state = page, table, page.state
        self._subject = shown
        add_void_key(page.state, table.add_verb, self._ask)
        self._seen = table.add_verb("F11", "", self._show)
        page.state.language_changed.connect(self._name)
        self._name()

    def _name(self) -> None:
        self._seen.setText(self._state.language.text("entered in error: history"))

    def _show(self) -> None:
        subject = self._subject()
        if subject is not None:
            show_voided(self._page, self._state, subject)

    def _ask(self) -> None:
        subject = self._subject()
        if subject is None:
            return
        offers = [*self._row_offers(), *self._other_offers(subject)]
        title = self._state.language.text("{code}: entered in error", code=subject.code)
        ask_which(self._page, self._state, title, "", WHICH, offers)

    def _open(self, make: Callable[[], Case]) -> None:
        ask_entered_in_error(self._page, self._state, make(), self._table.setFocus)

    def _row_offers(self) -> list[Offer]:
        """Return what stands in the chosen row, and the visit it belongs to."""
        state, row = self._state, self._table.current_row()
        if isinstance(row, VisitState) and row.visit_id is not None:
            words = visit_words(state.desk.protocol, row.code, state.language)
            return [(words, partial(self._open, partial(self._visit_case, row.visit_id)))]
        if not isinstance(row, FormState):
            return []
        visit = visit_words(state.desk.protocol, row.visit, state.language)
        whole = state.language.text("{visit}: the whole visit", visit=visit)
        offers: list[Offer] = [(whole, partial(self._open, partial(self._visit_case, row.visit_id)))]
        if row.record_id is not None:
            protocol = state.desk.protocol
            label = (
                protocol.form(row.code).label
                if row.kind == FORM
                else protocol.laboratory.panel(row.code).label
            )
            words = f"{visit} · {state.language.words(label)}"
            offers.insert(0, (words, partial(self._open, partial(self._record_case, row))))
        if row.state == NOT_DRAWN:
            told = not_drawn.not_drawn_at(state.desk, row.visit_id, row.code)
            panel = state.language.words(state.desk.protocol.laboratory.panel(row.code).label)
            words = f"{visit} · {panel}: {state.language.text('Not drawn')}"
            if told is not None:
                offers.insert(0, (words, partial(self._open, partial(not_drawn_case, state, told))))
        return offers

    def _record_case(self, row: FormState) -> Case:
        assert row.record_id is not None
        if row.kind == FORM:
            return form_case(self._state, form_records.form_row(self._state.desk, row.record_id))
        subject = self._subject()
        assert subject is not None
        found = labs.samples(self._state.desk, subject.id)
        return sample_case(self._state, next(each for each in found if each.id == row.record_id))

    def _visit_case(self, visit_id: int) -> Case:
        subject = self._subject()
        assert subject is not None
        known = visits.visits(self._state.desk, subject.id)
        return visit_case(self._state, next(visit for visit in known if visit.id == visit_id))

    def _other_offers(self, subject: SubjectRow) -> list[Offer]:
        """Return the consents, the steps out and the subject itself."""
        state, language = self._state, self._state.language
        offers: list[Offer] = []
        for consent in subjects.consents(state.desk, subject.id):
            words = language.text("Informed consent of {day}", day=consent.signed_on.isoformat())
            offers.append((words, partial(self._open, partial(consent_case, state, subject, consent))))
        for told in reconsent_records.not_signed(state.desk, subject.id):
            words = language.text("Version {version}, not signed", version=told.consent_version)
            offers.append((words, partial(self._open, partial(not_signed_case, state, subject, told))))
        for step in dispositions.dispositions(state.desk, subject.id):
            words = f"{step_words(state, step.kind, step.drug)} {step.on_day.isoformat()}"
            offers.append((words, partial(self._open, partial(step_case, state, subject, step))))
        for paused in pauses.pause_steps(state.desk, subject.id):
            words = f"{pause_words(state, paused.kind, paused.drug)} {paused.told.on_day.isoformat()}"
            offers.append((words, partial(self._open, partial(pause_case, state, subject, paused))))
        row = allocation.allocation_of(state.desk, subject.id)
        if row is not None and row.error is None and self._page.may(allocation_errors.ACTION):
            number = row.randomisation_number
            words = language.text("Allocation {number}: it stays, and is marked", number=number)
            offers.append((words, partial(ask_allocation_error, self._page, state, subject, number)))
        if subject.state != "void":
            words = language.text("{code}: the whole subject", code=subject.code)
            offers.append((words, partial(self._open, partial(subject_case, state, subject))))
        return offers


def say_standing(state: State, subject: SubjectRow, notice: Strip) -> bool:
    """Say that a subject is void, registered twice or allocated in a way of its own; tell whether it is."""
    language = state.language
    found = void_subjects.registration(state.desk, subject.id)
    reason = reason_words(found.reason, language)
    if found.void and found.stands is not None:
        words = language.text(
            "Entered in error ({reason}): the same person as {code}, whose record stands.",
            reason=reason,
            code=found.stands[1],
        )
        notice.say(words, "bad")
    elif found.void:
        notice.say(language.text("Entered in error ({reason}).", reason=reason), "bad")
    elif found.others:
        codes = language.words(ENUMERATED).join(code for _, code in found.others)
        words = language.text(
            "Registered twice: {codes} is the same person. This record stands.", codes=codes
        )
        notice.say(words, "neutral")
    else:
        return _say_marks(state, subject, notice)
    return True


def _say_marks(state: State, subject: SubjectRow, notice: Strip) -> bool:
    """Say that the arm was told outside, or that the allocation was made in error."""
    row = allocation.allocation_of(state.desk, subject.id)
    marks = mark_words(row.outside, row.error) if row is not None else ()
    if marks:
        notice.say(" ".join(map(state.language.words, marks)), "warn")
    return bool(marks)


def linked_words(state: State, subject: SubjectRow) -> str:
    """Return which other screening of the same person a record goes on from, or goes on in; or nothing."""
    text, links = state.language.text, rescreening.links_of(state.desk, subject.id)
    said = []
    if links.before is not None:
        day = links.before.ended_on.isoformat() if links.before.ended_on else text("not known")
        words = (
            message("Screened before as {code}, failed on {day}.")
            if links.before.failed or links.before.ended_on is None
            else message("Screened before as {code}, left or withdrew on {day}.")
        )
        said.append(text(words, code=links.before.code, day=day))
    if links.since is not None:
        said.append(text("Screened again as {code}.", code=links.since.code))
    return " ".join(said)
