"""An infusion that was prepared and not given is said to be so: what was used up stays in the record."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, infuse, prepared, weigh
from study_fixtures import START, Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.services import (
    deviations,
    dose_corrections,
    dose_log,
    infusions,
    not_given,
    overview,
    pauses,
    preparing,
)
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import GivenDose, VialUse
from sle_desk.services.due_rows import TodayRow
from sle_desk.services.not_given import NotGiven
from sle_desk.services.pauses import NewStep
from sle_desk.services.preparing import PreparedRow

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]

BELIMUMAB = 2
WEEK_4, WEEK_8 = START.date() + timedelta(days=28), START.date() + timedelta(days=56)


@pytest.fixture
def bag(arms: Study) -> PreparedRow:
    """Infusion 2 of subject 2 is prepared on its day, and the patient has a fever."""
    desk = arms.sit("lin.yue", roles.NURSE)
    infuse(arms, desk, BELIMUMAB)
    at(arms, WEEK_4)
    desk = arms.sit("lin.yue", roles.NURSE)
    weigh(desk, BELIMUMAB, "W4")
    return preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))


def told(row: PreparedRow, desk: Desk, **changes: object) -> NotGiven:
    """Return that the prepared infusion was not given because of a fever, with some of it changed."""
    said: dict[str, object] = {"reason": "fever_or_infection", "number": 2, "discarded_on": desk.today()}
    return NotGiven(BELIMUMAB, "BEL", prepared_id=row.id, **{**said, **changes})  # type: ignore[arg-type]


def nurse(study: Study) -> Desk:
    """Return the desk of the study nurse."""
    return study.sit("lin.yue", roles.NURSE)


def today_rows(desk: Desk) -> list[TodayRow]:
    """Return the rows of Today about the subject that have to do with an infusion."""
    rows = [row for group in overview.today(desk).groups for row in group.rows]
    return [
        row
        for row in rows
        if row.who and row.who.subject_id == BELIMUMAB
        if {item.code for item in row.items} & {"infusion", "bag"}
    ]


def test_a_missed_infusion_keeps_what_was_prepared_for_it_and_the_next_one_can_be_prepared(
    arms: Study, bag: PreparedRow
) -> None:
    desk = nurse(arms)
    recorded = not_given.record_not_given(desk, told(bag, desk, seen_version=bag.version))
    assert recorded.slot is not None and recorded.slot.number == 2
    row = dose_log.doses(desk, BELIMUMAB)[-1]
    assert (row.progress, row.given.reason, row.given.discarded_on) == (
        "missed",
        "fever_or_infection",
        WEEK_4,
    )
    assert (row.given.prescribed, row.given.prepared, row.given.administered) == (612, 640, None)
    assert row.given.vials == (VialUse("C7K400", Decimal(400), 1), VialUse("C7K120", Decimal(120), 2))
    assert (row.given.prepared_by, row.given.checked_by) == ("Lin Yue", "Chen Lan")
    assert row.slot is not None and row.slot.number == 2
    codes = [each.code for each in deviations.deviations(desk) if each.subject_id == BELIMUMAB]
    assert codes.count("dose.missed") == 1
    at(arms, WEEK_8)
    desk = nurse(arms)
    weigh(desk, BELIMUMAB, "W8", Decimal(62))
    (due,) = today_rows(desk)
    assert due.action == "prepare_infusion"
    assert preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, Decimal(62))).prescribed == 620


def test_a_bag_that_was_spoiled_is_discarded_and_another_one_prepared_and_given_for_the_same_dose(
    arms: Study, bag: PreparedRow
) -> None:
    desk = nurse(arms)
    not_given.record_not_given(desk, told(bag, desk, number=None, reason="spoiled"))
    assert infuse(arms, desk, BELIMUMAB).slot is not None
    rows = dose_log.doses(desk, BELIMUMAB)
    assert sorted((row.progress, row.given.discarded_on is not None) for row in rows) == [
        ("given", False),
        ("given", False),
        ("prepared", True),
    ]
    assert not any(each.code == "dose.missed" for each in deviations.deviations(desk))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": ""}, "dose.missed_reason"),
        ({"reason": "other"}, "change.note_needed"),
        ({"discarded_on": None}, "dose.discarded_day"),
        ({"discarded_on": WEEK_4 - timedelta(days=1)}, "dose.discarded_day"),
        ({"discarded_on": WEEK_4 + timedelta(days=1)}, "dose.discarded_day"),
        ({"number": 1}, "dose.slot_answered"),
        ({"number": 3}, "dose.missed_ahead"),
    ],
)
def test_what_cannot_be_is_refused_and_the_bag_waits_on(
    arms: Study, bag: PreparedRow, changes: dict[str, object], code: str
) -> None:
    desk = nurse(arms)
    with pytest.raises(RuleBroken) as refused:
        not_given.record_not_given(desk, told(bag, desk, **changes))
    assert refused.value.code == code
    assert infusions.propose_infusion(desk, BELIMUMAB).prepared_id == bag.id


def test_a_bag_is_discarded_once_and_is_not_given_after_it(arms: Study, bag: PreparedRow) -> None:
    desk = nurse(arms)
    not_given.record_not_given(desk, told(bag, desk, number=None))
    given = GivenDose(BELIMUMAB, "BEL", desk.today(), desk.now(), reaction="none", place="ward")
    for act in (
        lambda: not_given.record_not_given(desk, told(bag, desk)),
        lambda: infusions.give_infusion(desk, given, bag.id),
    ):
        with pytest.raises(RuleBroken) as refused:
            act()
        assert refused.value.code == "dose.not_prepared"


def test_today_offers_a_bag_to_be_given_until_its_time_is_over_and_then_asks_what_became_of_it(
    arms: Study, bag: PreparedRow
) -> None:
    (due,) = today_rows(nurse(arms))
    assert (due.status, due.action) == ("prepared", "give_infusion")
    # 480 minutes by the package, from 09:00 on.
    at(arms, WEEK_4, "17:00")
    (due,) = today_rows(nurse(arms))
    assert due.status == "prepared"
    at(arms, WEEK_4, "17:01")
    (due,) = today_rows(nurse(arms))
    assert (due.status, due.action) == ("prepared_past", "say_of_infusion")
    at(arms, WEEK_8)
    desk = nurse(arms)
    weigh(desk, BELIMUMAB, "W8")
    rows = today_rows(desk)
    assert {(row.group, row.action) for row in rows} == {
        ("overdue", "say_of_infusion"),
        ("today", "prepare_infusion"),
    }


def test_a_bag_whose_planned_dose_was_recorded_as_missed_beside_it_is_asked_about_all_the_same(
    arms: Study, bag: PreparedRow
) -> None:
    desk = nurse(arms)
    not_given.record_not_given(desk, NotGiven(BELIMUMAB, "BEL", "fever_or_infection", number=2))
    at(arms, WEEK_4 + timedelta(days=3))
    (row,) = today_rows(nurse(arms))
    assert (row.status, row.action, row.items[0].code, row.days_late) == (
        "prepared_past",
        "say_of_infusion",
        "bag",
        3,
    )
    desk = nurse(arms)
    not_given.record_not_given(desk, told(bag, desk, number=None))
    assert today_rows(desk) == []


def test_an_infusion_begun_past_its_time_is_recorded_and_found_too_late(
    arms: Study, bag: PreparedRow
) -> None:
    at(arms, WEEK_4, "18:00")
    desk = nurse(arms)
    given = GivenDose(BELIMUMAB, "BEL", desk.today(), desk.now(), administered=Decimal(612), reaction="none")
    found = infusions.preview_giving(desk, given, bag.id).findings
    assert "dose.begun_long_ago" in [each.code for each in found]


def test_what_was_said_of_it_is_corrected_like_any_record(arms: Study, bag: PreparedRow) -> None:
    desk = nurse(arms)
    not_given.record_not_given(desk, told(bag, desk))
    at(arms, WEEK_4 + timedelta(days=1))
    desk = nurse(arms)
    row = dose_log.doses(desk, BELIMUMAB)[-1]
    right = {"discarded_on": desk.today(), "reason": "refused", "vials": (VialUse("X1", Decimal(400), 2),)}
    dose_corrections.correct_dose(desk, row.id, right, "slip", row.version)
    row = dose_log.doses(desk, BELIMUMAB)[-1]
    assert (row.given.discarded_on, row.given.reason, row.given.vials) == tuple(right.values())
    with pytest.raises(RuleBroken) as refused:
        wrong = {"discarded_on": desk.today() + timedelta(days=1)}
        dose_corrections.correct_dose(desk, row.id, wrong, "slip", row.version)
    assert refused.value.code == "dose.discarded_day"


@pytest.mark.parametrize("clock", ["09:30", "17:01"])
def test_a_bag_stays_in_sight_when_its_drug_is_paused_on_the_same_day(
    arms: Study, bag: PreparedRow, clock: str
) -> None:
    told_by = arms.sit("zhao.jing", roles.INVESTIGATOR)
    pauses.record_pause(told_by, BELIMUMAB, "paused", "BEL", NewStep(WEEK_4, "Zhao Jing", "infection"))
    at(arms, WEEK_4, clock)
    desk = nurse(arms)
    (row,) = today_rows(desk)
    assert row.action == "say_of_infusion"
    assert (row.group, row.status) == (
        ("today", "prepared") if clock == "09:30" else ("overdue", "prepared_past")
    )
    not_given.record_not_given(desk, told(bag, desk, number=None))
    assert today_rows(desk) == []
