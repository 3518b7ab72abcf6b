"""Studies on disk for these tests, and the shim that ends a process or fails a disk."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from study_fixtures import clock, desk, made_study, study

__all__ = ["clock", "desk", "made_study", "study"]
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
