"""Sign in: user name, password, then the opening checks, then the role to act in.

What opens the database is loaded once somebody signs in: the window is there before.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

import sle_desk
from sle_desk.base.errors import SleDeskError, StorageFailed
from sle_desk.base.language import LANGUAGES, Language, Words
from sle_desk.base.words import error_sentence, sentence
from sle_desk.domain import roles
from sle_desk.services.before_sign_in import CHECK_WORDS, StudyHeader, study_header
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.labels import label, name_for_readers
from sle_desk.ui.login_field import LoginField
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.side_panel import SidePanel
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip, WayOut
from sle_desk.ui.theme import current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sle_desk.services.backup_file import Backup
    from sle_desk.services.studies import Report, Unlocked, Verified

USER_WORDS, PASSWORD_WORDS = Words("User name", "用户名"), Words("Password", "密码")
# The status of what is said where a backup is to be restored: it is offered.
RESTORE = "restore"
OFFER_KEYS = ("Ctrl+Shift+R", "Ctrl+Shift+O")
NO_BACKUP = frozenset({"file.held", "keys.older_beside", "keys.older_backup", "clock.of_demonstration"})
LANGUAGE_NAMES = {"zh_CN": "中文", "en": "English"}


class SignIn(QWidget):
    """The page before anybody is known; it shows only the plain header, as last written."""

    signed_in = Signal(object, str)
    recovery_requested = Signal()
    # A backup that is to be put in place of the study, and the name that was typed.
    restore_requested = Signal(object, str)

    def __init__(self, state: State, folder: Path) -> None:
        super().__init__()
        self._state, self._folder = state, folder
        self._unlocked: Unlocked | None = None
        self._opening = False
        self._offered: tuple[Backup, ...] = ()
        self.panel = SidePanel()
        self._title = label(role="display", ink="sidebar_title", wrap=True)
        self._other_title = label(role="section", ink="sidebar_text", wrap=True)
        self._numbers = label(role="table", ink="sidebar_hint", wrap=True)
        for part in (self._title, self._other_title, self._numbers):
            self.panel.body.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.panel, 39)
        row.addLayout(self._right_side(), 61)
        for number, keys in enumerate(OFFER_KEYS):
            restoring = QAction(self)
            restoring.setShortcut(QKeySequence(keys))
            restoring.triggered.connect(partial(self._restore, number))
            self.addAction(restoring)
        state.language_changed.connect(self.retranslate)
        self.retranslate()

    def _right_side(self) -> QVBoxLayout:
        px = current().px
        self.card = Card()
        self.card.setFixedWidth(px(492))
        self._heading = label(role="display")
        self._intro = label(role="body", ink="text_2", wrap=True)
        self.languages = SegmentedButtons([(code, LANGUAGE_NAMES[code]) for code in reversed(LANGUAGES)])
        self.languages.pick(self._state.language.code)
        self.languages.picked.connect(self._choose_language)
        self.user = LoginField(USER_WORDS, self._state.language)
        self.password = PasswordField(PASSWORD_WORDS, self._state.language)
        self.button = Button("", "primary", keys="Enter", high=40)
        self.strip = Strip()
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.hide()
        self._progress_words = label(role="caption", ink="text_2", wrap=True)
        self._roles: SegmentedButtons | None = None
        self._roles_place = QVBoxLayout()
        self._hints = label(role="caption", ink="text_2", wrap=True)
        self._recovery = Button("", "quiet", high=28)
        self._recovery.clicked.connect(self.recovery_requested)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self.languages)
        body = self.card.body
        body.setContentsMargins(px(40), px(36), px(40), px(36))
        body.setSpacing(px(14))
        body.addLayout(top)
        for above in (self._intro, self.user, self.password, self.strip):
            body.addWidget(above)
        body.addLayout(self._roles_place)
        for part in (self._progress, self._progress_words, self.button, self._hints, self._recovery):
            body.addWidget(part)
        self.user.entered.connect(self.password.setFocus)
        self.password.entered.connect(self._enter)
        self.button.clicked.connect(self._enter)
        side = QVBoxLayout()
        side.addStretch(1)
        # In a row and not aligned: what is aligned is not asked how high it is where its words wrap.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.card)
        middle.addStretch(1)
        side.addLayout(middle)
        side.addWidget(self._version(), 0, Qt.AlignmentFlag.AlignHCenter)
        side.addStretch(1)
        return side

    def _version(self) -> QWidget:
        return label(f"sle_desk {sle_desk.__version__}", "caption", "text_3")

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        language = self._state.language
        header = self._header()
        other = language.other()
        self._heading.setText(f"{language.text('Sign in')} · {other.text('Sign in')}")
        self._intro.setText(
            language.text("Use your own account. Everything you enter is recorded under your name.")
        )
        self.user.retranslate(language)
        self.password.retranslate(language)
        self.button.set_words(language.text("Sign in"))
        name_for_readers(self.languages, language.text("Language"))
        self._hints.setText(language.text("Forgotten password? Ask the study administrator."))
        self._recovery.set_words(language.text("Use the recovery key"))
        if header is not None:
            self._title.setText(language.words(header.title))
            self._other_title.setText(other.words(header.title))
            self._numbers.setText(" · ".join(header.numbers))
        self.panel.show_facts(self._facts(header))

    def _header(self) -> StudyHeader | None:
        try:
            return study_header(self._folder)
        except SleDeskError as error:
            self._tell_fault(error_sentence(error, self._state.language), self._folder)
            return None

    def _facts(self, header: StudyHeader | None) -> list[tuple[str, str]]:
        language, now = self._state.language, self._state.clock.now()
        facts = [("offline", language.text("Works offline. Data stay on this computer."))]
        if header is not None and header.demonstration:
            facts.append(("info", language.text("DEMONSTRATION DATA")))
        if header is not None:
            made = language.text("none yet")
            if header.backed_up_at is not None:
                made = f"{header.backed_up_at:%Y-%m-%d %H:%M} · {header.backup_place}"
            facts.append(("backup", language.text("Last verified backup: {made}", made=made)))
        facts.append(("clock", language.text("Computer clock {clock}", clock=clock_words(now))))
        return facts

    def _choose_language(self, code: str) -> None:
        self._state.choose_language(Language(code))

    def tell(self, words: str, status: str = "ok") -> None:
        """Say what happened before this page was shown; nothing where nothing did."""
        if status == RESTORE:
            self._tell_fault(words, self._folder)
        elif words:
            self.strip.say(words, status)

    def focus_first(self) -> None:
        """Put the focus where typing starts."""
        self.user.setFocus()

    def _enter(self) -> None:
        if self._opening:
            return
        if self._roles is not None:
            self._chosen(self._roles.code())
            return
        self._open("")

    def _open(self, clock_reason: str) -> None:
        login, password = self.user.typed(), self.password.typed()
        folder, clock = self._folder, self._state.clock
        self.strip.clear()
        self._offered, self._opening = (), True
        self._wait(self._state.language.text("Opening the study …"))

        def work(report: Report) -> tuple[Unlocked, Verified]:
            from sle_desk.services import studies

            unlocked = studies.unlock(folder, login, password, clock, clock_reason)
            try:
                return unlocked, studies.opening_checks(unlocked, report)
            except BaseException:
                studies.leave(unlocked)
                raise

        self._state.jobs.start(work, self._opened, self._not_opened, self._step)

    def _wait(self, words: str) -> None:
        self._progress.setRange(0, 0)
        self._progress.show()
        self._progress_words.setText(words)

    def _step(self, step: str, share: float) -> None:
        language = self._state.language
        self._progress.setRange(0, 100 if share else 0)
        self._progress.setValue(round(share * 100))
        self._progress_words.setText(language.text(CHECK_WORDS[step]))

    def _idle(self) -> None:
        self._opening = False
        self._progress.hide()
        self._progress_words.setText("")

    def _not_opened(self, error: BaseException) -> None:
        self._idle()
        if not isinstance(error, SleDeskError):
            raise error
        from sle_desk.services.clock_guard import ANSWERS

        if error.code in ANSWERS:
            # A study of an earlier version is migrated before anybody sits down; the password is kept for it.
            self._ask_clock(error_sentence(error, self._state.language))
            return
        self.password.wipe()
        if error.code in NO_BACKUP:
            # No backup is named: there is nothing to restore.
            self.strip.say(error_sentence(error, self._state.language), "bad")
        elif isinstance(error, StorageFailed):
            self._tell_fault(error_sentence(error, self._state.language), self._folder)
        else:
            self.password.refuse(error_sentence(error, self._state.language))
        self.password.setFocus()

    def _ask_clock(self, told: str) -> None:
        from sle_desk.ui.dialogs.ask_clock import ask_clock

        def leave() -> None:
            self.password.wipe()
            self.password.setFocus()

        self.strip.say(told, "bad")
        ask_clock(self, self._state, told, self._open).rejected.connect(leave)

    def _tell_fault(self, said: str, folder: Path) -> None:
        """Say what is wrong with the study, and name the newest backup."""
        from sle_desk.services.offered_backup import offered

        language, found = self._state.language, offered(folder)
        self._offered = found
        name = language.text("Restore this backup…")
        ways = [
            WayOut(name if len(found) == 1 else f"{name} {made.number}", keys, partial(self._restore, number))
            for number, (made, keys) in enumerate(zip(found, OFFER_KEYS, strict=False))
        ]
        self.strip.say("\n".join([said, *offered_words(found, language)]), "bad", ways)

    def _restore(self, number: int) -> None:
        """Ask the window for the page that restores what is offered."""
        if number < len(self._offered) and not self._opening:
            self.restore_requested.emit(self._offered[number], self.user.typed())

    def _opened(self, outcome: tuple[Unlocked, Verified]) -> None:
        from sle_desk.services import studies

        self._idle()
        unlocked, verified = outcome
        language = self._state.language
        if not verified.holds:
            studies.leave(unlocked)
            fault = verified.faults[0]
            self._tell_fault(sentence(fault.code, fault.facts, language), unlocked.folder.path)
            return
        self._unlocked = unlocked
        if len(unlocked.roles) == 1:
            self._chosen(unlocked.roles[0])
            return
        self._ask_role(unlocked)

    def _ask_role(self, unlocked: Unlocked) -> None:
        language = self._state.language
        self._roles_place.addWidget(label(language.text("Act in one role at a time:"), "label", "text_2"))
        items = [(role, language.words(roles.ROLES[role])) for role in unlocked.roles]
        self._roles = SegmentedButtons(items, ticked=True, name=language.text("Role"))
        self._roles_place.addWidget(self._roles)
        self.button.setFocus()
        self._roles.setFocus()

    def _chosen(self, role: str) -> None:
        assert self._unlocked is not None
        unlocked, self._unlocked = self._unlocked, None
        self.password.wipe()
        self.signed_in.emit(unlocked, role)

    def give_up(self) -> None:
        """Close a study that was opened while the person had not chosen a role."""
        if self._unlocked is not None:
            from sle_desk.services import studies

            studies.leave(self._unlocked)
            self._unlocked = None


def clock_words(now: datetime) -> str:
    """Return the clock with its offset, as "2026-11-23 08:14 (UTC+08:00)"."""
    offset = now.strftime("%z")
    return f"{now:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:5]})"


def offered_words(found: Sequence[Backup], language: Language) -> list[str]:
    """Return the lines that name the newest backup, or those of which any may be it."""
    if len(found) == 1:
        return [language.text("Newest backup: {name}", name=found[0].path.name)]
    named = [
        language.text(
            "{name}: audit number {number}, made {made}",
            name=made.path.name,
            number=made.number,
            made=f"{made.made:%Y-%m-%d %H:%M}",
        )
        for made in found
    ]
    told = language.text("Nothing here tells which of these backups is of the study as it was last:")
    return [told, *named] if named else []
