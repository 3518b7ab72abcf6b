"""Infusions: weighed, computed, prepared and checked before; recorded as given whatever happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, infuse, prepared, weigh
from study_fixtures import PASSWORD, Study
from trial_fixtures import WEIGHT, arms, made_arms, made_trial, register, trial, vitals

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.services import decisions, deviations, dispositions, dose_log, infusions, preparing
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import GivenDose, VialUse

__all__ = ["arms", "made_arms", "made_trial", "trial"]

TODAY = date(2026, 11, 23)
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def given(desk: Desk, **changes: object) -> GivenDose:
    """Return an infusion of now, given over no time to speak of."""
    dose = GivenDose(
        subject_id=BELIMUMAB,
        drug="BEL",
        on_day=desk.today(),
        started_at=desk.now(),
        ended_at=desk.now(),
        observed_until=desk.now(),
        administered=Decimal(612),
        reaction="none",
        place="ward",
    )
    return replace(dose, **changes)  # type: ignore[arg-type]


def codes(desk: Desk) -> set[tuple[str, str]]:
    rows = deviations.deviations(desk, BELIMUMAB)
    return {(row.code, row.severity) for row in rows if row.code != "visit.outside_window"}


def test_the_sum_is_shown_whole_10_x_61_2_is_612_from_400_and_2_x_120_with_28_left_over(arms: Study) -> None:
    shown = infusions.propose_infusion(nurse(arms), BELIMUMAB, Decimal("61.2"))
    assert shown.sum is not None
    vials = shown.sum.vials.least_waste
    assert (shown.sum.prescribed.per_kg, shown.sum.prescribed.dose) == (10, 612)
    assert (vials.counts, vials.left_over) == (((400, 1), (120, 2)), 28)
    assert (shown.sum.volume_ml, shown.volume_shown) == (Decimal("7.65"), Decimal("7.7"))
    assert (shown.slot.number if shown.slot else 0, shown.planned, shown.strengths) == (1, 6, (400, 120))


def test_without_a_new_weight_the_sum_rests_on_a_saved_one_that_is_not_too_old(arms: Study) -> None:
    shown = infusions.propose_infusion(nurse(arms), BELIMUMAB)
    assert (shown.weight, shown.weighed_on) == (WEIGHT, TODAY)
    at(arms, TODAY + timedelta(days=1))
    later = infusions.propose_infusion(nurse(arms), BELIMUMAB)
    assert (later.weight, later.sum, later.last_weight) == (None, None, infusions.Weight(WEIGHT, TODAY))


def test_a_weight_that_changed_by_more_than_was_decided_is_to_be_taken_again(arms: Study) -> None:
    at(arms, TODAY + timedelta(days=1))
    desk = nurse(arms)
    assert not infusions.propose_infusion(desk, BELIMUMAB, Decimal("67.3")).weigh_again
    assert infusions.propose_infusion(desk, BELIMUMAB, Decimal("67.4")).weigh_again
    with pytest.raises(RuleBroken, match="prepare.weight_changed"):
        preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, Decimal("67.4")))
    row = preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, Decimal("67.4"), weighed_again=True))
    assert row.prescribed == 674


def test_while_a_setting_is_open_the_sum_says_what_it_waits_for(arms: Study) -> None:
    pi = arms.sit("wu.min", roles.PI)
    with pi.view() as session:
        made = {each.code: each.number for each in decisions.decisions_made(session)}
    signing = decisions.signing_for(decisions.WITHDRAW, "en", PASSWORD)
    decisions.withdraw_decision(pi, arms.folder, made["belimumab.vials_stocked"], "Stock changed.", signing)
    desk = nurse(arms)
    shown = infusions.propose_infusion(desk, BELIMUMAB, WEIGHT)
    assert (shown.sum, shown.waits) == (None, ("belimumab.vials_stocked",))
    vials = (VialUse("C7K2", Decimal(400), 1), VialUse("C7K3", Decimal(120), 2))
    with pytest.raises(RuleBroken, match="prepare.waits") as refused:
        preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, vials=vials))
    name = desk.protocol.setting("belimumab.vials_stocked").label
    assert refused.value.facts["waits"] == Words(f"“{name.en}”", f"“{name.zh}”")


def test_an_infusion_goes_in_two_steps_and_keeps_prescribed_prepared_and_given_apart(arms: Study) -> None:
    desk = nurse(arms)
    row = preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    assert (row.prescribed, row.prepared, row.left_over) == (612, 640, 28)
    (waiting,) = dose_log.doses(desk, BELIMUMAB)
    assert (waiting.progress, waiting.slot, waiting.given.reaction) == ("prepared", None, "")
    assert infusions.propose_infusion(desk, BELIMUMAB, WEIGHT).prepared_id == row.id
    recorded = infusions.give_infusion(desk, given(desk, administered=Decimal(600)), row.id, row.version)
    assert recorded.findings == ()
    (kept,) = dose_log.doses(desk, BELIMUMAB)
    entry = kept.given
    assert (kept.progress, entry.prescribed, entry.prepared, entry.administered) == ("given", 612, 640, 600)
    assert (entry.weight, entry.weight_day, entry.prepared_by, entry.checked_by) == (
        WEIGHT,
        TODAY,
        "Lin Yue",
        "Chen Lan",
    )
    assert [(used.strength, used.count) for used in entry.vials] == [(400, 1), (120, 2)]
    assert kept.slot is not None
    assert codes(desk) == set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"checked_by": ""}, "prepare.two_people"),
        ({"checked_by": "Lin Yue"}, "prepare.same_person"),
        ({"weighed_on": TODAY - timedelta(days=1)}, "prepare.old_weight"),
        ({"weighed_on": TODAY + timedelta(days=1)}, "prepare.old_weight"),
        ({"weight": Decimal(62)}, "prepare.other_weight"),
        ({"vials": (VialUse("C1", Decimal(400), 1),)}, "prepare.vials_short"),
        ({"vials": (VialUse("C1", Decimal(400), 20),)}, "prepare.vials_over"),
        ({"vials": (VialUse("C1", Decimal(200), 4),)}, "prepare.strength"),
        ({"vials": (VialUse(" ", Decimal(400), 2),)}, "prepare.lot"),
        ({"prescribed": Decimal(560)}, "prepare.other_dose"),
        ({"diluent": "dextrose"}, "dose.code"),
        ({"subject_id": INTERLEUKIN}, "prepare.off_arm"),
        ({"drug": "IL2"}, "dose.is_injection"),
    ],
)
def test_what_should_not_be_prepared_is_refused_before_the_act(
    arms: Study, changes: dict[str, object], code: str
) -> None:
    desk = nurse(arms)
    before = desk.head()
    with pytest.raises(RuleBroken) as refused:
        preparing.prepare_infusion(desk, replace(prepared(desk, BELIMUMAB), **changes))  # type: ignore[arg-type]
    assert refused.value.code == code
    assert desk.head() == before


def test_a_dose_prescribed_otherwise_is_prepared_with_its_reason(arms: Study) -> None:
    desk = nurse(arms)
    row = preparing.prepare_infusion(
        desk, prepared(desk, BELIMUMAB, prescribed=Decimal(560), reason="doctor")
    )
    assert row.prescribed == 560


def test_nothing_is_prepared_twice_after_a_stop_or_without_an_arm(arms: Study) -> None:
    desk = nurse(arms)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    with pytest.raises(RuleBroken, match="prepare.already"):
        preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    dispositions.record_disposition(desk, BOTH, "drug_stop", "BEL", TODAY, "subject")
    at(arms, TODAY + timedelta(days=1))
    desk = nurse(arms)
    with pytest.raises(RuleBroken, match="prepare.stopped"):
        preparing.prepare_infusion(desk, prepared(desk, BOTH))
    desk = nurse(arms)
    made = prepared(desk, BELIMUMAB)
    dispositions.record_disposition(desk, BELIMUMAB, "exit", "", TODAY, "subject")
    with pytest.raises(RuleBroken, match="prepare.left"):
        preparing.prepare_infusion(desk, made)
    subject_id = register(arms, 9)
    with pytest.raises(RuleBroken, match="dose.not_allocated"):
        preparing.prepare_infusion(nurse(arms), replace(made, subject_id=subject_id))


def test_an_infusion_nobody_recorded_as_prepared_is_recorded_with_what_it_shows(arms: Study) -> None:
    at(arms, TODAY + timedelta(days=1))
    desk = nurse(arms)
    with_old_weight = given(
        desk, weight=WEIGHT, weight_day=TODAY - timedelta(days=9), administered=Decimal(400)
    )
    with pytest.raises(RuleBroken, match="reason_needed"):
        infusions.give_infusion(desk, with_old_weight)
    infusions.give_infusion(desk, replace(with_old_weight, reason="mistake"))
    assert codes(desk) == {("dose.old_weight", "minor"), ("dose.amount", "minor")}


def test_an_infusion_without_any_weight_is_recorded_too(arms: Study) -> None:
    desk = nurse(arms)
    infusions.give_infusion(desk, given(desk, reason="elsewhere"))
    assert codes(desk) == {("dose.no_weight", "minor")}


def test_an_infusion_to_the_arm_without_it_is_a_major_deviation_and_recorded(arms: Study) -> None:
    desk = nurse(arms)
    dose = given(desk, subject_id=INTERLEUKIN, weight=WEIGHT, weight_day=TODAY, reason="mistake")
    infusions.give_infusion(desk, dose)
    assert {row.code for row in deviations.deviations(desk, INTERLEUKIN)} == {"dose.off_arm"}


def test_giving_too_long_after_preparing_and_stopping_before_starting_are_seen(arms: Study) -> None:
    desk = nurse(arms)
    row = preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    arms.clock.advance(timedelta(hours=9))
    now = desk.now()
    wrong = given(desk, started_at=now, ended_at=now - timedelta(minutes=5))
    with pytest.raises(RuleBroken, match="times_order"):
        infusions.give_infusion(desk, wrong, row.id)
    infusions.give_infusion(desk, given(desk, reason="ward"), row.id)
    assert codes(desk) == {("dose.prepared_long_ago", "minor")}


def test_a_prepared_infusion_is_given_once_and_not_over_a_newer_version(arms: Study) -> None:
    desk = nurse(arms)
    row = preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    with pytest.raises(Stale):
        infusions.give_infusion(desk, given(desk), row.id, row.version + 1)
    infusions.give_infusion(desk, given(desk), row.id, row.version)
    with pytest.raises(RuleBroken, match="not_prepared"):
        infusions.give_infusion(desk, given(desk), row.id)


def test_a_whole_course_of_six_infusions_is_complete(arms: Study) -> None:
    for number, visit in enumerate(("V1", "W4", "W8", "W12", "W16", "W20")):
        day = at(arms, TODAY + timedelta(days=28 * number), "18:00").date()
        desk = nurse(arms)
        if number:
            weigh(desk, BELIMUMAB, visit, WEIGHT + number)
        infuse(arms, desk, BELIMUMAB, WEIGHT + number)
        assert day == desk.today()
    at(arms, TODAY + timedelta(days=150))
    log = dose_log.dose_log(nurse(arms), BELIMUMAB)
    whole = [row for row in log.compliance if row.counts.stage is None]
    assert [(row.counts.planned, row.counts.given, row.counts.on_planned_day, row.flag) for row in whole] == [
        (6, 6, 6, "")
    ]
    assert log.exposure[0].amount == sum(10 * (WEIGHT + number) for number in range(6))
    assert codes(nurse(arms)) == set()


def test_a_monitor_prepares_and_gives_nothing(arms: Study) -> None:
    desk = arms.sit("he.jian", roles.MONITOR)
    with pytest.raises(NotAllowed):
        preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    with pytest.raises(NotAllowed):
        infusions.give_infusion(desk, given(desk))


def test_a_corrected_weight_of_the_day_is_the_one_that_counts(arms: Study) -> None:
    at(arms, TODAY + timedelta(days=14))
    desk = nurse(arms)
    visit = weigh(desk, BELIMUMAB, "W2", Decimal(60))
    assert infusions.propose_infusion(desk, BELIMUMAB).weight == 60
    assert visit
    with pytest.raises(RuleBroken, match="form.twice"):
        vitals(desk, BELIMUMAB, visit, Decimal(61))


def test_vials_too_many_are_prepared_with_a_reason_and_proposed_when_given(arms: Study) -> None:
    desk = nurse(arms)
    twenty = (VialUse("C1", Decimal(400), 20),)
    row = preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, vials=twenty, reason="ward"))
    recorded = infusions.give_infusion(desk, given(desk), row.id, row.version)
    assert [(each.code, each.severity) for each in recorded.findings] == [("dose.vials_over", "minor")]
    assert codes(desk) == {("dose.vials_over", "minor")}


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"vials": (VialUse("C1", Decimal(400), 3),)}, ("dose.vials_over", "minor")),
        ({"vials": (VialUse("C1", Decimal(250), 3),)}, ("dose.strength_not_stocked", "reason")),
        ({"checked_by": " lin yue"}, ("dose.same_person", "minor")),
        ({"weight_day": TODAY - timedelta(days=12)}, ("dose.old_weight", "minor")),
        ({"weight_day": None}, ("dose.no_weight", "minor")),
    ],
)
def test_what_is_asked_before_preparing_is_asked_of_what_was_given_already(
    arms: Study, changes: dict[str, object], shown: tuple[str, str]
) -> None:
    desk = nurse(arms)
    two = (VialUse("C1", Decimal(400), 1), VialUse("C2", Decimal(120), 2))
    facts = {"weight": WEIGHT, "weight_day": TODAY, "prepared_by": "Lin Yue", "vials": two}
    with pytest.raises(RuleBroken, match="dose.reason_needed"):
        infusions.give_infusion(desk, given(desk, **{**facts, **changes}))
    recorded = infusions.give_infusion(desk, given(desk, **{**facts, **changes, "reason": "ward"}))
    assert [(each.code, each.severity) for each in recorded.findings if each.severity != "warning"] == [shown]


def test_a_weight_has_no_day_in_the_future(arms: Study) -> None:
    desk = nurse(arms)
    with pytest.raises(RuleBroken, match="day.future"):
        infusions.give_infusion(desk, given(desk, weight=WEIGHT, weight_day=TODAY + timedelta(days=1)))
    with pytest.raises(RuleBroken, match="dose.weight_day_alone"):
        infusions.give_infusion(desk, given(desk, weight_day=TODAY, reason="ward"))
