"""No network: nothing of the application knows one, and it works where there is none at all.

That no room imports a module of a network is a contract of `pyproject.toml`, tried by `tests/test_layers.py`;
here stands what it does not see. No test reaches a network either: `tests/conftest.py` sees to it.
"""

from __future__ import annotations

import ast
import errno
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from study_fixtures import LOGINS, PASSWORD, Study

from sle_desk.cli import PASSWORD_VARIABLE
from sle_desk.domain import roles
from sources import Source

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = "Nothing reaches a network"
MODULES = {"asyncio", "ftplib", "http", "smtplib", "socket", "ssl", "urllib", "webbrowser", "xmlrpc"}
# Qt is allowed to the window, and Qt can reach a network, too.
OF_QT = ("QtNetwork", "QtWebSockets", "QtWebEngine", "QtWebView", "QNetwork", "QDesktopServices")
LOADERS = ("import_module", "__import__")
# A space of its own with no network in it, not even this computer's own.
ALONE = ("unshare", "--user", "--map-root-user", "--net")
PROBE = """
import socket
print(socket.socket().connect_ex(("127.0.0.1", 9)))
"""


def reaches(source: Source) -> list[str]:
    """Return the names of a source by which it could reach a network past the contract."""
    imported = [name.name for node in source.nodes if isinstance(node, ast.Import) for name in node.names]
    used = [*imported, *(name for _, name in source.dotted())]
    loaded = [
        argument.value
        for call, name in source.calls()
        for argument in call.args[:1]
        if name in LOADERS and isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    of_qt = [name for name in (*used, *loaded) if any(part.startswith(OF_QT) for part in name.split("."))]
    return [*of_qt, *(name for name in loaded if name.partition(".")[0] in MODULES)]


def bus_names(source: Source) -> set[str]:
    """Return every part of a name in a source that knows the bus, nothing where none does."""
    imported = [name.name for node in source.nodes if isinstance(node, ast.Import) for name in node.names]
    parts = {part for name in (*imported, *(name for _, name in source.dotted())) for part in name.split(".")}
    return parts if any(part.startswith(("QtDBus", "QDBus")) for part in parts) else set()


def test_the_contract_names_every_module_of_a_network() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    contract = next(each for each in told["contracts"] if each["name"] == CONTRACT)
    assert set(contract["forbidden_modules"]) >= MODULES
    assert contract["source_modules"] == ["sle_desk"] and "ignore_imports" not in contract


def test_nothing_reaches_a_network_through_qt_or_by_a_module_loaded_by_name() -> None:
    paths = sorted((ROOT / "sle_desk").rglob("*.py"))
    found = {str(path): reaches(Source(path.name, path.read_text(encoding="utf-8"))) for path in paths}
    assert len(paths) > 100 and not {path: names for path, names in found.items() if names}


@pytest.mark.parametrize(
    "planted",
    [
        "from PySide6.QtNetwork import QTcpSocket",
        "import PySide6.QtNetwork",
        "from PySide6 import QtNetwork as q",
        "from PySide6.QtGui import QDesktopServices as open_it",
        "import importlib\nimportlib.import_module('urllib.request')",
        "__import__('socket')",
    ],
)
def test_a_way_to_a_network_that_is_planted_is_found(planted: str) -> None:
    assert reaches(Source("planted.py", planted))


def test_the_bus_of_the_desktop_is_listened_to_in_one_place_and_only_at_a_checked_address() -> None:
    # Qt's own choice of an address may be one in a network, or start a program; `is_local` refuses both.
    used = {
        path.name: names
        for path in sorted((ROOT / "sle_desk").rglob("*.py"))
        if (names := bus_names(Source(path.name, path.read_text(encoding="utf-8"))))
    }
    assert set(used) == {"session_bus.py"}
    assert {"connectToBus", "disconnectFromBus"} <= used["session_bus.py"]
    assert not used["session_bus.py"] & {"sessionBus", "systemBus", "connectToPeer", "BusType"}


@pytest.mark.parametrize("planted", ["from PySide6 import QtDBus as b", "from PySide6.QtDBus import QDBus"])
def test_another_use_of_the_bus_that_is_planted_is_found(planted: str) -> None:
    assert bus_names(Source("planted.py", planted))


@pytest.fixture(scope="module")
def without_a_network() -> None:
    """Skip where this computer does not give a process a space without a network."""
    if shutil.which(ALONE[0]) is None:
        pytest.skip("no unshare here: that the application works without a network was not tried")
    tried = subprocess.run([*ALONE, "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip("unshare is not allowed here: that the application works without a network was not tried")


def alone(*arguments: object, password: str = "") -> str:
    """Return what Python prints in a space without a network; fail where it fails."""
    done = subprocess.run(
        [*ALONE, sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, PASSWORD_VARIABLE: password, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.usefixtures("without_a_network")
def test_fault_55_a_study_is_checked_and_backed_up_without_a_network(study: Study, tmp_path: Path) -> None:
    assert int(alone("-c", PROBE)) == errno.ENETUNREACH, "there is a network where none should be"
    program, user = ("-m", "sle_desk"), ("--user", LOGINS[roles.PI])
    assert "The check holds" in alone(*program, "verify", study.folder.path, *user, password=PASSWORD)
    (tmp_path / "copies").mkdir()
    alone(*program, "export", study.folder.path, "--excel", tmp_path / "copies", *user, password=PASSWORD)
    alone(*program, "backup", study.folder.path, tmp_path / "copies", *user, password=PASSWORD)
    written = sorted(path.suffix for path in (tmp_path / "copies").iterdir())
    assert written == [".slebak", ".xlsx"]


@pytest.mark.slow
@pytest.mark.usefixtures("without_a_network")
def test_fault_55_a_whole_demonstration_is_made_without_a_network(tmp_path: Path) -> None:
    out = tmp_path / "out"
    alone("-m", "sle_desk", "demo", "--out", out, "--subjects", 2, "--seed", 7)
    account = json.loads((out / "accounts.json").read_text(encoding="utf-8"))["coordinator"]
    said = alone(
        *("-m", "sle_desk", "verify", out / "study", "--user", account["user"]), password=account["password"]
    )
    assert "The check holds" in said
