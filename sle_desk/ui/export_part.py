"""The card of exports at work: it asks for a folder, writes, can be cancelled, and tells how it ended."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.exports import exporting
from sle_desk.exports.dataset import Preset
from sle_desk.exports.exporting import STEPS
from sle_desk.exports.study_export import Exported, presets_for
from sle_desk.services.desk import Desk
from sle_desk.services.lock_guard import TABLE
from sle_desk.ui.export_card import ExportCard
from sle_desk.ui.file_choice import ask_folder
from sle_desk.ui.jobs import Cancelled, Job, Progress
from sle_desk.ui.state import State


class ExportPart(ExportCard):
    """The presets that the role may write, and the writing; no value of a patient is shown."""

    def __init__(self, state: State) -> None:
        super().__init__(_presets(state.desk), state.language)
        self.state = state
        state.changed.connect(self._changed)
        # Replaceable: tests answer in its place.
        self.ask_folder = ask_folder
        self._writing: Job | None = None
        self.asked.connect(self._export)
        self.cancelled.connect(self._cancel)
        self.folder_asked.connect(self._choose_folder)

    def _changed(self, tables: frozenset[str]) -> None:
        if TABLE in tables:
            self.show_presets(_presets(self.state.desk))

    def cancel_in_focus(self) -> bool:
        """Cancel the export while one is written and its key has the focus."""
        if not self.cancel.hasFocus():
            return False
        self._cancel()
        return True

    def _choose_folder(self) -> None:
        start = str(self.folder or Path.home())
        folder = self.ask_folder(self, self.state.language.text("Folder for the export"), start)
        if folder is not None:
            self.show_folder(folder)

    def _export(self, preset: str) -> None:
        if self.folder is None:
            self._choose_folder()
        if self.folder is None or self.writing:
            return
        work = partial(_write, self.state.desk, self.folder, preset, self.state.language)
        self.show_step(self.state.language.text(STEPS["copy"]))
        self._writing = self.state.jobs.start(work, self._written, self._not_written, self._tell_step)

    def _cancel(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self.show_step(self.state.language.text("Cancelling …"))

    def _tell_step(self, step: str, share: float) -> None:
        self.show_step(self.state.language.text(STEPS[step]))

    def _written(self, done: Exported) -> None:
        self._writing = None
        self.show_done(done)
        language = self.state.language
        self.state.say(language.text("Export {number} written and compared: 0 differ.", number=done.number))

    def _not_written(self, error: BaseException) -> None:
        self._writing = None
        language = self.state.language
        if isinstance(error, Cancelled):
            self.show_ended(language.text("Cancelled. No export was written."), "neutral")
            return
        if not isinstance(error, SleDeskError):
            raise error
        self.show_ended(error_sentence(error, language), "bad")


def _presets(desk: Desk) -> tuple[Preset, ...]:
    """Return the presets of the role: what they leave out ends with the lock of the database."""
    return presets_for(desk.actor.role, locked=desk.locked is not None)


def _write(desk: Desk, folder: Path, preset: str, language: Language, report: Progress) -> Exported:
    return exporting.write_export(desk, folder, preset, language, report)
