"""Accounts: roles that end at once, closed accounts, and somebody who is left."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.services import history, people, studies
from sle_desk.services.desk import Desk
from sle_desk.services.people import NewDelegation, Person
from sle_desk.services.studies import NewPerson


@pytest.fixture
def admin(study: Study) -> Desk:
    """The administrator's desk."""
    return study.sit("xu.feng", roles.ADMINISTRATOR)


def person(desk: Desk, login: str) -> Person:
    return next(each for each in people.people(desk) if each.login == login)


def test_a_role_that_is_taken_away_ends_at_once(admin: Desk) -> None:
    nurse = person(admin, "lin.yue")
    people.set_roles(admin, nurse.id, (roles.STATISTICIAN,))
    assert person(admin, "lin.yue").roles == (roles.STATISTICIAN,)


def test_two_roles_that_exclude_each_other_are_never_open_together(study: Study, admin: Desk) -> None:
    people.set_roles(admin, person(admin, "lin.yue").id, (roles.STATISTICIAN,))
    study.leave()
    unlocked = studies.unlock(study.folder.path, "lin.yue", PASSWORD, study.clock)
    assert unlocked.roles == (roles.STATISTICIAN,)
    studies.leave(unlocked)


def test_a_role_taken_away_and_given_back_on_one_day_is_held(admin: Desk) -> None:
    nurse = person(admin, "lin.yue")
    people.set_roles(admin, nurse.id, (roles.MONITOR,))
    people.set_roles(admin, nurse.id, (roles.MONITOR, roles.NURSE))
    assert set(person(admin, "lin.yue").roles) == {roles.MONITOR, roles.NURSE}


def test_a_closed_account_opens_nothing_and_its_name_is_not_given_again(study: Study, admin: Desk) -> None:
    people.deactivate_person(admin, study.folder, person(admin, "he.jian").id, "left")
    assert not person(admin, "he.jian").active
    newest = [row for row in history.audit_trail(admin) if row.action == "people.deactivate"]
    assert newest and all(row.user == "xu.feng" for row in newest)
    with pytest.raises(RuleBroken, match="login.taken"):
        people.create_person(admin, study.folder, NewPerson("he.jian", "He Jian", PASSWORD), (roles.MONITOR,))
    study.leave()
    with pytest.raises(NotAllowed):
        studies.unlock(study.folder.path, "he.jian", PASSWORD, study.clock)


def test_closing_needs_a_reason_and_spares_oneself(study: Study, admin: Desk) -> None:
    with pytest.raises(RuleBroken, match="change.reason_needed"):
        people.deactivate_person(admin, study.folder, person(admin, "he.jian").id, "  ")
    with pytest.raises(RuleBroken, match="people.own_account"):
        people.deactivate_person(admin, study.folder, admin.actor.user_id, "left")
    assert all(each.active for each in people.people(admin))


def test_the_last_investigator_and_the_last_administrator_stay(study: Study, admin: Desk) -> None:
    investigator = person(admin, "wu.min")
    with pytest.raises(RuleBroken, match="people.last_of_role"):
        people.deactivate_person(admin, study.folder, investigator.id, "left")
    with pytest.raises(RuleBroken, match="people.last_of_role"):
        people.set_roles(admin, admin.actor.user_id, (roles.MONITOR,))
    assert person(admin, "wu.min").active
    study.leave()
    assert study.sit("wu.min", roles.PI)


def test_only_the_administrator_closes_accounts(study: Study) -> None:
    pi = study.sit("wu.min", roles.PI)
    with pytest.raises(NotAllowed, match="role.may_not"):
        people.deactivate_person(pi, study.folder, person(pi, "he.jian").id, "left")


def test_a_new_account_waits_for_a_password_of_its_own(study: Study, admin: Desk) -> None:
    people.create_person(admin, study.folder, NewPerson("li.na", "Li Na", PASSWORD), (roles.NURSE,))
    assert person(admin, "li.na").must_change_password


@pytest.mark.parametrize("name", ["", " ", "x" * 51])
def test_a_name_that_cannot_be_is_refused(study: Study, admin: Desk, name: str) -> None:
    with pytest.raises(RuleBroken, match="name.length"):
        people.create_person(admin, study.folder, NewPerson("li.na", name, PASSWORD), (roles.NURSE,))


def test_a_delegation_does_not_end_before_it_began(study: Study) -> None:
    pi = study.sit("wu.min", roles.PI)
    start = date(2026, 11, 1)
    line = people.record_delegation(pi, NewDelegation(person(pi, "lin.yue").id, roles.ENTRY, start))
    with pytest.raises(RuleBroken, match="delegation.order"):
        people.end_delegation(pi, line, start - timedelta(days=1))
    people.end_delegation(pi, line, start)
    assert people.delegation_log(pi)[-1].until_day == start


def test_a_wrong_password_at_the_lock_is_noted(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(NotAllowed, match="lock.password"):
        people.confirm_presence(desk, study.folder, "not hers at all")
    assert history.audit_trail(desk)[0].facts["code"] == "lock.password"
    people.confirm_presence(desk, study.folder, PASSWORD)


def test_the_day_of_the_training_is_kept_and_cannot_lie_ahead(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    nurse = person(admin, "lin.yue")
    assert nurse.trained_on is None
    people.record_training(admin, nurse.id, admin.today())
    assert person(admin, "lin.yue").trained_on == admin.today()
    with pytest.raises(RuleBroken):
        people.record_training(admin, nurse.id, admin.today() + timedelta(days=1))
