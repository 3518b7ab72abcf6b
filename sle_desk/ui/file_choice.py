"""Asking for a folder or a file in the system's own dialog; tests put an answer in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

# Parent, title, and where to start or what to propose; None when the person gave up.
Ask = Callable[[QWidget, str, str], Path | None]


def ask_folder(parent: QWidget, title: str, start: str) -> Path | None:
    """Return the folder that was chosen."""
    chosen = QFileDialog.getExistingDirectory(parent, title, start)
    return Path(chosen) if chosen else None


def ask_new_file(parent: QWidget, title: str, proposed: str) -> Path | None:
    """Return the file that is to be written."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, proposed)
    return Path(chosen) if chosen else None
