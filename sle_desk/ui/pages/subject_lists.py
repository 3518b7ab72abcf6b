"""Lists on the tabs of a subject: consents, papers, and the history of everything."""

from __future__ import annotations

from collections.abc import Sequence

from sle_desk.domain.reconsent import YES
from sle_desk.exports.wording import COMMA
from sle_desk.services import history, papers, reconsent_records, subjects
from sle_desk.services.history import AuditRow
from sle_desk.services.papers import PaperRow
from sle_desk.services.reconsents import NotReconsentedRow
from sle_desk.services.subjects import ConsentRow
from sle_desk.services.withdrawals import WITHDRAWAL
from sle_desk.ui.audit_values import AuditValues
from sle_desk.ui.audit_wording import audit_columns
from sle_desk.ui.buttons import Button
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.audit_row import show_audit_row
from sle_desk.ui.list_tab import SubjectList
from sle_desk.ui.not_signed import ask_not_signed, not_signed_words
from sle_desk.ui.paper_list import paper_columns
from sle_desk.ui.state import State
from sle_desk.ui.table import Column

PAGE = 200


class SubjectConsents(SubjectList):
    """The consents of a subject, oldest first."""

    reads = frozenset({"consent", "consent_version", "not_reconsented"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: (isinstance(row, NotReconsentedRow), row.id))
        self._not_signed: Button | None = None
        if self.may("consent.record"):
            self.add_act("Ctrl+N", self._record, on_row=False, icon="plus")
        if self.may(reconsent_records.RECORD):
            self._not_signed = self.add_act("Alt+N", self._ask_not_signed, on_row=False)
        self.retranslate()

    def rows(self) -> Sequence[ConsentRow | NotReconsentedRow]:
        """Read the consents, and what was told of versions not signed."""
        if self.subject_id is None:
            return ()
        desk = self.state.desk
        found = subjects.consents(desk, self.subject_id)
        return (*found, *reconsent_records.not_signed(desk, self.subject_id))

    def load(self) -> None:
        """Read the consents; why not is asked only while a newer version is to be signed."""
        super().load()
        if self._not_signed is not None and self.subject_id is not None:
            asked = reconsent_records.open_reconsent(self.state.desk, self.subject_id)
            self._not_signed.setVisible(bool(asked))

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
                self._signed,
                self._signed,
            ),
            Column(text("Explained by"), self._explained, self._explained, stretch=True),
            Column(text("Copy given"), self._copy, self._copy),
            Column(text("Taken up again"), self._taken_up, self._taken_up),
        )

    def _signed(self, row: ConsentRow | NotReconsentedRow) -> str:
        if isinstance(row, NotReconsentedRow):
            return self.language.text("{day}: not signed", day=row.on_day.isoformat())
        return f"{row.signed_on.isoformat()} {row.signed_time}"

    def _explained(self, row: ConsentRow | NotReconsentedRow) -> str:
        return (
            not_signed_words(row, self.language) if isinstance(row, NotReconsentedRow) else row.explained_by
        )

    def _copy(self, row: ConsentRow | NotReconsentedRow) -> str:
        text = self.language.text
        if isinstance(row, NotReconsentedRow):
            return ""
        return {"Y": text("yes"), "N": text("no")}.get(row.copy_given, row.copy_given)

    def _taken_up(self, row: ConsentRow | NotReconsentedRow) -> str:
        """Return the scopes withdrawn before that a consent took up again."""
        if isinstance(row, NotReconsentedRow) or not row.takes_up:
            return ""
        form = self.state.desk.protocol.form(WITHDRAWAL)
        taken = (form.field(scope).label for scope, said in row.takes_up.items() if said == YES)
        return self.language.words(COMMA).join(map(self.language.words, taken)) or self.language.text(
            "nothing"
        )

    def verb_words(self) -> Sequence[str]:
        """Return the words of the button."""
        text = self.language.text
        words = (text("Record consent"),) if self.may("consent.record") else ()
        return (*words, text("Why not signed anew…")) if self._not_signed is not None else words

    def empty_words(self) -> str:
        """Say that there is no consent."""
        return self.language.text("No consent is recorded yet.")

    def _record(self) -> None:
        self.state.go(Go("consent", subject_id=self.subject_id))

    def _ask_not_signed(self) -> None:
        assert self.subject_id is not None
        version = reconsent_records.open_reconsent(self.state.desk, self.subject_id)
        if version:
            ask_not_signed(self, self.state, self.subject_id, version)


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
    """Every change of every record of a subject, newest first; Enter shows a change whole."""

    reads = frozenset({"identity"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.number, density="worklist")
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
        return audit_columns(AuditValues(self.language, self.state.desk.protocol))

    def open_row(self, row: AuditRow) -> None:
        """Show the whole change."""
        show_audit_row(self, self.state, row)

    def verb_words(self) -> Sequence[str]:
        """Return the words of the button."""
        return (self.language.text("Earlier rows"),)

    def count_words(self) -> str:
        """Return no number: only the newest rows are read."""
        return ""

    def _more(self) -> None:
        self._shown += PAGE
        self.load()
