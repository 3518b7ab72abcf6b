"""Settings and package facts become the rules of an arm's plan; what is open stays unknown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from judged_subjects import TODAY, choices_made, decided, decision, reading
from registered_package import coded, files, registered

from sle_desk.domain import schedule
from sle_desk.domain.decisions import Decision, readings
from sle_desk.domain.plan_rules import NOT_SUPPORTED, OPEN, VISITS, ArmPlan, diary_due_days, plan_rules
from sle_desk.domain.protocol import VALUE
from sle_desk.domain.protocol_file import parse

DAY_ONE = date(2025, 1, 6)
EARLY_WINDOW = "visit.window_early_termination_days"


def decided_but(*codes: str) -> tuple[Decision, ...]:
    return tuple(each for each in decided() if each.code not in codes)


def instead(code: str, option: str, **values: str) -> tuple[Decision, ...]:
    number = len(choices_made(registered())) + 1
    return (*decided_but(code), decision(code, option, number, **values))


def plan(arm: str, decisions: tuple[Decision, ...] | None = None) -> ArmPlan:
    return plan_rules(reading(decisions), registered(), arm)


def study_days(found: ArmPlan, drug: str) -> list[int]:
    slots = schedule.dose_slots(DAY_ONE, found.rules)
    return [(slot.planned_on - DAY_ONE).days + 1 for slot in slots if slot.drug == drug]


def test_the_arm_of_both_drugs_has_42_and_12_injections_and_6_infusions() -> None:
    found = plan("BELIL2")
    assert found.unknown == ()
    assert study_days(found, "IL2") == [*range(1, 84, 2), *range(85, 163, 7)]
    assert study_days(found, "BEL") == [1, 29, 57, 85, 113, 141]


def test_an_arm_has_no_rules_for_a_drug_it_does_not_have() -> None:
    assert plan("BEL").rules.injections is None
    assert plan("IL2").rules.infusions is None


@given(some.dates(date(2024, 1, 1), date(2040, 12, 31)))
def test_every_infusion_lies_28_days_after_the_one_before(day_one: date) -> None:
    slots = schedule.dose_slots(day_one, plan("BEL").rules)
    assert [slot.planned_on for slot in slots] == [day_one + timedelta(days=28 * step) for step in range(6)]
    assert all((slot.closes_on - slot.planned_on).days == 5 for slot in slots)


@pytest.mark.parametrize(
    ("code", "option", "drug", "days"),
    [
        ("D10", "label", "BEL", [1, 15, 29, 57, 85, 113]),
        ("D10", "calendar_month", "BEL", [1, 32, 60, 91, 121, 152]),
        ("D11", "seven", "BEL", [1, 29, 57, 85, 113, 141, 169]),
        ("D14", "week_after_last", "IL2", [*range(1, 84, 2), *range(90, 168, 7)]),
    ],
)
def test_a_decision_changes_the_days(code: str, option: str, drug: str, days: list[int]) -> None:
    found = plan("BELIL2", instead(code, option))
    assert study_days(found, drug) == days


def test_43_injections_go_with_a_weekly_stage_that_begins_a_week_later_alone() -> None:
    number = len(choices_made(registered())) + 1
    later = decision("D14", "week_after_last", number + 1)
    found = plan("IL2", (*instead("D13", "forty_three"), later))
    assert study_days(found, "IL2") == [*range(1, 86, 2), *range(92, 170, 7)]
    together = plan("IL2", instead("D13", "forty_three"))
    assert not together.knows("IL2")


def test_the_arm_with_infusions_alone_may_go_on_longer() -> None:
    longer = instead("D12", "longer", belimumab_arm_b_infusions="9")
    assert study_days(plan("BEL", longer), "BEL")[-1] == 8 * 28 + 1
    assert study_days(plan("BELIL2", longer), "BEL")[-1] == 141


@pytest.mark.parametrize(("code", "part"), [("D10", "BEL"), ("D13", "IL2"), ("follow_up.days", VISITS)])
def test_what_nobody_decided_is_unknown_and_names_what_it_waits_for(code: str, part: str) -> None:
    found = plan("BELIL2", decided_but(code))
    (unknown,) = found.unknown
    assert (unknown.part, unknown.reason, unknown.codes) == (part, OPEN, (code,))
    assert found.waits == (code,)
    assert not found.knows(part)


def test_with_nothing_decided_nothing_is_planned() -> None:
    found = plan("BELIL2", ())
    assert (found.rules.infusions, found.rules.injections, found.rules.visits) == (None, None, ())
    assert {unknown.part for unknown in found.unknown} == {"BEL", "IL2", VISITS}
    assert "D10" in found.waits
    assert diary_due_days(reading(())) is None


def twice(*others: Decision) -> tuple[Decision, ...]:
    """Return everything decided as proposed, with a second cycle and what else is given."""
    codes = {each.code for each in others}
    return (
        *(
            each
            for each in instead("study.second_cycle", VALUE, study_second_cycle="yes")
            if each.code not in codes
        ),
        *others,
    )


def test_a_second_cycle_repeats_both_stages_24_weeks_later() -> None:
    found = plan("BELIL2", twice())
    assert study_days(found, "IL2")[54:57] == [169, 171, 173]
    assert len(study_days(found, "IL2")) == 108
    assert study_days(found, "BEL") == [1 + 28 * step for step in range(12)]


def test_the_visits_of_a_second_cycle_follow_and_its_end_is_that_of_the_treatment() -> None:
    visits = plan("BELIL2", twice()).rules.visits
    codes = [visit.code for visit in visits]
    assert codes[7:] == ["W24", "C2W28", "C2W32", "C2W36", "C2W40", "C2W44", "C2W48", "C2FU"]
    assert [visit.day for visit in visits if visit.code.startswith("C2W")] == [
        7 * w + 1 for w in range(28, 49, 4)
    ]
    assert [visit.code for visit in visits if visit.ends_treatment] == ["C2W48"]
    once = plan("BELIL2").rules.visits
    assert [visit.code for visit in once if visit.ends_treatment] == ["W24"]
    assert [visit.code for visit in once][-2:] == ["W24", "W28"]


@pytest.mark.parametrize(
    "code", ["visit.window_week_48_days", "visit.second_cycle_activity", "belimumab.second_cycle_infusions"]
)
def test_what_a_second_cycle_leaves_open_is_asked_with_one_alone(code: str) -> None:
    part = "BEL" if code.startswith("belimumab") else VISITS
    open_ = tuple(each for each in twice() if each.code != code)
    found = plan("BELIL2", open_)
    assert [(each.part, each.codes) for each in found.unknown] == [(part, (code,))]
    assert reading(open_).waits("allocation") == (code,)
    once = decided_but(code)
    assert plan("BELIL2", once) == plan("BELIL2")
    assert reading(once).waits("allocation") == ()


@pytest.mark.parametrize(("number", "known"), [("11", False), ("12", True), ("13", True)])
def test_an_arm_that_is_to_go_on_longer_does_not_end_before_a_second_cycle(number: str, known: bool) -> None:
    longer = decision("D12", "longer", 1000, belimumab_arm_b_infusions=number)
    found = plan("BEL", twice(longer))
    assert found.knows("BEL") is known
    if known:
        assert len(study_days(found, "BEL")) == int(number)
    else:
        (unknown,) = found.unknown
        assert "belimumab.arm_b_infusions" in unknown.codes and "study.second_cycle" in unknown.codes


def test_seven_infusions_and_six_end_in_week_48_and_seven_twice_pass_it() -> None:
    seven = decision("D11", "seven", 1000)
    assert study_days(plan("BELIL2", twice(seven)), "BEL")[-1] == 48 * 7 + 1
    again = decision("belimumab.second_cycle_infusions", VALUE, 1001, belimumab_second_cycle_infusions="7")
    (unknown,) = plan("BELIL2", twice(seven, again)).unknown
    assert (unknown.part, unknown.reason) == ("BEL", NOT_SUPPORTED)


def test_a_package_that_asks_for_one_number_of_infusions_has_as_many_in_each_cycle() -> None:
    package = files("protocol.toml")
    settings = package["protocol.toml"]["setting"]
    settings.remove(coded(settings, "belimumab.second_cycle_infusions"))
    made = tuple(each for each in twice() if each.code != "belimumab.second_cycle_infusions")
    found = plan_rules(readings(parse(package), made, TODAY), parse(package), "BEL")
    assert study_days(found, "BEL") == [1 + 28 * step for step in range(12)]


@pytest.mark.parametrize(
    ("other", "named"),
    [(("D14", "day_85"), "il2.stage_2_start"), (("study.second_cycle", VALUE), "study.second_cycle")],
)
def test_what_has_no_calendar_names_decisions_and_is_not_guessed(other: tuple[str, str], named: str) -> None:
    anchored = decision("il2.anchoring", VALUE, 1000, il2_anchoring="last_dose")
    values = {"study_second_cycle": "yes"} if other[1] == VALUE else {}
    made = {each.code: each for each in decided()}
    made |= {"D14": decision("D14", "week_after_last", 1001), "il2.anchoring": anchored}
    made |= {other[0]: decision(*other, 1002, **values)}
    (unknown,) = plan("IL2", tuple(made.values())).unknown
    assert (unknown.part, unknown.reason, unknown.codes) == ("IL2", NOT_SUPPORTED, ("il2.anchoring", named))


def test_injections_can_be_counted_from_the_one_before() -> None:
    anchored = decision("il2.anchoring", VALUE, 1000, il2_anchoring="last_dose")
    made = (*decided_but("D14", "il2.anchoring"), decision("D14", "week_after_last", 1001), anchored)
    rules = plan("IL2", made).rules.injections
    assert rules is not None and rules.counted_from == schedule.FROM_LAST_DOSE


def test_two_doses_on_one_day_name_the_decisions_and_no_code_of_an_error() -> None:
    both = (decision("D13", "forty_three", 1000), decision("D14", "week_after_last", 1001))
    (unknown,) = plan("IL2", twice(*both)).unknown
    assert unknown.codes == ("il2.stage_1_doses", "il2.stage_2_start", "study.second_cycle")


def test_visits_come_with_their_windows_and_the_follow_up_with_the_last_dose() -> None:
    visits = schedule.planned_visits(DAY_ONE, plan("IL2").rules.visits, None)
    assert [visit.code for visit in visits] == ["V1", "W2", "W4", "W8", "W12", "W16", "W20", "W24"]
    week_4 = visits[2]
    assert (week_4.planned_on - week_4.opens_on).days == (week_4.closes_on - week_4.planned_on).days == 3
    ended = schedule.planned_visits(DAY_ONE, plan("IL2").rules.visits, date(2025, 6, 16))
    assert ended[-1].planned_on == date(2025, 7, 14)
    assert diary_due_days(reading()) == 3


def test_the_visit_of_leaving_waits_for_its_own_window_and_nothing_else_does() -> None:
    found = plan("BELIL2", decided_but(EARLY_WINDOW))
    assert found.unknown == () and len(found.rules.visits) == 9
    early = found.rules.early
    assert early is not None and (early.window, early.waits) == (None, (EARLY_WINDOW,))
    assert schedule.early_visits(early, DAY_ONE) == ()


def test_the_visit_of_leaving_lies_around_the_day_of_it() -> None:
    early = plan("BELIL2").rules.early
    assert early is not None and early.drugs == ()
    assert schedule.early_visits(early, None) == ()
    (visit,) = schedule.early_visits(early, DAY_ONE)
    week = timedelta(days=7)
    assert (visit.code, visit.planned_on) == ("ET", DAY_ONE)
    assert (visit.opens_on, visit.closes_on) == (DAY_ONE - week, DAY_ONE + week)


@pytest.mark.parametrize(
    ("anchor", "arm", "drugs"),
    [("exit", "BELIL2", ()), ("exit_or_stops", "BELIL2", ("BEL", "IL2")), ("exit_or_stops", "BEL", ("BEL",))],
)
def test_the_package_says_whether_the_stop_of_every_drug_counts_as_leaving(
    anchor: str, arm: str, drugs: tuple[str, ...]
) -> None:
    package = files("protocol.toml")
    coded(package["protocol.toml"]["visit"], "ET")["anchor"] = anchor
    early = plan_rules(reading(), parse(package), arm).rules.early
    assert early is not None and set(early.drugs) == set(drugs)


def test_a_package_that_anchors_no_visit_at_leaving_has_no_rule_for_it() -> None:
    package = files("protocol.toml")
    coded(package["protocol.toml"]["visit"], "ET").update(anchor="none", window="")
    assert plan_rules(reading(), parse(package), "BEL").rules.early is None
