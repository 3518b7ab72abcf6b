"""The one signing dialog: the statement as it is signed, who signs in which role, and the password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Words
from sle_desk.base.words import error_sentence
from sle_desk.services.signatures import Signing
from sle_desk.ui.cards import Card
from sle_desk.ui.icons import Icon
from sle_desk.ui.labels import label
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.wording import role_words

PASSWORD = Words("Password", "密码")
WRONG_PASSWORD = "signature.password"


@dataclass(frozen=True)
class Asked:
    """What is to be signed: title and subject, the meaning, and the statement in the language shown."""

    title: str
    about: str
    meaning: str
    statement: str


class SignDialog(Sheet):
    """Enter signs, Esc leaves; `act` does what is signed and may refuse: then the dialog stays open."""

    def __init__(self, parent: QWidget, state: State, asked: Asked, act: Callable[[Signing], object]) -> None:
        super().__init__(parent, asked.title, asked.about, "pen", wide=620)
        self._state, self._asked, self._act = state, asked, act
        language, actor = state.language, state.desk.actor
        well = Card(part="well")
        row = QHBoxLayout()
        row.addWidget(Icon("pen", "accent", 20), alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(asked.statement, "strong", wrap=True), 1)
        well.body.addLayout(row)
        who = language.text("{name}, {role}", name=actor.name, role=role_words(actor.role, language))
        self.password = PasswordField(PASSWORD, language)
        self.strip = Strip()
        for part in (well, label(who, "body", "text_2"), self.password, self.strip):
            self.body.addWidget(part)
        self.foot.setText(
            language.text("Your password is your signature. It is bound to what was shown here.")
        )
        self.add_way_out(language.text("Cancel"))
        self.verb = self.add_verb(language.text("Sign"), keys="Enter", icon="pen")
        self.verb.clicked.connect(self.sign)
        self.password.entered.connect(self.sign)
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self.finished.connect(self.deleteLater)

    def sign(self) -> None:
        """Sign with the password that was typed; what is refused is said here."""
        asked, language = self._asked, self._state.language
        self.strip.clear()
        signing = Signing(asked.meaning, asked.statement, language.code, self.password.typed())
        try:
            self._act(signing)
        except SleDeskError as error:
            said = error_sentence(error, language)
            if error.code == WRONG_PASSWORD:
                self.password.refuse(said)
                self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self.strip.say(said, "bad")
            return
        self.password.wipe()
        self.accept()


def ask_to_sign(parent: QWidget, state: State, asked: Asked, act: Callable[[Signing], object]) -> SignDialog:
    """Open the signing dialog over a page; `act` is called with the signing once Enter is pressed."""
    dialog = SignDialog(parent, state, asked, act)
    dialog.open()
    return dialog
