"""A registration, a consent, a visit and the head of a report put right from the pages of a subject."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from desk_window import DeskWindow
from dose_fixtures import at
from people_invented import identity_number, someone
from PySide6.QtWidgets import QApplication
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import consent_records, deviations, duplicates, laboratories, labs, subjects, visits
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.subjects import NewConsent
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.correct_record import CorrectRecord
from sle_desk.ui.dialogs.reason import ReasonDialog
from sle_desk.ui.pages.labs_page import LabsPage
from sle_desk.ui.pages.subject_page import SubjectPage


class Room:
    """A screened subject, and the pages that show her."""

    def __init__(self, qtbot, study):
        self.qtbot, self.study, self.window = qtbot, study, None
        desk = study.sit("chen.lan", roles.COORDINATOR)
        self.subject = subjects.register_subject(desk, someone()).id
        consent_records.record_consent(
            desk, NewConsent(self.subject, "v2.1", desk.today(), "08:00", "Zhao Jing", "Y")
        )
        self.visit = visits.record_visit(desk, self.subject, "V0", desk.today()).id
        laboratories.record_laboratory(desk, "central", "Central", date(2026, 1, 1))
        laboratories.record_laboratory(desk, "night", "Night laboratory", date(2026, 1, 1))
        new = NewSample(self.subject, self.visit, "CBC", 1, desk.now(), "A-1")
        labs.save_results(desk, new, (TypedResult("HGB", "121", "", Decimal(121), "g/L"),))

    def open(self, build, language="en", **place):
        go = Go("x", subject_id=self.subject, **place)
        self.window = DeskWindow(self.qtbot, self.study, "chen.lan", roles.COORDINATOR, build, go, language)
        return self.window.desk

    def report(self):
        return labs.samples(self.window.desk, self.subject)[0]


@pytest.fixture
def room(qtbot, study):
    made = Room(qtbot, study)
    yield made
    if made.window is not None:
        made.window.close()


def dialog():
    shown = QApplication.activeModalWidget()
    assert isinstance(shown, CorrectRecord)
    return shown


def put(field, text, *keys):
    """Type a field of the dialog anew, pick the reason, decide."""
    typist = Typist()
    dialog().view.go_to(field)
    dialog().view.field(field).select_all()
    typist.type(text)
    typist.press("Enter")
    dialog().column.go_to("reason")
    typist.press(*(keys or ("1",)), "Ctrl+Enter")
    return typist


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_date_of_birth_is_put_right_and_the_report_read_by_it(room, language):
    desk = room.open(SubjectPage, language)
    Typist().press("F2", "1")
    dialog().view.go_to("sex")
    Typist().press("M")
    put("birth_date", "1993-03-04")
    row = subjects.subject_row(desk, room.subject)
    assert (row.birth_date, row.sex) == (date(1993, 3, 4), "M")
    assert room.report().results["HGB"].flag == "LOW"


def test_the_number_of_another_subject_is_insisted_on_and_proposed_as_a_deviation(room):
    desk = room.open(SubjectPage)
    born = date(1980, 5, 6)
    number = identity_number(born, "F")
    subjects.register_subject(
        desk, someone(name="王芳", initials="WF", birth_date=born, identity_number=number)
    )
    Typist().press("F2", "1")
    put("identity_number", number)
    assert "SLE-002" in dialog().strip.sentence()
    assert subjects.identity_of(desk, room.subject).identity_number != number
    Typist().press("Ctrl+Shift+Enter")
    assert subjects.identity_of(desk, room.subject).identity_number == number
    codes = [row.code for row in deviations.deviations(desk, room.subject)]
    assert duplicates.SAME_NUMBER in codes


def test_a_consent_is_put_right(room):
    desk = room.open(SubjectPage)
    Typist().press("F2", "2")
    put("signed_time", "07:45")
    assert subjects.consents(desk, room.subject)[0].signed_time == "07:45"


def test_the_day_of_the_chosen_visit_is_put_right(room):
    at(room.study, date(2026, 11, 25))
    desk = room.open(SubjectPage)
    Typist().press("F2", "3")
    put("on_day", "2026-11-24")
    assert visits.visits(desk, room.subject)[0].on_day == date(2026, 11, 24)


def test_a_future_day_is_refused_where_it_is_typed(room):
    desk = room.open(SubjectPage)
    head = desk.head()
    Typist().press("F2", "3")
    ahead = desk.today() + timedelta(days=1)
    dialog().view.field("on_day").select_all()
    typist = Typist()
    typist.type(ahead.isoformat())
    typist.press("Enter")
    assert dialog().view.field("on_day").strip.sentence()
    assert dialog().view.field("on_day").typed() == ahead.isoformat()
    typist.press("Esc", "Esc", "Esc")
    assert desk.head() == head


def test_a_visit_not_done_is_recorded_with_its_reason(room):
    desk = room.open(SubjectPage)
    page, typist = room.window.page, Typist()
    # The last line is the visit that nobody planned; before it stands that after leaving early.
    typist.press("End", "Up")
    table = page.current_tab().table
    code = table.current_row().code
    typist.press("N", "3", "Ctrl+Enter")
    typist.wait(lambda: QApplication.activeModalWidget().column.parts["note"].strip.sentence())
    typist.type("abroad")
    typist.press("Ctrl+Enter")
    row = next(row for row in visits.visits(desk, room.subject) if row.code == code)
    assert (row.on_day, row.not_done_reason) == (None, "impossible: abroad")
    room.window.settle()
    shown = " ".join(
        str(table.model().index(line, column).data())
        for line in range(table.model().rowCount())
        for column in range(table.model().columnCount())
    )
    assert "Not done: Not possible" in shown


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_lies_ahead_is_not_done_in_her_words_and_taken_back_when_she_comes(room, language):
    desk = room.open(SubjectPage, language)
    table, typist = room.window.page.current_tab().table, Typist()
    typist.press("End", "Up", "Up")
    code = table.current_row().code
    typist.press("N", "3", "Ctrl+Enter")
    typist.wait(lambda: QApplication.activeModalWidget().column.parts["note"].strip.sentence())
    assert code not in {row.code for row in visits.visits(desk, room.subject)}
    typist.type("abroad")
    typist.press("Ctrl+Enter")
    row = next(row for row in visits.visits(desk, room.subject) if row.code == code)
    assert (row.on_day, row.not_done_reason) == (None, "impossible: abroad")
    room.window.settle()
    while getattr(table.current_row(), "visit_id", None) != row.id:
        typist.press("Up")
    typist.press("Enter")
    typist.type(desk.today().isoformat())
    typist.press("Enter")
    typist.wait(lambda: isinstance(QApplication.activeModalWidget(), ReasonDialog))
    typist.press("3", "Ctrl+Enter")
    again = next(row for row in visits.visits(desk, room.subject) if row.code == code)
    assert (again.on_day, again.id > row.id) == (desk.today(), True)


def test_the_head_of_a_report_is_put_right(room):
    room.open(LabsPage, visit_id=room.visit, panel="CBC")
    drawn = room.report().drawn_at
    Typist().press("Shift+F2")
    dialog().view.go_to("laboratory")
    Typist().press("2")
    put("report_number", "B-77", "2")
    report = room.report()
    assert (report.laboratory_id, report.report_number, report.drawn_at) == (2, "B-77", drawn)
    assert Typist().sees("Night laboratory")
