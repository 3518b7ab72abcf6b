"""A new data key when somebody left: no password changes, the old key opens nothing, no crash loses it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study, study
from trial_fixtures import made_ready, made_trial, open_as, ready

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.domain import roles
from sle_desk.models.store.database import connect
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import read_keys
from sle_desk.models.store.keys import wrap, write_keys
from sle_desk.services import allocation, backup, keys_change, people, recovery, studies, subjects
from sle_desk.services.desk import Desk

__all__ = ["made_ready", "made_trial", "ready", "study"]
STAYING = ("chen.lan", "zhao.jing", "wu.min", "xu.feng", "sun.tong")


def close_account(study: Study, login: str) -> Desk:
    """Close somebody's account as the administrator."""
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    person = next(row for row in people.people(admin) if row.login == login)
    people.deactivate_person(admin, study.folder, person.id, "left")
    return admin


def holds(study: Study) -> None:
    """Open the study as everybody who stays, and check it whole."""
    for login in STAYING:
        unlocked = studies.unlock(study.folder.path, login, PASSWORD, study.clock)
        assert studies.opening_checks(unlocked, lambda step, share: None).faults == ()
        studies.leave(unlocked)


def test_who_left_opens_no_later_file_with_an_old_copy_of_the_keys(study: Study, tmp_path: Path) -> None:
    study.leave()
    shutil.copytree(study.folder.path, tmp_path / "taken home")
    admin = close_account(study, "lin.yue")
    subjects_before = admin.head().number
    study.leave()
    old = tmp_path / "taken home"
    shutil.copyfile(study.folder.study, old / "study.sled")
    with pytest.raises(StorageFailed, match=r"keys\.not_this_file"):
        studies.unlock(old, "lin.yue", PASSWORD, study.clock)
    with pytest.raises(NotAllowed, match=r"sign_in\.wrong"):
        studies.unlock(study.folder.path, "lin.yue", PASSWORD, study.clock)
    holds(study)
    assert subjects_before > 0


def test_the_recovery_key_still_opens_and_a_backup_holds(study: Study, tmp_path: Path) -> None:
    admin = close_account(study, "lin.yue")
    made = backup.make_backup(admin, study.folder)
    study.leave()
    unlocked = recovery.unlock_with_recovery(study.folder.path, study.recovery_key, "wu.min", study.clock)
    studies.leave(unlocked)
    target = StudyFolder(tmp_path / "empty")
    rehearsal = backup.rehearse(made.path, "wu.min", PASSWORD, target)
    backup.restore(made.path, target, rehearsal, study.clock)
    studies.leave(studies.unlock(target.path, "chen.lan", PASSWORD, study.clock))


