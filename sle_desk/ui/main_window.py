"""The window: first run, sign-in, the desk with its pages, the lock screen; it owns no study logic."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language, message
from sle_desk.base.words import error_sentence
from sle_desk.domain import roles
from sle_desk.services import backup, backup_folder, people, restoring, studies, subjects
from sle_desk.services.restoring import Restoring
from sle_desk.services.studies import Unlocked
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.change_password import change_password
from sle_desk.ui.first_run import FirstRun
from sle_desk.ui.lock_screen import LockScreen
from sle_desk.ui.page_list import first_page, page_entries
from sle_desk.ui.pages.rehearsal_form import OpenBackup
from sle_desk.ui.recovery import RecoveryPage
from sle_desk.ui.shell import Shell
from sle_desk.ui.side_panel import APPLICATION_NAME
from sle_desk.ui.sign_in import SignIn
from sle_desk.ui.state import State
from sle_desk.ui.suggestions import Suggestion
from sle_desk.ui.theme import current
from sle_desk.ui.wording import role_words

BUSY = message("The study is busy with a copy; closing waits for it.")


def _quiet(step: str, share: float) -> None:
    """Report progress to nobody: the window is closing."""


class MainWindow(QMainWindow):
    """One study, one window."""

    folder_opened = Signal(object)

    def __init__(self, state: State, folder: Path | None) -> None:
        super().__init__()
        self.state = state
        self._folder = folder
        self._stack = QStackedWidget()
        self._shell: Shell | None = None
        self._lock: LockScreen | None = None
        self._window_keys: list[QAction] = []
        self._reading: ExitStack | None = None
        self.setCentralWidget(self._stack)
        # The title names the application only: a window title can be read from outside.
        self.setWindowTitle(APPLICATION_NAME)
        px = current().px
        self.resize(px(1440), px(900))
        self.setMinimumSize(1024, 640)
        state.said.connect(self._say)
        state.refused.connect(partial(self._say, status="bad"))
        state.going.connect(self.go)
        state.language_changed.connect(self._speak)
        state.changed.connect(self._refresh)
        state.backup_requested.connect(self._read_backup)
        state.restore_requested.connect(self._restore)
        self._start()

    # Before the desk.

    def _start(self) -> None:
        if self._folder is not None:
            self._show_sign_in(self._folder)
        else:
            self._show_first_run()

    def _show(self, widget: SignIn | FirstRun | RecoveryPage | Shell | LockScreen) -> None:
        for place in reversed(range(self._stack.count())):
            old = self._stack.widget(place)
            if old is not None and old is not widget and old is not self._shell:
                self._stack.removeWidget(old)
                old.deleteLater()
        if self._stack.indexOf(widget) < 0:
            self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)

    def _show_first_run(self) -> None:
        page = FirstRun(self.state)
        page.created.connect(self._take_folder)
        page.cancelled.connect(self.close)
        self._show(page)

    def _take_folder(self, folder: Path) -> None:
        self._folder = folder
        self._show_sign_in(folder)

    def _show_sign_in(self, folder: Path, told: str = "", status: str = "ok") -> None:
        page = SignIn(self.state, folder)
        page.tell(told, status)
        page.signed_in.connect(self._sit)
        page.recovery_requested.connect(self._show_recovery)
        self._show(page)
        page.focus_first()

    def _show_recovery(self) -> None:
        assert self._folder is not None
        page = RecoveryPage(self.state, self._folder)
        page.ended.connect(partial(self._show_sign_in, self._folder))
        self._show(page)

    # At the desk.

    def _sit(self, unlocked: Unlocked, role: str) -> None:
        desk = studies.sit_down(unlocked, role, self.state.clock)
        self.folder_opened.emit(unlocked.folder.path)
        self.state.sit(unlocked, desk)
        self.state.choose_language(Language(unlocked.language))
        if unlocked.must_change_password:
            change_password(self, self.state, self._show_desk, self._other_user, must=True)
            return
        self._show_desk()

    def _show_desk(self) -> None:
        desk = self.state.desk
        shell = Shell(page_entries(self.state), self.state.language)
        shell.language_requested.connect(self._choose_language)
        shell.lock_requested.connect(self._lock_screen)
        shell.top.search.answer_with(self._find)
        shell.top.search.chosen.connect(self._found)
        numbers = list(desk.protocol.registry_ids)
        if desk.read_only:
            numbers.insert(0, self.state.language.text("BACKUP, read only"))
        shell.show_study(" · ".join(numbers), studies.is_demonstration(desk))
        self._shell = shell
        self._add_window_keys(shell)
        self._name_user()
        self._show_backup()
        self._show(shell)
        shell.show_page(first_page(desk.actor.role))

    def _add_window_keys(self, shell: Shell) -> None:
        """Add the keys that work on every page."""
        acts = [("F8", self._hide_names, roles.SEES_NAMES), ("Ctrl+N", self._new_subject, None)]
        role = self.state.desk.actor.role
        for keys, act, allowed in acts:
            if role in allowed if allowed is not None else roles.may(role, "subject.register"):
                action = QAction(shell)
                action.setShortcut(QKeySequence(keys))
                action.triggered.connect(act)
                shell.addAction(action)
                self._window_keys.append(action)
        self._name_keys()

    def _name_keys(self) -> None:
        words = {
            "F8": self.state.language.text("hide or show names"),
            "Ctrl+N": self.state.language.text("new subject"),
        }
        for action in self._window_keys:
            action.setText(words[action.shortcut().toString()])

    def _hide_names(self) -> None:
        self.state.show_names(not self.state.names_shown)

    def _new_subject(self) -> None:
        self.go(Go("register"))

    def _name_user(self) -> None:
        if self._shell is not None and self.state.seated:
            actor = self.state.desk.actor
            self._shell.show_user(actor.name, role_words(actor.role, self.state.language))

    def go(self, where: Go) -> None:
        """Go to a place in the window."""
        if self._shell is None:
            return
        before = self._shell.current_page()
        if isinstance(before, DeskPage):
            before.left()
        page = self._shell.page(where.page)
        if isinstance(page, DeskPage):
            page.target(where)
        self._shell.show_page(where.page)

    def _choose_language(self, language: Language) -> None:
        self.state.choose_language(language)
        if self.state.seated and not self.state.desk.read_only:
            people.choose_language(self.state.desk, language.code)

    def _speak(self) -> None:
        if self._shell is not None:
            self._shell.set_language(self.state.language)
            self._name_user()
            self._name_keys()
            self._show_backup()

    def _say(self, text: str, status: str = "ok") -> None:
        if self._shell is not None:
            self._shell.say(text, status)

    def _refresh(self, tables: frozenset[str]) -> None:
        if self._shell is not None:
            self._shell.refresh_top()

    def _find(self, typed: str) -> list[Suggestion]:
        wanted = typed.strip().lower()
        rows = subjects.subjects(self.state.desk)
        return [
            Suggestion(str(row.id), row.code, (row.name,) if self.state.names_shown else ())
            for row in rows
            if wanted in row.code.lower() or (self.state.names_shown and wanted in row.name.lower())
        ][:12]

    def _found(self, code: str) -> None:
        self.go(Go("subject", subject_id=int(code)))

    def show_bug(self, log: str) -> None:
        """Say once that something went wrong that nobody expected; what was typed is kept."""
        words = self.state.language.text(
            "Something went wrong here and was not saved. What you typed is kept."
            " Please report it; log: {log}",
            log=log,
        )
        self._say(words, "bad")

    # The lock, and leaving.

    def _lock_screen(self) -> None:
        if self._shell is None or self._lock is not None:
            return
        page = self._shell.current_page()
        if isinstance(page, DeskPage):
            page.left()
        lock = LockScreen(self.state)
        lock.unlocked.connect(self._unlock)
        lock.other_user.connect(self._other_user)
        self._lock = lock
        self._show(lock)

    def _unlock(self) -> None:
        lock, self._lock = self._lock, None
        if self._shell is not None and lock is not None:
            self._show(self._shell)
            page = self._shell.current_page()
            if page is not None:
                page.setFocus()

    def _other_user(self) -> None:
        self._lock = None
        self._stand()
        assert self._folder is not None
        self._show_sign_in(self._folder)

    def _show_backup(self) -> None:
        if self._shell is None or self.state.unlocked is None:
            return
        made = backup.newest(self.state.unlocked.folder)
        language = self.state.language
        words = (
            language.text("Offline · backed up {time}", time=f"{made:%m-%d %H:%M}")
            if made
            else language.text("Offline · no backup yet")
        )
        self._shell.sidebar.show_backup(words, "" if made else "warn")

    def _read_backup(self, asked: OpenBackup) -> None:
        """Close the study and open a private copy of a backup, to be read."""
        stack = ExitStack()
        try:
            seat = backup.reading(asked.path, asked.login, asked.password, self.state.clock)
            unlocked, desk = stack.enter_context(seat)
        except SleDeskError as error:
            stack.close()
            self.state.refuse(error)
            return
        self._stand()
        self._reading = stack
        self.state.sit(unlocked, desk)
        self._show_desk()

    def _restore(self, wanted: Restoring) -> None:
        """Close the study, put the backup in its place, and ask to sign in on what stands there now."""
        assert self.state.unlocked is not None and self._folder is not None
        folder, replaced = self.state.unlocked.folder, self.state.desk.head().number
        self._stand()
        try:
            restoring.put_in_place(folder, wanted, replaced, self.state.clock)
        except SleDeskError as error:
            self._show_sign_in(self._folder, error_sentence(error, self.state.language), "bad")
            return
        words = self.state.language.text(
            "Restored: the study ends at audit number {number} of the backup. What was here before stands "
            "beside it and in a backup of its own.",
            number=wanted.rehearsal.backup.number,
        )
        self._show_sign_in(self._folder, words)

    def _stand(self) -> None:
        """Sign out; the shell goes with the desk."""
        unlocked, desk = self.state.stand()
        if self._shell is not None:
            self._stack.removeWidget(self._shell)
            self._shell.deleteLater()
            self._shell = None
        self._window_keys = []
        if self._reading is not None:
            reading, self._reading = self._reading, None
            reading.close()
            return
        studies.stand_up(unlocked, desk)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what is half typed, back up when something changed, sign out."""
        if self.state.jobs.running and not self.state.jobs.wait():
            self.state.say(self.state.language.text(BUSY))
            event.ignore()
            return
        if self.state.seated:
            self._back_up_and_stand()
        else:
            page = self._stack.currentWidget()
            if isinstance(page, SignIn):
                page.give_up()
        super().closeEvent(event)

    def _back_up_and_stand(self) -> None:
        page = self._shell.current_page() if self._shell is not None else None
        if isinstance(page, DeskPage):
            page.left()
        assert self.state.unlocked is not None
        try:
            if not self.state.desk.read_only and backup.is_due(self.state.desk, self.state.unlocked.folder):
                made = backup_folder.make_backups(self.state.desk, self.state.unlocked.folder, _quiet)
                if made.fault is not None:
                    self.state.refuse(made.fault)
        except SleDeskError as error:
            self.state.refuse(error)
        finally:
            # Whatever the backup met, the person is signed out and the lock given back.
            self._stand()
