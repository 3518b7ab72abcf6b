"""A form entered at its right visit is of the day of that visit, and what rests on its day follows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, infuse
from ended_subjects import DAY_ONE as TODAY
from logged import BEL as BELIMUMAB
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial, numbers, trial, vitals

from sle_desk.domain import roles
from sle_desk.services import deviations, form_records, infusions, visits, void_forms
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import NewForm

__all__ = ["arms", "made_arms", "made_trial", "trial"]


def coordinator(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


@pytest.mark.parametrize("own_day", [False, True])
def test_a_form_moved_to_its_right_visit_is_of_the_day_of_that_visit_unless_a_person_gave_it_one(
    arms: Study, own_day: bool
) -> None:
    at(arms, TODAY + timedelta(days=14))
    early = coordinator(arms)
    wrong = visits.record_visit(early, BELIMUMAB, "W2", early.today())
    wrong_day = early.today()
    at(arms, TODAY + timedelta(days=28))
    desk = coordinator(arms)
    right = visits.record_visit(desk, BELIMUMAB, "W4", desk.today())
    typed_on = wrong_day + timedelta(days=1) if own_day else wrong_day
    values = Given(numbers({"weight": "61.0"}))
    saved = form_records.save_form(desk, NewForm(BELIMUMAB, wrong.id, "vitals", typed_on, values))
    entered = form_records.weights(desk, BELIMUMAB)[-1]
    moved = void_forms.void_form(desk, saved.id, "slip", saved.version, to_visit=right.id)
    assert moved is not None
    day = typed_on if own_day else desk.today()
    assert form_records.form_row(desk, moved).on_day == day
    weighed = form_records.weights(desk, BELIMUMAB)[-1]
    assert entered != weighed or own_day
    proposal = infusions.propose_infusion(desk, BELIMUMAB, Decimal("61.0"))
    assert (proposal.last_saved is not None and proposal.last_saved.on_day == desk.today()) is not own_day


def test_a_dose_on_a_weight_that_moves_to_another_day_is_judged_again(arms: Study) -> None:
    at(arms, TODAY + timedelta(days=1))
    desk = coordinator(arms)
    wrong = visits.record_visit(desk, BELIMUMAB, "UNS", desk.today())
    saved = form_records.form_row(desk, vitals(desk, BELIMUMAB, wrong.id))
    infuse(arms, arms.sit("lin.yue", roles.NURSE), BELIMUMAB)
    at(arms, TODAY + timedelta(days=2))
    desk = coordinator(arms)
    right = visits.record_visit(desk, BELIMUMAB, "UNS", desk.today())
    proposed = {row.code for row in deviations.deviations(desk, BELIMUMAB, progress="proposed")}
    void_forms.void_form(desk, saved.id, "slip", saved.version, to_visit=right.id)
    found = {row.code for row in deviations.deviations(desk, BELIMUMAB, progress="proposed")}
    assert found - proposed == {"dose.weight_void"}
