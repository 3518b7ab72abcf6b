"""The top of the window: title or way, the line that finds anything, language, the page's buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from sle_desk.base.language import Language
from sle_desk.ui.buttons import Button
from sle_desk.ui.chips import Chip
from sle_desk.ui.labels import ElidedLabel, label
from sle_desk.ui.page import Step
from sle_desk.ui.search_box import SearchBox
from sle_desk.ui.theme import current

_NAMES = (("en", "EN"), ("zh_CN", "中文"))


class TopBar(QWidget):
    """The bar above every page."""

    language_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        px = current().px
        self.search = SearchBox()
        self._title = label(role="page")
        self._second = ElidedLabel(role="table", ink="text_2")
        self._way = QWidget()
        self._steps = QHBoxLayout(self._way)
        self._steps.setContentsMargins(0, 0, 0, 0)
        self._steps.setSpacing(px(6))
        self._language = Button("", icon="translate")
        self._notice = Chip("", "warn")
        self._notice.hide()
        self._parts = QHBoxLayout()
        self._parts.setSpacing(px(12))
        self._shown: list[QWidget] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(px(24), px(14), px(24), px(10))
        row.setSpacing(px(12))
        row.addWidget(self._way)
        row.addWidget(self._title)
        row.addWidget(self._second, 1)
        row.addWidget(self._notice)
        row.addWidget(self.search)
        row.addWidget(self._language)
        row.addLayout(self._parts)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._language.clicked.connect(self.language_pressed)

    def retranslate(self, language: Language) -> None:
        """Show every word in a language."""
        self.search.set_words(language.text("Find subject, form, action..."))
        self._language.set_words(dict(_NAMES)[language.code])
        name = language.text("Language: English" if language.code == "en" else "Language: Chinese")
        self._language.setAccessibleName(name)
        self._language.setAccessibleDescription("Ctrl Shift L")

    def show_title(self, title: str, second: str, path: Sequence[Step]) -> None:
        """Show a title, or the way to a page below another one; quieter words beside it."""
        self._title.setText(title)
        self._title.setVisible(not path)
        self._second.setText(second)
        self._way.setVisible(bool(path))
        while (item := self._steps.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if path:
            self._show_way(path)

    def _show_way(self, path: Sequence[Step]) -> None:
        for place, step in enumerate(path):
            if place:
                self._steps.addWidget(label("/", "table", "text_3"))
            if step.go is None:
                self._steps.addWidget(label(step.words, "table", "text_2"))
                continue
            button = Button(step.words, "quiet", icon="" if place else "chevron-left", high=28)
            button.clicked.connect(step.go)
            self._steps.addWidget(button)

    def show_notice(self, words: str) -> None:
        """Show a few words that hold for every page, as that the data are made up."""
        self._notice.show_status(words, "warn")
        self._notice.setVisible(bool(words))

    def show_parts(self, parts: Sequence[QWidget]) -> None:
        """Show the buttons of a page at the right; they stay the page's own."""
        for part in self._shown:
            self._parts.removeWidget(part)
            part.hide()
        self._shown = list(parts)
        for part in parts:
            self._parts.addWidget(part, alignment=Qt.AlignmentFlag.AlignVCenter)
            part.show()
