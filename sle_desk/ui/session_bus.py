"""Hears on the message buses of a Linux desktop that its screen was locked or that it is about to sleep.

A bus is no network. What is opened is a socket between programs of this computer, which reaches no other;
an address of any other kind is left alone, and so is Qt's own choice of one, which may start a program.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import SLOT, QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

LOCAL = "unix:"
# Where the environment says how a bus is reached.
SESSION, SYSTEM = "DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"
# Where the specification of the bus puts the one of the system, unless the environment says otherwise.
SYSTEM_BUS = "unix:path=/var/run/dbus/system_bus_socket"
LOGIN = "org.freedesktop.login1"
# The desktops tell under either name; neither is started by being listened for.
SCREEN_SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver")


class Told(NamedTuple):
    """A signal that is listened for: who sends it, from which object, and whether it says what begins."""

    service: str
    path: str
    interface: str
    name: str
    begins: bool


def session_bus(environment: Mapping[str, str]) -> str:
    """Return the address of the bus of the person's session, or nothing."""
    folder = environment.get("XDG_RUNTIME_DIR", "")
    beside = f"{LOCAL}path={folder}/bus" if folder else ""
    return environment.get(SESSION) or beside


def system_bus(environment: Mapping[str, str]) -> str:
    """Return the address of the bus of the system."""
    return environment.get(SYSTEM) or SYSTEM_BUS


def is_local(address: str) -> bool:
    """Tell whether an address names nothing but sockets of this computer; it may name several."""
    parts = [part for part in address.split(";") if part]
    return bool(parts) and all(part.startswith(LOCAL) for part in parts)


def session_path(environment: Mapping[str, str]) -> str:
    """Return the object of this session, or nothing where it is not known: then each session counts."""
    name = environment.get("XDG_SESSION_ID", "")
    marks = [
        mark if mark.isascii() and (mark.isalpha() or (mark.isdigit() and place)) else f"_{ord(mark):02x}"
        for place, mark in enumerate(name)
    ]
    return f"/org/freedesktop/login1/session/{''.join(marks)}" if name else ""


class SessionBus(QObject):
    """Tells when the desktop's screen was locked or its computer goes to sleep, while it listens."""

    locked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        # The signals call slots of two actions that Qt itself made. A receiver written in Python stops the
        # window for good: Qt's thread of the bus waits for Python while Python waits for that thread.
        self._menu = QMenu()
        self.told: QAction = self._menu.addAction("")
        self.told.triggered.connect(self.locked)
        self.begins: QAction = self._menu.addAction("")
        self.begins.setCheckable(True)
        self.begins.toggled.connect(self._begins)

    def start(self) -> None:
        """Begin to listen; where there is no bus nothing happens."""
        if sys.platform != "linux" or self._names:
            return
        savers = [Told(name, "", name, "ActiveChanged", True) for name in SCREEN_SAVERS]
        logins = [
            Told(LOGIN, session_path(os.environ), f"{LOGIN}.Session", "Lock", False),
            Told(LOGIN, "", f"{LOGIN}.Manager", "PrepareForSleep", True),
        ]
        self._listen("session", session_bus(os.environ), savers)
        self._listen("system", system_bus(os.environ), logins)

    def _listen(self, kind: str, address: str, wanted: list[Told]) -> None:
        if not is_local(address):
            return
        try:
            # Not on every computer: only where it is needed is it asked for.
            from PySide6.QtDBus import QDBusConnection
        except ImportError:
            return
        name = f"sle_desk-{kind}-{id(self)}"
        bus = QDBusConnection.connectToBus(address, name)
        self._names.append(name)
        if not bus.isConnected():
            return
        for told in wanted:
            hears, slot = (self.begins, "setChecked(bool)") if told.begins else (self.told, "trigger()")
            bus.connect(told.service, told.path, told.interface, told.name, hears, SLOT(slot))  # type: ignore[call-overload]

    def stop(self) -> None:
        """Listen no longer."""
        while self._names:
            from PySide6.QtDBus import QDBusConnection

            QDBusConnection.disconnectFromBus(self._names.pop())

    def _begins(self, begins: bool) -> None:
        """Pass on that the screen saver or the sleep begins; that it ended leads nobody back."""
        if begins:
            # The next one is heard too, whether or not the end of this one is told.
            self.begins.setChecked(False)
            self.locked.emit()
