"""The list of samples on the tab of a subject: what was measured is read whole beside a long name."""

from __future__ import annotations

from datetime import date

import pytest
from at_the_desk import Person, people
from PySide6.QtWidgets import QApplication
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.domain import roles
from sle_desk.services import laboratories, labs, visits
from sle_desk.services.lab_judgement import NewSample
from sle_desk.ui.delegates import cell_width
from sle_desk.ui.table import TableView
from sle_desk.ui.theme import current

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study", "trial"]
BOTH, LONG = 1, "Central laboratory of the People's Hospital, Beijing"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_panels_are_read_whole_in_a_window_of_1440_by_900(
    arms: Study, people: list[Person], language: str
) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    number = laboratories.record_laboratory(desk, "PHB", LONG, date(2026, 1, 1))
    visit = visits.record_visit(desk, BOTH, "UNS", desk.today()).id
    labs.save_results(desk, NewSample(BOTH, visit, "AUTOAB", number, desk.now()), ())
    person = Person(arms, "chen.lan", language)
    people.append(person)
    person.window.resize(1440, 900)
    person.to_subject("SLE-001")
    person.to_tab("labs")
    person.until_table()
    assert person.sees(LONG)
    for title in ("Panel", "Out of range", "State"):
        assert _whole(person.language.text(title)), title


def _whole(title: str) -> bool:
    """Tell whether a column shows its title and all of its cells whole."""
    table = QApplication.focusWidget()
    assert isinstance(table, TableView)
    model, header = table.model(), table.horizontalHeader()
    columns = list(model.columns)  # type: ignore[attr-defined]
    place = next(number for number, column in enumerate(columns) if column.title == title)
    rows = [model.row(number) for number in range(model.rowCount())]  # type: ignore[attr-defined]
    needed = [cell_width(current(), columns[place], row) for row in rows]
    return header.sectionSize(place) >= max(*needed, header.sectionSizeHint(place))
