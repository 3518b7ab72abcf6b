"""How long the window takes beside a bare one of Qt: up to the sign-in, and to a list of 1,000 subjects."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from people_invented import someone
from study_fixtures import PASSWORD, START, Study, make_study

from measure import HERE, REPEATS, Ratio
from sle_desk.base.clock import SteppingClock
from sle_desk.domain import roles
from sle_desk.services import subjects

SUBJECTS = 1000
LOGIN = "chen.lan"


def _started(arguments: Sequence[str]) -> tuple[float, list[float]]:
    """Return the seconds until a process of its own says that it can be used, and those it tells apart."""
    paths = os.pathsep.join([str(HERE.parent.parent), str(HERE.parent)])
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, str(HERE / "start_window.py"), *arguments],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as started:
        assert started.stdout is not None
        apart = [float(part) for part in started.stdout.readline().split()]
        took = time.perf_counter() - began
    assert started.returncode == 0
    return took - sum(apart), apart


def _ratio(name: str, arguments: Sequence[str], apart_names: Sequence[str] = ()) -> Ratio:
    """Return a start over the start of a bare window, both once unmeasured, then in turns."""
    _started(arguments)
    _started(["bare"])
    pairs = [(_started(arguments), _started(["bare"])) for _ in range(REPEATS)]
    singles = [ours[0] / floor[0] for ours, floor in pairs]
    parts = (
        f"{what} {statistics.median(ours[1][place] for ours, _ in pairs) * 1000:.0f} ms"
        for place, what in enumerate(apart_names)
    )
    return Ratio(
        name,
        statistics.median(ours[0] for ours, _ in pairs),
        statistics.median(floor[0] for _, floor in pairs),
        min(singles),
        max(singles),
        2.0,
        f"apart: {', '.join(parts)}" if apart_names else "",
    )


def _filled(folder: Path) -> Study:
    study = make_study(folder, SteppingClock(START))
    desk = study.sit(LOGIN, roles.COORDINATOR)
    for number in range(SUBJECTS):
        new = someone(name=f"Bench {number}", identity_number="")
        subjects.register_subject(desk, new, not_duplicate="a study of many for the clock")
    study.leave()
    return study


def ratios() -> Iterator[Ratio]:
    """Yield the ratios of the two starts."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        study = make_study(folder / "small", SteppingClock(START))
        yield _ratio("start to the sign-in over a bare QMainWindow", ["sign-in", str(study.folder.path)])
        study = _filled(folder / "large")
        arguments = ["list", str(study.folder.path), LOGIN, PASSWORD]
        name = f"start to a list of {SUBJECTS} subjects after sign-in over a bare window"
        yield _ratio(name, arguments, ("loading while the password is typed", "sign-in and opening checks"))
