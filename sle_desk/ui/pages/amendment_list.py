"""The versions of the protocol package beside its text: imported, looked into, approved or rejected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language, message
from sle_desk.base.words import error_sentence
from sle_desk.domain.amendments import APPROVED, PROPOSED, REJECTED, STATES, WITHDRAWN
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Form
from sle_desk.exports import amendment_words as words
from sle_desk.exports.wording import moment, signer_words
from sle_desk.services import amendments
from sle_desk.services.amendments import (
    APPROVE,
    APPROVE_TRANSCRIBED,
    IMPORT,
    REJECT,
    WITHDRAW,
    WITHDRAW_TRANSCRIBED,
    AmendmentRow,
)
from sle_desk.services.papers import PRINT
from sle_desk.services.printables import AMENDED, amended_part
from sle_desk.ui.amendment_approving import AmendmentApproving
from sle_desk.ui.amendment_withdrawing import AmendmentWithdrawing, reason_form
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.amendment import DifferenceDialog
from sle_desk.ui.dialogs.ask_form import open_form
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.labels import label
from sle_desk.ui.pages import decision_fields as fields
from sle_desk.ui.pages.clarification_words import both
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.tabbed_page import PageTab
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current

# The head and two rows: there are few amendments, and the text above them is long.
TABLE_HIGH = 144
STATUS = {PROPOSED: "warn", APPROVED: "ok", REJECTED: "neutral", WITHDRAWN: "neutral"}


def ask_package(parent: QWidget, title: str) -> Path | None:
    """Return the file that was chosen."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, "", "ZIP (*.zip)")
    return Path(chosen) if chosen else None


