"""What the audit and the grade table cost: a save over the bare insert, a grade over a bare bisect."""

from __future__ import annotations

import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from people_invented import someone
from sqlalchemy import event
from study_fixtures import START, Study, make_study

from measure import Ratio, ratio, sync_seconds
from sle_desk.base.clock import SteppingClock
from sle_desk.domain import grading, roles
from sle_desk.models.store.database import connect, set_pragmas
from sle_desk.services import consent_records, laboratories, labs, package, subjects, visits
from sle_desk.services.desk import Desk
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.subjects import NewConsent

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
        # The ordinary day: without consent each sample would propose a deviation, which the floor does not.
        signed = NewConsent(row.id, "v2.1", desk.today() - timedelta(days=30), "07:40", "Zhao Jing", "Y")
        consent_records.record_consent(desk, signed)
        visit = visits.record_visit(desk, row.id, "V0", desk.today())
        laboratory = laboratories.record_laboratory(desk, "LAB", "Laboratory", desk.today())
        panel = desk.protocol.laboratory.panel("CBC")
        drawn = (START - timedelta(minutes=minute) for minute in count(1))
        results = tuple(
            TypedResult(code, "1", "", Decimal(1), desk.protocol.laboratory.analytes[code].standard.code)
            for code in panel.analytes
        )

        def ours() -> None:
            new = NewSample(row.id, visit.id, "CBC", laboratory, next(drawn))
            labs.save_results(desk, new, results)

        floor = _bare(desk, folder / "bare.sled", ours)
        try:
            return ratio(
                f"saving a sample of {VALUES} results, encrypted and audited, over the same rows put in bare",
                ours,
                floor,
                aim=2.5,
                note=f"fsync {sync_seconds(folder) * 1000:.2f} ms",
            )
        finally:
            study.leave()


def _bare(desk: Desk, path: Path, save: Callable[[], None]) -> Callable[[], None]:
    """Return the statements of one save, sent bare to a copy of the study: no capture, no checks."""
    sample, results = _inserts_of(desk, save)
    desk.snapshot(path)
    connection = connect(path, desk.database.data_key)
    cursor = connection.cursor()
    set_pragmas(cursor)

    def again() -> None:
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(sample.statement, sample.rows[0])
        number = cursor.execute("SELECT last_insert_rowid()").fetchone()[0]
        place = results.columns.index("sample_id")
        own = results.columns.index("id")
        last = cursor.execute("SELECT max(id) FROM result").fetchone()[0]
        rows = [list(row) for row in results.rows]
        for above, row in enumerate(rows, 1):
            row[place], row[own] = number, last + above
        cursor.executemany(results.statement, rows)
        cursor.execute("COMMIT")

    return again


@dataclass(frozen=True)
class Inserted:
    """A statement that put rows in, with the rows."""

    statement: str
    rows: list[Sequence[Any]]

    @property
    def columns(self) -> list[str]:
        """Return the columns that the statement names."""
        return self.statement.partition("(")[2].partition(")")[0].split(", ")


def _inserts_of(desk: Desk, save: Callable[[], None]) -> tuple[Inserted, Inserted]:
    """Return how one save puts in its sample and its results."""
    sent: dict[str, Inserted] = {}

    def note(_connection: Any, _cursor: Any, statement: str, rows: Any, _context: Any, many: bool) -> None:
        if statement.startswith("INSERT INTO "):
            sent[statement.split()[2]] = Inserted(statement, list(rows) if many else [rows])

    engine = desk.database.engine
    event.listen(engine, "before_cursor_execute", note)
    save()
    event.remove(engine, "before_cursor_execute", note)
    assert len(sent["result"].rows) == VALUES
    return sent["sample"], sent["result"]


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
