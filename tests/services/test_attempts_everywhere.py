"""Wrong passwords count wherever one is asked for, and nobody clears the count of another."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from judged_subjects import choices_made
from study_fixtures import PASSWORD, Study
from trial_fixtures import made_ready, made_trial, new_decision, ready

from sle_desk.base import written
from sle_desk.base.errors import NotAllowed, SleDeskError
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.models.store import attempts
from sle_desk.services import backup, decisions, people, sign_in_checks, studies
from sle_desk.services.desk import Desk

__all__ = ["made_ready", "made_trial", "ready"]
WRONG = "not the password"


def said(act: Callable[[], object]) -> str:
    """Return the code of a refusal, or nothing."""
    try:
        act()
    except SleDeskError as error:
        return error.code
    return ""


def sign_in(study: Study, password: str = WRONG) -> str:
    """Try a password of the PI; return what is said."""

    def opened() -> None:
        studies.leave(studies.unlock(study.folder.path, "wu.min", password, study.clock))

    return said(opened)


def told(desk: Desk, login: str) -> list[int]:
    """Return how many wrong passwords of a name the audit notes, each time."""
    with desk.view() as session:
        rows = session.query(Audit).filter(Audit.action == sign_in_checks.FAILED).order_by(Audit.number).all()
    facts = [json.loads(row.payload) for row in rows]
    return [each["count"] for each in facts if each["login"] == login]


def test_who_signs_in_clears_no_count_but_the_own(study: Study) -> None:
    for _ in range(5):
        assert sign_in(study) == "sign_in.wrong"
    said(lambda: studies.unlock(study.folder.path, "lin.yue", WRONG, study.clock))
    for _ in range(2):
        desk = study.sit("lin.yue", roles.NURSE)
        assert (told(desk, "wu.min"), told(desk, "lin.yue")) == ([5], [1])
        study.leave()
        assert sign_in(study) == "sign_in.wait"
    study.clock.advance(timedelta(minutes=1))
    assert sign_in(study) == "sign_in.wrong"
    study.clock.advance(timedelta(minutes=5))
    desk = study.sit("wu.min", roles.PI)
    assert told(desk, "wu.min") == [5, 1]
    assert attempts.failures(study.folder.attempts) == ()
    assert not study.folder.attempts.exists()


def test_a_name_nobody_has_is_forgotten_once_its_wait_is_over(study: Study) -> None:
    for _ in range(5):
        said(lambda: studies.unlock(study.folder.path, "nobody.here", WRONG, study.clock))
    study.sit("lin.yue", roles.NURSE)
    assert [each.owner for each in attempts.failures(study.folder.attempts)] == [attempts.NOBODY]
    study.clock.advance(timedelta(minutes=2))
    study.sit("lin.yue", roles.NURSE)
    assert attempts.failures(study.folder.attempts) == ()


def rehearse(study: Study, path: Path, password: str = WRONG, login: str = "wu.min") -> str:
    """Rehearse a backup without a study in hand; return what is said."""
    return said(lambda: backup.rehearse(path, login, password, None, clock=study.clock))


def test_a_backup_beside_its_study_counts_with_the_sign_in(study: Study) -> None:
    made = backup.make_backup(study.sit("chen.lan", roles.COORDINATOR), study.folder)
    study.leave()
    assert [rehearse(study, made.path) for _ in range(3)] == ["sign_in.wrong"] * 3
    assert sign_in(study) == "sign_in.wrong"
    assert said(lambda: backup.require_restorer(made.path, "wu.min", WRONG, study.clock)) == ("sign_in.wrong")
    assert rehearse(study, made.path, PASSWORD) == "sign_in.wait"
    assert sign_in(study, PASSWORD) == "sign_in.wait"
    assert said(lambda: backup.require_restorer(made.path, "wu.min", PASSWORD, study.clock)) == (
        "sign_in.wait"
    )
    study.clock.advance(timedelta(minutes=1))
    # A right password of a backup may be an old one: it clears nothing of the study of now.
    assert rehearse(study, made.path, PASSWORD) == ""
    assert sign_in(study) == "sign_in.wrong"
    assert sign_in(study, PASSWORD) == "sign_in.wait"


def test_a_backup_elsewhere_counts_with_the_study_it_is_restored_over(study: Study, tmp_path: Path) -> None:
    made = backup.make_backup(study.sit("xu.feng", roles.ADMINISTRATOR), study.folder, tmp_path)
    study.leave()
    tries = [
        said(lambda: backup.rehearse(made.path, "Wu.Min", WRONG, study.folder, clock=study.clock))
        for _ in range(6)
    ]
    assert tries == ["sign_in.wrong"] * 5 + ["sign_in.wait"]
    assert sign_in(study, PASSWORD) == "sign_in.wait"
    assert not (tmp_path / "study.attempts").exists()


def test_a_backup_that_is_alone_counts_beside_itself_and_forgets_what_opened(
    study: Study, tmp_path: Path
) -> None:
    (tmp_path / "stick").mkdir()
    made = backup.make_backup(study.sit("xu.feng", roles.ADMINISTRATOR), study.folder, tmp_path / "stick")
    study.leave()
    assert [rehearse(study, made.path) for _ in range(6)] == ["sign_in.wrong"] * 5 + ["sign_in.wait"]
    assert rehearse(study, made.path, WRONG, "nobody") == "sign_in.wrong"
    assert sign_in(study, PASSWORD) == ""
    study.clock.advance(timedelta(minutes=1))
    assert rehearse(study, made.path, PASSWORD) == ""
    assert rehearse(study, made.path) == "sign_in.wrong"
    assert rehearse(study, made.path, PASSWORD) == ""


def test_a_signature_waits_after_five_wrong_passwords_and_the_lock_with_it(ready: Study) -> None:
    desk = ready.sit("wu.min", roles.PI)
    code, option = choices_made(desk.protocol, None)[0]
    new = new_decision(desk, code, option)

    def sign(password: str) -> str:
        signing = decisions.signing_for(decisions.SIGN, "en", password)
        return said(lambda: decisions.sign_decision(desk, ready.folder, new, signing))

    assert [sign(WRONG) for _ in range(5)] == ["signature.password"] * 5
    assert sign(PASSWORD) == "sign_in.wait"
    assert said(lambda: people.confirm_presence(desk, ready.folder, PASSWORD)) == "sign_in.wait"
    ready.clock.advance(timedelta(minutes=1))
    assert sign(PASSWORD) == ""
    ready.leave()
    assert told(ready.sit("lin.yue", roles.NURSE), "wu.min") == [5]


def test_the_present_password_waits_when_it_is_changed(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)

    def change(old: str) -> str:
        return said(lambda: people.change_password(desk, study.folder, old, "seven loud umbrellas"))

    assert [change(WRONG) for _ in range(5)] == ["password.old_wrong"] * 5
    assert change(PASSWORD) == "sign_in.wait"
    study.clock.advance(timedelta(minutes=1))
    assert change(PASSWORD) == ""


def test_a_count_that_cannot_be_written_is_kept_and_a_wrong_password_is_called_wrong(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(study)
    with monkeypatch.context() as patch:

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(written.tempfile, "mkstemp", full)
        assert [sign_in(study) for _ in range(5)] == ["sign_in.wrong"] * 4 + ["sign_in.wait"]
        assert json.loads(study.folder.attempts.read_text(encoding="utf-8"))["user:wu.min"]["count"] == 1
        study.clock.advance(timedelta(minutes=1))
        assert sign_in(study) == "sign_in.wrong"
        assert sign_in(study, PASSWORD) == "sign_in.wait"
    study.clock.advance(timedelta(minutes=5))
    assert sign_in(study) == "sign_in.wrong"
    # What was kept in the process is written as soon as that can be.
    assert json.loads(study.folder.attempts.read_text(encoding="utf-8"))["user:wu.min"]["count"] == 7
    study.clock.advance(timedelta(minutes=15))
    assert told(study.sit("wu.min", roles.PI), "wu.min") == [7]


def test_a_count_forgotten_on_a_full_disk_stays_forgotten(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    for _ in range(4):
        with pytest.raises(NotAllowed):
            people.confirm_presence(desk, study.folder, WRONG)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(written.tempfile, "mkstemp", full)
        people.confirm_presence(desk, study.folder, PASSWORD)
        assert said(lambda: people.confirm_presence(desk, study.folder, WRONG)) == "lock.password"
        people.confirm_presence(desk, study.folder, PASSWORD)


def test_a_copy_of_a_backup_is_counted_where_it_lies(study: Study, tmp_path: Path) -> None:
    made = backup.make_backup(study.sit("chen.lan", roles.COORDINATOR), study.folder)
    study.leave()
    alone = tmp_path / "alone" / made.path.name
    alone.parent.mkdir()
    shutil.copy(made.path, alone)
    assert backup.counted_at(made.path, made.study_id) == study.folder.attempts
    assert backup.counted_at(alone, made.study_id) == alone.with_name("study.attempts")
    assert backup.counted_at(made.path, "another") == made.path.with_name("study.attempts")
    assert backup.counted_at(alone, made.study_id, study.folder) == study.folder.attempts
