"""Restoring a backup over a study that somebody has open: the present is kept first, both sides note it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sle_desk.base.clock import Clock
from sle_desk.base.errors import NotAllowed, SleDeskError, StorageFailed
from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.forms import Choice
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import read_keys
from sle_desk.models.store.verification import quiet
from sle_desk.services import backup, clock_guard, studies
from sle_desk.services.backup import By, Rehearsal
from sle_desk.services.backup_file import Backup, Report
from sle_desk.services.backup_folder import Made, make_backups
from sle_desk.services.counted_keys import counted_keys
from sle_desk.services.desk import Desk
from sle_desk.services.live_study import Who
from sle_desk.services.restored_note import ACTION as ACTION
from sle_desk.services.sign_in_checks import watch

REASONS = (
    Choice("damaged", Words("The study file is damaged", "研究文件损坏"), "1"),
    Choice("computer", Words("The computer was replaced or reset", "更换或重装了电脑"), "2"),
    Choice("mistake", Words("A mistake that corrections cannot mend", "无法通过更正弥补的错误"), "3"),
    Choice("other", Words("Other", "其他"), "9"),
)


@dataclass(frozen=True)
class Restoring:
    """A rehearsed backup that its person wants in place of the study, and why."""

    rehearsal: Rehearsal
    login: str
    password: str = field(repr=False)
    reason: str
    note: str = ""

    def by(self, over: int) -> By:
        """Return who restores and why, over a study that ends at an audit number."""
        return By(self.login, self.said(), over)

    def said(self) -> str:
        """Return the reason as the audit keeps it."""
        return f"{self.reason}: {self.note}" if self.note else self.reason


@dataclass(frozen=True)
class Kept:
    """The study that goes: its last audit number, its backups, and why it has none where it has not."""

    number: int
    backups: tuple[Backup, ...] = ()
    fault: SleDeskError | None = None


@dataclass(frozen=True)
class Placed:
    """A restore that was done: the names of what went, and what could not be done in the study that came.

    The note of the restore waits beside it for the next sign-in then.
    """

    kept: tuple[str, ...]
    fault: SleDeskError | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing but the clock stands in the way of working on."""
        return self.fault is None or self.fault.code in clock_guard.ANSWERS


def keep_present(desk: Desk, folder: StudyFolder, wanted: Restoring, clock: Clock, report: Report) -> Made:
    """Note the restore in the study of now and back it up: what goes stays in a backup of its own.

    NotAllowed when the person was neither administrator nor PI when the backup was made: the restored study
    could not name who restored it.
    """
    # A backup of before would undo the lock, and what was revealed at it: the PI alone unlocks.
    if desk.locked is not None and desk.actor.role != roles.PI:
        refused = NotAllowed("lock.restore_pi")
        desk.refuse(ACTION, refused)
        raise refused
    restored = wanted.rehearsal.backup
    backup.require_restorer(restored.path, wanted.login, wanted.password, clock)
    note = backup.noted(restored, wanted.by(desk.head().number), clock)
    desk.note(ACTION, note.facts(), wanted.said())
    try:
        read_keys(folder.keys)
    except StorageFailed as error:
        # A damaged key file is what a backup is restored for: it stops none, and stays beside it as it is.
        return Made((), error)
    return make_backups(desk, folder, report)


def keep_closed(folder: StudyFolder, wanted: Restoring, clock: Clock, report: Report = quiet) -> Kept:
    """Do the same at a study that nobody has open, as far as it opens: one that does not stops no restore.

    NotAllowed when it opens for the person, who may not restore there now.
    """
    number, compared = wanted.rehearsal.live.number or 0, wanted.rehearsal.live.compared
    if not folder.study.exists():
        return Kept(number, (), StorageFailed("study.not_kept"))
    try:
        # One that was in use when the backup was rehearsed may be free by now, and locked.
        unlocked = studies.unlock(folder.path, wanted.login, wanted.password, clock)
    except SleDeskError as error:
        return Kept(number, (), error if compared else StorageFailed("study.not_kept"))
    desk: Desk | None = None
    try:
        studies.require_whole(studies.opening_checks(unlocked, report))
        held = backup.role_to_restore(unlocked) or unlocked.roles[0]
        # Where it is behind its backups, that is why one of them takes its place.
        desk = studies.sit_down(unlocked, held, clock, behind_reason=wanted.said())
    except StorageFailed as error:
        return Kept(number, (), error)
    else:
        made = keep_present(desk, folder, wanted, clock, report)
        return Kept(desk.head().number, made.backups, made.fault)
    finally:
        _rise(unlocked, desk)


