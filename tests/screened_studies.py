"""Trials with one subject screened, or ready for the allocation: made once, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from made_once import once
from study_fixtures import START, Study
from trial_fixtures import ready_to_allocate, register, screen

from sle_desk.base.clock import SteppingClock
from sle_desk.models.store.folder import StudyFolder

Made = tuple[Path, str]


@dataclass(frozen=True)
class Kept:
    """A study on disk, its recovery key, the instant its clock stood at and its one subject."""

    place: Path
    recovery_key: str
    now: datetime
    subject_id: int


def _keep(place: Path, made: Made, go_on: Callable[[Study], int]) -> Kept:
    shutil.copytree(made[0], place)
    study = Study(StudyFolder(place), SteppingClock(START), made[1])
    subject_id = go_on(study)
    study.leave()
    return Kept(place, made[1], study.clock.now(), subject_id)


def _screened(study: Study) -> int:
    subject_id = register(study)
    screen(study, subject_id)
    return subject_id


@pytest.fixture(scope="session")
def kept_screened(tmp_path_factory: pytest.TempPathFactory, made_trial: Made) -> Kept:
    """A trial with one subject screened."""

    def make() -> Kept:
        return _keep(tmp_path_factory.mktemp("screened") / "study", made_trial, _screened)

    return once("kept_screened", make)


@pytest.fixture(scope="session")
def kept_ready(tmp_path_factory: pytest.TempPathFactory, made_trial: Made) -> Kept:
    """A trial with one subject at the door of the allocation."""

    def make() -> Kept:
        return _keep(tmp_path_factory.mktemp("kept") / "study", made_trial, ready_to_allocate)

    return once("kept_ready", make)


def opened(kept: Kept, place: Path) -> Iterator[Study]:
    """Yield a copy of a kept study, its clock where it stood."""
    shutil.copytree(kept.place, place)
    study = Study(StudyFolder(place), SteppingClock(kept.now), kept.recovery_key)
    yield study
    study.leave()


@pytest.fixture
def screened_trial(tmp_path: Path, kept_screened: Kept) -> Iterator[Study]:
    """A trial with one subject screened, signed out."""
    yield from opened(kept_screened, tmp_path / "screened")


@pytest.fixture
def screened(kept_screened: Kept) -> int:
    """The number of the subject screened."""
    return kept_screened.subject_id


@pytest.fixture
def ready_trial(tmp_path: Path, kept_ready: Kept) -> Iterator[Study]:
    """A trial with one subject at the door of the allocation, signed out."""
    yield from opened(kept_ready, tmp_path / "ready")


@pytest.fixture
def ready(kept_ready: Kept) -> int:
    """The number of the subject who is ready."""
    return kept_ready.subject_id
