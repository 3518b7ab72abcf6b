"""Ends a process at each write or sync of an act, opens what it left, and tells what was found.

Run under LD_PRELOAD of the shim by `test_kills.py`: `kills.py act folder [eio]`. Each try is a fork with a
copy of the study; the child tells by a pipe what was acknowledged to a person, the parent opens the file.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from people_invented import someone
from study_fixtures import PASSWORD, START, Study, make_study
from trial_fixtures import make_trial, open_as, ready_to_allocate

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.exporting import write_export
from sle_desk.models.allocation import Allocation, AllocationSlot
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import backup, backup_file, keys_change, studies, subjects

SHIM = ctypes.CDLL(os.environ["LD_PRELOAD"])
SHIM.shim_seen.restype = ctypes.c_long
Tell = Callable[[str], None]


def _someone(number: int) -> object:
    return someone(name=f"Kill {number}", initials=f"K{number}", identity_number="")


def save(study: Study, tell: Tell) -> None:
    """Register three subjects and save a form of one that is known."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    for number in range(3):
        row = subjects.register_subject(desk, _someone(number), not_duplicate="a study of kills")  # type: ignore[arg-type]
        tell(row.code)
    study.leave()


def randomise(study: Study, tell: Tell) -> None:
    """Open the next row of the list for the subject at the door."""
    tell(f"arm {open_as(study, 'wu.min', roles.PI, 1).arm}")
    study.leave()


def export(study: Study, tell: Tell) -> None:
    """Write the workbook beside the study."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    done = write_export(desk, study.folder.path, "site", Language("en"))
    tell(f"file {done.path.name}")
    study.leave()


def back_up(study: Study, tell: Tell) -> None:
    """Make a backup."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, _someone(1), not_duplicate="a study of kills")  # type: ignore[arg-type]
    tell("SLE-002")
    tell(f"backup {backup.make_backup(desk, study.folder).path.name}")
    study.leave()


def restore(study: Study, tell: Tell) -> None:
    """Put the backup that lies beside the study in its place."""
    made = backup_file.backups(study.folder.backups)[0]
    rehearsal = backup.rehearse(made.path, "wu.min", PASSWORD, study.folder)
    backup.restore(made.path, study.folder, rehearsal, study.clock, accept_older=True)
    tell("restored")


def rekey(study: Study, tell: Tell) -> None:
    """Write the study anew under another data key."""
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    keys_change.change_data_key(desk, study.folder)
    tell("rekeyed")
    study.leave()


ACTS = {
    "save": save,
    "randomise": randomise,
    "export": export,
    "backup": back_up,
    "restore": restore,
    "rekey": rekey,
}


def base(place: Path, act: str) -> Study:
    """Make the study that every try begins with."""
    study = make_study(place, SteppingClock(START))
    make_trial(study)
    ready_to_allocate(study)
    if act == "restore":
        desk = study.sit("chen.lan", roles.COORDINATOR)
        backup.make_backup(desk, study.folder)
        subjects.register_subject(desk, _someone(9), not_duplicate="a study of kills")  # type: ignore[arg-type]
    study.leave()
    return study


def check(folder: StudyFolder, clock: SteppingClock, told: list[str]) -> str:
    """Open what was left as two people; return what is wrong, or nothing."""
    for login in ("wu.min", "chen.lan"):
        unlocked = studies.unlock(folder.path, login, PASSWORD, clock)
        try:
            faults = studies.opening_checks(unlocked, lambda step, share: None).faults
            if faults:
                return f"{login}: {faults[0].code}"
            lost = _lost(unlocked, folder, clock, told)
            if lost:
                return lost
        finally:
            studies.leave(unlocked)
    return ""


def _lost(unlocked: studies.Unlocked, folder: StudyFolder, clock: SteppingClock, told: list[str]) -> str:
    with unlocked.database.session() as session:
        codes = {row.code for row in session.query(subjects.Subject)}
        opened = session.query(Allocation).all()
        slots = {slot.id: slot for slot in session.query(AllocationSlot)}
    for each in told:
        kind, _, what = each.partition(" ")
        if kind.startswith("SLE-") and kind not in codes:
            return f"{kind} was acknowledged and is gone"
        if kind == "arm" and [row.arm for row in opened] != [what]:
            return f"arm {what} was acknowledged, there is {[row.arm for row in opened]}"
        if kind == "file" and not (folder.path / what).exists():
            return f"{what} was acknowledged and is not there"
        if kind == "backup" and not (folder.backups / what).exists():
            return f"{what} was acknowledged and is not there"
    if any(row.slot_id not in slots or not row.signature_id for row in opened):
        return "a subject is allocated by halves"
    for made in backup_file.backups(folder.backups):
        if not backup.rehearse(made.path, "wu.min", PASSWORD, None).verified.holds:
            return f"{made.path.name} does not hold"
    return ""


def one(study: Study, act: str, work: Path, index: int, eio: bool) -> tuple[str, bool]:
    """Try an act that ends at an index; return what is wrong after it, and whether it ended by itself."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(study.folder.path, work)
    clock = SteppingClock(study.clock.now() + timedelta(minutes=1))
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 0
        try:
            SHIM.shim_arm(str(work).encode(), ctypes.c_long(index), int(eio))
            copy = Study(StudyFolder(work), clock, study.recovery_key)
            ACTS[act](copy, lambda text: os.write(writing, f"{text}\n".encode()) and None)
        except (SleDeskError, OSError):
            code = 3
        except BaseException:
            traceback.print_exc()
            code = 4
        if index == 0:
            os.write(writing, f"seen {SHIM.shim_seen()}\n".encode())
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as stream:
        told = stream.read().split("\n")[:-1]
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if index == 0:
        return told[-1], code == 0
    if code == 4:
        return "a fault that nobody expected", False
    try:
        wrong = check(StudyFolder(work), SteppingClock(clock.now() + timedelta(hours=1)), told)
    except Exception as error:
        wrong = f"does not open: {error!r}"
    return wrong, code == 0


def main() -> int:
    """Try every index of an act, and print a line of JSON with what was found."""
    act, place, eio = sys.argv[1], Path(sys.argv[2]), "eio" in sys.argv[3:]
    step = next((int(text) for text in sys.argv[3:] if text.isdigit()), 1)
    study = base(place / "base", act)
    seen, whole = one(study, act, place / "work", 0, False)
    assert whole, "the act fails by itself"
    calls = int(seen.split()[1])
    wrong: dict[int, str] = {}
    tried = 0
    for index in range(1, calls + 1, step):
        tried += 1
        found, _ = one(study, act, place / "work", index, eio)
        if found:
            wrong[index] = found
    print(json.dumps({"act": act, "calls": calls, "tried": tried, "wrong": wrong}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
