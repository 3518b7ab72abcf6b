"""One start of a window, timed from outside: bare, up to the sign-in, or up to the list of subjects."""

from __future__ import annotations

import sys
import time
from pathlib import Path


def bare() -> None:
    """Show an empty window of Qt and end once it was painted."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    application = QApplication(["bare"])
    window = QMainWindow()
    window.resize(1440, 900)
    window.show()
    assert application is not None
    _ready()


def sign_in(folder: Path) -> None:
    """Show our window up to the sign-in."""
    from sle_desk import app
    from sle_desk.base.clock import SystemClock
    from sle_desk.base.language import Language

    window = app.make_window(folder, Language("en"), SystemClock())
    window.show()  # type: ignore[attr-defined]
    _ready()


def listed(folder: Path, login: str, password: str) -> None:
    """Go on to the list of the subjects; print the seconds of the password and of the opening checks."""
    from study_fixtures import START

    from sle_desk import app
    from sle_desk.base.clock import SteppingClock
    from sle_desk.base.language import Language
    from sle_desk.domain import roles
    from sle_desk.services import studies
    from sle_desk.ui.desk_page import Go
    from sle_desk.ui.sign_in import SignIn

    clock = SteppingClock(START)
    window = app.make_window(folder, Language("en"), clock)
    began = time.perf_counter()
    unlocked = studies.unlock(folder, login, password, clock)
    known = time.perf_counter()
    window.findChild(SignIn).signed_in.emit(unlocked, roles.COORDINATOR)  # type: ignore[attr-defined]
    window.state.go(Go("subjects"))  # type: ignore[attr-defined]
    window.show()  # type: ignore[attr-defined]
    _ready(known - began)
    window.close()  # type: ignore[attr-defined]


def _ready(apart: float = 0.0) -> None:
    """Paint, then tell that the window can be used, and the seconds that are counted apart."""
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance()
    assert application is not None
    application.processEvents()
    print(f"{apart:.6f}", flush=True)


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "bare":
        bare()
    elif what == "sign-in":
        sign_in(Path(rest[0]))
    else:
        listed(Path(rest[0]), rest[1], rest[2])
