"""The first run: study folder, two accounts, recovery key on paper, first backup; all made at the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language, message
from sle_desk.base.words import error_sentence
from sle_desk.services import founding, self_check
from sle_desk.services.before_sign_in import CHECK_WORDS
from sle_desk.services.founding import Founded
from sle_desk.services.studies import NewStudy, Report
from sle_desk.ui.first_run_people import AdministratorStep, InvestigatorStep
from sle_desk.ui.first_run_places import BackupStep, FolderStep
from sle_desk.ui.key_files import DELETE, KeyFiles
from sle_desk.ui.key_paper import PaperFacts
from sle_desk.ui.recovery_key_step import RecoveryKeyStep
from sle_desk.ui.sign_in import clock_words
from sle_desk.ui.state import State
from sle_desk.ui.strip import WayOut
from sle_desk.ui.wizard import Wizard
from sle_desk.ui.wizard_step import WizardStep

PAGE = "K-01"
WITHOUT = "Ctrl+G"
STEP_WORDS = {
    **CHECK_WORDS,
    "create": message("Creating the study …"),
    "backup": message("Making the first backup …"),
}


class FirstRun(Wizard):
    """Creates a study, or leads to one that is there; it stands outside the desk.

    `created` tells the folder of either, which is then signed in to.
    """

    created = Signal(object)

    def __init__(self, state: State) -> None:
        self._trial = founding.installed_trial()
        self._faults = self_check.faults()
        self._founded: Founded | None = None
        self.folder = FolderStep(state)
        self.administrator = AdministratorStep(state)
        self.investigator = InvestigatorStep(state, self.administrator.person)
        self.recovery = RecoveryKeyStep(state, self._paper_facts)
        self.backup = BackupStep(state, self.folder.line.typed)
        steps = (self.folder, self.administrator, self.investigator, self.recovery, self.backup)
        super().__init__(state, steps)
        self.key_files = KeyFiles(state, self.notice)
        self.recovery.written.connect(self.key_files.add)
        self.folder.open_requested.connect(self.created)
        self.add_key(DELETE, self.key_files.delete)
        self.add_key(WITHOUT, self._without)
        self.retranslate()
        self.start()

    def _paper_facts(self) -> PaperFacts:
        return PaperFacts(
            title=self._trial.title,
            numbers=self._trial.numbers,
            protocol=self._trial.protocol,
            folder=self.folder.line.typed(),
            made_by=self.administrator.person().name,
            page=PAGE,
        )

    # Words.

    def heading(self, language: Language) -> str:
        """Return what the whole is called."""
        return language.text("Create a study")

    def facts(self) -> list[tuple[str, str]]:
        """Return the lines at the foot of the panel."""
        language = self.state.language
        whole = language.text("Self-check passed: fonts, translations, cipher, protocol")
        if self._faults:
            whole = error_sentence(self._faults[0], language)
        return [
            ("offline", language.text("No network is used. No data leave this computer.")),
            ("clock", language.text("Computer clock {clock}", clock=clock_words(self.state.clock.now()))),
            ("octagon" if self._faults else "check-circle", whole),
        ]

    def finish_words(self) -> str:
        """Return the words of the last button."""
        language = self.state.language
        if self._founded is not None:
            return language.text("Try the backup again")
        return language.text("Create the study")

    def promise(self) -> str:
        """Say that nothing was created yet, as long as that is so."""
        language = self.state.language
        if self._founded is not None:
            return language.text("The study is created.")
        return language.text("Nothing is created until step {count} ends.", count=len(self.steps))

    def retranslate(self) -> None:
        """Speak the chosen language; what was typed stays."""
        super().retranslate()
        self.key_files.show_left()

    def went_on(self, left: WizardStep) -> None:
        """Look again whether the printed file still lies about."""
        self.key_files.show_left()

    def back(self) -> None:
        """Go back, unless the study stands already."""
        if self._founded is None:
            super().back()

    # Creating.

    def finish(self) -> None:
        """Create the study and make its first backup, beside the window."""
        if self._faults:
            self.refuse(self._faults[0])
            return
        self.strip.clear()
        self.back_button.hide()
        self.state.jobs.start(self._work(), self._done, self._failed, self._step)

    def _work(self) -> Callable[[Report], Founded]:
        clock, administrator = self.state.clock, self.administrator.person()
        second = self.backup.line.typed()
        if self._founded is not None:
            # What stands in the way of a second try is the backup alone.
            return partial(founding.first_backup, self._founded.folder, administrator, None, second, clock)
        new = NewStudy(
            folder=Path(self.folder.line.typed()).expanduser(),
            administrator=administrator,
            investigator=self.investigator.person(),
            language=self.state.language.code,
        )
        return partial(founding.found_study, new, self.recovery.key, self.recovery.paper(), second, clock)

    def _step(self, step: str, share: float) -> None:
        self.show_progress(self.state.language.text(STEP_WORDS[step]), share)

    def _failed(self, error: BaseException) -> None:
        self.end_progress()
        self.back_button.setVisible(self._founded is None)
        if not isinstance(error, SleDeskError):
            raise error
        self.refuse(error)

    def _done(self, founded: Founded) -> None:
        self.end_progress()
        if founded.fault is None:
            self._wipe()
            self.created.emit(founded.folder)
            return
        self._founded = founded
        self.show_step()
        language = self.state.language
        said = error_sentence(founded.fault, language)
        self.strip.say(
            language.text("The study is created, but not its backup. {reason}", reason=said),
            "bad",
            [WayOut(language.text("Sign in without it"), WITHOUT, self._without)],
        )

    def _without(self) -> None:
        if self._founded is not None:
            self._wipe()
            self.created.emit(self._founded.folder)

    def _wipe(self) -> None:
        self.administrator.column.wipe_passwords()
        self.investigator.column.wipe_passwords()
