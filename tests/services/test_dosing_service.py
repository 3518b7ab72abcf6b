"""Injections: proposed, recorded as they happened, missed, and typed from a paper diary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, infuse, inject, injection
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial, register, trial

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.services import deviations, dose_log, dosing
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import VialUse
from sle_desk.services.dosing import DiaryRow

__all__ = ["arms", "made_arms", "made_trial", "trial"]

TODAY = date(2026, 11, 23)
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3


@pytest.fixture
def dosed(arms: Study) -> Iterator[Study]:
    """Subject 3, of the arm IL2, had the first injection today from a kit of 60."""
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    yield arms


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def found(desk: Desk, subject_id: int) -> list[tuple[str, str]]:
    return [(row.code, row.severity) for row in deviations.deviations(desk, subject_id)]


def test_the_proposal_of_a_first_injection_holds_no_reaction_place_or_lot_of_others(arms: Study) -> None:
    desk = nurse(arms)
    dispense(desk, BOTH)
    shown = dosing.propose_injection(desk, INTERLEUKIN)
    assert (shown.amount, shown.unit, shown.vial_strength, shown.vials) == (1, "10^6 IU", 1, 1)
    assert (shown.slot.number if shown.slot else None, shown.planned, shown.site) == (1, 54, "LA")
    assert shown.kits == ()
    assert [kit.lot for kit in dosing.propose_injection(desk, BOTH).kits] == ["202607-A3"]


def test_the_site_proposed_follows_the_rotation_and_is_never_the_last(dosed: Study) -> None:
    sites = ["LA"]
    for number in range(1, 9):
        at(dosed, TODAY + timedelta(days=2 * number))
        desk = nurse(dosed)
        proposed = dosing.propose_injection(desk, INTERLEUKIN)
        assert proposed.site != sites[-1]
        inject(desk, INTERLEUKIN)
        sites.append(proposed.site)
    assert sites == ["LA", "RA", "LB", "RB", "LT", "RT", "LA", "RA", "LB"]


def test_the_arm_without_injections_proposes_none(arms: Study) -> None:
    with pytest.raises(RuleBroken, match="dose.none_planned"):
        dosing.propose_injection(nurse(arms), BELIMUMAB)


def test_an_injection_as_planned_takes_no_reason_and_shows_nothing(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2), "08:34")
    desk = nurse(dosed)
    recorded = inject(desk, INTERLEUKIN)
    assert recorded.findings == ()
    row = dose_log.doses(desk, INTERLEUKIN)[-1]
    assert row.slot is not None
    assert (row.slot.number, row.given.site, row.given.reaction, row.days_off) == (2, "RA", "none", 0)
    assert row.given.started_at == dosed.clock.now()
    assert row.given.vials == (VialUse("202607-A3", Decimal(1), 1),)
    assert found(desk, INTERLEUKIN) == []


def test_the_reaction_is_asked_and_never_assumed(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    desk = nurse(dosed)
    before = desk.head()
    for reaction, code in (("", "dose.reaction_needed"), ("itching", "dose.code"), ("other", "note_needed")):
        with pytest.raises(RuleBroken, match=code):
            inject(desk, INTERLEUKIN, reaction=reaction)
    assert desk.head() == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"on_day": TODAY + timedelta(days=3), "started_at": None}, "day.future"),
        ({"on_day": date(1990, 1, 1), "started_at": None}, "day.before_birth"),
        ({"administered": Decimal(1_000_000)}, "dose.mistaken_unit"),
        ({"administered": Decimal(0)}, "dose.not_positive"),
        ({"on_day": TODAY}, "dose.day_and_time"),
        ({"place": "other_hospital"}, "dose.proof_needed"),
        ({"site": "NOSE"}, "dose.code"),
        ({"drug": "BEL"}, "dose.is_infusion"),
        ({"drug": "ASPIRIN"}, "dose.unknown_drug"),
        ({"vials": (VialUse("A", Decimal(1), 0),)}, "dose.vials"),
    ],
)
def test_only_the_impossible_is_refused_and_changes_nothing(
    dosed: Study, changes: dict[str, object], code: str
) -> None:
    now = at(dosed, TODAY + timedelta(days=2))
    desk = nurse(dosed)
    before = desk.head()
    with pytest.raises(RuleBroken) as refused:
        dosing.record_injection(desk, injection(desk, INTERLEUKIN, **{"started_at": now, **changes}))
    assert refused.value.code == code
    assert desk.head() == before


def test_a_time_that_lies_ahead_is_refused(dosed: Study) -> None:
    desk = nurse(dosed)
    later = dosed.clock.now() + timedelta(minutes=1)
    with pytest.raises(RuleBroken, match=r"time\.future"):
        inject(desk, INTERLEUKIN, started_at=later, site="RA", reason="ward")


@pytest.mark.parametrize(
    ("subject_id", "days", "changes", "expected"),
    [
        (INTERLEUKIN, 0, {"site": "RA"}, {("dose.second_on_day", "major"), ("dose.day_filled", "minor")}),
        (INTERLEUKIN, 2, {"administered": Decimal("1.5")}, {("dose.amount", "minor")}),
        (INTERLEUKIN, 2, {"administered": Decimal(3)}, {("dose.amount_fold", "major")}),
        (
            INTERLEUKIN,
            2,
            {"vials": (VialUse("OTHER-1", Decimal(1), 1),)},
            {("dose.lot_not_dispensed", "minor")},
        ),
        (INTERLEUKIN, 200, {"site": "RA"}, {("dose.outside_plan", "minor")}),
        (BELIMUMAB, 0, {"vials": ()}, {("dose.off_arm", "major")}),
    ],
)
def test_what_was_not_as_planned_is_recorded_with_a_reason_and_proposes_deviations(
    dosed: Study, subject_id: int, days: int, changes: dict[str, object], expected: set[tuple[str, str]]
) -> None:
    at(dosed, TODAY + timedelta(days=days), "23:30")
    desk = nurse(dosed)
    given = injection(
        desk, subject_id, site="RA", **{key: value for key, value in changes.items() if key != "site"}
    )
    with pytest.raises(RuleBroken) as refused:
        dosing.record_injection(desk, given)
    assert refused.value.code == "dose.reason_needed"
    assert found(desk, subject_id) == []
    recorded = dosing.record_injection(desk, replace(given, reason="doctor"))
    assert set(found(desk, subject_id)) == expected
    row = next(row for row in dose_log.doses(desk, subject_id) if row.id == recorded.id)
    assert set(row.deviations) == {code for code, _ in expected}
    assert row.given.reason == "doctor"


def test_a_dose_to_somebody_never_allocated_nor_consented_is_recorded_all_the_same(trial: Study) -> None:
    subject_id = register(trial)
    desk = nurse(trial)
    # The day before the consent.
    given = injection(desk, subject_id, on_day=TODAY - timedelta(days=1), started_at=None, reason="mistake")
    dosing.record_injection(desk, given)
    codes = {code for code, severity in found(desk, subject_id) if severity == "major"}
    assert codes == {"dose.before_allocation", "dose.before_consent"}


def test_a_small_difference_asks_for_a_reason_and_is_no_deviation(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    desk = nurse(dosed)
    with pytest.raises(RuleBroken, match="reason_needed"):
        inject(desk, INTERLEUKIN, administered=Decimal("0.92"))
    inject(desk, INTERLEUKIN, administered=Decimal("0.92"), reason="supply")
    assert found(desk, INTERLEUKIN) == []


def test_two_injections_less_than_a_day_apart_are_seen(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=1), "07:00")
    desk = nurse(dosed)
    inject(desk, INTERLEUKIN, reason="subject")
    assert ("dose.gap_short", "minor") in found(desk, INTERLEUKIN)


def test_a_dose_between_two_slots_takes_the_earlier_one_unless_the_site_was_asked(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=3), "12:00")
    desk = nurse(dosed)
    assert [slot.number for slot in dosing.propose_injection(desk, INTERLEUKIN).candidates] == [2, 3]
    first = inject(desk, INTERLEUKIN, reason="ward")
    assert first.slot is not None
    assert first.slot.number == 2
    row = dose_log.doses(desk, INTERLEUKIN)[-1]
    assert row.days_off == 1


def test_the_answer_of_the_site_stands(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=3), "12:00")
    desk = nurse(dosed)
    asked = inject(desk, INTERLEUKIN, answered_slot=3, reason="ward")
    assert asked.slot is not None
    assert asked.slot.number == 3


def test_a_missed_dose_has_its_coded_reason_and_comes_not_before_its_day(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    desk = nurse(dosed)
    with pytest.raises(RuleBroken, match="missed_ahead"):
        dosing.record_missed(desk, INTERLEUKIN, "IL2", 3, "forgotten")
    with pytest.raises(RuleBroken, match="missed_reason"):
        dosing.record_missed(desk, INTERLEUKIN, "IL2", 2, "because")
    with pytest.raises(RuleBroken, match="note_needed"):
        dosing.record_missed(desk, INTERLEUKIN, "IL2", 2, "other")
    with pytest.raises(RuleBroken, match="slot_answered"):
        dosing.record_missed(desk, INTERLEUKIN, "IL2", 1, "forgotten")
    dosing.record_missed(desk, INTERLEUKIN, "IL2", 2, "fever_or_infection")
    row = dose_log.doses(desk, INTERLEUKIN)[-1]
    assert (row.progress, row.given.reason, row.given.on_day) == (
        "missed",
        "fever_or_infection",
        desk.today(),
    )
    assert found(desk, INTERLEUKIN) == [("dose.missed", "minor")]


def test_nobody_outside_the_ward_records_a_dose(dosed: Study) -> None:
    for login, role in (("he.jian", roles.MONITOR), ("sun.tong", roles.STATISTICIAN)):
        desk = dosed.sit(login, role)
        with pytest.raises(NotAllowed):
            dosing.record_injection(desk, injection(desk, INTERLEUKIN))


def diary(*days: int, **changes: object) -> tuple[DiaryRow, ...]:
    rows = (
        DiaryRow(
            TODAY + timedelta(days=day),
            at=time(8, 30),
            administered=Decimal(1),
            site=site,
            reaction="none",
            vials=(VialUse("202607-A3", Decimal(1), 1),),
        )
        for day, site in zip(days, ("RA", "LB", "RB", "LT", "RT", "LA", "RA", "LB"), strict=False)
    )
    return tuple(replace(row, **changes) for row in rows)  # type: ignore[arg-type]


def test_the_rows_of_an_empty_diary_are_the_doses_nobody_has_answered(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=14))
    slots = dosing.diary_slots(nurse(dosed), INTERLEUKIN)
    assert [slot.number for slot in slots] == [2, 3, 4, 5, 6, 7, 8]


def test_a_diary_of_seven_home_doses_is_recorded_at_once_citing_the_paper(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=15), "14:00")
    desk = nurse(dosed)
    rows = diary(2, 4, 6, 8, 10, 12)
    missed = DiaryRow(TODAY + timedelta(days=14), number=8, missed="forgotten")
    kept = dosing.record_diary(desk, INTERLEUKIN, TODAY + timedelta(days=14), "D-07", (*rows, missed))
    assert [each.slot.number if each.slot else None for each in kept] == [2, 3, 4, 5, 6, 7, 8]
    row = dose_log.doses(desk, INTERLEUKIN)[1]
    assert (row.given.source, row.given.source_reference) == ("diary", "D-07, 2026-12-07")
    assert (row.given.place, row.entered_later) == ("home", True)
    assert row.given.started_at is not None
    assert row.given.started_at.utcoffset() == timedelta(hours=8)
    assert found(desk, INTERLEUKIN) == [("dose.missed", "minor")]
    log = dose_log.dose_log(desk, INTERLEUKIN)
    first_stage = log.compliance[0].counts
    assert (first_stage.stage, first_stage.given, first_stage.planned, first_stage.missed) == (
        "STAGE1",
        7,
        8,
        1,
    )
    assert (log.vials[0].dispensed, log.vials[0].used) == (60, 7)


@pytest.mark.parametrize(
    ("second", "fourth", "codes"),
    [
        (
            {"reaction": ""},
            {"administered": Decimal(1_000_000)},
            ["dose.reaction_needed", "dose.mistaken_unit"],
        ),
        ({"administered": Decimal(2)}, {"administered": Decimal(4)}, ["dose.reason_needed"] * 2),
    ],
)
def test_a_diary_with_a_row_that_cannot_stand_records_none_and_names_every_such_row(
    dosed: Study, second: dict[str, object], fourth: dict[str, object], codes: list[str]
) -> None:
    at(dosed, TODAY + timedelta(days=15))
    desk = nurse(dosed)
    before = desk.head()
    rows = list(diary(2, 4, 6, 8))
    rows[1], rows[3] = replace(rows[1], **second), replace(rows[3], **fourth)  # type: ignore[arg-type]
    with pytest.raises(RuleBroken) as refused:
        dosing.record_diary(desk, INTERLEUKIN, TODAY + timedelta(days=14), "D-07", tuple(rows))
    assert (refused.value.code, refused.value.facts["rows"]) == ("diary.refused", "2, 4")
    assert [code for _, code, _ in refused.value.facts["findings"]] == codes  # type: ignore[attr-defined]
    assert desk.head() == before


@pytest.mark.parametrize(
    ("collected", "reference", "rows", "code"),
    [
        (14, "", (2,), "diary.reference"),
        (14, "D-1", (), "diary.empty"),
        (1, "D-1", (2,), "diary.after_collection"),
        (16, "D-1", (2,), "day.future"),
    ],
)
def test_a_diary_cites_its_paper_and_the_day_it_was_collected(
    dosed: Study, collected: int, reference: str, rows: tuple[int, ...], code: str
) -> None:
    at(dosed, TODAY + timedelta(days=15))
    with pytest.raises(RuleBroken, match=code):
        dosing.record_diary(
            nurse(dosed), INTERLEUKIN, TODAY + timedelta(days=collected), reference, diary(*rows)
        )


def test_what_a_preview_shows_is_what_the_record_proposes(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    desk = nurse(dosed)
    given = injection(desk, INTERLEUKIN, administered=Decimal(2), reason="mistake")
    shown = dosing.preview(desk, given)
    assert shown.needs_reason
    assert dosing.record_injection(desk, given).findings == shown.findings
    assert {each.code for each in shown.findings if each.ask_again} == {"dose.amount_fold"}


def test_doses_of_both_drugs_on_one_day_stand_beside_each_other(arms: Study) -> None:
    desk = nurse(arms)
    dispense(desk, BOTH)
    infuse(arms, desk, BOTH)
    inject(desk, BOTH)
    log = dose_log.dose_log(desk, BOTH)
    assert [(row.given.drug, row.slot.number if row.slot else 0) for row in log.doses] == [
        ("BEL", 1),
        ("IL2", 1),
    ]
    assert [(each.drug, each.doses, each.amount) for each in log.exposure] == [("BEL", 1, 612), ("IL2", 1, 1)]
    assert found(desk, BOTH) == []


def test_the_facts_of_a_deviation_make_its_sentence(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    desk = nurse(dosed)
    inject(desk, INTERLEUKIN, administered=Decimal("1.5"), reason="doctor")
    row = deviations.deviations(desk, INTERLEUKIN)[0]
    assert (row.facts["planned"], row.facts["given"]) == ("1", "1.5")
    assert (row.about_table, row.subject_code) == ("dose", "SLE-003")
    assert json.dumps(dict(row.facts))
