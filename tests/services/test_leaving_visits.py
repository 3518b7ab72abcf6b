"""After an ordinary exit: its own visit becomes due, what is held or filled in later is proposed once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at
from ended_subjects import DAY_ONE, die, due, rows, sit, treated, withdraw
from hypothesis import given
from hypothesis import strategies as some
from study_fixtures import PASSWORD, Study, clock, made_study, study
from treated_subject import BOTH
from trial_fixtures import arms, decide, laboratory, made_arms, made_trial, register, results, trial, vitals

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.protocol import VALUE
from sle_desk.services import (
    closed_windows,
    decisions,
    deviations,
    dispositions,
    form_records,
    overview,
    plan,
    record_corrections,
    visits,
    week,
)
from sle_desk.services.answers import Given
from sle_desk.services.courses import Course
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import TodayRow
from sle_desk.services.form_records import NewForm
from sle_desk.services.plan import OVERDUE, WINDOW_OPEN
from sle_desk.services.record_corrections import Why
from sle_desk.ui.pages.today_rows import RowWords

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "treated", "trial"]
BOTH_DRUGS = ("BEL", "IL2")
WINDOW = "visit.window_early_termination_days"
EXITS = [("exit", "investigator"), ("exit", "lost"), ("exit", "subject"), ("completed", "completed")]


def leave(desk: Desk, kind: str = "exit", reason: str = "subject", day: date | None = None):
    notes = {"completed": "The sponsor closed the study.", "lost": "Not reached by telephone."}
    return dispositions.record_disposition(
        desk, BOTH, kind, "", day or desk.today(), reason, notes.get(reason, "")
    )


def proposed(desk: Desk, about: str = "") -> list[str]:
    found = deviations.deviations(desk, BOTH, progress="proposed")
    return sorted(row.code for row in found if about in ("", row.about_table))


def early(desk: Desk) -> list[tuple[str, date, date, date]]:
    """Return the visit of leaving early as the plan has it: state, planned day, window."""
    return [
        (each.state, each.planned.planned_on, each.planned.opens_on, each.planned.closes_on)
        for each in plan.calendar(desk, BOTH).visits
        if each.planned.code == "ET"
    ]


def asked(desk: Desk) -> list[TodayRow]:
    """Return the rows of Today that ask for a visit of the subject."""
    return [row for row in rows(desk) if "visit" in {item.code for item in row.items}]


def later(study: Study, days: int) -> Desk:
    at(study, study.clock.now().date() + timedelta(days=days))
    return sit(study)


@pytest.mark.parametrize(("kind", "reason"), EXITS)
def test_a_visit_after_leaving_is_recorded_with_its_reason_and_proposed_once(
    treated: Study, kind: str, reason: str
) -> None:
    step = leave(sit(treated), kind, reason)
    desk = later(treated, 2)
    with pytest.raises(RuleBroken, match=r"visit\.reason_needed"):
        visits.record_visit(desk, BOTH, "UNS", desk.today())
    row = visits.record_visit(desk, BOTH, "UNS", desk.today(), reason="condition")
    vitals(desk, BOTH, row.id)
    (found,) = deviations.deviations(desk, BOTH, progress="proposed")
    assert (found.code, found.severity, found.on_day) == ("visit.after_exit", "minor", desk.today())
    dispositions.void_disposition(desk, step.id, "slip", step.version)
    assert proposed(desk) == []


def test_a_visit_of_before_is_proposed_when_the_exit_is_told_later_and_moves_with_it(treated: Study) -> None:
    desk = later(treated, 2)
    visits.record_visit(desk, BOTH, "UNS", desk.today())
    step = leave(desk, "exit", "lost", desk.today() - timedelta(days=1))
    assert proposed(desk, "visit") == ["visit.after_exit"]
    why = Why(step.id, step.version, "source")
    record_corrections.correct_disposition(desk, why, desk.today(), "lost", "Not reached by telephone.")
    assert proposed(desk, "visit") == []


def test_a_form_and_a_sample_of_an_earlier_visit_are_proposed_by_their_own_day(treated: Study) -> None:
    laboratory_id = laboratory(treated)
    desk = sit(treated)
    visit = visits.record_visit(desk, BOTH, "UNS", desk.today())
    step = leave(desk)
    desk = later(treated, 2)
    weight = Given({"weight": form_records.Value(number=Decimal(61), typed="61")})
    form_records.save_form(desk, NewForm(BOTH, visit.id, "vitals", desk.today(), weight))
    results(desk, BOTH, visit.id, laboratory_id, "CBC", ("HGB",))
    found = deviations.deviations(desk, BOTH, progress="proposed")
    assert sorted((row.about_table, row.code) for row in found) == [
        ("form_record", "procedure.after_exit"),
        ("sample", "procedure.after_exit"),
    ]
    dispositions.void_disposition(desk, step.id, "slip", step.version)
    assert proposed(desk) == []


@pytest.mark.parametrize("reason", ["subject", "lost", "adverse_event"])
def test_after_an_exit_its_visit_is_due_in_plan_today_schedule_and_visits(
    treated: Study, reason: str
) -> None:
    desk = sit(treated)
    assert early(desk) == []
    step = leave(desk, "exit", reason)
    day, span = desk.today(), timedelta(days=7)
    assert early(desk) == [(WINDOW_OPEN, day, day - span, day + span)]
    (row,) = asked(desk)
    assert (row.group, row.action, row.items[0].facts["visit"]) == ("today", "open_visit", "ET")
    assert closed_windows.visit_plan(desk, BOTH).visits.keys() == {"ET"}
    shown = next(each for each in week.week(desk, day).rows if each.who.subject_id == BOTH)
    assert ("visit", "ET") in {(item.code, item.facts.get("visit")) for of in shown.days for item in of}
    desk = later(treated, 8)
    assert early(desk)[0][0] == OVERDUE
    (row,) = asked(desk)
    assert (row.group, row.days_late) == ("overdue", 8)
    dispositions.void_disposition(desk, step.id, "slip", step.version)
    assert early(desk) == []


def test_its_visit_is_no_deviation_in_its_window_and_one_outside_of_it(treated: Study) -> None:
    leave(sit(treated))
    desk = later(treated, 7)
    row = visits.record_visit(desk, BOTH, "ET", desk.today())
    vitals(desk, BOTH, row.id)
    assert proposed(desk) == []
    assert "ET" in {str(item.facts.get("visit")) for each in asked(desk) for item in each.items}
    desk = later(treated, 1)
    seen = visits.visits(desk, BOTH)[-1]
    record_corrections.correct_visit_day(desk, Why(seen.id, seen.version, "source"), desk.today())
    assert proposed(desk) == ["visit.outside_window"]


def test_its_visit_held_before_the_exit_was_told_is_compared_once_it_is(treated: Study) -> None:
    desk = sit(treated)
    visits.record_visit(desk, BOTH, "ET", DAY_ONE + timedelta(days=1))
    desk = later(treated, 10)
    step = leave(desk)
    assert proposed(desk, "visit") == ["visit.outside_window"] and due(desk) == set()
    dispositions.void_disposition(desk, step.id, "slip", step.version)
    assert proposed(desk, "visit") == []


def test_its_visit_that_was_not_done_is_proposed_once_and_is_due_no_more(treated: Study) -> None:
    leave(sit(treated), "exit", "lost")
    desk = later(treated, 9)
    visits.record_not_done(desk, BOTH, "ET", "impossible")
    assert proposed(desk) == ["visit.missed"] and due(desk) == set()


@pytest.mark.parametrize("tell", ["completed", "death", "exit for death", "visits withdrawn", "never dosed"])
def test_nobody_is_asked_to_come_who_completed_died_withdrew_or_was_never_dosed(
    treated: Study, tell: str
) -> None:
    desk = sit(treated)
    if tell == "completed":
        leave(desk, "completed", "completed")
    elif tell == "death":
        leave(desk, day=DAY_ONE + timedelta(days=2))
        die(desk)
    elif tell == "exit for death":
        leave(desk, reason="death")
    elif tell == "visits withdrawn":
        leave(desk, day=DAY_ONE + timedelta(days=2))
        withdraw(desk, visits="Y")
    else:
        dispositions.record_disposition(desk, 2, "exit", "", desk.today(), "subject")
        assert [each for each in plan.calendar(desk, 2).visits if each.planned.code == "ET"] == []
        return
    assert early(desk) == []
    assert "visit" not in due(desk)


def test_a_stop_of_every_drug_is_no_leaving_and_visits_go_on(treated: Study) -> None:
    desk = sit(treated)
    for drug in ("BEL", "IL2"):
        dispositions.record_disposition(desk, BOTH, "drug_stop", drug, desk.today(), "adverse_event")
    assert early(desk) == []
    assert "W8" in {each.planned.code for each in plan.calendar(desk, BOTH).visits}


def reopened(study: Study) -> None:
    """Withdraw the decision on the window: it is open again."""
    desk = study.sit("wu.min", roles.PI)
    with desk.view() as session:
        made = {each.code: each.number for each in decisions.decisions_made(session)}
    signing = decisions.signing_for(decisions.WITHDRAW, "en", PASSWORD)
    decisions.withdraw_decision(desk, study.folder, made[WINDOW], "Asked again.", signing)
    study.leave()


def test_while_its_window_is_open_today_says_what_it_waits_for(treated: Study) -> None:
    reopened(treated)
    desk = sit(treated)
    assert waiting(desk) == []
    leave(desk)
    assert early(desk) == []
    assert waiting(desk) == [("ET", (WINDOW,), ("SLE-001",))]
    words = desk.protocol.setting(WINDOW).label
    assert said(desk, "en") == f"Schedule not computed: Early termination, open: “{words.en}”"
    assert "提前终止访视" in said(desk, "zh_CN") and words.zh in said(desk, "zh_CN")
    visits.record_visit(desk, BOTH, "ET", desk.today())
    assert waiting(desk) == []
    row = visits.visits(desk, BOTH)[-1]
    assert row.code == "ET" and proposed(desk) == []


def test_once_its_window_is_decided_it_is_due(treated: Study) -> None:
    reopened(treated)
    leave(sit(treated))
    treated.leave()
    desk = treated.sit("wu.min", roles.PI)
    decide(treated, desk, WINDOW, VALUE, visit_window_early_termination_days="14")
    desk = sit(treated)
    assert waiting(desk) == []
    assert early(desk)[0][3] == desk.today() + timedelta(days=14)


def said(desk: Desk, language: str) -> str:
    """Return what Today says of a plan that waits."""
    words = RowWords(desk.protocol, Language(language), desk.today())
    found = [row for row in overview.today(desk).group("today") if row.action == "open_clarification"]
    return " ".join(map(words.due, found))


def waiting(desk: Desk) -> list[tuple[object, object, object]]:
    found = [item for row in overview.today(desk).group("today") for item in row.items]
    return [
        (item.facts["part"], item.facts["codes"], item.facts["subjects"])
        for item in found
        if item.code == "plan_unknown"
    ]


numbered = some.none() | some.integers(0, 200)


@given(numbered, some.dictionaries(some.sampled_from(["BEL", "IL2"]), some.integers(0, 200)), numbered)
def test_leaving_early_is_the_exit_or_where_the_package_says_so_the_last_stop(
    exited, stops, withdrawn
) -> None:
    def day(number: int | None) -> date | None:
        return None if number is None else DAY_ONE + timedelta(days=number)

    scopes = {} if withdrawn is None else {"treatment": day(withdrawn)}
    stopped = {drug: day(number) for drug, number in stops.items()}
    found = Course(1, "SLE-001", "BELIL2", None, exited_on=day(exited), stops=stopped, withdrawn=scopes)
    assert found.left_early_on() == day(exited)
    ends = [
        min((n for n in (stops.get(drug), withdrawn) if n is not None), default=None) for drug in BOTH_DRUGS
    ]
    last = None if None in ends else max(ends)
    assert found.left_early_on(BOTH_DRUGS) == day(
        min((number for number in (exited, last) if number is not None), default=None)
    )


def test_after_a_screen_failure_a_visit_takes_its_reason_and_what_is_done_is_proposed(trial: Study) -> None:
    subject_id = register(trial)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    before = visits.record_visit(desk, subject_id, "V0", desk.today())
    note = "Consent withdrawn."
    step = dispositions.record_disposition(
        desk, subject_id, "screen_failure", "", desk.today(), "consent", note
    )
    at(trial, desk.today() + timedelta(days=2))
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(RuleBroken, match=r"visit\.reason_needed"):
        visits.record_visit(desk, subject_id, "UNS", desk.today())
    late = visits.record_visit(desk, subject_id, "UNS", desk.today(), reason="condition")
    vitals(desk, subject_id, late.id)
    vitals(desk, subject_id, before.id)

    def shown() -> list[tuple[str, str]]:
        found = deviations.deviations(desk, subject_id, progress="proposed")
        return sorted((row.about_table, row.code) for row in found if row.code.endswith("after_exit"))

    assert shown() == [("form_record", "procedure.after_exit"), ("visit", "visit.after_exit")]
    dispositions.void_disposition(desk, step.id, "slip", step.version)
    assert shown() == []
