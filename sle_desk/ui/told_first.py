"""What a person is told on sitting down: a changed key file, wrong passwords, a full disk, all at once."""

from __future__ import annotations

from collections.abc import Iterator

from sle_desk.base.errors import SleDeskError
from sle_desk.base.words import error_sentence, sentence
from sle_desk.domain import roles
from sle_desk.services import keys_change, study_place
from sle_desk.services.sign_in_checks import ACCEPT_KEYS, failed_before, is_key_change_open, told_of_keys
from sle_desk.ui.state import State


def told_first(state: State) -> str:
    """Return the sentences, one a line; nothing where there is nothing to tell, or a backup is being read.

    Where closing an account was broken off, who may ends it here.
    """
    return "" if state.desk.read_only else "\n".join(_sentences(state))


def _sentences(state: State) -> Iterator[str]:
    desk, unlocked, language = state.desk, state.unlocked, state.language
    assert unlocked is not None
    accepts = roles.may(desk.actor.role, ACCEPT_KEYS)
    if unlocked.keys_changed or (accepts and is_key_change_open(desk)):
        for code, facts in told_of_keys(desk):
            yield sentence(code, facts, language)
    if accepts and is_key_change_open(desk):
        yield language.text(
            "It is told until the PI or the administrator accepts it on the Study page, Access (A)."
        )
    failed = failed_before(desk) if desk.actor.role in (roles.PI, roles.ADMINISTRATOR) else 0
    if failed:
        yield language.text(
            "Refused sign-ins since you last signed in: {count}. The Audit page names them.", count=failed
        )
    free = study_place.running_low(desk)
    if free is not None:
        yield sentence("disk.low", {"free": free}, language)
    if roles.may(desk.actor.role, keys_change.ACTION):
        yield from _ended_closing(state)


def _ended_closing(state: State) -> Iterator[str]:
    desk, unlocked = state.desk, state.unlocked
    assert unlocked is not None
    try:
        if keys_change.is_left_open(desk):
            keys_change.change_data_key(desk, unlocked.folder)
            yield state.language.text("Closing an account was broken off; it is ended now.")
    except SleDeskError as error:
        yield error_sentence(error, state.language)
