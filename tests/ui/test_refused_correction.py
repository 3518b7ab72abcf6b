"""What a correction keeps: the text that was refused until Esc, the note of "other", the reason it stands."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from desk_window import DeskWindow
from people_invented import someone
from PySide6.QtWidgets import QApplication
from typist import Typist

from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import (
    drafts,
    form_records,
    history,
    laboratories,
    labs,
    subjects,
    visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.drafts import Place
from sle_desk.services.form_records import Correction, NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.lab_judging import Verdict, judge_result
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.reason import ReasonDialog
from sle_desk.ui.pages.form_page import FormPage
from sle_desk.ui.pages.labs_page import LabsPage

SLIP, OTHER = "1", "6"


class Shown:
    """A saved weight and a saved haemoglobin, and the pages that show them."""

    def __init__(self, qtbot, study):
        self.qtbot, self.study = qtbot, study
        desk = study.sit("chen.lan", roles.COORDINATOR)
        self.subject = subjects.register_subject(desk, someone())
        self.visit = visits.record_visit(desk, self.subject.id, "V0", desk.today())
        given = Given({"weight": Value(number=Decimal("61.2"), typed="61.2")})
        form_records.save_form(desk, NewForm(self.subject.id, self.visit.id, "vitals", desk.today(), given))
        central = laboratories.record_laboratory(desk, "central", "Central", date(2026, 1, 1))
        new = NewSample(self.subject.id, self.visit.id, "CBC", central, desk.now())
        labs.save_results(desk, new, (TypedResult("HGB", "121", "", Decimal(121), "g/L"),))

    def form(self, login="chen.lan", role=roles.COORDINATOR):
        go = Go("form", subject_id=self.subject.id, visit_id=self.visit.id, form="vitals")
        self.window = DeskWindow(self.qtbot, self.study, login, role, FormPage, go)
        self.window.page.host.view.go_to("weight")
        return self.window.page.host.view.field("weight")

    def report(self):
        go = Go("labs", subject_id=self.subject.id, visit_id=self.visit.id, panel="CBC")
        self.window = DeskWindow(self.qtbot, self.study, "chen.lan", roles.COORDINATOR, LabsPage, go)
        self.window.page.grid.go_to("HGB")
        return self.window.page.grid.rows["HGB"].box

    def record(self):
        return form_records.saved_form(self.window.desk, self.visit.id, "vitals")

    def haemoglobin(self):
        return labs.samples(self.window.desk, self.subject.id)[0].results["HGB"]


@pytest.fixture
def shown(qtbot, study):
    made = Shown(qtbot, study)
    yield made
    made.window.close()


def retype(text, *keys):
    typist = Typist()
    typist.press("F2")
    typist.type(text)
    typist.press("Enter", *keys)
    return typist


def note_dialog():
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ReasonDialog)
    return dialog


def test_a_refused_correction_keeps_what_was_typed_until_escape(shown, study):
    box = shown.form()
    # The computer's clock is put back while it is typed.
    study.clock.set_wrong(timedelta(days=-2))
    typist = retype("66.6", SLIP, "Enter")
    assert (box.typed(), box.read_only) == ("66.6", False)
    assert "clock" in box.strip.sentence().lower()
    assert shown.record().values["weight"].typed == "61.2"
    typist.press("Esc", "Esc")
    assert (box.typed(), box.read_only) == ("61.2", True)


def test_who_may_not_correct_opens_no_saved_value(shown):
    box = shown.form("he.jian", roles.MONITOR)
    Typist().press("F2")
    assert (box.typed(), box.read_only, box.opens) == ("61.2", True, False)


def test_other_asks_for_its_note_and_without_one_says_so(shown):
    box = shown.form()
    typist = retype("66.6", OTHER, "Enter")
    typist.press("Ctrl+Enter")
    assert "explanation" in note_dialog().note.strip.sentence().lower()
    typist.press("Esc")
    assert (box.typed(), shown.record().values["weight"].typed) == ("66.6", "61.2")
    typist.press("Enter", OTHER, "Enter")
    typist.type("scale was not set to zero")
    typist.press("Ctrl+Enter")
    shown.window.settle()
    assert (box.typed(), box.read_only) == ("66.6", True)
    record = shown.record()
    assert record.values["weight"].typed == "66.6"
    past = history.value_history(shown.window.desk, "answer", record.answer_ids["weight"], ("typed",))
    assert past[-1].reason == "other: scale was not set to zero"


def test_other_asks_for_its_note_in_a_laboratory_report(shown):
    box = shown.report()
    typist = retype("126", OTHER, "Enter")
    typist.type("second tube")
    typist.press("Ctrl+Enter")
    shown.window.settle()
    assert (box.typed(), box.read_only, shown.haemoglobin().typed) == ("126", True, "126")


def test_an_unlikely_value_is_corrected_with_the_reason_it_stands(shown):
    shown.form()
    typist = retype("158")
    typist.press("Ctrl+Shift+Enter", "1", "Enter", SLIP, "Enter")
    record = shown.record()
    assert record.values["weight"].typed == "158"
    assert record.kept["weight"]


def test_a_value_changed_meanwhile_is_shown_before_it_is_corrected(shown):
    box = shown.form()
    record = shown.record()
    meanwhile = Value(number=Decimal("60.8"), typed="60.8")
    seen = record.answer_versions["weight"]
    form_records.correct_value(shown.window.desk, Correction(record.id, "weight", meanwhile, "slip", seen))
    retype("66.6", SLIP, "Enter")
    assert (box.typed(), box.read_only) == ("60.8", True)
    assert "60.8" in box.strip.sentence()
    assert shown.record().values["weight"].typed == "60.8"


def test_a_corrected_result_waits_for_its_judgement_again(shown):
    shown.report()
    shown.window.close()
    pi = shown.study.sit("wu.min", roles.PI)
    result = labs.samples(pi, shown.subject.id)[0].results["HGB"]
    judge_result(pi, result.id, Verdict("NCS"), result.version)
    shown.report()
    assert shown.haemoglobin().significance == "NCS"
    retype("126", SLIP, "Enter")
    assert (shown.haemoglobin().typed, shown.haemoglobin().significance) == ("126", "")


def test_what_was_typed_before_somebody_else_saved_is_shown_beside_it(shown):
    desk = shown.study.sit("lin.yue", roles.NURSE)
    place = Place(f"form:{shown.visit.id}:vitals")
    drafts.keep_draft(desk, place, "weight", "60.2")
    drafts.keep_draft(desk, place, "pulse", "")
    shown.study.leave()
    shown.form("lin.yue", roles.NURSE)
    page = shown.window.page
    assert "Weight: you 60.2, saved 61.2" in page.meanwhile.sentence()
    Typist().press("Ctrl+Backspace")
    assert not page.meanwhile.isVisible()
    assert drafts.drafts(shown.window.desk, place) == {}


def test_who_typed_nothing_else_hears_of_nothing(shown):
    desk = shown.study.sit("lin.yue", roles.NURSE)
    drafts.keep_draft(desk, Place(f"form:{shown.visit.id}:vitals"), "weight", "61.2")
    shown.study.leave()
    shown.form("chen.lan")
    assert not shown.window.page.meanwhile.isVisible()
