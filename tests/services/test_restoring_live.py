"""What a restore would do is told from what was verified: no label, no header and no key file hides it."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study

from sle_desk import cli
from sle_desk.base.errors import StorageFailed
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import backup, people, restoring, studies, subjects
from sle_desk.services.backup_file import Backup
from sle_desk.services.offered_backup import offered
from sle_desk.services.returning_words import returning_words

USER = ("--user", "xu.feng")


def relabelled(made: Backup, place: Path, **other: object) -> Path:
    """Copy a backup with another manifest: no key is needed for that."""
    path = place / made.path.name
    with zipfile.ZipFile(made.path) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps(json.loads(content) | other).encode("utf-8")
            new.writestr(name, content)
    return path


def register_three(study: Study) -> None:
    """Go on with the study after a backup."""
    for number in range(3):
        person = someone(name=f"Invented {number}", phone=str(number), initials="LXM", identity_number="")
        subjects.register_subject(study.desk, person, not_duplicate="other people")


@pytest.mark.parametrize("other", [{"number": 999}, {"code": "AAAA-AAAA"}, {"link": "0" * 64}])
def test_a_backup_whose_label_says_other_than_what_is_in_it_is_refused(
    study: Study, tmp_path: Path, other: dict[str, object]
) -> None:
    made = backup.make_backup(study.sit("chen.lan", roles.COORDINATOR), study.folder)
    register_three(study)
    study.leave()
    before = study.folder.study.read_bytes()
    for live in (study.folder, StudyFolder(tmp_path / "new"), None):
        with pytest.raises(StorageFailed) as refused:
            backup.rehearse(relabelled(made, tmp_path, **other), "xu.feng", PASSWORD, live)
        assert refused.value.code == "backup.manifest_differs"
        assert refused.value.facts["found"] == made.number
    assert study.folder.study.read_bytes() == before


def test_what_the_file_holds_counts_and_not_a_header_that_a_crash_left_behind(
    study: Study, tmp_path: Path
) -> None:
    made = backup.make_backup(study.sit("chen.lan", roles.COORDINATOR), study.folder)
    register_three(study)
    assert study.desk is not None
    number = study.desk.head().number
    crashed = StudyFolder(tmp_path / "crashed")
    shutil.copytree(study.folder.path, crashed.path)
    (crashed.path / "study.lock").unlink()
    assert crashed.header().last_number < number
    rehearsal = backup.rehearse(made.path, "xu.feng", PASSWORD, crashed)
    assert rehearsal.live.number == number and rehearsal.goes_back
    with pytest.raises(StorageFailed, match=r"backup\.older") as refused:
        backup.require_restorable(rehearsal, crashed, accept_older=False)
    assert (refused.value.facts["backup"], refused.value.facts["live"]) == (made.number, number)


def somebody_left(study: Study) -> Backup:
    """Make a backup; then the monitor leaves, the nurse changes her role and gets another password."""
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    made = backup.make_backup(admin, study.folder)
    ids = {row.login: row.id for row in people.people(admin)}
    people.set_roles(admin, ids["lin.yue"], (roles.COORDINATOR,))
    people.reset_password(admin, study.folder, ids["lin.yue"], "another one-time word")
    people.deactivate_person(admin, study.folder, ids["he.jian"], "left")
    return made


@pytest.mark.parametrize("is_open", [True, False])
def test_roles_taken_away_and_passwords_set_anew_are_named_before_they_come_back(
    study: Study, is_open: bool
) -> None:
    made = somebody_left(study)
    assert study.desk is not None
    ask = study.desk.cursor_check if is_open else None
    if not is_open:
        study.leave()
    found = backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder, live_ask=ask).live.returning
    assert found.known and found.revived == ("he.jian",)
    assert found.regained == (("lin.yue", roles.NURSE),)
    assert found.old_passwords == ("lin.yue",)
    for code in ("en", "zh_CN"):
        said = "\n".join(returning_words(found, Language(code)))
        assert said.count("lin.yue") == 2 and said.count("he.jian") == 1


@pytest.mark.parametrize("damage", [None, "{", '{"format": 2}'])
def test_without_a_key_file_everybody_who_comes_back_is_named_and_the_word_is_asked_for(
    study: Study, damage: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = somebody_left(study)
    study.leave()
    study.folder.keys.unlink()
    if damage is not None:
        study.folder.keys.write_text(damage, encoding="utf-8")
    rehearsal = backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder)
    found = rehearsal.live.returning
    assert not found.known and {"he.jian", "lin.yue", "xu.feng"} <= set(found.revived)
    # Where the study file is gone too, nothing but the key file would ask.
    kept = study.folder.study.rename(study.folder.path / "aside")
    if damage is not None:
        alone = backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder)
        with pytest.raises(StorageFailed, match=r"backup\.accounts_unknown"):
            backup.require_restorable(alone, study.folder, accept_older=False)
    kept.rename(study.folder.study)
    monkeypatch.setenv(cli.PASSWORD_VARIABLE, PASSWORD)
    asked = ["restore", str(made.path), str(study.folder.path), *USER, "--reason", "damaged"]
    assert cli.main(asked) == cli.WRONG
    assert cli.main([*asked, "--accept-older"]) == cli.DONE
    said = capsys.readouterr().out
    assert "Nothing here says who was removed since" in said and "he.jian" in said
    beside = list(study.folder.path.glob("study.keys.*.pre-restore"))
    assert [path.read_text(encoding="utf-8") for path in beside] == ([damage] if damage is not None else [])
    assert all(path.name in said for path in beside)
    studies.leave(studies.unlock(study.folder.path, "lin.yue", PASSWORD, study.clock))


def test_a_damaged_key_file_beside_an_open_study_stops_no_restore(study: Study) -> None:
    made = somebody_left(study)
    admin = study.desk
    assert admin is not None
    study.folder.keys.write_text("{", encoding="utf-8")
    rehearsal = backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder, live_ask=admin.cursor_check)
    # The study itself still says who left.
    assert rehearsal.live.returning.known and rehearsal.live.returning.revived == ("he.jian",)
    wanted = restoring.Restoring(rehearsal, "xu.feng", PASSWORD, "damaged")
    kept = restoring.keep_present(admin, study.folder, wanted, study.clock, lambda step, share: None)
    assert kept.backups == () and kept.fault is not None and kept.fault.code == "keys.unreadable"
    assert study.unlocked is not None
    with pytest.raises(StorageFailed, match=r"keys\.unreadable"):
        studies.stand_up(study.unlocked, admin)
    study.desk = study.unlocked = None
    restoring.put_in_place(study.folder, wanted, 1, study.clock)
    study.sit("xu.feng", roles.ADMINISTRATOR)


def test_the_newest_backup_is_that_of_the_highest_number_and_not_of_the_latest_clock(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    first = backup.make_backup(desk, study.folder)
    register_three(study)
    second = backup.make_backup(desk, study.folder)
    study.leave()
    # Made by a clock that stood twenty days ahead: its name is the later one.
    first.path.rename(first.path.with_name("study-20261213T080000-0000001.slebak"))
    assert [made.path for made in offered(study.folder.path)] == [second.path]
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert backup.newest(desk, study.folder) == second


def test_the_study_of_a_copy_that_went_on_elsewhere_does_not_open_under_the_keys_of_here(
    study: Study, tmp_path: Path
) -> None:
    copy = StudyFolder(tmp_path / "copy")
    shutil.copytree(study.folder.path, copy.path)
    study.sit("chen.lan", roles.COORDINATOR)
    register_three(study)
    study.leave()
    last = study.folder.header().last_number
    other = Study(copy, study.clock, "")
    for _ in range(2):
        study.clock.advance(timedelta(minutes=1))
        other.sit("lin.yue", roles.NURSE)
        register = other.sit("chen.lan", roles.COORDINATOR)
        subjects.register_subject(
            register, someone(name=f"Elsewhere {_}", identity_number=""), not_duplicate="other people"
        )
    while register.head().number <= last:
        register.note("export.write", {})
    other.leave()
    kept = study.folder.study.rename(tmp_path / "kept")
    shutil.copyfile(copy.study, study.folder.study)
    unlocked = studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
    found = studies.opening_checks(unlocked, lambda step, share: None)
    studies.leave(unlocked)
    assert [fault.code for fault in found.faults] == ["study.parted"]
    kept.replace(study.folder.study)
    unlocked = studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
    assert studies.opening_checks(unlocked, lambda step, share: None).holds
    studies.leave(unlocked)


def test_where_only_the_key_file_is_left_the_word_that_accepts_an_older_backup_is_heard(
    study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = backup.make_backup(study.sit("xu.feng", roles.ADMINISTRATOR), study.folder)
    study.sit("chen.lan", roles.COORDINATOR)
    register_three(study)
    study.leave()
    study.folder.study.unlink()
    monkeypatch.setenv(cli.PASSWORD_VARIABLE, PASSWORD)
    command = ["restore", str(made.path), str(study.folder.path), *USER]
    assert cli.main(command) == 2
    assert f"ends at audit number {made.number}" in capsys.readouterr().err
    assert cli.main([*command, "--accept-older"]) == 0
    assert study.folder.study.exists()
