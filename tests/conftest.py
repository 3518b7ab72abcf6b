"""What every test stands on: Qt on one offscreen screen, Hypothesis profiles, no network."""

import gc
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]


def _offscreen() -> str:
    screen = ROOT / "resources" / "offscreen.json"
    # Qt splits this text at colons, and the drive letter of a whole Windows path holds one.
    path = os.path.relpath(screen) if os.name == "nt" else screen
    return f"offscreen:configfile={path}"


# Before any Qt import: the platform is chosen once.
os.environ["QT_QPA_PLATFORM"] = _offscreen()
# Who locks the screen of the computer on which tests run locks no desk of theirs.
os.environ["DBUS_SESSION_BUS_ADDRESS"] = os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "disabled:"

_QUIET = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)
# The same examples in every run: a check that fails must fail again. `--slow` looks for new ones.
settings.register_profile(
    "ci", deadline=None, max_examples=60, derandomize=True, suppress_health_check=_QUIET
)
settings.register_profile("slow", deadline=None, max_examples=1_000, suppress_health_check=_QUIET)
settings.load_profile("ci")

_connect = socket.socket.connect


def _connect_locally(self: socket.socket, address: object) -> None:
    if self.family != getattr(socket, "AF_UNIX", None):
        raise AssertionError(f"a test reached for the network: {address!r}")
    _connect(self, address)


socket.socket.connect = _connect_locally

# A window leaves thousands of objects: at the usual threshold an eighth of a run looks through them.
gc.set_threshold(20_000, 20, 10)


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    """Collect garbage again where a test leaves its window while a job of it is under way."""
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _answered() -> Iterator[None]:
    """Let no test end before the dialog that it awaited: its answer would go to one of the next test."""
    yield
    typist = sys.modules.get("typist")
    assert typist is None or not typist.never_opened(), "a dialog was awaited and never opened"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the stories begin: they take longest, and with several workers the last one would wait for them."""
    items.sort(key=lambda item: "stories" not in item.path.parts)
