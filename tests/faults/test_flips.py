"""Faults 3 and 13: one flipped bit anywhere in the study file, or in its key file, is never overlooked."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, START, Study, make_study

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import SleDeskError
from sle_desk.domain import roles
from sle_desk.services import drafts, studies, subjects
from sle_desk.services.drafts import Place

LOGINS = ("chen.lan", "wu.min")
SEED = 20261128


@pytest.fixture(scope="module")
def loose(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of which at least a fifth of the pages are free."""
    study = make_study(tmp_path_factory.mktemp("flips") / "study", SteppingClock(START))
    desk = study.sit("chen.lan", roles.COORDINATOR)
    for number in range(5):
        new = someone(name=f"Flip {number}", initials=f"F{number}", identity_number="")
        subjects.register_subject(desk, new, not_duplicate="a study of flips")
    places = [Place(f"flip:{number}", 0, 0) for number in range(120)]
    for place in places:
        drafts.keep_draft(desk, place, "note", "x" * 4000)
    for place in places:
        drafts.drop_drafts(desk, place)
    with desk.database.cursor() as cursor, desk.database.guard.opened():
        free, pages = (
            cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count")
        )
    assert free / pages >= 0.2, (free, pages)
    study.leave()
    return study


def told(folder: Path, login: str, clock: SteppingClock) -> str:
    """Sign in as the window does; return the code of what is said, or nothing when all is well."""
    try:
        unlocked = studies.unlock(folder, login, PASSWORD, clock)
    except SleDeskError as error:
        return error.code
    try:
        faults = studies.opening_checks(unlocked, lambda step, share: None).faults
        return faults[0].code if faults else ""
    finally:
        studies.leave(unlocked)


def flipped(content: bytes, bit: int) -> bytes:
    """Return a content with one bit the other way."""
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def overlooked(study: Study, place: Path, flips: int) -> Iterator[int]:
    """Yield each bit whose flip nobody was told of."""
    shutil.copytree(study.folder.path, place)
    file = place / study.folder.study.name
    whole = file.read_bytes()
    chance = random.Random(SEED)
    for bit in (chance.randrange(len(whole) * 8) for _ in range(flips)):
        file.write_bytes(flipped(whole, bit))
        if not told(place, "chen.lan", study.clock):
            yield bit
    file.write_bytes(whole)
    assert told(place, "chen.lan", study.clock) == ""


def test_fault_03_a_few_flipped_bits_are_all_told(loose: Study, tmp_path: Path) -> None:
    assert list(overlooked(loose, tmp_path / "copy", 40)) == []


@pytest.mark.slow
def test_fault_03_a_thousand_flipped_bits_are_all_told(loose: Study, tmp_path: Path) -> None:
    assert list(overlooked(loose, tmp_path / "copy", 1000)) == []


def seen(study: Study, folder: Path) -> dict[str, str]:
    """Return what each person is told."""
    (folder / study.folder.attempts.name).unlink(missing_ok=True)
    return {login: told(folder, login, study.clock) for login in LOGINS}


def key_flips(study: Study, place: Path, step: int) -> list[tuple[int, dict[str, str]]]:
    """Flip a bit of each n-th byte of the key file; return those after which everybody signs in unwarned."""
    shutil.copytree(study.folder.path, place)
    file = place / study.folder.keys.name
    whole = file.read_bytes()
    silent = []
    for byte in range(0, len(whole), step):
        file.write_bytes(flipped(whole, byte * 8 + 1))
        said = seen(study, place)
        if not any(said.values()):
            silent.append((byte, said))
    return silent


def test_fault_13_a_flipped_bit_of_the_key_file_stops_somebody_or_changes_nothing_that_is_used(
    loose: Study, tmp_path: Path
) -> None:
    # A slot of the others, or what only the sign-in page shows: whose bytes these are is looked at.
    whole = loose.folder.keys.read_bytes()
    for byte, _ in key_flips(loose, tmp_path / "copy", 61):
        around = whole[max(0, byte - 700) : byte + 700].decode("utf-8", "replace")
        line = whole[: byte + 1].decode("utf-8", "replace").rsplit("\n", 1)[-1]
        assert any(word in around for word in ("owner", "title", "recovery", "language", "backup")), line
