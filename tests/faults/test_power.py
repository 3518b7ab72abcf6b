"""Faults 2 and 61: what a disk may hold after a power cut at any write or sync opens whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Driver = Callable[..., dict[str, Any]]


def test_fault_02_images_of_a_power_cut_open_whole(under_shim: Driver, tmp_path: Path) -> None:
    found = under_shim("power.py", tmp_path, 3, 11)
    assert (found["wrong"], found["transactions"]) == ({}, 3)


def test_fault_61_a_disk_that_lies_about_syncing_is_noticed(under_shim: Driver, tmp_path: Path) -> None:
    # The model has to be able to fail: where no sync counts, something is lost, and it is told.
    found = under_shim("power.py", tmp_path, 3, 11, "lying")
    assert found["wrong"]


@pytest.mark.slow
def test_fault_02_at_every_write_and_sync_of_25_transactions(under_shim: Driver, tmp_path: Path) -> None:
    found = under_shim("power.py", tmp_path, 25, 1)
    assert (found["wrong"], found["transactions"]) == ({}, 25)
    print(f"{found['images']} images of 25 transactions, nothing lost")
