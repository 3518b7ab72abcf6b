"""Which keys would mean two things at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

_CONTEXT = Qt.ShortcutContext


def conflicts(root: QWidget) -> tuple[str, ...]:
    """Return each key that two actions below a widget would answer at once, with both names."""
    owned = [
        (action, owner)
        for owner in [root, *root.findChildren(QWidget)]
        for action in owner.actions()
        if not action.shortcut().isEmpty() and action.isEnabled()
    ]
    clashes = []
    for place, (first, owner) in enumerate(owned):
        for second, other in owned[place + 1 :]:
            same = first is not second and first.shortcut() == second.shortcut()
            if same and _meet(first, owner, second, other):
                names = " / ".join(sorted((first.text(), second.text())))
                clashes.append(f"{first.shortcut().toString()}: {names}")
    return tuple(sorted(set(clashes)))


def _meet(first: QAction, owner: QWidget, second: QAction, other: QWidget) -> bool:
    """Two keys meet when one place of the focus would wake both."""
    wide = (_CONTEXT.WindowShortcut, _CONTEXT.ApplicationShortcut)
    contexts = (first.shortcutContext(), second.shortcutContext())
    if any(context in wide for context in contexts):
        return True
    if owner is other:
        return True
    trees = _CONTEXT.WidgetWithChildrenShortcut
    return (contexts[0] == trees and owner.isAncestorOf(other)) or (
        contexts[1] == trees and other.isAncestorOf(owner)
    )
