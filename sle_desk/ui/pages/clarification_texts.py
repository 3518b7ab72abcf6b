"""What a clarification is about: the problem, the three texts side by side, and the decisions so far."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.domain.protocol import Protocol
from sle_desk.services.clarifications import SETTING, DecisionRow, RegisterRow
from sle_desk.ui.cards import Card
from sle_desk.ui.chips import Chip
from sle_desk.ui.labels import label, name_for_readers
from sle_desk.ui.pages import clarification_words as words
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip, empty
from sle_desk.ui.theme import current

NAME_WIDTH = 168


def well(number: str, name: str, text: str, beside: str, ink: str = "text") -> QFrame:
    """Return one of the three texts: its number and name, its words, and where they stand."""
    px = current().px
    frame = QFrame()
    frame.setProperty("part", "well")
    row = QHBoxLayout(frame)
    row.setContentsMargins(px(12), px(8), px(12), px(8))
    row.setSpacing(px(12))
    named = label(f"{number}  {name}" if number else name, "label", "text_2")
    named.setFixedWidth(px(NAME_WIDTH))
    row.addWidget(named)
    row.addWidget(label(text, "body", ink, wrap=True), 1)
    if beside:
        row.addWidget(label(beside, "caption", "text_3"))
    name_for_readers(frame, name, text)
    return frame


class TextsCard(Card):
    """Number and title with the state, the problem, the three texts."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        px = current().px
        self.code = label(role="page", ink="accent")
        self.name = label(role="section", wrap=True)
        self.chip = Chip()
        head = QHBoxLayout()
        head.setSpacing(px(10))
        for part, stretch in ((self.code, 0), (self.name, 1), (self.chip, 0)):
            head.addWidget(part, stretch)
        self.problem = Strip()
        self.waits = label(role="caption", ink="warn", wrap=True)
        self.not_supported = label(role="caption", ink="warn", wrap=True)
        self._texts = QVBoxLayout()
        self._texts.setSpacing(px(6))
        self.body.addLayout(head)
        for widget in (self.problem, self.waits, self.not_supported):
            self.body.addWidget(widget)
        self.body.addLayout(self._texts)

    def show_row(self, row: RegisterRow) -> None:
        """Show an entry of the register."""
        language = self._state.language
        state, status = words.STATES[row.state]
        self.code.setText(words.code_words(row))
        self.code.setVisible(bool(self.code.text()))
        self.name.setText(language.words(row.title))
        self.chip.show_status(language.text(state), status)
        if row.problem is not None:
            self.problem.say(language.words(row.problem), "warn")
        else:
            self.problem.clear()
        self.waits.setText(words.waits_words(row, language))
        self.waits.setVisible(bool(self.waits.text()))
        self.not_supported.setText(words.not_supported_words(row, language))
        self.not_supported.setVisible(bool(self.not_supported.text()))
        empty(self._texts)
        for part in self._three(row):
            self._texts.addWidget(part)
            part.show()

    def _three(self, row: RegisterRow) -> list[QWidget]:
        language, protocol = self._state.language, self._state.desk.protocol
        reading, since = words.in_force_words(protocol, row, language)
        in_force = well("3", language.text("Reading in force"), reading, since)
        if row.kind == SETTING:
            nothing = language.text("The registry does not say.")
            return [well("1", language.text("Registry words"), nothing, language.text("frozen")), in_force]
        silent = language.text("The registry is silent here.")
        quotes = " … ".join(f"“{quote}”" for quote in row.quotes) or silent
        texts: list[QWidget] = [well("1", language.text("Registry words"), quotes, language.text("frozen"))]
        texts += [well("", each.source, f"“{each.words}”", "", "text_2") for each in row.elsewhere]
        if row.intent is not None:
            held = f" ({row.confidence})" if row.confidence else ""
            meant = language.words(row.intent) + held
            name, beside = language.text("Probably meant"), language.text("held likely, not decided")
            texts.append(well("", name, meant, beside, "text_2"))
        approved = row.approved
        if approved is not None:
            where = f"{approved.document_version}, {approved.section}"
            texts.append(well("2", language.text("Approved protocol"), approved.words, where, "accent"))
        else:
            said = language.text("words not entered by the site yet")
            texts.append(well("2", language.text("Approved protocol"), said, "", "text_3"))
        return [*texts, in_force]


class DecisionsCard(Card):
    """Every decision ever signed on an entry, the newest first; withdrawn ones stay."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._lines = QVBoxLayout()
        self._lines.setSpacing(current().px(10))
        self.body.addLayout(self._lines)

    def show_row(self, row: RegisterRow) -> None:
        """Show the decisions of an entry; without any the card is not there."""
        language = self._state.language
        self.set_title(language.text("Decisions so far"), str(len(row.decisions)))
        self.setVisible(bool(row.decisions))
        empty(self._lines)
        for number, decision in reversed(list(enumerate(row.decisions, 1))):
            line = _decision(self._state, self._state.desk.protocol, number, decision)
            self._lines.addWidget(line)
            line.show()


def _decision(state: State, protocol: Protocol, number: int, row: DecisionRow) -> QWidget:
    language = state.language
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(current().px(2))
    head = QHBoxLayout()
    head.setSpacing(current().px(10))
    said = words.reading_words(protocol, row, language)
    head.addWidget(label(f"{number}. {said}", "strong", wrap=True), 1)
    said_state, status = words.DECISION_STATES[row.state]
    head.addWidget(Chip(language.text(said_state), status))
    column.addLayout(head)
    for text in (words.basis_words(row, language), words.signed_words(row, language)):
        column.addWidget(label(text, "caption", "text_2", wrap=True))
    return box
