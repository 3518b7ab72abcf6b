"""What a dose shows does not depend on the order of entry, and follows the weight and the eligibility."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from dose_fixtures import at, dispense, infuse, inject, prepared
from study_fixtures import START, Study
from trial_fixtures import WEIGHT, arms, made_arms, made_trial, vitals

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.models.eligibility import EligibilityDecision
from sle_desk.services import (
    consent_records,
    deviations,
    dose_log,
    dosing,
    form_records,
    infusions,
    preparing,
    record_corrections,
    subjects,
    visits,
    void_consents,
    void_forms,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.eligibility import _void
from sle_desk.services.form_records import NewForm
from sle_desk.services.record_corrections import Why
from sle_desk.services.subjects import NewConsent

__all__ = ["arms", "made_arms", "made_trial"]
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3
DAYS = (0, 2, 4, 8)


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def shown(desk: Desk, subject_id: int) -> list[tuple[date, str, str]]:
    """Return the deviations that stand: day, code, facts."""
    found = deviations.deviations(desk, subject_id)
    return sorted((row.on_day, row.code, str(sorted(row.facts.items()))) for row in found)


def enter(desk: Desk, subject_id: int, first: datetime, order: Sequence[int]) -> list[tuple[date, str, str]]:
    """Enter the doses of some days in an order, days after they were given; return what they show."""
    dispense(desk, subject_id, on_day=first.date())
    sites = dict(zip(DAYS, ("LA", "RA", "LT", "RT"), strict=True))
    for day in order:
        given = first + timedelta(days=day)
        inject(
            desk,
            subject_id,
            on_day=given.date(),
            started_at=given,
            site=sites[day],
            reason="mistake",
            reason_note="entered late",
        )
    return shown(desk, subject_id)


@pytest.mark.parametrize("order", list(permutations(DAYS))[1::5])
def test_doses_show_the_same_in_whatever_order_they_are_entered(arms: Study, order: Sequence[int]) -> None:
    # Two subjects of arms with IL-2: one entered in order, the other not.
    first = arms.clock.now()
    at(arms, first.date() + timedelta(days=10), "18:00")
    desk = nurse(arms)
    in_order = enter(desk, BOTH, first, DAYS)
    assert enter(desk, INTERLEUKIN, first, order) == in_order
    assert any(code == "dose.gap_long" for _, code, _ in in_order)


def test_a_dose_given_after_all_takes_back_that_it_was_missed(arms: Study) -> None:
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    at(arms, desk.today() + timedelta(days=3))
    desk = nurse(arms)
    dosing.record_missed(desk, INTERLEUKIN, "IL2", 2, "forgotten")
    assert [code for _, code, _ in shown(desk, INTERLEUKIN)] == ["dose.missed"]
    inject(
        desk, INTERLEUKIN, on_day=desk.today() - timedelta(days=1), started_at=None, answered_slot=2,
        reason="mistake",
    )  # fmt: skip
    assert "dose.missed" not in [code for _, code, _ in shown(desk, INTERLEUKIN)]
    assert "dose.missed" in [
        row.code for row in deviations.deviations(desk, INTERLEUKIN, progress=deviations.VOID)
    ]


def test_a_dose_told_to_be_of_a_planned_one_shows_what_the_dose_it_was_taken_from_is_now(
    arms: Study,
) -> None:
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    at(arms, desk.today() + timedelta(days=2))
    desk = nurse(arms)
    inject(desk, INTERLEUKIN)
    assert shown(desk, INTERLEUKIN) == []
    at(arms, desk.today() + timedelta(days=2))
    desk = nurse(arms)
    inject(desk, INTERLEUKIN, answered_slot=2, reason="mistake")
    earlier = desk.today() - timedelta(days=2)
    assert "dose.day_filled" in [code for day, code, _ in shown(desk, INTERLEUKIN) if day == earlier]


@pytest.fixture
def injected(arms: Study) -> tuple[Study, date]:
    """Two injections, of a day and of the day after the next, with the consents entered in error."""
    desk = nurse(arms)
    first = desk.today()
    dispense(desk, INTERLEUKIN)
    for day in (0, 2):
        at(arms, first + timedelta(days=day), "18:00")
        desk = nurse(arms)
        inject(desk, INTERLEUKIN)
    desk = at_consents(arms)
    for row in subjects.consents(desk, INTERLEUKIN):
        void_consents.void_consent(desk, row.id, "slip", row.version)
    return arms, first


def at_consents(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


LATE = "overlooked"


def by_consent(desk: Desk) -> list[tuple[date, str]]:
    """Return what stands of doses beside the consents: day and code."""
    return [
        (day, code)
        for day, code, _ in shown(desk, INTERLEUKIN)
        if code.startswith("dose.") and code.endswith("_consent")
    ]


def signed(day: date) -> NewConsent:
    return NewConsent(INTERLEUKIN, "v2.1", day, "07:40", "Zhao Jing", "Y")


def test_a_consent_recorded_corrected_and_in_error_judges_the_doses_before_it_anew(
    injected: tuple[Study, date],
) -> None:
    study, first = injected
    desk = at_consents(study)
    third = first + timedelta(days=2)
    assert by_consent(desk) == [(first, "dose.no_consent"), (third, "dose.no_consent")]
    with pytest.raises(RuleBroken, match="consent.reason_needed"):
        consent_records.record_consent(desk, signed(first + timedelta(days=1)))
    between = consent_records.record_consent(desk, signed(first + timedelta(days=1)), LATE)
    assert by_consent(desk) == [(first, "dose.before_consent")]
    earlier = consent_records.record_consent(desk, signed(first), LATE)
    assert by_consent(desk) == []
    right = signed(third)
    for number in (between, earlier):
        (row,) = [each for each in subjects.consents(desk, INTERLEUKIN) if each.id == number]
        record_corrections.correct_consent(desk, Why(number, row.version, "slip"), right)
    assert by_consent(desk) == [(first, "dose.before_consent")]
    for row in subjects.consents(desk, INTERLEUKIN):
        void_consents.void_consent(desk, row.id, "slip", row.version)
    assert by_consent(desk) == [(first, "dose.no_consent"), (third, "dose.no_consent")]


def test_what_a_person_said_of_a_dose_before_consent_stays_whatever_is_recorded_later(
    injected: tuple[Study, date],
) -> None:
    study, first = injected
    investigator = study.sit("wu.min", roles.PI)
    found = [row for row in deviations.deviations(investigator, INTERLEUKIN) if row.code == "dose.no_consent"]
    (row,) = [row for row in found if row.on_day == first]
    deviations.accept(investigator, row.id, row.version)
    desk = at_consents(study)
    consent_records.record_consent(desk, signed(first), LATE)
    assert by_consent(desk) == [(first, "dose.no_consent")]
    (kept,) = [each for each in deviations.deviations(desk, INTERLEUKIN) if each.id == row.id]
    assert kept.progress == "accepted"


def correct_weight(desk: Desk, typed: str) -> None:
    """Correct every weight of the subject: this fixture weighs twice on one day."""
    value = Value(number=Decimal(typed), typed=typed)
    for visit in visits.visits(desk, BELIMUMAB):
        form = form_records.saved_form(desk, visit.id, "vitals")
        if form is not None:
            seen = form.answer_versions["weight"]
            form_records.correct_value(desk, form_records.Correction(form.id, "weight", value, "slip", seen))


def test_a_weight_corrected_after_the_dose_is_proposed_and_taken_back_with_the_correction(
    arms: Study,
) -> None:
    desk = nurse(arms)
    infuse(arms, desk, BELIMUMAB)
    correct_weight(desk, "41.2")
    [facts] = [facts for _, code, facts in shown(desk, BELIMUMAB) if code == "dose.weight_corrected"]
    assert "41.2" in facts and "61.2" in facts
    correct_weight(desk, "61.2")
    assert "dose.weight_corrected" not in [code for _, code, _ in shown(desk, BELIMUMAB)]


def test_a_dose_keeps_its_weight_and_a_deviation_says_that_nobody_was_weighed_so(arms: Study) -> None:
    desk = nurse(arms)
    infuse(arms, desk, BELIMUMAB)
    weighed = [
        saved
        for visit in visits.visits(desk, BELIMUMAB)
        if (saved := form_records.saved_form(desk, visit.id, "vitals")) is not None
    ]
    void_forms.void_form(desk, weighed[0].id, "slip", weighed[0].version)
    # The same weight of the same day stands at the baseline still.
    assert "dose.weight_void" not in {row.code for row in deviations.deviations(desk, BELIMUMAB)}
    void_forms.void_form(desk, weighed[1].id, "slip", weighed[1].version)
    after = {row.code: row for row in deviations.deviations(desk, BELIMUMAB)}
    row = after["dose.weight_void"]
    assert (row.severity, row.about_table, row.facts["weight"]) == ("major", "dose", "61.2")
    # Weighed so after all, it is taken back; each time that this was an error it is said once.
    for _ in range(2):
        again = vitals(desk, BELIMUMAB, weighed[0].visit_id, WEIGHT)
        assert of_weight(desk) == []
        void_forms.void_form(desk, again, "slip", form_records.form_row(desk, again).version)
        assert of_weight(desk) == ["dose.weight_void"]
    vitals(desk, BELIMUMAB, weighed[0].visit_id, WEIGHT + 1)
    assert of_weight(desk) == ["dose.weight_corrected"]


def of_weight(desk: Desk) -> list[str]:
    rows = deviations.deviations(desk, BELIMUMAB)
    return [row.code for row in rows if row.code.startswith("dose.weight_")]


def test_a_weight_corrected_after_preparing_asks_why_before_it_is_given(arms: Study) -> None:
    desk = nurse(arms)
    row = preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, WEIGHT))
    correct_weight(desk, "41.2")
    start = desk.now()
    arms.clock.advance(timedelta(minutes=90))
    given = GivenDose(
        subject_id=BELIMUMAB, drug="BEL", on_day=desk.today(), started_at=start,
        ended_at=start + timedelta(minutes=60), observed_until=desk.now(), administered=row.prescribed,
        reaction="none", given_by="Lin Yue",
    )  # fmt: skip
    with pytest.raises(RuleBroken, match=r"dose\.reason_needed") as caught:
        infusions.give_infusion(desk, given, row.id, row.version)
    assert "dose.weight_corrected" in [each.code for each in caught.value.facts["findings"]]  # type: ignore[attr-defined]
    assert dose_log.doses(desk, BELIMUMAB)[0].progress == "prepared"


def test_a_dose_while_no_signed_eligibility_stands_asks_why_and_earlier_ones_do_not(arms: Study) -> None:
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    before = shown(desk, INTERLEUKIN)
    at(arms, desk.today() + timedelta(days=1))
    investigator = arms.sit("wu.min", roles.PI)
    with investigator.change("eligibility.decide", "a value was wrong") as change:
        rows = change.session.query(EligibilityDecision).filter_by(subject_id=INTERLEUKIN, state="current")
        _void(change, rows.one(), "a value was wrong", ["I1"])
    at(arms, investigator.today() + timedelta(days=1))
    desk = nurse(arms)
    with pytest.raises(RuleBroken, match=r"dose\.reason_needed"):
        inject(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN, reason="mistake")
    codes = [code for row in shown(desk, INTERLEUKIN) if row not in before for code in row[1:2]]
    assert codes.count("dose.eligibility_void") == 1


@pytest.mark.parametrize("how", ["vitals_first", "dose_first", "completed"])
def test_a_dose_and_the_weight_of_its_day_are_compared_in_any_order(arms: Study, how: str) -> None:
    at(arms, START.date() + timedelta(days=1))
    desk = nurse(arms)
    visit_id = visits.record_visit(desk, BELIMUMAB, "UNS", desk.today(), reason="weighed").id
    start = desk.now()
    arms.clock.advance(timedelta(minutes=70))
    given = GivenDose(
        BELIMUMAB, "BEL", desk.today(), start, start + timedelta(minutes=60), weight=WEIGHT,
        weight_day=desk.today(), administered=Decimal(612), reaction="none", reason="ward",
    )  # fmt: skip
    if how == "vitals_first":
        vitals(desk, BELIMUMAB, visit_id, Decimal("66.5"))
    infusions.give_infusion(desk, given)
    if how == "dose_first":
        vitals(desk, BELIMUMAB, visit_id, Decimal("66.5"))
    elif how == "completed":
        pulse = Given({"pulse": Value(number=Decimal(72), typed="72")})
        new = NewForm(BELIMUMAB, visit_id, "vitals", desk.today(), pulse)
        row = form_records.save_form(desk, new)
        assert of_weight(desk) == []
        weight = Given({"weight": Value(number=Decimal("66.5"), typed="66.5")})
        form_records.complete_form(desk, row.id, weight, row.version)
    rows = deviations.deviations(desk, BELIMUMAB)
    assert [row.severity for row in rows if row.code == "dose.weight_corrected"] == ["major"]
