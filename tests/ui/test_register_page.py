"""A second person with the same facts: the guard asks, and a key or words say why it is another."""

from datetime import date, timedelta

from desk_window import DeskWindow
from ended_subjects import SCOPES, given
from logged import enter
from people_invented import identity_number, someone
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import consent_records, form_records, history, subjects, visits
from sle_desk.services.answers import Given
from sle_desk.services.form_records import NewForm
from sle_desk.services.subjects import NewConsent
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.register_page import ConsentPage, RegisterPage


def test_a_subject_is_registered_in_twelve_keys_beside_what_is_typed(qtbot, study):
    window = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, RegisterPage)
    typist, born = Typist(), date(1992, 3, 4)
    typed = ("张海明", born.isoformat(), identity_number(born, "F", 9))
    typist.type(typed[0])
    typist.press("Enter", "Enter", "F")
    typist.type(typed[1])
    typist.press("Enter", "1")
    typist.type(typed[2])
    typist.press("Ctrl+Enter")
    # The first key, Ctrl+N, leads to this page.
    assert 1 + typist.presses - sum(map(len, typed)) <= 12
    assert [row.code for row in subjects.subjects(window.desk)] == ["SLE-001"]
    window.close()


def test_a_possible_duplicate_waits_until_the_cards_are_compared(qtbot, study):
    known = someone()
    subjects.register_subject(study.sit("chen.lan", roles.COORDINATOR), known)
    window = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, RegisterPage)
    typist = Typist()
    born = date(1992, 3, 4)
    # The same birth date, sex and initials under another number.
    typist.type("张海明")
    typist.press("Enter", "Enter", "F")
    typist.type(born.isoformat())
    typist.press("Enter", "1")
    typist.type(identity_number(born, "F", 9))
    typist.press("Enter", "Enter", "Ctrl+Enter")
    assert len(window.said) == 1 and "SLE-001" in window.said[0]
    assert typist.sees("SLE-001")
    assert len(subjects.subjects(window.desk)) == 1
    typist.press("Ctrl+Shift+Enter")
    assert len(subjects.subjects(window.desk)) == 2
    assert window.went[-1].page == "consent"
    window.close()


def test_cards_that_were_compared_do_not_stand_for_a_number_typed_afterwards(qtbot, study):
    known = someone()
    subjects.register_subject(study.sit("chen.lan", roles.COORDINATOR), known)
    window = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, RegisterPage)
    typist = Typist()
    typist.type("张海明")
    typist.press("Enter", "Enter", "F")
    typist.type("1992-03-04")
    typist.press("Enter", "1")
    typist.type(identity_number(date(1992, 3, 4), "F", 9))
    typist.press("Enter", "Enter", "Ctrl+Enter")
    assert not typist.sees("one number is one person")
    window.page.host.view.go_to("identity_number")
    typist.press("Ctrl+A")
    typist.type(known.identity_number)
    typist.press("Enter", "Ctrl+Shift+Enter")
    assert len(subjects.subjects(window.desk)) == 1
    assert typist.sees("one number is one person")
    window.close()


def test_the_number_of_a_subject_is_registered_only_with_a_reason_in_words(qtbot, study):
    subjects.register_subject(study.sit("chen.lan", roles.COORDINATOR), someone())
    window = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, RegisterPage)
    typist = Typist()
    typist.type("李另")
    typist.press("Enter", "Enter", "F")
    typist.type("1992-03-04")
    typist.press("Enter", "1")
    typist.type(someone().identity_number)
    typist.press("Enter", "Enter", "Ctrl+Enter")
    assert typist.sees("one number is one person")
    typist.press("Ctrl+Shift+Enter")
    assert len(subjects.subjects(window.desk)) == 1
    typist.press("Ctrl+Enter")
    assert len(subjects.subjects(window.desk)) == 1, "no reason was given"
    why = "The police office looks the number up."
    typist.press("Enter")
    typist.type(why)
    typist.press("Ctrl+Enter")
    _, second = subjects.subjects(window.desk)
    assert window.went[-1].page == "consent"
    window.close()
    trail = history.audit_trail(study.sit("wu.min", roles.PI))
    assert [row.reason for row in trail if row.table == "subject" and row.row_id == second.id] == [why]


