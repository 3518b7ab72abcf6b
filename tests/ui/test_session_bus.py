"""A Linux desktop whose screen is locked, or whose computer goes to sleep, locks the desk."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from private_bus import Desktop, bus
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from study_fixtures import Study, clock, made_study, study
from typist import Typist
from whole_window import Open, opened

from sle_desk.ui import session_bus
from sle_desk.ui.lock_screen import LockScreen
from sle_desk.ui.session_bus import LOGIN, SCREEN_SAVERS, SessionBus

__all__ = ["clock", "made_study", "opened", "study"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the buses of a Linux desktop")

FREEDESKTOP, GNOME = SCREEN_SAVERS
MINE, OTHER = "/org/freedesktop/login1/session/_32", "/org/freedesktop/login1/session/_33"
MANAGER = "/org/freedesktop/login1"
LOCK = (MINE, f"{LOGIN}.Session", "Lock")
LOCKING = {
    "the session is told to lock": LOCK,
    "a screen saver begins": ("/org/freedesktop/ScreenSaver", FREEDESKTOP, "ActiveChanged", True),
    "it stands at an older place": ("/ScreenSaver", FREEDESKTOP, "ActiveChanged", True),
    "the screen of GNOME is locked": ("/org/gnome/ScreenSaver", GNOME, "ActiveChanged", True),
    "the computer goes to sleep": (MANAGER, f"{LOGIN}.Manager", "PrepareForSleep", True),
}
NOT_LOCKING = (
    ("/org/freedesktop/ScreenSaver", FREEDESKTOP, "ActiveChanged", False),
    ("/org/gnome/ScreenSaver", GNOME, "ActiveChanged", False),
    (MANAGER, f"{LOGIN}.Manager", "PrepareForSleep", False),
    (MINE, f"{LOGIN}.Session", "Unlock"),
    (OTHER, f"{LOGIN}.Session", "Lock"),
)

LISTENING = """
from PySide6.QtWidgets import QApplication
from sle_desk.ui.session_bus import SessionBus
application = QApplication([])
listening = SessionBus()
for _ in range(60):
    listening.start()
    listening.stop()
"""


def listens_to(address: str) -> bool:
    """Tell whether somebody listens at an address again and again to the end, and waits for nobody."""
    # Who waits holds its whole process meanwhile: it has one of its own.
    environment = {**os.environ, session_bus.SESSION: address, session_bus.SYSTEM: address}
    child = subprocess.Popen([sys.executable, "-c", LISTENING], env=environment)
    try:
        return child.wait(30) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        child.kill()
        child.wait()


def on_both(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Let the session and the system have their bus at an address."""
    for name in (session_bus.SESSION, session_bus.SYSTEM):
        monkeypatch.setenv(name, address)


