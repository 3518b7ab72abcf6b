"""The start of the window: what is not needed for the sign-in is neither loaded nor set up before it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from study_fixtures import Study

ROOT = Path(__file__).resolve().parents[2]
SIGN_IN = """
import enum, sys
from pathlib import Path
from sle_desk import app
from sle_desk.base.clock import SystemClock
from sle_desk.base.language import Language
from PySide6.QtWidgets import QApplication
window = app.start(Path(sys.argv[1]), Language("en"), SystemClock())
QApplication.instance().processEvents()
def below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from below(one)
print(*(kind.__qualname__ for kind in below(enum.Enum)))
print(*sys.modules)
"""


def at_the_sign_in(folder: Path) -> tuple[set[str], set[str]]:
    """Return the enumerations of Qt that are set up, and the modules loaded, once the sign-in is painted."""
    told = subprocess.run(
        [sys.executable, "-c", SIGN_IN, str(folder)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout.splitlines()
    return set(told[0].split()), set(told[1].split())


def test_the_sign_in_is_there_without_what_stands_behind_it(study: Study) -> None:
    enumerations, modules = at_the_sign_in(study.folder.path)
    assert "Qt.Key" in enumerations
    # PySide sets a class up when it is first asked for: all of them at once when it meets one it cannot name.
    assert not {name for name in enumerations if name.startswith(("QWizard.", "QFileDialog.", "QMovie."))}
    assert not modules & {"sqlalchemy", "sqlcipher3", "reportlab", "openpyxl", "cryptography", "argon2"}
