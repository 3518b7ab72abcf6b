"""The lock screen: nothing of the study in sight; the same person returns by password, to the same place."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Words
from sle_desk.base.words import error_sentence
from sle_desk.services import people
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card, IconTile, divider
from sle_desk.ui.labels import label, name_for_readers
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.side_panel import SidePanel
from sle_desk.ui.sign_in import clock_words
from sle_desk.ui.state import State
from sle_desk.ui.theme import current
from sle_desk.ui.wording import role_words

PASSWORD = Words("Password", "密码")
OTHER_KEYS = "Ctrl+U"


class LockScreen(QWidget):
    """Stands in the window instead of everything else; made at the moment of locking.

    It remembers where the focus was and which dialogs were open. The window shows it, and shows the
    desk again on `unlocked`; on `other_user` the first person is signed out, and keeps the drafts.
    """

    unlocked = Signal()
    other_user = Signal()

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._before = QApplication.focusWidget()
        self._hidden: list[QWidget] = []
        self._asked = False
        self.setProperty("part", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.panel = SidePanel()
        self._title = label(role="display", ink="sidebar_title", wrap=True)
        self._other_title = label(role="section", ink="sidebar_text", wrap=True)
        self.panel.body.addWidget(self._title)
        self.panel.body.addWidget(self._other_title)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.panel, 39)
        row.addLayout(self._right_side(), 61)
        other = QAction(self)
        other.setShortcut(QKeySequence(OTHER_KEYS))
        other.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        other.triggered.connect(self._other)
        self.addAction(other)
        state.language_changed.connect(self.retranslate)
        self.retranslate()

    def _right_side(self) -> QVBoxLayout:
        px = current().px
        self.card = Card()
        self.card.setFixedWidth(px(492))
        self._name, self._role = label(role="page"), label(role="body", ink="text_2")
        self._kept = label(role="body", ink="text_2", wrap=True)
        self.password = PasswordField(PASSWORD, self._state.language)
        self.button = Button("", "primary", keys="Enter", icon="unlock", high=40)
        self._whose = label(role="caption", ink="text_2", wrap=True)
        self.other_button = Button("", keys=OTHER_KEYS, icon="user")
        body = self.card.body
        body.setContentsMargins(px(40), px(36), px(40), px(36))
        body.setSpacing(px(14))
        body.addLayout(self._who())
        for part in (self._kept, self.password, self.button, divider(), self._whose):
            body.addWidget(part)
        body.addWidget(self.other_button, alignment=Qt.AlignmentFlag.AlignLeft)
        self.password.entered.connect(self._unlock)
        self.button.clicked.connect(self._unlock)
        self.other_button.clicked.connect(self._other)
        # Not by alignment: the card would keep its height when a strip in it needs two lines.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.card)
        middle.addStretch(1)
        side = QVBoxLayout()
        side.addStretch(1)
        side.addLayout(middle)
        side.addStretch(1)
        return side

    def _who(self) -> QHBoxLayout:
        px = current().px
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addWidget(self._name)
        words.addWidget(self._role)
        row = QHBoxLayout()
        row.setSpacing(px(14))
        row.addWidget(IconTile("lock", size=48))
        row.addLayout(words, 1)
        return row

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        language, actor = self._state.language, self._state.desk.actor
        self._title.setText(language.text("Locked"))
        self._other_title.setText(language.other().text("Locked"))
        self._name.setText(actor.name)
        self._role.setText(role_words(actor.role, language))
        self._kept.setText(
            language.text("Your password leads back to where you were. Unsaved fields are kept.")
        )
        self.password.retranslate(language)
        self.button.set_words(language.text("Unlock"))
        self._whose.setText(
            language.text(
                "Somebody else signs in with another account. What {name} had typed on a page stays as a "
                "draft; what was typed in a dialog is given up.",
                name=actor.name,
            )
        )
        self.other_button.set_words(language.text("Another person signs in"))
        clock = clock_words(self._state.clock.now())
        self.panel.show_facts([("clock", language.text("Computer clock {clock}", clock=clock))])
        name_for_readers(self, language.text("Locked"))

    # Covering.

    def showEvent(self, event: QShowEvent) -> None:
        """Take every other window of the application out of sight, and the focus here."""
        super().showEvent(event)
        for other in QApplication.topLevelWidgets():
            if other.isVisible() and other is not self.window():
                self._hidden.append(other)
                other.hide()
        # What was hidden may have had the keys.
        self.window().activateWindow()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep no password behind."""
        super().hideEvent(event)
        self.password.wipe()

    # Leaving.

    def _unlock(self) -> None:
        unlocked = self._state.unlocked
        assert unlocked is not None
        try:
            people.confirm_presence(self._state.desk, unlocked.folder, self.password.typed())
        except SleDeskError as error:
            self.password.refuse(error_sentence(error, self._state.language))
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.password.wipe()
        hidden, before = self._hidden, self._before
        self.unlocked.emit()
        for other in hidden:
            if shiboken6.isValid(other):
                other.show()
        if before is not None and shiboken6.isValid(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _other(self) -> None:
        self.other_user.emit()
