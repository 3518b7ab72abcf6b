"""A settled deviation whose ground was corrected away is told, stays as settled, and is looked at again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dose_fixtures import at, dispense, inject
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.domain import roles
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.study_export import study_tables
from sle_desk.models.safety import Deviation
from sle_desk.services import (
    consent_records,
    deviations,
    overview,
    record_corrections,
    subjects,
    void_consents,
)
from sle_desk.services.desk import Desk
from sle_desk.services.deviations import DeviationRow
from sle_desk.services.record_corrections import Why
from sle_desk.services.snapshots import snapshot
from sle_desk.services.subjects import NewConsent

__all__ = ["arms", "made_arms", "made_trial"]
INTERLEUKIN = 3


def coordinator(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


def signed(day: date) -> NewConsent:
    return NewConsent(INTERLEUKIN, "v2.1", day, "07:40", "Zhao Jing", "Y")


@pytest.fixture
def before_consent(arms: Study) -> tuple[Study, int, date]:
    """An injection on the day before the only consent that stands: the study, the consent, the day."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    first = nurse.today()
    dispense(nurse, INTERLEUKIN)
    inject(nurse, INTERLEUKIN)
    at(arms, first + timedelta(days=2), "18:00")
    desk = coordinator(arms)
    for row in subjects.consents(desk, INTERLEUKIN):
        void_consents.void_consent(desk, row.id, "slip", row.version)
    consent_id = consent_records.record_consent(desk, signed(first + timedelta(days=1)), "overlooked")
    return arms, consent_id, first


def settled(study: Study, how: str = "accept") -> DeviationRow:
    """Return the dose before consent, once an investigator settled it."""
    pi = study.sit("wu.min", roles.PI)
    row = standing(pi)
    if how == "accept":
        return deviations.accept(pi, row.id, row.version)
    return deviations.explain(pi, row.id, row.version, "the paper is of the day before")


def standing(desk: Desk) -> DeviationRow:
    found = deviations.deviations(desk, INTERLEUKIN)
    (row,) = [each for each in found if each.code == "dose.before_consent"]
    return row


def correct(desk: Desk, consent_id: int, day: date) -> None:
    (row,) = [each for each in subjects.consents(desk, INTERLEUKIN) if each.id == consent_id]
    record_corrections.correct_consent(desk, Why(consent_id, row.version, "slip"), signed(day))


def told(desk: Desk) -> list[tuple[object, object]]:
    rows = [row for row in overview.today(desk).group("today") if row.items[0].code == "grounds"]
    return [(row.items[0].facts["count"], row.items[0].facts["gone"]) for row in rows]


@pytest.mark.parametrize("how", ["accept", "explain"])
def test_what_the_records_show_no_more_is_told_and_stays_as_it_was_settled(
    before_consent: tuple[Study, int, date], how: str
) -> None:
    study, consent_id, first = before_consent
    row = settled(study, how)
    desk = coordinator(study)
    assert (row.ground, told(desk)) == ("", [])
    correct(desk, consent_id, first)
    now = standing(desk)
    assert (now.id, now.progress, now.explanation) == (row.id, row.progress, row.explanation)
    assert (now.ground, dict(now.ground_facts)) == ("gone", {})
    assert told(desk) == [(1, 1)]
    # As the record stood before, it stands again by it: nothing is left to look at.
    correct(desk, consent_id, first + timedelta(days=1))
    assert (standing(desk).ground, told(desk)) == ("", [])


def test_other_figures_are_told_beside_those_it_was_settled_on(
    before_consent: tuple[Study, int, date],
) -> None:
    study, consent_id, first = before_consent
    row = settled(study)
    desk = coordinator(study)
    correct(desk, consent_id, first + timedelta(days=2))
    (now,) = [each for each in deviations.deviations(desk, INTERLEUKIN) if each.id == row.id]
    assert (now.ground, now.facts) == ("differs", row.facts)
    assert now.ground_facts != row.facts and set(now.ground_facts) == set(row.facts)
    assert told(desk) == [(1, 0)]


def test_who_looked_again_is_told_again_only_of_something_new(
    before_consent: tuple[Study, int, date],
) -> None:
    study, consent_id, first = before_consent
    row = settled(study)
    desk = coordinator(study)
    correct(desk, consent_id, first)
    pi = study.sit("wu.min", roles.PI)
    opened = deviations.reopen(pi, row.id, standing(pi).version, "late")
    kept = deviations.explain(pi, row.id, opened.version, "signed on the day itself")
    assert (kept.ground, told(pi)) == ("seen", [])
    # Another correction by which nothing is shown either is nothing new; one that shows it so is.
    desk = coordinator(study)
    (consent,) = [each for each in subjects.consents(desk, INTERLEUKIN) if each.id == consent_id]
    record_corrections.correct_consent(
        desk, Why(consent_id, consent.version, "slip"),
        NewConsent(INTERLEUKIN, "v2.1", first, "07:10", "Zhao Jing", "Y"),
    )  # fmt: skip
    assert told(desk) == []
    correct(desk, consent_id, first + timedelta(days=2))
    assert told(desk) == [(1, 0)]


def test_the_table_of_deviations_says_what_has_no_ground(before_consent: tuple[Study, int, date]) -> None:
    study, consent_id, first = before_consent
    settled(study)
    desk = coordinator(study)
    correct(desk, consent_id, first)
    with snapshot(desk) as copy:
        (table,) = [each for each in study_tables(copy, PRESETS["site"]) if each.name == "DEVIATIONS"]
    names = [column.name for column in table.columns]
    found = [dict(zip(names, row, strict=True)) for row in table.rows]
    assert [row["GROUND"] for row in found if row["DEVIATION"] == "dose.before_consent"] == ["gone"]


def test_a_proposal_that_went_void_is_proposed_again_where_it_holds_again(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)

    def propose() -> None:
        with desk.change("form.save") as change:
            change.propose_once(None, "signer.not_pi", "major", desk.today(), same=("signer",), signer="He")

    propose()
    propose()
    (row,) = deviations.deviations(desk)
    with desk.change("form.save") as change:
        change.session.get_one(Deviation, row.id).progress = "void"
    propose()
    (again,) = deviations.deviations(desk)
    assert again.id != row.id
