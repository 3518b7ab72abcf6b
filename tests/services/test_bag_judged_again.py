"""A bag whose weight is put right before it is given or discarded: what is proposed about it stands once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from dose_fixtures import at, infuse, prepared, weigh
from sqlalchemy import select
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial, numbers

from sle_desk.domain import roles
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services import deviations, form_records, infusions, preparing
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.not_given import NotGiven, record_not_given
from sle_desk.services.preparing import PreparedRow

__all__ = ["arms", "made_arms", "made_trial"]

SUBJECT = 2
Bag = tuple[Study, Desk, PreparedRow]


@pytest.fixture
def bag(arms: Study) -> Iterator[Bag]:
    """The second infusion is prepared, and the weight that it was computed on is put right since."""
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    infuse(arms, desk, SUBJECT)
    at(arms, desk.today() + timedelta(days=28))
    weigh(desk, SUBJECT, "UNS")
    row = preparing.prepare_infusion(desk, prepared(desk, SUBJECT, reason="mistake"))
    _put_weight_right(desk, "63")
    assert proposed(desk) == ["dose.weight_corrected"]
    arms.clock.advance(timedelta(minutes=30))
    yield arms, desk, row


def _put_weight_right(desk: Desk, kilograms: str) -> None:
    with desk.view() as session:
        answer = session.scalars(
            select(Answer)
            .join(FormRecord, FormRecord.id == Answer.form_record_id)
            .where(FormRecord.subject_id == SUBJECT, Answer.field == "weight")
            .order_by(Answer.id)
        ).all()[-1]
    value = numbers({"weight": kilograms})["weight"]
    right = form_records.Correction(answer.form_record_id, "weight", value, "slip", answer.version)
    form_records.correct_value(desk, right)


def proposed(desk: Desk) -> list[str]:
    """Return the codes of what is proposed of the subject."""
    rows = deviations.deviations(desk, SUBJECT)
    return sorted(row.code for row in rows if row.progress == "proposed")


def test_a_weight_put_right_before_the_bag_is_given_is_proposed_once(bag: Bag) -> None:
    _, desk, row = bag
    given = GivenDose(
        SUBJECT, "BEL", desk.today(), desk.now(), administered=row.prescribed, reaction="none",
        place="ward", given_by="Lin Yue", reason="mistake",
    )  # fmt: skip
    infusions.give_infusion(desk, given, row.id)
    assert proposed(desk).count("dose.weight_corrected") == 1


def test_a_bag_that_was_not_given_proposes_that_the_dose_was_missed_and_nothing_of_its_weight(
    bag: Bag,
) -> None:
    _, desk, row = bag
    told = NotGiven(SUBJECT, "BEL", "spoiled", number=2, prepared_id=row.id, discarded_on=desk.today())
    record_not_given(desk, told)
    assert proposed(desk) == ["dose.missed"]
