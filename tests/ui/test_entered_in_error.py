"""Entered in error, by keys on real pages over a real file: marked, moved, found again after reopening."""

from __future__ import annotations

import pytest
from desk_window import DeskWindow
from dose_fixtures import dispense, inject
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from study_fixtures import Study
from trial_fixtures import arms, laboratory, made_arms, made_trial, register, results, trial, vitals
from typist import Typist

from sle_desk.domain import record_source, roles
from sle_desk.models.store import verification
from sle_desk.services import (
    dose_log,
    drafts,
    form_records,
    labs,
    subjects,
    visit_states,
    visits,
    void_forms,
    void_subjects,
)
from sle_desk.services.desk import Desk
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.entered_in_error import EnteredInError
from sle_desk.ui.pages.doses_page import DosesPage
from sle_desk.ui.pages.form_page import FormPage
from sle_desk.ui.pages.labs_page import LabsPage
from sle_desk.ui.pages.subject_page import SubjectPage
from sle_desk.ui.pages.subjects_page import SubjectsPage
from sle_desk.ui.table import TableView

__all__ = ["arms", "made_arms", "made_trial", "trial"]
KEYS = "Ctrl+Shift+X"
INTERLEUKIN, BOTH = 3, 1


class Person(Typist):
    """Somebody at one page."""

    def __init__(self, qtbot, study, build, go=None, login="chen.lan", role=roles.COORDINATOR) -> None:
        super().__init__()
        self.at = DeskWindow(qtbot, study, login, role, build, go)
        self.study = study
        self.desk: Desk = self.at.desk

    def dialog(self, kind: type[QDialog] = QDialog) -> QDialog:
        """Wait for a dialog in front, and return it."""
        self.wait(lambda: isinstance(QApplication.activeModalWidget(), kind))
        found = QApplication.activeModalWidget()
        self.wait(found.isActiveWindow)
        return found

    def said(self, dialog: QDialog) -> str:
        """Return every word that is in sight on a dialog."""
        return "\n".join(each.text() for each in dialog.findChildren(QLabel) if each.isVisible())

    def closed(self) -> None:
        """Wait until the page has the keys again."""
        self.wait(lambda: QApplication.activeModalWidget() is None)

    def reopened(self) -> Desk:
        """Leave, open the file again and let it pass its opening checks; return the PI's desk."""
        self.at.close()
        desk = self.study.sit("wu.min", roles.PI)
        assert desk.cursor_check(verification.verify).holds
        return desk


def weighed(study: Study) -> tuple[int, int, int]:
    """Register two subjects with screening visits; the vital signs of the second stand at the first."""
    for number in (1, 2):
        register(study, number)
    laboratory(study)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    first, second = (visits.record_visit(desk, number, "V0", desk.today()).id for number in (1, 2))
    return first, second, vitals(desk, 1, first)


def test_a_form_is_entered_at_the_right_subject_by_keys_and_stands_there_after_reopening(trial, qtbot):
    first, second, record = weighed(trial)
    person = Person(qtbot, trial, FormPage, Go("form", subject_id=1, visit_id=first, form="vitals"))
    person.press(KEYS)
    shown = person.said(person.dialog(EnteredInError))
    assert "SLE-001: Vital signs entered in error" in shown and "superseded" in shown
    person.press("1")
    person.type("Wrong chart.")
    person.press("Enter", "2")
    person.type("SLE-002")
    person.press("Down", "Enter")
    person.press("Ctrl+Enter")
    person.closed()
    assert person.at.said == ["Marked as entered in error. The audit keeps it."]
    assert person.at.went == [Go("subject", subject_id=1)]
    desk = person.reopened()
    old, right = form_records.form_row(desk, record), form_records.saved_form(desk, second, "vitals")
    assert right is not None
    assert (old.void, old.void_reason, old.moved_to) == (True, "slip: Wrong chart.", right.id)
    assert right.values == old.values and form_records.saved_form(desk, first, "vitals") is None


