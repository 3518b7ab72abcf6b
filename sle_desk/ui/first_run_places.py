"""The steps of the first run that ask for a folder: where the study lies, and where its backups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QVBoxLayout

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language, Words
from sle_desk.base.words import error_sentence
from sle_desk.services import study_place
from sle_desk.services.before_sign_in import study_header
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.labels import label
from sle_desk.ui.path_line import KEYS, PathLine
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current
from sle_desk.ui.wizard_step import StepWords, WizardStep

GIGABYTE = 1024**3


def free_words(free: int, language: Language) -> str:
    """Return the free room of a disk in words."""
    return language.text("{free} GB free", free=f"{free / GIGABYTE:.1f}")


class _PlaceStep(WizardStep):
    """A step that asks for a folder."""

    def __init__(self, state: State, words: Words) -> None:
        super().__init__(state)
        self.line = PathLine(state, words)
        self.line.typed_path.connect(self._look)
        self.line.ended.connect(self.ended)
        self.line.save_requested.connect(self.ended)
        self.free = ""
        browsing = QAction(self)
        browsing.setShortcut(QKeySequence(KEYS))
        browsing.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        browsing.triggered.connect(self.line.ask)
        self.addAction(browsing)

    def look(self, typed: str) -> study_place.Place:
        """Look at the place, or raise StorageFailed."""
        raise NotImplementedError

    def _look(self, typed: str) -> bool:
        try:
            place = self.look(typed)
        except SleDeskError as error:
            self.free = ""
            self.line.refuse(error_sentence(error, self.language))
            self.changed.emit()
            return False
        self.free = free_words(place.free, self.language)
        self.line.show_known(self.known(place))
        self.changed.emit()
        return True

    def known(self, place: study_place.Place) -> str:
        """Return what is known about a place."""
        return self.free

    def entered(self) -> None:
        """Type the path first."""
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def missing(self) -> list[tuple[str, str]]:
        """Return the path while there is none."""
        return [] if self.line.typed() else [("path", self.line.field.caption.text())]

    def go_to(self, code: str) -> None:
        """Go to the path."""
        self.entered()

    def check(self) -> bool:
        """Look at the place once more: it may have changed since."""
        if self._look(self.line.typed()):
            return True
        self.entered()
        return False


class FolderStep(_PlaceStep):
    """Where the study is to lie; or a study that is there already."""

    icon = "folder"
    open_requested = Signal(object)

    def __init__(self, state: State) -> None:
        super().__init__(state, Words("Study folder", "研究文件夹"))
        px = current().px
        self._card, self._other = Card(), Card()
        self._about = label(role="body", ink="text_2", wrap=True)
        self._there = label(role="body", ink="text_2", wrap=True)
        self._fault = Strip()
        self.open_button = Button("", icon="folder", keys="Ctrl+E")
        self.open_button.clicked.connect(self._open)
        opening = QAction(self)
        opening.setShortcut(QKeySequence("Ctrl+E"))
        opening.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        opening.triggered.connect(self._open)
        self.addAction(opening)
        self._card.body.addWidget(self._about)
        self._card.body.addWidget(self.line)
        for part in (self._there, self._fault):
            self._other.body.addWidget(part)
        self._other.body.addWidget(self.open_button, alignment=Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(16))
        column.addWidget(self._card)
        column.addWidget(self._other)
        column.addStretch(1)
        self.retranslate()

    def look(self, typed: str) -> study_place.Place:
        """Look at the place of a new study."""
        return study_place.study_place(typed)

    def words(self) -> StepWords:
        """Return what the step says of itself."""
        language, path = self.language, self.line.typed()
        return StepWords(
            name=language.text("Study folder"),
            advice=language.text("An empty folder on a disk of this computer."),
            about=f"{path}, {self.free}" if path and self.free else language.text("on a local disk"),
            value=path,
            after=language.text("encrypted file, new"),
        )

    def retranslate(self) -> None:
        """Speak the chosen language; what was typed stays."""
        language = self.language
        self._card.set_title(language.text("A new study"))
        self._about.setText(
            language.text(
                "One encrypted file with everything that is entered, its keys and its backups. It needs "
                "an empty folder; a folder that does not exist is made."
            )
        )
        self.line.retranslate()
        self._other.set_title(language.text("A study that is there already"))
        self._there.setText(language.text("Choose its folder: it holds study.sled and study.keys."))
        self.open_button.set_words(language.text("Open an existing study folder…"))

    def _open(self) -> None:
        title = self.language.text("Open an existing study folder…")
        chosen: Path | None = self.line.choose_folder(self, title, self.line.typed())
        if chosen is None:
            return
        try:
            study_header(chosen)
        except SleDeskError as error:
            self._fault.say(error_sentence(error, self.language), "bad")
            return
        self._fault.clear()
        self.open_requested.emit(chosen)


class BackupStep(_PlaceStep):
    """A second folder for backups; the first one is made and verified when the study is created."""

    icon = "backup"

    def __init__(self, state: State, study: Callable[[], str]) -> None:
        super().__init__(state, Words("Backup folder", "备份文件夹"))
        self._study = study
        self._card = Card()
        self._about = label(role="body", ink="text_2", wrap=True)
        self._same = Strip()
        for part in (self._about, self.line, self._same):
            self._card.body.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._card)
        column.addStretch(1)
        self.retranslate()

    def look(self, typed: str) -> study_place.Place:
        """Look at the place of the backups."""
        study = Path(self._study())
        self._same.clear()
        place = study_place.backup_place(typed, study)
        if study_place.same_disk(place.path, study):
            self._same.say(
                self.language.text(
                    "This folder lies on the disk of the study: one fault would take both. "
                    "A second disk or a stick is safer."
                ),
                "warn",
            )
        return place

    def words(self) -> StepWords:
        """Return what the step says of itself."""
        language, path = self.language, self.line.typed()
        return StepWords(
            name=language.text("Backup folder"),
            advice=language.text("A second disk. The first backup is made now and verified."),
            about=f"{path}, {self.free}" if path and self.free else self._later(language),
        )

    def _later(self, language: Language) -> str:
        return language.text("a second disk, first backup checked")

    def retranslate(self) -> None:
        """Speak the chosen language; what was typed stays."""
        language = self.language
        self._card.set_title(language.text("A second place for backups"))
        self._about.setText(
            language.text(
                "Each backup is a whole encrypted copy with its keys, verified before it counts. One lies in "
                "the study folder, one here. Backups hold no name that can be read without a password."
            )
        )
        self.line.retranslate()
