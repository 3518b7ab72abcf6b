"""One step of a wizard: what it says of itself, what is missing in it, and how it looks once done."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.ui.cards import IconTile
from sle_desk.ui.icons import Icon
from sle_desk.ui.labels import ElidedLabel
from sle_desk.ui.state import State
from sle_desk.ui.theme import current


@dataclass(frozen=True)
class StepWords:
    """What a step says of itself: name, advice under the heading, its line in the list, and once done."""

    name: str
    advice: str
    about: str
    value: str = ""
    after: str = ""


class WizardStep(QWidget):
    """One step. What is typed stays in it when the person goes back."""

    icon = "info"
    ended = Signal()
    changed = Signal()

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state

    @property
    def language(self) -> Language:
        """Return the language of now."""
        return self.state.language

    def words(self) -> StepWords:
        """Return what the step says of itself now."""
        raise NotImplementedError

    def missing(self) -> list[tuple[str, str]]:
        """Return code and words of what is still to be given."""
        return []

    def go_to(self, code: str) -> None:
        """Put the focus where something is missing."""

    def check(self) -> bool:
        """Look at what was given; false when something is wrong, which then stands beside it."""
        return True

    def entered(self) -> None:
        """Put the focus where work begins."""

    def retranslate(self) -> None:
        """Speak the chosen language; what was typed stays."""


def done_box(icon: str, words: StepWords) -> QWidget:
    """Return a step that is done, as it stands above the others."""
    px = current().px
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(px(12))
    row.addWidget(IconTile(icon))
    column = QVBoxLayout()
    column.setSpacing(px(1))
    column.addWidget(ElidedLabel(words.name, "label", "text_2"))
    column.addWidget(ElidedLabel(words.value, "strong"))
    column.addWidget(ElidedLabel(words.after, "caption", "text_2"))
    row.addLayout(column, 1)
    row.addWidget(Icon("check-circle", "ok", 18))
    return box
