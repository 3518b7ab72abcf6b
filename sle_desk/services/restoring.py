"""Restoring a backup over a study that somebody has open: the present is kept first, both sides note it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sle_desk.base.clock import Clock
from sle_desk.base.errors import StorageFailed
from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.forms import Choice
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import read_keys
from sle_desk.models.store.verification import quiet
from sle_desk.services import backup, clock_guard, studies
from sle_desk.services.backup import Rehearsal
from sle_desk.services.backup_file import Report
from sle_desk.services.backup_folder import Made, make_backups
from sle_desk.services.counted_keys import counted_keys
from sle_desk.services.desk import Desk
from sle_desk.services.sign_in_checks import watch

ACTION = "study.restore"
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

    def said(self) -> str:
        """Return the reason as the audit keeps it."""
        return f"{self.reason}: {self.note}" if self.note else self.reason


def keep_present(desk: Desk, folder: StudyFolder, wanted: Restoring, clock: Clock, report: Report) -> Made:
    """Note the restore in the study of now and back it up: what goes stays in a backup of its own.

    NotAllowed when the person was no administrator when the backup was made: the restored study could
    not name who restored it.
    """
    backup.require_administrator(wanted.rehearsal.backup.path, wanted.login, wanted.password, clock)
    desk.note(ACTION, _facts(wanted, desk.head().number), wanted.said())
    try:
        read_keys(folder.keys)
    except StorageFailed as error:
        # A damaged key file is what a backup is restored for: it stops none, and stays beside it as it is.
        return Made((), error)
    return make_backups(desk, folder, report)


def put_in_place(folder: StudyFolder, wanted: Restoring, replaced: int, clock: Clock) -> tuple[str, ...]:
    """Put the backup in place of the closed study, and note in it who did so, why and over what.

    `replaced` is the last audit number of the study that goes. Its files stay as `.pre-restore`, under the
    names returned.
    """
    kept = backup.restore(wanted.rehearsal.backup.path, folder, wanted.rehearsal, clock, accept_older=True)
    keys = read_keys(folder.keys)
    found = counted_keys(folder.attempts, folder, wanted.login, wanted.password, clock)
    unlocked = studies.open_with_key(folder, keys, found, wanted.login, clock)
    desk: Desk | None = None
    try:
        verified = studies.opening_checks(unlocked, quiet)
        if not verified.holds:
            raise StorageFailed("backup.not_whole", code=verified.faults[0].code)
        reason = _why_ahead(unlocked, wanted, clock)
        desk = studies.sit_down(unlocked, roles.ADMINISTRATOR, clock, clock_reason=reason)
        desk.note(ACTION, _facts(wanted, replaced), wanted.said())
    finally:
        if desk is None:
            studies.leave(unlocked)
        else:
            studies.stand_up(unlocked, desk)
    return kept


def _why_ahead(unlocked: studies.Unlocked, wanted: Restoring, clock: Clock) -> str:
    """Return why the clock stands far ahead of an old backup: the restore itself; nothing for one behind it.

    The clock was believed in the study of now, which noted the restore before anything was moved.
    """
    guard = unlocked.database.run(lambda cursor: watch(cursor, clock))
    doubt = guard.doubt(clock.now())
    return wanted.said() if doubt is not None and doubt.action == clock_guard.CONFIRM else ""


def _facts(wanted: Restoring, replaced: int) -> dict[str, object]:
    restored = wanted.rehearsal.backup
    return {"file": restored.path.name, "number": restored.number, "code": restored.code, "over": replaced}
