"""Whom a restore would let in otherwise than the study of now, in words, for the window and the command."""

from __future__ import annotations

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services.live_study import Returning


def returning_words(returning: Returning, language: Language) -> tuple[str, ...]:
    """Return the sentences that are to be read before a backup is put in place; none where none is needed."""
    said: list[str] = []
    logins = ", ".join(returning.revived)
    if not returning.known:
        said.append(
            language.text(
                "Nothing here says who was removed since. With this backup these sign in: {logins}. Remove "
                "who left after restoring.",
                logins=logins,
            )
        )
    elif logins:
        said.append(
            language.text(
                "Accounts removed since could sign in again: {logins}. Remove them anew after restoring.",
                logins=logins,
            )
        )
    if returning.regained:
        held = (f"{login} ({language.words(roles.ROLES[role])})" for login, role in returning.regained)
        said.append(
            language.text(
                "Roles taken away since would be held again: {roles}. Take them away anew after restoring.",
                roles=", ".join(held),
            )
        )
    if returning.old_passwords:
        said.append(
            language.text(
                "Passwords were set anew since; the ones before would open the study again: {logins}. Reset "
                "them after restoring.",
                logins=", ".join(returning.old_passwords),
            )
        )
    return tuple(said)
