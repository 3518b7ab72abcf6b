"""A study drug paused or resumed: asked on the page of the subject, put right, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain import record_source
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Choice, Form, Section
from sle_desk.domain.pauses import FORM, KINDS, PAUSED
from sle_desk.exports.wording import COLON
from sle_desk.services import pauses, signers
from sle_desk.services.answers import day_of
from sle_desk.services.pauses import NewStep, PauseRow
from sle_desk.services.record_corrections import Why
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.correction_cases import title_of
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dialogs.ask_form import open_form
from sle_desk.ui.dialogs.correct_record import Correctable, Right
from sle_desk.ui.dialogs.entered_in_error import Case
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.injection_entry import text
from sle_desk.ui.state import State


def pause_words(state: State, kind: str, drug: str) -> str:
    """Return a step in words, with its drug."""
    language = state.language
    named = drug_words(state.desk.protocol, drug, language)
    return language.words(COLON).join((language.words(KINDS[kind]), named))


def ask_pause(
    page: DeskPage, state: State, subject: SubjectRow, step: tuple[str, str], done: Callable[[], object]
) -> None:
    """Ask since when a drug is paused or given again, why, who decided it and from which source."""
    language, (kind, drug) = state.language, step
    form = _form(state, kind, drug, new=True)
    note = language.text("{code}: planned doses keep their days; none of them is made up.", code=subject.code)

    def act(values: dict[str, Value]) -> None:
        pauses.record_pause(state.desk, subject.id, kind, drug, _told(values))

    open_form(page, state, form, language.text("Record"), note, act, done)


def _told(values: Mapping[str, Value]) -> NewStep:
    day = day_of(values, "on_day")
    if day is None:
        raise RuleBroken("pause.incomplete")
    reason, who = values.get("reason"), values.get("decided_by")
    return NewStep(
        on_day=day,
        decided_by=(who.choice or who.text or "") if who is not None else "",
        reason=(reason.choice or "") if reason is not None else "",
        note=text(values, "note"),
        source=record_source.told(values),
        resumed_on=day_of(values, "resumed_on"),
    )


def _form(state: State, kind: str, drug: str, *, new: bool) -> Form:
    """Return what is asked: of a pause its reason too, and of a new one its end where that is known."""
    words = pause_words(state, kind, drug)
    declared = state.desk.protocol.form(FORM)
    names = tuple(Choice(name, Words(name, name), "") for name in signers.possible_signers(state.desk))
    who = replace(declared.field("decided_by"), choices=names)
    resumed = declared.field("resumed_on")
    first = declared.field("since" if kind == PAUSED else "resumed_on")
    asked = [replace(declared.field("on_day"), label=first.label)]
    if kind == PAUSED:
        asked += [resumed] if new else []
        asked.append(declared.field("reason"))
    sections = (Section(Words("", ""), (*asked, who, declared.field("note"))),)
    form = replace(declared, label=Words(words, words), sections=sections)
    return record_source.with_source(form, judges=True)


def pause_record(state: State, subject: SubjectRow, row: PauseRow) -> Correctable:
    """Return a recorded step: everything but its kind and its drug can be put right."""

    def save(right: Right) -> None:
        why = Why(row.id, row.version, right.reason, right.note)
        pauses.correct_pause(state.desk, why, _told(dict(right.values)))

    saved = {
        "on_day": row.told.on_day.isoformat(),
        "reason": row.told.reason,
        "decided_by": row.told.decided_by,
        "note": row.told.note,
        **record_source.typed(row.told.source),
    }
    return Correctable(
        title=title_of(state, subject.code, pause_words(state, row.kind, row.drug)),
        about=state.language.text("Plans and doses are compared with its day again."),
        form=_form(state, row.kind, row.drug, new=False),
        saved={code: said for code, said in saved.items() if said},
        save=save,
        born=subject.birth_date,
    )


def pause_case(state: State, subject: SubjectRow, row: PauseRow) -> Case:
    """Return the case of a step entered in error."""
    language = state.language

    def act(reason: str, note: str, place: str) -> None:
        pauses.void_pause(state.desk, row.id, reason, row.version, note)

    words = pause_words(state, row.kind, row.drug)
    return Case(
        title=language.text("{code}: {what} entered in error", code=subject.code, what=words),
        about=row.told.on_day.isoformat(),
        with_it=(language.text("The plan stands again from that day."),),
        act=act,
    )
