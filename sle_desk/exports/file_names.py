"""Names of exported files: made from ids only, safe on every system, inside the folder chosen."""

from __future__ import annotations

import re
from pathlib import Path

from sle_desk.base.errors import RuleBroken

LONGEST = 120
_PART = re.compile(r"[A-Z0-9](?:[A-Z0-9_-]*[A-Z0-9])?")
_ENDING = re.compile(r"[a-z0-9]{1,8}")
_PORTS = {f"{port}{digit}" for port in ("COM", "LPT") for digit in range(10)}
# What Windows allows in no name.
_ELSEWHERE = re.compile(r'[<>:"/\\|?*]')
_RESERVED = {"CON", "PRN", "AUX", "NUL", *_PORTS}


def file_name(*ids: str, ending: str) -> str:
    """Return the ids joined by underscores, with the ending: SLE-004_R-0042_1.pdf.

    Ids hold capital letters, digits, - and _ and nothing else: RuleBroken `file.name` otherwise, so
    that no name of a person and no path can become part of a file name.
    """
    name = "_".join(ids)
    if not ids or not _ENDING.fullmatch(ending) or any(not _PART.fullmatch(part) for part in ids):
        raise RuleBroken("file.name", name=f"{name}.{ending}")
    if name in _RESERVED or len(name) + len(ending) + 1 > LONGEST:
        raise RuleBroken("file.name", name=f"{name}.{ending}")
    return f"{name}.{ending}"


def check_given(name: str, ending: str) -> None:
    """Refuse a name given to a file that not every system keeps; RuleBroken `file.name_given`."""
    stem, dot, found = name.rpartition(".")
    device = name.partition(".")[0].strip().upper()
    is_text = name.isprintable() and not _ELSEWHERE.search(name)
    if dot and stem.strip(" .") and found.lower() == ending and device not in _RESERVED and is_text:
        return
    raise RuleBroken("file.name_given", name=name, ending=ending)


def inside(folder: Path, name: str) -> Path:
    """Return the path of the name in the folder; RuleBroken `file.outside` when it would leave it."""
    root = folder.resolve()
    path = (root / name).resolve()
    if path.parent != root or path.name != name:
        raise RuleBroken("file.outside", name=name, folder=str(folder))
    return path