def test_nothing_is_chosen_beforehand_and_esc_changes_nothing(trial, qtbot):
    first, _, record = weighed(trial)
    person = Person(qtbot, trial, FormPage, Go("form", subject_id=1, visit_id=first, form="vitals"))
    person.press(KEYS)
    dialog = person.dialog(EnteredInError)
    person.press("Ctrl+Enter")
    assert "Pick a reason" in person.said(dialog)
    person.press("1", "Enter", "Ctrl+Enter")
    assert "Choose what then" in person.said(dialog)
    person.press("2")
    person.type("SLE-009")
    person.press("Ctrl+Enter")
    assert "Choose from the list" in person.said(dialog) or "not on the list" in person.said(dialog)
    assert not form_records.form_row(person.desk, record).void
    person.press("Esc")
    person.press(*(() if QApplication.activeModalWidget() is None else ("Esc",)))
    person.closed()
    assert not form_records.form_row(person.desk, record).void
    assert person.at.went == []


def test_a_stale_record_is_said_in_the_dialog_and_changes_nothing(trial, qtbot):
    first, _, record = weighed(trial)
    person = Person(qtbot, trial, FormPage, Go("form", subject_id=1, visit_id=first, form="vitals"))
    person.press(KEYS)
    dialog = person.dialog(EnteredInError)
    row = form_records.form_row(person.desk, record)
    void_forms.void_form(person.desk, record, "source", row.version)
    person.press("1", "Enter", "1", "Ctrl+Enter")
    assert "already marked as entered in error" in person.said(dialog)
    person.press("Esc")
    person.closed()
    assert form_records.form_row(person.desk, record).void_reason == "source"


def test_the_empty_form_says_where_the_record_went_and_keeps_no_draft_of_it(trial, qtbot):
    first, second, record = weighed(trial)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    row = form_records.form_row(desk, record)
    void_forms.void_form(desk, record, "slip", row.version, to_visit=second)
    person = Person(qtbot, trial, FormPage, Go("form", subject_id=1, visit_id=first, form="vitals"))
    where = "(Entry slip). It was entered at SLE-002, Screening."
    assert person.sees(f"An earlier record here was entered in error {where}")
    assert record_source.without_source(person.at.page.host.view.values()) == {}
    assert drafts.drafts(person.desk, drafts.Place(f"form:{first}:vitals")) == {}
    person.press(KEYS)
    assert QApplication.activeModalWidget() is None
    assert person.sees("Nothing is saved here yet")


def test_a_sample_is_moved_from_the_laboratory_page(trial, qtbot):
    first, second, _ = weighed(trial)
    lab = laboratory(trial)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    results(desk, 1, first, lab, "CBC", ("HGB", "NEUT"))
    person = Person(qtbot, trial, LabsPage, Go("labs", subject_id=1, visit_id=first, panel="CBC"))
    person.press(KEYS)
    assert "Its results go with it (2)" in person.said(person.dialog(EnteredInError))
    person.press("2", "Enter", "2")
    person.type("002")
    person.press("Down", "Enter", "Ctrl+Enter")
    person.closed()
    desk = person.reopened()
    assert labs.samples(desk, 1) == ()
    (right,) = labs.samples(desk, 2)
    assert right.visit_id == second and right.results["HGB"].typed == "104"


def test_a_dose_of_the_doses_page_goes_to_the_right_subject(arms, qtbot):
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, INTERLEUKIN)
    dispense(desk, BOTH)
    inject(desk, INTERLEUKIN)
    go = Go("doses", subject_id=INTERLEUKIN)
    person = Person(qtbot, arms, DosesPage, go, "lin.yue", roles.NURSE)
    person.press("Home", KEYS, "1")
    person.dialog(EnteredInError)
    person.press("1", "Enter", "2")
    person.type("SLE-001")
    person.press("Down", "Enter", "Ctrl+Enter")
    person.closed()
    desk = person.reopened()
    (here,), (there,) = dose_log.doses(desk, INTERLEUKIN), dose_log.doses(desk, BOTH)
    assert here.void and here.moved_to == there.id and not there.void


