"""Making the demonstration: the study, its accounts, its exports and its pictures, in one folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from random import Random

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import RuleBroken, StorageFailed
from sle_desk.base.language import Language
from sle_desk.demo import courses, founding, handouts
from sle_desk.models.store.key_file import KeyCost

BEIJING = timezone(timedelta(hours=8))
# The study is founded before the first patient of the longest course is registered.
FOUNDED_BEFORE, CLOSED_AT = timedelta(days=230), time(18, 0)
OPENED_AT = time(8, 0)
FEWEST, MOST = 1, 30
# The courses of everybody lie before it, and follow-up behind.
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class Wanted:
    """What the demonstration is made of; equal wishes give equal values, times and codes apart."""

    out: Path
    today: date
    subjects: int = 12
    seed: int = 7
    pictures: bool = False
    language: str = "en"


@dataclass(frozen=True)
class Made:
    """What was made: the study folder, the exports, the pictures."""

    study: Path
    exports: tuple[Path, ...]
    pictures: tuple[Path, ...]


def make_demonstration(wanted: Wanted, cost: KeyCost | None = None) -> Made:
    """Make the demonstration in a folder that is absent or empty.

    StorageFailed `folder.not_empty`, RuleBroken `demonstration.subjects` or `demonstration.day`.
    """
    _check(wanted)
    wanted.out.mkdir(parents=True, exist_ok=True)
    begins = datetime.combine(wanted.today - FOUNDED_BEFORE, time(8, 0), BEIJING)
    clock, language = SteppingClock(begins), Language(wanted.language)
    study = wanted.out / "study"
    ward = founding.found(study, clock, Random(f"{wanted.seed} list"), language)
    try:
        patients = courses.walk(ward, wanted.today, wanted.subjects, wanted.seed)
        evening = datetime.combine(wanted.today - timedelta(days=1), CLOSED_AT, BEIJING)
        clock.set(max(evening, clock.now()))
        written = handouts.write_all(ward, wanted.out / "exports", patients)
        # Whoever opens it goes on from here, on the morning of the day it leads up to.
        clock.set(datetime.combine(wanted.today, OPENED_AT, BEIJING))
        founding.harden(ward, cost or KeyCost())
    finally:
        ward.leave()
    _write_accounts(wanted.out / "accounts.json")
    return Made(study, written, _pictures(wanted, study) if wanted.pictures else ())


def _check(wanted: Wanted) -> None:
    if not FEWEST <= wanted.subjects <= MOST:
        raise RuleBroken("demonstration.subjects", found=wanted.subjects, fewest=FEWEST, most=MOST)
    if not EARLIEST <= wanted.today <= LATEST:
        raise RuleBroken(
            "demonstration.day",
            found=wanted.today.isoformat(),
            earliest=EARLIEST.isoformat(),
            latest=LATEST.isoformat(),
        )
    if wanted.out.exists() and (not wanted.out.is_dir() or any(wanted.out.iterdir())):
        raise StorageFailed("folder.not_empty", path=str(wanted.out))


def _write_accounts(path: Path) -> None:
    text = json.dumps(founding.accounts(), indent=2, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")


def _pictures(wanted: Wanted, study: Path) -> tuple[Path, ...]:
    # Imported late: a demonstration without pictures needs no Qt.
    from sle_desk.demo.pictures import take_pictures

    morning = datetime.combine(wanted.today, time(9, 0), BEIJING)
    return take_pictures(study, wanted.out / "pictures", SteppingClock(morning))
