"""A step out of a drug or of the study, or a pause: recorded from the subject's page, put right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Form, Section
from sle_desk.domain.leaving import REASONS
from sle_desk.services import dispositions, pauses, record_corrections
from sle_desk.services.answers import day_of
from sle_desk.services.dispositions import DispositionRow
from sle_desk.services.record_corrections import Why
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.correction_cases import title_of
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dialogs.ask_form import AskForm
from sle_desk.ui.dialogs.ask_which import ask_which
from sle_desk.ui.dialogs.correct_record import Correctable, Right
from sle_desk.ui.injection_entry import text
from sle_desk.ui.pause_entry import ask_pause, pause_words
from sle_desk.ui.state import State
from sle_desk.ui.wording import step_words

WHICH = Words("What happened?", "发生了什么？")


def ask_step_out(page: DeskPage, state: State, subject: SubjectRow, done: Callable[[], object]) -> None:
    """Ask which step a subject took, then its day and reason; plans end from that day."""
    language = state.language
    offers = [
        (
            step_words(state, kind, drug),
            partial(_ask_about, page, state, subject, (kind, drug), done),
        )
        for kind, drug in dispositions.possible_steps(state.desk, subject.id)
    ]
    # Behind the steps out, whose keys stay.
    offers += [
        (pause_words(state, *step), partial(ask_pause, page, state, subject, step, done))
        for step in pauses.possible_steps(state.desk, subject.id)
    ]
    if not offers:
        state.say(language.text("{code} has left already: nothing more can be stopped.", code=subject.code))
        return
    title = language.text("{code}: paused, stopped, completed or left", code=subject.code)
    about = language.text(
        "Plans end from that day, or are paused. What was given, before or after, stays recorded."
    )
    ask_which(page, state, title, about, WHICH, offers)


def _ask_about(
    page: DeskPage, state: State, subject: SubjectRow, step: tuple[str, str], done: Callable[[], object]
) -> None:
    language, (kind, drug) = state.language, step
    words = step_words(state, kind, drug)
    form = _form(state, kind, Words(words, words))

    def act(values: dict[str, Value]) -> None:
        day, reason = day_of(values, "on_day"), _reason(values)
        if day is None or not reason:
            raise RuleBroken("disposition.incomplete")
        dispositions.record_disposition(state.desk, subject.id, kind, drug, day, reason, text(values, "note"))
        done()

    note = language.text("{code}: the reason as it stands in the source.", code=subject.code)
    dialog = AskForm(page, state, form, language.text("Record"), note, act)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _reason(values: dict[str, Value]) -> str:
    kept = values.get("reason")
    return (kept.choice or "") if kept is not None else ""


def _form(state: State, kind: str, title: Words) -> Form:
    declared = state.desk.protocol.form("disposition")
    fields = (
        declared.field("on_day"),
        replace(declared.field("reason"), kind="choice", choices=REASONS[kind]),
        replace(declared.field("note"), required=False),
    )
    return replace(declared, label=title, sections=(Section(Words("", ""), fields),))


def step_record(state: State, subject: SubjectRow, step: DispositionRow) -> Correctable:
    """Return a recorded step out: its day, reason and note can be put right."""
    language = state.language
    words = step_words(state, step.kind, step.drug)

    def save(right: Right) -> None:
        values = dict(right.values)
        day, reason = day_of(values, "on_day"), _reason(values)
        if day is None or not reason:
            raise RuleBroken("disposition.incomplete")
        why = Why(step.id, step.version, right.reason, right.note)
        record_corrections.correct_disposition(state.desk, why, day, reason, text(values, "note"))

    return Correctable(
        title=title_of(state, subject.code, words),
        about=language.text("Plans and doses are compared with its day again."),
        form=_form(state, step.kind, Words(words, words)),
        saved={"on_day": step.on_day.isoformat(), "reason": step.reason, "note": step.note},
        save=save,
        born=subject.birth_date,
    )
