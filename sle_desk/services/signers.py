"""Whose hand a paper carries, compared with the roles and the delegation log of the day beside it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import roles
from sle_desk.models.audit import Signature
from sle_desk.models.people import Delegation, User, UserRole
from sle_desk.services.delegated import people_called, was_pi
from sle_desk.services.desk import Change, Desk
from sle_desk.services.signatures import Ink

UNKNOWN, NOT_PI = "signer.unknown", "signer.not_pi"


def possible_signers(desk: Desk) -> tuple[str, ...]:
    """Return the names of who is or was investigator here: whose ink a paper may carry."""
    with desk.view() as session:
        names = session.scalars(
            select(User.name)
            .join(UserRole, UserRole.user_id == User.id)
            .where(UserRole.role.in_((roles.INVESTIGATOR, roles.PI)))
            .order_by(User.id)
        )
        return tuple(dict.fromkeys(names))


def possible_explainers(desk: Desk) -> tuple[str, ...]:
    """Return who may have obtained a consent: delegated it at any time, or PI, then the rest of the log."""
    with desk.view() as session:
        tasks: dict[int, set[str]] = {}
        for line in session.scalars(select(Delegation)):
            tasks.setdefault(line.user_id, set()).add(line.task)
        pis = set(session.scalars(select(UserRole.user_id).where(UserRole.role == roles.PI)))
        everybody = session.scalars(select(User).order_by(User.id)).all()
        known = [user for user in everybody if user.id in tasks or user.id in pis]
        known.sort(key=lambda user: not (user.id in pis or roles.CONSENT in tasks[user.id]))
        return tuple(dict.fromkeys(user.name for user in known))


def compare_signer(change: Change, ink: Ink, subject_id: int | None, task: str = "") -> None:
    """Propose a deviation where the signer of a paper is nobody of the team, or was not to sign this.

    The action in hand, or `task`, names what the signer had to be: PI, or delegated, on the day of the ink.
    What was signed is recorded all the same: it happened.
    """
    wanted = task or change.action.signed_for
    people = people_called(change.session, ink.signer)
    if not people:
        change.propose_once(
            subject_id, UNKNOWN, "minor", ink.signed_on, same=("signer",), signer=ink.signer, task=wanted
        )
        return
    if any(was_pi(change.session, user.id, ink.signed_on) for user in people):
        return
    if wanted == roles.PI:
        change.propose_once(subject_id, NOT_PI, "major", ink.signed_on, same=("signer",), signer=ink.signer)
    elif not any(change.is_delegated(user.id, wanted, ink.signed_on) for user in people):
        change.propose_undelegated(people[0], wanted, ink.signed_on, subject_id)


def was_delegated(session: Session, user_id: int, task: str, day: date) -> bool:
    """Tell whether a person was PI, who delegates and needs none, or was given a task, on a day."""
    lines = session.scalars(select(Delegation).where(Delegation.user_id == user_id, Delegation.task == task))
    given = any(line.from_day <= day and (line.until_day is None or day <= line.until_day) for line in lines)
    return given or was_pi(session, user_id, day)


def was_to_sign(session: Session, signature: Signature, task: str) -> bool:
    """Tell whether who signed, at the desk or in ink, was delegated the task on the day of it."""
    if not signature.transcribed:
        if signature.role == roles.PI:
            return True
        return was_delegated(session, signature.user_id, task, signature.signed_at.date())
    day = signature.source_signed_on
    if day is None:
        return False
    people = people_called(session, signature.source_signer)
    return any(was_delegated(session, user.id, task, day) for user in people)
