"""Today: one row a subject and day, each with what is due, how it stands and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, infuse, inject, prepared, weigh
from sqlalchemy import event
from study_fixtures import PASSWORD, Study
from trial_fixtures import (
    arms,
    baseline,
    decide_everything,
    judge,
    laboratory,
    made_arms,
    made_ready,
    made_trial,
    ready,
    register,
    score,
    screen,
    trial,
)

from sle_desk.domain import roles
from sle_desk.models.safety import Query
from sle_desk.services import decisions, dispositions, labs, overview, preparing, visits
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import TodayRow
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.overview import TodayView

__all__ = ["arms", "made_arms", "made_ready", "made_trial", "ready", "trial"]

TODAY = date(2026, 11, 23)
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3


@pytest.fixture
def dosed(arms: Study) -> Iterator[Study]:
    """Everybody had the first day's doses; subjects 1 and 3 hold a kit."""
    desk = nurse(arms)
    dispense(desk, BOTH)
    dispense(desk, INTERLEUKIN)
    infuse(arms, desk, BOTH)
    infuse(arms, desk, BELIMUMAB)
    inject(desk, BOTH)
    inject(desk, INTERLEUKIN)
    yield arms


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def shown(study: Study, days: int | None = None) -> TodayView:
    """Return Today as the nurse sees it so many days after day 1."""
    if days is not None:
        at(study, TODAY + timedelta(days=days), "08:00")
    return overview.today(nurse(study))


def rows_of(view: TodayView, group: str, subject_id: int) -> list[TodayRow]:
    return [row for row in view.group(group) if row.who is not None and row.who.subject_id == subject_id]


def planned(row: TodayRow) -> list[tuple[str, object]]:
    """Return what is due: each dose with its number, each visit with its code."""
    return [(item.code, item.facts.get("first", item.facts.get("visit"))) for item in row.items]


def test_randomised_and_not_dosed_is_a_row_of_its_own_with_both_first_doses(arms: Study) -> None:
    view = shown(arms)
    (row,) = rows_of(view, "today", BOTH)
    assert planned(row)[:2] == [("infusion", 1), ("injection", 1)]
    assert (row.status, row.action) == ("first_dose", "prepare_infusion")
    assert row.status_facts["allocated_on"] == TODAY
    assert row.who is not None
    assert (row.who.arm, row.who.shape) == ("BELIL2", "diamond")
    (alone,) = rows_of(view, "today", INTERLEUKIN)
    assert (alone.status, alone.action) == ("first_dose", "record_injection")
    assert view.group("overdue") == ()


def test_an_injection_day_offers_to_record_it_as_given_at_the_proposed_site(dosed: Study) -> None:
    view = shown(dosed, 2)
    (row,) = rows_of(view, "today", BOTH)
    assert planned(row) == [("injection", 2)]
    facts = row.items[0].facts
    assert (facts["of"], facts["study_day"], row.status, row.action) == (54, 3, "due_now", "record_injection")
    (hint,) = row.hints
    assert (hint.code, hint.facts["amount"], hint.facts["site"]) == ("injection", 1, "RA")
    assert rows_of(view, "today", BELIMUMAB) == []
    assert (view.cards.due_today, view.cards.with_doses, view.cards.overdue) == (2, 2, 0)


def test_infusion_injection_and_visit_of_a_day_are_one_row(dosed: Study) -> None:
    view = shown(dosed, 28)
    (row,) = rows_of(view, "today", BOTH)
    assert planned(row) == [("infusion", 2), ("injection", 15), ("visit", "W4")]
    assert (row.status, row.action) == ("weight_needed", "prepare_infusion")
    hints = {hint.code: hint.facts for hint in row.hints}
    assert hints["weigh_first"] == {"last_on": TODAY, "age": 28}
    assert "samples_before" in hints


def test_a_day_moves_on_from_weighing_to_preparing_to_giving_to_the_visit(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=28), "08:00")
    desk = nurse(dosed)
    weigh(desk, BELIMUMAB, "W4")
    (row,) = rows_of(overview.today(desk), "today", BELIMUMAB)
    assert (row.status, row.action, row.status_facts["done"]) == ("entered", "prepare_infusion", 1)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    (row,) = rows_of(overview.today(desk), "today", BELIMUMAB)
    assert (row.status, row.action) == ("prepared", "give_infusion")


