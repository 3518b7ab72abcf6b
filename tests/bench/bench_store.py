"""What the audit and the grade table cost: a save over the bare insert, a grade over a bare bisect."""

from __future__ import annotations

import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

from people_invented import someone
from study_fixtures import START, Study, make_study

from measure import Ratio, ratio, sync_seconds
from sle_desk.base.clock import SteppingClock
from sle_desk.domain import grading, roles
from sle_desk.models.store.database import connect, set_pragmas
from sle_desk.services import laboratories, labs, package, subjects, visits
from sle_desk.services.desk import Desk
from sle_desk.services.lab_judgement import NewSample, TypedResult

VALUES = 14


def _seated(folder: Path) -> tuple[Study, Desk]:
    study = make_study(folder, SteppingClock(START))
    return study, study.sit("chen.lan", roles.COORDINATOR)


def save_ratio() -> Ratio:
    """Return one saved blood count of 14 values over the same rows inserted by the bare driver."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        study, desk = _seated(folder / "study")
        row = subjects.register_subject(desk, someone())
        visit = visits.record_visit(desk, row.id, "V0", desk.today())
        laboratory = laboratories.record_laboratory(desk, "LAB", "Laboratory", desk.today())
        panel = desk.protocol.laboratory.panel("CBC")
        drawn = (START - timedelta(minutes=minute) for minute in count())
        results = tuple(
            TypedResult(code, "1", "", Decimal(1), desk.protocol.laboratory.analytes[code].standard.code)
            for code in panel.analytes
        )

        def ours() -> None:
            new = NewSample(row.id, visit.id, "CBC", laboratory, next(drawn))
            labs.save_results(desk, new, results)

        floor = _bare(folder / "bare.sled", desk.database.data_key)
        try:
            return ratio(
                "saving 14 results, encrypted and audited, over the bare insert", ours, floor,
                aim=2.5, note=f"fsync {sync_seconds(folder) * 1000:.2f} ms",
            )  # fmt: skip
        finally:
            study.leave()


def _bare(path: Path, key: bytes) -> Callable[[], None]:
    path.touch()
    connection = connect(path, key)
    cursor = connection.cursor()
    set_pragmas(cursor)
    cursor.execute("CREATE TABLE result (id INTEGER PRIMARY KEY, sample INTEGER, analyte TEXT, typed TEXT,"
                   " value INTEGER, unit TEXT, low INTEGER, high INTEGER, flag TEXT) STRICT")  # fmt: skip
    row = (1, "WBC", "1", 1_000_000, "10^9/L", 3_500_000, 9_500_000, "LOW")

    def save() -> None:
        cursor.execute("BEGIN IMMEDIATE")
        for _ in range(VALUES):
            cursor.execute(
                "INSERT INTO result (sample, analyte, typed, value, unit, low, high, flag)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        cursor.execute("COMMIT")

    return save


def grade_ratio() -> Ratio:
    """Return 10,000 grades of a resolved term over a bare bisect on the same edges."""
    protocol = package.read_package(package.installed_files())
    table = protocol.laboratory.grading["5.0"]
    term = table.by_analyte["ALT"][0]
    scale = grading.scale(term, "U/L", Decimal(7), Decimal(40))
    values = [Decimal(number) for number in range(10_000)]

    def ours() -> None:
        for value in values:
            scale.grade(value)

    def floor() -> None:
        edges = scale.edges
        for value in values:
            bisect_left(edges, value) + bisect_right(edges, value)

    return ratio("CTCAE grade of 10,000 values over a bare bisect", ours, floor, aim=5)


def ratios() -> Iterator[Ratio]:
    """Yield the ratios of the store and of grading."""
    yield save_ratio()
    yield grade_ratio()
