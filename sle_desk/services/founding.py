"""The first run: study, recovery paper and first backup, made when the last step ends and not before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sle_desk.base.clock import Clock
from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import backup_folder, package, recovery, studies
from sle_desk.services.actor import NewPerson
from sle_desk.services.backup_folder import Made
from sle_desk.services.recovery import KeyPaper
from sle_desk.services.studies import NewStudy, Report


@dataclass(frozen=True)
class Trial:
    """What the installed package says of the trial, for a key page printed before the study exists."""

    title: Words
    numbers: tuple[str, ...]
    protocol: str


@dataclass(frozen=True)
class Founded:
    """A new study with its first backups, or why they could not be made: the study stands all the same."""

    folder: Path
    made: Made | None
    fault: SleDeskError | None


def installed_trial() -> Trial:
    """Return the trial of the installed protocol package."""
    protocol = package.read_package(package.installed_files())
    return Trial(protocol.short_title, protocol.registry_ids, f"{protocol.code} {protocol.version}")


def found_study(
    new: NewStudy, recovery_key: str, paper: KeyPaper, second: str, clock: Clock, report: Report
) -> Founded:
    """Create the study, note the recovery paper, keep the second backup folder and make the first backups."""
    recovery.check_key_paper(paper)
    report("create", 0.0)
    folder = studies.create_study(new, recovery_key, clock)
    return first_backup(folder.path, new.administrator, paper, second, clock, report)


def first_backup(
    path: Path, administrator: NewPerson, paper: KeyPaper | None, second: str, clock: Clock, report: Report
) -> Founded:
    """Make the first backups of a study that was just created; what fails is said and can be tried again.

    `paper` is None where the recovery paper was noted by an earlier try.
    """
    report("backup", 0.0)
    folder = StudyFolder(path)
    unlocked = studies.unlock(path, administrator.login, administrator.password, clock)
    desk = studies.sit_down(unlocked, roles.ADMINISTRATOR, clock)
    try:
        if paper is not None:
            recovery.note_key_paper(desk, paper)
        backup_folder.choose_second_folder(desk, folder, second)
        made = backup_folder.make_backups(desk, folder, report)
        return Founded(path, made, made.fault)
    except SleDeskError as error:
        return Founded(path, None, error)
    finally:
        studies.stand_up(unlocked, desk)
