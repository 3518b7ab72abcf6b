"""The recovery key in use: it opens the study for one person, who then gets a new password and a new key."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from sle_desk.base.clock import Clock
from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain import recovery
from sle_desk.domain.accounts import check_password, plain_name
from sle_desk.domain.values import check_text
from sle_desk.models.audit import Audit
from sle_desk.models.people import User
from sle_desk.models.store import attempts
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import KeyFile, read_keys
from sle_desk.models.store.keys import slot_owner, unwrap_recovery, wrap, wrap_recovery
from sle_desk.models.store.verification import quiet
from sle_desk.services import package, studies
from sle_desk.services.desk import Actor, Desk, Head
from sle_desk.services.keys_change import Keys, opened_with
from sle_desk.services.people import cost_in_use
from sle_desk.services.sign_in_checks import KEYS_CHANGED, RECOVERY_KEY, end_restore, tried
from sle_desk.services.slot_change import changing_slots, keys_by_audit
from sle_desk.services.studies import Report, Unlocked

USED, SEALED = "recovery.use", "recovery.seal"


@dataclass(frozen=True)
class KeyPaper:
    """Where the printed key lies: its page number, the place, and who sealed and witnessed it."""

    page: str
    kept_where: str
    sealed_by: str
    witnessed_by: str


@dataclass(frozen=True)
class Opened:
    """What a right recovery key shows: whom it was opened for, and what the new key page names."""

    login: str
    name: str
    title: Words
    numbers: tuple[str, ...]
    protocol: str
    head: Head
    demonstration: bool
    next_page: str


@dataclass(frozen=True)
class Recovery:
    """A person who lost the password: user name, the key from the paper, and a new password."""

    login: str
    recovery_key: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True)
class Use:
    """One use of a recovery key as it is told afterwards."""

    number: int
    at: datetime
    login: str
    name: str
    kept_where: str


def check_key_paper(paper: KeyPaper) -> None:
    """Refuse a key page of which nobody says where it lies, or that one person sealed alone."""
    for text in (paper.kept_where, paper.sealed_by, paper.witnessed_by):
        if not check_text(text).strip():
            raise RuleBroken("recovery.paper_blank")
    if plain_name(paper.sealed_by) == plain_name(paper.witnessed_by):
        raise RuleBroken("recovery.same_person", name=paper.sealed_by.strip())


def prove_group(key: str, number: int, typed: str) -> None:
    """Refuse what was typed from the paper when it is not that group of the key; groups count from 1."""
    if recovery.forgiving(typed) != recovery.groups(key)[number - 1]:
        raise RuleBroken("recovery.group", number=number)


def check_recovery_key(path: Path, login: str, typed: str, clock: Clock, report: Report = quiet) -> Opened:
    """Return what the recovery key opens for a person; the file is checked, and nothing is changed."""
    unlocked = unlock_with_recovery(path, typed, login, clock)
    try:
        studies.require_whole(studies.opening_checks(unlocked, report))
        desk = _desk(unlocked, clock)
        return Opened(
            login=unlocked.login,
            name=unlocked.name,
            title=desk.protocol.short_title,
            numbers=desk.protocol.registry_ids,
            protocol=f"{desk.protocol.code} {desk.protocol.version}",
            head=desk.head(),
            demonstration=studies.is_demonstration(desk),
            next_page=_next_page(desk),
        )
    finally:
        studies.leave(unlocked)


def _next_page(desk: Desk) -> str:
    """Return the number of the next key page; the first one was printed with the study."""
    with desk.view() as session:
        sealed = session.scalars(
            select(Audit.number).where(Audit.action.in_((USED, SEALED)), Audit.operation == "event")
        ).all()
    return f"K-{max(1, len(sealed)) + 1:02d}"


def unlock_with_recovery(path: Path, typed: str, login: str, clock: Clock) -> Unlocked:
    """Open the study file with the recovery key, in the name of a person who lost the password."""
    folder = StudyFolder(path)
    end_restore(folder, clock)
    folder.check_is_study()
    keys = read_keys(folder.keys)
    # A key that was mistyped is none that somebody guessed: its check characters say so first.
    recovery.read(typed)
    found = tried(folder.attempts, RECOVERY_KEY, clock.now, lambda: _opened_with(folder, keys, typed))
    if found is None:
        raise NotAllowed("recovery.wrong")
    attempts.forget(folder.attempts, RECOVERY_KEY)
    return studies.open_with_key(folder, keys, found, login.strip().lower(), clock)


def _opened_with(folder: StudyFolder, keys: KeyFile, typed: str) -> Keys | None:
    study, coming = keys.header.study_id, keys.coming

    def opens(each: KeyFile) -> bytes | None:
        return unwrap_recovery(study, each.recovery, typed) if each.recovery else None

    keys = keys_by_audit(folder, keys, opens, looking=False)
    later = unwrap_recovery(study, coming.recovery, typed) if coming and coming.recovery else None
    return opened_with(folder, keys, opens(keys), later)


def use_recovery_key(
    path: Path, given: Recovery, new_key: str, paper: KeyPaper, clock: Clock, report: Report = quiet
) -> None:
    """Give a person a new password under the recovery key, and replace that key by a new one.

    The new key was printed and proven before: from here on the old paper opens this file no more.
    """
    check_key_paper(paper)
    check_password(given.password, given.login.strip().lower())
    unlocked = unlock_with_recovery(path, given.recovery_key, given.login, clock)
    try:
        studies.require_whole(studies.opening_checks(unlocked, report))
        desk = _desk(unlocked, clock)
        _replace(desk, unlocked, given.password, new_key, paper)
        studies.write_header(unlocked.folder, desk, noted=unlocked.keys_changed)
    finally:
        studies.leave(unlocked)


def _desk(unlocked: Unlocked, clock: Clock) -> Desk:
    with unlocked.database.session() as session:
        protocol = package.own_protocol(session)
    actor = Actor(unlocked.user_id, unlocked.login, unlocked.name, unlocked.roles[0], None)
    return Desk(unlocked.database, protocol, clock, actor)


def _replace(desk: Desk, unlocked: Unlocked, password: str, new_key: str, paper: KeyPaper) -> None:
    folder = unlocked.folder
    study, data_key = read_keys(folder.keys).header.study_id, desk.database.data_key
    slot = wrap(study, slot_owner(unlocked.login), password, data_key, cost_in_use(folder))
    sealed = wrap_recovery(study, new_key, data_key)
    # Not noted is not done: the paper in the safe must go on opening what it opened before.
    with changing_slots(desk, folder, USED, slot, sealed, facts=_facts(paper)) as change:
        change.session.get_one(User, unlocked.user_id).must_change_password = False
        if unlocked.keys_changed:
            change.event(KEYS_CHANGED, studies.key_facts(unlocked))


def note_key_paper(desk: Desk, paper: KeyPaper) -> None:
    """Note in the audit where a new key page lies, and who sealed and witnessed it."""
    check_key_paper(paper)
    desk.note(SEALED, _facts(paper))


def _facts(paper: KeyPaper) -> dict[str, str]:
    return {
        "page": paper.page,
        "kept_where": paper.kept_where.strip(),
        "sealed_by": paper.sealed_by.strip(),
        "witnessed_by": paper.witnessed_by.strip(),
    }


def uses(desk: Desk) -> tuple[Use, ...]:
    """Return every use of a recovery key, newest first: who, when, and where the new paper lies."""
    with desk.view() as session:
        names = {user.login: user.name for user in session.scalars(select(User))}
        rows = session.scalars(
            select(Audit)
            .where(Audit.action == USED, Audit.operation == "event")
            .order_by(Audit.number.desc())
        )
        return tuple(
            Use(row.number, row.at, facts["login"], names[facts["login"]], facts["kept_where"])
            for row in rows
            for facts in (json.loads(row.payload or "{}"),)
            if "login" in facts
        )


def new_key() -> str:
    """Return a fresh recovery key, to be printed and proven before it is used."""
    return studies.new_recovery_key()


def groups(key: str) -> tuple[str, ...]:
    """Return the groups of a key as they are printed, each with its hyphen."""
    return tuple(f"{part[:5]}-{part[5:]}" for part in recovery.groups(key))
