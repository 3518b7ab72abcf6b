"""Who could do what on a day, after roles and accounts changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed
from sle_desk.domain import roles
from sle_desk.models.people import UserRole
from sle_desk.services import access, delegations, history, people, studies
from sle_desk.services.access import Holder
from sle_desk.services.desk import Desk


def who(desk: Desk, action: str, day: object) -> dict[str, bool]:
    """Return the names of who could, and whether the task was delegated to them."""
    row = next(row for row in access.access_on(desk, day) if row.action == action)  # type: ignore[arg-type]
    return {holder.name: holder.delegated for holder in row.people}


def test_every_action_of_the_matrix_is_there_with_its_roles(study: Study) -> None:
    desk = study.sit("he.jian", roles.MONITOR)
    rows = {row.action: row for row in access.access_on(desk, desk.today())}
    asked = {**roles.SIGHTS, **roles.ACTIONS}
    assert rows.keys() == asked.keys()
    assert all(row.roles == asked[name].roles for name, row in rows.items())
    assert {each.name for each in rows["sight.names"].people} == {
        "Chen Lan",
        "Lin Yue",
        "Zhao Jing",
        "Wu Min",
    }
    assert rows["decision.sign"].people == (Holder("Wu Min", roles.PI),)


def test_a_closed_account_and_an_ended_role_count_on_the_days_they_stood(study: Study) -> None:
    first = study.sit("xu.feng", roles.ADMINISTRATOR).today()
    study.clock.advance(timedelta(days=10))
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    by_login = {person.login: person for person in people.people(desk)}
    people.set_roles(desk, by_login["zhao.jing"].id, (roles.NURSE,))
    people.deactivate_person(desk, study.folder, by_login["lin.yue"].id, "left the clinic")
    today = desk.today()
    study.clock.advance(timedelta(days=1))
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    assert {"Lin Yue", "Chen Lan"} <= who(desk, "dose.record", first).keys()
    assert "Lin Yue" in who(desk, "dose.record", today)
    assert "Lin Yue" not in who(desk, "dose.record", desk.today())
    assert "Zhao Jing" in who(desk, "eligibility.decide", first)
    assert "Zhao Jing" not in who(desk, "eligibility.decide", desk.today())
    assert who(desk, "dose.record", first - timedelta(days=1)) == {}


def test_who_holds_the_role_without_the_task_is_shown_so(study: Study) -> None:
    desk = study.sit("wu.min", roles.PI)
    given = [line for line in delegations.delegation_log(desk) if line.task == roles.RANDOMISATION]
    for line in given:
        delegations.end_delegation(desk, line.id, desk.today())
    study.clock.advance(timedelta(days=1))
    desk = study.sit("wu.min", roles.PI)
    found = who(desk, "allocation.open", desk.today())
    assert found["Wu Min"] is True
    assert found["Chen Lan"] is False


def test_a_role_ended_today_counts_until_then_and_is_dated_today(study: Study) -> None:
    nurse = study.sit("lin.yue", roles.NURSE).actor.user_id
    study.clock.advance(timedelta(hours=2))
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    people.set_roles(desk, nurse, (roles.STATISTICIAN,))
    ended, today = desk.now(), desk.today()
    study.clock.advance(timedelta(hours=1))
    with desk.view() as session:
        lines = session.scalars(select(UserRole).where(UserRole.user_id == nurse).order_by(UserRole.id)).all()
    assert [(line.role, line.from_day, line.until_day) for line in lines] == [
        (roles.NURSE, lines[0].from_day, today),
        (roles.STATISTICIAN, today, None),
    ]
    rows = {row.action: row.people for row in access.access_on(desk, today)}
    assert Holder("Lin Yue", roles.NURSE, True, ended) in rows["dose.record"]
    assert Holder("Lin Yue", roles.STATISTICIAN) in rows["list.import"]
    rows = {row.action: row.people for row in access.access_on(desk, today + timedelta(days=1))}
    assert "Lin Yue" not in {holder.name for holder in rows["dose.record"]}
    # What ended is not open any more, today or later.
    assert next(each.roles for each in people.people(desk) if each.id == nurse) == (roles.STATISTICIAN,)
    people.set_roles(desk, nurse, (roles.NURSE,))
    rows = {row.action: row.people for row in access.access_on(desk, today)}
    assert Holder("Lin Yue", roles.NURSE) in rows["dose.record"]


def test_a_role_given_with_its_last_day_is_not_held_on_the_day_after(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    new = studies.NewPerson("shi.cha", "Shi Cha", PASSWORD)
    person = people.create_person(admin, study.folder, new, (roles.INSPECTOR,))
    people.limit_person(admin, person, admin.today() + timedelta(days=2))
    people.set_roles(admin, person, (roles.INSPECTOR, roles.QUALITY_CONTROL))
    for days, held in ((2, {roles.INSPECTOR, roles.QUALITY_CONTROL}), (3, set())):
        rows = access.access_on(admin, admin.today() + timedelta(days=days))
        assert {each.role for row in rows for each in row.people if each.name == "Shi Cha"} == held


def test_an_account_closed_in_the_morning_is_shown_with_its_time(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    monitor = next(row.id for row in people.people(admin) if row.login == "he.jian")
    study.clock.advance(timedelta(hours=2))
    people.deactivate_person(admin, study.folder, monitor, "left")
    closed = admin.now()
    for days, until in ((0, {closed}), (1, set())):
        rows = access.access_on(admin, closed.date() + timedelta(days=days))
        assert {each.until for row in rows for each in row.people if each.name == "He Jian"} == until


def test_who_reads_the_audit_reads_what_the_matrix_says(study: Study) -> None:
    study.sit("chen.lan", roles.COORDINATOR)
    for login, role, seen in (
        ("sun.tong", roles.STATISTICIAN, None),
        ("lin.yue", roles.NURSE, {"lin.yue"}),
        ("wu.min", roles.PI, {"chen.lan", "lin.yue", "wu.min"}),
    ):
        desk = study.sit(login, role)
        assert (role in roles.READS_AUDIT) == (seen is not None and len(seen) > 1)
        if seen is None:
            for read in (lambda: history.audit_trail(desk), lambda: history.subject_trail(desk, 1)):  # noqa: B023
                with pytest.raises(NotAllowed, match=r"role\.reads_no_audit"):
                    read()
            continue
        rows = history.audit_trail(desk, history.Trail(limit=5000))
        assert seen <= {row.user for row in rows} and (len(seen) > 1 or {row.user for row in rows} == seen)
