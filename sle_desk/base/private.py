"""What is half made, and gone again when a process was killed over it.

Private folders for copies of the study go at the next start. What is written where a person says (a workbook,
a paper) is half made in a hidden folder there, which is noted in the study folder before it is made: the next
opening of the study, or the next thing that is written from it, removes what was left.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sle_desk.base.errors import StorageFailed
from sle_desk.base.processes import Process, is_gone, this_process
from sle_desk.base.written import HALF_MADE, OURS, not_written, reason_of, write_file

PREFIX = "sle_desk-"
# The process stands in the name: it is there from the moment that the folder is.
_NAME = re.compile(re.escape(PREFIX) + r"(\d{1,10})\.(\d*)\.(\d*)\.([0-9a-f-]*)\.[^.]+")
# Beside the study, one for each thing that is being written: where its hidden folder lies.
NOTE = ".writing-"
_TOKEN = re.compile(r"[0-9a-f]{16}")
# What this very process is writing.
_WRITING: set[str] = set()


@contextmanager
def private_folder() -> Iterator[Path]:
    """Lend a folder for its owner alone that is gone afterwards; StorageFailed where there is no room."""
    own = this_process()
    try:
        made = tempfile.TemporaryDirectory(
            prefix=f"{PREFIX}{own.number}.{own.started}.{own.space}.{own.boot}."
        )
    except OSError as error:
        raise StorageFailed("copy.no_place", reason=reason_of(error)) from error
    with made as name:
        yield Path(name)


def clear_left() -> None:
    """Remove the private folders of this person that a process left behind when it was killed."""
    try:
        found = [entry.path for entry in os.scandir(tempfile.gettempdir()) if _is_left(entry)]
    except OSError:
        return
    for path in found:
        shutil.rmtree(path, ignore_errors=True)


def _is_left(entry: os.DirEntry[str]) -> bool:
    named = _NAME.fullmatch(entry.name)
    if named is None:
        return False
    number, started, space, boot = named.groups()
    owner = Process(int(number), started, boot, space)
    # From another space of numbers on this computer the process cannot be seen.
    here = this_process()
    if owner.boot == here.boot and owner.space != here.space:
        return False
    about = entry.stat(follow_symlinks=False)
    mine = os.name == "nt" or about.st_uid == os.getuid()
    return mine and stat.S_ISDIR(about.st_mode) and is_gone(owner)


@contextmanager
def half_made(study: Path, target: Path) -> Iterator[Path]:
    """Lend a hidden folder beside a file that is to be written from a study; it is gone afterwards.

    StorageFailed `file.not_written` where it cannot be made.
    """
    clear_half_made(study)
    token = secrets.token_hex(8)
    folder, note = target.parent / _half_made_name(token), study / f"{NOTE}{token}"
    text = json.dumps({"folder": str(target.parent.absolute())}).encode("utf-8")
    _WRITING.add(token)
    try:
        write_file(note, lambda file: file.write(text), replace=True)
        try:
            folder.mkdir(0o700)
        except OSError as error:
            raise not_written(target, error) from error
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)
        _WRITING.discard(token)


def clear_half_made(study: Path) -> None:
    """Remove what killed processes left half made, as noted in a study folder whose lock this process has."""
    for note in study.glob(f"{NOTE}*"):
        token = note.name.removeprefix(NOTE)
        if _TOKEN.fullmatch(token) and token not in _WRITING and not note.is_symlink():
            _clear_noted(note, token)


def _clear_noted(note: Path, token: str) -> None:
    with contextlib.suppress(OSError):
        try:
            where = Path(json.loads(note.read_text(encoding="utf-8"))["folder"])
        except (ValueError, KeyError, TypeError):
            note.unlink()
            return
        # The stick may not be there now: then the note stays until it is.
        if where.is_dir():
            # Whatever a note says, nothing goes but a folder of the name that this very note had made.
            left = where / _half_made_name(token)
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            note.unlink()


def _half_made_name(token: str) -> str:
    return f"{OURS}{token}{HALF_MADE}"
