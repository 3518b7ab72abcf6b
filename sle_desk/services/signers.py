"""Whose hand a paper carries, compared with the roles and the delegation log of the day beside it."""

from __future__ import annotations

from sqlalchemy import select

from sle_desk.domain import roles
from sle_desk.domain.accounts import plain_name
from sle_desk.models.people import User, UserRole
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


def compare_signer(change: Change, ink: Ink, subject_id: int | None, task: str = "") -> None:
    """Propose a deviation where the signer of a paper is nobody of the team, or was not to sign this.

    The action in hand, or `task`, names what the signer had to be: PI, or delegated, on the day of the ink.
    What was signed is recorded all the same: it happened.
    """
    wanted = task or change.action.signed_for
    named = plain_name(ink.signer)
    people = [user for user in change.session.scalars(select(User)) if plain_name(user.name) == named]
    if not people:
        change.propose_once(
            subject_id, UNKNOWN, "minor", ink.signed_on, same=("signer",), signer=ink.signer, task=wanted
        )
        return
    if any(_was_pi(change, user.id, ink) for user in people):
        return
    if wanted == roles.PI:
        change.propose_once(subject_id, NOT_PI, "major", ink.signed_on, same=("signer",), signer=ink.signer)
    elif not any(change.is_delegated(user.id, wanted, ink.signed_on) for user in people):
        change.propose_undelegated(people[0], wanted, ink.signed_on, subject_id)


def _was_pi(change: Change, user_id: int, ink: Ink) -> bool:
    held = change.session.scalars(
        select(UserRole).where(UserRole.role == roles.PI).order_by(UserRole.from_day, UserRole.id)
    ).all()
    # The first PI was that before anybody kept the study here.
    return any(
        line.user_id == user_id
        and roles.was_held_on(
            ink.signed_on if line is held[0] else line.from_day, line.until_day, ink.signed_on
        )
        for line in held
    )