def test_an_older_backup_still_opens_with_the_keys_of_then(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    made = backup.make_backup(desk, study.folder)
    close_account(study, "lin.yue")
    with backup.opened_read_only(made.path, "chen.lan", PASSWORD, study.clock) as old:
        assert len(subjects.subjects(old)) == 1


def test_a_sealed_list_still_opens_after_the_change(ready: Study) -> None:
    close_account(ready, "he.jian")
    desk = ready.sit("wu.min", roles.PI)
    found = allocation.commitment(desk)
    assert found is not None and found.holds

    assert open_as(ready, "wu.min", roles.PI, 1).arm


@pytest.mark.parametrize("step", ["before", "between", "after"])
def test_a_crash_at_each_step_leaves_a_file_that_everybody_opens(
    study: Study, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Crash(Exception):
        pass

    def crash(*_: object) -> None:
        raise Crash

    if step == "before":
        monkeypatch.setattr(Desk, "rekey", crash)
    elif step == "between":
        monkeypatch.setattr(keys_change, "_settled", crash)
    else:
        monkeypatch.setattr(Desk, "note", crash)
    with pytest.raises(Crash):
        close_account(study, "lin.yue")
    monkeypatch.undo()
    study.leave()
    assert (read_keys(study.folder.keys).coming is not None) == (step != "after")
    holds(study)
    assert read_keys(study.folder.keys).coming is None


def test_a_slot_put_in_by_who_does_not_know_the_key_is_refused_and_nothing_changes(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    keys = read_keys(study.folder.keys)
    cost = keys.slots[0].cost
    forged = wrap(keys.header.study_id, "user:chen.lan", "forged password", b"x" * 32, cost)
    write_keys(study.folder.keys, keys.with_slot(forged), b"x" * 32)
    key = admin.database.data_key
    with pytest.raises(StorageFailed, match=r"keys\.slot_foreign"):
        keys_change.change_data_key(admin, study.folder)
    assert admin.database.data_key == key
    study.leave()
    connect(study.folder.study, key).close()


@pytest.mark.parametrize("field", ["salt", "nonce", "wrapped", "public", "sealed", "proof", "owner"])
def test_a_changed_slot_stops_its_person_and_nobody_else(study: Study, field: str) -> None:
    study.leave()
    keys = read_keys(study.folder.keys)
    slot = keys.slot("user:chen.lan")
    assert slot is not None
    value = getattr(slot, field)
    changed = value[:-5] + ("A" if value[-5] != "A" else "B") + value[-4:]
    rest = tuple(each for each in keys.slots if each != slot)
    write_keys(study.folder.keys, replace(keys, slots=(*rest, replace(slot, **{field: changed}))), b"")
    with pytest.raises(NotAllowed, match=r"sign_in\.wrong"):
        studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)
    study.clock.advance(__import__("datetime").timedelta(hours=1))
    studies.leave(studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock))


def test_closing_that_was_broken_off_lets_nobody_in_and_is_ended_by_the_next_administrator(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    old = admin.database.data_key
    nurse = next(each.id for each in people.people(admin) if each.login == "lin.yue")
    assert not keys_change.is_left_open(admin)

    def cut(*anything: object) -> None:
        raise StorageFailed("file.write_failed", reason="the power went")

    with monkeypatch.context() as patch:
        patch.setattr(people, "change_data_key", cut)
        with pytest.raises(StorageFailed):
            people.deactivate_person(admin, study.folder, nurse, "left the clinic")
    study.leave()
    with pytest.raises(NotAllowed, match=r"sign_in\.inactive"):
        studies.unlock(study.folder.path, "lin.yue", PASSWORD, study.clock)
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    assert keys_change.is_left_open(admin)
    keys_change.change_data_key(admin, study.folder)
    assert not keys_change.is_left_open(admin)
    assert admin.database.data_key != old
    assert read_keys(study.folder.keys).slot("user:lin.yue") is None


def test_a_change_of_the_key_that_somebody_made_up_hides_no_other_change(study: Study) -> None:
    study.leave()
    content = json.loads(study.folder.keys.read_text(encoding="utf-8"))
    content["header"]["title"] = "Another title"
    content["coming"] = {"slots": content["slots"], "recovery": None, "vault": content["vault"]}
    study.folder.keys.write_text(json.dumps(content), encoding="utf-8")
    unlocked = studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)
    assert unlocked.keys_changed
    studies.leave(unlocked)


def test_a_change_of_the_key_that_was_broken_off_is_no_change_from_outside(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)

    def cut(*anything: object) -> None:
        raise StorageFailed("file.write_failed", reason="the power went")

    with monkeypatch.context() as patch:
        patch.setattr(keys_change, "_settled", cut)
        with pytest.raises(StorageFailed):
            keys_change.change_data_key(admin, study.folder)
    admin.close()
    assert study.unlocked is not None
    study.unlocked.lock.release()
    study.desk = study.unlocked = None
    for _ in range(2):
        unlocked = studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
        assert not unlocked.keys_changed
        studies.leave(unlocked)


def test_a_closed_account_gets_no_password_and_no_role(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    nurse = next(each.id for each in people.people(admin) if each.login == "lin.yue")
    people.deactivate_person(admin, study.folder, nurse, "left the clinic")
    for act in (
        lambda: people.reset_password(admin, study.folder, nurse, "another quiet lantern"),
        lambda: people.set_roles(admin, nurse, (roles.COORDINATOR,)),
    ):
        with pytest.raises(RuleBroken, match=r"people\.closed"):
            act()
    assert read_keys(study.folder.keys).slot("user:lin.yue") is None
