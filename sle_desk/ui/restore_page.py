"""Restoring before anybody could sign in: a study that does not open, or one that is behind its backups."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.words import error_sentence
from sle_desk.services import restoring
from sle_desk.services.backup import Rehearsal
from sle_desk.services.backup_file import Backup
from sle_desk.services.before_sign_in import CHECK_WORDS
from sle_desk.services.live_study import Who
from sle_desk.services.restoring import Kept, Placed, Restoring
from sle_desk.ui.dialogs.working import Working
from sle_desk.ui.labels import label
from sle_desk.ui.login_field import LoginField
from sle_desk.ui.pages.rehearsal_form import RehearsalForm, ask_why_restored, restored_words
from sle_desk.ui.sign_in import USER_WORDS
from sle_desk.ui.state import State
from sle_desk.ui.theme import current

WIDE = 720


class RestorePage(QWidget):
    """The rehearsal of the Backup tab, for who is administrator or PI in the backup.

    `ended` says what was done.
    """

    ended = Signal(str, str)

    def __init__(self, state: State, folder: Path, chosen: Backup, login: str) -> None:
        super().__init__()
        self._state, self._folder = state, folder
        self._login, self._password = "", ""
        self._heading = label(role="display")
        self._about = label(role="body", ink="text_2", wrap=True)
        asked = LoginField(USER_WORDS, state.language)
        asked.input.setText(login)
        self.form = RehearsalForm(state, chosen, self, asked)
        self.form.closed.connect(self._leave)
        self._lay_out()
        for keys, act in (("Esc", self._leave), ("Ctrl+Shift+R", self.ask_restore)):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(act)
            self.addAction(action)
        state.language_changed.connect(self.retranslate)
        self.retranslate()

    def _lay_out(self) -> None:
        px = current().px
        column = QVBoxLayout()
        column.setContentsMargins(0, px(36), 0, px(36))
        column.setSpacing(px(14))
        column.addWidget(self._heading)
        column.addWidget(self._about)
        column.addWidget(self.form, 1)
        middle = QWidget()
        middle.setLayout(column)
        middle.setFixedWidth(px(WIDE))
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(middle)
        row.addStretch(1)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        language = self._state.language
        self._heading.setText(language.text("Restore a backup"))
        self._about.setText(
            language.text("Who was administrator or PI when it was made puts it in the place of this study.")
        )
        self.form.retranslate()

    def focus_first(self) -> None:
        """Put the focus where typing starts."""
        self.form.focus_first()

    # What the form asks of the place where it stands.

    def may_read(self) -> bool:
        """Return no: at a backup that is read, somebody sits as at a desk."""
        return False

    def may_restore(self) -> bool:
        """Return yes: who may is known by the backup itself."""
        return True

    def live_number(self, rehearsal: Rehearsal) -> int | None:
        """Return where the study of now ends, by the file where it opens, else by its key file."""
        return rehearsal.live.number

    def rehearse(self, chosen: Backup, password: str) -> None:
        """Verify a private copy of the backup, and that its person may restore it."""
        assert self.form.login is not None
        login = self.form.login.typed().lower()
        if not login:
            self.form.refuse(self._state.language.text("Type the user name."))
            return
        self._login, self._password = login, password
        who = Who(login, password, self._state.clock)
        work = partial(restoring.rehearse_at, self._folder, chosen, who)
        title = self._state.language.text("Rehearsing a restore")
        working = Working(self, self._state, title, CHECK_WORDS, "backup")
        working.run(work, self.form.show_outcome, self._refused)

    def _refused(self, error: SleDeskError) -> None:
        self._password = ""
        said = error_sentence(error, self._state.language)
        if error.code == "sign_in.wrong":
            self.form.password.refuse(said)
            self.form.password.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.form.refuse(said)

    def open_to_read(self) -> None:
        """Do nothing: see `may_read`."""

    def ask_restore(self) -> None:
        """Ask why the rehearsed backup is to take the place of the study; nothing is done before."""
        rehearsal = self.form.rehearsal()
        if rehearsal is not None and self._password:
            ask_why_restored(self, self._state, rehearsal, self.live_number(rehearsal), self._restore)

    def _restore(self, rehearsal: Rehearsal, reason: str, note: str) -> None:
        wanted = Restoring(rehearsal, self._login, self._password, reason, note)
        title = self._state.language.text("Putting the backup in place")
        working = Working(self, self._state, title, CHECK_WORDS, "backup")
        work = partial(restoring.restore_at, self._folder, wanted, self._state.clock)
        working.run(work, partial(self._done, wanted), self._refused)

    def _done(self, wanted: Restoring, outcome: tuple[Kept, Placed]) -> None:
        kept, placed = outcome
        words, status = restored_words(wanted, placed, self._state.language, in_backup=bool(kept.backups))
        self._password = ""
        self.ended.emit(words, status)

    def _leave(self) -> None:
        self._password = ""
        self.ended.emit("", "ok")