class AmendmentList(Card):
    """Every amendment, the newest first, with what the role may do about it."""

    counted = Signal(str, str)

    def __init__(self, tab: PageTab, state: State) -> None:
        super().__init__()
        # Replaceable: tests answer in its place.
        self.ask: Callable[[QWidget, str], Path | None] = ask_package
        self._tab, self._state = tab, state
        self._note = label(role="body", ink="text_2", wrap=True)
        self.strip = Strip()
        self.model = RowsModel((), key=lambda row: row.id)
        self.table = TableView(self.model, "worklist")
        self.table.setFixedHeight(current().px(TABLE_HIGH))
        self.table.opened.connect(self._look)
        self._buttons = QWidget()
        self._flow = FlowLayout(self._buttons, current().px(8))
        # What is done with a row; absent where there is none.
        self._on_rows: list[Button] = []
        self._acts = [*self._add_acts()]
        for part in (self._note, self.strip):
            self.body.addWidget(part)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._buttons)

    def _add_acts(self) -> Sequence[tuple[Button, QAction, str]]:
        tab = self._tab
        found: list[tuple[Button, QAction, str]] = []
        if tab.may(IMPORT):
            button = self._button("Ctrl+N", "import")
            button.clicked.connect(self._import)
            found.append((button, tab.add_key("Ctrl+N", "", self._import), message("Import an amendment")))
        on_rows: list[tuple[str, Callable[[], object], str]] = [("D", self._look_at, message("Differences"))]
        if tab.may(APPROVE) or tab.may(APPROVE_TRANSCRIBED):
            on_rows.append(("A", self._approve, message("Approve…")))
        if tab.may(REJECT):
            on_rows.append(("R", self._reject, message("Reject…")))
        if tab.may(WITHDRAW) or tab.may(WITHDRAW_TRANSCRIBED):
            on_rows.append(("X", self._withdraw, message("Withdraw…")))
        if tab.may(PRINT):
            on_rows.append(("P", self._print, message("Print the difference")))
        for keys, act, said in on_rows:
            button = self._button(keys, "")
            self._on_rows.append(button)
            action = self.table.add_verb(keys, "", act)
            button.clicked.connect(act)
            found.append((button, action, said))
        return found

    def _button(self, keys: str, icon: str) -> Button:
        button = Button("", keys=keys, icon=icon, high=32)
        self._flow.addWidget(button)
        return button

    def load(self) -> None:
        """Read the amendments, and tell on the tab that one waits."""
        rows = amendments.amendments(self._state.desk)
        self.model.show_rows(rows)
        self._note.setVisible(not rows)
        self.table.setVisible(bool(rows))
        for button in self._on_rows:
            button.setVisible(bool(rows))
        waiting = sum(row.state == PROPOSED for row in rows)
        self.counted.emit(str(waiting or ""), "warn" if waiting else "neutral")

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self._state.language
        text = language.text
        self.set_title(text("Amendments"), text("in force from the day the PI signs for"))
        self._note.setText(
            text(
                "No amendment. The administrator imports one as a zip file of the package's folder; "
                "the PI approves it."
            )
        )
        for button, action, said in self._acts:
            button.set_words(text(said))
            action.setText(text(said))
        self.model.set_columns(self._columns(language))

    def _columns(self, language: Language) -> Sequence[Column]:
        text = language.text
        return (
            Column(
                text("Version"),
                lambda row: row.package_version,
                lambda row: row.package_version,
                look="strong",
                second=lambda row: f"SHA-256 {row.package_sha256[:16]}…",
                stretch=True,
            ),
            Column(
                text("In force from"),
                lambda row: row.effective_from or row.imported_at.date(),
                lambda row: words.day_words(row.effective_from),
                second=lambda row: row.approval_number,
            ),
            Column(
                text("State"),
                lambda row: row.state,
                lambda row: language.words(STATES[row.state]),
                look="chip",
                status=lambda row: STATUS[row.state],
            ),
        )

    # Importing.

    def _import(self) -> None:
        language = self._state.language
        path = self.ask(self, language.text("Import an amendment"))
        if path is None:
            return
        self.strip.clear()
        try:
            row = amendments.import_amendment(self._state.desk, path)
        except SleDeskError as error:
            self.strip.say(error_sentence(error, language), "bad")
            return
        self._state.say(
            language.text("Version {version} is proposed; the PI decides on it.", version=row.package_version)
        )

    # Looking.

    def _row(self) -> AmendmentRow | None:
        row: AmendmentRow | None = self.table.current_row()
        return row

    def _look_at(self) -> None:
        row = self._row()
        if row is not None:
            self._look(row)

    def _look(self, row: AmendmentRow) -> None:
        language = self._state.language
        title = language.text(
            "Version {version} beside version {base}", version=row.package_version, base=row.base_version
        )
        found = amendments.difference_of(self._state.desk, row.id)
        DifferenceDialog(self, language, title, self._told(row), found).open()

    def _told(self, row: AmendmentRow) -> str:
        language = self._state.language
        text = language.text
        lines = [
            text(
                "Imported by {name} on {day} from {file}",
                name=row.imported_by,
                day=f"{row.imported_at:%Y-%m-%d %H:%M}",
                file=row.file_name,
            ),
            text("SHA-256 of the package: {hash}", hash=row.package_sha256),
        ]
        if row.decided_at is not None:
            lines.append(
                text(
                    "{state} by {name} on {day}: {reason}",
                    state=language.words(STATES[APPROVED if row.withdrawal is not None else row.state]),
                    name=signer_words(row.decided_by, row.ink, language),
                    day=moment(row.decided_at),
                    reason=row.reason,
                )
            )
        if row.withdrawal is not None:
            ended = row.withdrawal
            lines.append(
                text(
                    "{state} by {name} on {day}: {reason}",
                    state=language.words(STATES[WITHDRAWN]),
                    name=signer_words(ended.signed_by, ended.ink, language),
                    day=moment(ended.signed_at),
                    reason=ended.reason,
                )
            )
        return "\n".join(lines)

    def _print(self) -> None:
        row = self._row()
        if row is not None:
            part = amended_part(row.id, row.package_version)
            self._state.go(Go("reports", tab=AMENDED, form=part))

    # Deciding.

    def _proposed(self) -> AmendmentRow | None:
        row = self._row()
        if row is None or row.state != PROPOSED:
            self._state.say(self._state.language.text("Only a proposed amendment is decided on."))
            return None
        return row

    def _approve(self) -> None:
        row = self._proposed()
        if row is not None:
            AmendmentApproving(self, self._state, row).ask()

    def _withdraw(self) -> None:
        row = self._row()
        if row is None or row.state != APPROVED:
            self._state.say(self._state.language.text("Only an approved amendment is withdrawn."))
            return
        AmendmentWithdrawing(self, self._state, row).ask()

    def _reject(self) -> None:
        row = self._proposed()
        if row is None:
            return
        state, language = self._state, self._state.language

        def act(values: dict[str, Value]) -> None:
            value = values.get(fields.REASON)
            amendments.reject(state.desk, row.id, row.version, (value.text or "") if value else "")

        def done() -> None:
            state.say(language.text("Version {version} is rejected.", version=row.package_version))

        note = language.text("It stays in sight with the reason; another one can be imported then.")
        open_form(self, state, reject_form(), language.text("Reject"), note, act, done)


def reject_form() -> Form:
    """Return what is asked of who rejects an amendment."""
    title = both(message("Reject an amendment"))
    return reason_form("amendment.rejection", title)
