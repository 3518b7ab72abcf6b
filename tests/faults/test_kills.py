"""Faults 1, 14 and 50: the process ends, or the disk fails, at each write and sync of an act.

The shim is compiled here; where there is no compiler the test says so. The whole sweep is slow; each act is
tried at a few indexes with every run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ACTS = ("save", "randomise", "export", "backup", "restore", "rekey")
# Writing every page of the file anew is many equal steps: each 5th of them, and of the copies of a backup.
STEP = {"rekey": 5, "backup": 2, "export": 2}
FEW = {"save": 23, "randomise": 17, "export": 101, "backup": 97, "restore": 3, "rekey": 211}


def swept(shim: Path, place: Path, act: str, step: int, *more: str) -> dict[str, object]:
    """Try an act at each n-th index and return what was found."""
    paths = os.pathsep.join([str(HERE.parent.parent), str(HERE.parent)])
    done = subprocess.run(
        [sys.executable, str(HERE / "kills.py"), act, str(place), str(step), *more],
        env={**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    assert found["wrong"] == {}, (found, done.stderr[-2000:])
    assert isinstance(found["tried"], int) and found["tried"] > 3
    return found


@pytest.mark.parametrize("act", ACTS)
def test_fault_01_a_process_that_ends_at_a_write_loses_nothing_acknowledged(
    shim: Path, tmp_path: Path, act: str
) -> None:
    swept(shim, tmp_path, act, FEW[act])


@pytest.mark.parametrize("act", ACTS)
def test_fault_50_a_disk_that_fails_at_a_write_leaves_no_half_state_and_is_told_as_a_fault(
    shim: Path, tmp_path: Path, act: str
) -> None:
    swept(shim, tmp_path, act, FEW[act], "eio")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["kill", "eio"])
@pytest.mark.parametrize("act", ACTS)
def test_fault_01_and_50_at_every_write_and_sync(shim: Path, tmp_path: Path, act: str, how: str) -> None:
    more = ("eio",) if how == "eio" else ()
    found = swept(shim, tmp_path, act, STEP.get(act, 1), *more)
    print(f"{act}, {how}: {found['tried']} of {found['calls']} indexes, nothing lost")
