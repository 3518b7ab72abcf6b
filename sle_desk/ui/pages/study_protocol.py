"""The registry's text as it was given, word for word, with its SHA-256; the package kept in the study."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from sle_desk.domain.sealing import sha256
from sle_desk.exports.wording import COMMA
from sle_desk.services import package
from sle_desk.ui.cards import Card
from sle_desk.ui.chips import Chip
from sle_desk.ui.desk_page import Go
from sle_desk.ui.labels import dress, label, name_for_readers
from sle_desk.ui.pages.amendment_list import AmendmentList
from sle_desk.ui.state import State
from sle_desk.ui.tabbed_page import PageTab
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current

# How many characters of a hash fit in a column; the whole one is read out and copied.
SHORT = 16
LEAST_HIGH = 110


class ProtocolTab(PageTab):
    """Nothing is decided in here but on an amendment: what the registry leaves open is decided beside it."""

    reads = frozenset({"protocol_file", "protocol_amendment"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._wanted: int | None = None
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        dress(self.text, part="input")
        self._text_card, self._facts_card, self._files_card = Card(), Card(), Card()
        self._frozen = Chip("", "locked")
        self._text_card.head.addWidget(self._frozen)
        self._text_card.body.addWidget(self.text, 1)
        self._numbers = label(role="strong", wrap=True)
        self._version = label(role="body", ink="text_2", wrap=True)
        self._hash_title = label(role="label", ink="text_2")
        self._hash = label(role="table", wrap=True)
        self._agrees = Chip("", "ok")
        facts = (self._numbers, self._version, self._hash_title, self._hash)
        for part in facts:
            self._facts_card.body.addWidget(part)
        self._facts_card.body.addWidget(self._agrees, alignment=Qt.AlignmentFlag.AlignLeft)
        self.files = RowsModel((), key=lambda row: row.name)
        self.table = TableView(self.files, "dense")
        self._files_card.body.addWidget(self.table, 1)
        self.amendments = AmendmentList(self, state)
        self.amendments.counted.connect(self.counted)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        px = current().px
        rail = QWidget()
        rail.setFixedWidth(px(400))
        column = QVBoxLayout(rail)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(self._facts_card)
        column.addWidget(self._files_card, 1)
        for long in (self.text, self.table):
            # They take what room there is, and ask for little: what is decided on stays in sight.
            long.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            long.setMinimumHeight(px(LEAST_HIGH))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(16))
        left = QVBoxLayout()
        left.setSpacing(px(12))
        left.addWidget(self._text_card, 1)
        left.addWidget(self.amendments)
        row.addLayout(left, 1)
        row.addWidget(rail)

    def load(self) -> None:
        """Read the files kept in the study."""
        self.files.show_rows(package.stored_package(self.state.desk))
        self.amendments.load()
        self._show_version()
        text = self.state.desk.protocol.registry.text
        if self.text.toPlainText() != text:
            self.text.setPlainText(text)
        self._show_hash()

    def _show_hash(self) -> None:
        registry, language = self.state.desk.protocol.registry, self.language
        self._hash.setText(" ".join(_quarters(registry.sha256)))
        holds = sha256(registry.text.encode("utf-8")) == registry.sha256
        words = language.text("the text agrees with it" if holds else "the text does not agree with it")
        self._agrees.show_status(words, "ok" if holds else "bad")

    def _show_version(self) -> None:
        protocol, language = self.state.desk.protocol, self.language
        said = language.text(
            "Protocol package {code}, version {version}", code=protocol.code, version=protocol.version
        )
        if protocol.since is not None:
            since = language.text("in force since {day}", day=protocol.since.isoformat())
            said = language.words(COMMA).join((said, since))
        self._version.setText(said)

    def retranslate(self) -> None:
        """Speak the chosen language; the registry's words stay as they are."""
        language, protocol = self.language, self.state.desk.protocol
        title = language.text("Registry text")
        self._text_card.set_title(title, language.text("as registered, word for word"))
        self._frozen.show_status(language.text("frozen"), "locked")
        name_for_readers(self.text, title)
        self._facts_card.set_title(language.words(protocol.short_title))
        self._numbers.setText(" · ".join(protocol.registry_ids))
        self._show_version()
        self.amendments.retranslate()
        self._hash_title.setText(language.text("SHA-256 of the registry text"))
        self._files_card.set_title(
            language.text("Package kept in the study"), language.text("read from here only")
        )
        self.files.set_columns(
            (
                Column(language.text("File"), lambda row: row.name, lambda row: row.name, stretch=True),
                Column("SHA-256", lambda row: row.sha256, lambda row: f"{row.sha256[:SHORT]}…"),
            )
        )
        self._show_hash()

    def target(self, go: Go) -> None:
        """Take the amendment to show."""
        self._wanted = go.record_id

    def entered(self) -> None:
        """Read from the text on, or show the amendment that was asked for."""
        super().entered()
        if self._wanted is None:
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.amendments.table.choose(self._wanted)
        self.amendments.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def left(self) -> None:
        """Forget what was asked for."""
        super().left()
        self._wanted = None


def _quarters(digest: str) -> list[str]:
    """Return a hash in groups of sixteen, so that people can compare it with paper."""
    return [digest[start : start + 16] for start in range(0, len(digest), 16)]
