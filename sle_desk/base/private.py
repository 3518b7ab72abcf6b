"""Private folders for copies of the study: one of a process that was killed goes at the next start."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sle_desk.base.errors import StorageFailed
from sle_desk.base.processes import Process, is_gone, this_process
from sle_desk.base.written import reason_of

PREFIX = "sle_desk-"
# The process stands in the name: it is there from the moment that the folder is.
_NAME = re.compile(re.escape(PREFIX) + r"(\d{1,10})\.(\d*)\.(\d*)\.([0-9a-f-]*)\.[^.]+")


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
