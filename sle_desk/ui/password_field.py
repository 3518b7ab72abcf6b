"""The field of a password: shown on demand, with a warning while Caps Lock is on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from sle_desk.base.language import Language, Words
from sle_desk.ui.buttons import IconButton
from sle_desk.ui.keys import plain_enter
from sle_desk.ui.labels import announce, dress, label, name_for_readers
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current


class PasswordInput(QLineEdit):
    """A line of dots with an eye in it; it tells what each key says about Caps Lock."""

    entered = Signal()
    caps_seen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.show_letters(False)
        dress(self, part="input", high="large")
        self.eye = IconButton("eye", "")
        self.eye.setParent(self)
        self.eye.setCursor(Qt.CursorShape.ArrowCursor)
        self.setTextMargins(0, 0, current().px(34), 0)

    def show_letters(self, shown: bool) -> None:
        """Show letters or dots."""
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        # An input method must not see a password, shown or not; Qt turns it on with the letters.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def letters_shown(self) -> bool:
        """Tell whether letters are shown."""
        return self.echoMode() == QLineEdit.EchoMode.Normal

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the eye at the right end."""
        super().resizeEvent(event)
        size = self.eye.sizeHint()
        left = self.width() - size.width() - current().px(8)
        self.eye.setGeometry(left, (self.height() - size.height()) // 2, size.width(), size.height())

    def sizeHint(self) -> QSize:
        """Return a width for a pass phrase."""
        return QSize(self.fontMetrics().averageCharWidth() * 28, super().sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Claim Enter before the page's shortcuts."""
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and plain_enter(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell Enter; learn from letters and from the key itself whether Caps Lock is on."""
        if plain_enter(event):
            self.entered.emit()
            return
        letter = event.text()
        if len(letter) == 1 and letter.isascii() and letter.isalpha():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_seen.emit(letter.isupper() != shifted)
        super().keyPressEvent(event)


class PasswordField(QWidget):
    """A password with its label; Enter tells `entered`, and the strip says what was wrong."""

    entered = Signal()

    def __init__(self, words: Words, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._caps = False
        self.caption = label(role="label", ink="text_2")
        self.input = PasswordInput()
        self.caps_strip, self.strip = Strip(), Strip()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(4))
        for part in (self.caption, self.input, self.caps_strip, self.strip):
            column.addWidget(part)
        self.setFocusProxy(self.input)
        self.input.entered.connect(self.entered)
        self.input.caps_seen.connect(self._show_caps)
        self.input.textEdited.connect(self._edited)
        self.input.eye.clicked.connect(self._show_or_hide)
        # After the line in the tab order, and reachable: a key must be able to show the password too.
        QWidget.setTabOrder(self.input, self.input.eye)
        self.retranslate(language)

    def typed(self) -> str:
        """Return the password exactly as typed."""
        return self.input.text()

    def wipe(self) -> None:
        """Take the password out of the line and hide the next one."""
        self.input.clear()
        self.input.show_letters(False)
        self._name_eye()

    def refuse(self, sentence: str) -> None:
        """Say what was wrong and mark the password, to be typed again."""
        self.strip.say(sentence, "bad")
        self.input.selectAll()
        announce(self.input, sentence, urgent=True)

    def retranslate(self, language: Language) -> None:
        """Show every word in a language; what was typed stays."""
        self._language = language
        self.caption.setText(language.words(self._words))
        name_for_readers(self.input, language.words(self._words))
        self._name_eye()
        self._say_caps()

    def _edited(self) -> None:
        self.strip.clear()

    def _show_or_hide(self) -> None:
        self.input.show_letters(not self.input.letters_shown())
        self._name_eye()

    def _name_eye(self) -> None:
        hidden = not self.input.letters_shown()
        name = self._language.text("Show the password" if hidden else "Hide the password")
        self.input.eye.set_name(name, "eye" if hidden else "eye-off")

    def _show_caps(self, on: bool) -> None:
        if on != self._caps:
            self._caps = on
            self._say_caps()
            if on:
                announce(self.input, self.caps_strip.sentence())

    def _say_caps(self) -> None:
        if self._caps:
            self.caps_strip.say(self._language.text("Caps Lock is on"), "warn")
        else:
            self.caps_strip.clear()
