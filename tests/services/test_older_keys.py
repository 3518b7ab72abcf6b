"""An older study.keys put back: whose earlier password opens again is told, noted, and waits for a word."""

from __future__ import annotations

import pytest
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed, StorageFailed
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence, sentence
from sle_desk.domain import roles
from sle_desk.services import backup, history, looking, people, recovery, sign_in_checks, studies
from sle_desk.services.recovery import KeyPaper, Recovery

FRESH = "nine copper kettles"
ENGLISH = Language("en")


def notes(study: Study) -> list[int]:
    """Return what the audit noted of the key file, for who sits there."""
    assert study.desk is not None
    trail = history.audit_trail(study.desk, history.Trail(limit=500))
    return [row.number for row in trail if row.action == "keys.changed"]


def said(study: Study) -> str:
    """Return what is told of it until somebody accepts it."""
    assert study.desk is not None
    told = sign_in_checks.told_of_keys(study.desk)
    return " ".join(sentence(code, facts, ENGLISH) for code, facts in told)


@pytest.fixture
def changed(study: Study) -> bytes:
    """A study whose nurse has another password now; the key file of before."""
    before = study.folder.keys.read_bytes()
    people.change_password(study.sit("lin.yue", roles.NURSE), study.folder, PASSWORD, FRESH)
    study.leave()
    return before


def test_an_older_key_file_tells_whose_password_came_back_until_somebody_says_why(
    study: Study, changed: bytes
) -> None:
    study.sit("chen.lan", roles.COORDINATOR)
    study.leave()
    study.folder.keys.write_bytes(changed)
    with looking.looked_into(study.folder.path, "chen.lan", PASSWORD, study.clock) as looked:
        assert looked.returned.passwords == ("lin.yue",) and not looked.keys_changed
    # Who only looks in does not make it unseen.
    studies.leave(studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock))
    desk = study.sit("lin.yue", roles.NURSE)
    assert study.unlocked is not None and study.unlocked.returned.passwords == ("lin.yue",)
    assert not study.unlocked.returned.recovery and not study.unlocked.returned.missing
    assert len(notes(study)) == 1 and "lin.yue" in said(study) and "older" in said(study)
    # The header is written over it, and it is told all the same, once and to whoever may say why.
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    assert study.unlocked is not None and not study.unlocked.keys_changed
    assert sign_in_checks.is_key_change_open(desk) and "lin.yue" in said(study)
    sign_in_checks.accept_key_change(desk, "put_back")
    assert not sign_in_checks.is_key_change_open(desk) and said(study) == ""
    assert len(notes(study)) == 1


def test_an_older_key_file_put_back_while_somebody_works_is_told_at_the_next_opening(
    study: Study, changed: bytes
) -> None:
    study.sit("chen.lan", roles.COORDINATOR)
    study.folder.keys.write_bytes(changed)
    study.leave()
    study.sit("xu.feng", roles.ADMINISTRATOR)
    assert study.unlocked is not None and study.unlocked.returned.passwords == ("lin.yue",)


def test_the_recovery_key_of_before_and_who_has_no_key_are_told(study: Study) -> None:
    before = study.folder.keys.read_bytes()
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    late = studies.NewPerson("late.comer", "Late Comer", FRESH)
    people.create_person(admin, study.folder, late, (roles.MONITOR,))
    study.leave()
    paper = KeyPaper("K-02", "safe", "Xu Feng", "Chen Lan")
    used = Recovery("wu.min", study.recovery_key, FRESH)
    recovery.use_recovery_key(study.folder.path, used, recovery.new_key(), paper, study.clock)
    study.folder.keys.write_bytes(before)
    study.sit("wu.min", roles.PI)
    assert study.unlocked is not None
    back = study.unlocked.returned
    assert (back.passwords, back.missing, back.recovery) == (("wu.min",), ("late.comer",), True)
    assert "recovery key" in said(study) and "late.comer" in said(study)


def test_a_crash_after_a_new_password_is_no_older_key_file(study: Study) -> None:
    desk = study.sit("lin.yue", roles.NURSE)
    people.change_password(desk, study.folder, PASSWORD, FRESH)
    # The header was never written after it.
    assert study.unlocked is not None
    studies.leave(study.unlocked)
    study.desk = study.unlocked = None
    unlocked = studies.unlock(study.folder.path, "lin.yue", FRESH, study.clock)
    assert not unlocked.keys_changed and not unlocked.returned
    studies.leave(unlocked)


def test_a_key_file_of_before_an_account_was_closed_is_called_older_and_no_backup_better(
    study: Study,
) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    before = backup.make_backup(admin, study.folder).path
    old = study.folder.keys.read_bytes()
    monitor = next(row.id for row in people.people(admin) if row.login == "he.jian")
    people.deactivate_person(admin, study.folder, monitor, "left")
    study.sit("chen.lan", roles.COORDINATOR)
    study.leave()
    good = study.folder.keys.read_bytes()
    study.folder.keys.write_bytes(old)
    for opened in (
        lambda: studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock),
        lambda: looking.looked_into(study.folder.path, "chen.lan", PASSWORD, study.clock).__enter__(),
    ):
        with pytest.raises(StorageFailed) as refused:
            opened()
        assert refused.value.code == "keys.older_beside"
        told = error_sentence(refused.value, ENGLISH)
        assert "study.keys.old" in told and before.name not in told
    study.folder.keys.with_name("study.keys.old").unlink()
    with pytest.raises(StorageFailed, match=r"keys\.not_this_file"):
        studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)
    study.folder.keys.write_bytes(good)
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    later = backup.make_backup(admin, study.folder).path
    study.leave()
    study.folder.keys.with_name("study.keys.old").unlink()
    study.folder.keys.write_bytes(old)
    with pytest.raises(StorageFailed, match=r"keys\.older_backup") as refused:
        studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)
    assert later.name in error_sentence(refused.value, ENGLISH)
    with pytest.raises(NotAllowed):
        studies.unlock(study.folder.path, "chen.lan", "not the password", study.clock)
