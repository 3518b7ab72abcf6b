"""An amendment at the keyboard: imported by the administrator, looked into and decided on by the PI."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from amendment_packages import (
    ADDED_FIELD,
    BASE,
    MOVED,
    NEXT,
    NUMBER,
    SENTENCE,
    approve,
    imported,
    packed,
    register,
)
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from study_fixtures import PASSWORD, Study, clock, made_study, study
from study_room import Person
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import amendments, overview
from sle_desk.services.due_rows import NOW
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.due_places import place_of
from sle_desk.ui.pages.today_rows import RowWords

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study"]


def carry(person: Person, path: Path) -> None:
    person.to("protocol")
    person.page.current_tab().amendments.ask = lambda parent, title: path
    person.press("Ctrl+N")


def to_list(person: Person) -> None:
    """Go on by Tab until the list of amendments has the focus."""
    person.to("protocol")
    for _ in range(12):
        if QApplication.focusWidget() is person.page.current_tab().amendments.table:
            return
        person.press("Tab")
    raise AssertionError("the list is not reached by Tab")


def whole_text() -> str:
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    return dialog.findChild(QPlainTextEdit).toPlainText()


def test_an_amendment_is_imported_looked_into_and_approved_by_keys(
    arms: Study, tmp_path: Path, qtbot: QObject
) -> None:
    person = Person(arms, "xu.feng", roles.ADMINISTRATOR, qtbot)
    carry(person, packed(tmp_path / "a.zip", SENTENCE, ADDED_FIELD, MOVED))
    assert person.sees(f"Version {NEXT} is proposed; the PI decides on it.") and person.sees("Proposed")
    person.shell.hide()
    pi = Person(arms, "wu.min", roles.PI, qtbot)
    register(pi.state.desk)
    to_list(pi)
    read: list[str] = []

    def look() -> None:
        for _ in range(12):
            read.append(whole_text())
            pi.press("Down")
        pi.press("Esc")

    pi.in_dialog(look)
    pi.press("D")
    everything = "\n".join(read)
    # What looks like markup is text, and both languages stand there.
    assert "Waist <b>&</b>" in everything and "腰围" in everything
    assert "Age in years" in everything and "周岁年龄" in everything
    pi.press("A")
    pi.wait_for("Document and version")
    pi.fill("Protocol 2.0", NUMBER, "", "20261123", "Amendment 1")
    pi.press("Ctrl+Enter")
    assert pi.sees("An amendment cannot be in force from 2026-11-23.")
    pi.press("Shift+Tab", "Ctrl+A")
    pi.fill("20261124")
    pi.press("Ctrl+Enter")
    pi.wait_for(f"Dates that version {NEXT} would move from 2026-11-24 on")
    assert pi.sees("SLE-001") and pi.sees("Week 8") and pi.sees("moves")
    pi.press("Ctrl+Enter")
    pi.wait_for(f"Approve version {NEXT}")
    pi.fill(PASSWORD)
    pi.wait_for(f"Version {NEXT} is approved and in force from 2026-11-24.")
    assert pi.state.desk.protocol.version == BASE
    arms.clock.advance(timedelta(days=1))
    assert pi.state.desk.protocol.version == NEXT


def test_a_refused_package_is_told_in_both_languages_and_a_proposal_rejected_with_a_reason(
    study: Study, tmp_path: Path, qtbot: QObject
) -> None:
    person = Person(study, "xu.feng", roles.ADMINISTRATOR, qtbot)
    person.to("protocol")
    assert person.sees("No amendment.") and not person.sees("Differences")
    carry(person, packed(tmp_path / "a.zip"))
    assert person.sees("it differs from the version in the study in nothing but its version")
    person.state.choose_language(Language("zh_CN"))
    carry(person, packed(tmp_path / "a.zip", SENTENCE))
    assert person.sees("待批准")
    person.shell.hide()
    pi = Person(study, "wu.min", roles.PI, qtbot)
    to_list(pi)
    pi.press("R")
    pi.wait_for("Reject an amendment")
    pi.fill("Not the approved wording")
    pi.press("Ctrl+Enter")
    (row,) = amendments.amendments(pi.state.desk)
    assert (row.state, row.reason) == ("rejected", "Not the approved wording")
    pi.press("A")
    assert pi.sees("Only a proposed amendment is decided on.")


def test_today_leads_the_pi_to_a_proposal_and_p_to_its_paper(
    study: Study, tmp_path: Path, qtbot: QObject
) -> None:
    first = imported(study, packed(tmp_path / "a.zip", SENTENCE))
    desk = study.sit("wu.min", roles.PI)
    amendments.reject(desk, first.id, first.version, "Not the approved wording.")
    study.leave()
    row = imported(study, packed(tmp_path / "a.zip", SENTENCE))
    pi = Person(study, "wu.min", roles.PI, qtbot)
    (told,) = [each for each in overview.today(pi.state.desk).group(NOW) if each.action == "open_amendment"]
    language, protocol = pi.state.language, pi.state.desk.protocol
    words = RowWords(protocol, language, pi.state.desk.today())
    assert words.due(told) == f"Amendment, version {NEXT}: approve or reject it"
    assert (words.status(told), words.act(told)) == ("To decide", "Open page")
    pi.page.target(place_of(told))
    pi.page.entered()
    listed = pi.page.current_tab().amendments
    pi.wait(lambda: QApplication.focusWidget() is listed.table)
    assert listed.table.current_row().id == row.id
    went: list[object] = []
    pi.state.going.connect(went.append)
    pi.press("P")
    assert went == [Go("reports", tab="amendment_difference", form=f"{row.id}v{NEXT}")]


def test_an_approved_amendment_is_withdrawn_by_keys_with_a_reason_and_the_signature(
    study: Study, tmp_path: Path, qtbot: QObject
) -> None:
    row = imported(study, packed(tmp_path / "a.zip", SENTENCE))
    approve(study, row, study.clock.now().date() + timedelta(days=200))
    pi = Person(study, "wu.min", roles.PI, qtbot)
    to_list(pi)
    pi.press("X")
    pi.wait_for("Withdraw an amendment")
    pi.fill("The year was mistyped")
    pi.press("Ctrl+Enter")
    pi.wait_for(f"Withdraw version {NEXT}")
    pi.fill(PASSWORD)
    pi.wait_for(f"Version {NEXT} is withdrawn.")
    (kept,) = amendments.amendments(pi.state.desk)
    assert kept.state == "withdrawn" and pi.state.desk.newest_protocol.version == BASE
    assert pi.sees("Withdrawn")
    pi.press("X")
    assert pi.sees("Only an approved amendment is withdrawn.")
    pi.press("D")
    assert pi.sees("Withdrawn by Wu Min") and pi.sees("The year was mistyped")
    pi.press("Esc")
