"""The ethics register, the screening log, screening again and signing anew, at the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pypdf
import pytest
from ended_subjects import SCOPES, given
from logged import enter
from people_invented import someone
from PySide6.QtCore import QObject
from PySide6.QtPrintSupport import QPrinter
from study_fixtures import PASSWORD, Study, clock, made_study, study
from study_room import Person
from whole_window import Open, opened

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import (
    consent_records,
    consent_versions,
    dispositions,
    ethics,
    papers,
    reconsent_records,
    rescreening,
    screening_log,
    subjects,
)
from sle_desk.services.consent_versions import NewVersion
from sle_desk.services.desk import Desk
from sle_desk.services.ethics import NewApproval
from sle_desk.services.subjects import NewConsent
from sle_desk.ui.desk_page import Go

__all__ = ["clock", "made_study", "opened", "study"]
NEXT = NewVersion(
    "v3.0",
    date(2026, 9, 1),
    date(2026, 11, 1),
    "2026PHB-099",
    reconsent="Y",
    reconsent_by=date(2026, 12, 1),
)


def registered(desk: Desk, failed: str = "") -> int:
    """Register somebody who signed; perhaps the screening failed."""
    number = subjects.register_subject(desk, someone()).id
    consent_records.record_consent(
        desk, NewConsent(number, "v2.1", date(2026, 10, 20), "07:30", "Zhao Jing", "Y")
    )
    if failed:
        dispositions.record_disposition(desk, number, "screen_failure", "", desk.today(), failed)
    return number


@pytest.fixture
def sit(study: Study, qtbot: QObject) -> Callable[[str, str], Person]:
    """Sit down as a person in a role."""
    return lambda login, role: Person(study, login, role, qtbot)


def test_an_approval_is_recorded_put_right_and_marked_in_error_by_keys(
    sit: Callable[[str, str], Person],
) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    person.to("ethics")
    assert person.sees("No approval yet.")
    person.press("Ctrl+N", "2")
    person.fill("2026PHB-099", "PKUPH IRB", "20261001", "20260930", "Letter", "", "", "v3.0")
    person.press("Ctrl+Enter")
    assert person.sees("cannot have ended on 2026-09-30") and ethics.approvals(person.state.desk) == ()
    person.fill("20270101")
    person.press("Ctrl+Enter")
    assert person.sees("Approval 2026PHB-099 recorded.") and person.sees("Ends soon")
    person.press("F2", "Enter")
    person.fill("2026PHB-100")
    person.press("Ctrl+Enter", "1", "Ctrl+Enter")
    (row,) = ethics.approvals(person.state.desk)
    assert row.approval.number == "2026PHB-100" and row.approval.valid_until == date(2027, 1, 1)
    person.press("Ctrl+Shift+X", "1", "Ctrl+Enter")
    (row,) = ethics.approvals(person.state.desk)
    assert row.state == "void" and person.sees("Entered in error")


def test_a_number_of_the_register_brings_its_day_to_a_consent_version(
    sit: Callable[[str, str], Person],
) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    desk = person.state.desk
    ethics.record_approval(desk, NewApproval("consent", "2026PHB-099", "IRB", date(2026, 10, 1), "Letter"))
    person.to("consents")
    person.press("Ctrl+N")
    person.fill("v3.0", "20260901", "2026PHB-099", "20261002", "")
    person.press("1", "2", "Ctrl+Enter")
    assert person.sees("The ethics register has approval 2026PHB-099 of 2026-10-01, not of 2026-10-02.")
    person.press("Ctrl+A", "Delete", "Ctrl+Enter")
    row = consent_versions.consent_version_rows(desk)[0]
    assert (row.code, row.approved_on, row.approval_id) == ("v3.0", date(2026, 10, 1), 1)


def test_today_leads_to_what_ends_and_to_who_signs_anew(study: Study, opened: Open) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = registered(desk)
    ends = desk.today() + timedelta(days=9)
    ethics.record_approval(desk, NewApproval("other", "PHB-7", "IRB", date(2026, 1, 1), "Letter", ends))
    consent_versions.record_version(desk, NEXT)
    window, typist = opened(study, "chen.lan")
    typist.wait_for("Sign consent version v3.0 too")
    assert typist.sees("Re-consent due") and typist.sees("Ends in 9 d")
    window.state.choose_language(Language("zh_CN"))
    typist.wait_for("待重新签署知情同意")
    assert typist.sees("伦理批件 PHB-7")
    window.state.choose_language(Language("en"))
    window.state.go(Go("subject", subject_id=subject, tab="consents"))
    typist.wait_for("Why not signed anew")
    typist.press("Alt+N")
    typist.wait_for("Newer consent not signed")
    typist.fill("20261123")
    typist.press("2", "Ctrl+Enter")
    typist.wait_for("2026-11-23: not signed")
    (row,) = reconsent_records.not_signed(window.state.desk, subject)
    assert (row.reason, row.consent_version) == ("refused", "v3.0")
    window.state.go(Go("today"))
    typist.wait_for("Re-consent refused")
    assert typist.sees("refused 2026-11-23; signed after all")


def test_somebody_is_screened_again_by_keys_and_both_records_say_so(study: Study, opened: Open) -> None:
    subject = registered(study.sit("chen.lan", roles.COORDINATOR), "window")
    window, typist = opened(study, "chen.lan")
    window.state.go(Go("subject", subject_id=subject))
    typist.wait_for("Screen again")
    typist.press("Ctrl+Shift+S")
    typist.wait_for("A new number")
    typist.press("4", "Ctrl+Enter")
    typist.wait_for("SLE-002 is SLE-001 screened again.")
    desk = window.state.desk
    links = rescreening.links_of(desk, subject)
    assert links.since is not None
    window.state.go(Go("subject", subject_id=links.since.subject_id))
    typist.wait_for("Screened before as SLE-001, failed on 2026-11-23.")
    window.state.go(Go("subject", subject_id=subject))
    typist.wait_for("Screened again as SLE-002.")
    typist.press("Ctrl+Shift+S")
    assert len(subjects.subjects(desk)) == 2


def test_who_withdrew_in_screening_is_screened_again_by_keys(study: Study, opened: Open) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = registered(desk)
    enter(desk, "withdrawal", given({**SCOPES, "visits": "Y"}, day=desk.today()), subject)
    window, typist = opened(study, "chen.lan")
    window.state.go(Go("subject", subject_id=subject))
    typist.wait_for("Screen again")
    typist.press("Ctrl+Shift+S")
    typist.wait_for("Consents again after leaving or withdrawing")
    typist.press("5", "Ctrl+Enter")
    typist.wait_for("SLE-002 is SLE-001 screened again.")
    links = rescreening.links_of(window.state.desk, subject)
    assert links.since is not None
    window.state.go(Go("subject", subject_id=links.since.subject_id))
    typist.wait_for("Screened before as SLE-001, left or withdrew on 2026-11-23.")


def test_the_log_shows_outcomes_and_counts_and_no_name_with_or_without_the_key(
    sit: Callable[[str, str], Person], study: Study
) -> None:
    registered(study.sit("chen.lan", roles.COORDINATOR), "window")
    person = sit("he.jian", roles.MONITOR)
    person.to("screening")
    assert person.sees("S-001") and person.sees("Screening window passed") and person.sees("Excluded")
    person = sit("chen.lan", roles.COORDINATOR)
    person.to("screening")
    for _ in range(2):
        assert not person.sees("张慧敏") and not person.sees("ZHM")
        person.press("F8")
    assert screening_log.screening_log(person.state.desk).flow.excluded == 1
    assert not person.sees("Identity list")


@dataclass
class Sheet:
    """A printer that prints into a file."""

    path: Path

    def printer(self, *asked: object) -> QPrinter:
        """Return the printer, as the dialog would."""
        found = QPrinter()
        found.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        found.setOutputFileName(str(self.path))
        return found


def test_the_pi_prints_the_names_after_the_password_and_they_are_kept_nowhere(
    sit: Callable[[str, str], Person], study: Study, tmp_path: Path
) -> None:
    registered(study.sit("chen.lan", roles.COORDINATOR))
    person = sit("wu.min", roles.PI)
    person.to("screening")
    tab = person.page.current_tab()
    tab.ask_printer = lambda *asked: None
    person.press("Ctrl+I")
    assert papers.papers(person.state.desk) == ()
    sheet = Sheet(tmp_path / "names.pdf")
    tab.ask_printer = sheet.printer
    person.press("Ctrl+I")
    person.fill("not this one")
    assert person.sees("The password is not right.") and papers.papers(person.state.desk) == ()
    person.press("Ctrl+A")
    person.fill(PASSWORD)
    assert person.sees("The identity list was sent to the printer.")
    (row,) = papers.papers(person.state.desk)
    assert (row.kind, row.subject_id, row.state) == ("identity_list", None, "for_signature")
    assert len(pypdf.PdfReader(sheet.path).pages) == 1
