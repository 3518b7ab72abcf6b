"""The principal investigator takes a text out at the keyboard: all that holds it is listed and counted."""

from desk_window import DeskWindow
from noted_fixtures import noted
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from study_fixtures import PASSWORD, clock, made_study, study
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import redaction
from sle_desk.ui.dialogs.redact import LISTED
from sle_desk.ui.labels import label_is_cut
from sle_desk.ui.pages.audit_page import AuditPage

__all__ = ["clock", "made_study", "noted", "study"]


def write_notes(where, times, words="Aunt Sun"):
    desk = where.sit("chen.lan", roles.COORDINATOR)
    for _ in range(times):
        with desk.change("visit.record") as change:
            change.propose(1, "x", "minor", desk.today()).explanation = words


def asked(qtbot, where, text, reason="typed by accident"):
    at, typist = DeskWindow(qtbot, where, "wu.min", roles.PI, AuditPage), Typist()
    typist.press("Ctrl+D")
    typist.fill(text, reason)
    typist.press("Ctrl+Enter")
    at.settle()
    return at, typist


def test_a_slip_of_twenty_two_notes_is_listed_counted_and_signed(noted, qtbot):
    write_notes(noted, 22)
    at, typist = asked(qtbot, noted, "aunt sun")
    assert typist.sees("1.  SLE-001") and typist.sees("22.  SLE-001")
    area = QApplication.activeModalWidget().findChild(QScrollArea)
    bar = area.verticalScrollBar()
    assert bar.maximum() > 0
    while bar.value() < bar.maximum():
        before = bar.value()
        typist.press("PageDown")
        assert bar.value() > before
    typist.press("PageUp")
    assert bar.value() < bar.maximum()
    typist.fill("21")
    typist.press("Ctrl+Enter")
    assert typist.sees("22 values hold this text, and another number was typed.")
    typist.press("Backspace", "2", "Ctrl+Enter")
    at.settle()
    assert typist.sees("22 values, as they were listed")
    typist.type(PASSWORD)
    typist.press("Enter")
    at.settle()
    assert any(said.startswith("Taken out of 22 values") for said in at.said), at.said
    assert redaction.held(at.desk, "aunt sun").is_empty
    at.close()


def test_as_many_as_the_signature_has_room_for_are_shown_with_it(noted, qtbot):
    write_notes(noted, LISTED)
    at, typist = asked(qtbot, noted, "aunt sun")
    assert typist.sees(": Aunt Sun") and not typist.sees("How many values are listed")
    typist.type(PASSWORD)
    typist.press("Enter")
    at.settle()
    assert redaction.held(at.desk, "aunt sun").is_empty
    at.close()


def test_of_a_long_note_what_stands_around_the_text_is_shown(noted, qtbot):
    write_notes(
        noted, 1, f"{'a long story of the ward ' * 8}told by Aunt Sun in the morning{' and on' * 30}."
    )
    at, typist = asked(qtbot, noted, "aunt sun")
    assert typist.sees("of the ward told by Aunt Sun in the morning and on") and typist.sees(": …")
    typist.press("Esc")
    at.close()


def test_four_long_values_have_room_in_the_signing_dialog(noted, qtbot):
    write_notes(noted, LISTED, "Aunt  Sun called about the sample of the morning, " * 5)
    at, typist = asked(qtbot, noted, "aunt sun called")
    assert typist.sees("Deviation 4")
    assert not any(label_is_cut(each) for each in QApplication.activeModalWidget().findChildren(QLabel))
    typist.press("Esc")
    at.close()


def test_a_name_in_force_is_said_and_what_was_typed_stays(noted, qtbot):
    at, typist = asked(qtbot, noted, "慧敏")
    assert typist.sees("is the name of an account (SLE-001), and nothing else holds it")
    assert redaction.held(at.desk, "慧敏").in_force == ("SLE-001",)
    typist.press("Esc")
    at.close()
