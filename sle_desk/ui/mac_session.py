"""Asks macOS, every two seconds, whether its screen is locked or another user is in front.

macOS tells it to no application without a library of its own, but answers who asks (CGSession.h; the key of
the lock stands in no header and is what the system has set since 10.7). Never run on macOS: where anything
there is otherwise nothing is told, and the idle minutes lock.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

LOOK_EVERY = 2_000  # ms
FRAMEWORKS = "/System/Library/Frameworks"
LOCKED, IN_FRONT = b"CGSSessionScreenIsLocked", b"kCGSSessionOnConsoleKey"
UTF_8 = 0x08000100  # CFString.h
WHOLE_NUMBER = 9  # CFNumber.h: kCFNumberIntType


def session_is_away() -> bool | None:
    """Tell whether the screen is locked or another user is in front; None where that is not known."""
    if sys.platform != "darwin":
        return None
    # A system without it must not keep anybody from the desk.
    with contextlib.suppress(OSError, AttributeError):
        return asked(
            ctypes.CDLL(f"{FRAMEWORKS}/CoreGraphics.framework/CoreGraphics"),
            ctypes.CDLL(f"{FRAMEWORKS}/CoreFoundation.framework/CoreFoundation"),
        )
    return None


def asked(graphics: ctypes.CDLL, core: ctypes.CDLL) -> bool | None:
    """Ask the two libraries; None where there is no session to ask about."""
    foundation = _declared(core)
    copied = graphics.CGSessionCopyCurrentDictionary
    copied.restype, copied.argtypes = ctypes.c_void_p, []
    session = copied()
    if not session:
        return None
    try:
        return _says(foundation, session, LOCKED) is True or _says(foundation, session, IN_FRONT) is False
    finally:
        foundation.CFRelease(session)


def _declared(foundation: Any) -> Any:
    """Return CoreFoundation with the types of what is called: without them addresses are cut to 32 bits."""
    pointer, whole = ctypes.c_void_p, ctypes.c_ulong
    for name, result, takes in (
        ("CFStringCreateWithCString", pointer, [pointer, ctypes.c_char_p, ctypes.c_uint32]),
        ("CFDictionaryGetValue", pointer, [pointer, pointer]),
        ("CFGetTypeID", whole, [pointer]),
        ("CFBooleanGetTypeID", whole, []),
        ("CFBooleanGetValue", ctypes.c_ubyte, [pointer]),
        ("CFNumberGetTypeID", whole, []),
        ("CFNumberGetValue", ctypes.c_ubyte, [pointer, ctypes.c_long, pointer]),
        ("CFRelease", None, [pointer]),
    ):
        function = getattr(foundation, name)
        function.restype, function.argtypes = result, takes
    return foundation


def _says(foundation: Any, session: int, name: bytes) -> bool | None:
    """Return a yes or no of the session's dictionary, or None where it has none."""
    key = foundation.CFStringCreateWithCString(None, name, UTF_8)
    if not key:
        return None
    try:
        # What is got, not copied, belongs to the dictionary and is not released.
        value = foundation.CFDictionaryGetValue(session, key)
    finally:
        foundation.CFRelease(key)
    if not value:
        return None
    kind = foundation.CFGetTypeID(value)
    if kind == foundation.CFBooleanGetTypeID():
        return bool(foundation.CFBooleanGetValue(value))
    number = ctypes.c_int()
    if kind != foundation.CFNumberGetTypeID():
        return None
    if not foundation.CFNumberGetValue(value, WHOLE_NUMBER, ctypes.byref(number)):
        return None
    return bool(number.value)


class MacSession(QObject):
    """Tells once each time that the session is locked or left, while it watches."""

    locked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._away = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(lambda: self.look(session_is_away()))

    def start(self) -> None:
        """Begin to look; on another system nothing happens."""
        if sys.platform == "darwin":
            self._away = False
            self._timer.start()

    def stop(self) -> None:
        """Look no longer."""
        self._timer.stop()

    def look(self, away: bool | None) -> None:
        """Tell that the session was left since the last look; where it is not known nothing is told."""
        before, self._away = self._away, bool(away)
        if self._away and not before:
            self.locked.emit()
