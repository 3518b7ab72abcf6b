"""Ratios: how long a thing takes beside a floor measured in the same run; run by `python3 run.py bench`.

Absolute times say much about the machine and little about the code. A file `bench_<what>.py` beside this one
has a function `ratios()` that yields what `ratio()` returns. Ours and the floor take turns, so that other
load on the machine meets both; the median of each is compared, and the spread of the single pairs stands
beside it.
"""

from __future__ import annotations

import gc
import importlib
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPEATS = 7


@dataclass(frozen=True)
class Ratio:
    """Ours over a floor, in seconds; `lowest` and `highest` are the ratios of single pairs."""

    name: str
    ours: float
    floor: float
    lowest: float
    highest: float
    aim: float | None = None
    note: str = ""

    @property
    def value(self) -> float:
        """Return how many times the floor ours takes."""
        return self.ours / self.floor

    def line(self) -> str:
        """Return the ratio as one line of the report."""
        aim = (
            "" if self.aim is None else f"  aim {self.aim:g} {'held' if self.value <= self.aim else 'MISSED'}"
        )
        note = f"  ({self.note})" if self.note else ""
        return (
            f"{self.name}: {self.value:.2f} x [{self.lowest:.2f} to {self.highest:.2f}]"
            f"  ours {self.ours * 1000:.2f} ms, floor {self.floor * 1000:.2f} ms{aim}{note}"
        )


def seconds(
    work: Callable[[], object], timer: Callable[[], float] = time.perf_counter, times: int = 1
) -> float:
    """Return the seconds that one call of the work takes, over `times` calls, without garbage collection."""
    gc.collect()
    gc.disable()
    try:
        start = timer()
        for _ in range(times):
            work()
        return (timer() - start) / times
    finally:
        gc.enable()


def ratio(
    name: str,
    ours: Callable[[], object],
    floor: Callable[[], object],
    *,
    aim: float | None = None,
    repeats: int = REPEATS,
    times: int = 1,
    note: str = "",
    timer: Callable[[], float] = time.perf_counter,
) -> Ratio:
    """Return ours over the floor: both once unmeasured, then in turns, the medians compared."""
    ours()
    floor()
    pairs = [(seconds(ours, timer, times), seconds(floor, timer, times)) for _ in range(repeats)]
    singles = [mine / least for mine, least in pairs]
    return Ratio(
        name,
        statistics.median(mine for mine, _ in pairs),
        statistics.median(least for _, least in pairs),
        min(singles),
        max(singles),
        aim,
        note,
    )


def process(arguments: Sequence[str], **environment: str) -> Callable[[], None]:
    """Return work that starts a Python process with these arguments and waits for its end."""
    command = [sys.executable, *arguments]

    def work() -> None:
        subprocess.run(command, check=True, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)

    return work


def sync_seconds(folder: Path, repeats: int = 21) -> float:
    """Return the median seconds of one fsync in the folder: nothing on a memory disk, and then a ratio
    of saves says little."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:

        def once() -> None:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())

        return statistics.median(seconds(once) for _ in range(repeats))


def main(wanted: Sequence[str]) -> int:
    """Print every ratio, or those of the files named; a missed aim is said, not an error."""
    # What the tests are made with is at hand here too.
    sys.path.insert(0, str(HERE.parent))
    # Without bytecode imports take three times as long, in ours and in every process started from here.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    sync = sync_seconds(Path(tempfile.gettempdir()))
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, fsync {sync * 1000:.2f} ms", flush=True
    )
    missed = 0
    for path in sorted(HERE.glob("bench_*.py")):
        if wanted and path.stem.removeprefix("bench_") not in wanted:
            continue
        for found in importlib.import_module(path.stem).ratios():
            print(found.line(), flush=True)
            missed += found.aim is not None and found.value > found.aim
    print(f"{missed} aims missed", flush=True)
    return 0


if __name__ == "__main__":
    # Under its own name, so that `from measure import ratio` in a bench file finds this very module.
    sys.modules["measure"] = sys.modules["__main__"]
    sys.exit(main(sys.argv[1:]))
