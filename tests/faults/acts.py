"""The acts that are broken off, the studies they begin with, and what must hold of whatever they leave."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from earlier_schema import put_back
from people_invented import someone
from sqlalchemy.orm import Session
from study_fixtures import LOGINS, PASSWORD, Study
from trial_fixtures import (
    judge_leaves,
    open_at,
    register,
    score,
    screen,
    sign_judged,
)

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import StorageFailed
from sle_desk.base.language import Language
from sle_desk.base.private import NOTE
from sle_desk.base.written import OURS
from sle_desk.domain import roles
from sle_desk.exports.exporting import write_export
from sle_desk.models.allocation import Allocation, AllocationSlot
from sle_desk.models.audit import Audit, Signature
from sle_desk.models.eligibility import EligibilityDecision
from sle_desk.models.people import User
from sle_desk.models.store import migration, schema
from sle_desk.models.store.database import connect
from sle_desk.models.store.folder import BACKUP_PREFIX, RESTORE_PREFIX, StudyFolder
from sle_desk.models.store.key_file import read_keys
from sle_desk.models.store.keys import slot_owner
from sle_desk.models.store.redaction import audit_rows, places
from sle_desk.models.subject import Subject
from sle_desk.models.visit import FormRecord
from sle_desk.services import backup, backup_file, keys_change, people, redaction, studies, subjects, visits
from sle_desk.services.desk import Desk
from sle_desk.services.signatures import Signing

Tell = Callable[[str], None]
LEAVER = "he.jian"
NOTED = "invented aunt"
EXPORTS = "exports"


def _someone(number: int) -> object:
    return someone(name=f"Kill {number}", initials=f"K{number}", identity_number="")


def registered(desk: Desk, number: int) -> str:
    """Register a subject and return the code."""
    row = subjects.register_subject(desk, _someone(number), not_duplicate="a study of kills")  # type: ignore[arg-type]
    return row.code


def save(study: Study, desk: Desk, tell: Tell) -> None:
    """Register three subjects."""
    for number in range(3):
        tell(registered(desk, number))


def fill_in(study: Study, desk: Desk, tell: Tell) -> None:
    """Save a form of the first subject's screening visit."""
    tell(f"form {score(desk, 1, 1, 'pga')}")


def randomise(study: Study, desk: Desk, tell: Tell) -> None:
    """Open the next row of the list for the subject at the door."""
    tell(f"arm {open_at(study, desk, 1).arm}")


def sign(study: Study, desk: Desk, tell: Tell) -> None:
    """Sign that the second subject, every leaf decided, is eligible."""
    sign_judged(study, desk, 2)
    tell("signed")


def export(study: Study, desk: Desk, tell: Tell) -> None:
    """Write the workbook into a folder of its own."""
    folder = study.folder.path / EXPORTS
    folder.mkdir(exist_ok=True)
    done = write_export(desk, folder, "site", Language("en"))
    tell(f"file {EXPORTS}/{done.path.name}")


def back_up(study: Study, desk: Desk, tell: Tell) -> None:
    """Make a backup after a subject was registered."""
    tell(registered(desk, 1))
    tell(f"backup {backup.make_backup(desk, study.folder).path.name}")


def rekey(study: Study, desk: Desk, tell: Tell) -> None:
    """Write the study anew under another data key."""
    keys_change.change_data_key(desk, study.folder)
    tell("rekeyed")


def close(study: Study, desk: Desk, tell: Tell) -> None:
    """Close the account of somebody who left."""
    leaver = next(person.id for person in people.people(desk) if person.login == LEAVER)
    old = desk.database.data_key
    people.deactivate_person(desk, study.folder, leaver, "left the clinic")
    tell(f"closed {old.hex()}")


