"""The card that exports: the preset, what is removed first, what went out, and where to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from sle_desk.base.language import Language
from sle_desk.exports.dataset import Preset
from sle_desk.exports.study_export import Exported, removed
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card, divider
from sle_desk.ui.labels import ElidedLabel, label, name_for_readers
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current


class ExportCard(Card):
    """What an export holds and leaves out, before it is written and after."""

    asked = Signal(str)
    cancelled = Signal()
    folder_asked = Signal()

    def __init__(self, presets: Sequence[Preset], language: Language) -> None:
        super().__init__()
        px = current().px
        self.body.setContentsMargins(px(16), px(14), px(16), px(14))
        self.body.setSpacing(px(8))
        self._presets = {preset.code: preset for preset in presets}
        self._language = language
        self.folder: Path | None = None
        self._exported: Exported | None = None
        self._preset_label = label(role="label", ink="text_2")
        # The one that leaves the site stands first: nobody sends the other by mistake.
        self.presets = SegmentedButtons([(preset.code, "") for preset in reversed(presets)], ticked=True)
        self.presets.picked.connect(self._picked)
        self._described = label(role="table", wrap=True)
        self._removed_title = label(role="strong", ink="bad")
        self._removed = label(role="table", wrap=True)
        self._out_title = label(role="strong")
        self._out = label(role="table", wrap=True)
        self._folder_label = label(role="label", ink="text_2")
        self._folder = ElidedLabel(role="table")
        self.choose = Button("", keys="", icon="folder")
        self.choose.clicked.connect(self.folder_asked)
        self.strip = Strip()
        self.write = Button("", "primary", keys="Enter")
        self.write.clicked.connect(self._ask)
        self.cancel = Button("", keys="Esc")
        self.cancel.clicked.connect(self.cancelled)
        self.cancel.hide()
        self._lay_out()
        self.retranslate(language)

    def _lay_out(self) -> None:
        to = QHBoxLayout()
        to.addWidget(self._folder, 1)
        to.addWidget(self.choose)
        for part in (
            self._preset_label,
            self.presets,
            self._described,
            divider(),
            self._removed_title,
            self._removed,
            divider(),
            self._out_title,
            self._out,
        ):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.body.addWidget(self._folder_label)
        self.body.addLayout(to)
        self.body.addWidget(self.strip)
        self.body.addWidget(self.write)
        self.body.addWidget(self.cancel)

    def show_presets(self, presets: Sequence[Preset]) -> None:
        """Take what the same presets leave out now."""
        self._presets = {preset.code: preset for preset in presets}
        self.retranslate(self._language)

    def _picked(self, code: str) -> None:
        self.retranslate(self._language)

    def _ask(self) -> None:
        self.asked.emit(self.presets.code())

    def show_folder(self, folder: Path) -> None:
        """Show where the export goes."""
        self.folder = folder
        self._folder.setText(str(folder))

    @property
    def writing(self) -> bool:
        """Tell whether an export is being written."""
        return not self.cancel.isHidden()

    def show_step(self, words: str) -> None:
        """Show how far the writing is; until it ended it can be cancelled and no second one begun."""
        self.strip.say(words, "due")
        if not self.writing:
            self._let_cancel(True)

    def _let_cancel(self, running: bool) -> None:
        shown, hidden = (self.cancel, self.write) if running else (self.write, self.cancel)
        had_focus = hidden.hasFocus()
        shown.show()
        hidden.hide()
        if had_focus:
            shown.setFocus()

    def show_ended(self, words: str, status: str) -> None:
        """Say why no export came of it."""
        self._let_cancel(False)
        self.strip.say(words, status)

    def show_done(self, done: Exported) -> None:
        """Show what went out and that it was read back."""
        self._let_cancel(False)
        self._exported = done
        self.strip.clear()
        self.retranslate(self._language)

    def retranslate(self, language: Language) -> None:
        """Speak the chosen language."""
        self._language = language
        preset = self._presets[self.presets.code()]
        self.set_title(language.text("Export"), language.text("Excel workbook"))
        self._preset_label.setText(language.text("Preset"))
        short = {"site": language.text("Site"), "sponsor": language.text("Sponsor")}
        self.presets.set_texts([short[code] for code in reversed(self._presets)])
        name_for_readers(self.presets, language.text("Preset"))
        self._described.setText(language.words(preset.label))
        self._removed_title.setText(language.text("What is removed first"))
        self._removed.setText("\n".join(f"− {language.words(words)}" for words in removed(preset)))
        self._out_title.setText(
            language.text("What went out") if self._exported else language.text("What goes out")
        )
        self._out.setText(self._out_words(language))
        self._folder_label.setText(language.text("To"))
        if self.folder is None:
            self._folder.setText(language.text("no folder chosen"))
        self.choose.set_words(language.text("Choose …"))
        self.write.set_words(language.text("Write the export"))
        self.cancel.set_words(language.text("Cancel"))

    def _out_words(self, language: Language) -> str:
        done = self._exported
        if done is None:
            return language.text(
                "Every table with its dictionary and code lists. It is read back and every cell compared "
                "before it counts."
            )
        return "\n".join(
            (
                done.path.name,
                language.text(
                    "{values} values, {sheets} sheets", values=done.values, sheets=len(done.sheets)
                ),
                language.text("Texts with a name in them: {count} masked", count=done.masked),
                language.text("Read back and compared: 0 differ"),
                language.text("audit {number}", number=done.audit_number),
            )
        )
