"""The revealed list on its tab: each row with its arm, whether it agrees, who got it, what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

from sle_desk.base.language import message
from sle_desk.exports.list_reveals import arm_words, remarks, seal_words, verdict
from sle_desk.exports.wording import NOTHING, moment
from sle_desk.services.revealed_list import Revealed, RevealedRow
from sle_desk.ui.cards import Card
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import Column, RowsModel, TableView

BY = message("revealed {at} by {who}")


class RevealedRows(Card):
    """What the comparison came to, above the rows; hidden while nothing is revealed."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.strip = Strip()
        self.model = RowsModel((), key=lambda row: row.number)
        self.table = TableView(self.model, "dense")
        self.body.addWidget(self.strip)
        self.body.addWidget(self.table, 1)
        self.hide()

    def show_list(self, found: Revealed | None) -> None:
        """Show a revealed list in the language of now, or nothing."""
        self.setVisible(found is not None)
        self.model.show_rows(found.rows if found is not None else ())
        if found is None:
            return
        language = self._state.language
        by = language.text(BY, at=moment(found.revealed_at), who=found.revealed_by)
        self.set_title(language.text("The revealed allocation list"), by)
        said = "\n".join(language.words(words) for words in verdict(found))
        told = found.other_arm or found.without_row
        self.strip.say(said, "bad" if not found.whole else "warn" if told else "ok")
        self.model.set_columns(self._columns())

    def _columns(self) -> Sequence[Column]:
        language, protocol = self._state.language, self._state.desk.protocol

        def arm(row: RevealedRow) -> str:
            return language.words(arm_words(protocol, row.arm))

        def seal(row: RevealedRow) -> str:
            return language.words(seal_words(row))

        def said(row: RevealedRow) -> str:
            return " ".join(language.words(words) for words in remarks(row, row.used, protocol)) or NOTHING

        return (
            Column(language.text("Row"), lambda row: row.number, lambda row: str(row.number), align="right"),
            Column(language.text("Arm"), arm, arm, look="strong"),
            Column(
                language.text("Commitment"),
                lambda row: row.agrees,
                seal,
                look="chip",
                status=lambda row: "ok" if row.agrees else "bad",
            ),
            Column(language.text("Subject"), _subject, lambda row: _subject(row) or NOTHING),
            Column(language.text("Allocated"), _allocated, lambda row: _allocated(row) or NOTHING),
            Column(language.text("Remarks"), said, said, stretch=True, wrap=True),
        )


def _subject(row: RevealedRow) -> str:
    return f"{row.used.subject} {row.used.randomisation_number}" if row.used is not None else ""


def _allocated(row: RevealedRow) -> str:
    return moment(row.used.allocated_at) if row.used is not None else ""
