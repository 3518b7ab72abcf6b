"""Hears when the computer's own screen is locked or its user switched: Windows, a Linux desktop, macOS.

Where the system tells nothing the idle watch and the look for a computer that slept lock the desk.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from ctypes import wintypes
from typing import Any

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from sle_desk.ui.mac_session import MacSession
from sle_desk.ui.session_bus import SessionBus

# Of wtsapi32.h and winuser.h.
SESSION_CHANGE = 0x02B1
CONSOLE_LEFT, REMOTE_LEFT, LOGGED_OFF, LOCKED = 0x2, 0x4, 0x6, 0x7
GONE = frozenset({CONSOLE_LEFT, REMOTE_LEFT, LOGGED_OFF, LOCKED})
THIS_SESSION = 0
WINDOWS_MESSAGE = b"windows_generic_MSG"


class _Filter(QAbstractNativeEventFilter):
    """Looks at the messages of the system before Qt does."""

    def __init__(self, owner: SessionLock) -> None:
        super().__init__()
        self._owner = owner

    def nativeEventFilter(self, kind: QByteArray | bytes, message: Any) -> tuple[bool, int]:
        """Tell the owner of a session that was locked or left; the message goes on."""
        if (kind.data() if isinstance(kind, QByteArray) else kind) == WINDOWS_MESSAGE:
            told = wintypes.MSG.from_address(int(message))
            if told.message == SESSION_CHANGE and told.wParam in GONE:
                self._owner.locked.emit()
        return False, 0


class SessionLock(QObject):
    """Tells when the computer was locked, while it watches."""

    locked = Signal()

    def __init__(self, window: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._filter: _Filter | None = None
        self._bus = SessionBus(self)
        self._bus.locked.connect(self.locked)
        self._mac = MacSession(self)
        self._mac.locked.connect(self.locked)

    def start(self) -> None:
        """Begin to listen; nothing happens where the system does not tell."""
        application = QCoreApplication.instance()
        if self._filter is not None or application is None:
            return
        self._filter = _Filter(self)
        application.installNativeEventFilter(self._filter)
        self._register("WTSRegisterSessionNotification", THIS_SESSION)
        self._bus.start()
        self._mac.start()

    def stop(self) -> None:
        """Listen no longer."""
        self._bus.stop()
        self._mac.stop()
        application = QCoreApplication.instance()
        if self._filter is None or application is None:
            return
        self._register("WTSUnRegisterSessionNotification")
        application.removeNativeEventFilter(self._filter)
        self._filter = None

    def _register(self, name: str, *options: int) -> None:
        if sys.platform != "win32":
            return
        # A system without it, or one that refuses, must not keep anybody from the desk.
        with contextlib.suppress(OSError, AttributeError):
            act = getattr(ctypes.WinDLL("wtsapi32"), name)
            act.argtypes = [wintypes.HWND, *(wintypes.DWORD for _ in options)]
            act.restype = wintypes.BOOL
            act(int(self._window.winId()), *options)
