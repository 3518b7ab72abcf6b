"""A study written by an earlier driver, cipher and password hash, kept as a backup in tests/data.

Made once, by sqlcipher3 0.6.2 (SQLCipher 4.12.0 on SQLite 3.51.1), argon2-cffi 23.1.0 and
argon2-cffi-bindings 21.2.0: each was put into a folder of its own (`pip install --no-deps --target`), which
stood before the installed ones on PYTHONPATH, together with `tests`, when this file was run. The lock names
those of now.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from people_invented import someone
from study_fixtures import CHEAP, PASSWORD, START, Study

from sle_desk.base.clock import SteppingClock
from sle_desk.domain import roles
from sle_desk.domain.protocol import Protocol
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import backup, package, people, studies, subjects, visits
from sle_desk.services.actor import NewPerson
from sle_desk.services.desk import Desk
from sle_desk.services.studies import NewStudy

KEPT = Path(__file__).parent / "data" / "older_driver.slebak"
WRITTEN_BY = "4.12.0 community"


def installed() -> Protocol:
    """Return the protocol to sit down with: the kept study holds only the registry text, to be small."""
    return package.read_package(package.installed_files())


def sat_down(study: Study, login: str, role: str) -> Desk:
    """Sign in at the kept study, or one like it."""
    study.leave()
    study.unlocked = studies.unlock(study.folder.path, login, PASSWORD, study.clock)
    study.desk = studies.sit_down(study.unlocked, role, study.clock, installed())
    return study.desk


def main() -> None:
    """Write the backup with whatever driver is found."""
    with tempfile.TemporaryDirectory() as place:
        study = Study(StudyFolder(Path(place)), SteppingClock(START), studies.new_recovery_key())
        pair = (NewPerson("xu.feng", "Xu Feng", PASSWORD), NewPerson("wu.min", "Wu Min", PASSWORD))
        new = NewStudy(study.folder.path, *pair, cost=CHEAP)
        files = {"registry.txt": package.installed_files()["registry.txt"]}
        studies._write_study(study.folder, new, study.recovery_key, files, installed(), study.clock)
        desk = sat_down(study, "xu.feng", roles.ADMINISTRATOR)
        people.create_person(
            desk, study.folder, NewPerson("chen.lan", "Chen Lan", PASSWORD), (roles.COORDINATOR,)
        )
        desk = sat_down(study, "chen.lan", roles.COORDINATOR)
        row = subjects.register_subject(desk, someone())
        visits.record_not_done(desk, row.id, "V0", "refused")
        made = backup.make_backup(desk, study.folder)
        study.leave()
        shutil.copyfile(made.path, KEPT)


if __name__ == "__main__":
    main()
