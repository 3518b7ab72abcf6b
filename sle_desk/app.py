"""The application: the only wiring of Qt, clock, language and window."""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path

from sle_desk.base.clock import Clock, SystemClock
from sle_desk.base.language import Language
from sle_desk.base.paths import resource

LAST = "last.json"


def no_display() -> bool:
    """Tell whether this machine has no screen to open a window on."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def settings_folder() -> Path:
    """Return the folder of this person's settings on this computer."""
    # A start with the folder named asks for it only once somebody has signed in.
    from platformdirs import user_config_path

    return user_config_path("sle_desk", appauthor=False)


def last_folder() -> Path | None:
    """Return the study folder opened last on this computer, if it is still there."""
    try:
        content = json.loads((settings_folder() / LAST).read_text(encoding="utf-8"))
        folder = Path(content["folder"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return folder if folder.is_dir() else None


def remember_folder(folder: Path) -> None:
    """Note the study folder opened, and nothing else, for the next start."""
    place = settings_folder()
    place.mkdir(parents=True, exist_ok=True)
    (place / LAST).write_text(json.dumps({"folder": str(folder)}), encoding="utf-8")


def offscreen_platform() -> str:
    """Return the Qt platform of one large screen that nobody sees, for pictures and tests."""
    return f"offscreen:configfile={resource('offscreen.json')}"


def make_window(folder: Path | None, language: Language, clock: Clock) -> object:
    """Make the application object and its window, wired; the caller shows it."""
    from PySide6.QtWidgets import QApplication

    from sle_desk.ui import theme, wheel
    from sle_desk.ui.crash import CrashHandler
    from sle_desk.ui.main_window import MainWindow
    from sle_desk.ui.state import State
    from sle_desk.ui.translators import speak

    application = QApplication.instance() or QApplication(["sle_desk"])
    assert isinstance(application, QApplication)
    theme.apply(application)
    wheel.WheelGuard(application)
    speak(application, language)
    state = State(clock, language, application)
    window = MainWindow(state, folder)
    window.folder_opened.connect(remember_folder)
    handler = CrashHandler(state.refuse, window.show_bug, lambda: clock.now().isoformat(timespec="seconds"))
    handler.install()
    return window


def start(folder: Path | None, language: Language, clock: Clock) -> object:
    """Make the window of this process and show it.

    What starting makes stays to the end: to look through it for garbage costs a tenth of the start, and
    later a tenth of a second in the middle of somebody's typing.
    """
    gc.disable()
    try:
        window = make_window(folder, language, clock)
        window.show()  # type: ignore[attr-defined]
    finally:
        gc.enable()
    window.loaded.connect(gc.freeze)  # type: ignore[attr-defined]
    return window


def run_application(folder: Path | None, language: Language) -> int:
    """Open the window and run until it is closed."""
    if no_display():
        sentence = language.text("There is no display here. “sle-desk demo --out DIR” works without one.")
        sys.stderr.write(f"{sentence}\n")
        return 2
    from PySide6.QtWidgets import QApplication

    from sle_desk.services import study_clock

    opened = folder or last_folder()
    clock = SystemClock() if opened is None else study_clock.clock_of(opened, SystemClock())
    window = start(opened, language, clock)
    outcome = QApplication.exec()
    # Held until here: Qt takes away what nobody in Python holds.
    del window
    return outcome
