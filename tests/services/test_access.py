"""Who could do what on a day, after roles and accounts changed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from study_fixtures import Study

from sle_desk.domain import roles
from sle_desk.models.people import UserRole
from sle_desk.services import access, people
from sle_desk.services.access import Holder
from sle_desk.services.desk import Desk


def who(desk: Desk, action: str, day: object) -> dict[str, bool]:
    """Return the names of who could, and whether the task was delegated to them."""
    row = next(row for row in access.access_on(desk, day) if row.action == action)  # type: ignore[arg-type]
    return {holder.name: holder.delegated for holder in row.people}


def test_every_action_of_the_matrix_is_there_with_its_roles(study: Study) -> None:
    desk = study.sit("he.jian", roles.MONITOR)
    rows = {row.action: row for row in access.access_on(desk, desk.today())}
    assert rows.keys() == roles.ACTIONS.keys()
    assert all(row.roles == roles.ACTIONS[name].roles for name, row in rows.items())
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
    given = [line for line in people.delegation_log(desk) if line.task == roles.RANDOMISATION]
    for line in given:
        people.end_delegation(desk, line.id, desk.today())
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
