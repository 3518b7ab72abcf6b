"""Backups: those there are, one now, the second folder, what restoring one would do, opening one to read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.exports.wording import instant
from sle_desk.services import backup, backup_folder, backup_times, restoring, study_place
from sle_desk.services.backup import Rehearsal
from sle_desk.services.backup_file import Backup
from sle_desk.services.backup_folder import Made
from sle_desk.services.before_sign_in import CHECK_WORDS
from sle_desk.services.restoring import Restoring
from sle_desk.ui.cards import Fact, FactStrip
from sle_desk.ui.dialogs.working import Working
from sle_desk.ui.file_choice import Ask, ask_folder
from sle_desk.ui.first_run_places import free_words
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.rehearsal_form import OpenBackup, RehearsalForm, ask_why_restored
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import Column


class BackupTab(ListTab):
    """The backups in both folders, newest first."""

    # Backups change no table: every act here reads the list again itself.
    reads = frozenset({"study_fact"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.path, density="worklist")
        self.choose_folder: Ask = ask_folder
        self._password = ""
        self.strip = FactStrip()
        self._fault = Strip()
        self.left_side.insertWidget(0, self.strip)
        self.left_side.insertWidget(1, self._fault)
        self.add_act("Ctrl+B", self._make, on_row=False, icon="backup")
        self.add_act("R", self._ask_rehearsal, on_row=True)
        self._chooses = self.may("setting.record")
        if self._chooses:
            self.add_act("Ctrl+O", self._choose_second, on_row=False, icon="folder")
        self._reading = self.add_key("Ctrl+R", "", self.open_to_read)
        self._restoring = (
            self.add_key("Ctrl+Shift+R", "", self.ask_restore) if self.may("study.restore") else None
        )
        self.table.opened.connect(self._ask_rehearsal)
        self.retranslate()

    # Words.

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language
        return (
            Column(
                language.text("Made"),
                lambda row: row.made,
                lambda row: instant(row.made),
                look="strong",
                second=lambda row: row.code,
            ),
            Column(
                language.text("Audit number"),
                lambda row: row.number,
                lambda row: str(row.number),
                align="right",
            ),
            Column(
                language.text("Where"),
                lambda row: str(row.path.parent),
                lambda row: self._where(row),
                stretch=True,
            ),
        )

    def _where(self, row: Backup) -> str:
        if row.path.parent == self.folder() / "backups":
            return self.language.text("study folder")
        return str(row.path.parent)

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        language = self.language
        words = (language.text("Back up now"), language.text("Rehearse…"))
        return (*words, language.text("Second folder…")) if self._chooses else words

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        super().retranslate()
        language = self.language
        self.card.set_title(language.text("Backups"), language.text("each was verified before it counted"))
        self._reading.setText(language.text("open it to read"))
        if self._restoring is not None:
            self._restoring.setText(language.text("restore it"))
        self.note.setText(language.text("No backup yet. Ctrl B makes one; closing the study makes one too."))
        self._show_facts()

    # Rows.

    def folder(self) -> Path:
        """Return the study folder."""
        unlocked = self.state.unlocked
        assert unlocked is not None
        return unlocked.folder.path

    def rows(self) -> Sequence[Backup]:
        """Read the backups of both folders."""
        unlocked = self.state.unlocked
        assert unlocked is not None
        return backup_folder.all_backups(self.state.desk, unlocked.folder)

    def entered(self) -> None:
        """Look into the folders anew: a stick may have been put in."""
        self._stale = True
        super().entered()

    def load(self) -> None:
        """Read the backups, and say so where there is none."""
        super().load()
        self.note.setVisible(self.model.rowCount() == 0)
        self._show_facts()

    def _show_facts(self) -> None:
        language = self.language
        newest: Backup | None = self.model.row(0) if self.model.rowCount() else None
        made = instant(newest.made) if newest else language.text("none yet")
        second = backup_folder.second_folder(self.state.desk)
        facts = [
            Fact(
                language.text("Last verified backup"), made, icon="backup", ink="text" if newest else "warn"
            ),
            Fact(language.text("Audit number now"), str(self.state.desk.head().number), icon="audit"),
            self._second_fact(second, language),
        ]
        self.strip.show_facts(facts)

    def _second_fact(self, second: Path | None, language: Language) -> Fact:
        name = language.text("Second folder")
        if second is None:
            return Fact(name, language.text("not chosen"), icon="folder", ink="warn")
        if not second.is_dir():
            return Fact(name, str(second), language.text("not there now"), icon="folder", ink="warn")
        free = free_words(study_place.free_on(second), language)
        if study_place.same_disk(second, self.folder()):
            return Fact(
                name, str(second), language.text("{free}, same disk", free=free), icon="folder", ink="warn"
            )
        return Fact(name, str(second), free, icon="folder")

    # Acts.

    def _make(self) -> None:
        unlocked = self.state.unlocked
        assert unlocked is not None
        title = self.language.text("Making a backup")
        working = Working(self, self.state, title, CHECK_WORDS, "backup")
        work = partial(backup_times.back_up, self.state.desk, unlocked.folder)
        working.run(work, self._made, self._failed)

    def _made(self, made: Made) -> None:
        self._fault.clear()
        self.reload()
        if made.fault is not None:
            self._failed(made.fault)
        self.state.say(
            self.language.text(
                "Backup made and verified: audit number {number}, code {code}.",
                number=made.backups[0].number,
                code=made.backups[0].code,
            )
        )

    def _failed(self, error: SleDeskError) -> None:
        self._fault.say(error_sentence(error, self.language), "bad")

    def _choose_second(self) -> None:
        unlocked = self.state.unlocked
        assert unlocked is not None
        second = backup_folder.second_folder(self.state.desk)
        title = self.language.text("Second folder for backups")
        chosen = self.choose_folder(self, title, str(second or ""))
        if chosen is None:
            return
        self._fault.clear()
        try:
            backup_folder.choose_second_folder(self.state.desk, unlocked.folder, str(chosen))
        except SleDeskError as error:
            self._failed(error)
            return
        self.reload()
        self.state.say(self.language.text("Backups go to {path} too.", path=str(chosen)))

    def _ask_rehearsal(self, *_: object) -> None:
        chosen: Backup | None = self.table.current_row()
        if chosen is not None:
            self.open_form(RehearsalForm(self.state, chosen, self))

    def rehearse(self, chosen: Backup, password: str) -> None:
        """Verify a private copy of a backup under the password of then."""
        unlocked = self.state.unlocked
        assert unlocked is not None
        self._password = password
        title = self.language.text("Rehearsing a restore")
        working = Working(self, self.state, title, CHECK_WORDS, "backup")
        desk = self.state.desk
        work = partial(
            backup.rehearse,
            chosen.path,
            desk.actor.login,
            password,
            unlocked.folder,
            live_ask=desk.cursor_check,
            clock=self.state.clock,
        )
        working.run(work, self._rehearsed, self._not_rehearsed)

    def _rehearsed(self, rehearsal: Rehearsal) -> None:
        if isinstance(self.form, RehearsalForm):
            self.form.show_outcome(rehearsal)

    def _not_rehearsed(self, error: SleDeskError) -> None:
        self._password = ""
        if not isinstance(self.form, RehearsalForm):
            return
        if error.code == "sign_in.wrong":
            self.form.password.refuse(error_sentence(error, self.language))
            self.form.password.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.form.refuse(error_sentence(error, self.language))

    def open_to_read(self) -> None:
        """Ask the window to open the rehearsed backup, at which nothing can be written."""
        form = self.form
        if isinstance(form, RehearsalForm) and not form.open_button.isHidden():
            login = self.state.desk.actor.login
            self.state.backup_requested.emit(OpenBackup(form.chosen.path, login, self._password))

    def may_read(self) -> bool:
        """Tell whether a backup can be opened to read from here."""
        return True

    def may_restore(self) -> bool:
        """Tell whether a backup can be put in place from here."""
        return self.may(restoring.ACTION)

    def live_number(self, rehearsal: Rehearsal) -> int | None:
        """Return where the study ends: the header of one that is open is behind, its own audit is not."""
        return self.state.desk.head().number

    def ask_restore(self) -> None:
        """Ask why the rehearsed backup is to take the place of the study; nothing is done before."""
        form = self.form
        rehearsal = form.rehearsal() if isinstance(form, RehearsalForm) else None
        if rehearsal is not None and self.may_restore():
            ask_why_restored(self, self.state, rehearsal, self.live_number(rehearsal), self._restore)

    def _restore(self, rehearsal: Rehearsal, reason: str, note: str) -> None:
        unlocked, desk = self.state.unlocked, self.state.desk
        assert unlocked is not None
        wanted = Restoring(rehearsal, desk.actor.login, self._password, reason, note)
        title = self.language.text("Keeping the study of now in a backup")
        working = Working(self, self.state, title, CHECK_WORDS, "backup")
        work = partial(restoring.keep_present, desk, unlocked.folder, wanted, self.state.clock)
        working.run(work, lambda made: self._kept(wanted, made), self._failed)

    def _kept(self, wanted: Restoring, made: Made) -> None:
        """Hand the study over to the window, which closes it and puts the backup in its place."""
        self.state.restore_requested.emit(wanted)

    def close_form(self) -> None:
        """Take the form away, and the password with it."""
        self._password = ""
        super().close_form()
