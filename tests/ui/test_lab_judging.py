"""CS and NCS by keys: one answer a line, the next that waits opens by itself, a change asks why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desk_window import DeskWindow
from lab_samples import sample, typed
from PySide6.QtWidgets import QApplication
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import labs, visits
from sle_desk.services.lab_judgement import as_new
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.ask_form import AskForm
from sle_desk.ui.dialogs.history import HistoryDialog
from sle_desk.ui.dialogs.reason import ReasonDialog
from sle_desk.ui.pages.labs_page import LabsPage

JUDGE = "Ctrl+J"
TWO_WAIT = "2 wait for CS / NCS"


class Report:
    """A blood count with two low values, and the page that shows it to one person."""

    def __init__(self, qtbot, study):
        self.qtbot, self.study = qtbot, study
        desk = study.sit("chen.lan", roles.COORDINATOR)
        values = (typed(desk, "WBC", "5"), typed(desk, "HGB", "96"), typed(desk, "PLAT", "80"))
        self.saved = labs.save_results(desk, sample(desk), values)

    def open(self, login, role, language="en"):
        go = Go("labs", subject_id=self.saved.subject_id, visit_id=self.saved.visit_id, panel="CBC")
        self.window = DeskWindow(self.qtbot, self.study, login, role, LabsPage, go, language)
        self.page = self.window.page
        return Typist()

    def said(self):
        found = labs.samples(self.window.desk, self.saved.subject_id)[0].results
        return found["HGB"].significance, found["PLAT"].significance

    def answered(self):
        self.window.settle()
        return self.said()


@pytest.fixture
def report(qtbot, study):
    made = Report(qtbot, study)
    yield made
    made.window.close()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_an_investigator_judges_line_after_line(report, language):
    typist = report.open("zhao.jing", roles.INVESTIGATOR, language)
    assert report.page.grid.waiting() == ("HGB", "PLAT")
    typist.press(JUDGE, "C", "Enter", "N", "Enter")
    assert report.answered() == ("CS", "NCS")
    assert report.page.grid.waiting() == ()
    assert report.page.grid.rows["HGB"].judged.accessibleName() == "CS"
    assert report.window.said


def test_escape_leaves_a_line_open(report):
    typist = report.open("zhao.jing", roles.INVESTIGATOR)
    assert TWO_WAIT in report.page.checks._progress.text()
    typist.press(JUDGE, "C", "Esc")
    assert report.answered() == ("", "")
    report.page.grid.go_to("PLAT")
    typist.press(JUDGE, "N", "Enter", "Esc")
    assert report.answered() == ("", "NCS")


def test_a_changed_judgement_asks_for_its_reason(report):
    typist = report.open("zhao.jing", roles.INVESTIGATOR)
    typist.press(JUDGE, "N", "Enter", "N", "Enter")
    report.page.grid.go_to("HGB")
    typist.press(JUDGE, "C", "Enter")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ReasonDialog)
    assert report.said() == ("NCS", "NCS")
    typist.press("3", "Enter", "Ctrl+Enter")
    assert report.answered() == ("CS", "NCS")
    typist.press("F11")
    assert isinstance(QApplication.activeModalWidget(), HistoryDialog)
    typist.press("Esc")


def test_a_coordinator_types_what_the_paper_says(report):
    typist = report.open("chen.lan", roles.COORDINATOR)
    typist.press(JUDGE)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, AskForm)
    typist.press("Ctrl+Enter")
    assert dialog.isVisible()
    dialog.view.go_to_first()
    for text in ("Zhao Jing", "2026-11-23", "Binder 3"):
        typist.type(text)
        typist.press("Enter")
    typist.press("Ctrl+Enter")
    report.window.settle()
    typist.press("C", "Enter", "N", "Enter")
    assert report.answered() == ("CS", "NCS")
    kept = labs.samples(report.window.desk, report.saved.subject_id)[0].results["HGB"]
    assert kept.judged_ink is not None and kept.judged_ink.signer == "Zhao Jing"


def test_who_may_not_has_no_such_key(report):
    report.open("he.jian", roles.MONITOR).press(JUDGE)
    assert not any(action.shortcut().toString() == JUDGE for action in report.page.actions())
    assert report.answered() == ("", "")


def test_an_open_correction_is_ended_before_anything_is_judged(report):
    typist = report.open("zhao.jing", roles.INVESTIGATOR)
    report.page.grid.go_to("HGB")
    typist.press("F2")
    typist.type("970")
    typist.press(JUDGE, "C", "Enter")
    assert report.answered() == ("", "")
    assert report.page.grid.rows["HGB"].box.correcting()
    typist.press("Esc", "Esc", "Esc")


def test_a_paper_dated_before_the_sample_is_refused_where_it_is_typed(report):
    typist = report.open("chen.lan", roles.COORDINATOR)
    typist.press(JUDGE)
    typist.fill("Zhao Jing", "2026-11-20", "Binder 3")
    typist.press("Ctrl+Enter")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, AskForm) and dialog.strip.sentence()
    dialog.view.go_to("signed_on")
    dialog.view.field("signed_on").select_all()
    typist.type("2026-11-23")
    typist.press("Enter", "Ctrl+Enter")
    report.window.settle()
    typist.press("N", "Enter", "N", "Enter")
    assert report.answered() == ("NCS", "NCS")


def test_the_trend_ends_at_the_value_of_its_own_row(report):
    desk = report.study.sit("chen.lan", roles.COORDINATOR)
    drawn = report.saved.drawn_at - timedelta(days=1)
    visit = visits.record_visit(desk, report.saved.subject_id, "UNS", drawn.date())
    before = replace(as_new(report.saved), visit_id=visit.id, drawn_at=drawn)
    labs.save_results(desk, before, (typed(desk, "HGB", "113"),))
    report.open("zhao.jing", roles.INVESTIGATOR)
    assert report.page.grid.rows["HGB"].trend.accessibleName() == "113, 96"
    assert report.page.grid.rows["WBC"].trend.accessibleName() == ""


def test_a_line_corrected_elsewhere_is_shown_before_the_report_counts_as_seen(report):
    typist = report.open("zhao.jing", roles.INVESTIGATOR)
    desk, seen = report.window.desk, report.page._saved.sample
    low = seen.results["HGB"]
    labs.correct_result(desk, low.id, typed(desk, "HGB", "97"), "slip", low.version)
    report.page.grid.go_to("PLAT")
    typist.press(JUDGE, "N", "Enter", "Esc")
    (now,) = labs.samples(desk, seen.subject_id)
    assert report.page._saved.sample.version == now.version > seen.version
    assert report.page.grid.rows["HGB"].box.said() == "97"
    assert report.page.grid.waiting() == ("HGB",)


@pytest.mark.parametrize(
    ("language", "told"), [("en", ["grade: 2", "(NCS)"]), ("zh_CN", ["分级", "（NCS）"])]
)
def test_the_history_says_what_changed_beside_the_value(report, language, told):
    typist = report.open("zhao.jing", roles.INVESTIGATOR, language)
    typist.press(JUDGE, "N", "Enter", "Esc")
    report.window.settle()
    report.page.grid.go_to("HGB")
    typist.press("F11")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, HistoryDialog)
    model = dialog.table.model()
    beside = [str(model.index(row, 1).data()) for row in range(model.rowCount())]
    typist.press("Esc")
    assert len(beside) == 2 and told[0] in beside[0] and told[1] in beside[1], beside
    assert told[0] not in beside[1]
