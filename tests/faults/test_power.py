"""Faults 2 and 61: what a disk may hold after a power cut at any write or sync opens whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def cut(shim: Path, place: Path, transactions: int, step: int, *more: str) -> dict[str, object]:
    """Make the images of so many transactions and return what was found."""
    paths = os.pathsep.join([str(HERE.parent.parent), str(HERE.parent), str(HERE)])
    done = subprocess.run(
        [sys.executable, str(HERE / "power.py"), str(place), str(transactions), str(step), *more],
        env={**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    assert found["transactions"] == transactions
    return found


def test_fault_02_images_of_a_power_cut_open_whole(shim: Path, tmp_path: Path) -> None:
    found = cut(shim, tmp_path, 3, 11)
    assert found["wrong"] == {}


def test_fault_61_a_disk_that_lies_about_syncing_is_noticed(shim: Path, tmp_path: Path) -> None:
    # The model has to be able to fail: where no sync counts, something is lost, and it is told.
    found = cut(shim, tmp_path, 3, 11, "lying")
    assert found["wrong"]


@pytest.mark.slow
def test_fault_02_at_every_write_and_sync_of_25_transactions(shim: Path, tmp_path: Path) -> None:
    found = cut(shim, tmp_path, 25, 1)
    assert found["wrong"] == {}
    print(f"{found['images']} images of 25 transactions, nothing lost")
