"""The left side of the window: brand, navigation, backup state, user and lock."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.ui.buttons import IconButton
from sle_desk.ui.chips import rounded_box
from sle_desk.ui.icons import Icon
from sle_desk.ui.labels import ElidedLabel, label, set_tooltip
from sle_desk.ui.navigation import FOLDED, WIDTH, NavList
from sle_desk.ui.theme import current


class Sidebar(QWidget):
    """Brand, pages, and below them backup state, user and lock."""

    page_requested = Signal(str)
    lock_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        px = current().px
        self.setProperty("part", "sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.pages = NavList()
        self._study = ElidedLabel(role="micro", ink="sidebar_text")
        self._name = label("sle_desk", "section", "sidebar_text")
        self._backup_icon = Icon("backup", "sidebar_text", 16, "sidebar")
        self._backup = ElidedLabel(role="caption", ink="sidebar_text")
        self._user = ElidedLabel(role="table-strong", ink="sidebar_text")
        self._role = label(role="micro", ink="sidebar_text", wrap=True)
        self._avatar = Avatar()
        self._lock = IconButton("lock", "", "sidebar_text")
        self._lock_keys = label("Ctrl L", "micro", "sidebar_hint")
        self._wide: list[QWidget] = [self._lock_keys]
        column = QVBoxLayout(self)
        column.setContentsMargins(px(8), px(16), px(8), px(16))
        column.setSpacing(px(8))
        column.addWidget(self._brand())
        column.addSpacing(px(8))
        column.addWidget(self.pages)
        column.addStretch(1)
        column.addWidget(self._line(self._backup_icon, [self._backup]))
        column.addWidget(self._person())
        self.pages.requested.connect(self.page_requested)
        self._lock.clicked.connect(self.lock_requested)
        self.set_folded(False)

    def _brand(self) -> QWidget:
        return self._line(Icon("brand", "sidebar_mark", 24, "sidebar"), [self._name, self._study])

    def _line(self, first: QWidget, lines: Sequence[QWidget]) -> QWidget:
        px = current().px
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(px(12), 0, px(4), 0)
        row.setSpacing(px(10))
        row.addWidget(first)
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for line in lines:
            column.addWidget(line)
        row.addWidget(words, 1)
        self._wide.append(words)
        return box

    def _person(self) -> QWidget:
        box = self._line(self._avatar, [self._user, self._role])
        row = box.layout()
        assert isinstance(row, QHBoxLayout)
        row.setContentsMargins(current().px(8), 0, 0, 0)
        row.addWidget(self._lock)
        row.addWidget(self._lock_keys)
        self._wide.append(self._lock)
        return box

    def set_folded(self, folded: bool) -> None:
        """Show icons only, or everything."""
        self.setFixedWidth(current().px(FOLDED if folded else WIDTH))
        for widget in self._wide:
            widget.setVisible(not folded)
        for item in self.pages.items():
            item.set_folded(folded)
        set_tooltip(self._avatar, self._user.text() if folded else "")
        set_tooltip(self._backup_icon, self._backup.text() if folded else "")

    def show_study(self, words: str) -> None:
        """Show the number of the study under the brand."""
        self._study.setText(words)

    def show_user(self, name: str, role: str, lock: str) -> None:
        """Show who is signed in and in which role; `lock` names the lock button."""
        self._user.setText(name)
        self._role.setText(role)
        self._avatar.show_initial(name[:1].upper())
        self._lock.set_name(lock)

    def show_backup(self, words: str, status: str = "") -> None:
        """Show the state of the backup; a status colours it when it needs care."""
        self._backup.setText(words)
        self._backup_icon.draw("alert" if status else "backup", "sidebar_mark" if status else "sidebar_text",
                               "sidebar")  # fmt: skip


class Avatar(QWidget):
    """The first letter of who is signed in."""

    def __init__(self) -> None:
        super().__init__()
        self._initial = ""
        self.setFixedSize(current().px(32), current().px(32))

    def show_initial(self, initial: str) -> None:
        """Show a letter."""
        self._initial = initial
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the letter on a disc."""
        theme = current()
        with QPainter(self) as painter:
            rounded_box(painter, self.rect(), self.height() / 2, theme.colour("sidebar_mark"), None)
            painter.setFont(theme.font("strong"))
            painter.setPen(theme.colour("sidebar"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._initial)
