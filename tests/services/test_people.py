"""Accounts: roles that end at once, closed accounts, and somebody who is left."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from study_fixtures import CHEAP, PASSWORD, Study

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.services import access, delegations, history, people, studies
from sle_desk.services.actor import NewPerson
from sle_desk.services.delegations import NewDelegation
from sle_desk.services.desk import Desk
from sle_desk.services.people import Person


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
    line = delegations.record_delegation(pi, NewDelegation(person(pi, "lin.yue").id, roles.ENTRY, start))
    with pytest.raises(RuleBroken, match="delegation.order"):
        delegations.end_delegation(pi, line, start - timedelta(days=1))
    delegations.end_delegation(pi, line, start)
    assert delegations.delegation_log(pi)[-1].until_day == start


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


def inspector(admin: Desk, study: Study, last_day: date) -> int:
    """Make an account of an inspector that opens the study until a day."""
    new = NewPerson("shi.cha", "Shi Cha", PASSWORD)
    number = people.create_person(admin, study.folder, new, (roles.INSPECTOR,), CHEAP)
    people.limit_person(admin, number, last_day)
    return number


def test_an_inspector_signs_in_on_the_last_day_and_not_on_the_next(study: Study, admin: Desk) -> None:
    last = admin.today() + timedelta(days=2)
    inspector(admin, study, last)
    assert person(admin, "shi.cha").last_day == last and person(admin, "lin.yue").last_day is None
    study.clock.advance(timedelta(days=2))
    desk = study.sit("shi.cha", roles.INSPECTOR)
    people.confirm_presence(desk, study.folder, PASSWORD)
    # Who stayed at the locked screen over midnight is not led back.
    study.clock.advance(timedelta(days=1))
    with pytest.raises(NotAllowed, match=r"sign_in\.no_role"):
        people.confirm_presence(desk, study.folder, PASSWORD)
    study.leave()
    with pytest.raises(NotAllowed, match=r"sign_in\.no_role"):
        studies.unlock(study.folder.path, "shi.cha", PASSWORD, study.clock)


def test_who_could_is_told_until_the_last_day_and_no_longer(study: Study, admin: Desk) -> None:
    last = admin.today() + timedelta(days=2)
    number = inspector(admin, study, last)
    study.clock.advance(timedelta(days=5))
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)

    def could(day: date) -> set[str]:
        row = next(row for row in access.access_on(admin, day) if row.action == "paper.print")
        return {holder.name for holder in row.people}

    assert "Shi Cha" in could(last) and "Shi Cha" not in could(last + timedelta(days=1))
    # The roles can be given again.
    people.set_roles(admin, number, (roles.INSPECTOR,))
    assert person(admin, "shi.cha").last_day is None and "Shi Cha" in could(admin.today())


def test_a_role_given_to_a_limited_account_ends_with_it(study: Study, admin: Desk) -> None:
    last = admin.today() + timedelta(days=2)
    number = inspector(admin, study, last)
    people.set_roles(admin, number, (roles.MONITOR,))
    assert (person(admin, "shi.cha").roles, person(admin, "shi.cha").last_day) == ((roles.MONITOR,), last)
    study.clock.advance(timedelta(days=3))
    with pytest.raises(NotAllowed, match=r"sign_in\.no_role"):
        study.sit("shi.cha", roles.MONITOR)


def test_whoever_is_limited_is_not_the_one_that_stays_in_charge(study: Study, admin: Desk) -> None:
    other = NewPerson("bei.xuan", "Bei Xuan", PASSWORD)
    number = people.create_person(admin, study.folder, other, (roles.PI,), CHEAP)
    people.limit_person(admin, number, admin.today() + timedelta(days=9))
    wu_min = person(admin, "wu.min").id
    with pytest.raises(RuleBroken, match=r"people\.last_of_role"):
        people.set_roles(admin, wu_min, (roles.MONITOR,))
    with pytest.raises(RuleBroken, match=r"people\.last_of_role"):
        people.deactivate_person(admin, study.folder, wu_min, "left")


def test_a_last_day_that_is_past_or_leaves_nobody_in_charge_is_refused(admin: Desk) -> None:
    yesterday, today = admin.today() - timedelta(days=1), admin.today()
    with pytest.raises(RuleBroken, match=r"people\.last_day_past"):
        people.limit_person(admin, person(admin, "he.jian").id, yesterday)
    for login in ("xu.feng", "wu.min"):
        with pytest.raises(RuleBroken, match=r"people\.last_of_role"):
            people.limit_person(admin, person(admin, login).id, today + timedelta(days=300))
    people.limit_person(admin, person(admin, "he.jian").id, today)
    people.limit_person(admin, person(admin, "he.jian").id, today + timedelta(days=9))
    assert person(admin, "he.jian").last_day == today + timedelta(days=9)


def test_a_role_ended_by_its_last_day_writes_no_more_in_a_session_that_is_open(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    monitor = next(row.id for row in people.people(admin) if row.login == "he.jian")
    people.limit_person(admin, monitor, admin.today())
    desk = study.sit("he.jian", roles.MONITOR)
    people.choose_language(desk, "en")
    study.clock.advance(timedelta(days=1))
    before = desk.head().number
    with pytest.raises(NotAllowed, match=r"role\.ended"):
        people.choose_language(desk, "zh_CN")
    assert desk.head().number == before + 1 and desk.role_ended
    with desk.draft() as session:
        assert session is not None
    # Whoever lost the role still leaves, and that is noted.
    study.leave()
    trail = history.audit_trail(study.sit("wu.min", roles.PI), history.Trail(limit=50))
    told = [(row.action, row.user) for row in trail if row.user == "he.jian"]
    assert ("session.close", "he.jian") in told and ("refused", "he.jian") in told


def test_a_role_ended_in_the_session_itself_does_nothing_more(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    nurse = next(row.id for row in people.people(admin) if row.login == "lin.yue")
    people.set_roles(admin, nurse, (roles.ADMINISTRATOR,))
    own = admin.actor.user_id
    people.set_roles(admin, own, (roles.MONITOR,))
    with pytest.raises(NotAllowed, match=r"role\.ended"):
        people.set_roles(admin, own, (roles.ADMINISTRATOR,))
