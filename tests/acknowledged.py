"""What a study has acknowledged, kept beside it: every act with its audit rows, every record with its values.

After a reopening, however the study was left, it is held against this: no more and no less may be there.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.models.base import Base
from sle_desk.models.people import User, UserRole, UserSession
from sle_desk.models.tables import METADATA
from sle_desk.services import studies
from sle_desk.services.desk import Desk, Head
from sle_desk.services.studies import Unlocked

REFUSED, FAILED, CREATED = "refused", "sign_in.failed", "study.create"
# What the audit notes beside the acts of the matrix; whoever is at the desk may cause the first two.
BESIDE = frozenset({REFUSED, FAILED, CREATED})
SETUP = "setup"
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Act:
    """One act: the audit rows after `after` up to `head`, whose they are, in which role, and why."""

    after: int
    head: Head
    login: str
    role: str
    action: str
    reason: str | None


@dataclass
class Acknowledged:
    """What was told to people as done, from a head of the audit on."""

    start: Head
    acts: list[Act] = field(default_factory=list)
    rows: dict[tuple[type[Base], int], dict[str, object]] = field(default_factory=dict)

    @property
    def head(self) -> Head:
        """Return the end of the audit as it was when the last act was acknowledged."""
        return self.acts[-1].head if self.acts else self.start

    def act(self, desk: Desk, head: Head, action: str, reason: str | None = None) -> None:
        """Keep that the person at the desk was told that an act is done; None: its reason is not compared."""
        assert head.number > self.head.number, f"{action} was acknowledged and left nothing in the audit"
        actor = desk.actor
        self.acts.append(Act(self.head.number, head, actor.login, actor.role, action, reason))

    def put(self, model: type[Base], row_id: int, **values: object) -> None:
        """Keep what a row holds, or what was changed of it."""
        self.rows.setdefault((model, row_id), {}).update(values)

    def get(self, model: type[Base], row_id: int) -> dict[str, Any]:
        """Return what is known of a row."""
        return self.rows[model, row_id]

    def of(self, model: type[Base], **like: object) -> list[int]:
        """Return the numbers of the known rows of a table that hold these values."""
        return [
            row_id
            for (table, row_id), values in self.rows.items()
            if table is model and all(values[name] == value for name, value in like.items())
        ]

    def check(self, unlocked: Unlocked) -> None:
        """Fail unless the opened study is whole and holds all that was acknowledged, and nothing else."""
        found = studies.opening_checks(unlocked, lambda step, share: None)
        assert not found.faults, found.faults
        database = unlocked.database
        broken = database.run(lambda cursor: cursor.execute("PRAGMA foreign_key_check").fetchall())
        assert not broken, broken
        assert Head(found.number, found.link) == self.head
        with database.session() as session:
            self._check_rows(session)
            audit = session.scalars(select(Audit).order_by(Audit.number)).all()
            assert [row.number for row in audit] == list(range(1, self.head.number + 1))
            check_persons(session, audit)
        self._check_acts(audit)

    def _check_rows(self, session: Session) -> None:
        for (model, row_id), said in self.rows.items():
            row = session.get(model, row_id)
            assert row is not None, f"{model.__name__} {row_id} was acknowledged and is gone"
            assert {name: getattr(row, name) for name in said} == said, f"{model.__name__} {row_id}"

    def _check_acts(self, audit: Collection[Audit]) -> None:
        rows = list(audit)
        for act in self.acts:
            own = rows[act.after : act.head.number]
            assert own[-1].link == act.head.link
            assert {(row.user, row.role) for row in own} == {(act.login, act.role)}, act
            assert {row.action for row in own} <= {act.action, FAILED}, act
            if act.reason is not None:
                assert {row.reason for row in own if row.operation != "event"} == {act.reason}, act


def check_persons(session: Session, audit: Collection[Audit]) -> None:
    """Fail unless behind each audit row stands a person who held its role that day and may do its action."""
    logins = {user.id: user.login for user in session.scalars(select(User))}
    held = list(session.scalars(select(UserRole)))
    sat = {row.id: (row.user_id, row.role) for row in session.scalars(select(UserSession))}
    for row in audit:
        if row.role == SETUP:
            assert (row.action, row.change) == (CREATED, 1), row.number
            continue
        assert row.user_id is not None and logins[row.user_id] == row.user, row.number
        assert row.session_id is None or sat[row.session_id] == (row.user_id, row.role), row.number
        assert any(_holds(each, row.user_id, row.role, row.at.date()) for each in held), row.number
        if row.action not in BESIDE:
            assert row.role in roles.ACTIONS[row.action].roles, f"{row.number}: {row.action} by {row.role}"
        elif row.action == REFUSED:
            asked = json.loads(row.payload or "{}")
            assert asked["code"] != "role.may_not" or row.role not in roles.ACTIONS[asked["action"]].roles


def _holds(line: UserRole, user_id: int, role: str, day: date) -> bool:
    until = line.until_day
    own = (line.user_id, line.role) == (user_id, role)
    return own and line.from_day <= day and (until is None or day <= until)


def all_rows(desk: Desk) -> Rows:
    """Return every row of every table but the audit, as it is kept."""

    def asked(cursor: Any) -> Rows:
        return dict(_rows(cursor))

    found: Rows = desk.cursor_check(asked)
    return found


def _rows(cursor: Any) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    for name in METADATA.tables:
        if name != Audit.__tablename__:
            yield name, cursor.execute(f'SELECT * FROM "{name}" ORDER BY id').fetchall()
