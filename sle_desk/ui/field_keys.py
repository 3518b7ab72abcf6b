"""Which key does what in a field, in each of its states."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from sle_desk.ui.keys import CTRL, ENTER, KEY, NONE, SHIFT, modifiers

if TYPE_CHECKING:
    from sle_desk.ui.field_box import FieldBox

Act = Callable[[], object]
_WIPING = (KEY.Key_Backspace, KEY.Key_Delete)
_PASSING = (KEY.Key_Shift, KEY.Key_Control, KEY.Key_Alt, KEY.Key_Meta, KEY.Key_Tab, KEY.Key_Backtab)


def act_for(box: FieldBox, event: QKeyEvent) -> Act | None:
    """Return what a key does in the field now, or nothing when it is typed or belongs to the page."""
    held = modifiers(event)
    if event.key() in ENTER:
        return _enter(box, held)
    if box.question.is_open():
        return _answer(box, event, held)
    if held == NONE:
        return _plain(box, event.key())
    return None if box.read_only else _chord(box, event.key(), held)


def _enter(box: FieldBox, held: Qt.KeyboardModifier) -> Act | None:
    if held == NONE:
        return box.enter
    if held == SHIFT:
        return box.step_back
    if held == CTRL:
        return box.save
    if held == CTRL | SHIFT and box.answer.doubted():
        return box.ask_to_keep
    return None


def _answer(box: FieldBox, event: QKeyEvent, held: Qt.KeyboardModifier) -> Act | None:
    if event.key() in _PASSING or held & CTRL:
        return None
    if event.key() == KEY.Key_Escape:
        return box.stop_asking
    return partial(box.pick, event.text())


def _plain(box: FieldBox, key: int) -> Act | None:
    if key == KEY.Key_F11:
        return partial(box.history_requested.emit, box.asked.code)
    if box.read_only:
        wanted = box.opens and key == KEY.Key_F2
        return partial(box.correction_requested.emit, box.asked.code) if wanted else None
    if key == KEY.Key_Escape and box.answer.blocking():
        return box.retype
    if key == KEY.Key_Escape and box.correcting():
        return box.give_up_correction
    if key == KEY.Key_N and box.n_means_not_done and not box.text():
        return box.ask_why_not
    if key in _WIPING and box.missing:
        return box.wipe
    return None


def _chord(box: FieldBox, key: int, held: Qt.KeyboardModifier) -> Act | None:
    if held == CTRL | SHIFT and key == KEY.Key_N:
        return box.ask_why_not
    if held == CTRL and key == KEY.Key_U and box.answer.fix() is not None:
        return box.use_fix
    if held == CTRL and key == KEY.Key_Q and box.context.queries and box.answer.blocking():
        return box.query
    return None
