"""A message bus of its own for a test, with whoever tells on it that the screen was locked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DAEMON = "dbus-daemon"


@contextmanager
def bus(place: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a bus whose socket is `bus` in a folder; skip where this computer has none."""
    program = shutil.which(DAEMON)
    if program is None:
        pytest.skip(f"no {DAEMON} here: what a desktop tells was tried through its slots alone")
    asked = ["--session", "--nofork", "--nosyslog", "--print-address", f"--address=unix:path={place / 'bus'}"]
    daemon = subprocess.Popen([program, *asked], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        # It prints its address once it listens.
        assert daemon.stdout is not None and daemon.stdout.readline()
        yield daemon
    finally:
        daemon.terminate()
        daemon.communicate()


class Desktop:
    """What a desktop and its system do on the bus, over a connection of their own."""

    def __init__(self, address: str, *services: str) -> None:
        from PySide6.QtDBus import QDBusConnection

        self._name = f"a desktop at {address}"
        self._bus = QDBusConnection.connectToBus(address, self._name)
        for service in services:
            assert self._bus.registerService(service)

    def tell(self, path: str, interface: str, name: str, *arguments: object) -> None:
        """Send a signal."""
        from PySide6.QtDBus import QDBusMessage

        message = QDBusMessage.createSignal(path, interface, name)
        message.setArguments(list(arguments))
        assert self._bus.send(message)

    def leave(self) -> None:
        """Close the connection."""
        from PySide6.QtDBus import QDBusConnection

        QDBusConnection.disconnectFromBus(self._name)
