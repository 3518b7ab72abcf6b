"""A restore leaves its trace in what was restored, whatever broke off after the files stood there."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study

from sle_desk import cli
from sle_desk.base.errors import NotAllowed
from sle_desk.domain import roles
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import backup, backup_file, history, restoring, studies, subjects
from sle_desk.services.backup_file import Backup
from sle_desk.services.desk import Desk
from sle_desk.services.history import AuditRow

USER = ("--user", "xu.feng")


def gone_on(study: Study) -> tuple[Backup, int]:
    """Back up, go on, leave; return the backup and where the study ends then."""
    made = backup.make_backup(study.sit("xu.feng", roles.ADMINISTRATOR), study.folder)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    study.leave()
    return made, study.folder.header().last_number


def restores(desk: Desk) -> list[AuditRow]:
    """Return what the audit says of restores."""
    return [
        row for row in history.audit_trail(desk, history.Trail(limit=500)) if row.action == "study.restore"
    ]


def test_a_restore_broken_off_before_its_note_is_noted_by_who_signs_in_next_and_once(study: Study) -> None:
    made, number = gone_on(study)
    rehearsal = backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder)
    wanted = restoring.Restoring(rehearsal, "xu.feng", PASSWORD, "damaged")
    # The files stand there, and the process ends.
    backup.restore(made.path, study.folder, rehearsal, study.clock, wanted.by(number), accept_older=True)
    left = study.folder.restored.read_bytes()
    (row,) = restores(study.sit("lin.yue", roles.NURSE))
    assert (row.user, row.reason) == ("lin.yue", "damaged")
    assert row.facts["by"] == "xu.feng" and row.facts["over"] == number
    assert row.facts["number"] == made.number
    assert not study.folder.restored.exists()
    study.leave()
    # A kill between the audit and the removing of the note.
    study.folder.restored.write_bytes(left)
    assert len(restores(study.sit("lin.yue", roles.NURSE))) == 1
    assert not study.folder.restored.exists()


@pytest.mark.parametrize("change", [b"{", b"[]", {"number": "1"}, {"code": "AAAA"}, {"by": "\x00"}, {"x": 1}])
def test_a_note_that_is_none_of_ours_says_nothing_and_stops_nobody(
    study: Study, change: bytes | dict[str, object]
) -> None:
    made, _ = gone_on(study)
    rehearsal = backup.rehearse(made.path, "xu.feng", PASSWORD, study.folder)
    note = json.loads(backup.noted(rehearsal.backup, backup.By("xu.feng"), study.clock).content())
    study.folder.restored.write_bytes(
        change if isinstance(change, bytes) else json.dumps(note | change).encode("utf-8")
    )
    assert restores(study.sit("lin.yue", roles.NURSE)) == []
    assert not study.folder.restored.exists()


def test_a_clock_behind_the_backup_is_no_refusal_of_a_restore_that_was_done(
    study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made, number = gone_on(study)
    study.clock.set_wrong(-timedelta(days=1))
    monkeypatch.setenv(cli.PASSWORD_VARIABLE, PASSWORD)
    monkeypatch.setattr(cli.study_clock, "clock_of", lambda path, clock: study.clock)
    command = ["restore", str(made.path), str(study.folder.path), *USER, "--accept-older"]
    assert cli.main([*command, "--reason", "damaged"]) == cli.DONE
    said = capsys.readouterr().out
    beside = [path.name for path in study.folder.path.glob("*.pre-restore")]
    assert len(beside) == 2 and all(name in said for name in beside)
    assert "The next sign-in notes the restore in it" in said and "was not backed up first" in said
    study.clock.set_wrong(timedelta())
    (row,) = restores(study.sit("chen.lan", roles.COORDINATOR))
    assert row.facts["by"] == "xu.feng" and row.facts["over"] == number and row.reason == "damaged"


def test_the_command_keeps_the_study_that_goes_and_notes_the_restore_in_it(
    study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made, number = gone_on(study)
    monkeypatch.setenv(cli.PASSWORD_VARIABLE, PASSWORD)
    monkeypatch.setattr(cli.study_clock, "clock_of", lambda path, clock: study.clock)
    command = ["restore", str(made.path), str(study.folder.path), *USER, "--accept-older"]
    assert cli.main([*command, "--reason", "damaged"]) == cli.DONE
    kept = backup_file.backups(study.folder.backups)[0]
    assert kept.number > number and str(kept.path) in capsys.readouterr().out
    with backup.opened_read_only(kept.path, "chen.lan", PASSWORD, study.clock) as before:
        assert len(subjects.subjects(before)) == 1 and len(restores(before)) == 1
    (row,) = restores(study.sit("wu.min", roles.PI))
    assert row.facts["over"] > number and (row.user, row.reason) == ("xu.feng", "damaged")


def test_a_backup_restored_to_another_computer_says_so_at_the_first_sign_in(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = gone_on(study)
    monkeypatch.setenv(cli.PASSWORD_VARIABLE, PASSWORD)
    target = StudyFolder(tmp_path / "new")
    assert cli.main(["restore", str(made.path), str(target.path), "--user", "chen.lan"]) == cli.DONE
    unlocked = studies.unlock(target.path, "lin.yue", PASSWORD, study.clock)
    assert unlocked.database.run(
        lambda cursor: cursor.execute("SELECT max(number) FROM audit").fetchone()
    ) == (made.number,)
    desk = studies.sit_down(unlocked, roles.NURSE, study.clock)
    (row,) = restores(desk)
    studies.stand_up(unlocked, desk)
    assert row.facts["by"] == "chen.lan" and row.facts["over"] == 0


def test_who_is_no_administrator_of_the_study_that_goes_puts_nothing_in_its_place(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = gone_on(study)
    rehearsal = backup.rehearse(made.path, "chen.lan", PASSWORD, study.folder)
    wanted = restoring.Restoring(rehearsal, "chen.lan", PASSWORD, "damaged")
    monkeypatch.setattr(backup, "require_restorer", lambda *_: None)
    with pytest.raises(NotAllowed, match=r"role\.may_not"):
        restoring.keep_closed(study.folder, wanted, study.clock)
