"""What a decision would change is told before it is signed, and is what happens once it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import dispense, inject
from judged_subjects import choices_made
from registered_package import registered
from screened_studies import kept_screened, screened, screened_trial
from study_fixtures import Study
from trial_fixtures import arms as three_arms
from trial_fixtures import decide, made_arms, made_trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.protocol import VALUE, Given
from sle_desk.services import checklist, consequences, infusions, plan
from sle_desk.services.consequence_plans import VISITS, Amounts, Compared, Dates
from sle_desk.services.consequence_subjects import LeafChange, LeafChanges
from sle_desk.services.consequences import (
    AMOUNTS,
    CONDITIONS,
    DATES,
    DOSES,
    ENROLMENT,
    FLAGS,
    LATER,
    LEAVES,
    MEDICATION,
    REPORTS,
    WEIGHING,
    Enrolled,
    reaches,
)
from sle_desk.services.desk import Desk
from sle_desk.services.tried import Known

__all__ = ["kept_screened", "made_arms", "made_trial", "screened", "screened_trial", "three_arms"]

# What is computed of every clarification; nothing where no rule of the program reads it.
CLARIFICATIONS: Mapping[str, set[str]] = {
    **{f"D{number:02}": {LEAVES} for number in (*range(1, 6), 8, *range(16, 25))},
    "D06": {LEAVES, MEDICATION},
    "D07": {LEAVES, MEDICATION},
    "D09": {ENROLMENT, CONDITIONS},
    "D27": {CONDITIONS},
    **{f"D{number}": {DATES} for number in range(10, 15)},
    "D15": {MEDICATION},
    **{code: set() for code in ("D25", "D26", "D28", "D29")},
    "D30": {AMOUNTS},
}
SETTINGS: Mapping[str, set[str]] = {
    "screening.window_days": {CONDITIONS},
    "eligibility.pregnancy_test_days": {LEAVES, CONDITIONS},
    "eligibility.laboratory_days": {LEAVES, CONDITIONS},
    "eligibility.waiver_randomises": {CONDITIONS},
    **{
        code: {DATES}
        for code in (
            "visit.window_days",
            "visit.window_week_24_days",
            "visit.window_week_48_days",
            "belimumab.second_cycle_infusions",
            "visit.window_follow_up_days",
            "visit.window_early_termination_days",
            "follow_up.days",
            "study.second_cycle",
            "belimumab.window_days",
            "il2.anchoring",
            "il2.window_stage_1_days",
            "il2.window_stage_2_days",
            "diary.due_days",
        )
    },
    **{
        code: {AMOUNTS}
        for code in (
            "belimumab.vials_stocked",
            "belimumab.rounding_step",
            "belimumab.rounding_rule",
            "belimumab.volume_step",
        )
    },
    **{
        code: {DOSES}
        for code in (
            "il2.shortest_gap_hours",
            "il2.longest_gap_hours",
            "dose.reason_percent",
            "dose.deviation_percent",
            "dose.modal_fold",
        )
    },
    "weight.age_days": {CONDITIONS, DOSES},
    "weight.change_percent": {WEIGHING},
    "compliance.low_percent": {FLAGS},
    "compliance.high_percent": {FLAGS},
    "safety.report_hours": {REPORTS},
    "steroid.betamethasone_mg": {LEAVES, MEDICATION},
    "belimumab.supply": {LATER},
    "il2.supply": {LATER},
    "rescreening.days": {LATER},
    "visit.second_cycle_activity": {LATER},
    "rescreening.times": {LATER},
    # No rule reads these: people do.
    **{
        code: set()
        for code in (
            "sledai.window_days",
            "sledai.proteinuria_rule",
            "sledai.upcr_counts",
            "subject.word",
            "study.retention_years",
        )
    },
}


def test_it_is_declared_of_every_clarification_and_setting_what_is_computed_from_it() -> None:
    protocol = registered()
    assert {
        each.code: set(reaches(protocol, each.code)) for each in protocol.clarifications
    } == CLARIFICATIONS
    free = [each.code for each in protocol.settings if not each.clarification]
    assert {code: set(reaches(protocol, code)) for code in free} == SETTINGS


def told(desk: Desk, code: str, option: str, values: Mapping[str, Given] | None = None) -> tuple[object, ...]:
    return consequences.consequences(desk, code, option, values or {}).found


def leaves(desk: Desk, subject_id: int) -> dict[str, str]:
    """Return how each leaf stands, as the checklist shows it."""
    found = {}
    for row in checklist.checklist(desk, subject_id).rows:
        judged = row.judged
        state = {"void": "void", "waiting": "waits"}.get(judged.state)
        found[row.code] = state or ("missing" if judged.missing else judged.suggestion or "person")
    return found


def others() -> Iterator[tuple[str, str]]:
    """Yield of each clarification on criteria the options that ask nothing and are not in force."""
    protocol, chosen = registered(), dict(choices_made(registered()))
    for entry in protocol.clarifications:
        if LEAVES in CLARIFICATIONS[entry.code]:
            for option in entry.options:
                if option.code != chosen[entry.code] and not option.asks and not option.own_words:
                    yield entry.code, option.code


def test_what_is_told_of_each_reading_is_what_the_checklist_shows_once_it_is_decided(
    screened_trial: Study, screened: int
) -> None:
    desk = screened_trial.sit("wu.min", roles.PI)
    tried = list(others())
    assert {code for code, _ in tried} >= {"D01", "D02", "D04", "D05", "D07", "D08", "D16", "D18", "D24"}
    something = 0
    for code, option in tried:
        before, expected = leaves(desk, screened), told(desk, code, option)
        decide(screened_trial, desk, code, option)
        after = leaves(desk, screened)
        changed = tuple(
            LeafChange(leaf, before.get(leaf, ""), after.get(leaf, ""))
            for leaf in dict.fromkeys([*before, *after])
            if before.get(leaf, "") != after.get(leaf, "")
        )
        found = [each for each in expected if isinstance(each, LeafChanges)]
        assert [each.leaves for each in found] == ([changed] if changed else []), (code, option)
        something += bool(changed)
    assert something > 10


def test_who_would_be_excluded_is_told_by_the_leaf_and_its_verdict(
    screened_trial: Study, screened: int
) -> None:
    desk = screened_trial.sit("wu.min", roles.PI)
    limits = {
        "eligibility.neutrophils_below": "2.5",
        "eligibility.lymphocytes_below": "0.5",
        "eligibility.glucocorticoid_above": "5",
        "eligibility.glucocorticoid_days": "31",
    }
    found = consequences.consequences(desk, "D02", "other_limits", limits)
    (change,) = found.found
    assert isinstance(change, LeafChanges) and change.excluding == ("E1c", "E1h") and found.excludes
    assert (change.whose.code, change.whose.randomised, change.signed) == ("SLE-001", False, "")
    with pytest.raises(RuleBroken, match=r"decision\.value_missing"):
        told(desk, "D02", "other_limits")
    assert not consequences.consequences(desk, "D02", "own_words", {}).excludes


def test_a_signed_subject_keeps_the_verdict_and_is_told_of_when_another_reading_excludes(
    three_arms: Study,
) -> None:
    desk = three_arms.sit("wu.min", roles.PI)
    (*_, last) = told(
        desk, "D08", "other_bounds", {"eligibility.age_lowest": "40", "eligibility.age_highest": "70"}
    )
    assert isinstance(last, LeafChanges)
    assert (last.signed, last.was, last.becomes) == ("eligible", "eligible", "eligible")
    assert last.whose.randomised and last.excluding == ("I1",)


def planned(desk: Desk, subject_id: int) -> dict[str, dict[str, date]]:
    calendar = plan.calendar(desk, subject_id)
    days = {VISITS: {each.planned.code: each.planned.planned_on for each in calendar.visits}}
    for each in calendar.slots:
        days.setdefault(each.slot.drug, {})[str(each.slot.number)] = each.slot.planned_on
    return days


SCHEDULES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("D10", "calendar_month", {}),
    ("D11", "seven", {}),
    ("D12", "longer", {"belimumab_arm_b_infusions": "8"}),
    ("D14", "week_after_last", {}),
    ("D13", "forty_three", {}),
    # With 43 the first cycle would go on into the second one.
    ("D13", "forty_two", {}),
    # Seven and six monthly infusions would pass week 48, and eight in the other arm be fewer than twelve.
    ("D11", "six", {}),
    ("D12", "same", {}),
    ("study.second_cycle", VALUE, {"study_second_cycle": "yes"}),
    ("visit.window_week_48_days", VALUE, {"visit_window_week_48_days": "5"}),
    ("D10", "every_28_days", {}),
)


def test_the_dates_told_are_those_that_move_and_none_of_them_is_past(three_arms: Study) -> None:
    desk = three_arms.sit("lin.yue", roles.NURSE)
    for subject_id in (1, 3):
        dispense(desk, subject_id)
        inject(desk, subject_id)
    three_arms.clock.advance(timedelta(days=60))
    desk = three_arms.sit("wu.min", roles.PI)
    for code, option, values in SCHEDULES:
        named = {each.code.replace(".", "_"): each.code for each in desk.protocol.settings}
        given = {named[name]: value for name, value in values.items()}
        found = [each for each in told(desk, code, option, given) if isinstance(each, Dates)]
        before = {subject_id: planned(desk, subject_id) for subject_id in (1, 2, 3)}
        decide(three_arms, desk, code, option, **values)
        assert found, code
        for subject_id in (1, 2, 3):
            after = planned(desk, subject_id)
            for part in {*before[subject_id], *after}:
                was, becomes = before[subject_id].get(part, {}), after.get(part, {})
                moved = {key: becomes[key] for key in was if key in becomes and was[key] != becomes[key]}
                said = [each for each in found if (each.whose.id, each.part) == (subject_id, part)]
                assert {each.what: each.becomes for one in said for each in one.moved} == moved, (code, part)
                assert all(each.becomes >= desk.today() for one in said for each in one.moved)
                added = {becomes[key] for key in becomes if key not in was}
                assert {day.on_day for one in said for day in one.added} == added, (code, part)


def test_windows_that_would_be_wider_are_counted(three_arms: Study) -> None:
    desk = three_arms.sit("wu.min", roles.PI)
    found = told(desk, "il2.window_stage_1_days", VALUE, {"il2.window_stage_1_days": "0"})
    assert {
        (each.whose.code, each.part, each.windows, each.moved) for each in found if isinstance(each, Dates)
    } == {
        ("SLE-001", "IL2", 42, ()),
        ("SLE-003", "IL2", 42, ()),
    }


def test_the_next_dose_told_is_that_of_the_infusion_once_it_is_decided(three_arms: Study) -> None:
    desk = three_arms.sit("wu.min", roles.PI)
    found = told(desk, "belimumab.vials_stocked", VALUE, {"belimumab.vials_stocked": ("120",)})
    assert {each.whose.code for each in found if isinstance(each, Amounts)} == {"SLE-001", "SLE-002"}
    change = found[0]
    assert isinstance(change, Amounts) and change.was is not None and change.becomes is not None
    assert change.was.vials.least_waste.counts == ((Decimal(400), 1), (Decimal(120), 2))
    decide(three_arms, desk, "belimumab.vials_stocked", VALUE, belimumab_vials_stocked=("120",))
    assert infusions.propose_infusion(desk, 1).sum == change.becomes
    (vials,) = [each for each in told(desk, "D30", "product", {"il2.vial_strength": "0.5"})
                if isinstance(each, Amounts) and each.whose.code == "SLE-003"]  # fmt: skip
    assert (vials.vials_were, vials.vials_become) == (1, 2)


def test_recorded_doses_are_counted_by_another_rule_and_keep_the_rule_of_their_day(three_arms: Study) -> None:
    desk = three_arms.sit("lin.yue", roles.NURSE)
    dispense(desk, 3)
    inject(desk, 3, administered=Decimal("0.96"))
    desk = three_arms.sit("wu.min", roles.PI)
    (change,) = told(desk, "dose.reason_percent", VALUE, {"dose.reason_percent": "1"})
    assert isinstance(change, Compared)
    assert (change.whose.code, change.drug, change.was, change.becomes) == ("SLE-003", "IL2", 0, 1)


def test_the_target_is_told_beside_how_many_are_randomised_and_the_list(three_arms: Study) -> None:
    desk = three_arms.sit("wu.min", roles.PI)
    assert told(desk, "D09", "ten") == (Enrolled(3, 30, 10, 30),)


def test_a_reading_that_contradicts_another_in_force_is_refused_where_its_effect_would_stand(
    three_arms: Study,
) -> None:
    desk = three_arms.sit("wu.min", roles.PI)
    each = consequences.of_each(desk, "D13", {"forty_three": {}, "forty_two": {}})
    refused = each["forty_three"]
    assert isinstance(refused, RuleBroken) and refused.code == "decision.contradicts"
    assert each["forty_two"] == consequences.consequences(desk, "D13", "forty_two", {})
    decide(three_arms, desk, "study.second_cycle", VALUE, study_second_cycle="yes")
    with pytest.raises(RuleBroken, match=r"decision\.not_computed_beside"):
        told(desk, "D10", "label")


def test_nothing_is_kept_of_what_was_only_looked_at(three_arms: Study) -> None:
    desk = three_arms.sit("wu.min", roles.PI)
    before = desk.head()
    for code, option in choices_made(desk.protocol):
        if option != VALUE and not desk.protocol.clarification(code).option(option).asks:
            assert told(desk, code, option) == (), (code, option)
    assert desk.head() == before


def test_what_was_judged_is_forgotten_once_anything_is_written(screened_trial: Study, screened: int) -> None:
    desk, known = screened_trial.sit("wu.min", roles.PI), Known()
    options: dict[str, dict[str, Given]] = {"haemoglobin_only": {}}
    (before,) = consequences.of_each(desk, "D02", options, known=known).values()
    assert isinstance(before, consequences.Consequences) and before.found and known.facts
    decide(screened_trial, desk, "D02", "haemoglobin_only")
    (after,) = consequences.of_each(desk, "D02", options, known=known).values()
    assert isinstance(after, consequences.Consequences) and after.found == ()
