"""What a dose is held for, through the services: what hints at it, what is kept, proposed and refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, infuse, inject, injection, prepared
from earlier_schema import put_back
from logged import event
from sqlalchemy import select
from study_fixtures import Study
from trial_fixtures import arms, choices, laboratory, made_arms, made_trial, numbers

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.holds import hinted
from sle_desk.models.store import redaction
from sle_desk.models.treatment import Dose
from sle_desk.services import (
    deviations,
    dose_corrections,
    dose_log,
    dosing,
    form_records,
    history,
    infusions,
    labs,
    not_given,
    preparing,
    record_links,
    studies,
    visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import GivenDose, VialUse
from sle_desk.services.dose_log import DoseRow
from sle_desk.services.dosing import DiaryRow
from sle_desk.services.form_records import NewForm
from sle_desk.services.held_doses import record_held
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.not_given import NotGiven

__all__ = ["arms", "made_arms", "made_trial"]

TODAY = date(2026, 11, 23)
BELIMUMAB, INTERLEUKIN = 2, 3


@pytest.fixture
def dosed(arms: Study) -> Iterator[Study]:
    """Subject 3 had the first injection today; the second one is planned for the day after tomorrow."""
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    at(arms, TODAY + timedelta(days=2))
    yield arms


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def last(desk: Desk, subject_id: int = INTERLEUKIN) -> DoseRow:
    return dose_log.doses(desk, subject_id)[-1]


def found(desk: Desk, subject_id: int = INTERLEUKIN) -> list[tuple[str, object]]:
    rows = deviations.deviations(desk, subject_id)
    return [(row.code, row.facts.get("hold")) for row in rows if row.code.startswith("dose.hold")]


def shown(desk: Desk, subject_id: int = INTERLEUKIN) -> str:
    return hinted(dosing.propose_injection(desk, subject_id).hints)


def measure(desk: Desk, celsius: str, subject_id: int = INTERLEUKIN) -> None:
    """Save vital signs of a visit of now that was not planned."""
    visit = visits.record_visit(desk, subject_id, "UNS", desk.today()).id
    values = {
        "temperature": celsius,
        "systolic": "122",
        "diastolic": "78",
        "pulse": "72",
        "respiration": "16",
    }
    typed = numbers({**values, "oxygen_saturation": "98", "weight": "61.2"})
    new = NewForm(subject_id, visit, "vitals", desk.today(), Given(typed), f"{desk.now():%H:%M}")
    form_records.save_form(desk, new)


def test_a_dose_with_nothing_to_hold_for_keeps_that_it_was_asked(dosed: Study) -> None:
    desk = nurse(dosed)
    assert shown(desk) == ""
    assert inject(desk, INTERLEUKIN, hold="none").findings == ()
    assert (last(desk).given.hold, last(desk).given.hold_shown) == ("none", "")


def test_nothing_is_no_answer_beside_a_fever_and_a_dose_given_all_the_same_takes_a_reason(
    dosed: Study,
) -> None:
    desk = nurse(dosed)
    measure(desk, "38.4")
    assert shown(desk) == "fever"
    with pytest.raises(RuleBroken) as refused:
        inject(desk, INTERLEUKIN, hold="none")
    assert refused.value.code == "dose.hold_which"
    with pytest.raises(RuleBroken) as unexplained:
        inject(desk, INTERLEUKIN, hold="fever")
    assert (unexplained.value.code, unexplained.value.facts["first"]) == (
        "dose.reason_needed",
        "dose.hold_given",
    )
    inject(desk, INTERLEUKIN, hold="fever", reason="doctor")
    assert (last(desk).given.hold, last(desk).given.hold_shown) == ("fever", "fever")
    assert found(desk) == [("dose.hold_given", "fever")]


def test_what_was_looked_at_and_holds_no_more_is_kept_beside_the_hint_and_proposes_nothing(
    dosed: Study,
) -> None:
    desk = nurse(dosed)
    measure(desk, "38.4")
    inject(desk, INTERLEUKIN, hold="cleared")
    assert (last(desk).given.hold, last(desk).given.hold_shown, found(desk)) == ("cleared", "fever", [])


def test_a_dose_that_was_held_is_missed_with_the_reason_that_its_condition_names(dosed: Study) -> None:
    desk = nurse(dosed)
    measure(desk, "38.4")
    record_held(desk, INTERLEUKIN, "IL2", 2, "fever")
    row = last(desk)
    assert (row.progress, row.given.reason, row.given.hold, row.given.hold_shown) == (
        "missed", "fever_or_infection", "fever", "fever",
    )  # fmt: skip
    assert row.deviations == ("dose.missed",)
    with pytest.raises(RuleBroken, match="code"):
        record_held(desk, INTERLEUKIN, "IL2", 2, "none")


def test_a_row_of_a_diary_is_not_asked_and_shows_what_the_record_hinted_at_on_its_day(dosed: Study) -> None:
    desk = nurse(dosed)
    measure(desk, "38.4")
    day = desk.today()
    at(dosed, day + timedelta(days=1))
    desk = nurse(dosed)
    # The fever is over on the day of typing: what counts is the day of the dose.
    measure(desk, "36.5")
    row = DiaryRow(
        day, at=time(20, 30), administered=Decimal(1), reaction="none", site="RA",
        vials=(VialUse("202607-A3", Decimal(1), 1),),
    )  # fmt: skip
    with pytest.raises(RuleBroken) as refused:
        dosing.record_diary(desk, INTERLEUKIN, desk.today(), "D-07", (row,))
    assert refused.value.code == "diary.refused"
    explained = DiaryRow(**{**vars(row), "reason": "subject"})
    dosing.record_diary(desk, INTERLEUKIN, desk.today(), "D-07", (explained,))
    assert (last(desk).given.hold, found(desk)) == ("", [("dose.hold_known", "fever")])


def test_an_answer_is_corrected_with_a_reason_and_its_history_shows_both(dosed: Study) -> None:
    desk = nurse(dosed)
    measure(desk, "38.4")
    inject(desk, INTERLEUKIN, hold="cleared")
    row = last(desk)
    right = {"hold": "fever", "reason": "doctor"}
    dose_corrections.correct_dose(desk, row.id, right, "source", row.version)
    assert (last(desk).given.hold, last(desk).given.hold_shown) == ("fever", "fever")
    assert found(desk) == [("dose.hold_given", "fever")]
    past = history.value_history(desk, "dose", row.id, ("hold",))
    assert [each.value["hold"] for each in past] == ["cleared", "fever"]
    row = last(desk)
    for wrong in ({"hold": "cold"}, {"hold_shown": ""}):
        with pytest.raises(RuleBroken):
            dose_corrections.correct_dose(desk, row.id, wrong, "source", row.version)
    dose_corrections.void_dose(desk, row.id, "source", row.version)
    assert found(desk) == []


def test_an_infection_that_lasts_a_pregnancy_and_a_reaction_linked_to_the_last_dose_hint(
    dosed: Study,
) -> None:
    investigator = dosed.sit("zhao.jing", roles.INVESTIGATOR)
    infection = event(investigator, INTERLEUKIN, "Pneumonia", grade="2")
    assert shown(investigator) == "infection"
    first = dose_log.doses(investigator, INTERLEUKIN)[0]
    record_links.link(investigator, infection.id, "dose", first.id)
    assert shown(investigator) == "infection reaction"
    desk = nurse(dosed)
    visit = visits.record_visit(desk, INTERLEUKIN, "UNS", desk.today()).id
    test = {**choices({"done": "done", "type": "serum", "result": "POS"}), "time": Value(text="09:00")}
    values = Given({**test, "day": Value(day=desk.today())})
    form_records.save_form(desk, NewForm(INTERLEUKIN, visit, "pregnancy_test", desk.today(), values, "09:00"))
    assert shown(desk) == "infection pregnancy reaction"


def test_the_last_neutrophils_of_grade_3_hint_until_a_later_sample_is_better(dosed: Study) -> None:
    place = laboratory(dosed)
    desk = nurse(dosed)
    for count, hint in (("0.8", "cytopenia"), ("2.4", "")):
        visit = visits.record_visit(desk, INTERLEUKIN, "UNS", desk.today()).id
        typed = (TypedResult("NEUT", count, "", Decimal(count), "10^9/L"),)
        labs.save_results(desk, NewSample(INTERLEUKIN, visit, "CBC", place, desk.now()), typed)
        assert shown(desk) == hint
        dosed.clock.advance(timedelta(hours=1))


def test_an_infusion_to_be_held_is_not_prepared_without_a_reason(arms: Study) -> None:
    desk = nurse(arms)
    for answer, code in (("fever", "prepare.hold"), ("cold", "dose.code")):
        with pytest.raises(RuleBroken) as refused:
            preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, hold=answer))
        assert refused.value.code == code
    measure(desk, "38.6", BELIMUMAB)
    for answer in ("", "none"):
        with pytest.raises(RuleBroken) as hinting:
            preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, hold=answer))
        assert hinting.value.code == "dose.hold_which"
    assert dose_log.doses(desk, BELIMUMAB) == ()
    row = preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, hold="fever", reason="doctor"))
    arms.clock.advance(timedelta(minutes=90))
    start = desk.now() - timedelta(minutes=80)
    given = GivenDose(
        BELIMUMAB, "BEL", desk.today(), started_at=start, ended_at=start + timedelta(minutes=60),
        administered=row.prescribed, reaction="none", given_by="Lin Yue", place="ward",
    )  # fmt: skip
    infusions.give_infusion(desk, given, row.id, row.version)
    # What was answered at preparing stands, and so does its reason.
    assert (last(desk, BELIMUMAB).given.hold, found(desk, BELIMUMAB)) == (
        "fever",
        [("dose.hold_given", "fever")],
    )


def test_a_bag_that_is_held_keeps_what_it_was_held_for(arms: Study) -> None:
    infuse(arms, nurse(arms), BELIMUMAB)
    at(arms, TODAY + timedelta(days=28))
    desk = nurse(arms)
    made = prepared(desk, BELIMUMAB, hold="none")
    row = preparing.prepare_infusion(desk, made)
    told = NotGiven(
        BELIMUMAB, "BEL", "fever_or_infection", number=2, prepared_id=row.id, discarded_on=desk.today(),
        hold="infection",
    )  # fmt: skip
    not_given.record_not_given(desk, told)
    assert (last(desk, BELIMUMAB).progress, last(desk, BELIMUMAB).given.hold) == ("missed", "infection")


def test_a_dose_moved_to_another_subject_takes_its_answer_and_not_what_was_shown_of_this_one(
    dosed: Study,
) -> None:
    desk = nurse(dosed)
    measure(desk, "38.4")
    inject(desk, INTERLEUKIN, hold="cleared")
    row = last(desk)
    dose_corrections.void_dose(desk, row.id, "source", row.version, to_subject=1)
    moved = last(desk, 1).given
    assert (moved.hold, moved.hold_shown) == ("cleared", "")


def test_the_doses_of_schema_6_are_all_there_and_nobody_was_asked(dosed: Study) -> None:
    desk = nurse(dosed)
    inject(desk, INTERLEUKIN)
    before = [(row.id, row.given) for row in dose_log.doses(desk, INTERLEUKIN)]
    assert dosed.unlocked is not None
    key = dosed.unlocked.database.data_key
    dosed.leave()
    put_back(dosed.folder, key, 6)
    desk = nurse(dosed)
    assert [(row.id, row.given) for row in dose_log.doses(desk, INTERLEUKIN)] == before
    with desk.view() as session:
        assert {tuple(row) for row in session.execute(select(Dose.hold, Dose.hold_shown))} == {("", "")}
    assert dosed.unlocked is not None
    assert studies.opening_checks(dosed.unlocked, lambda step, share: None).holds
    assert not {"hold", "hold_shown"} & set(redaction.free_columns(Dose.__table__))  # type: ignore[arg-type]


def test_an_injection_typed_later_is_compared_with_what_was_known_on_its_own_day(dosed: Study) -> None:
    desk = nurse(dosed)
    measure(desk, "38.4")
    earlier = injection(desk, INTERLEUKIN, on_day=TODAY, started_at=None)
    assert not [each for each in dosing.preview(desk, earlier).findings if "hold" in each.code]
