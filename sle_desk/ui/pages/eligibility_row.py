"""One leaf of the checklist on screen: number, three texts, evidence, pre-check, decision."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.decisions import VOID, WAITING
from sle_desk.exports import eligibility_words as words
from sle_desk.exports.wording import COMMA, signer_words
from sle_desk.services.checklist import Given
from sle_desk.services.eligibility import ChecklistRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.chips import Chip
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.icons import Icon
from sle_desk.ui.labels import dress, label, name_for_readers
from sle_desk.ui.segments import SegmentButton
from sle_desk.ui.theme import current

_TOP = Qt.AlignmentFlag.AlignTop
NUMBER, PRECHECK, DECISION = 44, 200, 152
TEXTS, EVIDENCE = 11, 8


class LeafRow(QFrame):
    """A leaf; it has the focus while it is the one worked on."""

    pointed = Signal(str)
    answered = Signal(str, str)
    decide_requested = Signal(str)

    def __init__(self, row: ChecklistRow, *, prechecks: bool, decides: bool) -> None:
        super().__init__()
        px = current().px
        self.row, self._prechecks, self._decides = row, prechecks, decides
        self.on, self._waits = False, ""
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        line = QHBoxLayout(self)
        line.setContentsMargins(px(16), px(9), px(12), px(10))
        line.setSpacing(px(14))
        self.number = label(role="strong", ink="accent")
        self.number.setFixedWidth(px(NUMBER))
        line.addWidget(self.number, alignment=_TOP)
        line.addWidget(self._texts(), TEXTS, _TOP)
        line.addWidget(self._evidence(), EVIDENCE, _TOP)
        line.addWidget(self._precheck(), alignment=_TOP)
        line.addWidget(self._decision(), alignment=_TOP)

    def _texts(self) -> QWidget:
        box, column = _column()
        self.registry = label(role="strong", wrap=True)
        self.approved = label(role="table", wrap=True)
        self.reading = label(role="table-strong", ink="text_2", wrap=True)
        self.open = Chip("", "warn")
        for part in (self.registry, self.approved, self.reading):
            column.addWidget(part)
        column.addWidget(self.open)
        return box

    def _evidence(self) -> QWidget:
        box, column = _column()
        head = QHBoxLayout()
        head.setSpacing(current().px(6))
        self.icon = Icon("info", size=16)
        self.head = label(role="strong", wrap=True)
        head.addWidget(self.icon, alignment=_TOP)
        head.addWidget(self.head, 1)
        self.lines = label(role="caption", ink="text_2", wrap=True)
        self.flags = Chip("", "warn")
        column.addLayout(head)
        column.addWidget(self.flags)
        column.addWidget(self.lines)
        return box

    def _precheck(self) -> QWidget:
        box, column = _column()
        box.setFixedWidth(current().px(PRECHECK))
        holder = QWidget()
        flow = FlowLayout(holder, current().px(4))
        self.buttons: dict[str, SegmentButton] = {}
        for answer in self.row.judged.leaf.answers if self._prechecks else ():
            button = SegmentButton("", ticked=False, high=28)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._clicked)
            self.buttons[answer] = button
            flow.addWidget(button)
        self._holder = holder
        self.checked = label(role="caption", ink="text_2", wrap=True)
        column.addWidget(holder)
        column.addWidget(self.checked)
        return box

    def _decision(self) -> QWidget:
        box, column = _column()
        box.setFixedWidth(current().px(DECISION))
        line = QHBoxLayout()
        line.setSpacing(current().px(6))
        self.tick = Icon("check", "accent", 16)
        self.decided = label(role="strong", wrap=True)
        line.addWidget(self.tick)
        line.addWidget(self.decided, 1)
        self.decide = Button("", high=30)
        self.decide.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.decide.clicked.connect(self._ask)
        self.about = label(role="caption", ink="text_2", wrap=True)
        column.addLayout(line)
        column.addWidget(self.decide)
        column.addWidget(self.about)
        return box

    # Showing.

    @property
    def code(self) -> str:
        """Return the code of the leaf."""
        return self.row.code

    @property
    def judgeable(self) -> bool:
        """Tell whether an answer can be given at all: the leaf neither waits nor is void."""
        return self.row.judged.state not in (WAITING, VOID)

    def show_row(self, row: ChecklistRow, waits: str, signed: bool, language: Language) -> None:
        """Show the leaf as it stands, with the words of what it waits for."""
        self.row, self._waits = row, waits
        self.number.setText(words.number_words(row.code))
        quote = f"“{row.registry_words}”" if row.registry_words else language.text("Not in the registry")
        self.registry.setText(quote)
        self.approved.setText(words.approved_words(row, language))
        dress(self.approved, ink="accent" if row.approved is not None else "text_3")
        self.reading.setText(words.reading_words(row, language))
        self.reading.setVisible(bool(self.reading.text()))
        self.open.show_status(language.text("{codes} open: no reading in force", codes=waits), "warn")
        self.open.setVisible(bool(waits))
        head, status = words.headline(row, language)
        self.head.setText(head)
        self.icon.draw(current().status(status).icon if status != "neutral" else "void", status)
        self.flags.show_status(words.flags(row, language), "warn")
        self.flags.setVisible(bool(self.flags.word))
        self.lines.setText("\n".join(words.evidence_lines(row, language)))
        self.lines.setVisible(bool(self.lines.text()))
        self._show_precheck(language)
        self._show_decision(signed, language)
        self._name(language)

    def _show_precheck(self, language: Language) -> None:
        given = self.row.precheck
        for answer, button in self.buttons.items():
            button.set_words(words.answer_words(answer, language))
            button.setChecked(given is not None and given.answer == answer)
        self._holder.setVisible(self.judgeable and bool(self.buttons))
        if not self.judgeable:
            self.checked.setText(self._why_not(language))
        else:
            self.checked.setText(_given(given, language) if given is not None else "")
        self.checked.setVisible(bool(self.checked.text()))

    def _why_not(self, language: Language) -> str:
        if self.row.judged.state == VOID:
            return language.text("Not judged")
        return language.text("Waiting for {codes}", codes=self._waits)

    def _show_decision(self, signed: bool, language: Language) -> None:
        given = self.row.decision if self.judgeable else None
        stands = given is not None and not self.row.evidence_changed
        self.tick.setVisible(stands)
        self.decided.setText(words.answer_words(given.answer, language) if given is not None else "")
        self.decided.setVisible(given is not None)
        self.decide.set_words(language.text("Decide..."))
        self.decide.setVisible(self._decides and self.judgeable and not stands)
        self.about.setText(self._about(given, signed, language))
        self.about.setVisible(bool(self.about.text()))

    def _about(self, given: Given | None, signed: bool, language: Language) -> str:
        if given is None:
            return "" if self.judgeable else self._why_not(language)
        parts = [f"{signer_words(given.by, given.ink, language)} {given.at:%m-%d %H:%M}"]
        if self.row.evidence_changed:
            parts.append(language.text("made on other evidence: decide again"))
        elif self.row.contradicts:
            parts.append(language.text("against the evidence"))
        if given.reason:
            parts.append(given.reason)
        if not signed:
            parts.append(language.text("not signed"))
        return language.words(COMMA).join(parts)

    def _name(self, language: Language) -> None:
        given, decided = self.row.precheck, self.row.decision
        said = [self.head.text(), self.flags.word, self.lines.text(), self.reading.text()]
        if given is not None:
            answer = words.answer_words(given.answer, language)
            said.append(language.text("Pre-check: {answer}", answer=answer))
        if decided is not None:
            answer = words.answer_words(decided.answer, language)
            said.append(language.text("Decision: {answer}", answer=answer))
        said.append(self._why_not(language) if not self.judgeable else "")
        name_for_readers(self, f"{self.row.code} {self.registry.text()}", ". ".join(filter(None, said)))

    # What happens.

    def let_decide(self, *, decides: bool) -> None:
        """Offer the decision, or not."""
        self._decides = decides
        stands = self.row.decision is not None and not self.row.evidence_changed
        self.decide.setVisible(decides and self.judgeable and not stands)

    def point(self, on: bool) -> None:
        """Show the leaf as the one worked on, or not; only that one stands in the way of Tab."""
        self.on = on
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.ClickFocus)
        self.decide.set_kind("primary" if on else "secondary")
        self.decide.set_words(self.decide.words, "Enter" if on else "")
        self.update()

    def _clicked(self) -> None:
        pressed = self.sender()
        for answer, button in self.buttons.items():
            if button is pressed:
                self.answered.emit(self.code, answer)

    def _ask(self) -> None:
        self.decide_requested.emit(self.code)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Work on this leaf."""
        self.pointed.emit(self.code)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Work on this leaf."""
        super().focusInEvent(event)
        self.pointed.emit(self.code)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line below; the leaf worked on is soft with a bar at its left."""
        theme, box = current(), self.rect()
        with QPainter(self) as painter:
            painter.fillRect(box, theme.colour("accent_soft" if self.on else "surface"))
            if self.on:
                painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme.colour("accent"))
            painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), theme.colour("line"))


def _column() -> tuple[QWidget, QVBoxLayout]:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(current().px(4))
    return box, column


def _given(given: Given, language: Language) -> str:
    return f"{words.answer_words(given.answer, language)} · {given.by} {given.at:%m-%d %H:%M}"
