"""Nothing holds before it is decided; decisions supersede, wait for their day, and can be withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import registered

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.decisions import (
    CONTRADICTED,
    IN_FORCE,
    OPEN,
    REOPENED,
    VOID,
    WAITING,
    Decision,
    Open,
    Readings,
    check_decision,
    readings,
)
from sle_desk.domain.protocol import REGISTRY, VALUE, Given

DAY = date(2026, 11, 23)
PROTOCOL = registered()
CLARIFICATIONS = [each.code for each in PROTOCOL.clarifications]
FREE = [each.code for each in PROTOCOL.settings if not each.clarification]
EVERY_OPTION = [(each.code, one.code) for each in PROTOCOL.clarifications for one in each.options]


def _some_value(code: str) -> Given:
    setting = PROTOCOL.setting(code)
    if setting.proposal is not None:
        return setting.proposal
    return setting.choices[0].code if setting.choices else str(setting.high)


def _chosen(
    code: str, option: str, number: int = 1, on: date = DAY, withdrawn: date | None = None
) -> Decision:
    found = PROTOCOL.clarification(code).option(option)
    values = {asked: _some_value(asked) for asked in found.asks}
    return Decision(code, option, values, "in my words" if found.own_words else "", on, withdrawn, number)


def _valued(code: str, value: Given, number: int = 1, on: date = DAY) -> Decision:
    return Decision(code, VALUE, {code: value}, "", on, None, number)


def _everything() -> Iterator[Decision]:
    numbers = count(1)
    for each in PROTOCOL.clarifications:
        yield _chosen(each.code, each.proposes or each.options[0].code, next(numbers))
    for code in FREE:
        yield _valued(code, _some_value(code), next(numbers))


def _on(*decisions: Decision, day: date = DAY) -> Readings:
    return readings(PROTOCOL, decisions, day)


def _why(decision: Decision, beside: Readings | None = None) -> str:
    with pytest.raises(RuleBroken) as refused:
        check_decision(PROTOCOL, decision, beside)
    return refused.value.code


def test_no_setting_has_a_value_before_it_is_decided_whatever_is_proposed() -> None:
    empty = _on()
    for setting in PROTOCOL.settings:
        assert empty.value(setting.code) == Open(setting.code, setting.clarification or setting.code)
        with pytest.raises(RuleBroken, match="setting.open"):
            empty.settled(setting.code)
    assert empty.open_codes == (*CLARIFICATIONS, *FREE)
    assert empty.versions == ()


def test_every_decision_made_leaves_nothing_open_and_nothing_waiting() -> None:
    decided = list(_everything())
    for decision in decided:
        check_decision(PROTOCOL, decision)
    all_in_force = _on(*decided)
    assert all_in_force.open_codes == ()
    acts = {act for each in (*PROTOCOL.clarifications, *PROTOCOL.settings) for act in each.waits}
    assert all(all_in_force.waits(act) == () for act in {*acts, "eligibility", "allocation"})
    assert all(state.state in (IN_FORCE, VOID) for state in all_in_force.leaves())
    assert all_in_force.versions == tuple((each.code, each.number) for each in decided)


@pytest.mark.parametrize(("code", "option"), EVERY_OPTION)
def test_any_option_of_any_clarification_can_be_decided_and_resolves_it(code: str, option: str) -> None:
    decision = _chosen(code, option)
    check_decision(PROTOCOL, decision)
    found = _on(decision)
    assert found.state(code) == IN_FORCE and code not in found.open_codes
    chosen = PROTOCOL.clarification(code).option(option)
    for setting in (*chosen.sets, *chosen.asks):
        assert not isinstance(found.value(setting), Open)
    for setting in chosen.unneeded:
        assert found.value(setting) == Open(setting, code)
    for act in PROTOCOL.clarification(code).waits:
        assert code in _on().waits(act) and code not in found.waits(act)


@pytest.mark.parametrize(("code", "option"), EVERY_OPTION)
def test_a_leaf_in_force_has_words_and_every_limit_its_evidence_needs(code: str, option: str) -> None:
    others = [each for each in _everything() if each.code != code]
    found = _on(*others, _chosen(code, option, 999))
    clashing = {"D13", "D14"} if (code, option) == ("D13", "forty_three") else set()
    assert set(found.open_codes) == clashing
    for state in found.leaves():
        assert state.state in (IN_FORCE, VOID)
        if state.state == VOID:
            assert not state.computed
            continue
        assert state.words is not None or state.own_words, state.leaf.code
        if state.computed:
            for setting in state.leaf.evidence.settings():
                found.settled(setting)


def test_a_leaf_of_clear_words_waits_for_nobody() -> None:
    state = _on().leaf("E1a")
    assert state is not None and (state.state, state.waits_on) == (IN_FORCE, ())
    assert state.words is not None and "90 g/L" in state.words.en


def test_a_leaf_waits_for_its_clarification_and_for_the_settings_of_its_evidence() -> None:
    state = _on().leaf("E8a")
    assert state is not None and state.state == WAITING and not state.computed
    assert state.waits_on == ("D24", "eligibility.pregnancy_test_days")
    half = _on(_chosen("D24", "twelve_months")).leaf("E8a")
    assert half is not None and (half.state, half.waits_on) == (WAITING, ("eligibility.pregnancy_test_days",))


def test_the_lost_words_wait_for_three_decisions_and_nothing_is_restored_before() -> None:
    found = _on()
    lost = found.leaf("E1b")
    assert lost is not None and lost.waits_on == ("D02", "D03", "D04")
    assert all(found.leaf(code) is None for code in ("E1c", "E1d", "E1e", "E1f", "E1g", "E1h", "I5", "E9a"))
    assert [state.leaf.code for state in found.leaves()] == [
        leaf.code for leaf in PROTOCOL.leaves if leaf.origin == REGISTRY
    ]
    half = _on(_chosen("D02", "restored"))
    lost = half.leaf("E1b")
    assert lost is not None and (lost.state, lost.waits_on) == (WAITING, ("D03", "D04"))
    assert half.waits("eligibility:E1b") == ("D03", "D04")
    neutrophils = half.leaf("E1c")
    assert neutrophils is not None and neutrophils.computed and neutrophils.decided_by == ("D02",)
    assert half.value("eligibility.neutrophils_below") == Decimal("1.0")


def test_haemoglobin_only_keeps_the_lost_words_in_sight_and_judges_nothing_of_them() -> None:
    found = _on(
        _chosen("D02", "haemoglobin_only"), _chosen("D03", "no_criterion"), _chosen("D04", "no_criterion")
    )
    states = {state.leaf.code: state.state for state in found.leaves()}
    assert states["E1b"] == VOID and states["E1a"] == IN_FORCE
    assert states["E1e"] == states["E1f"] == states["E1g"] == VOID
    assert not {"E1c", "E1d", "E1h"} & set(states)


def test_own_words_are_the_reading_and_nothing_is_computed() -> None:
    decision = Decision("D17", "own_words", {}, "24-hour clearance ≤ 30", DAY, None, 1)
    check_decision(PROTOCOL, decision)
    state = _on(decision).leaf("E2b")
    assert state is not None and (state.state, state.own_words) == (IN_FORCE, "24-hour clearance ≤ 30")
    assert not state.computed


def test_d03_refuses_plain_acceptance() -> None:
    assert _why(Decision("D03", "reworded", {}, " ", DAY, None, 1)) == "decision.own_words"
    state = _on(_chosen("D03", "reworded")).leaf("E1e")
    assert state is not None and state.own_words == "in my words" and not state.computed


def _made(code: str, option: str, own_words: str = "", **values: str) -> Decision:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return Decision(code, option, named, own_words, DAY, None, 1)


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (_made("D31", "one"), "decision.unknown"),
        (_made("D08", "both"), "decision.option"),
        (_made("D08", VALUE), "decision.option"),
        (_made("D08", "other_bounds", eligibility__age_lowest="20"), "decision.value_missing"),
        (_made("D08", "both_included", eligibility__age_lowest="20"), "decision.value_not_asked"),
        (_made("D08", "both_included", "and more"), "decision.no_own_words"),
        (_made("D09", "other", enrolment__target="2"), "setting.limits"),
        (_made("visit.window_days", VALUE), "decision.value_missing"),
        (_made("visit.window_days", VALUE, visit__window_days="15"), "setting.limits"),
        (_made("visit.window_days", "one", visit__window_days="3"), "decision.option"),
        (_made("belimumab.interval", VALUE, belimumab__interval="28d"), "decision.governed"),
    ],
)
def test_a_decision_that_the_package_does_not_allow_is_refused(decision: Decision, why: str) -> None:
    assert _why(decision) == why


def test_a_decision_holds_from_its_day_and_not_before() -> None:
    decision = _chosen("D10", "every_28_days")
    assert isinstance(_on(decision, day=DAY - timedelta(days=1)).value("belimumab.interval"), Open)
    assert _on(decision).value("belimumab.interval") == "28d"
    assert _on(decision, day=DAY + timedelta(days=400)).value("belimumab.interval") == "28d"


def test_a_later_decision_supersedes_from_its_own_day() -> None:
    first = _chosen("D10", "every_28_days", 1)
    second = _chosen("D10", "calendar_month", 2, DAY + timedelta(days=10))
    assert _on(first, second, day=DAY + timedelta(days=9)).value("belimumab.interval") == "28d"
    assert _on(second, first, day=DAY + timedelta(days=10)).value("belimumab.interval") == "calendar"


def test_of_two_that_took_effect_the_later_decided_stands_even_from_an_earlier_day() -> None:
    first = _chosen("D10", "every_28_days", 1, DAY + timedelta(days=10))
    second = _chosen("D10", "label", 2)
    assert _on(first, second, day=DAY + timedelta(days=20)).value("belimumab.interval") == "label"


def test_a_withdrawn_decision_opens_its_code_again_and_does_not_bring_back_the_one_before() -> None:
    first = _chosen("D02", "haemoglobin_only", 1)
    second = _chosen("D02", "restored", 2, DAY + timedelta(days=5), DAY + timedelta(days=10))
    before, after = DAY + timedelta(days=9), DAY + timedelta(days=10)
    assert _on(first, second, day=before).state("D02") == IN_FORCE
    found = _on(first, second, day=after)
    assert found.state("D02") == REOPENED and "D02" in found.open_codes
    assert found.leaf("E1c") is None and isinstance(found.value("eligibility.neutrophils_below"), Open)
    assert _on().state("D02") == OPEN
    third = _chosen("D02", "neutrophils_only", 3, after)
    assert _on(first, second, third, day=after).state("D02") == IN_FORCE


def test_one_withdrawn_before_its_day_never_held() -> None:
    first = _chosen("D02", "haemoglobin_only", 1)
    second = _chosen("D02", "restored", 2, DAY + timedelta(days=5), DAY + timedelta(days=5))
    found = _on(first, second, day=DAY + timedelta(days=30))
    decision = found.decision("D02")
    assert decision is not None and decision.option == "haemoglobin_only"


def test_43_injections_and_day_85_cannot_both_hold() -> None:
    start = _chosen("D14", "day_85", 1)
    check_decision(PROTOCOL, start, _on())
    assert _why(_chosen("D13", "forty_three", 2), _on(start)) == "decision.contradicts"
    assert _why(start, _on(_chosen("D13", "forty_three", 2))) == "decision.contradicts"
    check_decision(PROTOCOL, _chosen("D13", "forty_three", 2), _on(_chosen("D14", "week_after_last")))
    both = _on(start, _chosen("D13", "forty_three", 2))
    assert both.state("D13") == both.state("D14") == CONTRADICTED
    assert isinstance(both.value("il2.stage_1_doses"), Open) and isinstance(
        both.value("il2.stage_2_start"), Open
    )
    assert {"D13", "D14"} <= set(both.waits("schedule:IL2"))


def test_the_whole_verdict_waits_for_every_leaf_shown() -> None:
    found = _on()
    waiting = {code for state in found.leaves() for code in state.waits_on}
    assert set(found.waits("eligibility")) == waiting | {"D16", "D22"}
    assert found.waits("eligibility")[:4] == ("D01", "D02", "D03", "D04")


def test_allocation_waits_for_whatever_a_plan_or_a_preparation_needs() -> None:
    blocking = set(_on().waits("allocation"))
    for act in ("schedule:BEL", "schedule:IL2", "prepare:BEL", "prepare:IL2", "visits"):
        assert set(_on().waits(act)) <= blocking, act
    assert {"D09", "D27"} <= blocking


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["every_28_days", "calendar_month", "label"]),
            st.integers(0, 20),
            st.none() | st.integers(0, 20),
        ),
        max_size=6,
    ),
    st.integers(0, 20),
    st.randoms(use_true_random=False),
)
def test_what_holds_on_a_day_follows_from_numbers_and_days_alone(
    made: list[tuple[str, int, int | None]], on: int, shuffled: object
) -> None:
    def after(days: int) -> date:
        return DAY + timedelta(days=days)

    decisions = [
        _chosen("D10", option, number, after(day), None if off is None else after(off))
        for number, (option, day, off) in enumerate(made, 1)
    ]
    shuffled.shuffle(decisions)  # type: ignore[attr-defined]
    expected: str | None = None
    for option, day, off in made:
        if day <= on and (off is None or off > day):
            expected = option if off is None or off > on else None
    decision = _on(*decisions, day=after(on)).decision("D10")
    assert (decision.option if decision else None) == expected
