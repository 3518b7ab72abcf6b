"""Lists ask a fixed number of questions: as many for one subject as for twelve."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lab_samples import typed
from people_invented import someone
from sqlalchemy import event
from study_fixtures import Study

from sle_desk.domain import roles
from sle_desk.services import dose_lists, laboratories, labs, overview, papers, sample_lists, subjects, visits
from sle_desk.services.desk import Desk
from sle_desk.services.lab_judgement import NewSample

LISTS: dict[str, Callable[[Desk], object]] = {
    "subjects": subjects.subjects,
    "samples": sample_lists.sample_lines,
    "doses": dose_lists.listed_doses,
    "today": overview.today,
    "papers": papers.papers,
}


def more(desk: Desk, laboratory: int, count: int) -> None:
    """Register people with a visit, a blood count and what stands beside it."""
    for _ in range(count):
        row = subjects.register_subject(desk, someone(), not_duplicate="another invented person")
        visit = visits.record_visit(desk, row.id, "V0", desk.today())
        new = NewSample(row.id, visit.id, "CBC", laboratory, desk.now())
        labs.save_results(desk, new, (typed(desk, "HGB", "96"),))


def questions(desk: Desk, ask: Callable[[Desk], object]) -> int:
    """Return how many statements a list runs."""
    counted: list[str] = []

    def count(connection: object, cursor: object, statement: str, *rest: object) -> None:
        counted.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", count)
    try:
        ask(desk)
    finally:
        event.remove(desk.database.engine, "before_cursor_execute", count)
    return len(counted)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_much_for_one_subject_as_for_twelve(study: Study, name: str) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    laboratory = laboratories.record_laboratory(desk, "LAB", "Laboratory", desk.today())
    more(desk, laboratory, 1)
    few = questions(desk, LISTS[name])
    more(desk, laboratory, 11)
    assert questions(desk, LISTS[name]) == few > 0
