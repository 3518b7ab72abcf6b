"""Changing one's own password: at any time, and before anything else after a one-time password."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QWidget

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.language import Words
from sle_desk.base.words import error_sentence
from sle_desk.domain.accounts import PASSWORD_LENGTH
from sle_desk.services import people
from sle_desk.ui.entry_column import EntryColumn
from sle_desk.ui.labels import label
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State

OLD = Words("Present password", "当前密码")
ONE_TIME = Words("One-time password", "一次性密码")
NEW = Words("New password", "新密码")
AGAIN = Words("The new password again", "再次输入新密码")
LINES = {"password.old_wrong": "old", "password.differ": "again"}


class ChangePassword(Sheet):
    """Three passwords; Enter walks down and decides. Who must change it can only do so or sign out."""

    def __init__(self, parent: QWidget, state: State, *, must: bool = False) -> None:
        language, actor = state.language, state.desk.actor
        title = language.text("Choose your own password" if must else "Change password")
        super().__init__(parent, title, f"{actor.name}  ·  {actor.login}", "key", wide=560)
        self._state = state
        if must:
            why = language.text(
                "You signed in with a password that somebody else knows. From now on only you know it."
            )
            self.body.addWidget(label(why, "body", "text_2", wrap=True))
        words = {"old": ONE_TIME if must else OLD, "new": NEW, "again": AGAIN}
        self.column = EntryColumn({code: PasswordField(said, language) for code, said in words.items()})
        self.body.addWidget(self.column)
        self.foot.setText(
            language.text(
                "At least {length} characters: a few words are easier than signs.",
                length=PASSWORD_LENGTH,
            )
        )
        self.add_way_out(language.text("Sign out" if must else "Cancel"))
        self.verb = self.add_verb(language.text("Change password"), keys="Enter", icon="key")
        self.verb.clicked.connect(self.change)
        self.column.ended.connect(self.change)
        self.column.go_to("old")
        self.finished.connect(self.deleteLater)

    def change(self) -> None:
        """Change it, or say below the line what is wrong."""
        language, typed = self._state.language, self.column.typed
        empty = self.column.missing()
        if empty:
            self.column.refuse(empty[0][0], language.text("Type it here."))
            return
        assert self._state.unlocked is not None
        try:
            if typed("new") != typed("again"):
                raise RuleBroken("password.differ")
            people.change_password(self._state.desk, self._state.unlocked.folder, typed("old"), typed("new"))
        except SleDeskError as error:
            self.column.refuse(LINES.get(error.code, "new"), error_sentence(error, language))
            return
        self.column.wipe_passwords()
        self.accept()


def change_password(
    parent: QWidget,
    state: State,
    changed: Callable[[], object],
    given_up: Callable[[], object] | None = None,
    *,
    must: bool = False,
) -> ChangePassword:
    """Open the dialog over a page; one of the two is called when it closes."""
    dialog = ChangePassword(parent, state, must=must)
    dialog.accepted.connect(changed)
    if given_up is not None:
        dialog.rejected.connect(given_up)
    dialog.open()
    return dialog


def must_change_password(parent: QWidget, state: State) -> bool:
    """Ask for a password of one's own and wait for it; false when the person signs out instead."""
    dialog = ChangePassword(parent, state, must=True)
    return dialog.exec() == QDialog.DialogCode.Accepted
