"""A saved record put right as a whole: its form with what is saved, and the coded reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import CORRECTION_REASONS, Value, refusal
from sle_desk.domain.forms import Form
from sle_desk.services.signatures import Signing
from sle_desk.ui.dialogs.reason import OTHER, ReasonDialog
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.form import Beside, FormView, nothing_beside
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.labels import announce
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip, WayOut
from sle_desk.ui.theme import current

INSIST = "Ctrl+Shift+Enter"
WIDE, REASONS, MOST_HIGH, AROUND = 1180, 390, 520, 260


@dataclass(frozen=True)
class Right:
    """What a person said is right: the values of the form, why, and whether they insist on it."""

    values: Mapping[str, Value]
    reason: str
    note: str
    insists: bool = False


@dataclass(frozen=True)
class ToSign:
    """What is asked above the password, and what the signature does."""

    asked: Asked
    act: Callable[[Signing], object]


@dataclass(frozen=True)
class Correctable:
    """A saved record that can be put right: its words, its form with what is saved, and how it is saved.

    `insist` gives, for the code of a refusal, the words with which a person insists; `places` the field below
    which it is said. Where a correction is signed, `save` only looks at it, and `to_sign` does it.
    `insist` gives, for the code of a refusal, the words with which a person insists; `gaps` what of the
    values cannot be kept as it stands, told at its field.
    """

    title: str
    about: str
    form: Form
    saved: Mapping[str, str]
    save: Callable[[Right], object]
    codes: tuple[str, ...] = ()
    born: date | None = None
    insist: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    to_sign: Callable[[Right], ToSign] | None = None
    gaps: Beside = nothing_beside


class CorrectRecord(ReasonDialog):
    """Ctrl+Enter corrects, Esc leaves everything as it is; what is refused keeps what was typed."""

    def __init__(self, parent: QWidget, state: State, record: Correctable) -> None:
        language = state.language
        verb, reasons = language.text("Correct"), CORRECTION_REASONS
        super().__init__(parent, state, record.title, record.about, reasons, self._save, verb, wide=WIDE)
        self._record, self._insists = record, False
        self.view = FormView(
            record.form, language, state.clock.now, finding_sentence, born=record.born, codes=record.codes
        )
        self.view.resume(record.saved)
        self._saved = self.view.typed()
        self.strip = Strip()
        self._insisting = QAction(self)
        self._insisting.setShortcuts([QKeySequence("Ctrl+Shift+Return"), QKeySequence(INSIST)])
        self._insisting.setEnabled(False)
        self._insisting.triggered.connect(self._insist)
        self.addAction(self._insisting)
        self._lay_out_form()
        self.view.ended.connect(lambda: self.column.go_to("reason"))
        self.view.save_requested.connect(self._decide)
        # Not through the view: it would scroll to where the field stood before it was laid out.
        self.view.field(next(record.form.fields()).code).setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out_form(self) -> None:
        """Put the form beside the reason: both are in sight, whatever the form's length."""
        px = current().px
        scrolled = QScrollArea()
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(self.view)
        # A short form ends above the reasons: below it the dialog goes on, no ground of a page.
        for each in (self.view, scrolled.viewport()):
            each.setAutoFillBackground(False)
        # Choices that find no room in one row stand in several: the height is that of the width they get.
        wide = self.body.geometry().width() or px(WIDE) - 2 * px(32)
        high = min(px(MOST_HIGH), self.view.heightForWidth(wide - px(REASONS) - px(24)) + px(8))
        scrolled.setMinimumHeight(min(high, self._window.height() - px(AROUND)))
        self.body.removeWidget(self.column)
        row = QHBoxLayout()
        row.setSpacing(px(24))
        row.addWidget(scrolled, 5)
        self.column.setFixedWidth(px(REASONS))
        row.addWidget(self.column)
        self.body.addLayout(row, 1)
        self.body.addWidget(self.strip)

    def decide(self) -> None:
        """Look at the form first; what is in doubt there is shown there."""
        self.view.save()

    def _decide(self) -> None:
        if self.view.typed() == self._saved:
            self._refuse(
                self._state.language.text("Nothing is changed yet. Change a value, or leave with Esc.")
            )
            self.view.go_to_first()
            return
        if gaps := self._record.gaps(self.view.values()):
            self.view.point_out(gaps[0])
            return
        code, note = self.column.typed("reason"), self.column.typed("note")
        if not code or (code == OTHER and not note):
            # The question of the reason says itself what is missing.
            super().decide()
            return
        try:
            self._save(code, note)
        except SleDeskError as error:
            self._say(error)
            return
        if self._record.to_sign is None:
            self.accept()
            return
        signing = self._record.to_sign(self._right(code, note))
        # What was typed waits behind the signature: Esc there leads back to it.
        ask_to_sign(self, self._state, signing.asked, signing.act).accepted.connect(self.accept)

    def _right(self, reason: str, note: str) -> Right:
        return Right(self.view.values(), reason, note, self._insists)

    def _save(self, reason: str, note: str) -> None:
        self._record.save(self._right(reason, note))

    def _say(self, error: SleDeskError) -> None:
        """Say what is refused below the field that it is about, else below the form."""
        place = self._record.places.get(error.code)
        if place is None:
            self._refuse(error_sentence(error, self._state.language), error.code)
            return
        self.strip.clear()
        self._insisting.setEnabled(False)
        box = self.view.field(place)
        self.view.go_to(place)
        box.show_finding(refusal(box.asked, error))

    def _refuse(self, words: str, code: str = "") -> None:
        insist = self._record.insist.get(code, "")
        ways = [WayOut(insist, INSIST, self._insist)] if insist else []
        self._insisting.setEnabled(bool(insist))
        self.strip.say(words, "bad", ways)
        announce(self.view, words, urgent=True)

    def _insist(self) -> None:
        self._insists = True
        self._decide()


def ask_correction(
    parent: QWidget, state: State, record: Correctable, done: Callable[[], object]
) -> CorrectRecord:
    """Open the dialog over a page; `done` is called once the record is corrected."""
    dialog = CorrectRecord(parent, state, record)

    def corrected() -> None:
        state.say(state.language.text("Corrected. F11 tells the history of the value."))
        done()

    dialog.accepted.connect(corrected)
    dialog.open()
    return dialog
