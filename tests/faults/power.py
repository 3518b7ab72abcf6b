"""Makes the images that a disk may hold after a power cut at each write and sync, and opens each of them.

Run under LD_PRELOAD of the shim by `test_power.py`: `power.py folder transactions step [lying]`. A write that
was not synced may have been kept, dropped, kept in part or torn at 512 bytes; a truncation likewise. What was
synced is there. With `lying` no sync counts: then faults are expected, and each has to be told. With a pragma
as `name=value` it is set to that, and the first fault is enough.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import shutil
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from acts import check
from kills import SHIM
from people_invented import someone
from study_fixtures import START, Study, make_study

from sle_desk.base.clock import SteppingClock
from sle_desk.domain import roles
from sle_desk.models.store import database
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import subjects

SECTOR = 512
CHANCE = random.Random(20261128)


@dataclass
class Kept:
    """One file as the disk holds it: what is sure, and what was done to it since the last sync."""

    sure: bytearray
    pending: list[tuple[str, int, bytes]] = field(default_factory=list)


def applied(content: bytearray, what: str, offset: int, data: bytes) -> None:
    """Do one thing to a content."""
    if what == "t":
        del content[offset:]
        content.extend(b"\0" * (offset - len(content)))
        return
    content.extend(b"\0" * max(0, offset - len(content)))
    content[offset : offset + len(data)] = data


def image(file: Kept, how: str) -> bytes:
    """Return what the disk may hold of a file."""
    content = bytearray(file.sure)
    for what, offset, data in file.pending:
        if how == "dropped" or (how == "mixed" and CHANCE.random() < 0.5):
            continue
        if how == "torn" and what == "w" and len(data) > SECTOR:
            cut = CHANCE.randrange(0, len(data), SECTOR)
            data = data[:cut]
        applied(content, what, offset, data)
    return bytes(content)


def entries(tape: Path) -> Iterator[tuple[str, str, int, bytes]]:
    """Yield what was written down: write, truncation or sync, with file, offset and bytes."""
    raw = tape.read_bytes()
    at = 0
    while at < len(raw):
        what = chr(raw[at])
        (named,) = struct.unpack_from("<I", raw, at + 1)
        path = raw[at + 5 : at + 5 + named].decode()
        offset, length = struct.unpack_from("<qI", raw, at + 5 + named)
        start = at + 17 + named
        yield what, path, offset, raw[start : start + length]
        at = start + length


def set_to(pragma: str, value: str) -> None:
    """Let the application set a pragma to something else."""
    kept = tuple(each for each in database.PRAGMAS if each[0] != pragma)
    assert len(kept) < len(database.PRAGMAS)
    read: object = {"OFF": 0, "FULL": 2}.get(value, value.lower())
    database.PRAGMAS = (*kept, (pragma, value, read))


def recorded(study: Study, work: Path, tape: Path, transactions: int, other: str) -> None:
    """Save so many subjects in a process of its own, written down with what was acknowledged."""
    child = os.fork()
    if child == 0:
        if other:
            set_to(*other.split("="))
        SHIM.shim_record(str(work).encode(), str(tape).encode())
        copy = Study(StudyFolder(work), SteppingClock(study.clock.now()), "")
        desk = copy.sit("chen.lan", roles.COORDINATOR)
        marks = work / "acknowledged"
        for number in range(transactions):
            new = someone(name=f"Cut {number}", initials=f"C{number}", identity_number="")
            row = subjects.register_subject(desk, new, not_duplicate="a study of power cuts")
            with marks.open("a") as stream:
                stream.write(f"{row.code}\n")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def images(files: dict[str, Kept]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield each way in which the disk may hold the files."""
    for how in ("kept", "dropped", "mixed", "torn"):
        yield how, {name: image(file, how) for name, file in files.items()}


def main() -> int:
    """Make every image, open it, and print a line of JSON with what was found."""
    place, transactions, step = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    lying = "lying" in sys.argv[4:]
    other = next((each for each in sys.argv[4:] if "=" in each), "")
    study = make_study(place / "base", SteppingClock(START))
    work = place / "work"
    shutil.copytree(study.folder.path, work)
    before = {path.name: path.read_bytes() for path in work.iterdir() if path.is_file()}
    recorded(study, work, place / "tape", transactions, other)
    files = {name: Kept(bytearray(content)) for name, content in before.items()}
    told: list[str] = []
    tried = 0
    wrong: dict[str, str] = {}
    for index, (what, path, offset, data) in enumerate(entries(place / "tape")):
        name = Path(path).name
        if name == "acknowledged":
            told += data.decode().split()
            continue
        file = files.setdefault(name, Kept(bytearray()))
        if index % step == 0 and not (other and wrong):
            for how, held in images({key: each for key, each in files.items() if key != "study.lock"}):
                tried += 1
                found = opened(place / "image", held, told, study)
                if found:
                    wrong[f"{index} {how}"] = found
        if what != "s":
            file.pending.append((what, offset, data))
        elif not lying:
            for pending in file.pending:
                applied(file.sure, *pending)
            file.pending.clear()
    print(json.dumps({"images": tried, "transactions": len(told), "wrong": wrong}))
    return 0


def opened(place: Path, held: dict[str, bytes], told: list[str], study: Study) -> str:
    """Lay an image down and open it; return what is wrong."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name, content in held.items():
        (place / name).write_bytes(content)
    clock = SteppingClock(study.clock.now() + timedelta(hours=1))
    try:
        return check(StudyFolder(place), clock, told)
    except Exception as error:
        return f"does not open: {error!r}"


if __name__ == "__main__":
    assert isinstance(SHIM, ctypes.CDLL)
    sys.exit(main())
