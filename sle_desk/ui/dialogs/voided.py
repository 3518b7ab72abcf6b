"""What was entered in error for a subject: why, by whom, and where it stands now."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.domain.leaving import KINDS
from sle_desk.domain.pauses import KINDS as PAUSES
from sle_desk.exports.wording import COMMA
from sle_desk.services import entered_in_error
from sle_desk.services.entered_in_error import VoidRow, Where
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current
from sle_desk.ui.wording import reason_words, visit_words

HIGH = 220


def what_words(state: State, row: VoidRow) -> str:
    """Return what a void record is, in words."""
    protocol, language = state.desk.protocol, state.language
    if row.table == "visit":
        return visit_words(protocol, row.code, language)
    if row.table == "form_record":
        return language.words(protocol.form(row.code).label)
    if row.table in ("sample", "not_drawn"):
        panel = language.words(protocol.laboratory.panel(row.code).label)
        return language.text("Laboratory: {panel}", panel=panel)
    if row.table == "dose":
        return drug_words(protocol, row.code, language)
    if row.table == "dispensing":
        return language.text("Kit handed over")
    if row.table == "not_reconsented":
        return language.text("Newer consent not signed")
    if row.table == "consent":
        return language.text("Informed consent")
    return language.words(PAUSES[row.code] if row.table == "dose_pause" else KINDS[row.code])


def where_words(state: State, where: Where) -> str:
    """Return a place in words: the subject, and the visit where it has one."""
    if not where.visit:
        return where.subject_code
    visit = visit_words(state.desk.protocol, where.visit, state.language)
    return state.language.words(COMMA).join((where.subject_code, visit))


def error_words(state: State, row: VoidRow) -> str:
    """Return one sentence about a void record: that it was entered in error, why, where it stands now."""
    language, reason = state.language, reason_words(row.reason, state.language)
    if row.there is None:
        return language.text("An earlier record here was entered in error ({reason}).", reason=reason)
    return language.text(
        "An earlier record here was entered in error ({reason}). It was entered at {place}.",
        reason=reason,
        place=where_words(state, row.there),
    )


class Voided(Sheet):
    """The void records of one subject, the latest marked first."""

    def __init__(self, parent: QWidget, state: State, subject: SubjectRow) -> None:
        language = state.language
        title = language.text("{code}: entered in error", code=subject.code)
        super().__init__(
            parent, title, language.text("Kept in the audit, left out everywhere else."), "query", wide=1080
        )
        rows = entered_in_error.voided(state.desk, subject.id)
        columns = (
            Column(language.text("Record"), _table, partial(what_words, state), look="strong", width=200),
            Column(language.text("Visit"), _visit_code, partial(_visit, state), width=130),
            Column(language.text("Day"), _day, _day, width=110),
            Column(language.text("Marked"), lambda row: row.voided_at, _marked, width=210),
            Column(language.text("Reason"), lambda row: row.reason, partial(_reason, state), width=190),
            Column(language.text("Entered at"), partial(_there, state), partial(_there, state), stretch=True),
        )
        table = TableView(RowsModel(columns, rows, key=lambda row: (row.table, row.id)), "dense")
        table.setMinimumHeight(current().px(HIGH))
        self.body.addWidget(table)
        self.add_way_out(language.text("Close"))
        self.finished.connect(self.deleteLater)
        table.setFocus()


def _table(row: VoidRow) -> str:
    return row.table


def _visit_code(row: VoidRow) -> str:
    return row.here.visit


def _visit(state: State, row: VoidRow) -> str:
    return visit_words(state.desk.protocol, row.here.visit, state.language) if row.here.visit else ""


def _day(row: VoidRow) -> str:
    return row.on_day.isoformat() if row.on_day else ""


def _reason(state: State, row: VoidRow) -> str:
    return reason_words(row.reason, state.language)


def _marked(row: VoidRow) -> str:
    return f"{row.voided_at:%Y-%m-%d %H:%M} {row.voided_by}"


def _there(state: State, row: VoidRow) -> str:
    if row.there is None:
        return "–"
    words = where_words(state, row.there)
    return state.language.text("{place} (void there too)", place=words) if row.there_void else words


def show_voided(parent: QWidget, state: State, subject: SubjectRow) -> None:
    """Show what was entered in error for a subject until Esc."""
    Voided(parent, state, subject).open()
