"""Laboratory samples: of everybody on a page of the sidebar, of one subject on a tab."""

from __future__ import annotations

from collections.abc import Sequence

from sle_desk.base.language import message
from sle_desk.services import sample_lists
from sle_desk.services.sample_lists import SampleLine
from sle_desk.ui.desk_page import Go
from sle_desk.ui.list_tab import SubjectList
from sle_desk.ui.state import State
from sle_desk.ui.table import Column
from sle_desk.ui.wording import visit_words

STATES = {
    "awaited": (message("Drawn, awaited"), "due"),
    "to_judge": (message("CS / NCS open"), "warn"),
    "entered": (message("Entered"), "ok"),
}
FILTERS = ("all", *STATES)


class LabList(SubjectList):
    """The samples, newest first; Enter opens the report."""

    filter_codes = tuple(FILTERS)
    reads = frozenset({"subject", "visit", "sample", "result", "laboratory"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.id)
        self._rows: Sequence[SampleLine] = ()
        self.retranslate()

    def target(self, go: Go) -> None:
        """Take the subject, and which samples to show."""
        super().target(go)
        if self.filters is not None and go.tab in FILTERS:
            self.filters.pick(go.tab)

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Labs")

    def second(self) -> str:
        """Return how many samples there are."""
        return self.language.text("{count} samples", count=len(self._rows))

    def rows(self) -> Sequence[SampleLine]:
        """Read the samples and return those that the filter lets through."""
        self._rows = sample_lists.sample_lines(self.state.desk, self.subject_id)
        wanted = self.wanted()
        return [row for row in self._rows if wanted in ("all", row.state)]

    def open_row(self, row: SampleLine) -> None:
        """Open the report."""
        where = Go("labs", row.subject_id, row.visit_id, panel=row.panel, record_id=row.id)
        self.state.go(where)

    def columns(self) -> Sequence[Column]:
        """Return the columns; the subject's own is left out on the tab of a subject."""
        language = self.language
        subject = Column(language.text("Subject"), lambda row: row.subject, lambda row: row.subject)
        columns = (
            Column(
                language.text("Drawn"),
                lambda row: row.drawn_at,
                lambda row: f"{row.drawn_at:%Y-%m-%d %H:%M}",
                look="strong",
            ),
            Column(language.text("Panel"), self._panel, self._panel, second=self._visit, stretch=True),
            Column(
                language.words(self.state.desk.protocol.form("result").field("laboratory").label),
                lambda row: row.laboratory,
                lambda row: row.laboratory,
                second=lambda row: row.report_number,
                yields=True,
            ),
            Column(
                language.text("Out of range"),
                lambda row: row.out_of_range,
                lambda row: f"{row.out_of_range} / {row.entered}" if row.entered else "",
                ink=lambda row: "warn" if row.out_of_range else "text",
            ),
            Column(
                language.text("Highest grade"),
                lambda row: row.grade or 0,
                lambda row: "" if row.grade is None else str(row.grade),
            ),
            Column(
                language.text("State"),
                lambda row: row.state,
                lambda row: language.text(STATES[row.state][0]),
                look="chip",
                status=lambda row: STATES[row.state][1],
            ),
        )
        return columns if self.subject_id is not None else (subject, *columns)

    def _panel(self, row: SampleLine) -> str:
        return self.language.words(self.state.desk.protocol.laboratory.panel(row.panel).label)

    def _visit(self, row: SampleLine) -> str:
        return visit_words(self.state.desk.protocol, row.visit, self.language)

    def load(self) -> None:
        """Read the samples."""
        self.model.set_columns(self.columns())
        super().load()

    def empty_words(self) -> str:
        """Say that there is no sample."""
        return self.language.text("No sample here. A report is entered from the visit of a subject.")

    def filter_words(self) -> Sequence[str]:
        """Return the words of the filters."""
        text = self.language.text
        return (text("All"), *(text(words) for words, _ in STATES.values()))
