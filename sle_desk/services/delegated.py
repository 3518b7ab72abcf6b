"""Whoever did an act, compared with the delegation log of its day; and what a line written later settles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import roles
from sle_desk.domain.accounts import plain_name
from sle_desk.models.people import User, UserRole
from sle_desk.models.safety import Deviation

if TYPE_CHECKING:
    from sle_desk.services.desk import Change

MISSING = "delegation.missing"


@dataclass(frozen=True)
class Doer:
    """Whoever is named as having done an act, with an account here or without.

    Away from the site (`at_site` False) the subject, the family or another hospital gives a dose: somebody
    of no account is nobody whom the PI could have delegated.
    """

    name: str
    at_site: bool = True


def people_called(session: Session, name: str) -> list[User]:
    """Return the accounts of a name, however its blanks and capitals are written."""
    named = plain_name(name)
    return [user for user in session.scalars(select(User)) if plain_name(user.name) == named]


def was_pi(session: Session, user_id: int, on_day: date) -> bool:
    """Tell whether a person was PI on a day; the PI delegates, and needs no delegation."""
    held = session.scalars(
        select(UserRole).where(UserRole.role == roles.PI).order_by(UserRole.from_day, UserRole.id)
    ).all()
    # The first PI was that before anybody kept the study here.
    return any(
        line.user_id == user_id
        and roles.was_held_on(on_day if line is held[0] else line.from_day, line.until_day, on_day)
        for line in held
    )


def compare_delegation(
    change: Change, done_by: Doer | None, done_on: date | None, subject_id: int | None
) -> None:
    """Propose a deviation when whoever did the act was not delegated its task on that day."""
    task, day = change.action.task, done_on or change.at.date()
    if not task:
        return
    if done_by is not None and done_by.name.strip():
        people = people_called(change.session, done_by.name)
        if people:
            pi = any(was_pi(change.session, user.id, day) for user in people)
            if not pi and not any(change.is_delegated(user.id, task, day) for user in people):
                change.propose_undelegated(people[0], task, day, subject_id)
            return
        if done_by.at_site:
            name, action = done_by.name.strip(), change.action.name
            change.propose_once(
                subject_id, MISSING, "minor", day, same=("task", "name"), task=task, name=name, action=action
            )
            return
    typist = change.actor
    if typist.role != roles.PI and not change.is_delegated(typist.user_id, task, day):
        change.propose_undelegated(change.session.get_one(User, typist.user_id), task, day, subject_id)


def settle_delegations(change: Change) -> None:
    """Take back what was proposed where the log, as it stands now, says that the person was delegated."""
    change.session.flush()
    waiting = select(Deviation).where(Deviation.code == MISSING, Deviation.progress == "proposed")
    for row in change.session.scalars(waiting).all():
        facts = json.loads(row.facts)
        known = facts.get("user_id")
        named = [] if known is not None else people_called(change.session, facts["name"])
        people = [known] if known is not None else [user.id for user in named]
        if any(change.is_delegated(person, facts["task"], row.on_day) for person in people):
            row.progress = "void"
