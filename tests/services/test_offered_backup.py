"""The backup that is offered where a study does not open is of the way in force, not of one that was left."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study

from sle_desk.domain import roles
from sle_desk.services import backup, backup_folder, restoring, subjects
from sle_desk.services.backup_file import Backup
from sle_desk.services.offered_backup import offered


def go_on(study: Study, count: int, mark: str) -> None:
    """Register subjects."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    for number in range(count):
        new = someone(name=f"Invented {mark}{number}", initials=f"{mark}{number}", identity_number="")
        subjects.register_subject(desk, new, not_duplicate="a study of ways")
    study.leave()


def back_up(study: Study) -> Backup:
    """Back up, a while after what was before."""
    study.clock.advance(timedelta(hours=1))
    made = backup.make_backup(study.sit("xu.feng", roles.ADMINISTRATOR), study.folder)
    study.leave()
    return made


@pytest.fixture
def ways(study: Study) -> tuple[Backup, Backup]:
    """Restore the first of two backups; return both."""
    first = back_up(study)
    go_on(study, 6, "A")
    second = back_up(study)
    study.clock.advance(timedelta(hours=1))
    rehearsal = backup.rehearse(first.path, "xu.feng", PASSWORD, study.folder, clock=study.clock)
    wanted = restoring.Restoring(rehearsal, "xu.feng", PASSWORD, "mistake")
    restoring.put_in_place(study.folder, wanted, second.number, study.clock)
    return first, second


def damage(made: Backup) -> None:
    """Change one byte of a backup."""
    content = bytearray(made.path.read_bytes())
    content[len(content) // 2] ^= 1
    made.path.write_bytes(content)


def test_of_two_ways_the_newest_backup_of_the_one_in_force_is_offered(
    study: Study, ways: tuple[Backup, Backup]
) -> None:
    first, left = ways
    assert offered(study.folder.path) == (first,)
    go_on(study, 1, "B")
    own = back_up(study)
    assert own.number < left.number
    assert offered(study.folder.path) == (own,)
    # Worked on beyond the number of the way that was left.
    go_on(study, 9, "C")
    assert study.folder.header().last_number > left.number
    assert offered(study.folder.path) == (own,)


def test_where_nothing_tells_the_ways_apart_both_are_named(study: Study, ways: tuple[Backup, Backup]) -> None:
    first, left = ways
    go_on(study, 12, "B")
    assert study.folder.header().last_number > left.number
    assert set(offered(study.folder.path)) == {first, left}
    own = back_up(study)
    damage(own)
    assert set(offered(study.folder.path)) == {first, left}
    study.folder.keys.unlink()
    assert set(offered(study.folder.path)) == {first, left}


def test_the_copy_in_a_second_folder_that_is_away_hides_none_beside_the_study(
    study: Study, ways: tuple[Backup, Backup], tmp_path: Path
) -> None:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    backup_folder.choose_second_folder(desk, study.folder, str(tmp_path / "stick"))
    study.clock.advance(timedelta(hours=1))
    beside, second = backup_folder.make_backups(desk, study.folder, lambda step, share: None).backups
    study.leave()
    assert offered(study.folder.path) == (second,)
    (tmp_path / "stick").rename(tmp_path / "out")
    assert offered(study.folder.path) == (beside,)
