"""Creating a study, opening it, and sitting down at it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from sle_desk.base.clock import Clock
from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.base.instants import instant_text
from sle_desk.base.turns import turn
from sle_desk.domain import recovery, roles
from sle_desk.domain.accounts import check_login, check_name, check_password
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.sealing import first_link, sha256
from sle_desk.models.people import User, UserRole, UserSession
from sle_desk.models.protocol import ProtocolFile, StudyFact
from sle_desk.models.store import attempts, schema, verification
from sle_desk.models.store.capture import Context, Event
from sle_desk.models.store.database import Database, DriverError, create_file
from sle_desk.models.store.disk import check_local
from sle_desk.models.store.folder import FolderLock, StudyFolder
from sle_desk.models.store.held import not_opened
from sle_desk.models.store.key_file import Header, KeyCost, KeyFile, read_keys
from sle_desk.models.store.keys import (
    change_keys,
    new_data_key,
    new_vault,
    slot_owner,
    wrap,
    wrap_recovery,
    write_keys,
)
from sle_desk.services import behind, header_check, package
from sle_desk.services.actor import NewPerson
from sle_desk.services.consent_order import propose_overdue_reconsents
from sle_desk.services.counted_keys import keys_by_password
from sle_desk.services.desk import APPLICATION, Actor, Desk
from sle_desk.services.facts import study_fact
from sle_desk.services.keys_change import Keys
from sle_desk.services.migrating import bring_up
from sle_desk.services.older_keys import Returned, returned
from sle_desk.services.restored_note import note_restore
from sle_desk.services.sign_in_checks import (
    KEYS_CHANGED,
    close_session,
    day_of,
    note_failures,
    refuse_entry,
    settle_clock,
)

Verified = verification.Verified
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class NewStudy:
    """What the first run asks for."""

    folder: Path
    administrator: NewPerson
    investigator: NewPerson
    language: str = "en"
    demonstration: bool = False
    cost: KeyCost = field(default_factory=KeyCost)


@dataclass(frozen=True)
class Unlocked:
    """A study file that opened for one person, before the person chose a role to act in."""

    folder: StudyFolder
    lock: FolderLock
    database: Database
    user_id: int
    login: str
    name: str
    language: str
    must_change_password: bool
    roles: tuple[str, ...]
    header: Header
    # The key file is not as the application wrote it.
    keys_changed: bool = False
    # What it brings back, where it is older than the study.
    returned: Returned = field(default_factory=Returned)


def new_recovery_key() -> str:
    """Return a fresh recovery key, to be printed once."""
    return recovery.new_key(secrets.randbelow)


def create_study(new: NewStudy, recovery_key: str, clock: Clock) -> StudyFolder:
    """Create the study folder: encrypted file with the package inside, key file and two accounts.

    The administrator's password is set; the PI changes hers at first sign-in. Nothing is left
    behind when a step fails.
    """
    folder = StudyFolder(new.folder)
    folder.check_is_free()
    check_local(folder.path)
    for person in (new.administrator, new.investigator):
        check_login(person.login)
        check_name(person.name)
        check_password(person.password, person.login)
    if new.administrator.login == new.investigator.login:
        raise RuleBroken("login.taken", login=new.investigator.login)
    files = package.installed_files()
    protocol = package.read_package(files)
    made = not new.folder.exists()
    new.folder.mkdir(parents=True, exist_ok=True)
    try:
        _write_study(folder, new, recovery_key, files, protocol, clock)
    except BaseException:
        for part in (folder.study, folder.keys):
            part.unlink(missing_ok=True)
        if made and not any(new.folder.iterdir()):
            new.folder.rmdir()
        raise
    return folder


def _write_study(
    folder: StudyFolder,
    new: NewStudy,
    recovery_key: str,
    files: dict[str, str],
    protocol: Protocol,
    clock: Clock,
) -> None:
    data_key = new_data_key()
    study_id = secrets.token_hex(16)
    create_file(folder.study, data_key)
    database = Database(folder.study, data_key)
    try:
        number = _fill(database, new, study_id, files, protocol, clock)
    finally:
        database.close()
    header = Header(
        study_id=study_id,
        title=protocol.short_title.en,
        title_zh=protocol.short_title.zh,
        registry_numbers=protocol.registry_ids,
        schema=schema.SCHEMA,
        last_number=number,
        last_instant=instant_text(clock.now()),
        language=new.language,
        demonstration=new.demonstration,
    )
    slots = tuple(
        wrap(study_id, slot_owner(person.login), person.password, data_key, new.cost)
        for person in (new.administrator, new.investigator)
    )
    sealed = wrap_recovery(study_id, recovery_key, data_key)
    write_keys(folder.keys, KeyFile(header, slots, sealed, new_vault(study_id, data_key)), data_key)


def _fill(
    database: Database, new: NewStudy, study_id: str, files: dict[str, str], protocol: Protocol, clock: Clock
) -> int:
    now = clock.now()
    bound = package.package_hash(files)
    facts = {
        "study_id": study_id,
        "package_hash": bound,
        "chain_start": first_link(study_id, bound),
        "protocol_version": protocol.version,
        "demonstration": "yes" if new.demonstration else "no",
        "created_at": instant_text(now),
    }
    context = Context(now, "study.create", None, "setup", "setup", None, APPLICATION)
    context.events.append(Event("study.create", {"study_id": study_id, "package_hash": bound}))
    with database.session() as session:
        session.add_all(StudyFact(name=name, value=value) for name, value in facts.items())
        session.add_all(
            ProtocolFile(
                package=protocol.code,
                package_version=protocol.version,
                name=name,
                content=text,
                sha256=sha256(text.encode("utf-8")),
            )
            for name, text in files.items()
        )
        for person, role in ((new.administrator, roles.ADMINISTRATOR), (new.investigator, roles.PI)):
            user = User(
                login=person.login,
                name=person.name,
                created_at=now,
                language=new.language,
                must_change_password=role == roles.PI,
            )
            session.add(user)
            session.flush()
            session.add(UserRole(user_id=user.id, role=role, from_day=now.date()))
        session.flush()
        database.context = context
        session.commit()
        database.context = None
    return int(database.run(lambda cursor: cursor.execute("SELECT max(number) FROM audit").fetchone()[0]))


def unlock(path: Path, login: str, password: str, clock: Clock, clock_reason: str = "") -> Unlocked:
    """Open the study file for a person; NotAllowed when name or password is not right.

    `clock_reason` is asked for where a study of an earlier version is migrated by a clock that is doubted.
    """
    folder = StudyFolder(path)
    keys, found = keys_by_password(folder, login, password, clock)
    return open_with_key(folder, keys, found, login.strip().lower(), clock, clock_reason)


def open_with_key(
    folder: StudyFolder, keys: KeyFile, found: Keys, login: str, clock: Clock, clock_reason: str | None = ""
) -> Unlocked:
    """Take the lock and open the file under its key for one person; for `clock_reason` see `bring_up`."""
    check_local(folder.path)
    lock = FolderLock(folder)
    lock.take(clock.now())
    try:
        folder.clear_away()
        back = header_check.looked_at(folder, found.data_key, keys, clock)
        bring_up(folder, found.data_key, login, clock, clock_reason)
    except BaseException:
        lock.release()
        raise
    database = Database(folder.study, found.data_key, found.list_key)
    try:
        person = _person(folder, lock, database, keys.header, login, clock)
        return replace(person, keys_changed=bool(back) or not found.as_written, returned=back)
    except BaseException as error:
        database.close()
        lock.release()
        if isinstance(error, DatabaseError | DriverError):
            raise not_opened(error, folder.study) from error
        raise


def _person(
    folder: StudyFolder, lock: FolderLock, database: Database, header: Header, login: str, clock: Clock
) -> Unlocked:
    today, now = day_of(database, clock), clock.now()
    with database.session() as session:
        user = session.scalar(select(User).where(User.login == login))
        if user is None or not user.active:
            raise refuse_entry(folder, login, now, NotAllowed("sign_in.inactive", login=login))
        held = session.scalars(select(UserRole).where(UserRole.user_id == user.id)).all()
        active = tuple(dict.fromkeys(line.role for line in held if roles.is_held(line.until_day, today)))
    if not active:
        raise refuse_entry(folder, login, now, NotAllowed("sign_in.no_role", login=login))
    return Unlocked(
        folder=folder,
        lock=lock,
        database=database,
        user_id=user.id,
        login=user.login,
        name=user.name,
        language=user.language,
        must_change_password=bool(user.must_change_password),
        roles=active,
        header=header,
    )


def opening_checks(unlocked: Unlocked, report: Report) -> verification.Verified:
    """Run the opening checks; a file older than its key file says (it went back) is a fault too."""

    def look(cursor: Any) -> Verified:
        return header_check.against_header(verification.verify(cursor, report), unlocked.header, cursor)

    verified: Verified = unlocked.database.run(look)
    return verified


def sit_down(
    unlocked: Unlocked,
    role: str,
    clock: Clock,
    read: Protocol | None = None,
    *,
    clock_reason: str = "",
    behind_reason: str = "",
) -> Desk:
    """Sign in: act in one role, noted in the audit; the protocol is the study's own copy.

    `read` is that copy where the caller has read it from this study before. StorageFailed `clock.back` or
    `clock.ahead` when the computer's clock cannot be believed and no `clock_reason` says that it is right;
    `study.behind` when a backup holds later entries and no `behind_reason` says why it is gone on with.
    """
    if role not in unlocked.roles:
        raise NotAllowed("sign_in.role", role=role)
    protocol = read or _own_protocol(unlocked.database)
    desk = Desk(
        unlocked.database,
        protocol,
        clock,
        Actor(unlocked.user_id, unlocked.login, unlocked.name, role, None),
    )
    older = behind.require_reason(desk, unlocked.folder, unlocked.header, behind_reason)
    settle_clock(desk, clock_reason)
    behind.accept(desk, older, behind_reason)
    counted, locked = unlocked.folder.attempts, desk.locked
    # What another process counts meanwhile is not called noted.
    with turn(counted):
        with desk.change("session.open") as change:
            note_failures(change, unlocked.folder)
            if unlocked.keys_changed:
                change.event(KEYS_CHANGED, key_facts(unlocked))
            opened = UserSession(
                user_id=unlocked.user_id, role=role, opened_at=change.at,
                application=APPLICATION, zone=clock.zone(),
            )  # fmt: skip
            change.add(opened)
            if not locked:
                propose_overdue_reconsents(change)
            session_id = opened.id
        attempts.noted(counted, slot_owner(unlocked.login), desk.now())
    desk.actor = replace(desk.actor, session_id=session_id)
    backed_up = note_restore(desk, unlocked.folder)
    write_header(unlocked.folder, desk, last_backup=backed_up, noted=unlocked.keys_changed)
    return desk


def key_facts(unlocked: Unlocked) -> dict[str, object]:
    """Return what the audit keeps of a key file that is not as the application left it."""
    return {"found_number": unlocked.header.last_number, **unlocked.returned.facts()}


def _own_protocol(database: Database) -> Protocol:
    with database.session() as session:
        return package.own_protocol(session)


def is_demonstration(desk: Desk) -> bool:
    """Tell whether the study holds demonstration data."""
    with desk.view() as session:
        return study_fact(session, "demonstration") == "yes"


def write_header(folder: StudyFolder, desk: Desk, *, last_backup: str = "", noted: bool = False) -> Header:
    """Write the plain header of the key file: last number, last instant, last verified backup.

    `noted` says that a change of the file from outside stands in the audit now.
    """
    # What waits at the door comes first: the key file is held only while it is written.
    head, last_instant = desk.head(), instant_text(desk.clock_guard.latest())
    found = read_keys(folder.keys)
    # An older file that was put back meanwhile stays known as one, to be told at the next opening.
    behind = not noted and desk.cursor_check(lambda cursor: bool(returned(cursor, found)))

    def change(keys: KeyFile) -> KeyFile:
        header = replace(
            keys.header,
            schema=schema.SCHEMA,
            last_number=keys.header.last_number if behind else head.number,
            last_link=keys.header.last_link if behind else head.link,
            last_instant=last_instant,
            last_backup=last_backup or keys.header.last_backup,
        )
        return replace(keys, header=header)

    return change_keys(folder.keys, desk.database.data_key, change, noted=noted).header


def stand_up(unlocked: Unlocked, desk: Desk) -> None:
    """Sign out and close: the session ends in the audit, the header is written, the lock given back."""
    try:
        close_session(desk)
        write_header(unlocked.folder, desk)
    finally:
        desk.close()
        unlocked.lock.release()


def leave(unlocked: Unlocked) -> None:
    """Close a file that was unlocked and not entered."""
    unlocked.database.close()
    unlocked.lock.release()


def require_whole(verified: verification.Verified) -> None:
    """Raise StorageFailed with the first fault of a check that does not hold."""
    if not verified.holds:
        first = verified.faults[0]
        raise StorageFailed(first.code, **first.facts)
