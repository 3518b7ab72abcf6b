"""Row 44, the study itself: held by another program it is called held, never damaged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from earlier_schema import put_back
from holding import READING, held
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import StorageFailed
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.domain import roles
from sle_desk.models.store import attempts, schema, verification
from sle_desk.models.store.database import connect
from sle_desk.models.store.key_file import Coming
from sle_desk.models.store.keys import change_keys
from sle_desk.services import studies


@pytest.fixture
def key(study: Study) -> bytes:
    """Return the data key of the study, which is closed."""
    study.sit("chen.lan", roles.COORDINATOR)
    assert study.unlocked is not None
    found = study.unlocked.database.data_key
    study.leave()
    return found


@pytest.mark.parametrize("how", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"])
def test_fault_44_a_study_held_by_another_program_is_not_called_damaged(
    study: Study, key: bytes, how: str
) -> None:
    with held(study.folder.study, key, how):
        with pytest.raises(StorageFailed) as refused:
            study.sit("chen.lan", roles.COORDINATOR)
        assert refused.value.code == "file.held"
        said = error_sentence(refused.value, Language("en"))
        assert "Another program holds the study file" in said and "(database is locked)" in said
    assert not study.folder.is_in_use()
    study.sit("chen.lan", roles.COORDINATOR)


def test_who_reads_along_stops_the_first_save_and_it_is_said(study: Study, key: bytes) -> None:
    with held(study.folder.study, key, *READING):
        unlocked = studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)
        assert studies.opening_checks(unlocked, lambda step, share: None).holds
        with pytest.raises(StorageFailed, match=r"file\.held_at_save"):
            studies.sit_down(unlocked, roles.COORDINATOR, study.clock)
        studies.leave(unlocked)
    study.sit("chen.lan", roles.COORDINATOR)


@pytest.mark.parametrize("how", [("BEGIN IMMEDIATE",), READING])
def test_a_study_of_an_earlier_version_that_is_held_is_not_migrated_and_not_called_damaged(
    study: Study, key: bytes, how: tuple[str, ...]
) -> None:
    put_back(study.folder, key, schema.SCHEMA - 1)
    with held(study.folder.study, key, *how), pytest.raises(StorageFailed, match=r"file\.held"):
        study.sit("chen.lan", roles.COORDINATOR)
    study.sit("chen.lan", roles.COORDINATOR)


def test_a_file_that_is_held_while_it_is_checked_is_not_called_damaged(study: Study, key: bytes) -> None:
    connection = connect(study.folder.study, key)
    with held(study.folder.study, key, "BEGIN EXCLUSIVE"):
        found = verification.verify(connection.cursor())
    assert [fault.code for fault in found.faults] == ["file.held_at_check"]
    assert verification.verify(connection.cursor()).holds
    connection.close()


def test_a_held_file_calls_no_password_wrong_while_a_change_of_the_key_waits_to_be_ended(
    study: Study, key: bytes
) -> None:
    change_keys(
        study.folder.keys, key, lambda now: replace(now, coming=Coming(now.slots, now.recovery, now.vault))
    )
    with held(study.folder.study, key, "BEGIN EXCLUSIVE"), pytest.raises(StorageFailed, match=r"file\.held"):
        study.sit("chen.lan", roles.COORDINATOR)
    assert attempts.failures(study.folder.attempts) == ()
    study.sit("chen.lan", roles.COORDINATOR)
