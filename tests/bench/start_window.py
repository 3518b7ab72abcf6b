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

    window = app.start(folder, Language("en"), SystemClock())
    _ready()
    assert window is not None


def listed(folder: Path, login: str, password: str) -> None:
    """Go on to the list of the subjects, once a person has typed the password.

    Apart are the time of the typing, in which what stands behind the sign-in is loaded, and the sign-in
    itself: the password, the opening checks, the study's own protocol.
    """
    from sle_desk import app
    from sle_desk.base.clock import SystemClock
    from sle_desk.base.language import Language

    clock = SystemClock()
    window = app.start(folder, Language("en"), clock)
    _paint()
    began = time.perf_counter()
    _load(window)
    loaded = time.perf_counter()

    from sle_desk.domain import roles
    from sle_desk.services import studies
    from sle_desk.ui.desk_page import Go
    from sle_desk.ui.sign_in import SignIn

    unlocked = studies.unlock(folder, login, password, clock)
    assert studies.opening_checks(unlocked, lambda step, share: None).holds
    known = time.perf_counter()
    window.findChild(SignIn).signed_in.emit(unlocked, roles.COORDINATOR)  # type: ignore[attr-defined]
    window.state.go(Go("subjects"))  # type: ignore[attr-defined]
    _ready(loaded - began, known - loaded)
    window.close()  # type: ignore[attr-defined]


def _load(window: object) -> None:
    """Wait as long as the loading behind the sign-in lasts."""
    jobs = window.state.jobs  # type: ignore[attr-defined]
    while not jobs.running:
        _paint()
    while jobs.running:
        _paint()


def _paint() -> None:
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance()
    assert application is not None
    application.processEvents()


def _ready(*apart: float) -> None:
    """Paint, then tell that the window can be used, and the seconds that are counted apart."""
    _paint()
    print(" ".join(f"{seconds:.6f}" for seconds in apart), flush=True)


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "bare":
        bare()
    elif what == "sign-in":
        sign_in(Path(rest[0]))
    else:
        listed(Path(rest[0]), rest[1], rest[2])
