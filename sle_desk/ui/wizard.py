"""Steps one after the other, before anybody is signed in: dark panel, one step in sight, back and next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import LANGUAGES, Language
from sle_desk.base.words import error_sentence
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card, divider
from sle_desk.ui.labels import label, name_for_readers
from sle_desk.ui.missing_list import MissingList
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.side_panel import SidePanel
from sle_desk.ui.sign_in import LANGUAGE_NAMES
from sle_desk.ui.state import State
from sle_desk.ui.step_list import DONE, LATER, NOW, StepLine, StepList
from sle_desk.ui.strip import Strip, empty
from sle_desk.ui.theme import current
from sle_desk.ui.wizard_step import WizardStep, done_box

# More would stand too narrow; the list at the left tells them all.
TOLD = 3


class Wizard(QWidget):
    """The frame of the steps; nothing is done before the last one ends."""

    cancelled = Signal()

    def __init__(self, state: State, steps: Sequence[WizardStep]) -> None:
        super().__init__()
        self.state, self.steps = state, tuple(steps)
        self._place = 0
        self.setProperty("part", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build_parts()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side(), 31)
        row.addLayout(self._main(), 69)
        self._listen()
        state.language_changed.connect(self.retranslate)

    # What a wizard says and does.

    def heading(self, language: Language) -> str:
        """Return what the whole is called."""
        raise NotImplementedError

    def facts(self) -> list[tuple[str, str]]:
        """Return the lines at the foot of the panel."""
        return []

    def next_words(self) -> str:
        """Return the words of the button that goes on."""
        language = self.state.language
        if self._place + 1 < len(self.steps):
            return language.text("Next: {step}", step=self.steps[self._place + 1].words().name)
        return self.finish_words()

    def finish_words(self) -> str:
        """Return the words of the button of the last step."""
        raise NotImplementedError

    def promise(self) -> str:
        """Return what is said beside the buttons."""
        return ""

    def finish(self) -> None:
        """Do what the steps were for."""
        raise NotImplementedError

    def went_on(self, left: WizardStep) -> None:
        """Take notice of a step that was left for the next one."""

    # Building.

    def _build_parts(self) -> None:
        self.panel = SidePanel()
        self._heading = label(role="page", ink="sidebar_title", wrap=True)
        self._other_heading = label(role="body", ink="sidebar_text", wrap=True)
        self.list = StepList(len(self.steps))
        self._title = label(role="display")
        self._advice = label(role="body", ink="text_2", wrap=True)
        self.languages = SegmentedButtons([(code, LANGUAGE_NAMES[code]) for code in reversed(LANGUAGES)])
        self.languages.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.languages.pick(self.state.language.code)
        self._done_card = Card()
        self._done_row = QHBoxLayout()
        self._done_card.body.addLayout(self._done_row)
        self.missing_list = MissingList()
        self.notice, self.strip = Strip(), Strip()
        self.back_button = Button("", keys="Alt+Left", high=40)
        self.next_button = Button("", "primary", keys="Ctrl+Enter", high=40)
        self._promise = label(role="table", ink="text_2", wrap=True)
        self._promise.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.hide()

    def _side(self) -> QWidget:
        px = current().px
        layout = self.panel.layout()
        assert layout is not None
        layout.setContentsMargins(px(28), px(44), px(28), px(36))
        self.panel.body.addWidget(self._heading)
        self.panel.body.addWidget(self._other_heading)
        self.panel.body.addSpacing(px(20))
        self.panel.body.addWidget(self.list)
        return self.panel

    def _main(self) -> QVBoxLayout:
        px = current().px
        inner = QWidget()
        inner.setProperty("part", "ground")
        column = QVBoxLayout(inner)
        column.setContentsMargins(px(40), px(8), px(40), px(8))
        column.setSpacing(px(16))
        # Not a stack: it would be as high as its highest step.
        for part in (self._done_card, *self.steps, self.missing_list):
            column.addWidget(part)
        column.addStretch(1)
        self._scrolled = QScrollArea()
        self._scrolled.setFrameShape(QFrame.Shape.NoFrame)
        self._scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scrolled.setWidgetResizable(True)
        self._scrolled.setWidget(inner)
        main = QVBoxLayout()
        main.setContentsMargins(0, px(28), 0, px(24))
        main.setSpacing(px(8))
        main.addLayout(self._head())
        main.addWidget(self._scrolled, 1)
        main.addLayout(self._foot())
        return main

    def _head(self) -> QHBoxLayout:
        px = current().px
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addWidget(self._title)
        words.addWidget(self._advice)
        row = QHBoxLayout()
        row.setContentsMargins(px(40), 0, px(40), px(4))
        row.addLayout(words, 1)
        row.addWidget(self.languages, alignment=Qt.AlignmentFlag.AlignTop)
        return row

    def _foot(self) -> QVBoxLayout:
        px = current().px
        buttons = QHBoxLayout()
        buttons.setSpacing(px(16))
        buttons.addWidget(self.back_button)
        buttons.addWidget(self._promise, 1)
        buttons.addWidget(self.next_button)
        column = QVBoxLayout()
        column.setContentsMargins(px(40), 0, px(40), 0)
        column.setSpacing(px(10))
        for part in (self.notice, self.strip, self._progress):
            column.addWidget(part)
        column.addLayout(buttons)
        return column

    def _listen(self) -> None:
        self.languages.picked.connect(self._choose_language)
        self.back_button.clicked.connect(self.back)
        self.next_button.clicked.connect(self.next)
        self.missing_list.chosen.connect(self._go_to)
        self.missing_list.left.connect(self._close_missing)
        self.missing_list.save_requested.connect(self.next)
        for step in self.steps:
            step.ended.connect(self.next)
            step.changed.connect(self.show_step)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            self.add_key(keys, self.next)
        self.add_key("Alt+Left", self.back)
        self.add_key("Ctrl+Shift+L", self._other_language)

    def add_key(self, keys: str, act: Callable[[], object]) -> None:
        """Let a key act from anywhere in the wizard."""
        action = QAction(self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(act)
        self.addAction(action)

    # Words.

    def retranslate(self) -> None:
        """Speak the chosen language; what was typed stays."""
        language = self.state.language
        self.languages.pick(language.code)
        self._heading.setText(self.heading(language))
        self._other_heading.setText(self.heading(language.other()))
        name_for_readers(self.languages, language.text("Language"))
        self.panel.show_facts(self.facts())
        for step in self.steps:
            step.retranslate()
        self.missing_list.hide()
        self.strip.clear()
        self.show_step()

    def show_step(self) -> None:
        """Show the words of the step in sight, and those of the list."""
        language, now = self.state.language, self.steps[self._place].words()
        self._title.setText(now.name)
        self._advice.setText(
            language.text("Step {place} of {count}.", place=self._place + 1, count=len(self.steps))
            + f" {now.advice}"
        )
        self.back_button.set_words(language.text("Back" if self._place else "Cancel"))
        self.next_button.set_words(self.next_words())
        self._promise.setText(self.promise())
        lines = []
        for place, step in enumerate(self.steps):
            state = DONE if place < self._place else NOW if place == self._place else LATER
            lines.append(StepLine(step.words().name, step.words().about, state))
        self.list.show_lines(lines)
        self._show_done()

    def _show_done(self) -> None:
        px = current().px
        empty(self._done_row)
        told = [(step, step.words()) for step in self.steps[: self._place] if step.words().value]
        for place, (step, words) in enumerate(told[-TOLD:]):
            if place:
                self._done_row.addWidget(divider(upright=True))
            self._done_row.addWidget(done_box(step.icon, words), 1)
        self._done_row.setSpacing(px(16))
        self._done_card.setVisible(bool(told))

    # Going.

    def focus_first(self) -> None:
        """Put the focus where the step in sight begins."""
        self.steps[self._place].entered()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin where typing starts: a page that is not in sight yet cannot take the focus."""
        super().showEvent(event)
        self.focus_first()

    def start(self) -> None:
        """Begin with the first step."""
        self._show(0)

    def _show(self, place: int) -> None:
        self._place = place
        self.missing_list.hide()
        self.strip.clear()
        for number, step in enumerate(self.steps):
            step.setVisible(number == place)
        self.show_step()
        self._scrolled.verticalScrollBar().setValue(0)
        self.steps[place].entered()

    def back(self) -> None:
        """Go to the step before; from the first one, leave."""
        if self.state.jobs.running:
            return
        if self._place:
            self._show(self._place - 1)
        else:
            self.cancelled.emit()

    def next(self) -> None:
        """Go to the next step, once nothing is missing here; after the last one, do it."""
        if self.state.jobs.running:
            return
        step = self.steps[self._place]
        missing = step.missing()
        if missing:
            language = self.state.language
            title = language.text("Still to be given: {count}", count=len(missing))
            self.missing_list.show_missing(title, language.text("Enter goes there. Esc goes back."), missing)
            return
        self.missing_list.hide()
        if not step.check():
            return
        self.went_on(step)
        if self._place + 1 < len(self.steps):
            self._show(self._place + 1)
        else:
            self.finish()

    def _go_to(self, code: str) -> None:
        self.missing_list.hide()
        self.steps[self._place].go_to(code)

    def _close_missing(self) -> None:
        self.missing_list.hide()
        self.steps[self._place].entered()

    def _choose_language(self, code: str) -> None:
        self.state.choose_language(Language(code))

    def _other_language(self) -> None:
        self.state.choose_language(self.state.language.other())

    # Slow work.

    def show_progress(self, words: str, share: float) -> None:
        """Show what is being done, and how far it is."""
        self._progress.setRange(0, 100 if share else 0)
        self._progress.setValue(round(share * 100))
        self._progress.show()
        self._promise.setText(words)

    def end_progress(self) -> None:
        """Take the progress away."""
        self._progress.hide()
        self._promise.setText(self.promise())

    def refuse(self, error: SleDeskError) -> None:
        """Say above the buttons why something was not done."""
        self.strip.say(error_sentence(error, self.state.language), "bad")
