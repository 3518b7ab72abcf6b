"""The allocation list: imported and sealed by the statistician; no arm and no count per arm here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.words import error_sentence, sentence
from sle_desk.services import allocation
from sle_desk.services.allocation import Commitment
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card, Fact, FactStrip
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.tabbed_page import PageTab
from sle_desk.ui.theme import current

LARGEST = 1024 * 1024
FIRST_CODE = "R1"


def ask_list(parent: QWidget, title: str) -> Path | None:
    """Return the file that was chosen."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, "", "CSV (*.csv)")
    return Path(chosen) if chosen else None


class ListTabPage(PageTab):
    """What may be shown of the sealed list, and its import for the statistician."""

    reads = frozenset({"allocation_list", "allocation", "protocol_decision"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.ask: Callable[[QWidget, str], Path | None] = ask_list
        self.facts = FactStrip()
        self.strip = Strip()
        self._rule = label(role="body", ink="text_2", wrap=True)
        self._care = label(role="body", ink="text_2", wrap=True)
        self._empty = label(role="body", ink="text_2", wrap=True)
        self.button = Button("", "primary", keys="Ctrl+N", icon="import")
        self.button.clicked.connect(self._import)
        self._key = None
        card = Card()
        for part in (self._empty, self.strip, self._rule, self._care, self.button):
            card.body.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(12))
        column.addWidget(self.facts)
        column.addWidget(card)
        column.addStretch(1)
        self.button.setVisible(self.may("list.import"))
        if self.may("list.import"):
            self._key = self.add_key("Ctrl+N", "", self._import)
        self.retranslate()

    def load(self) -> None:
        """Read what may be shown of the list."""
        found = allocation.commitment(self.state.desk)
        self.facts.setVisible(found is not None)
        self._empty.setVisible(found is None)
        if found is not None:
            self.facts.show_facts(self._facts(found))
        self.counted.emit("" if found else "!", "warn" if found is None else "neutral")

    def _facts(self, found: Commitment) -> Sequence[Fact]:
        language = self.language
        seal = language.text("unbroken") if found.holds else language.text("BROKEN")
        return (
            Fact(language.text("List"), found.code, large=True),
            Fact(language.text("Rows"), str(found.size)),
            Fact(language.text("Opened"), str(found.opened), self._in_error(found)),
            Fact(language.text("Seal"), seal, found.digest[:16], ink="text" if found.holds else "bad"),
            Fact(language.text("Imported"), f"{found.imported_at:%Y-%m-%d %H:%M}", found.imported_by),
        )

    def _in_error(self, found: Commitment) -> str:
        rows = ", ".join(f"{number} {code}" for number, code in found.voided)
        return self.language.text("in error, stays used: {rows}", rows=rows) if rows else ""

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self.language
        self.button.set_words(language.text("Import a list"))
        if self._key is not None:
            self._key.setText(language.text("import a list"))
        self._empty.setText(language.text("No list is loaded yet: only the statistician can import one."))
        self._rule.setText(
            language.text(
                "The file has two columns, number and arm, one row a slot. Every row is sealed at once;"
                " the file itself is not kept, and no arm is shown before its allocation."
            )
        )
        self._care.setText(
            language.text(
                "On one computer concealment is a matter of conduct: take the file away on its stick"
                " after the import, and keep it locked where nobody who enrols can read it."
            )
        )
        if self.isVisible():
            self.reload()

    def _import(self) -> None:
        path = self.ask(self, self.language.text("Import a list"))
        if path is None:
            return
        self.strip.clear()
        try:
            if path.stat().st_size > LARGEST:
                raise RuleBroken("list.unreadable")
            made = allocation.import_list(self.state.desk, FIRST_CODE, path.read_bytes())
        except SleDeskError as error:
            self.strip.say(self._refusal(error), "bad")
            return
        self.reload()
        text = self.language.text("List {code} sealed: {size} rows.", code=made.code, size=made.size)
        self.state.say(text)

    def _refusal(self, error: SleDeskError) -> str:
        findings = error.facts.get("findings")
        lines = [error_sentence(error, self.language)]
        if isinstance(findings, tuple):
            for each in findings:
                rows = ", ".join(map(str, each.rows))
                lines.append(sentence(each.code, {"rows": rows}, self.language))
        return "\n".join(lines)
