"""Faults 1, 14 and 50: the process ends, or the disk fails, at each write and sync of an act.

The shim is compiled here; where there is no compiler the test says so. The whole sweep is slow; each act is
tried at a few indexes with every run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Driver = Callable[..., dict[str, Any]]
ACTS = (
    "save",
    "form",
    "randomise",
    "sign",
    "export",
    "backup",
    "restore",
    "rekey",
    "close",
    "redact",
    "migrate",
)
# Writing every page of the file anew is many equal steps: each 5th of them, and of the copies of a backup.
# With EVERY_INDEX in the environment each of them is tried: minutes become hours.
STEP = {"rekey": 5, "close": 5, "backup": 2, "export": 2, "redact": 3, "migrate": 3}
# Of migrating, one index at least is in the migration itself and not in the backup before it.
FEW = {
    **{"save": 23, "form": 19, "randomise": 17, "sign": 17, "export": 101},
    **{"backup": 97, "restore": 3, "rekey": 211, "close": 223, "redact": 131, "migrate": 120},
}
# Tried with every run; the others with --slow, as each act at every index.
BRIEF = ("save", "randomise", "sign", "migrate")


def acts(*brief: str) -> list[object]:
    """Return every act, those that are not brief marked slow."""
    return [act if act in brief else pytest.param(act, marks=pytest.mark.slow) for act in ACTS]


SEED = 20261128
EVERY_INDEX = bool(os.environ.get("EVERY_INDEX"))


def swept(under_shim: Driver, place: Path, act: str, step: int, *more: str) -> dict[str, Any]:
    """Try an act at each n-th index; nothing may be wrong at any of them."""
    found = under_shim("kills.py", act, place, step, *more)
    assert found["wrong"] == {}
    assert found["tried"] > 3
    return found


@pytest.mark.parametrize("act", acts(*BRIEF))
def test_fault_01_a_process_that_ends_at_a_write_loses_nothing_acknowledged(
    under_shim: Driver, tmp_path: Path, act: str
) -> None:
    swept(under_shim, tmp_path, act, FEW[act])


@pytest.mark.parametrize("act", acts("form", "restore", "migrate"))
def test_fault_50_a_disk_that_fails_at_a_write_leaves_no_half_state_and_is_told_as_a_fault(
    under_shim: Driver, tmp_path: Path, act: str
) -> None:
    swept(under_shim, tmp_path, act, FEW[act], "eio")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["kill", "eio"])
@pytest.mark.parametrize("act", ACTS)
def test_fault_01_and_50_at_every_write_and_sync(
    under_shim: Driver, tmp_path: Path, act: str, how: str
) -> None:
    more = ("eio",) if how == "eio" else ()
    found = swept(under_shim, tmp_path, act, 1 if EVERY_INDEX else STEP.get(act, 1), *more)
    print(f"{act}, {how}: {found['tried']} of {found['calls']} indexes, nothing lost")


@pytest.mark.slow
def test_fault_01_two_hundred_random_kills_of_random_acts(under_shim: Driver, tmp_path: Path) -> None:
    found = under_shim("kills.py", "random", tmp_path, 200, SEED)
    assert (found["wrong"], found["tried"]) == ({}, 200)
    print(
        f"of {found['calls']} indexes: {found['ended']}, acknowledged {found['acknowledged']}, nothing lost"
    )
