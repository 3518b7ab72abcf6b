"""Asks a few fields for one act; Ctrl+Enter does it, Esc does nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Form
from sle_desk.ui.buttons import Button
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import ScrolledFields, finding_sentence
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current

# What the frame of a dialog takes of the height of a screen.
AROUND = 40
# Fields stand side by side up to here, and below each other then.
MOST_WIDE = 800
Act = Callable[[dict[str, Value]], object]


class AskForm(QDialog):
    """A few fields and a verb; what the act refuses is said here, with what was typed kept.

    What the fields ask about may be shown `above` them.
    """

    def __init__(
        self,
        parent: QWidget,
        state: State,
        form: Form,
        verb: str,
        note: str,
        act: Act,
        above: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        language = state.language
        self._language, self._act = language, act
        self.setWindowTitle(language.words(form.label))
        self.view = FormView(form, language, state.clock.now, finding_sentence)
        self.strip = Strip()
        take = Button(verb, "primary", keys="Ctrl+Enter")
        leave = Button(language.text("Cancel"), keys="Esc")
        take.clicked.connect(self.view.save)
        leave.clicked.connect(self.reject)
        self.view.save_requested.connect(self._do)
        px = current().px
        row = QHBoxLayout()
        row.addWidget(label(note, "caption", "text_2", wrap=True), 1)
        row.addWidget(leave)
        row.addWidget(take)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(14))
        column.addWidget(label(self.windowTitle(), "section", wrap=True))
        if above is not None:
            column.addWidget(above, 1)
        self._scrolled = ScrolledFields(self.view)
        # Tab goes from the last field to the buttons.
        self._scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        wide = max(self.view.minimumSizeHint().width(), min(self.view.sizeHint().width(), px(MOST_WIDE)))
        self._scrolled.setMinimumWidth(wide + self._scrolled.verticalScrollBar().sizeHint().width())
        column.addWidget(self._scrolled, 1)
        column.addWidget(self.strip)
        column.addLayout(row)
        self.setMinimumWidth(px(620))
        self.view.go_to_first()

    def event(self, event: QEvent) -> bool:
        """Grow with what is told in the dialog or below a field: Qt would cut the fields instead."""
        heard = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._fit()
        return heard

    def _fit(self) -> None:
        """Be as high as the fields need and the screen allows; on a lower one they are scrolled."""
        most = self.screen().availableGeometry().height() - current().px(AROUND)
        rest = self.height() - self._scrolled.height()
        needed = self.view.heightForWidth(self._scrolled.viewport().width())
        self._scrolled.setMinimumHeight(min(needed, most - rest))
        whole = min(self._column.totalHeightForWidth(self.width()), most)
        if whole > self.height():
            self.resize(self.width(), whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay on the screen."""
        super().resizeEvent(event)
        screen = self.screen().availableGeometry()
        below = self.geometry().bottom() - screen.bottom()
        if below > 0:
            self.move(self.x(), max(screen.top(), self.y() - below))

    def _do(self) -> None:
        try:
            self._act(self.view.values())
        except SleDeskError as error:
            self.strip.say(error_sentence(error, self._language), "bad")
            return
        self.accept()


def ask_form(parent: QWidget, state: State, form: Form, verb: str, note: str, act: Act) -> bool:
    """Ask for the fields until the act is done; false when the person went back."""
    dialog = AskForm(parent, state, form, verb, note, act)
    done = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return done


def open_form(
    parent: QWidget, state: State, form: Form, verb: str, note: str, act: Act, done: Callable[[], object]
) -> AskForm:
    """Ask for the fields over a page that goes on; `done` is called once the act is done."""
    dialog = AskForm(parent, state, form, verb, note, act)
    dialog.accepted.connect(done)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
