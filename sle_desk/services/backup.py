"""Backups: made at the desk, rehearsed, put in place, opened to read."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import select

from sle_desk.base.clock import Clock, SystemClock
from sle_desk.base.errors import NotAllowed, StorageFailed
from sle_desk.base.instants import instant_text
from sle_desk.base.written import reason_of
from sle_desk.domain import roles
from sle_desk.domain.sealing import paper_code
from sle_desk.models.audit import Audit
from sle_desk.models.store import schema, verification
from sle_desk.models.store.database import connect
from sle_desk.models.store.disk import check_local
from sle_desk.models.store.folder import KEY_FILE, RESTORED_FILE, STUDY_FILE, FolderLock, StudyFolder
from sle_desk.models.store.key_file import read_keys
from sle_desk.models.store.verification import quiet
from sle_desk.services import package, study_place
from sle_desk.services.backup_file import (
    Backup,
    Report,
    Source,
    backup_name,
    newest_first,
    read_manifest,
    unpacked,
    verify_file,
    write_backup,
    write_synced,
)
from sle_desk.services.counted_keys import counted_at, counted_keys
from sle_desk.services.desk import Actor, Desk
from sle_desk.services.facts import SECOND_FOLDER, study_fact
from sle_desk.services.live_study import Ask, Live, Then, Who, link_at, look
from sle_desk.services.restored_note import ACTION as RESTORE
from sle_desk.services.restored_note import RestoredNote
from sle_desk.services.studies import Unlocked, open_with_key, write_header
from sle_desk.services.study_clock import clock_of

# What is noted without anything of the trial having changed.
MAKE, PLACE = "backup.make", "backup.place"
QUIET = ("session.open", "session.close", MAKE, "backup.thin")
# Where a backup was put, as the audit says it: no path, which may name a person.
# A second copy is one on another disk: a fault of the disk takes all that lie on one.
STUDY_PLACE, SECOND_PLACE, SAME_DISK = "study", "second", "same_disk"


@dataclass(frozen=True)
class Rehearsal:
    """What restoring would do: the backup as it was verified against what stands in the folder."""

    backup: Backup
    verified: verification.Verified
    live: Live = field(default_factory=Live)

    @property
    def goes_back(self) -> bool:
        """Tell whether the live study has rows that the backup lacks."""
        return self.live.number is not None and self.live.number > self.verified.number


@dataclass(frozen=True)
class By:
    """Who restores, why, and over which last audit number where it is known better than by the rehearsal."""

    login: str
    reason: str = ""
    over: int | None = None


NOBODY = By("")


def make_backup(
    desk: Desk, folder: StudyFolder, target: Path | None = None, report: Report = quiet
) -> Backup:
    """Copy the study, verify the copy, and only then give it its name; the header notes it.

    NotAllowed where the target is neither beside the study nor the second folder, and the role chooses none.
    """
    place = target or folder.backups
    if target is not None and not place.is_dir():
        raise StorageFailed("backup.no_folder", path=str(target))
    if target is not None and target.resolve().is_relative_to(folder.path.resolve()):
        raise StorageFailed("place.inside_study", path=str(target), study=str(folder.path))
    if target is not None and not _is_second(desk, target):
        desk.require(PLACE)
    head = desk.head()
    made = place / backup_name(desk.now(), head.number)
    if made.exists():
        return read_manifest(made)
    try:
        place.mkdir(exist_ok=True)
        source = Source(desk.snapshot, desk.database.data_key, head, desk.now(), schema.SCHEMA)
        write_backup(made, folder, source, report)
    except OSError as error:
        raise StorageFailed("backup.not_made", path=str(place), reason=reason_of(error)) from error
    where = STUDY_PLACE if target is None else place_of(target, folder)
    desk.note(MAKE, {"file": made.name, "number": head.number, "code": head.code, "place": where})
    write_header(folder, desk, last_backup=f"{instant_text(desk.now())} {made.parent}")
    return read_manifest(made)


def _is_second(desk: Desk, target: Path) -> bool:
    """Tell whether a folder is the second one, which was chosen for everybody's backups."""
    with desk.view() as session:
        chosen = study_fact(session, SECOND_FOLDER)
    return bool(chosen) and Path(chosen).resolve() == target.resolve()


