"""Forgotten password: the recovery key opens the study for one person, and a new key takes its place."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.language import Language, Words
from sle_desk.base.words import error_sentence
from sle_desk.domain.accounts import PASSWORD_LENGTH, check_password
from sle_desk.services import recovery
from sle_desk.services.before_sign_in import CHECK_WORDS
from sle_desk.services.recovery import Opened, Recovery
from sle_desk.ui.cards import Card
from sle_desk.ui.entry_column import EntryColumn, line_field
from sle_desk.ui.fields import CodeField
from sle_desk.ui.first_run_people import AGAIN, LOGIN
from sle_desk.ui.key_files import DELETE, KeyFiles
from sle_desk.ui.key_paper import PaperFacts
from sle_desk.ui.labels import label
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.recovery_key_step import RecoveryKeyStep
from sle_desk.ui.sign_in import clock_words
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current
from sle_desk.ui.wizard import Wizard
from sle_desk.ui.wizard_step import StepWords, WizardStep

KEY = Words("Recovery key, all 4 groups", "恢复密钥（全部 4 组）")
KEY_HINT = Words(
    "As printed, with or without hyphens. Small letters and O for 0 are accepted.",
    "按打印内容输入，连字符可省略。可用小写字母，也可用 O 代替 0。",
)
NEW = Words("New password", "新密码")


class _CardStep(WizardStep):
    """A step of one card with a column of lines in it."""

    def __init__(self, state: State, column: EntryColumn, wide: int) -> None:
        super().__init__(state)
        self.column = column
        self._card, self._about, self._fault = Card(), label(role="body", ink="text_2", wrap=True), Strip()
        column.setMaximumWidth(current().px(wide))
        column.ended.connect(self.ended)
        column.save_requested.connect(self.ended)
        row = QHBoxLayout()
        row.addWidget(column, 1)
        row.addStretch(1)
        self._card.body.addWidget(self._about)
        self._card.body.addLayout(row)
        self._card.body.addWidget(self._fault)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._card)
        outer.addStretch(1)

    def entered(self) -> None:
        """Begin with what is empty."""
        empty = self.column.missing()
        self.column.go_to(empty[0][0] if empty else next(iter(self.column.parts)))

    def missing(self) -> list[tuple[str, str]]:
        """Return what is empty."""
        return self.column.missing()

    def go_to(self, code: str) -> None:
        """Go to a line."""
        self.column.go_to(code)


class OpenStep(_CardStep):
    """Who lost the password, and the key from the paper."""

    icon = "key"

    def __init__(self, state: State) -> None:
        lines = {
            "login": line_field(state, CodeField, "login", LOGIN),
            "key": line_field(state, CodeField, "key", KEY, KEY_HINT),
        }
        super().__init__(state, EntryColumn(lines), 640)
        self.opened: Opened | None = None
        self._opened_with: tuple[str, str] = ("", "")
        self.retranslate()

    def given(self) -> tuple[str, str]:
        """Return user name and key as typed."""
        return self.column.typed("login"), self.column.typed("key")

    def is_open(self) -> bool:
        """Tell whether what is typed now was tried and opens the study."""
        return self.opened is not None and self._opened_with == self.given()

    def take(self, opened: Opened) -> None:
        """Keep what the key opened."""
        self.opened, self._opened_with = opened, self.given()
        self._fault.clear()

    def refuse(self, error: SleDeskError) -> None:
        """Say what was wrong with name or key."""
        said = error_sentence(error, self.language)
        lines = {"recovery": "key", "sign_in": "login"}
        line = lines.get(error.code.partition(".")[0])
        if line is None:
            self._fault.say(said, "bad")
        else:
            self.column.refuse(line, said)

    def words(self) -> StepWords:
        """Return what the step says of itself."""
        language, name = self.language, self.opened.name if self.opened else ""
        return StepWords(
            name=language.text("Sealed envelope"),
            advice=language.text("Open it with a witness and type the key from the page."),
            about=language.text("user name and recovery key"),
            value=f"{name}  ·  {self.opened.login}" if self.opened else "",
            after=language.text("the key opens the study"),
        )

    def retranslate(self) -> None:
        """Speak the chosen language; what was typed stays."""
        language = self.language
        self._card.set_title(language.text("Recovery key"), language.other().text("Recovery key"))
        self._about.setText(
            language.text(
                "An administrator can give a new password without it. The recovery key is for the day on "
                "which nobody can sign in. Its use is recorded with the name, and shown to the PI."
            )
        )
        self.column.retranslate(language)


class PasswordStep(_CardStep):
    """The new password of the person."""

    icon = "user-lock"

    def __init__(self, state: State, login: OpenStep) -> None:
        words = {"password": NEW, "again": AGAIN}
        lines = {code: PasswordField(said, state.language) for code, said in words.items()}
        super().__init__(state, EntryColumn(lines), 520)
        self._open = login
        self.retranslate()

    def check(self) -> bool:
        """Look at the password; what is wrong stands below its line."""
        password, login = self.column.typed("password"), self._open.given()[0]
        try:
            check_password(password, login)
            if password != self.column.typed("again"):
                raise RuleBroken("password.differ")
        except SleDeskError as error:
            line = "again" if error.code == "password.differ" else "password"
            self.column.refuse(line, error_sentence(error, self.language))
            return False
        return True

    def words(self) -> StepWords:
        """Return what the step says of itself."""
        language = self.language
        return StepWords(
            name=language.text("New password"),
            advice=language.text("It takes the place of the lost one."),
            about=language.text("known to you alone"),
            value=language.text("New password"),
            after=language.text("password set"),
        )

    def retranslate(self) -> None:
        """Speak the chosen language; what was typed stays."""
        language = self.language
        self._card.set_title(language.text("New password"))
        self._about.setText(
            language.text(
                "At least {length} characters: a few words are easier than signs.",
                length=PASSWORD_LENGTH,
            )
        )
        self.column.retranslate(language)


class RecoveryPage(Wizard):
    """Reached from sign-in. `recovered` tells the user name; `ended` that sign-in is next, either way."""

    recovered = Signal(str)
    ended = Signal()

    def __init__(self, state: State, folder: Path) -> None:
        self._folder = folder
        self.open = OpenStep(state)
        self.password = PasswordStep(state, self.open)
        self.recovery = RecoveryKeyStep(state, self._paper_facts)
        super().__init__(state, (self.open, self.password, self.recovery))
        self.key_files = KeyFiles(state, self.notice)
        self.recovery.written.connect(self.key_files.add)
        self.add_key(DELETE, self.key_files.delete)
        self.cancelled.connect(self.ended)
        self.retranslate()
        self.start()

    def _paper_facts(self) -> PaperFacts:
        opened = self.open.opened
        return PaperFacts(
            title=opened.title if opened else Words("", ""),
            numbers=opened.numbers if opened else ("",),
            protocol=opened.protocol if opened else "",
            folder=str(self._folder),
            made_by=opened.name if opened else "",
            page=opened.next_page if opened else "",
            head=opened.head if opened else None,
            demonstration=opened.demonstration if opened else False,
        )

    # Words.

    def heading(self, language: Language) -> str:
        """Return what the whole is called."""
        return language.text("Forgotten password")

    def facts(self) -> list[tuple[str, str]]:
        """Return the lines at the foot of the panel."""
        language = self.state.language
        return [
            ("folder", str(self._folder)),
            ("clock", language.text("Computer clock {clock}", clock=clock_words(self.state.clock.now()))),
        ]

    def finish_words(self) -> str:
        """Return the words of the last button."""
        return self.state.language.text("Replace password and key")

    def promise(self) -> str:
        """Say that nothing was changed yet."""
        return self.state.language.text("Nothing is changed until step {count} ends.", count=len(self.steps))

    # Going.

    def next(self) -> None:
        """Try the key before the first step is left; everything else goes as in every wizard."""
        if self._place or self.open.is_open() or self.open.missing():
            super().next()
            return
        if self.state.jobs.running:
            return
        login, key = self.open.given()
        work = partial(recovery.check_recovery_key, self._folder, login, key, self.state.clock)
        self.show_progress(self.state.language.text("Opening the study …"), 0.0)
        self.state.jobs.start(work, self._opened, self._failed, self._step)

    def _opened(self, opened: Opened) -> None:
        self.end_progress()
        self.open.take(opened)
        super().next()

    def _step(self, step: str, share: float) -> None:
        self.show_progress(self.state.language.text(CHECK_WORDS[step]), share)

    def _failed(self, error: BaseException) -> None:
        self.end_progress()
        if not isinstance(error, SleDeskError):
            raise error
        if not self._place:
            self.open.refuse(error)
        else:
            self.refuse(error)

    def finish(self) -> None:
        """Write the new password and the new key, once the new paper is proven."""
        login, key = self.open.given()
        given = Recovery(login, key, self.password.column.typed("password"))
        new_key, paper = self.recovery.key, self.recovery.paper()
        work = partial(recovery.use_recovery_key, self._folder, given, new_key, paper, self.state.clock)
        self.show_progress(self.state.language.text("Opening the study …"), 0.0)
        self.state.jobs.start(work, self._done, self._failed, self._step)

    def _done(self, outcome: object) -> None:
        self.end_progress()
        self.password.column.wipe_passwords()
        self.recovered.emit(self.open.given()[0])
        self.ended.emit()
