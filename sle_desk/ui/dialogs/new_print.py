"""Chooses what to print: a list that typing searches; Enter prints, Esc does nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.language import LANGUAGES, Language, message
from sle_desk.services.printables import SUMMARY, Printable
from sle_desk.ui.buttons import Button
from sle_desk.ui.labels import label
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.state import State
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current
from sle_desk.ui.wording import paper_part_words

KINDS = {
    "visit_summary": message("Visit summary"),
    "worksheet": message("Visit worksheet"),
    "slip": message("Randomisation slip"),
    "eligibility_form": message("Eligibility form"),
    "list_certificate": message("Certificate of the list"),
    "list_reveal": message("The revealed allocation list"),
    "lock_form": message("Lock of the database, to be signed"),
    "unlock_form": message("Unlocking of the database, to be signed"),
    "reveal_form": message("Reveal of the list, to be signed"),
    "sae_form": message("Serious adverse event report"),
    "register_log": message("Clarification register"),
    "amendment_difference": message("Amendment: difference"),
    "dose_diary": message("Diary of injections"),
    "date_card": message("Card of dates"),
    "stock_log": message("Drug accountability log"),
    "screening_log": message("Screening log"),
    "identity_list": message("Subject identity list"),
}
LANGUAGE_NAMES = {"en": "English", "zh_CN": "中文"}


def key_of(row: Printable) -> tuple[str, int | None, str, int | None]:
    """Return what tells one paper from another."""
    return row.kind, row.subject_id, row.visit, row.visit_id


class NewPrint(QDialog):
    """What can be printed; the paper's language is chosen here and is not the window's."""

    def __init__(
        self, parent: QWidget, state: State, rows: Sequence[Printable], first: Printable | None
    ) -> None:
        super().__init__(parent)
        language = state.language
        self.setWindowTitle(language.text("New print"))
        columns = (
            Column(
                language.text("Subject"),
                lambda row: row.subject,
                lambda row: row.subject,
                look="strong",
                width=110,
            ),
            Column(
                language.text("Visit"),
                lambda row: row.visit,
                lambda row: paper_part_words(state.desk.protocol, row.visit, language),
                stretch=True,
            ),
            Column(
                language.text("Date"), lambda row: row.on_day, lambda row: str(row.on_day or ""), width=110
            ),
            Column(
                language.text("Paper"),
                lambda row: row.kind,
                lambda row: language.text(KINDS[row.kind]),
                width=160,
            ),
        )
        self.table = TableView(RowsModel(columns, rows, key=key_of), "dense")
        self.table.opened.connect(self.accept)
        self.languages = SegmentedButtons(
            [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
            ticked=True,
            name=language.text("Language of the paper"),
        )
        self.languages.pick(language.code)
        take = Button(language.text("Print"), "primary", keys="Enter")
        leave = Button(language.text("Cancel"), keys="Esc")
        take.clicked.connect(self.accept)
        leave.clicked.connect(self.reject)
        px = current().px
        foot = QHBoxLayout()
        foot.addWidget(self.languages, 1)
        foot.addWidget(leave)
        foot.addWidget(take)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(12))
        column.addWidget(label(self.windowTitle(), "section"))
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.resize(px(760), px(480))
        self.table.setFocus()
        summaries = [row for row in rows if row.kind == SUMMARY]
        start = first or (summaries[-1] if summaries else None)
        if start is not None:
            self.table.choose(key_of(start))

    def chosen(self) -> Printable | None:
        """Return what is to be printed."""
        return self.table.current_row()

    def language(self) -> Language:
        """Return the language of the paper."""
        return Language(self.languages.code())


def ask_print(
    parent: QWidget, state: State, rows: Sequence[Printable], first: Printable | None
) -> tuple[Printable, Language] | None:
    """Ask what to print and in which language; None when the person went back."""
    dialog = NewPrint(parent, state, rows, first)
    taken = dialog.exec() == QDialog.DialogCode.Accepted
    chosen = dialog.chosen() if taken else None
    language = dialog.language()
    dialog.deleteLater()
    return (chosen, language) if chosen is not None else None
