"""The way of Enter through the fields: the next one in order; back along the way really gone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from sle_desk.ui.field_box import FieldBox


class FocusPath(QObject):
    """Fields in the order they are asked; it tells when the last one was left."""

    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fields: list[FieldBox] = []
        self._gone: list[FieldBox] = []

    def follow(self, fields: Sequence[FieldBox]) -> None:
        """Take the fields and their order; Tab goes the same way."""
        for field in fields:
            if field not in self._fields:
                field.step_requested.connect(partial(self._step, field))
        self._fields = list(fields)
        self._gone = [field for field in self._gone if field in self._fields]
        for before, after in pairwise(fields):
            QWidget.setTabOrder(before.editor, after.editor)

    def _step(self, field: FieldBox, step: int) -> None:
        if step < 0:
            self._back(field)
            return
        self._gone.append(field)
        after = self._fields[self._fields.index(field) + 1 :]
        target = next((other for other in after if _asked_for(other)), None)
        if target is None:
            self.ended.emit()
        else:
            _enter(target, Qt.FocusReason.TabFocusReason)

    def _back(self, field: FieldBox) -> None:
        while self._gone:
            target = self._gone.pop()
            if target is not field and _asked_for(target):
                _enter(target, Qt.FocusReason.BacktabFocusReason)
                return
        before = [other for other in self._fields[: self._fields.index(field)] if _asked_for(other)]
        if before:
            _enter(before[-1], Qt.FocusReason.BacktabFocusReason)


def bring_into_view(widget: QWidget) -> None:
    """Scroll what scrolls around a widget until it is in sight."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget, 0, 48)
        around = around.parentWidget()


def _enter(field: FieldBox, reason: Qt.FocusReason) -> None:
    field.setFocus(reason)
    bring_into_view(field)


def _asked_for(field: FieldBox) -> bool:
    return field.isVisibleTo(field.window()) and field.isEnabled()
