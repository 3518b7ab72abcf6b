"""Lists on the tabs of a subject: consents, papers, and the history of everything."""

from __future__ import annotations

from collections.abc import Sequence

from sle_desk.services import history, papers, subjects
from sle_desk.services.history import AuditRow
from sle_desk.services.papers import PaperRow
from sle_desk.services.subjects import ConsentRow
from sle_desk.ui.audit_wording import audit_columns
from sle_desk.ui.desk_page import Go
from sle_desk.ui.list_tab import SubjectList
from sle_desk.ui.paper_list import paper_columns
from sle_desk.ui.state import State
from sle_desk.ui.table import Column

PAGE = 200


class SubjectConsents(SubjectList):
    """The consents of a subject, oldest first."""

    reads = frozenset({"consent"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.id)
        if self.may("consent.record"):
            self.add_act("Ctrl+N", self._record, on_row=False, icon="plus")
        self.retranslate()

    def rows(self) -> Sequence[ConsentRow]:
        """Read the consents."""
        return () if self.subject_id is None else subjects.consents(self.state.desk, self.subject_id)

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        text = self.language.text
        return (
            Column(
                text("Version"),
                lambda row: row.consent_version,
                lambda row: row.consent_version,
                look="strong",
            ),
            Column(
                text("Signed on"),
                lambda row: (row.signed_on, row.signed_time),
                lambda row: f"{row.signed_on.isoformat()} {row.signed_time}",
            ),
            Column(
                text("Explained by"), lambda row: row.explained_by, lambda row: row.explained_by, stretch=True
            ),
            Column(text("Copy given"), lambda row: row.copy_given, self._copy),
        )

    def _copy(self, row: ConsentRow) -> str:
        text = self.language.text
        return {"Y": text("yes"), "N": text("no")}.get(row.copy_given, row.copy_given)

    def verb_words(self) -> Sequence[str]:
        """Return the words of the button."""
        return (self.language.text("Record consent"),) if self._acts else ()

    def empty_words(self) -> str:
        """Say that there is no consent."""
        return self.language.text("No consent is recorded yet.")

    def _record(self) -> None:
        self.state.go(Go("consent", subject_id=self.subject_id))


class SubjectPapers(SubjectList):
    """What was printed of a subject, newest first; Enter shows the paper."""

    reads = frozenset({"paper", "signature", "form_record", "answer", "sample", "result", "visit", "dose"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.id, density="worklist")
        self.retranslate()

    def rows(self) -> Sequence[PaperRow]:
        """Read the papers."""
        return [row for row in papers.papers(self.state.desk) if row.subject_id == self.subject_id]

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        return paper_columns(self.state)

    def open_row(self, row: PaperRow) -> None:
        """Show the paper."""
        self.state.go(Go("reports", record_id=row.id))

    def empty_words(self) -> str:
        """Say that nothing was printed."""
        return self.language.text("Nothing was printed of this subject yet.")


class SubjectHistory(SubjectList):
    """Every change of every record of a subject, newest first."""

    reads = frozenset({"identity"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.number, density="dense")
        self._shown = PAGE
        self.add_act("M", self._more, on_row=True)
        self.retranslate()

    def entered(self) -> None:
        """Read anew: every act adds to it."""
        self._stale = True
        super().entered()

    def target(self, go: Go) -> None:
        """Take the subject, from the newest change on."""
        if go.subject_id != self.subject_id:
            self._shown = PAGE
        super().target(go)

    def rows(self) -> Sequence[AuditRow]:
        """Read the newest changes."""
        if self.subject_id is None:
            return ()
        return history.subject_trail(
            self.state.desk, self.subject_id, limit=self._shown, names=self.state.names_shown
        )

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        return audit_columns(self.language, self.state.desk.protocol)

    def verb_words(self) -> Sequence[str]:
        """Return the words of the button."""
        return (self.language.text("Earlier rows"),)

    def count_words(self) -> str:
        """Return no number: only the newest rows are read."""
        return ""

    def _more(self) -> None:
        self._shown += PAGE
        self.load()
