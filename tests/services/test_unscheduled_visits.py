"""Unscheduled visits come again and again: each stands for itself, with its day, its forms and its paper."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, vitals
from registered_package import files, refused
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports.printing import print_one
from sle_desk.exports.visit_summaries import visit_summary
from sle_desk.services import (
    drafts,
    entered_in_error,
    form_records,
    labs,
    overview,
    printables,
    typing_steps,
    visits,
    void_visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import TO_TYPE
from sle_desk.services.form_records import NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.printables import SUMMARY, WORKSHEET
from sle_desk.services.snapshots import snapshot
from sle_desk.services.visit_states import EMPTY, NOT_EXPECTED, VisitState, visit_states

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]
BOTH, C3 = 1, Decimal("0.7")


@pytest.fixture
def two(arms: Study) -> tuple[Study, int, int]:
    """An unscheduled visit with the vital signs, and another one a week later."""
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    first = visits.record_visit(desk, BOTH, "UNS", desk.today())
    vitals(desk, BOTH, first.id)
    at(arms, desk.today() + timedelta(days=7))
    desk = sit(arms)
    return arms, first.id, visits.record_visit(desk, BOTH, "UNS", desk.today()).id


def sit(study: Study) -> Desk:
    return study.sit("zhao.jing", roles.INVESTIGATOR)


def unscheduled(desk: Desk) -> list[VisitState]:
    return [state for state in visit_states(desk, BOTH) if state.code == "UNS"]


def test_each_stands_with_its_day_and_forms_and_another_can_be_begun(two: tuple[Study, int, int]) -> None:
    study, first, second = two
    states = unscheduled(sit(study))
    assert [state.visit_id for state in states] == [first, second, None]
    days = [state.on_day for state in states[:2]]
    assert all(days) and days[1] == days[0] + timedelta(days=7)  # type: ignore[operator]
    saved = [{form.code for form in state.forms if form.record_id is not None} for state in states[:2]]
    assert saved == [{"vitals"}, set()]
    assert all(form.visit_id == state.visit_id for state in states for form in state.forms)


def test_one_that_was_entered_in_error_leaves_the_other(two: tuple[Study, int, int]) -> None:
    study, first, second = two
    desk = sit(study)
    version = next(row.version for row in visits.visits(desk, BOTH) if row.id == second)
    void_visits.void_visit(desk, second, "slip", version, seen=())
    assert [state.visit_id for state in unscheduled(desk)] == [first, None]


def test_a_visit_can_be_entered_as_an_unscheduled_one_beside_another(two: tuple[Study, int, int]) -> None:
    study, first, second = two
    desk = sit(study)
    wrong = visits.record_visit(desk, BOTH, "W2", desk.today())
    assert "UNS" in entered_in_error.visits_instead(desk, wrong.id)
    moved = void_visits.void_visit(desk, wrong.id, "slip", wrong.version, seen=(), as_code="UNS")
    assert [state.visit_id for state in unscheduled(desk)] == [first, second, moved, None]
    assert "UNS" not in entered_in_error.visits_instead(desk, first)


def test_each_has_its_summary_and_the_next_its_worksheet(two: tuple[Study, int, int]) -> None:
    study, first, second = two
    desk = sit(study)
    own = [row for row in printables.printables(desk) if (row.subject_id, row.visit) == (BOTH, "UNS")]
    assert [(row.kind, row.visit_id) for row in own] == [
        (SUMMARY, first),
        (SUMMARY, second),
        (WORKSHEET, None),
    ]
    assert all(print_one(desk, row, Language("en")).content.startswith(b"%PDF") for row in own)


def test_today_asks_for_each_and_names_the_worksheet_of_its_own(two: tuple[Study, int, int]) -> None:
    study, first, second = two
    desk = sit(study)
    sheet = next(
        row
        for row in printables.printables(desk)
        if (row.subject_id, row.kind, row.visit) == (BOTH, WORKSHEET, "UNS")
    )
    print_one(desk, sheet, Language("en"))
    at(study, desk.today() + timedelta(days=1))
    desk = sit(study)
    rows = [row for row in overview.today(desk).group(TO_TYPE) if row.items[0].facts["visit"] == "UNS"]
    assert [row.items[0].facts["visit_id"] for row in rows] == [first, second]
    assert [[hint.code for hint in row.hints] for row in rows] == [[], ["worksheet"]]


def test_each_is_typed_from_its_worksheet_by_itself(two: tuple[Study, int, int]) -> None:
    study, first, second = two
    desk = sit(study)
    for visit, saved in ((first, {"vitals"}), (second, set())):
        steps = [step for step in typing_steps.steps(desk, visit) if step.visit_id is not None]
        assert {step.visit_id for step in steps} == {visit}
        assert {step.form for step in steps if step.saved} == saved


def test_its_worksheet_leads_through_what_is_expected_or_begun_alone(two: tuple[Study, int, int]) -> None:
    study, first, second = two
    desk = sit(study)

    def led(visit: int) -> list[str]:
        return [step.form for step in typing_steps.steps(desk, visit) if step.visit_id is not None]

    expected = ["visit_reason", "visit_questions"]
    assert (led(first), led(second)) == ([*expected, "vitals"], expected)
    drafts.keep_draft(desk, drafts.form_place(second, "pga"), "pga", "1.2")
    assert (led(first), led(second)) == ([*expected, "vitals"], [*expected, "pga"])
    # Whoever chose another form there goes on from it.
    chosen = typing_steps.Step("joints28", second)
    going = typing_steps.next_step(desk, second, chosen, saved=False)
    assert going is not None and going.visit_id is None
    before = typing_steps.next_step(desk, second, typing_steps.Step("visit_questions", second), saved=True)
    assert before == typing_steps.Step("pga", second)


def test_all_of_a_visit_of_leaving_can_be_recorded_and_the_reason_alone_has_to_be(
    two: tuple[Study, int, int],
) -> None:
    study, _first, second = two
    desk = sit(study)
    unplanned, leaving = desk.protocol.visit("UNS"), desk.protocol.visit("ET")
    assert set(leaving.forms) < set(unplanned.forms)
    assert set(leaving.panels) < set(unplanned.panels)
    laboratory = labs.save_results(
        desk, NewSample(BOTH, second, "COMP", 1, desk.now(), "P1"), (TypedResult("C3", "0.7", "", C3, "g/L"),)
    )
    assert laboratory is not None
    states = [{form.code: form.state for form in state.forms} for state in unscheduled(desk)[:2]]
    assert {code for code, state in states[0].items() if state == EMPTY} == {
        "visit_reason",
        "visit_questions",
    }
    assert (states[0]["sledai2k"], states[0]["CBC"]) == (NOT_EXPECTED, NOT_EXPECTED)
    assert states[0]["vitals"] not in (EMPTY, NOT_EXPECTED)
    assert (states[1]["vitals"], states[1]["COMP"]) == (NOT_EXPECTED, "partial")


def test_what_was_not_asked_for_is_neither_late_nor_missing(two: tuple[Study, int, int]) -> None:
    study, _first, second = two
    at(study, sit(study).today() + timedelta(days=1))
    desk = sit(study)
    rows = [row for row in overview.today(desk).group(TO_TYPE) if row.items[0].facts["visit"] == "UNS"]
    # The vital signs were begun at the first: they count there, and are typed whole.
    assert [(row.items[0].facts["forms"], row.items[0].facts["of"]) for row in rows] == [(2, 3), (2, 2)]
    with snapshot(desk) as copy:
        lacking = [note for note in visit_summary(copy, second).notes if note.kind == "missing"]
    assert [note.count for note in lacking] == [2]


def test_the_reason_is_asked_and_another_one_in_words(two: tuple[Study, int, int]) -> None:
    study, first, second = two
    desk = sit(study)
    day = desk.today()
    lone = Given({"reason": Value(choice="other")})
    form_records.save_form(desk, NewForm(BOTH, second, "visit_reason", day, lone))
    given = Given({"reason": Value(choice="flare")})
    form_records.save_form(desk, NewForm(BOTH, first, "visit_reason", day - timedelta(days=7), given))
    states = [{form.code: form.state for form in state.forms} for state in unscheduled(desk)[:2]]
    assert [state["visit_reason"] for state in states] == ["complete", "partial"]
    reason = desk.protocol.form("visit_reason").field("reason")
    assert [choice.code for choice in reason.choices] == [
        "flare",
        "adverse_event",
        "laboratory",
        "dose",
        "other",
    ]
    assert reason.required and all(choice.label.zh for choice in reason.choices)


def test_nothing_can_be_expected_that_a_visit_does_not_hold() -> None:
    package = files("protocol.toml")
    (visit,) = [each for each in package["protocol.toml"]["visit"] if each["code"] == "UNS"]
    visit["expected"] = ["demography"]
    assert refused(package) == ("protocol.toml", "UNS.expected", "package.unknown_reference")
