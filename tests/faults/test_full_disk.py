"""Fault 16: a full disk is said in a sentence, leaves nothing by halves, and the same session goes on.

Each write of an act in turn finds no room (the shim), or no file may grow beyond a size (RLIMIT_FSIZE).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Driver = Callable[..., dict[str, Any]]
ACTS = ("save", "form", "randomise", "sign", "export", "backup", "rekey", "close", "migrate")
FEW = {"form": 19, "export": 190, "backup": 330, "migrate": 110}
STEP = {"export": 5, "backup": 7, "rekey": 17, "close": 17, "migrate": 7}


def filled(under_shim: Driver, place: Path, act: str, how: object) -> dict[str, Any]:
    """Fill the disk during an act; nothing may be wrong, and each refusal is a sentence."""
    found = under_shim("full.py", act, place, how)
    assert found["wrong"] == {}
    assert found["said"], "the disk was never full"
    return found


@pytest.mark.parametrize(
    "act", ["form", "backup", *(pytest.param(act, marks=pytest.mark.slow) for act in ("export", "migrate"))]
)
def test_fault_16_no_room_at_a_write_is_said_and_the_session_goes_on(
    under_shim: Driver, tmp_path: Path, act: str
) -> None:
    filled(under_shim, tmp_path, act, FEW[act])


@pytest.mark.parametrize(
    "act",
    [
        "rekey",
        *(pytest.param(act, marks=pytest.mark.slow) for act in ("form", "backup", "export", "migrate")),
    ],
)
def test_fault_16_a_file_that_may_not_grow_is_said_and_the_session_goes_on(
    under_shim: Driver, tmp_path: Path, act: str
) -> None:
    filled(under_shim, tmp_path, act, "limit")


@pytest.mark.slow
@pytest.mark.parametrize("act", ["form", "export", "backup", "migrate"])
def test_fault_16_not_one_byte_can_be_written(under_shim: Driver, tmp_path: Path, act: str) -> None:
    filled(under_shim, tmp_path, act, "none")


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS)
def test_fault_16_at_every_write(under_shim: Driver, tmp_path: Path, act: str) -> None:
    found = filled(under_shim, tmp_path, act, STEP.get(act, 1))
    print(f"{act}: {found['tried']} writes without room, each said")