def place_of(target: Path, folder: StudyFolder) -> str:
    """Return what a folder other than that of the study is as a place of backups."""
    return SAME_DISK if study_place.same_disk(target, folder.path) else SECOND_PLACE


def rehearse(
    path: Path,
    login: str,
    password: str,
    live: StudyFolder | None,
    report: Report = quiet,
    live_ask: Ask | None = None,
    clock: Clock | None = None,
) -> Rehearsal:
    """Unpack and verify a backup and say what restoring it would do; nothing is changed.

    `live_ask` asks the study in the folder where it is open; a closed one is looked into with the same
    name and password, where they open it.
    """
    backup = read_manifest(path)
    counted = counted_at(path, backup.study_id, live)
    clock = clock or clock_of(counted.parent, SystemClock())
    with unpacked(path) as private:
        keys = read_keys(private / KEY_FILE)
        found = counted_keys(counted, StudyFolder(private), login, password, clock)
        verified = verify_file(private / STUDY_FILE, found.data_key, report)
        if not verified.holds:
            return Rehearsal(backup, verified)
        _require_as_verified(backup, verified)
        if live is None:
            return Rehearsal(backup, verified)
        copy = connect(private / STUDY_FILE, found.data_key)
        try:
            then = Then(verified.study_id, verified.number, keys, lambda question: question(copy.cursor()))
            return Rehearsal(backup, verified, look(live, then, Who(login, password, clock), live_ask))
        finally:
            copy.close()


def _require_as_verified(backup: Backup, verified: verification.Verified) -> None:
    """Refuse a backup whose manifest, which needs no key to be edited, says other than what is in it."""
    said = (backup.study_id, backup.number, backup.code, backup.link)
    if said != (verified.study_id, verified.number, paper_code(verified.link), verified.link):
        raise StorageFailed(
            "backup.manifest_differs", path=str(backup.path), said=backup.number, found=verified.number
        )


def require_restorable(rehearsal: Rehearsal, target: StudyFolder, *, accept_older: bool) -> None:
    """Raise StorageFailed when a backup may not take the place of what is in a folder.

    A folder where no study is opened is refused before anything is put there: as at creating and opening.
    """
    check_local(target.path)
    if not rehearsal.verified.holds:
        raise StorageFailed("backup.not_whole", code=rehearsal.verified.faults[0].code)
    live = rehearsal.live
    if live.parted_at is not None:
        raise StorageFailed("backup.parted", number=live.parted_at)
    if not live.compared and not accept_older:
        raise StorageFailed("backup.not_compared", path=str(target.path))
    if not live.returning.known and not accept_older and (target.study.exists() or target.keys.exists()):
        logins = ", ".join(live.returning.revived)
        raise StorageFailed("backup.accounts_unknown", path=str(target.path), logins=logins)
    if rehearsal.goes_back and not accept_older:
        raise StorageFailed("backup.older", backup=rehearsal.verified.number, live=live.number)


def restore(
    path: Path,
    target: StudyFolder,
    rehearsal: Rehearsal,
    clock: Clock,
    by: By = NOBODY,
    *,
    accept_older: bool = False,
) -> tuple[str, ...]:
    """Put a rehearsed backup in place; what was there before stays beside it as `.pre-restore`.

    Whole or damaged: the names under which it stays are returned. The next sign-in notes the restore in it.
    """
    require_restorable(rehearsal, target, accept_older=accept_older)
    over = rehearsal.live.number if by.over is None else by.over
    note = noted(rehearsal.backup, replace(by, over=over or 0), clock)
    try:
        return _put(path, target, clock, note)
    except OSError as error:
        raise StorageFailed("backup.not_restored", path=str(target.path), reason=reason_of(error)) from error


def noted(restored: Backup, by: By, clock: Clock) -> RestoredNote:
    """Return what is to be said of a backup that takes the place of a study now."""
    # A path may hold bytes that are no text.
    place = str(restored.path.parent).encode("utf-8", "backslashreplace").decode("utf-8")
    said = (restored.path.name, restored.number, restored.code, by.over or 0)
    at = instant_text(clock.now())
    return RestoredNote(*said, by.login, at, by.reason, restored.made_at, place)


