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
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import drafts, history, studies, subjects
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


def slot_bytes(study: Study, login: str) -> tuple[bytes, range]:
    """Return the key file and where the slot of a person stands in it."""
    whole = study.folder.keys.read_bytes()
    owner = whole.index(f'"owner": "user:{login}"'.encode())
    return whole, range(whole.rindex(b"{", 0, owner), whole.index(b"}", owner) + 1)


@pytest.mark.parametrize("login", LOGINS)
def test_fault_13_a_flipped_bit_in_a_slot_stops_its_person(loose: Study, tmp_path: Path, login: str) -> None:
    whole, place = slot_bytes(loose, login)
    copy = tmp_path / "copy"
    shutil.copytree(loose.folder.path, copy)
    chance = random.Random(SEED)
    # Blanks between the parts carry nothing: a tab for a blank leaves the slot as it was.
    bytes_of_slot = [at for at in place if not whole[at : at + 1].isspace()]
    for at in bytes_of_slot[::3]:
        (copy / loose.folder.keys.name).write_bytes(flipped(whole, at * 8 + chance.randrange(8)))
        (copy / loose.folder.attempts.name).unlink(missing_ok=True)
        assert told(copy, login, loose.clock), whole[at - 20 : at + 20]


def test_fault_13_a_flipped_bit_anywhere_else_in_the_key_file_is_refused_or_told(
    loose: Study, tmp_path: Path
) -> None:
    whole, mine = slot_bytes(loose, "chen.lan")
    copy = StudyFolder(tmp_path / "copy")
    shutil.copytree(loose.folder.path, copy.path)
    chance = random.Random(SEED)
    elsewhere = [at for at in range(len(whole)) if at not in mine and not whole[at : at + 1].isspace()]
    quiet = []
    for at in chance.sample(elsewhere, 60):
        copy.keys.write_bytes(flipped(whole, at * 8 + chance.randrange(8)))
        copy.attempts.unlink(missing_ok=True)
        try:
            unlocked = studies.unlock(copy.path, "chen.lan", PASSWORD, loose.clock)
        except SleDeskError:
            continue
        try:
            found = studies.opening_checks(unlocked, lambda step, share: None)
            if found.holds and not unlocked.keys_changed:
                quiet.append(whole[at - 20 : at + 20])
        finally:
            studies.leave(unlocked)
    assert quiet == []


def test_fault_13_what_was_changed_is_told_noted_and_written_anew(loose: Study) -> None:
    loose.leave()
    content = loose.folder.keys.read_text(encoding="utf-8")
    loose.folder.keys.write_text(content.replace("NCT05262686", "NCT05262687"), encoding="utf-8")
    unlocked = studies.unlock(loose.folder.path, "chen.lan", PASSWORD, loose.clock)
    assert unlocked.keys_changed
    desk = studies.sit_down(unlocked, roles.COORDINATOR, loose.clock)
    assert any(row.action == "keys.changed" for row in history.audit_trail(desk))
    studies.stand_up(unlocked, desk)
    again = studies.unlock(loose.folder.path, "chen.lan", PASSWORD, loose.clock)
    assert not again.keys_changed
    studies.leave(again)