def rehearse_at(path: Path, chosen: Backup, who: Who, report: Report) -> Rehearsal:
    """Rehearse a backup for a study folder in which nobody sits, for who may restore it: else NotAllowed."""
    folder = StudyFolder(path)
    found = backup.rehearse(chosen.path, who.login, who.password, folder, report, clock=who.clock)
    if found.verified.holds:
        backup.require_restorer(chosen.path, who.login, who.password, who.clock)
    return found


def restore_at(path: Path, wanted: Restoring, clock: Clock, report: Report) -> tuple[Kept, Placed]:
    """Put a rehearsed backup in a study folder in which nobody sits."""
    return restore_closed(StudyFolder(path), wanted, clock, report)


def restore_closed(
    folder: StudyFolder, wanted: Restoring, clock: Clock, report: Report = quiet
) -> tuple[Kept, Placed]:
    """Put a rehearsed backup in place of a study that nobody has open; what still opens is kept first.

    NotAllowed when the person could not restore when the backup was made, or may not now.
    """
    backup.require_restorer(wanted.rehearsal.backup.path, wanted.login, wanted.password, clock)
    kept = keep_closed(folder, wanted, clock, report)
    return kept, put_in_place(folder, wanted, kept.number, clock)


def put_in_place(folder: StudyFolder, wanted: Restoring, replaced: int, clock: Clock) -> Placed:
    """Put the backup in place of the closed study, and note in it who did so, why and over what.

    `replaced` is the last audit number of the study that goes. Its files stay as `.pre-restore`.
    """
    restored, by = wanted.rehearsal.backup, wanted.by(replaced)
    kept = backup.restore(restored.path, folder, wanted.rehearsal, clock, by, accept_older=True)
    try:
        _note_in_it(folder, wanted, clock)
    except SleDeskError as error:
        # Done is done, and is not told as a refusal: the note waits for the next sign-in.
        return Placed(kept, error)
    return Placed(kept)


def _note_in_it(folder: StudyFolder, wanted: Restoring, clock: Clock) -> None:
    keys = read_keys(folder.keys)
    found = counted_keys(folder.attempts, folder, wanted.login, wanted.password, clock)
    unlocked = studies.open_with_key(folder, keys, found, wanted.login, clock)
    desk: Desk | None = None
    try:
        verified = studies.opening_checks(unlocked, quiet)
        if not verified.holds:
            raise StorageFailed("study.not_whole_placed", code=verified.faults[0].code)
        # Sitting down writes the note that came with the files.
        reason = _why_ahead(unlocked, wanted, clock)
        role = backup.role_to_restore(unlocked) or unlocked.roles[0]
        desk = studies.sit_down(unlocked, role, clock, clock_reason=reason)
    finally:
        _rise(unlocked, desk)


def _rise(unlocked: studies.Unlocked, desk: Desk | None) -> None:
    if desk is None:
        studies.leave(unlocked)
    else:
        studies.stand_up(unlocked, desk)


def _why_ahead(unlocked: studies.Unlocked, wanted: Restoring, clock: Clock) -> str:
    """Return why the clock stands far ahead of an old backup: the restore itself; nothing for one behind it.

    Of one behind it the next sign-in asks.
    """
    guard = unlocked.database.run(lambda cursor: watch(cursor, clock))
    doubt = guard.doubt(clock.now())
    return wanted.said() if doubt is not None and doubt.action == clock_guard.CONFIRM else ""
