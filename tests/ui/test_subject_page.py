"""The page of a subject by keys: its tabs, its timeline, what is due; and the lists over all subjects."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from at_the_desk import Person, people
from dose_fixtures import at, dispense, inject
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QWidget
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.domain import roles
from sle_desk.services import (
    dispositions,
    dose_lists,
    dosing,
    history,
    labs,
    sample_lists,
    subject_view,
    visits,
)
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.ui.desk_page import Go
from sle_desk.ui.page_list import page_entries
from sle_desk.ui.subject_tabs import TABS

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study", "trial"]
BOTH, IL2 = 1, 3


@pytest.fixture
def dosed(arms: Study) -> Study:
    """The trial after the first injection of subject 3 and a missed second one, two days later."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    first = nurse.today()
    at(arms, first, "16:00")
    dispense(nurse, IL2)
    inject(nurse, IL2)
    return arms


def at_subject(study: Study, people: list[Person], login: str, code: str, language: str = "en") -> Person:
    person = Person(study, login, language)
    people.append(person)
    person.to_subject(code)
    return person


def tab_in_sight(person: Person) -> str:
    return person.page.tabs.code()


def test_tabs_follow_each_other_by_keys_and_the_doses_are_among_them(dosed, people):
    person = at_subject(dosed, people, "chen.lan", "SLE-003")
    seen = []
    for _ in TABS:
        seen.append(tab_in_sight(person))
        person.press("Ctrl+PageDown")
    assert seen == [code for code, _ in TABS] and tab_in_sight(person) == "visits"
    person.press("Ctrl+PageUp", "Ctrl+PageUp")
    assert tab_in_sight(person) == "papers"
    person.press("Esc")
    person.until_page("subjects")


def test_no_value_of_one_subject_stays_on_the_page_of_the_next(arms, people):
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    for subject_id, value in ((BOTH, "0.41"), (IL2, "0.77")):
        visit = next(row for row in visits.visits(desk, subject_id) if row.code == "V1").id
        new = NewSample(subject_id, visit, "COMP", 1, desk.now(), "P1")
        labs.save_results(desk, new, (TypedResult("C3", value, "", Decimal(value), "g/L"),))
    person = at_subject(arms, people, "chen.lan", "SLE-001")
    side = person.page.side if hasattr(person.page, "side") else person.page
    for code, own, other in (("SLE-003", "0.77", "0.41"), ("SLE-001", "0.41", "0.77")):
        person.to_subject(code)
        shown = [each.text() for each in side.findChildren(QLabel) if not each.isHidden()]
        assert any(own in text for text in shown) and not any(other in text for text in shown)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "IL-2 stopped 11-23"), ("zh_CN", "重组人白介素-2 已停用 11-23")]
)
def test_a_stopped_drug_stands_in_the_strip(dosed, people, language, words):
    desk = dosed.sit("wu.min", roles.PI)
    dispositions.record_disposition(desk, IL2, "drug_stop", "IL2", desk.today(), "subject")
    person = at_subject(dosed, people, "chen.lan", "SLE-003", language)
    assert words in person.chips()


def test_a_digit_picks_a_tab(dosed, people):
    person = at_subject(dosed, people, "chen.lan", "SLE-003")
    for place, (code, _) in reversed(list(enumerate(TABS, 1))):
        if code != "doses":
            person.press(str(place % 10))
            assert tab_in_sight(person) == code
    person.press("2")
    person.until_page("doses")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_beside_the_tabs_stand_the_trends_and_what_is_next(dosed, people, language):
    person = at_subject(dosed, people, "chen.lan", "SLE-003", language)
    view = subject_view.subject_view(person.desk, IL2)
    coming = view.coming(3)
    assert len(coming) == 3 and all(day.on >= view.calendar.on for day in coming)
    number = next(slot.slot.number for slot in coming[0].slots if slot.dose is None)
    assert person.sees(f"#{number}") and person.sees({"en": "Trends", "zh_CN": "趋势"}[language])
    assert any(person.sees(words) for words in ("SLEDAI-2K",))


def test_what_must_not_be_overlooked_stands_in_the_strip(dosed, people):
    person = at_subject(dosed, people, "chen.lan", "SLE-003")
    second = next(
        each.slot for each in subject_view.subject_view(person.desk, IL2).calendar.slots if each.dose is None
    )
    assert not any("missed" in word for word in person.chips())
    at(dosed, second.closes_on + timedelta(days=1), "09:00")
    reason = person.desk.protocol.list("missed_reason").choices[0].code
    dosing.record_missed(person.desk, IL2, "IL2", second.number, reason)
    person.until(lambda: "1 missed" in person.chips())


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_timeline_says_what_was_given_and_what_is_planned(dosed, people, language):
    person = at_subject(dosed, people, "chen.lan", "SLE-003", language)
    drawing = person.page.timeline.drawing
    view = subject_view.subject_view(person.desk, IL2)
    planned = len(view.calendar.of_drug("IL2"))
    words = {
        "en": f"IL-2: 1 of {planned} given, 0 missed",
        "zh_CN": f"重组人白介素-2：计划 {planned} 次，已给药 1 次，漏用 0 次",
    }
    assert words[language] in drawing.accessibleDescription()
    assert drawing.accessibleName() == {"en": "Timeline", "zh_CN": "时间轴"}[language]
    assert person.sees(view.calendar.day_one.isoformat())