def test_a_late_consent_asks_why_and_keeps_what_was_typed(qtbot, study):
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = subjects.register_subject(desk, someone()).id
    visit = visits.record_visit(desk, subject, "V0", desk.today()).id
    form_records.save_form(desk, NewForm(subject, visit, "vitals", desk.today(), Given({})))
    study.clock.advance(timedelta(days=1))
    go = Go("consent", subject_id=subject)
    window, typist = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, ConsentPage, go), Typist()
    for typed in ("v2.1", window.desk.today().isoformat(), "07:30", "Zhao Jing"):
        typist.type(typed)
        typist.press("Enter")
    typist.press("Y", "Ctrl+Enter")
    assert typist.sees("Why was consent signed later?")
    assert subjects.consents(window.desk, subject) == ()
    typist.press("Esc", "Ctrl+Enter", "4", "Ctrl+Enter")
    (row,) = subjects.consents(window.desk, subject)
    assert (row.consent_version, row.explained_by) == ("v2.1", "Zhao Jing")
    assert window.went[-1].page == "subject"
    window.close()


def test_who_explained_is_chosen_from_the_log_and_another_name_can_be_typed(qtbot, study):
    desk = study.sit("chen.lan", roles.COORDINATOR)
    first, second = (
        subjects.register_subject(desk, someone(identity_number="", initials=initials)).id
        for initials in ("ONE", "TWO")
    )
    for subject, typed, kept in ((first, "zha", "Zhao Jing"), (second, "Li Wei", "Li Wei")):
        go = Go("consent", subject_id=subject)
        window, typist = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, ConsentPage, go), Typist()
        for part in ("v2.1", window.desk.today().isoformat(), "07:30"):
            typist.type(part)
            typist.press("Enter")
        typist.type(typed)
        typist.press(*(("Down",) if typed != kept else ()), "Enter", "Y", "Ctrl+Enter")
        assert [row.explained_by for row in subjects.consents(window.desk, subject)] == [kept]
        window.close()


def test_a_withdrawn_scope_is_asked_about_and_nothing_is_chosen_ahead(qtbot, study):
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = subjects.register_subject(desk, someone()).id
    enter(desk, "withdrawal", given({**SCOPES, "visits": "Y"}, day=desk.today()), subject)
    study.clock.advance(timedelta(days=1))
    go = Go("consent", subject_id=subject)
    window, typist = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, ConsentPage, go), Typist()
    assert typist.sees("Visits taken up again") and not typist.sees("Samples taken up again")
    for typed in ("v2.1", window.desk.today().isoformat(), "07:30", "Zhao Jing"):
        typist.type(typed)
        typist.press("Enter")
    # The form tells what is missing; saved without it all the same, it is refused.
    typist.press("Y", "Ctrl+Enter", "Ctrl+Enter")
    assert subjects.consents(window.desk, subject) == ()
    assert len(window.said) == 1 and "stays withdrawn" in window.said[0]
    typist.press("Ctrl+Enter", "Enter", "N", "Ctrl+Enter")
    (row,) = subjects.consents(window.desk, subject)
    assert row.takes_up == {"visits": "N"}
    window.close()


def test_a_consent_recorded_late_can_answer_what_a_later_one_took_up(qtbot, study):
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = subjects.register_subject(desk, someone()).id
    enter(desk, "withdrawal", given({**SCOPES, "visits": "Y"}, day=desk.today()), subject)
    study.clock.advance(timedelta(days=4))
    study.believe()
    later = NewConsent(subject, "v2.1", desk.today(), "07:30", "Zhao Jing", "Y", {"visits": "Y"})
    consent_records.record_consent(desk, later)
    go = Go("consent", subject_id=subject)
    window, typist = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, ConsentPage, go), Typist()
    assert typist.sees("Visits taken up again") and not typist.sees("Samples taken up again")
    for typed in ("v2.1", (desk.today() - timedelta(days=2)).isoformat(), "07:30", "Zhao Jing"):
        typist.type(typed)
        typist.press("Enter")
    typist.press("Y", "Y", "Ctrl+Enter")
    rows = subjects.consents(window.desk, subject)
    assert [row.takes_up for row in rows] == [{"visits": "Y"}, {"visits": "Y"}]
    window.close()


def test_initials_are_proposed_and_another_answer_stays(qtbot, study):
    window = DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, RegisterPage)
    typist = Typist()
    typist.type("单无名")
    typist.press("Enter")
    view = window.page.host.view
    assert view.field("initials").typed() == "SWM"
    typist.press("Ctrl+A")
    typist.type("SHWM")
    typist.press("Enter", "F")
    typist.type("1992-03-04")
    typist.press("Enter", "1")
    # The check character fits; sex and birth are compared with it and differ.
    typist.type(identity_number(date(1991, 3, 4), "M"))
    typist.press("Enter")
    assert typist.sees("says another birth date than was entered") and typist.sees("says another sex")
    typist.press("Enter", "Ctrl+Enter")
    (row,) = subjects.subjects(window.desk)
    assert (row.initials, row.sex, row.birth_date) == ("SHWM", "F", date(1992, 3, 4))
    window.close()