@pytest.fixture
def desktop(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> Iterator[Desktop]:
    """Return a desktop on a bus that is both the session's and the system's."""
    # The path of a socket has to be short.
    place = tmp_path_factory.mktemp("bus")
    with bus(place):
        address = f"unix:path={place / 'bus'}"
        on_both(monkeypatch, address)
        monkeypatch.setenv("XDG_SESSION_ID", "2")
        found = Desktop(address, LOGIN, *SCREEN_SAVERS)
        yield found
        found.leave()


class Listener:
    """Somebody who listens, and what was heard."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.bus = SessionBus()
        self.bus.locked.connect(lambda: self.told.append("locked"))

    def wait(self) -> None:
        """Let the application work until something was heard."""
        Typist().wait(lambda: bool(self.told))


@pytest.fixture
def listener(qapp: QApplication) -> Iterator[Listener]:
    """Return somebody who can listen; nobody listens after the test."""
    found = Listener()
    yield found
    found.bus.stop()


@pytest.mark.parametrize("what", LOCKING)
def test_what_a_linux_desktop_tells_locks_the_desk(
    desktop: Desktop, study: Study, opened: Open, what: str
) -> None:
    window, typist = opened(study, "chen.lan")
    assert window.findChild(LockScreen) is None
    desktop.tell(*LOCKING[what])
    typist.wait_for("Your password leads back")


def test_what_ends_and_what_is_another_sessions_locks_nothing(desktop: Desktop, listener: Listener) -> None:
    listener.bus.start()
    for told in NOT_LOCKING:
        desktop.tell(*told)
    # What is sent in turn arrives in turn: when this is heard, the others were passed over.
    desktop.tell(*LOCK)
    listener.wait()
    QTest.qWait(50)
    assert listener.told == ["locked"]


def test_where_the_session_is_not_known_every_session_counts(
    desktop: Desktop, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_SESSION_ID")
    listener.bus.start()
    desktop.tell(OTHER, f"{LOGIN}.Session", "Lock")
    listener.wait()


def test_who_signed_out_is_told_nothing_and_who_signs_in_again_is(
    desktop: Desktop, listener: Listener
) -> None:
    listener.bus.start()
    listener.bus.stop()
    desktop.tell(*LOCK)
    QTest.qWait(200)
    assert not listener.told
    listener.bus.start()
    desktop.tell(*LOCK)
    listener.wait()


def test_a_bus_that_ends_meanwhile_is_passed_over_in_silence(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, listener: Listener
) -> None:
    place = tmp_path_factory.mktemp("bus")
    with bus(place):
        on_both(monkeypatch, f"unix:path={place / 'bus'}")
        listener.bus.start()
    QTest.qWait(100)
    assert not listener.told


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "disabled:", "not an address"])
def test_without_a_bus_nothing_happens(
    monkeypatch: pytest.MonkeyPatch, listener: Listener, address: str
) -> None:
    on_both(monkeypatch, address)
    listener.bus.start()
    assert not listener.told


def test_an_address_in_a_network_is_never_opened() -> None:
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        there.listen()
        there.setblocking(False)
        assert listens_to(f"tcp:host=127.0.0.1,port={there.getsockname()[1]}")
        with pytest.raises(BlockingIOError):
            there.accept()


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("unix:path=/run/user/1000/bus", True),
        ("unix:abstract=/tmp/dbus-x;unix:path=/run/bus", True),
        ("tcp:host=example,port=1", False),
        ("unix:path=/run/bus;tcp:host=example,port=1", False),
        ("unixexec:path=ssh", False),
        ("autolaunch:", False),
        ("", False),
    ],
)
def test_only_a_socket_of_this_computer_is_local(address: str, local: bool) -> None:
    assert session_bus.is_local(address) is local


def test_the_buses_are_where_the_environment_says_and_else_at_their_place() -> None:
    assert session_bus.session_bus({}) == ""
    assert session_bus.session_bus({"XDG_RUNTIME_DIR": "/run/user/7"}) == "unix:path=/run/user/7/bus"
    told = {"XDG_RUNTIME_DIR": "/run/user/7", session_bus.SESSION: "unix:y", session_bus.SYSTEM: "unix:z"}
    assert session_bus.session_bus(told) == "unix:y"
    assert session_bus.system_bus({}) == session_bus.SYSTEM_BUS
    assert session_bus.system_bus(told) == "unix:z"


@pytest.mark.parametrize(("name", "last"), [("2", "_32"), ("12", "_312"), ("c1", "c1"), ("a-b", "a_2db")])
def test_a_session_is_named_as_the_system_names_its_object(name: str, last: str) -> None:
    path = session_bus.session_path({"XDG_SESSION_ID": name})
    assert path == f"/org/freedesktop/login1/session/{last}"


def test_the_slots_that_the_signals_call_lock_and_never_open(listener: Listener) -> None:
    listener.bus.begins.setChecked(False)
    assert not listener.told
    for _ in range(2):
        listener.bus.begins.setChecked(True)
    listener.bus.told.trigger()
    assert listener.told == ["locked"] * 3


def test_listening_again_and_again_never_waits_for_itself(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # With a receiver written in Python the window stood still for good within a few rounds.
    place = tmp_path_factory.mktemp("bus")
    with bus(place):
        assert listens_to(f"unix:path={place / 'bus'}")
