"""Audit: who did what, when and why, newest first; the chain's last number and code."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sle_desk.base.language import Words
from sle_desk.domain.forms import Field
from sle_desk.services import history
from sle_desk.services.history import AuditRow, Trail
from sle_desk.services.redaction import Held
from sle_desk.ui.audit_values import AuditValues
from sle_desk.ui.audit_wording import audit_columns, change_words, shortened
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dialogs.audit_row import show_audit_row
from sle_desk.ui.dialogs.redact import ask_redaction
from sle_desk.ui.field_box import FieldContext
from sle_desk.ui.fields import TextField
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.table import RowsModel, TableView
from sle_desk.ui.theme import current

SEARCH = Field(
    code="search", label=Words("Find in the audit", "在稽查轨迹中查找"), kind="text", required=False
)
PAGE = 200


class AuditPage(DeskPage):
    """The audit trail."""

    reads = frozenset({"identity"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._rows: list[AuditRow] = []
        self._head = label(role="table", ink="text_2")
        self._detail = label(role="table", wrap=True)
        context = FieldContext(state.language, state.clock.now, finding_sentence)
        self.search = TextField(SEARCH, context)
        self.search.committed.connect(self._find)
        self._values = AuditValues(state.language, state.desk.protocol)
        self.model = RowsModel(audit_columns(self._values), key=lambda row: row.number)
        self.table = TableView(self.model, "worklist")
        self.more = Button("", "secondary", keys="M")
        self.more.clicked.connect(self._more)
        card = Card()
        card.body.setContentsMargins(0, 0, 0, 0)
        card.body.addWidget(self.table)
        head = QHBoxLayout()
        head.addWidget(self.search, 1)
        head.addWidget(self._head)
        head.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(12))
        column.addLayout(head)
        column.addWidget(card, 1)
        column.addWidget(self._detail)
        self.table.row_changed.connect(self._show_detail)
        self.table.opened.connect(lambda row: show_audit_row(self, state, row))
        self._find_key = self.add_key("/", "", self._to_search)
        self._redact_key = (
            self.add_key("Ctrl+D", "", self._redact)
            if self.may("audit.redact") and not state.desk.read_only
            else None
        )
        self._more_key = self.table.add_verb("M", "", self._more)
        self.retranslate()

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Audit")

    def entered(self) -> None:
        """Read anew: every act adds to it."""
        self._stale = True
        super().entered()
        self.table.setFocus()

    def load(self) -> None:
        """Read the newest rows."""
        trail = Trail(text=self.search.typed(), limit=PAGE)
        self._rows = list(history.audit_trail(self.state.desk, trail, names=self.state.names_shown))
        self._show()

    def _show(self) -> None:
        head = self.state.desk.head()
        self._head.setText(
            self.language.text("Last number {number}, code {code}", number=head.number, code=head.code)
        )
        self.model.show_rows(self._rows)
        self.more.setVisible(bool(self._rows) and self._rows[-1].number > 1)

    def _show_detail(self, row: AuditRow | None) -> None:
        self._detail.setText(shortened(change_words(row, self._values)) if row is not None else "")

    def _more(self) -> None:
        if self._rows and self._rows[-1].number > 1:
            trail = Trail(text=self.search.typed(), before=self._rows[-1].number, limit=PAGE)
            self._rows += history.audit_trail(self.state.desk, trail, names=self.state.names_shown)
            self._show()

    def _find(self, typed: str) -> None:
        self.load()
        self.table.setFocus()

    def _redact(self) -> None:
        ask_redaction(self, self.state, self._redacted)

    def _redacted(self, held: Held) -> None:
        self.load()
        said = self.language.text(
            "Taken out of {records} values and {rows} rows of the audit. Older backups still hold it.",
            records=len(held.places),
            rows=held.audit_rows,
        )
        if held.beside:
            said += " " + self.language.text(
                "So may these files in the study folder: {files}.", files=", ".join(held.beside)
            )
        self.state.say(said)

    def _to_search(self) -> None:
        self.search.setFocus()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self.language
        self.search.retranslate(language)
        self.more.set_words(language.text("Earlier rows"))
        self._find_key.setText(language.text("find"))
        self._more_key.setText(language.text("earlier rows"))
        if self._redact_key is not None:
            self._redact_key.setText(language.text("take a text out"))
        self._values = AuditValues(language, self.state.desk.protocol)
        self.model.set_columns(audit_columns(self._values))
        if self._rows:
            self._show()