def test_before_the_first_dose_day_one_is_not_set(arms, people):
    person = at_subject(arms, people, "chen.lan", "SLE-001")
    assert person.sees("Day 1 not set")


def test_g_opens_the_strip_of_the_injection_that_is_due(dosed, people):
    slot = dosing.propose_injection(dosed.sit("lin.yue", roles.NURSE), IL2)
    second = next(
        each.slot for each in subject_view.subject_view(dosed.desk, IL2).calendar.slots if each.dose is None
    )
    at(dosed, second.planned_on, "09:00")
    person = at_subject(dosed, people, "lin.yue", "SLE-003")
    assert person.sees("Record as given") and slot
    person.press("G")
    person.until_page("doses")
    assert person.sees(f"SLE-003: IL-2 dose {second.number} of")
    person.press("N", "Enter")
    person.until(lambda: subject_view.subject_view(person.desk, IL2).calendar.slots[1].dose is not None)


def test_who_may_not_record_is_offered_nothing(dosed, people):
    person = at_subject(dosed, people, "he.jian", "SLE-003")
    assert not person.page.act.isVisible()
    person.press("G")
    assert person.page is not None and type(person.page).__name__ == "SubjectPage"


def test_the_history_holds_every_record_of_the_subject_and_none_of_another(dosed):
    desk = dosed.sit("chen.lan", roles.COORDINATOR)
    rows = history.subject_trail(desk, IL2, limit=10_000)
    tables = {row.table for row in rows}
    assert {"subject", "identity", "consent", "visit", "form_record", "answer", "sample", "result",
            "allocation", "dose", "dose_vials", "dispensing", "signature"} <= tables  # fmt: skip
    others = history.subject_trail(desk, BOTH, limit=10_000)
    assert not {row.number for row in rows} & {row.number for row in others}
    kept = history.audit_trail(desk, history.Trail(table="dose", limit=10_000))
    assert {row.number for row in kept} == {row.number for row in rows if row.table == "dose"}


def test_enter_on_a_sample_opens_its_report_and_the_page_lists_everybody(dosed, people):
    person = at_subject(dosed, people, "chen.lan", "SLE-003")
    person.press("Ctrl+PageDown", "Ctrl+PageDown")
    assert tab_in_sight(person) == "labs" and not person.sees("Subject: SLE-001")
    row = person.page.current_tab().table.current_row()
    person.press("Enter")
    person.until_page("labs")
    assert person.page.path()[0].words.startswith("SLE-003") and row.subject_id == IL2
    person.to_page("lab_list")
    shown = {line.subject for line in sample_lists.sample_lines(person.desk)}
    assert shown == {"SLE-001", "SLE-002", "SLE-003"}
    model = person.page.model
    assert {model.row(number).subject for number in range(model.rowCount())} == shown


def test_a_sample_out_of_range_waits_for_a_judgement(dosed, people):
    desk = dosed.sit("chen.lan", roles.COORDINATOR)
    lines = sample_lists.sample_lines(desk, IL2)
    assert {line.state for line in lines} <= {"entered", "to_judge", "awaited"}
    for line in lines:
        assert line.unjudged <= line.out_of_range <= line.entered


def test_the_list_of_doses_holds_the_recorded_and_the_due_of_everybody(dosed, people):
    second = next(
        each.slot for each in subject_view.subject_view(dosed.desk, IL2).calendar.slots if each.dose is None
    )
    at(dosed, second.planned_on, "09:00")
    person = Person(dosed, "lin.yue")
    people.append(person)
    person.to_page("dose_list")
    rows = dose_lists.listed_doses(person.desk)
    assert [(row.number, row.dose_id is None) for row in rows] == [(2, True), (1, False)]
    person.press("Shift+Tab", "Right", "Right")
    assert person.page.model.rowCount() == 1 and person.page.model.row(0).number == 1
    person.press("Tab", "Home", "Enter")
    person.until_page("doses")
    assert person.sees("SLE-003")


class Windows(QObject):
    """Keeps every window that shows itself."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the name of a window."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


@pytest.mark.parametrize(
    "login",
    ["wu.min", *(pytest.param(each, marks=pytest.mark.slow) for each in ("lin.yue", "he.jian", "sun.tong"))],
)
def test_no_page_flashes_as_a_window_of_its_own(dosed, people, qapp, login):
    person = Person(dosed, login)
    people.append(person)
    visit = visits.visits(person.desk, IL2)[-1].id if person.desk.actor.role in roles.SEES_VALUES else None
    seen = Windows()
    qapp.installEventFilter(seen)
    for entry in page_entries(person.window.state):
        person.window.state.go(Go(entry.code, subject_id=IL2, visit_id=visit, form="vitals", panel="CBC"))
    for code, _ in TABS:
        if person.desk.actor.role in roles.SEES_VALUES:
            person.window.state.go(Go("subject", subject_id=IL2, tab=code))
    qapp.removeEventFilter(seen)
    assert seen.shown == []
