"""A correction that is refused leaves the saved value on screen, never the one that was typed."""

from datetime import date
from decimal import Decimal

from desk_window import DeskWindow
from people_invented import someone
from typist import Typist

from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import laboratories, labs, subjects, visits
from sle_desk.services.answers import Given
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.visits import NewForm
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.form_page import FormPage
from sle_desk.ui.pages.labs_page import LabsPage

OTHER = "6"


def screened(study):
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = subjects.register_subject(desk, someone())
    return desk, subject, visits.record_visit(desk, subject.id, "V0", desk.today())


def test_a_form_shows_what_is_saved(qtbot, study):
    desk, subject, visit = screened(study)
    given = Given({"weight": Value(number=Decimal("61.2"), typed="61.2")})
    visits.save_form(desk, NewForm(subject.id, visit.id, "vitals", desk.today(), given))
    go = Go("form", subject_id=subject.id, visit_id=visit.id, form="vitals")
    window = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, FormPage, go)
    window.page.host.view.go_to("weight")
    typist = Typist()
    typist.press("F2")
    typist.type("66.6")
    typist.press("Enter", OTHER, "Enter")
    assert window.page.host.view.field("weight").typed() == "61.2"
    assert visits.saved_form(window.desk, visit.id, "vitals").values["weight"].typed == "61.2"
    window.close()


def test_a_laboratory_report_shows_what_is_saved(qtbot, study):
    desk, subject, visit = screened(study)
    laboratory = laboratories.record_laboratory(desk, "central", "Central", date(2026, 1, 1))
    new = NewSample(subject.id, visit.id, "CBC", laboratory, desk.now())
    labs.save_results(desk, new, (TypedResult("HGB", "121", "", Decimal(121), "g/L"),))
    go = Go("labs", subject_id=subject.id, visit_id=visit.id, panel="CBC")
    window = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, LabsPage, go)
    window.page.grid.go_to("HGB")
    typist = Typist()
    typist.press("F2")
    typist.type("126")
    typist.press("Enter", OTHER, "Enter")
    assert window.page.grid.rows["HGB"].box.typed() == "121"
    assert labs.samples(window.desk, subject.id)[0].results["HGB"].typed == "121"
    window.close()