def test_a_missed_day_is_overdue_the_day_after_and_a_visit_when_its_window_has_closed(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    inject(nurse(dosed), BOTH)
    view = shown(dosed, 5)
    (late,) = rows_of(view, "overdue", BOTH)
    assert (planned(late), late.days_late, late.status) == ([("injection", 3)], 1, "late_in_window")
    assert late.action == "record_injection"
    view = shown(dosed, 9)
    (late,) = rows_of(view, "overdue", BOTH)
    assert (late.items[0].facts["first"], late.items[0].facts["last"]) == (3, 5)
    assert (late.days_late, late.status) == (5, "overdue")
    assert [visit for row in rows_of(shown(dosed, 17), "today", BELIMUMAB) for visit in planned(row)] == [
        ("visit", "W2")
    ]
    (late,) = rows_of(shown(dosed, 18), "overdue", BELIMUMAB)
    assert (planned(late), late.action) == ([("visit", "W2")], "open_visit")


def test_home_doses_wait_for_the_diary_and_the_diary_is_late_from_the_day_it_was_due(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    inject(nurse(dosed), INTERLEUKIN, place="home", source="diary", source_reference="D-01")
    view = shown(dosed, 4)
    (row,) = rows_of(view, "today", INTERLEUKIN)
    assert (planned(row), row.status, row.action) == ([("injection", 3)], "at_home", "view")
    view = shown(dosed, 13)
    assert rows_of(view, "overdue", INTERLEUKIN) == []
    (due,) = [row for row in rows_of(shown(dosed, 17), "today", INTERLEUKIN) if row.items[0].code == "diary"]
    assert (due.status, due.items[0].facts["first"], due.items[0].facts["last"]) == ("diary_due", 3, 7)
    late = [row for row in rows_of(shown(dosed, 20), "overdue", INTERLEUKIN) if row.items[0].code == "diary"]
    assert [(row.status, row.days_late, row.action) for row in late] == [("diary_late", 3, "enter_diary")]


def test_tomorrow_and_the_week_name_what_is_planned(dosed: Study) -> None:
    view = shown(dosed, 27)
    (row,) = rows_of(view, "tomorrow", BOTH)
    assert planned(row) == [("infusion", 2), ("injection", 15), ("visit", "W4")]
    assert row.status == "planned"
    first = view.week[0]
    assert first.on == TODAY + timedelta(days=28)
    named = {(entry.code, next(iter(entry.facts.values()))): entry.subjects for entry in first.planned}
    assert named["dose", "BEL"] == ("SLE-001", "SLE-002")
    assert named["visit", "W4"] == ("SLE-001", "SLE-002", "SLE-003")
    assert all(day.on > view.on for day in view.week)


def test_a_sample_drawn_without_a_report_waits_for_the_laboratory_since_its_draw(dosed: Study) -> None:
    laboratory_id = laboratory(dosed)
    at(dosed, TODAY + timedelta(days=14))
    desk = nurse(dosed)
    visit = visits.record_visit(desk, BELIMUMAB, "W2", desk.today())
    sample = labs.save_results(desk, NewSample(BELIMUMAB, visit.id, "CBC", laboratory_id, desk.now()), ())
    view = shown(dosed, 20)
    (row,) = view.group("laboratory")
    assert (row.items[0].facts["panels"], row.items[0].facts["visit"]) == (("CBC",), "W2")
    assert (row.on, row.status, row.action, row.status_facts["days"]) == (
        TODAY + timedelta(days=14),
        "awaited",
        "enter_results",
        6,
    )
    labs.add_results(
        nurse(dosed), sample.id, (TypedResult("WBC", "4.1", "", Decimal("4.1"), "10^9/L"),), "R-1"
    )
    assert shown(dosed).group("laboratory") == ()


def test_screening_goes_from_consent_to_decision_to_allocation(trial: Study) -> None:
    subject_id = register(trial)
    (row,) = rows_of(shown(trial), "today", subject_id)
    assert (row.items[0].code, row.status, row.action) == ("eligibility", "to_decide", "open_eligibility")
    assert row.items[0].facts["undecided"] == row.items[0].facts["of"]
    screen(trial, subject_id)
    judge(trial, subject_id)
    (row,) = [row for row in rows_of(shown(trial), "today", subject_id) if row.items[0].code != "queries"]
    assert (row.items[0].code, row.action, row.status) == ("allocation_waits", "fill_gap", "incomplete")
    baseline(trial, subject_id)
    (row,) = [row for row in rows_of(shown(trial), "today", subject_id) if row.items[0].code != "queries"]
    assert (row.items[0].code, row.action) == ("allocation", "open_allocation")


def test_eligibility_waits_for_open_decisions_and_says_which(study: Study) -> None:
    decide_everything(study, but=frozenset({"D01", "D02", "D09"}))
    subject_id = register(study)
    view = shown(study)
    (row,) = rows_of(view, "today", subject_id)
    assert row.status == "waits"
    assert row.hints[0].facts["codes"] == ("D01", "D02")
    assert (view.enrolment.target, view.enrolment.waits) == (None, "D09")


def test_a_plan_that_cannot_be_computed_says_which_decision_is_missing(dosed: Study) -> None:
    pi = dosed.sit("wu.min", roles.PI)
    with pi.view() as session:
        made = {each.code: each.number for each in decisions.decisions_made(session)}
    signing = decisions.signing_for(decisions.WITHDRAW, "en", PASSWORD)
    decisions.withdraw_decision(pi, dosed.folder, made["D10"], "Asked again.", signing)
    (row,) = [row for row in shown(dosed, 2).group("today") if row.who is None]
    (item,) = row.items
    assert (item.code, item.facts["part"], item.facts["codes"]) == ("plan_unknown", "BEL", ("D10",))
    assert item.facts["subjects"] == ("SLE-001", "SLE-002")
    assert (row.status, row.action) == ("open", "open_clarification")


def test_proposed_deviations_and_open_queries_are_seen(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    desk = nurse(dosed)
    inject(desk, INTERLEUKIN, administered=Decimal(2), reason="mistake")
    with desk.change("form.save") as change:
        change.add(
            Query(
                subject_id=BELIMUMAB,
                about_table="form_record",
                about_id=1,
                question="value.unlikely",
                raised_at=change.at,
                raised_by=change.actor.user_id,
            )
        )
    view = overview.today(desk)
    (asked,) = [row for row in rows_of(view, "today", BELIMUMAB) if row.items[0].code == "queries"]
    assert (asked.items[0].facts["count"], asked.action, view.cards.open_queries) == (1, "answer_query", 1)
    (row,) = [row for row in rows_of(view, "today", INTERLEUKIN) if row.items[0].code == "deviations"]
    assert (dict(row.items[0].facts), row.action) == ({"count": 1, "major": 1}, "settle_deviations")


def test_forms_to_sign_wait_until_they_are_signed(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=28))
    desk = dosed.sit("zhao.jing", roles.INVESTIGATOR)
    assert overview.today(desk).to_sign == ()
    visit = visits.record_visit(desk, BELIMUMAB, "W4", desk.today())
    score(desk, BELIMUMAB, visit.id, "pga")
    score(desk, BELIMUMAB, visit.id, "sledai2k")
    (entry,) = overview.today(desk).to_sign
    assert (entry.who.code, entry.visit, entry.forms) == ("SLE-002", "W4", ("pga", "sledai2k"))
    assert overview.today(desk).cards.to_sign == 2


def test_who_left_is_due_for_nothing_but_the_visit_of_leaving(dosed: Study) -> None:
    dispositions.record_disposition(nurse(dosed), BOTH, "exit", "", TODAY, "subject")
    view = shown(dosed, 28)
    assert rows_of(view, "today", BOTH) == []
    (row,) = rows_of(view, "overdue", BOTH)
    assert [(item.code, item.facts["visit"]) for item in row.items] == [("visit", "ET")]
    assert all("SLE-001" not in entry.subjects for day in view.week for entry in day.planned)


def test_names_are_for_the_ward_and_values_for_those_who_see_them(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    assert {row.who.name != "" for row in overview.today(nurse(dosed)).group("today") if row.who} == {True}
    monitor = overview.today(dosed.sit("he.jian", roles.MONITOR))
    assert {row.who.name for row in monitor.group("today") if row.who} == {""}
    for login, role in (("sun.tong", roles.STATISTICIAN), ("xu.feng", roles.ADMINISTRATOR)):
        view = overview.today(dosed.sit(login, role))
        assert all(group.rows == () for group in view.groups)
        assert (view.enrolment.screened, view.enrolment.randomised, view.enrolment.target) == (3, 3, 30)


def questions(desk: Desk) -> int:
    """Return how many statements Today asks of the file."""
    asked = []

    def note(*facts: object) -> None:
        asked.append(facts[2])

    event.listen(desk.database.engine, "before_cursor_execute", note)
    try:
        overview.today(desk)
    finally:
        event.remove(desk.database.engine, "before_cursor_execute", note)
    return len(asked)


def test_more_subjects_ask_no_more_of_the_file(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    before = questions(nurse(dosed))
    for number in range(4, 10):
        register(dosed, number)
    desk = nurse(dosed)
    inject(desk, BOTH)
    inject(desk, INTERLEUKIN)
    assert questions(desk) == before
