"""A backup rehearsed: what it holds, what restoring it would do, and the ways on from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from sle_desk.base.language import Language, Words
from sle_desk.base.words import error_sentence, sentence
from sle_desk.exports.wording import instant
from sle_desk.services import restoring
from sle_desk.services.backup import Rehearsal
from sle_desk.services.backup_file import Backup
from sle_desk.services.restoring import Placed, Restoring
from sle_desk.services.returning_words import returning_words
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.labels import label
from sle_desk.ui.login_field import LoginField
from sle_desk.ui.pages.side_form import SideForm, Values
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip

THEN = Words("Your password when it was made", "备份时您的密码")


@dataclass(frozen=True)
class OpenBackup:
    """A backup that somebody wants to read; the window closes the study and opens a private copy."""

    path: Path
    login: str
    password: str = field(repr=False)


class Rehearses(Protocol):
    """Where a backup is rehearsed: at the desk, or before anybody could sign in."""

    def rehearse(self, chosen: Backup, password: str) -> None:
        """Verify a private copy of a backup under the password of then."""

    def open_to_read(self) -> None:
        """Open the rehearsed backup to read."""

    def ask_restore(self) -> None:
        """Ask why the rehearsed backup is to take the place of the study."""

    def may_read(self) -> bool:
        """Tell whether a backup can be opened to read from here."""

    def may_restore(self) -> bool:
        """Tell whether a backup can be put in place from here."""

    def live_number(self, rehearsal: Rehearsal) -> int | None:
        """Return where the study of now ends, as far as anything tells."""


class RehearsalForm(SideForm):
    """The password of then; afterwards what the backup holds and what restoring it would do.

    Before anybody could sign in, whose password it is is asked in a line above.
    """

    def __init__(self, state: State, chosen: Backup, tab: Rehearses, login: LoginField | None = None) -> None:
        self.password, self.login = PasswordField(THEN, state.language), login
        self._intro = label(role="body", ink="text_2", wrap=True)
        self._tab, self.chosen = tab, chosen
        self._rehearsal: Rehearsal | None = None
        super().__init__(state, None, None, _nothing, _rehearse_words)
        card = Card(chosen.path.name)
        card.body.addWidget(self._intro)
        for line in filter(None, (login, self.password)):
            card.body.addWidget(line)
        if login is not None:
            login.entered.connect(self.password.setFocus)
        self._holds, self._loses, self._back = Strip(), Strip(), Strip()
        self._would = label(role="body", ink="text_2", wrap=True)
        self.open_button = Button("", keys="Ctrl+R", icon="eye")
        self.open_button.clicked.connect(tab.open_to_read)
        self.restore_button = Button("", keys="Ctrl+Shift+R", icon="backup")
        self.restore_button.clicked.connect(tab.ask_restore)
        for part in (self._holds, self._loses, self._back, self._would):
            card.body.addWidget(part)
        for button in (self.open_button, self.restore_button):
            card.body.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
            button.hide()
        self.more.addWidget(card)
        self.password.entered.connect(self.save)
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        super().retranslate()
        language = self.state.language
        self.password.retranslate(language)
        if self.login is not None:
            self.login.retranslate(language)
        self._intro.setText(
            language.text("A rehearsal unpacks and verifies a private copy. Nothing here is changed.")
        )
        if self._rehearsal is not None:
            self.show_outcome(self._rehearsal)

    def focus_first(self) -> None:
        """Begin with the first line that is empty."""
        if self.login is not None and not self.login.typed():
            self.login.setFocus()
        else:
            self.password.setFocus()

    def save(self) -> None:
        """Rehearse; the form stays open and shows what came out."""
        if self.password.typed():
            self.strip.clear()
            self._tab.rehearse(self.chosen, self.password.typed())
        else:
            self.refuse(self.state.language.text("Type the password."))

    def show_outcome(self, rehearsal: Rehearsal) -> None:
        """Show what was found, and what restoring would do."""
        self._rehearsal = rehearsal
        language, verified = self.state.language, rehearsal.verified
        if not verified.holds:
            fault = verified.faults[0]
            self._holds.say(sentence(fault.code, fault.facts, language), "bad")
            self._loses.clear()
            self._back.clear()
            self._would.setText(language.text("It cannot be restored. Choose an older one."))
            self.open_button.hide()
            self.restore_button.hide()
            return
        self._holds.say(language.text("It holds: every page, seal, reference, link and value agrees."), "ok")
        if rehearsal.live.parted_at is not None:
            self._loses.say(sentence("backup.parted", {"number": rehearsal.live.parted_at}, language), "bad")
        else:
            self._say_loss(rehearsal)
        self._say_revived(rehearsal)
        self._would.setText(
            language.text(
                "Restoring puts its study.sled and study.keys in place of those here, which stay beside them "
                "as .pre-restore, and the study of now, where it opens, is backed up first. "
                "Passwords are then those of that day."
            )
        )
        self.open_button.set_words(language.text("Open it to read"))
        self.open_button.setVisible(self._tab.may_read())
        self.restore_button.set_words(language.text("Restore it…"))
        self.restore_button.setVisible(self._tab.may_restore() and rehearsal.live.parted_at is None)

    def rehearsal(self) -> Rehearsal | None:
        """Return what was found, where the backup holds."""
        found = self._rehearsal
        whole = found is not None and found.verified.holds and found.live.parted_at is None
        return found if whole else None

    def _say_revived(self, rehearsal: Rehearsal) -> None:
        said = returning_words(rehearsal.live.returning, self.state.language)
        if said:
            self._back.say("\n".join(said), "warn")
        else:
            self._back.clear()

    def _say_loss(self, rehearsal: Rehearsal) -> None:
        # The header of a study that is open is behind: its own audit says where it stands.
        live, language = self._tab.live_number(rehearsal), self.state.language
        if not rehearsal.live.compared:
            said = language.text(
                "It ends at audit number {number}. The study of now does not open with this name and "
                "password: what would be lost cannot be told.",
                number=rehearsal.backup.number,
            )
            self._loses.say(said, "warn")
            return
        lost = (live or 0) - rehearsal.backup.number
        said = language.text(
            "It ends at audit number {number}. Audit rows written since would be lost: {lost}."
            if lost > 0
            else "It ends at audit number {number}. Nothing would be lost.",
            number=rehearsal.backup.number,
            lost=lost,
        )
        self._loses.say(said, "warn" if lost > 0 else "ok")


def _rehearse_words(language: Language) -> str:
    return language.text("Rehearse")


def _nothing(values: Values) -> None:
    """Save nothing: a rehearsal changes nothing."""


def restored_words(
    wanted: Restoring, placed: Placed, language: Language, *, in_backup: bool = True
) -> tuple[str, str]:
    """Return what is said of a restore that was done, and the status it is said with."""
    words = language.text(
        "Restored: the study ends at audit number {number} of the backup. What was here before stands "
        "beside it and in a backup of its own."
        if in_backup
        else "Restored: the study ends at audit number {number} of the backup. What was here before stands "
        "beside it.",
        number=wanted.rehearsal.backup.number,
    )
    if placed.fault is None:
        return words, "ok"
    why = error_sentence(placed.fault, language)
    later = language.text("The next sign-in notes the restore in it. {why}", why=why)
    return f"{words}\n{later}", "warn" if placed.is_whole else "bad"


def ask_why_restored(
    page: QWidget,
    state: State,
    rehearsal: Rehearsal,
    live: int | None,
    act: Callable[[Rehearsal, str, str], object],
) -> None:
    """Ask why a rehearsed backup is to take the place of the study; `act` is called once that is answered."""
    language, number = state.language, rehearsal.backup.number
    about = language.text(
        "Nothing here says where the study of now ends. This backup ends at {number}.", number=number
    )
    if live is not None:
        about = language.text(
            "The study of now ends at audit number {live}, this backup at {number}. "
            "Rows written since: {lost}.",
            live=live,
            number=number,
            lost=max(live - number, 0),
        )
    title = language.text("Restore the backup of {made}?", made=instant(rehearsal.backup.made))
    said: list[str] = []

    def hear(*reason_and_note: str) -> None:
        said[:] = reason_and_note

    dialog = ask_reason(page, state, title, about, restoring.REASONS, hear, language.text("Restore"))
    # Only once the dialog is gone: the window closes the page below it.
    dialog.accepted.connect(lambda: act(rehearsal, *said))
