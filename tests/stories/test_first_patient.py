"""The first patient by keys alone: sign-in to the corrected blood count, found again after reopening."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from people_invented import identity_number
from PySide6.QtWidgets import QApplication
from study_fixtures import PASSWORD, Study
from typist import Typist

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import (
    backup,
    backup_file,
    drafts,
    form_records,
    history,
    laboratories,
    labs,
    subjects,
    visits,
)
from sle_desk.ui.main_window import MainWindow
from sle_desk.ui.state import State

CBC = (
    "3.25",
    "3.41",
    "96",
    "88.3",
    "28.2",
    "0.301",
    "319",
    "14.2",
    "131",
    "1.62",
    "0.96",
    "0.31",
    "0.34",
    "0.02",
)


@pytest.fixture
def prepared(study: Study) -> Study:
    """A study with a laboratory, closed."""
    pi = study.sit("wu.min", roles.PI)
    laboratories.record_laboratory(pi, "PKUPH", "PKUPH central laboratory", date(2026, 1, 1))
    study.leave()
    return study


@pytest.fixture
def window(prepared: Study, qapp: QApplication) -> Iterator[MainWindow]:
    """The window on the study, nobody signed in."""
    made = opened(prepared)
    yield made
    made.close()


def opened(study: Study) -> MainWindow:
    """Open the window on a study."""
    made = MainWindow(State(study.clock, Language("en")), study.folder.path)
    made.show()
    made.activateWindow()
    return made


def sign_in(typist: Typist, login: str) -> None:
    """Sign in as a person."""
    typist.wait_for("Use your own account")
    typist.fill(login, PASSWORD)
    typist.wait_for("Subjects")


def register(typist: Typist) -> None:
    """Register somebody and record the consent."""
    typist.press("Ctrl+N")
    typist.wait_for("Who it is, from the identity card")
    typist.fill("张慧敏")
    typist.press("Enter")  # the proposed initials stand
    typist.press("f")
    typist.fill("1992-03-04")
    typist.press("1")
    typist.fill(identity_number(date(1992, 3, 4), "F"))
    typist.press("Ctrl+Enter")
    typist.wait_for("Informed consent")
    typist.fill("v2.1", "t", "740", "Zhao Jing")
    typist.press("y", "Ctrl+Enter")
    typist.wait_for("Visits and forms")


def weigh(typist: Typist) -> None:
    """Begin the screening visit and fill the vital signs."""
    typist.press("Enter")
    typist.wait_for("on which day?")
    typist.fill("t")
    typist.wait_for("Vital signs")
    typist.type("vital")
    typist.press("Enter")
    typist.wait_for("Temperature")
    typist.fill("36.6", "118", "76", "72", "16", "98", "56.4")
    typist.type("160")
    typist.press("Ctrl+Enter")
    typist.wait_for("Visits and forms")


def enter_blood_count(typist: Typist) -> None:
    """Type the 14 values of the report within the budget of I-07: 15 keys and the characters."""
    typist.type("lab")
    typist.press("Enter")
    typist.wait_for("Sample, as the report names it")
    typist.fill("P2611230417", "t", "750")
    typist.press("Enter", "Enter")
    before = typist.presses
    typist.fill(*CBC)
    typist.press("Ctrl+Enter")
    assert typist.presses - before <= 15 + sum(map(len, CBC))
    typist.wait_for("Visits and forms")


def correct_haemoglobin(typist: Typist) -> None:
    """Correct a saved value of two digits within the budget of I-09: 6 keys; and read its history."""
    typist.press("Enter")  # the row is still chosen
    typist.wait_for("Haemoglobin")
    typist.press("Enter", "Enter")
    before = typist.presses
    typist.press("F2")
    typist.type("98")
    typist.press("Enter", "1", "Enter")
    assert typist.presses - before <= 6
    typist.press("F11")
    typist.wait_for("History of")
    assert typist.sees("96")
    assert typist.sees("slip")
    typist.press("Esc")
    typist.press("Esc")
    typist.wait_for("Visits and forms")
    typist.press("Enter")
    typist.wait_for("Haemoglobin")
    assert "\n98\n" in typist.seen()
    assert "\n96\n" not in typist.seen()


def test_the_first_patient_is_entered_by_keys_and_found_again(window: MainWindow, prepared: Study) -> None:
    typist = Typist()
    sign_in(typist, "chen.lan")
    register(typist)
    weigh(typist)
    enter_blood_count(typist)
    correct_haemoglobin(typist)
    window.close()

    desk = prepared.sit("lin.yue", roles.NURSE)
    row = subjects.subjects(desk)[0]
    assert (row.code, row.name, row.initials, row.sex) == ("SLE-001", "张慧敏", "ZHM", "F")
    visit = visits.visits(desk, row.id)[0]
    vitals = form_records.saved_form(desk, visit.id, "vitals")
    assert vitals is not None
    assert vitals.values["weight"].typed == "56.4"
    sample = labs.samples(desk, row.id)[0]
    coordinator = prepared.sit("chen.lan", roles.COORDINATOR)
    assert drafts.places_with_drafts(coordinator) == ()
    desk = prepared.sit("lin.yue", roles.NURSE)
    assert {code: result.typed for code, result in sample.results.items()} == {
        **dict(zip(desk.protocol.laboratory.panel("CBC").analytes, CBC, strict=True)),
        "HGB": "98",
    }
    past = history.value_history(desk, "result", sample.results["HGB"].id, ("typed",))
    assert [(step.value["typed"], step.reason) for step in past] == [("96", ""), ("98", "slip")]


def test_a_backup_is_made_at_closing(window: MainWindow, prepared: Study) -> None:
    typist = Typist()
    sign_in(typist, "chen.lan")
    register(typist)
    window.close()
    made = backup_file.backups(prepared.folder.backups)
    assert len(made) == 1
    again = opened(prepared)
    typist.wait_for("Last verified backup: 2026-11-23 08:00 · ")
    again.close()
    with backup.opened_read_only(made[0].path, "chen.lan", PASSWORD, prepared.clock) as desk:
        assert [row.code for row in subjects.subjects(desk)] == ["SLE-001"]


def test_what_was_half_typed_is_there_again_after_signing_in(window: MainWindow, prepared: Study) -> None:
    typist = Typist()
    sign_in(typist, "chen.lan")
    typist.press("Ctrl+N")
    typist.wait_for("Who it is, from the identity card")
    typist.fill("张慧敏")
    typist.type("ZH")
    window.close()
    again = opened(prepared)
    sign_in(typist, "chen.lan")
    typist.press("Ctrl+N")
    typist.wait_for("张慧敏")
    again.close()
    assert subjects.subjects(prepared.sit("chen.lan", roles.COORDINATOR)) == ()
