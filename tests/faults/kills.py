"""Ends a process at each write or sync of an act, opens what it left, and tells what was found.

Run under LD_PRELOAD of the shim by `test_kills.py`: `kills.py act folder [step] [eio]`, or
`kills.py random folder tries seed`. Each try is a fork with a copy of the study; the child tells by a pipe
what was acknowledged to a person, the parent opens the file.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import random
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from acts import ACTS, Tell, base, check, plain, whole
from study_fixtures import Study

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import SleDeskError
from sle_desk.models.store.folder import StudyFolder

SHIM = ctypes.CDLL(os.environ["LD_PRELOAD"])
SHIM.shim_seen.restype = ctypes.c_long
KILLED = 137
# What a child says by the number it ends with.
TOLD, UNEXPECTED = 3, 4


@dataclass(frozen=True)
class Tried:
    """How one try went: what was acknowledged, how the process ended, and what is wrong with what it left."""

    told: tuple[str, ...]
    code: int
    wrong: str


def arm(work: Path, index: int, fault: int) -> None:
    """Let the shim end the process at an index, or fail there with a number of the system's."""
    SHIM.shim_arm(str(work).encode(), ctypes.c_long(index), fault)


def put(pipe: int, text: str) -> None:
    """Tell the parent something, before anything else happens."""
    os.write(pipe, f"{text}\n".encode())


def in_a_child(study: Study, work: Path, do: Callable[[Study, Tell], None]) -> tuple[tuple[str, ...], int]:
    """Do something with a copy of a study in a process of its own; return what it told and how it ended."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(study.folder.path, work)
    clock = SteppingClock(study.clock.now() + timedelta(minutes=1))
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 0
        try:
            copy = Study(StudyFolder(work), clock, study.recovery_key)
            do(copy, lambda text: put(writing, text))
        except (SleDeskError, OSError):
            code = TOLD
        except BaseException:
            traceback.print_exc()
            code = UNEXPECTED
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as stream:
        told = tuple(stream.read().split("\n")[:-1])
    _, status = os.waitpid(child, 0)
    return told, os.waitstatus_to_exitcode(status)


def left(study: Study, work: Path, told: tuple[str, ...]) -> str:
    """Open what a child left an hour later; return what is wrong, or nothing."""
    try:
        return check(StudyFolder(work), SteppingClock(study.clock.now() + timedelta(hours=1)), list(told))
    except Exception as error:
        return f"does not open: {error!r}"


def one(study: Study, act: str, work: Path, index: int, fault: int = 0) -> Tried:
    """Try an act that ends at an index, or that the disk fails once there."""

    def do(copy: Study, tell: Tell) -> None:
        arm(work, index, fault)
        whole(act, copy, tell)

    told, code = in_a_child(study, work, do)
    wrong = "a fault that nobody expected" if code == UNEXPECTED else left(study, work, told)
    return Tried(told, code, wrong)


def calls_of(study: Study, act: str, work: Path) -> int:
    """Return how many writes and syncs an act makes that nothing disturbs."""

    def count(copy: Study, tell: Tell) -> None:
        arm(work, 0, 0)
        whole(act, copy, lambda text: None)
        tell(str(SHIM.shim_seen()))

    told, code = in_a_child(study, work, count)
    assert code == 0, "the act fails by itself"
    return int(told[-1])


def swept(act: str, place: Path, step: int, fault: int) -> dict[str, object]:
    """Try an act at each n-th index."""
    study = base(plain(), place / act, act)
    calls = calls_of(study, act, place / "work")
    tried = {index: one(study, act, place / "work", index, fault) for index in range(1, calls + 1, step)}
    wrong = {index: each.wrong for index, each in tried.items() if each.wrong}
    return {"act": act, "calls": calls, "tried": len(tried), "wrong": wrong}


def at_random(place: Path, tries: int, seed: int) -> dict[str, object]:
    """End a random act at a random index, so many times."""
    chance = random.Random(seed)
    before = plain()
    studies = {act: base(before, place / act, act) for act in ACTS}
    calls = {act: calls_of(study, act, place / "work") for act, study in studies.items()}
    wrong: dict[str, str] = {}
    ended: Counter[str] = Counter()
    acknowledged: Counter[str] = Counter()
    for _ in range(tries):
        act = chance.choice(sorted(ACTS))
        index = chance.randint(1, calls[act])
        found = one(studies[act], act, place / "work", index)
        ended[act if found.code == KILLED else f"{act} ended by itself"] += 1
        acknowledged[act] += len(found.told)
        if found.wrong:
            wrong[f"{act} {index}"] = found.wrong
    return {"calls": calls, "tried": tries, "ended": ended, "acknowledged": acknowledged, "wrong": wrong}


def main() -> int:
    """Try what is asked for, and print a line of JSON with what was found."""
    act, place, *rest = sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]
    numbers = [int(text) for text in rest if text.isdigit()]
    if act == "random":
        found = at_random(place, *numbers)
    else:
        found = swept(act, place, numbers[0], errno.EIO if "eio" in rest else 0)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
