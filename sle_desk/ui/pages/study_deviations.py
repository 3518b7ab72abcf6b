"""Deviations of all subjects: what was proposed, and how an investigator settled it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sle_desk.base.language import Language, Words, message
from sle_desk.domain import roles
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.said import finding_words
from sle_desk.services import deviations
from sle_desk.services.deviations import PROPOSED, DeviationRow
from sle_desk.ui.desk_page import Go
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.side_form import SideForm, Values, text_of
from sle_desk.ui.state import State
from sle_desk.ui.table import Column

SEVERITIES = {"minor": message("minor"), "major": message("major")}
PROGRESS = {
    "proposed": (message("proposed"), "due"),
    "accepted": (message("accepted"), "warn"),
    "explained": (message("explained, no deviation"), "neutral"),
}
SEVERITY = Field(
    code="severity",
    label=Words("It is", "程度"),
    kind="choice",
    choices=(
        Choice("minor", Words("A minor deviation", "轻微偏离"), "1"),
        Choice("major", Words("A major deviation", "重大偏离"), "2"),
    ),
)
NOTE = Field(code="note", label=Words("What was done about it", "已采取的措施"), kind="note", required=False)
WHY = Field(code="why", label=Words("Why it is no deviation", "为何不构成偏离"), kind="note")


class DeviationsTab(ListTab):
    """Every deviation that stands, the newest day first; who judges accepts or explains it here."""

    reads = frozenset({"deviation", "identity"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.id, density="worklist")
        self._settles = self.may("deviation.settle")
        if self._settles:
            self.add_act("A", self._ask_accept, on_row=True)
            self.add_act("E", self._ask_explain, on_row=True)
        self.table.opened.connect(self._open)
        self.retranslate()

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language
        return (
            Column(
                language.text("Subject"), lambda row: row.subject_code, lambda row: row.subject_code or "–"
            ),
            Column(language.text("Date"), lambda row: row.on_day, lambda row: row.on_day.isoformat()),
            Column(
                language.text("What was seen"),
                self._said,
                self._said,
                second=lambda row: row.explanation,
                stretch=True,
            ),
            Column(
                language.text("Severity"),
                lambda row: row.severity,
                lambda row: language.text(SEVERITIES[row.severity]) if row.severity in SEVERITIES else "",
                look="chip",
                status=lambda row: "bad" if row.severity == "major" else "neutral",
            ),
            Column(
                language.text("State"),
                lambda row: row.progress,
                lambda row: language.text(PROGRESS[row.progress][0]),
                look="chip",
                status=lambda row: PROGRESS[row.progress][1],
            ),
            Column(language.text("Settled by"), lambda row: row.settled_by, _settled),
        )

    def _said(self, row: DeviationRow) -> str:
        return self.language.words(finding_words(self.state.desk.protocol, row.code, row.facts))

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        language = self.language
        return (language.text("Accept…"), language.text("Explain…")) if self._settles else ()

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        super().retranslate()
        language = self.language
        self.card.set_title(
            language.text("Deviations"), language.text("proposed by the application, settled by a person")
        )
        self.note.setText(language.text("No deviation was seen."))

    def rows(self) -> Sequence[DeviationRow]:
        """Read them, what waits first; who reads no values reads none."""
        if self.state.desk.actor.role not in roles.SEES_VALUES:
            return ()
        found = deviations.deviations(self.state.desk)
        return sorted(found, key=lambda row: row.progress != PROPOSED)

    def load(self) -> None:
        """Read again, and count on the tab what waits."""
        super().load()
        waiting = sum(row.progress == PROPOSED for row in self.rows())
        self.counted.emit(str(waiting) if waiting else "", "warn" if waiting else "neutral")
        self.note.setVisible(self.model.rowCount() == 0)

    # Acts.

    def _chosen(self) -> DeviationRow | None:
        row: DeviationRow | None = self.table.current_row()
        return row

    def _open(self, *_: object) -> None:
        row = self._chosen()
        if row is not None and row.subject_id is not None:
            self.state.go(Go("subject", subject_id=row.subject_id))

    def _ask_accept(self) -> None:
        row = self._chosen()
        if row is not None and row.progress == PROPOSED:
            form = self._form(row, (SEVERITY, NOTE))
            side = SideForm(self.state, form, None, partial(self._accept, row), _accept_words)
            self.open_form(side)

    def _ask_explain(self) -> None:
        row = self._chosen()
        if row is not None and row.progress == PROPOSED:
            form = self._form(row, (WHY,))
            self.open_form(SideForm(self.state, form, None, partial(self._explain, row), _explain_words))

    def _form(self, row: DeviationRow, fields: tuple[Field, ...]) -> Form:
        title = finding_words(self.state.desk.protocol, row.code, row.facts)
        return Form(code="deviation_settled", version="1", label=title, sections=(Section(title, fields),))

    def _accept(self, row: DeviationRow, values: Values) -> None:
        severity, note = text_of(values, "severity"), text_of(values, "note")
        deviations.accept(self.state.desk, row.id, row.version, severity=severity, note=note)
        self.state.say(self.language.text("Deviation accepted."))

    def _explain(self, row: DeviationRow, values: Values) -> None:
        deviations.explain(self.state.desk, row.id, row.version, text_of(values, "why"))
        self.state.say(self.language.text("Explained: no deviation."))


def _settled(row: DeviationRow) -> str:
    return f"{row.settled_by}, {row.settled_at:%Y-%m-%d}" if row.settled_at is not None else ""


def _accept_words(language: Language) -> str:
    return language.text("Accept")


def _explain_words(language: Language) -> str:
    return language.text("Explain")
