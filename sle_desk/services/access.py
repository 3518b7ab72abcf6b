"""Who may do what, and who could on a day: the matrix of roles beside accounts and delegations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

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
    # When the role ended, where that was on the very day.
    until: datetime | None = None


@dataclass(frozen=True)
class AccessRow:
    """One action, or one thing that is read: the roles that may, the task it needs, who could on the day."""

    action: str
    roles: frozenset[str]
    task: str
    people: tuple[Holder, ...]


def access_on(desk: Desk, day: date) -> tuple[AccessRow, ...]:
    """Return what is read and every action of the matrix, with the people who could on a day.

    An account that was closed counts until the day of its closing, one that was made from the day it was;
    so does a role, with the instant at which it ended in the course of the day.
    """
    with desk.view() as session:
        held = _held(session, day)
        given = _delegated(session, day)
        names = {user.id: user.name for user in session.scalars(select(User))}
    asked = [(name, sight.roles, "") for name, sight in roles.SIGHTS.items()]
    asked += [(action.name, action.roles, action.task) for action in roles.ACTIONS.values()]
    return tuple(
        AccessRow(
            name,
            allowed,
            task,
            tuple(
                Holder(names[person], role, _has_task(task, person, role, given), until)
                for (person, role), until in held.items()
                if role in allowed
            ),
        )
        for name, allowed, task in asked
    )


def _has_task(task: str, person: int, role: str, given: frozenset[tuple[int, str]]) -> bool:
    # The PI delegates, and so needs no line in the log.
    return not task or role == roles.PI or (person, task) in given


def _held(session: Session, day: date) -> dict[tuple[int, str], datetime | None]:
    """Return who held which role on a day; a role that ended in the course of it with the instant."""
    closed = closed_at(session)
    there: dict[int, datetime | None] = {}
    for user in session.scalars(select(User)):
        end = closed.get(user.login)
        if user.created_at.date() <= day and (end is None or day <= end.date()):
            # Closed in the course of the day, nothing was open from then on.
            there[user.id] = end if end is not None and end.date() == day else None
    lines = session.scalars(select(UserRole).order_by(UserRole.user_id, UserRole.id))
    held: dict[tuple[int, str], datetime | None] = {}
    for line in lines:
        if line.user_id in there and roles.was_held_on(line.from_day, line.until_day, day):
            # Taken away and given back on one day, it is held.
            ended = _ended_at(session, line) if line.until_day == day else None
            # One that was limited beforehand, or given with its last day, ended with the day before.
            if line.until_day != day or (ended is not None and ended.date() == day):
                shut = there[line.user_id]
                held[line.user_id, line.role] = ended if shut is None else min(ended or shut, shut)
    return held


def _ended_at(session: Session, line: UserRole) -> datetime | None:
    """Return the instant at which the audit says that a role was ended."""
    return session.scalar(
        select(Audit.at)
        .where(
            Audit.table_name == UserRole.__tablename__, Audit.row_id == line.id, Audit.operation == "update"
        )
        .order_by(Audit.number.desc())
        .limit(1)
    )


def closed_on(session: Session) -> Mapping[str, date]:
    """Return the day on which each account was closed, by sign-in name."""
    return {login: at.date() for login, at in closed_at(session).items()}


def closed_at(session: Session) -> Mapping[str, datetime]:
    """Return the instant at which each account was closed, by sign-in name."""
    rows = session.execute(
        select(Audit.at, Audit.payload).where(Audit.action == "people.deactivate", Audit.operation == "event")
    )
    # A payload that somebody took away is told by the opening checks.
    told = ((at, json.loads(payload or "{}").get("login", "")) for at, payload in rows)
    return {login: at for at, login in told if login}


def _delegated(session: Session, day: date) -> frozenset[tuple[int, str]]:
    lines = session.scalars(select(Delegation))
    return frozenset(
        (line.user_id, line.task)
        for line in lines
        if line.from_day <= day and (line.until_day is None or day <= line.until_day)
    )
