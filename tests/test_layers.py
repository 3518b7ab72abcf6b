"""The rooms and what they may import: the contracts of pyproject.toml hold, and each catches an offence."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = Path(sys.executable).with_name("lint-imports.exe" if os.name == "nt" else "lint-imports")
PLANTED = {
    "Each room imports only what is to its left": ("domain", "import sle_desk.services"),
    "Only ui and app know Qt": ("exports", "from PySide6.QtGui import QPainter"),
    "domain stands on the standard library alone": ("domain", "import openpyxl"),
    "ui asks services, never the database": ("ui", "from sle_desk.models import base"),
    "Nothing reaches a network": ("services", "from urllib.request import urlopen"),
}


def verdicts(folder):
    """Return what import-linter says of each contract in the folder: KEPT or BROKEN."""
    found = subprocess.run(
        [PROGRAM, "--no-cache"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    lines = re.findall(r"^(.+?) (KEPT|BROKEN)", found.stdout, flags=re.MULTILINE)
    assert lines, found.stdout + found.stderr
    return {name.strip(): verdict for name, verdict in lines}, found.stdout


@pytest.fixture
def copy(tmp_path):
    """Return a folder with the package and its contracts, to plant offences in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "sle_desk", tmp_path / "sle_desk", ignore=ignored)
    return tmp_path


def test_every_contract_is_kept():
    found, said = verdicts(ROOT)
    assert set(found.values()) == {"KEPT"}, said


def test_every_contract_catches_what_is_planted_against_it(copy):
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert {contract["name"] for contract in contracts["contracts"]} == set(PLANTED)
    for number, (room, offence) in enumerate(PLANTED.values()):
        (copy / "sle_desk" / room / f"planted_{number}.py").write_text(offence + "\n")
    found, said = verdicts(copy)
    assert found == dict.fromkeys(PLANTED, "BROKEN"), said


def test_a_room_outside_the_layers_is_refused(copy):
    (copy / "sle_desk" / "attic.py").write_text('"""Nothing."""\n')
    found, said = verdicts(copy)
    assert found["Each room imports only what is to its left"] == "BROKEN", said


def test_ui_and_app_may_know_qt(copy):
    (copy / "sle_desk" / "app.py").write_text("import PySide6.QtWidgets\n")
    (copy / "sle_desk" / "ui" / "pages" / "planted.py").write_text("import PySide6.QtWidgets\n")
    found, said = verdicts(copy)
    assert found["Only ui and app know Qt"] == "KEPT", said
