"""What opening costs: the checks of a study of 200,000 audit rows over reading and hashing them bare."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from people_invented import someone
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from sqlalchemy import insert, select, update
from study_fixtures import PASSWORD, START, Study, make_study

from measure import Ratio, ratio
from sle_desk.base.clock import SteppingClock
from sle_desk.domain import roles
from sle_desk.models.lab import Result, Sample
from sle_desk.models.store.database import connect
from sle_desk.services import laboratories, labs, studies, subjects, visits
from sle_desk.services.lab_judgement import NewSample
from sle_desk.ui.jobs import Jobs

ROWS = 200_000


def _grown(folder: Path) -> tuple[Study, bytes]:
    """Return a closed study whose audit has 200,000 rows: results put in, and each corrected once."""
    study = make_study(folder, SteppingClock(START))
    desk = study.sit("chen.lan", roles.COORDINATOR)
    row = subjects.register_subject(desk, someone())
    visit = visits.record_visit(desk, row.id, "V0", desk.today())
    laboratory = laboratories.record_laboratory(desk, "LAB", "Laboratory", desk.today())
    drawn = START - timedelta(minutes=5)
    labs.save_results(desk, NewSample(row.id, visit.id, "CBC", laboratory, drawn), ())
    with desk.view() as session:
        sample = session.scalars(select(Sample.id)).one()
    key = desk.database.data_key
    half = (ROWS - desk.head().number) // 2
    with desk.change("value.correct", "a study of this size") as change:
        rows = [
            {
                "sample_id": sample,
                "analyte": f"TEST{number:06}",
                "typed": "5.1",
                "unit": "10^9/L",
                "range_source": "laboratory",
                "flag": "NORMAL",
            }
            for number in range(half)
        ]
        change.session.execute(insert(Result), rows)
        change.session.execute(update(Result).values(flag="HIGH"))
    study.leave()
    return study, key


def opening_ratio(study: Study, key: bytes) -> Ratio:
    """Return the opening checks over the same rows read and hashed by the bare driver."""
    unlocked = studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)
    found = studies.opening_checks(unlocked, lambda step, share: None)
    assert found.holds and found.number >= ROWS * 0.99
    copy = study.folder.path.parent / "bare.sled"
    unlocked.database.copy_to(copy)
    connection = connect(copy, key)

    def bare() -> None:
        for row in connection.cursor().execute("SELECT * FROM audit ORDER BY number"):
            hashlib.sha256("\t".join(map(str, row)).encode("utf-8")).digest()

    def ours() -> None:
        assert studies.opening_checks(unlocked, lambda step, share: None).holds

    try:
        size = study.folder.study.stat().st_size / 2**20
        note = f"{found.number} rows, {size:.0f} MiB"
        name = "every opening check over reading and hashing the same audit rows bare"
        return ratio(name, ours, bare, aim=4, repeats=3, note=note)
    finally:
        connection.close()
        studies.leave(unlocked)


def gap_ratio(study: Study) -> Ratio:
    """Return the longest gap of the event loop while the checks run beside it, over that of an idle loop."""
    application = QCoreApplication.instance() or QCoreApplication([])
    jobs = Jobs()
    unlocked = studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)

    def checked() -> float:
        def work(report: Callable[[str, float], None]) -> object:
            return studies.opening_checks(unlocked, report)

        return _longest_gap(lambda done: jobs.start(work, lambda _: done(), lambda _: done()))

    def idle() -> float:
        return _longest_gap(lambda done: QTimer.singleShot(2_000, done))

    try:
        ours, floor = (sorted(each() for _ in range(3)) for each in (checked, idle))
    finally:
        studies.leave(unlocked)
    assert application is not None
    name = "longest gap of the event loop while the checks run, over that of an idle loop"
    return Ratio(name, ours[1], floor[1], ours[0] / floor[2], ours[2] / floor[0])


def _longest_gap(start: Callable[[Callable[[], None]], object]) -> float:
    """Return the longest seconds between two turns of a loop that asks for one each millisecond."""
    loop, turns = QEventLoop(), QTimer()
    seen = [time.perf_counter()]
    longest = [0.0]

    def turn() -> None:
        now = time.perf_counter()
        longest[0] = max(longest[0], now - seen[0])
        seen[0] = now

    turns.timeout.connect(turn)
    turns.start(1)
    start(loop.quit)
    loop.exec()
    return longest[0]


def ratios() -> Iterator[Ratio]:
    """Yield every ratio of this file."""
    with tempfile.TemporaryDirectory() as place:
        study, key = _grown(Path(place) / "study")
        yield opening_ratio(study, key)
        yield gap_ratio(study)
