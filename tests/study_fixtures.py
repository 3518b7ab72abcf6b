"""Studies made for tests: real encrypted files in a temporary folder, with cheap password hashing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from made_once import once

from sle_desk.base.clock import SteppingClock
from sle_desk.domain import roles
from sle_desk.models.people import User
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import KeyCost
from sle_desk.models.subject import Subject
from sle_desk.services import consent_versions, delegations, people, studies
from sle_desk.services.actor import NewPerson
from sle_desk.services.clock_guard import CONFIRM
from sle_desk.services.consent_versions import NewVersion
from sle_desk.services.desk import Desk
from sle_desk.services.sign_in_checks import settle_clock
from sle_desk.services.studies import NewStudy, Unlocked

BEIJING = timezone(timedelta(hours=8))
START = datetime(2026, 11, 23, 8, 0, tzinfo=BEIJING)
CHEAP = KeyCost(memory_kib=1024, passes=1, lanes=1)
PASSWORD = "four quiet lanterns"
PEOPLE = (
    ("chen.lan", "Chen Lan", (roles.COORDINATOR,)),
    ("lin.yue", "Lin Yue", (roles.NURSE,)),
    ("zhao.jing", "Zhao Jing", (roles.INVESTIGATOR,)),
    ("sun.tong", "Sun Tong", (roles.STATISTICIAN,)),
    ("he.jian", "He Jian", (roles.MONITOR,)),
)

# Who acts in a role.
LOGINS = {
    roles.ADMINISTRATOR: "xu.feng",
    roles.PI: "wu.min",
    **{held[0]: login for login, _, held in PEOPLE},
}


@dataclass
class Study:
    """A study on disk and how to sit down at it."""

    folder: StudyFolder
    clock: SteppingClock
    recovery_key: str
    unlocked: Unlocked | None = None
    desk: Desk | None = None

    def sit(self, login: str, role: str) -> Desk:
        """Sign in as a person, signing out whoever sat there before."""
        self.believe()
        self.leave()
        self.unlocked = studies.unlock(self.folder.path, login, PASSWORD, self.clock)
        self.desk = studies.sit_down(self.unlocked, role, self.clock)
        return self.desk

    def believe(self) -> None:
        """Say at the desk that a clock which was moved far on is right."""
        if self.desk is not None:
            doubt = self.desk.clock_guard.doubt(self.desk.now())
            if doubt is not None and doubt.action == CONFIRM:
                settle_clock(self.desk, "nothing was due meanwhile")

    def leave(self) -> None:
        """Sign out."""
        if self.desk is not None and self.unlocked is not None:
            studies.stand_up(self.unlocked, self.desk)
        self.desk = self.unlocked = None


def make_study(path: Path, clock: SteppingClock) -> Study:
    """Create a study with one person in each role and their delegations."""
    key = studies.new_recovery_key()
    new = NewStudy(
        folder=path,
        administrator=NewPerson("xu.feng", "Xu Feng", PASSWORD),
        investigator=NewPerson("wu.min", "Wu Min", PASSWORD),
        demonstration=True,
        cost=CHEAP,
    )
    study = Study(studies.create_study(new, key, clock), clock, key)
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    for login, name, held in PEOPLE:
        people.create_person(admin, study.folder, NewPerson(login, name, PASSWORD), held)
    with admin.change("people.reset_password") as change:
        # Everybody has been here before: nobody is asked for a new password.
        for user in change.session.query(User):
            user.must_change_password = False
    pi = study.sit("wu.min", roles.PI)
    for person in people.people(pi):
        for task in roles.TASKS:
            if set(person.roles) & {roles.COORDINATOR, roles.NURSE, roles.INVESTIGATOR}:
                delegations.record_delegation(
                    pi, delegations.NewDelegation(person.id, task, date(2026, 1, 1))
                )
    first = NewVersion("v2.1", date(2026, 3, 12), date(2026, 3, 28), "2026PHB-041")
    consent_versions.record_version(pi, first)
    study.leave()
    return study


@pytest.fixture
def clock() -> SteppingClock:
    """A clock that stands at 2026-11-23 08:00 in Beijing."""
    return SteppingClock(START)


@pytest.fixture(scope="session")
def made_study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A study made once; each test works on a copy of it."""

    def make() -> tuple[Path, str]:
        place = tmp_path_factory.mktemp("made") / "study"
        return place, make_study(place, SteppingClock(START)).recovery_key

    return once("study", make)


@pytest.fixture
def study(tmp_path: Path, clock: SteppingClock, made_study: tuple[Path, str]) -> Iterator[Study]:
    """A study with one person in each role, signed out."""
    place, recovery_key = made_study
    shutil.copytree(place, tmp_path / "study")
    copy = Study(StudyFolder(tmp_path / "study"), clock, recovery_key)
    yield copy
    copy.leave()


@pytest.fixture
def desk(study: Study) -> Desk:
    """The coordinator's desk."""
    return study.sit("chen.lan", roles.COORDINATOR)


def proof(desk: Desk, subject_id: int) -> tuple[str, str]:
    """Return what is typed again of a subject, whoever sits at the desk: last digits and year of birth."""
    with desk.view() as session:
        subject = session.get_one(Subject, subject_id)
        return subject.code[-3:], str(subject.birth_date.year)
