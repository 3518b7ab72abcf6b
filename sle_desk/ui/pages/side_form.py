"""A form beside a list: Ctrl+Enter saves, Esc closes and keeps a draft, a refusal stands by the buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Form
from sle_desk.services import drafts
from sle_desk.services.drafts import Place
from sle_desk.ui.buttons import Button
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.labels import announce
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current

Values = Mapping[str, Value]


def text_of(values: Values, code: str) -> str:
    """Return a text or choice, or an empty text."""
    value = values.get(code)
    return (value.text or value.choice or "") if value else ""


def day_of(values: Values, code: str) -> date | None:
    """Return a day, or None when there is none."""
    value = values.get(code)
    return value.day if value else None


class SideForm(QWidget):
    """The declared fields, perhaps more below them; `act` saves what was given and may refuse it."""

    closed = Signal()
    # A password among what is given: what is refused of it stands below it.
    secret: PasswordField | None = None

    def __init__(
        self,
        state: State,
        form: Form | None,
        place: Place | None,
        act: Callable[[Values], object],
        verb: Callable[[Language], str],
        codes: tuple[str, ...] = (),
        places: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__()
        self.state, self._place, self._act, self._verb = state, place, act, verb
        # Below which field a refusal stands, by its code; any other stands by the buttons.
        self._places = places
        self.view: FormView | None = None
        if form is not None:
            self.view = FormView(form, state.language, state.clock.now, finding_sentence, codes=codes)
        self.strip = Strip()
        self.button = Button("", "primary", keys="Ctrl+Enter")
        self.leave = Button("", keys="Esc")
        self.more = QVBoxLayout()
        self.more.setSpacing(current().px(12))
        self._lay_out()
        self._listen()
        self.retranslate()
        if self.view is not None and place is not None:
            self.view.resume(drafts.drafts(state.desk, place))

    def _lay_out(self) -> None:
        px = current().px
        inner = self._inner = QWidget()
        inner.setProperty("part", "ground")
        content = QVBoxLayout(inner)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(px(12))
        if self.view is not None:
            content.addWidget(self.view)
        content.addLayout(self.more)
        content.addStretch(1)
        scrolled = QScrollArea()
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(inner)
        self._bar = scrolled.verticalScrollBar()
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.leave)
        row.addStretch(1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(scrolled, 1)
        column.addWidget(self.strip)
        column.addLayout(row)

    def _listen(self) -> None:
        if self.view is not None:
            self.view.field_kept.connect(self._keep)
            self.view.save_requested.connect(self._given)
            self.view.ended.connect(self.ended)
        self.button.clicked.connect(self.save)
        self.leave.clicked.connect(self.closed)
        self._saving = QAction(self)
        self._saving.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        self._saving.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._saving.triggered.connect(self.save)
        self.addAction(self._saving)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        language = self.state.language
        if self.view is not None:
            self.view.set_language(language)
        self.button.set_words(self._verb(language))
        self._saving.setText(self._verb(language))
        self.leave.set_words(language.text("Close"))
        self.strip.clear()

    def focus_first(self) -> None:
        """Put the focus where typing starts."""
        if self.view is not None:
            self.view.go_to_first()

    def needed_width(self) -> int:
        """Return the width in which nothing is cut, the scroll bar beside it."""
        wide = self._inner.minimumSizeHint().width()
        return wide + self._bar.sizeHint().width() + current().px(8)

    def ended(self) -> None:
        """Go on after the last field: to the button, so that Enter saves."""
        self.button.setFocus(Qt.FocusReason.TabFocusReason)

    # Drafts.

    def _keep(self, code: str, typed: str) -> None:
        if self._place is not None:
            drafts.keep_draft(self.state.desk, self._place, code, typed)

    def keep_half_typed(self) -> None:
        """Keep what stands in every field, accepted or not."""
        if self.view is not None and self._place is not None:
            for code, typed in self.view.typed().items():
                drafts.keep_draft(self.state.desk, self._place, code, typed)

    # Saving.

    def save(self) -> None:
        """Save what was given, once nothing is missing in the fields."""
        if self.view is not None:
            self.view.save()
        else:
            self._given()

    def missing(self) -> str:
        """Return what is still missing beside the fields; nothing when all is there."""
        return ""

    def _given(self) -> None:
        language = self.state.language
        values: dict[str, Any] = dict(self.view.values()) if self.view is not None else {}
        unsaid = self.view.unsaid() if self.view is not None else []
        lacking = self.missing()
        if self.view is not None and unsaid:
            # Nothing here is saved incomplete, unlike a form of a patient.
            lacking = language.text("Every field that is asked for is needed here.")
            self.view.go_to(unsaid[0])
        if lacking:
            self.refuse(lacking)
            return
        try:
            self._act(values)
        except SleDeskError as error:
            self._refuse_error(error)
            return
        if self._place is not None:
            drafts.drop_drafts(self.state.desk, self._place)
            self._place = None
        self.closed.emit()

    def _refuse_error(self, error: SleDeskError) -> None:
        sentence = error_sentence(error, self.state.language)
        if self.secret is not None and error.code.startswith("password."):
            self.secret.refuse(sentence)
            self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self.view is None or error.code not in self._places:
            self.refuse(sentence)
            return
        field = self.view.field(self._places[error.code])
        self.view.go_to(field.asked.code)
        field.select_all()
        field.strip.say(sentence, "bad")
        field.show_state("bad")
        announce(field.editor, sentence, urgent=True)

    def refuse(self, sentence: str) -> None:
        """Say above the buttons why nothing was saved."""
        self.strip.say(sentence, "bad")
        announce(self.strip, sentence, urgent=True)
