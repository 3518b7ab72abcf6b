"""The first run's service: study, paper and first backups, or what is left to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from study_fixtures import CHEAP, PASSWORD

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import RuleBroken, StorageFailed
from sle_desk.domain import roles
from sle_desk.services import backup, backup_folder, founding, history, recovery, studies, study_place
from sle_desk.services.actor import NewPerson
from sle_desk.services.founding import Founded
from sle_desk.services.recovery import KeyPaper
from sle_desk.services.studies import NewStudy

PAPER = KeyPaper("K-01", "Safe, room 412", "Xu Feng", "Wu Min")


def quiet(step: str, share: float) -> None:
    """Report to nobody."""


def found(root: Path, clock: SteppingClock, second: Path, paper: KeyPaper = PAPER) -> Founded:
    new = NewStudy(
        root / "study",
        NewPerson("xu.feng", "Xu Feng", PASSWORD),
        NewPerson("wu.min", "Wu Min", PASSWORD),
        cost=CHEAP,
    )
    return founding.found_study(new, recovery.new_key(), paper, str(second), clock, quiet)


def test_study_and_two_verified_backups_are_made(tmp_path: Path, clock: SteppingClock) -> None:
    founded = found(tmp_path, clock, tmp_path / "stick")
    assert founded.fault is None and founded.made is not None
    assert {made.path.parent for made in founded.made.backups} == {
        tmp_path / "study" / "backups",
        tmp_path / "stick",
    }
    for made in founded.made.backups:
        rehearsal = backup.rehearse(made.path, "xu.feng", PASSWORD, None)
        assert rehearsal.verified.holds


def test_where_the_paper_lies_is_in_the_audit(tmp_path: Path, clock: SteppingClock) -> None:
    founded = found(tmp_path, clock, tmp_path / "stick")
    unlocked = studies.unlock(founded.folder, "wu.min", PASSWORD, clock)
    desk = studies.sit_down(unlocked, roles.PI, clock)
    (sealed,) = [row.facts for row in history.audit_trail(desk) if row.action == recovery.SEALED]
    assert (sealed["kept_where"], sealed["witnessed_by"]) == ("Safe, room 412", "Wu Min")
    studies.stand_up(unlocked, desk)


def test_a_backup_that_fails_leaves_the_study_and_can_be_tried_again(
    tmp_path: Path, clock: SteppingClock
) -> None:
    gone = tmp_path / "stick"
    gone.symlink_to(tmp_path / "nowhere")
    founded = found(tmp_path, clock, gone)
    assert founded.fault is not None and founded.fault.code == "place.not_writable"
    again = founding.first_backup(
        founded.folder, NewPerson("xu.feng", "Xu Feng", PASSWORD), None, str(tmp_path / "other"), clock, quiet
    )
    assert again.fault is None and again.made is not None and len(again.made.backups) == 2


def test_a_paper_nobody_sealed_creates_nothing(tmp_path: Path, clock: SteppingClock) -> None:
    with pytest.raises(RuleBroken, match="recovery.paper_blank"):
        found(tmp_path, clock, tmp_path / "stick", KeyPaper("K-01", "", "", ""))
    assert not (tmp_path / "study").exists()


def test_a_place_is_whole_empty_and_writable(tmp_path: Path) -> None:
    assert study_place.study_place(f" {tmp_path / 'new' / 'study'} ").free > 0
    for typed in ("", "study", "relative/study", f"/{'x' * 300}", "/a\0b"):
        with pytest.raises(StorageFailed, match="place.not_whole"):
            study_place.study_place(typed)
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(StorageFailed, match="folder.not_empty"):
        study_place.study_place(str(tmp_path))
    with pytest.raises(StorageFailed, match="place.not_writable"):
        study_place.study_place(str(tmp_path / "letter.txt" / "study"))


def test_backups_do_not_lie_in_the_study_folder_or_around_it(tmp_path: Path) -> None:
    study = tmp_path / "home" / "study"
    for place in (study, study / "backups", tmp_path / "home"):
        with pytest.raises(StorageFailed, match="place.inside_study"):
            study_place.backup_place(str(place), study)
    assert study_place.backup_place(str(tmp_path / "stick"), study).path == tmp_path / "stick"
    assert study_place.same_disk(tmp_path / "stick", study)


def test_a_second_folder_that_went_away_does_not_undo_the_first_backup(
    tmp_path: Path, clock: SteppingClock
) -> None:
    founded = found(tmp_path, clock, tmp_path / "stick")
    unlocked = studies.unlock(founded.folder, "xu.feng", PASSWORD, clock)
    desk = studies.sit_down(unlocked, roles.ADMINISTRATOR, clock)
    (tmp_path / "stick").rename(tmp_path / "pulled")
    made = backup_folder.make_backups(desk, unlocked.folder, quiet)
    assert [each.path.parent.name for each in made.backups] == ["backups"]
    assert made.fault is not None and made.fault.code == "backup.no_folder"
    (tmp_path / "pulled").rename(tmp_path / "stick")
    listed = backup_folder.all_backups(desk, unlocked.folder)
    assert [each.number for each in listed] == sorted((each.number for each in listed), reverse=True)
    assert len(listed) == 3
    studies.stand_up(unlocked, desk)
