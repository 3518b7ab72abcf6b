"""Why a subject did not sign a newer version of the consent form: asked, put right, taken back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words
from sle_desk.domain import reconsent
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.exports.wording import COLON
from sle_desk.services.answers import day_of
from sle_desk.services.reconsent_records import (
    NotSigned,
    correct_not_signed,
    record_not_signed,
    void_not_signed,
)
from sle_desk.services.reconsents import NotReconsentedRow
from sle_desk.services.record_corrections import Why
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.correction_cases import title_of
from sle_desk.ui.dialogs.ask_form import open_form
from sle_desk.ui.dialogs.correct_record import Correctable, Right
from sle_desk.ui.dialogs.entered_in_error import Case
from sle_desk.ui.state import State

LABEL = Words("Newer consent not signed", "未重新签署知情同意")
ON_DAY = Field("on_day", Words("Known since", "确认日期"), "day")
REASON = Field(
    "reason", Words("Why was it not signed?", "未签署的原因？"), "choice", choices=reconsent.REASONS
)
NOTE = Field("note", Words("Note", "说明"), "text", required=False)
FORM = Form(
    code="not_reconsented", version="1", label=LABEL, sections=(Section(LABEL, (ON_DAY, REASON, NOTE)),)
)


def not_signed_words(row: NotReconsentedRow, language: Language) -> str:
    """Return why a version was not signed, with the note as it was typed."""
    label = next((each.label for each in reconsent.REASONS if each.code == row.reason), None)
    words = language.words(label) if label is not None else row.reason
    return language.words(COLON).join((words, row.note)) if row.note else words


def ask_not_signed(parent: QWidget, state: State, subject_id: int, version: str) -> None:
    """Ask why a subject did not sign a version, and record it."""
    language = state.language
    note = language.text("Version {version}. Told after its last day it is proposed as a deviation.",
                         version=version)  # fmt: skip

    def act(values: dict[str, Value]) -> None:
        record_not_signed(state.desk, subject_id, version, _told(values))

    def done() -> None:
        state.say(language.text("Recorded why version {version} was not signed.", version=version))

    open_form(parent, state, FORM, language.text("Record"), note, act, done)


def _told(values: dict[str, Value]) -> NotSigned:
    day = day_of(values, "on_day")
    reason, note = (values.get(code) for code in ("reason", "note"))
    if day is None:
        raise RuleBroken("reconsent.day_needed")
    return NotSigned(day, (reason.choice or "") if reason else "", (note.text or "") if note else "")


def not_signed_record(state: State, subject: SubjectRow, row: NotReconsentedRow) -> Correctable:
    """Return what is put right: the day, the reason and the note."""
    language = state.language

    def save(right: Right) -> None:
        why = Why(row.id, row.version, right.reason, right.note)
        correct_not_signed(state.desk, why, _told(dict(right.values)))

    return Correctable(
        title=title_of(state, subject.code, language.words(LABEL)),
        about=language.text("Version {version}", version=row.consent_version),
        form=FORM,
        saved={"on_day": row.on_day.isoformat(), "reason": row.reason, "note": row.note},
        save=save,
        born=subject.birth_date,
    )


def not_signed_case(state: State, subject: SubjectRow, row: NotReconsentedRow) -> Case:
    """Return the case of one entered in error."""
    language = state.language

    def act(reason: str, note: str, place: str) -> None:
        void_not_signed(state.desk, row.id, reason, row.version, note)

    return Case(
        title=language.text("{code}: {what} entered in error", code=subject.code, what=language.words(LABEL)),
        about=f"{row.consent_version} · {row.on_day.isoformat()} · {not_signed_words(row, language)}",
        with_it=(language.text("The subject is asked to sign it again."),),
        act=act,
    )
