"""Asks once more before something unusual is recorded; Esc goes back, Ctrl+Enter records it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.ui.buttons import Button
from sle_desk.ui.labels import label
from sle_desk.ui.theme import current


def sure(parent: QWidget, title: str, said: str, verb: str, language: Language) -> bool:
    """Return whether the person records it all the same; nobody does so by one Enter too many."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    take = Button(verb, "primary", keys="Ctrl+Enter")
    leave = Button(language.text("Go back"), keys="Esc")
    take.clicked.connect(dialog.accept)
    leave.clicked.connect(dialog.reject)
    for button in (take, leave):
        button.setAutoDefault(False)
    px = current().px
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(leave)
    row.addWidget(take)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(px(24), px(20), px(24), px(20))
    column.setSpacing(px(14))
    column.addWidget(label(title, "section", wrap=True))
    column.addWidget(label(said, "body", wrap=True))
    column.addLayout(row)
    dialog.setMinimumWidth(px(560))
    leave.setFocus(Qt.FocusReason.OtherFocusReason)
    done = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return done
