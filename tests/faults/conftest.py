"""Studies on disk for these tests, and the shim that ends a process or fails a disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from study_fixtures import clock, desk, made_study, study
from trial_fixtures import Made, made_ready, made_trial

__all__ = ["clock", "desk", "made_ready", "made_study", "made_trial", "study"]
HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the compiled shim."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("no C compiler, or no Linux: kills at each write were not tried here")
    made = tmp_path_factory.mktemp("shim") / "shim.so"
    arguments = ["-O2", "-shared", "-fPIC", "-o", str(made), str(HERE / "shim.c"), "-ldl"]
    subprocess.run([compiler, *arguments], check=True)
    return made


Found = dict[str, Any]


@pytest.fixture
def under_shim(shim: Path, made_ready: Made) -> Callable[..., Found]:
    """Return a function that runs a driver of this folder under the shim and returns what it found.

    The driver is lent the trial whose first subject stands at the door of the allocation.
    """
    place, recovery_key, now = made_ready
    ready = json.dumps([str(place), recovery_key, now.isoformat()])

    def run(driver: str, *arguments: object) -> Found:
        paths = os.pathsep.join([str(HERE.parent.parent), str(HERE.parent), str(HERE)])
        done = subprocess.run(
            [sys.executable, str(HERE / driver), *map(str, arguments)],
            env={**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": paths, "READY_STUDY": ready},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        found: Found = json.loads(done.stdout.splitlines()[-1])
        # What a child said on its way stands beside the finding where a test fails.
        print(done.stderr[-2000:])
        return found

    return run
