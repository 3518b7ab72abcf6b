"""A study that does not open, or is older than its backups, is restored from the sign-in page by keys."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study, clock, made_study, study
from typist import Typist
from whole_window import Open, opened

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import backup, subjects
from sle_desk.services.backup_file import Backup

__all__ = ["clock", "made_study", "opened", "study"]


def one_subject(study: Study) -> Backup:
    """Make a backup with one subject in it."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    made = backup.make_backup(desk, study.folder)
    study.leave()
    return made


def damaged(study: Study) -> None:
    """Overwrite the beginning of the file."""
    with study.folder.study.open("r+b") as file:
        file.write(bytes(5000))


def moved_away(study: Study) -> None:
    """Take the file away and leave the keys."""
    study.folder.study.unlink()


def without_keys(study: Study) -> None:
    """Take the keys away and leave the file."""
    study.folder.keys.unlink()


def restore(typist: Typist, made: Backup) -> None:
    """Rehearse what is offered, say why, and restore it."""
    typist.press("Ctrl+Shift+R")
    typist.wait_for("Your password when it was made")
    typist.fill(PASSWORD)
    typist.wait_for("It holds: every page, seal, reference, link and value agrees.")
    typist.press("Ctrl+Shift+R")
    typist.wait_for("Restore the backup of")
    typist.press("1", "Ctrl+Enter")
    typist.wait_for(f"Restored: the study ends at audit number {made.number} of the backup.")


@pytest.mark.parametrize(
    ("login", "harm"),
    [("xu.feng", damaged), ("wu.min", damaged), ("wu.min", moved_away), ("xu.feng", without_keys)],
)
def test_a_study_that_does_not_open_is_restored_from_the_sign_in(
    study: Study, opened: Open, login: str, harm: Callable[[Study], None]
) -> None:
    made = one_subject(study)
    harm(study)
    window, typist = opened(study, login, "Newest backup:")
    restore(typist, made)
    typist.fill(login, PASSWORD)
    typist.wait_for("Ctrl L")
    window.close()
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert len(subjects.subjects(desk)) == 1
    rows = desk.cursor_check(
        lambda cursor: cursor.execute(
            "SELECT user, reason FROM audit WHERE action = 'study.restore'"
        ).fetchall()
    )
    assert rows == [(login, "damaged")]


def test_who_was_neither_administrator_nor_pi_restores_nothing(study: Study, opened: Open) -> None:
    one_subject(study)
    damaged(study)
    before = study.folder.study.read_bytes()
    window, typist = opened(study, "chen.lan", "Newest backup:")
    typist.press("Ctrl+Shift+R")
    typist.wait_for("Your password when it was made")
    typist.fill("not the password")
    typist.wait_for("is not right")
    typist.fill(PASSWORD)
    typist.wait_for("only by who was administrator or PI when it was made")
    typist.press("Ctrl+Shift+R")
    assert not typist.sees("Restore the backup of")
    window.state.choose_language(Language("zh_CN"))
    typist.wait_for("恢复备份")
    typist.press("Esc")
    typist.wait_for("用户名")
    assert study.folder.study.read_bytes() == before


def yesterday(study: Study, place: Path) -> Backup:
    """Put both files of yesterday over those of now."""
    shutil.copytree(study.folder.path, place)
    study.clock.advance(timedelta(days=1))
    made = one_subject(study)
    for name in ("study.sled", "study.keys"):
        shutil.copyfile(place / name, study.folder.path / name)
    return made


def test_a_study_behind_its_backup_sends_the_nurse_back_and_is_restored_by_the_pi(
    study: Study, tmp_path: Path, opened: Open
) -> None:
    made = yesterday(study, tmp_path / "yesterday")
    window, typist = opened(study, "lin.yue", "an older copy was put over it")
    assert not window.state.seated
    typist.fill("wu.min", PASSWORD)
    typist.wait_for("Go on with it")
    typist.press("Esc")
    typist.wait_for("Use your own account")
    typist.fill("wu.min")
    restore(typist, made)
    typist.fill("lin.yue", PASSWORD)
    typist.wait_for("Ctrl L")


def test_the_pi_goes_on_with_a_study_behind_its_backup_and_says_why(
    study: Study, tmp_path: Path, opened: Open
) -> None:
    yesterday(study, tmp_path / "yesterday")
    window, typist = opened(study, "wu.min", "Go on with it")
    typist.press("Ctrl+Enter")
    assert not window.state.seated
    typist.press("Enter")
    typist.type("tried out on another computer")
    typist.press("Ctrl+Enter")
    typist.wait_for("Ctrl L")