def choose(person: Person, words: str) -> None:
    """Take the offer with these words by its digit."""
    dialog = person.dialog()
    choices = dialog.field.asked.choices
    person.press(next(choice.key for choice in choices if choice.label.en == words))


def test_a_visit_a_consent_and_the_subject_are_marked_from_the_page_of_the_subject(trial, qtbot):
    first, _, _ = weighed(trial)
    person = Person(qtbot, trial, SubjectPage, Go("subject", subject_id=1))
    person.press("Home", "Down", KEYS)
    choose(person, "Screening: the whole visit")
    assert "With it go: Vital signs" in person.said(person.dialog(EnteredInError))
    person.press("1", "Enter", "1", "Ctrl+Enter")
    person.closed()
    assert visits.visits(person.desk, 1) == () and form_records.weights(person.desk, 1) == ()

    person.press(KEYS)
    choose(person, "Informed consent of 2026-11-23")
    person.dialog(EnteredInError)
    person.press("1", "Enter", "Ctrl+Enter")
    person.closed()
    assert subjects.consents(person.desk, 1) == ()

    person.press("F11")
    shown = person.dialog()
    assert shown.windowTitle() == "SLE-001: entered in error"
    assert shown.findChild(TableView).model().rowCount() == 3
    assert person.sees("Reason: Entry slip") and person.sees("Record: Vital signs")
    person.press("Esc")
    person.closed()

    person.press(KEYS)
    choose(person, "SLE-001: the whole subject")
    assert "never given again" in person.said(person.dialog(EnteredInError))
    person.press("1", "Enter", "2")
    person.type("SLE-002")
    person.press("Down", "Enter", "Ctrl+Enter")
    person.closed()
    assert person.sees("same person as SLE-002, whose record stands")
    desk = person.reopened()
    assert [row.code for row in subjects.subjects(desk)] == ["SLE-002"]
    assert void_subjects.registration(desk, 2).others == ((1, "SLE-001"),)
    assert visit_states.visit_states(desk, 1)[0].visit_id is None and first


def test_the_list_leaves_void_subjects_out_until_they_are_asked_for(trial, qtbot):
    register(trial, 1)
    register(trial, 2)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    void_subjects.void_subject(desk, 1, "slip", 1, same_as=2)
    person = Person(qtbot, trial, SubjectsPage)
    assert person.at.page.second() == "1 registered"
    assert person.at.page.model.rowCount() == 1
    person.press("Shift+Tab", "Right", "Right", "Right", "Right")
    assert person.at.page.model.rowCount() == 1
    assert person.at.page.model.index(0, 0).data() == "SLE-001"


def test_the_subject_that_stands_names_the_other_and_both_languages_are_spoken(trial, qtbot):
    register(trial, 1)
    register(trial, 2)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    void_subjects.void_subject(desk, 1, "slip", 1, same_as=2)
    go = Go("subject", subject_id=2)
    shown = DeskWindow(qtbot, trial, "chen.lan", roles.COORDINATOR, SubjectPage, go, "zh_CN")
    assert shown.page.isVisible()
    assert Typist().sees("重复登记：SLE-001 为同一人，以本记录为准。")


@pytest.mark.parametrize(("login", "role"), [("he.jian", roles.MONITOR)])
def test_who_only_reads_has_no_such_key(trial, qtbot, login, role):
    first, _, record = weighed(trial)
    go = Go("form", subject_id=1, visit_id=first, form="vitals")
    person = Person(qtbot, trial, FormPage, go, login, role)
    person.press(KEYS)
    assert QApplication.activeModalWidget() is None
    assert not form_records.form_row(person.desk, record).void