def _put(path: Path, target: StudyFolder, clock: Clock, note: RestoredNote) -> tuple[str, ...]:
    kept: list[str] = []
    target.path.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(target)
    lock.take(clock.now())
    try:
        stamp = f"{clock.now():%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
        with unpacked(path, target.path) as private:
            for live, name in _present(target, stamp):
                # A copy, not a second name: two names of one database file are how one is damaged.
                write_synced(target.path / name, live.read_bytes())
                kept.append(name)
            write_synced(private / RESTORED_FILE, note.content())
            # From here on a crash is ended by the next opening: never one file of now beside one of then.
            target.begin_restore(private)
            target.finish_restore()
        return tuple(kept)
    finally:
        lock.release()


def _present(target: StudyFolder, stamp: str) -> Iterator[tuple[Path, str]]:
    """Yield what stands in a folder, and the name that a copy of it stays under."""
    for live in (target.study, target.keys):
        if live.exists():
            yield live, f"{live.name}.{stamp}.pre-restore"
    for beside in target.beside_study:
        # Under this name it is found beside the copy: what a broken save left is taken back there too.
        ending = beside.name.removeprefix(STUDY_FILE)
        if beside.stat().st_size:
            yield beside, f"{STUDY_FILE}.{stamp}.pre-restore{ending}"


@contextmanager
def reading(path: Path, login: str, password: str, clock: Clock) -> Iterator[tuple[Unlocked, Desk]]:
    """Open a backup to read: a private copy, at which nothing can be written."""
    with unpacked(path) as private:
        folder = StudyFolder(private)
        counted = counted_at(path, read_manifest(path).study_id)
        found = counted_keys(counted, folder, login, password, clock)
        person = login.strip().lower()
        unlocked = open_with_key(folder, read_keys(folder.keys), found, person, clock, None)
        try:
            with unlocked.database.session() as session:
                protocol = package.own_protocol(session)
            actor = Actor(unlocked.user_id, unlocked.login, unlocked.name, unlocked.roles[0], None)
            yield unlocked, Desk(unlocked.database, protocol, clock, actor, read_only=True)
        finally:
            unlocked.database.close()
            unlocked.lock.release()


def require_restorer(path: Path, login: str, password: str, clock: Clock) -> None:
    """Refuse a restore by who could not restore in any role when the backup was made: NotAllowed."""
    with reading(path, login, password, clock) as (then, _):
        if role_to_restore(then) is None:
            raise NotAllowed("backup.administrator", role=roles.ROLES[then.roles[0]])


def role_to_restore(unlocked: Unlocked) -> str | None:
    """Return the role in which a person may restore, or None."""
    return next((role for role in unlocked.roles if roles.may(role, RESTORE)), None)


@contextmanager
def opened_read_only(path: Path, login: str, password: str, clock: Clock) -> Iterator[Desk]:
    """Open a backup to read and lend its desk."""
    with reading(path, login, password, clock) as (_, desk):
        yield desk


def of_now(desk: Desk, folder: StudyFolder) -> Iterator[Backup]:
    """Yield the backups beside the study that lie on its own way, newest first.

    Not those of another study, nor those made on a way that a restore has left: their numbers may be higher
    than that of now.
    """
    study_id = folder.header().study_id
    for made in newest_first(folder.backups):
        if made.study_id == study_id and is_of_now(desk, made):
            yield made


def is_of_now(desk: Desk, made: Backup) -> bool:
    """Tell whether the study still has the audit row that a backup ends with."""
    link = desk.cursor_check(lambda cursor: link_at(cursor, made.number))
    return link is not None and paper_code(link) == made.code


def newest(desk: Desk, folder: StudyFolder) -> Backup | None:
    """Return the newest backup beside the study that lies on its own way, or None."""
    return max(of_now(desk, folder), key=lambda made: made.number, default=None)


def is_due(desk: Desk, folder: StudyFolder) -> bool:
    """Tell whether anything but sessions and backups was recorded since the newest backup."""
    found = newest(desk, folder)
    since = found.number if found else 0
    with desk.view() as session:
        row = session.scalar(
            select(Audit.number).where(Audit.number > since, Audit.action.not_in(QUIET)).limit(1)
        )
        return row is not None
