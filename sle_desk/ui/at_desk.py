"""The window while somebody sits at the desk: shell and pages, keys, lock screen, backups, leaving."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import SleDeskError, StorageFailed
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.domain import roles
from sle_desk.services import (
    backup,
    behind,
    idle_lock,
    people,
    restoring,
    studies,
    subjects,
)
from sle_desk.services.clock_guard import ANSWERS
from sle_desk.services.lock_guard import TABLE, refusal
from sle_desk.services.restoring import Restoring
from sle_desk.services.studies import Unlocked
from sle_desk.ui.backing_up import BackingUp
from sle_desk.ui.copied import Copied
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.desk_watch import DeskWatch
from sle_desk.ui.dialogs.ask_behind import ask_behind
from sle_desk.ui.dialogs.ask_clock import ask_clock
from sle_desk.ui.dialogs.change_password import change_password
from sle_desk.ui.idle import IdleWatch
from sle_desk.ui.lock_screen import LockScreen
from sle_desk.ui.page_list import first_page, page_entries, subject_page
from sle_desk.ui.pages.rehearsal_form import OpenBackup, restored_words
from sle_desk.ui.session_lock import SessionLock
from sle_desk.ui.shell import Shell
from sle_desk.ui.sign_in import RESTORE
from sle_desk.ui.state import State
from sle_desk.ui.suggestions import Suggestion
from sle_desk.ui.told_first import told_first
from sle_desk.ui.window_keys import WindowKeys
from sle_desk.ui.wording import role_words

NEW_SUBJECT, REGISTER = "Ctrl+N", "subject.register"
# How long is waited, in milliseconds, before it is looked again whether a job has ended.
JOB_WAIT = 50


class Frame(Protocol):
    """The window around the desk: it shows a widget in its whole room."""

    def show_whole(self, widget: QWidget, kept: QWidget | None = None) -> None:
        """Show a widget; the one before goes, unless it is to be kept."""


class AtDesk(QObject):
    """What the window does from sign-in to sign-out; `left` tells that the next person may sign in.

    It carries what is to be said there, with its status.
    """

    left = Signal(str, str)
    folder_opened = Signal(object)

    def __init__(self, window: QWidget, frame: Frame, state: State) -> None:
        super().__init__(window)
        self.state = state
        self._window, self._frame = window, frame
        self._shell: Shell | None = None
        self._lock: LockScreen | None = None
        self._window_keys: list[QAction] = []
        self._reading: ExitStack | None = None
        self._idle = IdleWatch(state.clock, self)
        self._idle.left.connect(self._lock_screen)
        self._watch = DeskWatch(state, window, lambda: self._lock is not None, self)
        self._watch.role_ended.connect(self._lock_screen)
        self._session = SessionLock(window, self)
        self._session.locked.connect(self._lock_screen)
        self._copied = Copied(self)
        self._backups = BackingUp(state, self)
        self._backups.changed.connect(self._show_backup)
        self._backups.failed.connect(self.say)
        state.said.connect(self.say)
        state.refused.connect(self._refuse)
        state.going.connect(self.go)
        state.language_changed.connect(self._speak)
        state.changed.connect(self._refresh)
        state.backup_requested.connect(self._read_backup)
        state.restore_requested.connect(self._restore)

    # Sitting down.

    def sit(self, unlocked: Unlocked, role: str, **reasons: str) -> None:
        """Take the desk of a person who signed in.

        A study behind its backups is asked about first, and a clock that cannot be believed: `behind_reason`
        and `clock_reason` of `studies.sit_down`.
        """
        try:
            desk = studies.sit_down(unlocked, role, self.state.clock, None, **reasons)
        except SleDeskError as error:
            self._not_seated(unlocked, role, error, reasons)
            return
        self.folder_opened.emit(unlocked.folder.path)
        self.state.sit(unlocked, desk)
        self.state.choose_language(Language(unlocked.language))
        if unlocked.must_change_password:
            change_password(self._window, self.state, self._show_desk, self._other_user, must=True)
            return
        self._show_desk()

    def _not_seated(
        self, unlocked: Unlocked, role: str, error: SleDeskError, reasons: dict[str, str]
    ) -> None:
        """Ask whoever may answer; everybody else is back at the sign-in, told why."""

        def leave(told: str = "", status: str = "ok") -> None:
            studies.leave(unlocked)
            self.left.emit(told, status)

        is_behind = error.code == behind.CODE
        action = behind.ACCEPT if is_behind else ANSWERS.get(error.code)
        told = error_sentence(error, self.state.language)
        if action is None or not roles.may(role, action):
            leave(told, RESTORE if is_behind else "bad")
            return
        name, ask = ("behind_reason", ask_behind) if is_behind else ("clock_reason", ask_clock)
        dialog = ask(
            self._window,
            self.state,
            told,
            lambda reason: self.sit(unlocked, role, **{**reasons, name: reason}),
        )
        dialog.rejected.connect(partial(leave, told, RESTORE) if is_behind else leave)

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
        self._show_locked()
        self._name_user()
        self._show_backup()
        self._frame.show_whole(shell)
        self._idle.start(idle_lock.minutes(desk))
        self._session.start()
        self._watch.start()
        self._backups.start()
        shell.show_page(first_page(desk.actor.role))
        told = told_first(self.state)
        if told:
            self.say(told, "warn")

    def _add_window_keys(self, shell: Shell) -> None:
        """Add the keys that work on every page."""
        acts: list[tuple[str, Callable[[], object], frozenset[str] | None]] = [
            ("F8", self._hide_names, roles.SEES_NAMES),
            (NEW_SUBJECT, self._new_subject, None),
        ]
        role, window_keys = self.state.desk.actor.role, WindowKeys(shell)
        for keys, act, allowed in acts:
            if role in allowed if allowed is not None else roles.may(role, REGISTER):
                self._window_keys.append(window_keys.add(keys, act))
        self._name_keys()

    def _name_keys(self) -> None:
        words = {
            "F8": self.state.language.text("hide or show names"),
            NEW_SUBJECT: self.state.language.text("new subject"),
        }
        for action in self._window_keys:
            action.setText(words[action.shortcut().toString()])

    # Working.

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
            self._show_locked()
            self._name_user()
            self._name_keys()
            self._show_backup()

    def say(self, text: str, status: str = "ok") -> None:
        """Tell the person something at the foot of the page."""
        if self._shell is not None:
            self._shell.say(text, status)

    def _refuse(self, text: str) -> None:
        self.say(text, "bad")

    def _refresh(self, tables: frozenset[str]) -> None:
        if self._shell is not None:
            self._shell.refresh_top()
            if not tables:
                # Something happened that changed no record: perhaps a backup.
                self._show_backup()
        if TABLE in tables:
            # Once the act that locks or unlocks is done: its page goes too.
            QTimer.singleShot(0, self, self._build_anew)
        if "study_fact" in tables and self.state.seated:
            self._idle.minutes = idle_lock.minutes(self.state.desk)

    def _show_locked(self) -> None:
        """Say why nothing is entered, and let the keys of the window follow."""
        refused = refusal(REGISTER, self.state.desk.locked)
        if self._shell is not None:
            self._shell.show_locked(error_sentence(refused, self.state.language) if refused else "")
        for action in self._window_keys:
            if action.shortcut().toString() == NEW_SUBJECT:
                action.setVisible(self.state.may(REGISTER))

    def _build_anew(self) -> None:
        """Build the pages anew after a lock was set or ended: on each of them other things can be done."""
        if self._shell is None or not self.state.seated:
            return
        if self.state.jobs.running:
            # What it has to tell is told to a page that is still there.
            QTimer.singleShot(JOB_WAIT, self, self._build_anew)
            return
        page = self._shell.current_page()
        if isinstance(page, DeskPage):
            page.left()
        self._shell.build_anew()
        self._show_locked()
        self.go(Go("study", tab="lock"))

    def _find(self, typed: str) -> list[Suggestion]:
        if not subject_page(self.state.desk.actor.role):
            return []
        wanted, desk = typed.strip().lower(), self.state.desk
        if desk.actor.role not in roles.SEES_VALUES:
            # By number alone: a row says more than this role reads.
            codes = subjects.subject_codes(desk).items()
            return [Suggestion(str(key), code, ()) for key, code in codes if wanted in code.lower()][:12]
        rows = subjects.subjects(desk)
        return [
            Suggestion(str(row.id), row.code, (row.name,) if self.state.names_shown else ())
            for row in rows
            if wanted in row.code.lower() or (self.state.names_shown and wanted in row.name.lower())
        ][:12]

    def _found(self, code: str) -> None:
        self.go(Go(subject_page(self.state.desk.actor.role), subject_id=int(code)))

    def _show_backup(self) -> None:
        if self._shell is None or self.state.unlocked is None:
            return
        self._shell.sidebar.show_backup(*self._backups.words())

    # The lock.

    def _lock_screen(self) -> None:
        if self._shell is None or self._lock is not None:
            return
        page = self._shell.current_page()
        if isinstance(page, DeskPage):
            page.left()
        self._copied.forget()
        lock = LockScreen(self.state)
        lock.unlocked.connect(self._unlock)
        lock.other_user.connect(self._other_user)
        self._lock = lock
        self._frame.show_whole(lock, kept=self._shell)

    def _unlock(self) -> None:
        lock, self._lock = self._lock, None
        if self._shell is not None and lock is not None:
            self._frame.show_whole(self._shell)
            page = self._shell.current_page()
            if page is not None:
                page.setFocus()

    # Backups in place of the study.

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
        self.stand()
        self._reading = stack
        self.state.sit(unlocked, desk)
        self._show_desk()

    def _restore(self, wanted: Restoring) -> None:
        """Close the study, put the backup in its place, and ask to sign in on what stands there now."""
        assert self.state.unlocked is not None
        folder, replaced = self.state.unlocked.folder, self.state.desk.head().number
        with contextlib.suppress(StorageFailed):
            # Closed in any case; a key file or a study that was damaged is what a backup is restored for.
            self.stand()
        try:
            placed = restoring.put_in_place(folder, wanted, replaced, self.state.clock)
        except SleDeskError as error:
            self.left.emit(error_sentence(error, self.state.language), "bad")
            return
        self.left.emit(*restored_words(wanted, placed, self.state.language))

    # Leaving.

    def _other_user(self) -> None:
        self._lock = None
        self.stand()
        self.left.emit("", "ok")

    def stand(self) -> None:
        """Sign out; the shell goes with the desk."""
        self._copied.forget()
        self._idle.stop()
        self._session.stop()
        self._backups.stop()
        unlocked, desk = self.state.stand()
        if self._shell is not None:
            self._shell.setParent(None)
            self._shell.deleteLater()
            self._shell = None
        self._window_keys = []
        if self._reading is not None:
            reading, self._reading = self._reading, None
            reading.close()
            return
        studies.stand_up(unlocked, desk)

    def back_up_and_stand(self) -> None:
        """Keep what is half typed, back up when something changed, sign out."""
        page = self._shell.current_page() if self._shell is not None else None
        if isinstance(page, DeskPage):
            page.left()
        try:
            self._backups.at_closing()
        except SleDeskError as error:
            self.state.refuse(error)
        finally:
            # Whatever the backup met, the person is signed out and the lock given back.
            self.stand()
