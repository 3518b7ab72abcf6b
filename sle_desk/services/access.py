"""Who may do what, and who could on a day: the matrix of roles beside accounts and delegations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.models.people import Delegation, User, UserRole
from sle_desk.services.desk import Desk


@dataclass(frozen=True)
class Holder:
    """A person who could do something on a day, in a role; undelegated where the task was not given."""

    name: str
    role: str
    delegated: bool = True


@dataclass(frozen=True)
class AccessRow:
    """One action: the roles that may, the task it needs, and who could do it on the day."""

    action: str
    roles: frozenset[str]
    task: str
    people: tuple[Holder, ...]


def access_on(desk: Desk, day: date) -> tuple[AccessRow, ...]:
    """Return every action of the matrix with the people who could do it on a day.

    An account that was closed counts until the day of its closing, one that was made from the day it was.
    """
    with desk.view() as session:
        held = _held(session, day)
        given = _delegated(session, day)
        names = {user.id: user.name for user in session.scalars(select(User))}
    return tuple(
        AccessRow(
            action.name,
            action.roles,
            action.task,
            tuple(
                Holder(names[person], role, _has_task(action.task, person, role, given))
                for person, role in held
                if role in action.roles
            ),
        )
        for action in roles.ACTIONS.values()
    )


def _has_task(task: str, person: int, role: str, given: frozenset[tuple[int, str]]) -> bool:
    # The PI delegates, and so needs no line in the log.
    return not task or role == roles.PI or (person, task) in given


def _held(session: Session, day: date) -> list[tuple[int, str]]:
    closed = closed_on(session)
    there = {
        user.id
        for user in session.scalars(select(User))
        if user.created_at.date() <= day and day <= closed.get(user.login, date.max)
    }
    lines = session.scalars(select(UserRole).order_by(UserRole.user_id, UserRole.id))
    held = [
        (line.user_id, line.role)
        for line in lines
        if line.user_id in there
        and line.from_day <= day
        and (line.until_day is None or day <= line.until_day)
    ]
    return list(dict.fromkeys(held))


def closed_on(session: Session) -> Mapping[str, date]:
    """Return the day on which each account was closed, by sign-in name."""
    rows = session.execute(
        select(Audit.at, Audit.payload).where(Audit.action == "people.deactivate", Audit.operation == "event")
    )
    return {json.loads(payload or "{}")["login"]: at.date() for at, payload in rows}


def _delegated(session: Session, day: date) -> frozenset[tuple[int, str]]:
    lines = session.scalars(select(Delegation))
    return frozenset(
        (line.user_id, line.task)
        for line in lines
        if line.from_day <= day and (line.until_day is None or day <= line.until_day)
    )