def restore(study: Study, tell: Tell) -> None:
    """Put the backup that lies beside the study in its place; nobody sits there meanwhile."""
    made = backup_file.backups(study.folder.backups)[0]
    rehearsal = backup.rehearse(made.path, "wu.min", PASSWORD, study.folder)
    backup.restore(made.path, study.folder, rehearsal, study.clock, accept_older=True)
    tell("restored")


def redact(study: Study, desk: Desk, tell: Tell) -> None:
    """Take a text out of records and audit that was typed by accident."""
    signing = Signing("redaction", "a study of kills", "en", PASSWORD)
    redaction.redact(desk, study.folder, NOTED, "typed by accident", signing)
    tell("redacted")


def migrate(study: Study, tell: Tell) -> None:
    """Open a study of the schema before this one."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    with desk.view() as session:
        (noted,) = migrations(session)
    tell(f"migrated {noted}")
    study.leave()


# In which role an act is done at the desk, and the act.
AT_DESK: dict[str, tuple[str, Callable[[Study, Desk, Tell], None]]] = {
    "save": (roles.COORDINATOR, save),
    "form": (roles.COORDINATOR, fill_in),
    "randomise": (roles.PI, randomise),
    "sign": (roles.PI, sign),
    "export": (roles.COORDINATOR, export),
    "backup": (roles.COORDINATOR, back_up),
    "rekey": (roles.ADMINISTRATOR, rekey),
    "close": (roles.ADMINISTRATOR, close),
    "redact": (roles.PI, redact),
}
# Acts that nobody sits at the desk for when they begin.
WITHOUT_DESK: dict[str, Callable[[Study, Tell], None]] = {"restore": restore, "migrate": migrate}
ACTS = (*AT_DESK, *WITHOUT_DESK)


def whole(act: str, study: Study, tell: Tell) -> None:
    """Do an act from signing in to signing out."""
    if act in WITHOUT_DESK:
        WITHOUT_DESK[act](study, tell)
        return
    role, do = AT_DESK[act]
    do(study, study.sit(LOGINS[role], role), tell)
    study.leave()


def _with_backup(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    backup.make_backup(desk, study.folder)
    registered(desk, 9)


def _with_judged(study: Study) -> None:
    subject_id = register(study, 2)
    screen(study, subject_id)
    judge_leaves(study.sit("wu.min", roles.PI), subject_id)


def _with_note(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    visits.record_not_done(desk, 1, "W2", "other", f"{NOTED} called")


def _of_before(study: Study) -> None:
    key = study.sit("chen.lan", roles.COORDINATOR).database.data_key
    study.leave()
    put_back(study.folder, key, schema.SCHEMA - 1)


# What an act needs beside a subject who stands at the door of the allocation.
NEEDS = {"restore": _with_backup, "sign": _with_judged, "redact": _with_note, "migrate": _of_before}


def plain() -> Study:
    """Return the study that most acts begin with, as the tests made it once; it is only copied."""
    place, recovery_key, now = json.loads(os.environ["READY_STUDY"])
    return Study(StudyFolder(Path(place)), SteppingClock(datetime.fromisoformat(now)), recovery_key)


def base(before: Study, place: Path, act: str) -> Study:
    """Return the study that every try of an act begins with: the plain one, or a copy with what it needs."""
    if act not in NEEDS:
        return before
    shutil.copytree(before.folder.path, place)
    study = Study(StudyFolder(place), SteppingClock(before.clock.now()), before.recovery_key)
    NEEDS[act](study)
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
            lost = _lost(unlocked, folder, told) or _halved(unlocked, folder)
            if lost:
                return lost
        finally:
            studies.leave(unlocked)
    for made in backup_file.backups(folder.backups):
        if not backup.rehearse(made.path, "wu.min", PASSWORD, None).verified.holds:
            return f"{made.path.name} does not hold"
    over = [*folder.backups.glob(f"{BACKUP_PREFIX}*"), *folder.path.glob(f"{RESTORE_PREFIX}*")]
    over += [*folder.path.rglob(f"{OURS}*"), *folder.path.glob(f"{NOTE}*")]
    return f"{over[0].name} was left lying" if over else ""


def _lost(unlocked: studies.Unlocked, folder: StudyFolder, told: list[str]) -> str:
    with unlocked.database.session() as session:
        codes = {row.code for row in session.query(Subject)}
        opened = session.query(Allocation).all()
        signed = session.query(EligibilityDecision).filter_by(subject_id=2).count()
        forms = {row.id: row.form for row in session.query(FormRecord)}
        brought_up = migrations(session)
    for each in told:
        kind, _, what = each.partition(" ")
        if kind.startswith("SLE-") and kind not in codes:
            return f"{kind} was acknowledged and is gone"
        if kind == "arm" and [row.arm for row in opened] != [what]:
            return f"arm {what} was acknowledged, there is {[row.arm for row in opened]}"
        if kind == "form" and forms.get(int(what)) != "pga":
            return "a form was acknowledged and is gone"
        if kind == "signed" and signed != 1:
            return f"a signature was acknowledged, there are {signed}"
        if kind == "file" and not (folder.path / what).exists():
            return f"{what} was acknowledged and is not there"
        if kind == "backup" and not (folder.backups / what).exists():
            return f"{what} was acknowledged and is not there"
        if kind == "redacted" and _holds_note(unlocked):
            return "a text was told to be gone and is not"
        if kind == "migrated" and brought_up != [what]:
            return f"a migration was acknowledged, the audit has {len(brought_up)} and not that one"
        if kind == "closed" and (_is_active(unlocked) or _opens(folder, what)):
            return "an account was told to be closed and is not"
    return ""


def migrations(session: Session) -> list[str]:
    """Return the links of the audit rows that say that the study was brought to another schema."""
    return [row.link for row in session.query(Audit).filter_by(action=migration.MIGRATE)]


def _holds_note(unlocked: studies.Unlocked) -> bool:
    with unlocked.database.cursor() as cursor:
        return bool(places(cursor, NOTED) or audit_rows(cursor, NOTED))


def _halved(unlocked: studies.Unlocked, folder: StudyFolder) -> str:
    with unlocked.database.session() as session:
        slots = {slot.id for slot in session.query(AllocationSlot)}
        signatures = {row.id: (row.about_table, row.about_id) for row in session.query(Signature)}
        if any(row.slot_id not in slots or not row.signature_id for row in session.query(Allocation)):
            return "a subject is allocated by halves"
        for row in session.query(EligibilityDecision):
            if signatures.get(row.signature_id or 0) != ("eligibility_decision", row.id):
                return "an eligibility decision is signed by halves"
        earlier = [made for made in backup_file.backups(folder.backups) if made.schema < schema.SCHEMA]
        if len(migrations(session)) > 1 or (migrations(session) and not earlier):
            return "a study was brought up twice, or without a backup of what it was"
        active = session.query(User).filter_by(login=LEAVER).one().active
        ended = session.query(Audit).filter_by(action=keys_change.ACTION, operation="event").count()
    # Without the account the slot opens nothing; the next administrator ends what was broken off.
    slot = read_keys(folder.keys).slot(slot_owner(LEAVER))
    if slot is not None and not active and ended:
        return "a closed account has a slot still"
    if slot is None and active:
        return "an account lost its slot and was not closed"
    return ""


def _is_active(unlocked: studies.Unlocked) -> bool:
    with unlocked.database.session() as session:
        return bool(session.query(User).filter_by(login=LEAVER).one().active)


def _opens(folder: StudyFolder, key: str) -> bool:
    """Tell whether the file opens with the key that one who left may have kept."""
    # The application holds the file: what is asked is whether a copy of it opens.
    copy = folder.study.with_name("copy-of-the-file")
    shutil.copyfile(folder.study, copy)
    try:
        connect(copy, bytes.fromhex(key)).close()
        return True
    except StorageFailed:
        return False
    finally:
        copy.unlink()
