"""Fills the disk at a write of an act, gives room again, and tells what was said and left.

Run under LD_PRELOAD of the shim by `test_full_disk.py`: `full.py act folder step` lets each write fail from
an index on, `full.py act folder limit` lets no file grow beyond a size (RLIMIT_FSIZE): half of the study or
its whole, and with `none` no byte at all. Each try is a process with a copy of the study: what it left with
the disk full is opened too, and so is what was saved after that.
"""

from __future__ import annotations

import ctypes
import json
import resource
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from acts import AT_DESK, WITHOUT_DESK, Tell, base, plain
from kills import SHIM, UNEXPECTED, arm, in_a_child, left
from study_fixtures import LOGINS, Study

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.services import backup_file, people, studies

# What may lie beside the study after an act that was refused, and did not before.
KEPT = frozenset({"study.keys.old", "study.attempts"})
UNLIMITED = resource.RLIM_INFINITY
NEVER = 2**40
Fill = Callable[[], None]


def names(folder: Path) -> set[str]:
    """Return what lies in a folder and below it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def limit(size: float) -> None:
    """Let no file of this process grow beyond a size; a write beyond it fails and ends nothing."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), UNLIMITED))


def room(work: Path) -> None:
    """Give the disk room again."""
    limit(UNLIMITED)
    arm(work, 0, 0)


def on_a_full_disk(act: str, way: Fill, saved: Path, study: Study, tell: Tell) -> None:
    """Do an act while the disk is full, something small and the act again when it is not, in one session.

    An act that nobody sits at the desk for is only done again: there is no session to go on with.
    """
    work = study.folder.path
    do = begun(act, study, tell)
    before = names(work)
    way()
    try:
        do()
    except SleDeskError as error:
        tell(f"said {error.code} {error_sentence(error, Language('en'))}")
    except Exception as error:
        tell(f"raw {error!r}")
    else:
        tell("done")
        room(work)
        study.leave()
        return
    room(work)
    # A backup that has its name is whole, or `check` says so; only its note in the audit failed.
    over = {name for name in names(work) - before - KEPT if not name.endswith(backup_file.ENDING)}
    if over:
        tell(f"over {sorted(over)}")
    shutil.copytree(work, saved / "refused")
    if study.desk is not None:
        people.choose_language(study.desk, "zh_CN")
        shutil.copytree(work, saved / "saved again")
    tell("again")
    do()
    study.leave()


def begun(act: str, study: Study, tell: Tell) -> Callable[[], None]:
    """Sit down where an act is done at a desk; return the act, which can be done more than once."""
    if act in AT_DESK:
        role, do = AT_DESK[act]
        return partial(do, study, study.sit(LOGINS[role], role), tell)

    def opened() -> None:
        try:
            WITHOUT_DESK[act](study, tell)
        finally:
            # As the window does when somebody who unlocked the study cannot sit down.
            if study.unlocked is not None and study.desk is None:
                studies.leave(study.unlocked)
                study.unlocked = None

    return opened


def one(study: Study, act: str, work: Path, way: Fill) -> tuple[str, str]:
    """Try an act on a disk that is filled; return what was said, and what is wrong."""
    saved = work.with_name("saved")
    shutil.rmtree(saved, ignore_errors=True)
    told, code = in_a_child(study, work, partial(on_a_full_disk, act, way, saved))
    kinds = {each.partition(" ")[0]: each for each in told}
    return kinds.get("said", ""), _wrong(study, work, saved, told, code) or kinds.get("raw", "")


def _wrong(study: Study, work: Path, saved: Path, told: tuple[str, ...], code: int) -> str:
    """Return what is wrong after a try, apart from what was raised as no sentence."""
    if code:
        return "a fault that nobody expected" if code == UNEXPECTED else "refused when there was room"
    over = next((each for each in told if each.startswith("over ")), "")
    if over or "again" not in told:
        return over or left(study, work, told)
    for copy in sorted(saved.iterdir()):
        halved = left(study, copy, told[: told.index("again")])
        if halved:
            return f"{copy.name}: {halved}"
    return left(study, work, told)


def writes_of(study: Study, act: str, work: Path) -> int:
    """Return how many writes an act makes, from sitting down on where it is done at a desk."""

    def count(copy: Study, tell: Tell) -> None:
        do = begun(act, copy, lambda text: None)
        fill(work, NEVER)
        do()
        tell(str(SHIM.shim_seen()))

    told, code = in_a_child(study, work, count)
    assert code == 0, "the act fails by itself"
    return int(told[-1])


def fill(work: Path, index: int) -> None:
    """Let each write from an index on find no room."""
    SHIM.shim_fill(str(work).encode(), ctypes.c_long(index))


def fills(study: Study, act: str, work: Path, how: str) -> dict[str, Fill]:
    """Return the ways in which the disk is filled."""
    if how == "limit":
        size = study.folder.study.stat().st_size
        return {f"{each} bytes": partial(limit, each) for each in (size // 2, size)}
    if how == "none":
        return {"no byte": partial(limit, 0)}
    indexes = range(1, writes_of(study, act, work) + 1, int(how))
    return {f"write {index}": partial(fill, work, index) for index in indexes}


def main() -> int:
    """Try every way, and print a line of JSON with what was found."""
    act, place, how = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    study = base(plain(), place / act, act)
    work = place / "work"
    wrong: dict[str, str] = {}
    said: Counter[str] = Counter()
    ways = fills(study, act, work, how)
    for name, way in ways.items():
        sentence, found = one(study, act, work, way)
        if sentence:
            said[sentence] += 1
        if found:
            wrong[name] = found
    print(json.dumps({"act": act, "tried": len(ways), "said": said, "wrong": wrong}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
