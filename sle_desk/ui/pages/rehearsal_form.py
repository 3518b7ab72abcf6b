"""A backup rehearsed: what it holds, what restoring it would do, and the ways on from there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from sle_desk.base.language import Language, Words
from sle_desk.base.words import sentence
from sle_desk.services import restoring
from sle_desk.services.backup import Rehearsal
from sle_desk.services.backup_file import Backup
from sle_desk.services.returning_words import returning_words
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.labels import label
from sle_desk.ui.pages.side_form import SideForm, Values
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip

if TYPE_CHECKING:
    from sle_desk.ui.pages.study_backup import BackupTab

THEN = Words("Your password when it was made", "备份时您的密码")


@dataclass(frozen=True)
class OpenBackup:
    """A backup that somebody wants to read; the window closes the study and opens a private copy."""

    path: Path
    login: str
    password: str = field(repr=False)


class RehearsalForm(SideForm):
    """The password of then; afterwards what the backup holds and what restoring it would do."""

    def __init__(self, state: State, chosen: Backup, tab: BackupTab) -> None:
        self.password = PasswordField(THEN, state.language)
        self._intro = label(role="body", ink="text_2", wrap=True)
        self._tab, self.chosen = tab, chosen
        self._rehearsal: Rehearsal | None = None
        super().__init__(state, None, None, _nothing, _rehearse_words)
        card = Card(chosen.path.name)
        card.body.addWidget(self._intro)
        card.body.addWidget(self.password)
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
        self._intro.setText(
            language.text("A rehearsal unpacks and verifies a private copy. Nothing here is changed.")
        )
        if self._rehearsal is not None:
            self.show_outcome(self._rehearsal)

    def focus_first(self) -> None:
        """Begin with the password."""
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
                "as .pre-restore, and the study of now is backed up first. "
                "Passwords are then those of that day."
            )
        )
        self.open_button.set_words(language.text("Open it to read"))
        self.open_button.show()
        self.restore_button.set_words(language.text("Restore it…"))
        self.restore_button.setVisible(self._tab.may(restoring.ACTION) and rehearsal.live.parted_at is None)

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
        lost, language = self.state.desk.head().number - rehearsal.backup.number, self.state.language
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
