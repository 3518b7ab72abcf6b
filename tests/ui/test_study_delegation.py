"""The delegation log at the keyboard: written by the PI, typed from the signed paper, put right by F2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import QObject
from study_fixtures import Study
from study_room import Person, visible

from sle_desk.domain import roles
from sle_desk.services import delegations, drafts, people
from sle_desk.services.drafts import Place
from sle_desk.services.signatures import Ink
from sle_desk.ui.buttons import Button

Sit = Callable[[str, str], Person]


@pytest.fixture
def sit(study: Study, qtbot: QObject) -> Sit:
    """Sit down as a person in a role."""
    return lambda login, role: Person(study, login, role, qtbot)


def buttons(person: Person) -> set[str]:
    """Return the words of the buttons in the tab in sight."""
    return {button.words for button in visible(person.page.current_tab(), Button)}


def test_the_pi_writes_a_line_and_ends_it(sit: Sit) -> None:
    person = sit("wu.min", roles.PI)
    person.to("delegation")
    count = len(delegations.delegation_log(person.state.desk))
    person.press("Ctrl+N")
    place = next(
        number for number, each in enumerate(people.people(person.state.desk), 1) if each.login == "he.jian"
    )
    person.press(str(place), "2")
    person.fill("20261101", "", "20261015", "GCP-2026-7", "p. 3")
    person.press("Enter")
    assert person.sees("Line of the delegation log recorded.")
    line = delegations.delegation_log(person.state.desk)[count]
    assert (line.name, line.task, line.from_day) == ("He Jian", roles.ENTRY, date(2026, 11, 1))
    assert (line.training_day, line.gcp_certificate, line.reference) == (
        date(2026, 10, 15),
        "GCP-2026-7",
        "p. 3",
    )
    assert line.until_day is None
    person.at("He Jian")
    person.press("e")
    person.fill("20261031")
    person.press("Enter")
    assert person.sees("The end 2026-10-31 lies before the start 2026-11-01.")
    person.type("t")
    person.press("Ctrl+Enter")
    assert delegations.delegation_log(person.state.desk)[count].until_day == date(2026, 11, 23)


def test_the_nurse_reads_the_log(sit: Sit) -> None:
    person = sit("lin.yue", roles.NURSE)
    person.to("delegation")
    assert person.sees("Opening an allocation") and buttons(person) == set()
    person.press("Ctrl+N", "e")
    assert person.page.current_tab().form is None


def test_a_half_written_line_is_kept_when_the_tab_is_left(sit: Sit) -> None:
    person = sit("wu.min", roles.PI)
    person.to("delegation")
    person.press("Ctrl+N", "1", "2")
    person.type("2026-1")
    person.press("Ctrl+PageDown", "Ctrl+PageUp")
    assert person.sees("2026-1")
    person.press("Esc")
    assert person.page.current_tab().form is None
    person.press("Ctrl+N")
    kept = drafts.drafts(person.state.desk, Place("study.delegation"))
    assert kept["task"] == roles.ENTRY and kept["from_day"] == "2026-1"
    assert person.sees("2026-1")


def test_the_coordinator_types_a_line_from_the_signed_log(sit: Sit) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    person.to("delegation")
    count = len(delegations.delegation_log(person.state.desk))
    person.press("Ctrl+N")
    assert person.sees("Enter what stands on the paper; then type what was decided there.")
    person.fill("Wu Min", "20261120", "Log, page 2")
    person.press("Ctrl+Enter")
    place = next(
        number for number, each in enumerate(people.people(person.state.desk), 1) if each.login == "he.jian"
    )
    person.press(str(place), "2")
    person.fill("20261120")
    person.press("Ctrl+Enter")
    person.wait_for("Line of the delegation log recorded.")
    line = delegations.delegation_log(person.state.desk)[count]
    assert (line.name, line.from_day) == ("He Jian", date(2026, 11, 20))
    assert line.ink == Ink("Wu Min", date(2026, 11, 20), "Log, page 2")
    assert person.sees("Wu Min, Log, page 2")


def test_the_first_day_of_a_line_is_put_right_with_f2_and_its_reason(sit: Sit) -> None:
    person = sit("wu.min", roles.PI)
    person.to("delegation")
    first = delegations.delegation_log(person.state.desk)[0]
    person.press("F2")
    person.fill("20260201")
    person.press("Ctrl+Enter", "1", "Ctrl+Enter")
    found = {line.id: line.from_day for line in delegations.delegation_log(person.state.desk)}
    assert found[first.id] == date(2026, 2, 1)
