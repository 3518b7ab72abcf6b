"""Who gave a dose is compared with the delegation log, with an account or without, whoever types."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dose_fixtures import at, dispense, inject, prepared
from study_fixtures import PASSWORD, START, Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.domain import roles
from sle_desk.services import delegations, deviations, people, preparing
from sle_desk.services.actor import NewPerson
from sle_desk.services.delegations import NewDelegation
from sle_desk.services.desk import Desk

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]

BELIMUMAB, IL2 = 2, 3
TYPISTS = [("lin.yue", roles.NURSE), ("wu.min", roles.PI)]


def missing(desk: Desk) -> list[tuple[str, date]]:
    """Return whom the log lacks, and on which day."""
    rows = deviations.deviations(desk, IL2)
    return [(str(row.facts["name"]), row.on_day) for row in rows if row.code == "delegation.missing"]


@pytest.fixture
def dosed(arms: Study) -> Study:
    """Subject 3 has a kit and had the first injection from who is delegated."""
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, START.date() + timedelta(days=2), "09:00")
    return arms


@pytest.mark.parametrize(("login", "role"), TYPISTS)
def test_a_giver_whom_nobody_delegated_is_found_whoever_types(dosed: Study, login: str, role: str) -> None:
    people.create_person(
        dosed.sit("xu.feng", roles.ADMINISTRATOR),
        dosed.folder,
        NewPerson("new.nurse", "New Nurse", PASSWORD),
        (roles.NURSE,),
    )
    desk = dosed.sit(login, role)
    inject(desk, IL2, given_by="new  nurse")
    inject(desk, IL2, given_by="Wang Li (ward 7)", reason="subject")
    # Once for a person and day.
    inject(desk, IL2, given_by="Wang Li (ward 7)", reason="subject")
    day = desk.today()
    assert sorted(missing(desk)) == [("New Nurse", day), ("Wang Li (ward 7)", day)]


@pytest.mark.parametrize("name", ["Lin Yue", " lin yue", "Wu Min", ""])
def test_who_is_delegated_and_the_pi_are_not(dosed: Study, name: str) -> None:
    desk = dosed.sit("lin.yue", roles.NURSE)
    inject(desk, IL2, given_by=name)
    assert missing(desk) == []


@pytest.mark.parametrize(("place", "found"), [("home", 0), ("community_hospital", 0), ("ward", 1), ("", 1)])
def test_away_from_the_site_nobody_could_have_been_delegated(dosed: Study, place: str, found: int) -> None:
    desk = dosed.sit("lin.yue", roles.NURSE)
    inject(desk, IL2, given_by="her mother", place=place, source_reference="letter 1")
    assert len(missing(desk)) == found


def test_a_line_written_into_the_log_later_takes_the_proposal_back_of_its_days_alone(dosed: Study) -> None:
    desk = dosed.sit("lin.yue", roles.NURSE)
    first = desk.today()
    inject(desk, IL2, given_by="New Nurse")
    at(dosed, first + timedelta(days=2))
    desk = dosed.sit("lin.yue", roles.NURSE)
    inject(desk, IL2, given_by="New Nurse")
    assert len(missing(desk)) == 2
    # The account is made afterwards: the name is the same person's.
    admin = dosed.sit("xu.feng", roles.ADMINISTRATOR)
    new = NewPerson("new.nurse", "New Nurse", PASSWORD)
    person = people.create_person(admin, dosed.folder, new, (roles.NURSE,))
    pi = dosed.sit("wu.min", roles.PI)
    delegations.record_delegation(pi, NewDelegation(person, roles.ENTRY, first))
    assert len(missing(pi)) == 2
    delegations.record_delegation(pi, NewDelegation(person, roles.DOSING, first, first + timedelta(days=1)))
    assert missing(pi) == [("New Nurse", first + timedelta(days=2))]
    delegations.record_delegation(pi, NewDelegation(person, roles.DOSING, first + timedelta(days=2)))
    assert missing(pi) == []


def test_who_prepared_an_infusion_is_compared_too(arms: Study) -> None:
    desk = arms.sit("wu.min", roles.PI)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, prepared_by="Wang Li (ward 7)"))
    found = [row.facts["name"] for row in deviations.deviations(desk, BELIMUMAB)]
    assert found == ["Wang Li (ward 7)"]
