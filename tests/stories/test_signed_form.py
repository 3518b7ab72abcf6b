"""A scored form is signed by the investigator, and its signature goes void when a value is corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from people_invented import someone
from PySide6.QtWidgets import QApplication
from study_fixtures import PASSWORD, Study
from typist import Typist

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import consent_records, signatures, subjects, visits
from sle_desk.services.subjects import NewConsent
from sle_desk.ui.desk_page import Go
from sle_desk.ui.main_window import MainWindow
from sle_desk.ui.state import State


@pytest.fixture
def window(study: Study, qapp: QApplication) -> Iterator[MainWindow]:
    """The window on a study with one consented subject at baseline."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    row = subjects.register_subject(desk, someone())
    consent_records.record_consent(
        desk, NewConsent(row.id, "v2.1", date(2026, 11, 23), "07:40", "Zhao Jing", "Y")
    )
    visits.record_visit(desk, row.id, "V1", date(2026, 11, 23))
    study.leave()
    made = MainWindow(State(study.clock, Language("en")), study.folder.path)
    made.show()
    made.activateWindow()
    yield made
    made.close()


def score(typist: Typist, window: MainWindow, login: str) -> None:
    """Sign in, save the PGA and open it again."""
    typist.wait_for("Use your own account")
    typist.fill(login, PASSWORD)
    typist.wait_for("Today")
    window.state.go(Go("form", subject_id=1, visit_id=1, form="pga"))
    typist.wait_for("PGA")
    typist.fill("1.40")
    typist.press("Ctrl+Enter")
    typist.press("Ctrl+Enter")
    typist.wait_for("Visits and forms")
    window.state.go(Go("form", subject_id=1, visit_id=1, form="pga"))
    typist.wait_for("Sign the form")


def signed(study: Study) -> list[tuple[str, bool, bool]]:
    """Return who signed the first form, transcribed or not, valid or not."""
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    rows = signatures.signatures_of(desk, "form_record", 1)
    return [(row.source_signer or row.name, row.transcribed, row.valid) for row in rows]


def test_the_investigator_signs_and_a_correction_voids_it(window: MainWindow, study: Study) -> None:
    typist = Typist()
    score(typist, window, "zhao.jing")
    typist.press("Ctrl+G")
    typist.wait_for("I have made this assessment")
    typist.fill(PASSWORD)
    typist.wait_for("Signed by Zhao Jing")
    typist.press("F2")
    typist.type("1.50")
    typist.press("Enter")
    assert typist.sees("The signature of Zhao Jing goes void with it.")
    typist.press("1", "Enter")
    typist.wait_for("is void")
    window.close()
    assert signed(study) == [("Zhao Jing", False, False)]


def test_a_wrong_password_signs_nothing(window: MainWindow, study: Study) -> None:
    typist = Typist()
    score(typist, window, "zhao.jing")
    typist.press("Ctrl+G")
    typist.wait_for("I have made this assessment")
    typist.fill("not the password")
    typist.wait_for("Nothing was signed")
    typist.press("Esc")
    window.close()
    assert signed(study) == []


def test_the_coordinator_transcribes_a_signed_paper(window: MainWindow, study: Study) -> None:
    typist = Typist()
    score(typist, window, "chen.lan")
    typist.press("Ctrl+G")
    typist.wait_for("Date beside the signature")
    typist.fill("Zhao Jing", "t", "Binder 3")
    typist.press("Ctrl+Enter")
    typist.wait_for("I have typed this form")
    typist.fill(PASSWORD)
    typist.wait_for("Signed by Zhao Jing")
    window.close()
    assert signed(study) == [("Zhao Jing", True, True)]
