"""The recovery key: shown once, printed, proven by retyping a group of it, sealed with a witness."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language, Words, message
from sle_desk.base.words import error_sentence
from sle_desk.base.written import write_file
from sle_desk.services import recovery
from sle_desk.services.recovery import KeyPaper
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card, divider
from sle_desk.ui.chips import Chip
from sle_desk.ui.entry_column import EntryColumn, line_field
from sle_desk.ui.field_box import FieldBox
from sle_desk.ui.fields import CodeField, TextField
from sle_desk.ui.file_choice import Ask, ask_new_file
from sle_desk.ui.icons import Icon
from sle_desk.ui.key_board import KeyBoard, PagePicture
from sle_desk.ui.key_paper import PaperFacts, key_page
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current
from sle_desk.ui.wizard_step import StepWords, WizardStep

KEPT = Words("Kept where (room, safe, envelope)", "保管位置（房间、保险柜、信封）")
SEALED = Words("Sealed by", "封存人")
WITNESSED = Words("Witnessed by", "见证人")
FORGIVING = Words("Small letters and O for 0 are accepted.", "可用小写字母，也可用 O 代替 0。")
HOLDS = (
    message("the key in 4 groups, the last 2 characters check it"),
    message("study number, folder, date, who made it"),
    message("lines for seal, witness, place and each opening"),
    message("how to use it, in Chinese and English"),
    message("no password and no patient data"),
)


class _ProofField(CodeField):
    """The group typed from the paper; Enter goes on only when it is the right one."""

    proves: Callable[[], bool]

    def enter(self) -> None:
        """Compare with the key, then go on."""
        if self.proves():
            super().enter()


class RecoveryKeyStep(WizardStep):
    """A new key; `facts` gives what its page names at the moment it is printed."""

    icon = "key"
    written = Signal(object)

    def __init__(self, state: State, facts: Callable[[], PaperFacts]) -> None:
        super().__init__(state)
        self.choose_file: Ask = ask_new_file
        self._facts = facts
        self.key = recovery.new_key()
        self.group = secrets.randbelow(len(recovery.groups(self.key))) + 1
        self._copies = 0
        self._printed = ""
        self._printed_facts: PaperFacts | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().px(16))
        row.addWidget(self._key_card(), 6)
        row.addWidget(self._proof_card(), 4)
        printing = QAction(self)
        printing.setShortcut(QKeySequence("Ctrl+P"))
        printing.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        printing.triggered.connect(self.print_page)
        self.addAction(printing)
        self.retranslate()

    # Building.

    def _key_card(self) -> QWidget:
        px = current().px
        card = self._key = Card()
        self.board = KeyBoard(recovery.groups(self.key))
        self._once = Chip("", "warn")
        card.head.addWidget(self._once)
        self._opens = label(role="body", ink="text_2", wrap=True)
        self.print_button = Button("", "primary", keys="Ctrl+P", icon="print", high=40)
        self.print_button.clicked.connect(self.print_page)
        self._printed_chip = Chip("", "ok")
        self._printed_chip.hide()
        self._failed = Strip()
        row = QHBoxLayout()
        row.setSpacing(px(12))
        row.addWidget(self.print_button)
        row.addWidget(self._printed_chip)
        row.addStretch(1)
        for part in (self.board, self._opens):
            card.body.addWidget(part)
        card.body.addLayout(row)
        card.body.addWidget(self._failed)
        card.body.addWidget(divider())
        card.body.addLayout(self._what_it_holds())
        card.body.addStretch(1)
        return card

    def _what_it_holds(self) -> QHBoxLayout:
        px = current().px
        self._holds_title = label(role="strong")
        self._holds = [label(role="table", ink="text_2", wrap=True) for _ in HOLDS]
        lines = QVBoxLayout()
        lines.setSpacing(px(6))
        lines.addWidget(self._holds_title)
        for words in self._holds:
            line = QHBoxLayout()
            line.setSpacing(px(8))
            line.addWidget(Icon("check", "ok", 16), alignment=Qt.AlignmentFlag.AlignTop)
            line.addWidget(words, 1)
            lines.addLayout(line)
        lines.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(px(20))
        row.addWidget(PagePicture(), alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(lines, 1)
        return row

    def _proof_card(self) -> QWidget:
        card = self._proof = Card()
        self.proof, self.column = self._lines()
        self._how = label(role="body", ink="text_2", wrap=True)
        self._proven = Chip("", "ok")
        self._proven.hide()
        self._second_title = label(role="strong")
        self._second = label(role="table", ink="text_2", wrap=True)
        self.second_button = Button("", icon="print")
        self.second_button.clicked.connect(self.print_page)
        for part in (self._how, self.column, self._proven, divider(), self._second_title, self._second):
            card.body.addWidget(part)
        card.body.addWidget(self.second_button, alignment=Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        return card

    def _lines(self) -> tuple[FieldBox, EntryColumn]:
        state = self.state
        count = len(recovery.groups(self.key))
        asked = Words(f"Group {self.group} of {count}", f"第 {self.group} 组，共 {count} 组")
        proof = line_field(state, _ProofField, "proof", asked, FORGIVING)
        assert isinstance(proof, _ProofField)
        proof.proves = self.proves
        proof.editor.installEventFilter(self)
        proof.state_changed.connect(self._hide_or_show)
        column = EntryColumn(
            {
                "proof": proof,
                "kept": line_field(state, TextField, "kept", KEPT),
                "sealed": line_field(state, TextField, "sealed", SEALED),
                "witnessed": line_field(state, TextField, "witnessed", WITNESSED),
            }
        )
        column.ended.connect(self.ended)
        column.save_requested.connect(self.ended)
        return proof, column

    # Words.

    def words(self) -> StepWords:
        """Return what the step says of itself."""
        language = self.language
        return StepWords(
            name=language.text("Recovery key"),
            advice=language.text("Print it, seal it, then prove that the print is readable."),
            about=language.text("print, seal, keep in the site safe"),
            value=language.text("Page {page}, printed {time}", page=self._facts().page, time=self._printed),
            after=self.column.typed("kept"),
        )

    def retranslate(self) -> None:
        """Speak the chosen language; what was typed stays."""
        language = self.language
        self._key.set_title(language.text("Recovery key"), language.other().text("Recovery key"))
        self._once.show_status(language.text("Shown once"), "warn")
        self._opens.setText(
            language.text(
                "It opens the study if every password is lost. Without it, and without a password, "
                "nobody can: not the maker, not the hospital."
            )
        )
        self.print_button.set_words(language.text("Print key page"))
        self._holds_title.setText(language.text("The printed page holds"))
        for words, line in zip(self._holds, HOLDS, strict=True):
            words.setText(language.text(line))
        self._proof.set_title(language.text("Prove that the paper can be read"))
        self._how.setText(
            language.text("Type it from the printed page. The key on this screen is hidden while you type.")
        )
        self._second_title.setText(language.text("Second copy, advised"))
        self._second.setText(
            language.text("A second sealed envelope in another building survives fire and flood.")
        )
        self.second_button.set_words(language.text("Print second copy"))
        self.column.retranslate(language)
        self._show_printed(language)
        self._proven.show_status(language.text("The paper reads right"), "ok")

    def _show_printed(self, language: Language) -> None:
        words = language.text("Page {page} written {time}", page=self._facts().page, time=self._printed)
        self._printed_chip.show_status(words, "ok")
        self._printed_chip.setVisible(self._print_stands())

    def _print_stands(self) -> bool:
        """Tell whether a page was printed that names what is so now."""
        return self._printed_facts is not None and self._printed_facts == self._facts()

    # Going.

    def entered(self) -> None:
        """Begin with the print."""
        self._show_printed(self.language)
        first = self.column if self._print_stands() else self.print_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def missing(self) -> list[tuple[str, str]]:
        """Return what is still to be done with the paper."""
        found = [] if self._print_stands() else [("print", self.language.text("Print key page"))]
        return found + self.column.missing()

    def go_to(self, code: str) -> None:
        """Go where it is missing."""
        if code == "print":
            self.print_button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.column.go_to(code)

    def check(self) -> bool:
        """Compare the proof, and look at who sealed it."""
        if not self.proves():
            return False
        try:
            recovery.check_key_paper(self.paper())
        except SleDeskError as error:
            same = error.code == "recovery.same_person"
            self.column.refuse("witnessed" if same else "kept", error_sentence(error, self.language))
            return False
        return True

    def paper(self) -> KeyPaper:
        """Return where the paper lies and who sealed it."""
        typed = self.column.typed
        return KeyPaper(self._facts().page, typed("kept"), typed("sealed"), typed("witnessed"))

    def proves(self) -> bool:
        """Compare what was typed from the paper with the key; what differs is said below it."""
        typed = self.column.typed("proof")
        if not typed:
            return True
        try:
            recovery.prove_group(self.key, self.group, typed)
        except SleDeskError as error:
            self._proven.hide()
            self.column.refuse("proof", error_sentence(error, self.language))
            return False
        self._proven.show()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide the key while the focus is in the proof."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._hide_or_show(entering=event.type() == QEvent.Type.FocusIn)
        return False

    def _hide_or_show(self, entering: bool | None = None) -> None:
        inside = self.proof.editor.hasFocus() if entering is None else entering
        self.board.show_key(not inside and not self.proof.typed())

    # Paper.

    def print_page(self) -> None:
        """Write the key page where the person says; it is printed from there."""
        language, facts, now = self.language, self._facts(), self.state.clock.now()
        self._failed.clear()
        copy = self._copies + 1
        title = language.text("Print key page")
        path: Path | None = self.choose_file(self, title, f"{facts.page}-{copy}.pdf")
        if path is None:
            return
        content = key_page(self.key, facts, copy, now, language)
        try:
            write_file(path, lambda stream: stream.write(content), replace=True)
        except SleDeskError as error:
            self._failed.say(error_sentence(error, language), "bad")
            return
        self._copies, self._printed, self._printed_facts = copy, f"{now:%H:%M}", facts
        self._show_printed(language)
        self.written.emit(path)
        self.column.go_to("proof")
