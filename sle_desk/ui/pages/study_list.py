"""The allocation list: imported or drawn by the statistician, certified; no arm and no count per arm here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence, sentence
from sle_desk.domain.checks import Value
from sle_desk.exports import printing
from sle_desk.exports.list_certificates import figure_words
from sle_desk.exports.printing import Printed
from sle_desk.exports.wording import ENUMERATED, SEMICOLON
from sle_desk.services import allocation, enrolment, list_drawing, list_kept, list_reveal, papers
from sle_desk.services.desk import Desk
from sle_desk.services.list_kept import Commitment
from sle_desk.services.lock_guard import TABLE
from sle_desk.services.revealed_list import reads_list, revealed
from sle_desk.services.signatures import Ink, Signing
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card, Fact, FactStrip
from sle_desk.ui.dialogs.ask_form import ask_form
from sle_desk.ui.dialogs.ask_ink import directly_or_from_paper
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.file_choice import ask_new_file
from sle_desk.ui.labels import label
from sle_desk.ui.list_drawing import NAME, REPLACE_FORM, WHY, ListDrawing
from sle_desk.ui.pages.side_form import text_of
from sle_desk.ui.revealed_rows import RevealedRows
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
    """What may be shown of the sealed list; import and drawing for the statistician, the certificate."""

    reads = frozenset(
        {"allocation_list", "allocation", "allocation_error", "protocol_decision", TABLE, "list_reveal"}
    )

    def __init__(self, state: State) -> None:
        super().__init__(state)
        # Replaceable: tests answer in their place.
        self.ask: Callable[[QWidget, str], Path | None] = ask_list
        self.ask_new_file = ask_new_file
        self.facts = FactStrip()
        self.strip = Strip()
        self._figure = Strip()
        self._ended = Strip()
        self._without_row = Strip()
        self._rule = label(role="body", ink="text_2", wrap=True)
        self._care = label(role="body", ink="text_2", wrap=True)
        self._empty = label(role="body", ink="text_2", wrap=True)
        self.button = Button("", "primary", keys="Ctrl+N", icon="import")
        self.draw = Button("", keys="Ctrl+D", icon="shuffle")
        self.certificate = Button("", keys="Ctrl+P", icon="print")
        self.reveal = Button("", keys="Ctrl+R", icon="eye")
        self.revealed_paper = Button("", keys="Ctrl+Shift+P", icon="print")
        self.revealed = RevealedRows(state)
        self._drawing = ListDrawing(self, state, self._drawn, lambda said: self.strip.say(said, "bad"))
        self._lay_out()
        # Only what the role may do is there, each on its key.
        self._named = [
            (button, self.add_key(keys, "", act))
            for button, keys, action, act in (
                (self.button, "Ctrl+N", "list.import", self._import),
                (self.draw, "Ctrl+D", list_drawing.DRAW, self._draw),
                (self.certificate, "Ctrl+P", papers.PRINT_LIST, self._print_certificate),
                (self.reveal, "Ctrl+R", list_reveal.ACTION, self._ask_reveal),
                (self.revealed_paper, "Ctrl+Shift+P", papers.PRINT_LIST, self._print_revealed),
            )
            if self._allow(button, action, act)
        ]
        self.retranslate()

    def _allow(self, button: Button, action: str, act: Callable[[], object]) -> bool:
        button.clicked.connect(act)
        may = self.may(action) or (action == list_reveal.ACTION and self.may(list_reveal.TRANSCRIBED))
        button.setVisible(may)
        return may

    def _lay_out(self) -> None:
        card = Card()
        for part in (
            self._empty,
            self.strip,
            self._ended,
            self._without_row,
            self._figure,
            self._rule,
            self._care,
        ):
            card.body.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(current().px(12))
        for button in (self.button, self.draw, self.certificate, self.reveal, self.revealed_paper):
            row.addWidget(button)
        row.addStretch(1)
        card.body.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(12))
        column.addWidget(self.facts)
        column.addWidget(card)
        column.addWidget(self.revealed, 1)
        column.addStretch(0)

    def load(self) -> None:
        """Read what may be shown of the list."""
        desk, language = self.state.desk, self.language
        found = list_kept.commitment(desk)
        self.facts.setVisible(found is not None)
        self._empty.setVisible(found is None)
        if found is not None:
            self.facts.show_facts(self._facts(found))
        self._tell_of_end()
        self._tell_of_none()
        shown = self._load_revealed(found)
        # Of a list in the clear there is nothing left to guess.
        figure = list_drawing.guessed(desk) if self.may(papers.PRINT_LIST) and not shown else None
        if figure is None:
            self._figure.clear()
        else:
            self._figure.say(language.words(figure_words(figure)), "warn")
        self.counted.emit("" if found else "!", "warn" if found is None else "neutral")

    def _tell_of_end(self) -> None:
        """Say that the list is used up though more subjects were decided: nothing else on the page would."""
        ended = enrolment.list_ended(self.state.desk)
        if ended is None:
            self._ended.clear()
        else:
            self._ended.say(sentence(ended.code, ended.facts, self.language), "warn")

    def _tell_of_none(self) -> None:
        """Say which arms were told outside without a row: they are of no list, and count all the same."""
        found = list_kept.told_without_row(self.state.desk)
        those = self.language.words(ENUMERATED).join(f"{number} {code}" for number, code in found)
        if not those:
            self._without_row.clear()
            return
        self._without_row.say(
            self.language.text(
                "Told outside without a row of a list: {those}. They count to the number decided.",
                those=those,
            ),
            "warn",
        )

    def _load_revealed(self, kept: Commitment | None) -> bool:
        """Show the revealed list, if it is; before the lock nothing of it is there, nor can be asked for."""
        desk = self.state.desk
        found = revealed(desk) if reads_list(desk.actor.role) else None
        self.revealed.show_list(found)
        locked = desk.locked is not None and kept is not None
        may = self.may(list_reveal.ACTION) or self.may(list_reveal.TRANSCRIBED)
        self.reveal.setVisible(may and locked and found is None)
        self.revealed_paper.setVisible(self.may(papers.PRINT_LIST) and found is not None)
        for button, action in self._named:
            if button in (self.reveal, self.revealed_paper):
                action.setEnabled(not button.isHidden())
        self._rule.setVisible(found is None)
        return found is not None

    def _facts(self, found: Commitment) -> Sequence[Fact]:
        language = self.language
        seal = language.text("unbroken") if found.holds else language.text("BROKEN")
        made = language.text("Drawn here") if found.algorithm else language.text("Imported")
        return (
            Fact(language.text("List"), found.code, found.algorithm, large=True),
            Fact(language.text("Rows"), str(found.size)),
            Fact(language.text("Opened"), str(found.opened), self._marked(found)),
            Fact(language.text("Seal"), seal, found.digest[:16], ink="text" if found.holds else "bad"),
            Fact(made, f"{found.imported_at:%Y-%m-%d %H:%M}", found.imported_by),
        )

    def _marked(self, found: Commitment) -> str:
        def named(rows: Sequence[tuple[int, str]]) -> str:
            listed = (f"{number} {code}" for number, code in rows)
            return self.language.words(ENUMERATED).join(listed)

        said = []
        if found.in_error:
            said.append(self.language.text("in error, stays used: {rows}", rows=named(found.in_error)))
        if found.outside:
            said.append(self.language.text("told outside: {rows}", rows=named(found.outside)))
        return self.language.words(SEMICOLON).join(said)

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self.language
        self.button.set_words(language.text("Import a list"))
        self.draw.set_words(language.text("Draw a list"))
        self.certificate.set_words(language.text("Certificate as PDF"))
        self.reveal.set_words(language.text("Reveal the list…"))
        self.revealed_paper.set_words(language.text("Revealed list as PDF"))
        for button, action in self._named:
            action.setText(button.words)
        self._empty.setText(
            language.text("No list is loaded yet: only the statistician can import or draw one.")
        )
        self._rule.setText(
            language.text(
                "The file has two columns, number and arm, one row a slot. Every row is sealed at once;"
                " the file itself is not kept, and no arm is shown before its allocation."
            )
        )
        self._care.setText(
            language.text(
                "On one computer concealment is a matter of conduct: take the file away on its stick"
                " after the import, and keep it locked where nobody who enrols can read it. Print the"
                " certificate before the first patient; it is signed in ink and kept apart from the computer."
            )
        )
        if self.isVisible():
            self.reload()

    def _import(self) -> None:
        path = self.ask(self, self.language.text("Import a list"))
        if path is None:
            return
        self.strip.clear()
        found = list_kept.commitment(self.state.desk)
        if found is None:
            self._import_as(path, FIRST_CODE, "")
            return
        language = self.language
        note = language.text("List {code} stays as it was sealed, and is not used.", code=found.code)

        def instead(values: dict[str, Value]) -> None:
            self._import_as(path, text_of(values, NAME.code), text_of(values, WHY.code))

        ask_form(self, self.state, REPLACE_FORM, language.text("Import a list"), note, instead)

    def _import_as(self, path: Path, code: str, reason: str) -> None:
        """Import and seal the file; what is wrong in its rows is told on the page, whatever was asked."""
        try:
            if path.stat().st_size > LARGEST:
                raise RuleBroken("list.unreadable")
            made = allocation.import_list(self.state.desk, code, path.read_bytes(), reason)
        except SleDeskError as error:
            # What was asked for in a dialog is put right there: of the file the page tells.
            if reason and "findings" not in error.facts:
                raise
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

    def _draw(self) -> None:
        self.strip.clear()
        self._drawing.ask(self.ask_new_file)

    def _drawn(self, made: Commitment, place: str) -> None:
        self.reload()
        language = self.language
        self.strip.say(
            language.text(
                "Your one copy is in {place}. Anybody who can read it knows every arm to come: take it away "
                "on a stick or print it and lock it up, delete what lies on this computer, and empty the "
                "bin. Whoever answers an emergency call reads from it; nobody who enrols does.",
                place=place,
            ),
            "warn",
        )
        self.state.say(language.text("List {code} sealed: {size} rows.", code=made.code, size=made.size))

    def _print_certificate(self) -> None:
        self._print("certificate.pdf", printing.print_list_certificate)

    def _print_revealed(self) -> None:
        self._print("revealed_list.pdf", printing.print_list_reveal)

    def _print(self, name: str, write: Callable[[Desk, Language, Path], Printed]) -> None:
        language, title = self.language, self.language.text("Save PDF as …")
        path = self.ask_new_file(self, title, name)
        if path is None:
            return
        try:
            done = write(self.state.desk, language, path)
        except SleDeskError as error:
            self.strip.say(error_sentence(error, language), "bad")
            return
        number = papers.report_number(done.numbered.number)
        self.state.say(language.text("{number} written as PDF: have it signed in ink.", number=number))

    def _ask_reveal(self) -> None:
        """Ask who may for the password; others first for the paper that the PI signed."""
        directly_or_from_paper(self, self.state, list_reveal.ACTION, self._ask_password)

    def _ask_password(self, ink: Ink | None) -> None:
        action = list_reveal.ACTION if ink is None else list_reveal.TRANSCRIBED
        said = list_reveal.signing_for(self.language.code, "", action)
        title = self.language.text("Reveal the allocation list")
        about = self.language.text("Every arm that was never opened comes into the clear.")
        asked = Asked(title, about, said.meaning, said.statement)
        ask_to_sign(self, self.state, asked, lambda signing: self._reveal(signing, ink))

    def _reveal(self, signing: Signing, ink: Ink | None) -> None:
        assert self.state.unlocked is not None
        list_reveal.reveal(self.state.desk, self.state.unlocked.folder, signing, ink)
        self.state.say(self.language.text("The list is revealed: print it for two signatures."))
