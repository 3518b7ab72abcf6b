"""The roles of a person, ticked by digits or Space; what excludes or conflicts is said at once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.ui.keys import plain_enter
from sle_desk.ui.labels import button_text, label, name_for_readers
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current
from sle_desk.ui.wording import role_words

DIGITS = "1234567890"


class RoleChecks(QWidget):
    """Every role as a box; none is ticked beforehand for a new person."""

    ended = Signal()

    def __init__(self, language: Language, held: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._language = language
        self._title = label(role="label", ink="text_2")
        self.strip = Strip()
        self._boxes: dict[str, QCheckBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(2))
        column.addWidget(self._title)
        for role in roles.ROLES:
            box = QCheckBox()
            box.setChecked(role in held)
            box.toggled.connect(self._look)
            box.installEventFilter(self)
            column.addWidget(box)
            self._boxes[role] = box
        column.addWidget(self.strip)
        self.setFocusProxy(next(iter(self._boxes.values())))
        self.retranslate(language)

    def picked(self) -> tuple[str, ...]:
        """Return the roles that are ticked."""
        return tuple(role for role, box in self._boxes.items() if box.isChecked())

    def retranslate(self, language: Language) -> None:
        """Speak a language; the ticks stay."""
        self._language = language
        self._title.setText(language.text("Roles"))
        for digit, (role, box) in zip(DIGITS, self._boxes.items(), strict=True):
            words = role_words(role, language)
            box.setText(button_text(f"{digit}  {words}"))
            name_for_readers(box, words, digit)
        self._look()

    def _look(self, *_: object) -> None:
        held, language = frozenset(self.picked()), self._language
        if not roles.roles_allowed_together(held):
            self.strip.say(
                language.text(
                    "The statistician knows the list: no role that enrols, judges or doses beside it."
                ),
                "bad",
            )
        elif roles.conflicts(held):
            self.strip.say(
                language.text(
                    "One person may hold these roles; the conflict is shown on the list of people."
                ),
                "warn",
            )
        else:
            self.strip.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take digits, arrows and Enter before a box does."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        boxes = list(self._boxes.values())
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if plain_enter(event):
            self.ended.emit()
        elif event.text() and event.text() in DIGITS:
            boxes[DIGITS.index(event.text())].toggle()
        elif event.key() in steps and isinstance(watched, QCheckBox):
            place = boxes.index(watched) + steps[Qt.Key(event.key())]
            boxes[place % len(boxes)].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            return False
        return True
