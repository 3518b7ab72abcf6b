"""The encrypted file: nobody gets in, nothing passes the audit by."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import pytest
from sqlalchemy import text
from study_fixtures import PASSWORD, Study

from sle_desk.base import processes
from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.domain import roles
from sle_desk.models.people import User, UserRole
from sle_desk.models.store import capture, verification
from sle_desk.models.store.database import Database, connect
from sle_desk.models.store.key_file import read_keys
from sle_desk.models.store.keys import write_keys
from sle_desk.models.tables import METADATA, audited_tables
from sle_desk.services import people, recovery, studies
from sle_desk.services.counted_keys import counted_keys
from sle_desk.services.desk import Desk

TRICKS = [
    "DELETE FROM temp.capture",
    "DELETE FROM capture",
    "INSERT INTO capture (table_name) VALUES ('user')",
    "DROP TRIGGER temp.capture_user_update",
    "DROP TRIGGER user_no_delete",
    "DROP TABLE audit",
    "ALTER TABLE user ADD COLUMN sneaked TEXT",
    "UPDATE audit SET reason = 'other'",
    "DELETE FROM audit",
    "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE number = 1",
    "INSERT INTO audit SELECT * FROM audit WHERE number = 1 ON CONFLICT DO UPDATE SET reason = 'other'",
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA writable_schema = ON",
    "PRAGMA user_version = 9",
    "CREATE TEMP TRIGGER hush BEFORE INSERT ON capture BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TEMP TABLE user (id INTEGER)",
    "CREATE TEMP VIEW hush AS SELECT 1",
    "CREATE TABLE more (id INTEGER)",
    "ATTACH ':memory:' AS other",
    "COMMIT",
    "end transaction",
    "ROLLBACK",
    "SAVEPOINT here",
    "RELEASE here",
    "INSERT INTO audit SELECT number + 1, change, at, user_id, user, role, session_id, action, reason,"
    " application, '', NULL, 'event', payload, payload_hash, link FROM audit ORDER BY number DESC LIMIT 1",
    "UPDATE user SET id = id + 1000",
    "UPDATE user SET rowid = 7 WHERE id = 1",
    "INSERT INTO user SELECT * FROM user WHERE id = 1 ON CONFLICT (id) DO UPDATE SET id = 99",
    "DELETE FROM user",
    "INSERT OR REPLACE INTO user SELECT * FROM user WHERE id = 1",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_a_way_round_the_audit_is_refused(desk: Desk, trick: str) -> None:
    with pytest.raises(StorageFailed), desk.change("language.choose") as change:
        change.session.execute(text(trick))
    assert desk.cursor_check(verification.verify).holds


@pytest.mark.parametrize("ending", ["COMMIT", "ROLLBACK", "END"])
def test_a_transaction_is_ended_by_the_store_alone_however_often_it_did_before(
    desk: Desk, ending: str
) -> None:
    # The driver keeps statements by their text: none of these may have been prepared for the store.
    for language in ("zh_CN", "en"):
        people.choose_language(desk, language)
    with pytest.raises(StorageFailed, match="no_context"), desk.database.session() as session:
        session.add(UserRole(user_id=1, role=roles.MONITOR, from_day=desk.today()))
        session.commit()
    head = desk.head()
    with pytest.raises(StorageFailed, match="not authorized"), desk.change("language.choose") as change:
        change.session.execute(text("UPDATE user SET name = 'somebody else'"))
        change.session.execute(text(ending))
    assert desk.head() == head
    people.choose_language(desk, "zh_CN")
    with desk.view() as session:
        assert session.query(User).filter_by(name="somebody else").count() == 0
    assert desk.cursor_check(verification.verify).holds


def test_every_table_is_captured_or_on_the_allow_list() -> None:
    captured = {table.name for table in audited_tables()}
    assert set(METADATA.tables) - captured == {"audit", "draft"}
    for table in audited_tables():
        assert len(capture.trigger_statements(table)) == 3


def test_text_sql_is_audited_like_everything_else(desk: Desk) -> None:
    before = desk.head().number
    with desk.change("language.choose") as change:
        change.session.execute(text("UPDATE user SET language = 'zh_CN' WHERE login = 'chen.lan'"))
    rows = desk.cursor_check(
        lambda cursor: cursor.execute(
            "SELECT table_name, payload FROM audit WHERE number > ?", (before,)
        ).fetchall()
    )
    assert [(row[0], json.loads(row[1])) for row in rows] == [
        ("user", {"new": {"language": "zh_CN"}, "old": {"language": "en"}})
    ]


def test_a_commit_with_nobody_behind_it_is_rolled_back(desk: Desk) -> None:
    with pytest.raises(StorageFailed, match="no_context"), desk.database.session() as session:
        session.add(UserRole(user_id=1, role=roles.MONITOR, from_day=desk.today()))
        session.commit()
    with desk.view() as session:
        assert session.query(UserRole).filter_by(role=roles.MONITOR, user_id=1).count() == 0
    assert desk.cursor_check(verification.verify).holds


def test_the_file_does_not_look_like_a_database_and_opens_under_no_other_key(study: Study) -> None:
    assert not study.folder.study.read_bytes().startswith(b"SQLite format 3")
    with pytest.raises(StorageFailed, match="not_readable"):
        connect(study.folder.study, bytes(32))


def test_a_wrong_password_opens_nothing(study: Study) -> None:
    with pytest.raises(NotAllowed, match="sign_in.wrong"):
        studies.unlock(study.folder.path, "chen.lan", PASSWORD + "x", study.clock)


def test_a_slot_given_to_somebody_else_does_not_open(study: Study) -> None:
    content = json.loads(study.folder.keys.read_text())
    for slot in content["slots"]:
        slot["owner"] = {"user:chen.lan": "user:wu.min", "user:wu.min": "user:chen.lan"}.get(
            slot["owner"], slot["owner"]
        )
    study.folder.keys.write_text(json.dumps(content))
    with pytest.raises(NotAllowed, match="sign_in.wrong"):
        studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)


def test_the_recovery_key_opens_the_study_however_it_is_typed(study: Study) -> None:
    typed = study.recovery_key.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    unlocked = recovery.unlock_with_recovery(study.folder.path, typed, "wu.min", study.clock)
    studies.leave(unlocked)
    assert unlocked.login == "wu.min"


def test_a_mistyped_recovery_key_is_told_apart_from_a_wrong_one(study: Study) -> None:
    swapped = "8" if study.recovery_key[0] != "8" else "9"
    with pytest.raises(RuleBroken, match="recovery.check"):
        recovery.unlock_with_recovery(
            study.folder.path, swapped + study.recovery_key[1:], "wu.min", study.clock
        )
    with pytest.raises(NotAllowed, match="recovery.wrong"):
        recovery.unlock_with_recovery(study.folder.path, studies.new_recovery_key(), "wu.min", study.clock)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}', '{"format": 7}'])
def test_a_damaged_key_file_is_explained(study: Study, content: str) -> None:
    study.folder.keys.write_text(content)
    with pytest.raises(StorageFailed, match=r"keys\."):
        studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)


def test_a_second_opening_is_told_who_holds_the_study(desk: Desk, study: Study) -> None:
    with pytest.raises(StorageFailed, match="folder.in_use") as refused:
        studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
    assert {"host", "process", "since"} <= set(refused.value.facts)


def test_a_lock_left_by_a_crash_is_taken_over(study: Study) -> None:
    lock = study.folder.path / "study.lock"
    lock.write_text(json.dumps({"host": platform.node(), "process": 2**22 + 7, "since": "2026-11-23T07:00"}))
    study.sit("wu.min", roles.PI)


def locked_by(study: Study, **facts: object) -> None:
    """Write a lock as a process left it; what is not said is that of this process."""
    own = processes.this_process()
    content = {"host": platform.node(), "process": own.number, "since": "2026-11-23T07:00", **facts}
    told = {"started": own.started, "boot": own.boot, "space": own.space, **content}
    (study.folder.path / "study.lock").write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.skipif(not processes.boot(), reason="this system tells no start of the computer")
@pytest.mark.parametrize(
    "facts",
    [
        {"process": os.getppid(), "started": "1"},
        {"started": "1"},
        {"boot": "8c1f6a0e-0000-4000-8000-000000000000"},
        {"process": 10**30},
        {"process": -1},
        {"host": "called otherwise then", "started": "1"},
    ],
    ids=["another program", "my own number", "before a restart", "no number", "every process", "renamed"],
)
def test_a_lock_whose_process_is_gone_is_taken_over_though_its_number_lives(
    study: Study, facts: dict[str, object]
) -> None:
    locked_by(study, **facts)
    study.sit("wu.min", roles.PI)


@pytest.mark.parametrize("facts", [{}, {"host": "called otherwise now"}, {"started": ""}])
def test_a_lock_whose_process_lives_is_kept(study: Study, facts: dict[str, object]) -> None:
    locked_by(study, **facts)
    with pytest.raises(StorageFailed, match=r"folder\.in_use"):
        study.sit("wu.min", roles.PI)


@pytest.mark.parametrize("facts", [{"boot": ""}, {"boot": "another"}, {"space": "1"}])
def test_a_lock_of_another_computer_says_whose_it_is_and_the_way_out(
    study: Study, facts: dict[str, object]
) -> None:
    locked_by(study, host="WARD-7", **facts)
    with pytest.raises(StorageFailed) as refused:
        study.sit("wu.min", roles.PI)
    said = error_sentence(refused.value, Language("en"))
    for part in ("WARD-7", platform.node(), str(study.folder.path / "study.lock"), "2026-11-23T07:00"):
        assert part in said
    (study.folder.path / "study.lock").unlink()
    study.sit("wu.min", roles.PI)


def _raw(study: Study) -> Database:
    found = counted_keys(study.folder.attempts, study.folder, "wu.min", PASSWORD, study.clock)
    return Database(study.folder.study, found.data_key)


def _forge(study: Study, *statements: str) -> None:
    """Change the file with the key, outside the application."""
    database = _raw(study)
    connection = connect(database.path, database.data_key)
    cursor = connection.cursor()
    triggers = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        cursor.execute(statement)
    for _, sql in triggers:
        cursor.execute(sql)
    connection.close()


def _checked(study: Study) -> verification.Verified:
    unlocked = studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
    try:
        return studies.opening_checks(unlocked, lambda step, share: None)
    finally:
        studies.leave(unlocked)


def test_an_untouched_study_holds(study: Study) -> None:
    assert _checked(study).holds


@pytest.mark.parametrize(
    ("forgery", "code"),
    [
        ("UPDATE user SET name = 'Somebody Else' WHERE login = 'wu.min'", "replay.value_differs"),
        ("DELETE FROM delegation WHERE id = 1", "replay.row_missing"),
        ("INSERT INTO study_fact (name, value, version) VALUES ('more', 'x', 1)", "replay.row_not_in_audit"),
        ("UPDATE audit SET payload = replace(payload, 'Wu Min', 'Wu Max')", "audit.payload_changed"),
        ("UPDATE audit SET user = 'other' WHERE number = 20", "audit.link_broken"),
        ("DELETE FROM audit WHERE number = 20", "audit.gap"),
        ("UPDATE study_fact SET value = 'aa' WHERE name = 'study_id'", "audit.link_broken"),
    ],
)
def test_a_forgery_made_with_the_key_is_found_and_named(study: Study, forgery: str, code: str) -> None:
    _forge(study, forgery)
    assert code in [fault.code for fault in _checked(study).faults]


def test_a_changed_schema_is_found(study: Study) -> None:
    _forge(study, "CREATE TABLE more (id INTEGER)")
    assert [fault.code for fault in _checked(study).faults] == ["file.schema_changed"]


def test_a_newer_file_is_refused_by_its_number(study: Study) -> None:
    _forge(study, "PRAGMA user_version = 99")
    faults = _checked(study).faults
    assert [(fault.code, fault.facts["found"]) for fault in faults] == [("file.newer", 99)]


def test_a_study_put_back_to_an_older_copy_is_found(study: Study) -> None:
    older = study.folder.study.read_bytes()
    study.sit("wu.min", roles.PI)
    study.leave()
    study.folder.study.write_bytes(older)
    assert "file.went_back" in [fault.code for fault in _checked(study).faults]


def test_the_header_shows_no_more_than_it_may(study: Study) -> None:
    header = read_keys(study.folder.keys).header
    assert header.registry_numbers[0] == "NCT05262686"
    assert header.last_number > 0
    text_of = study.folder.keys.read_text()
    assert "Chen Lan" not in text_of


def test_the_key_file_before_the_last_is_kept(study: Study) -> None:
    keys = read_keys(study.folder.keys)
    write_keys(study.folder.keys, keys, b"")
    assert (study.folder.path / "study.keys.old").exists()


def test_a_folder_that_is_no_study_is_refused_and_left_alone(tmp_path: Path, study: Study) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(StorageFailed, match="folder.part_missing"):
        studies.unlock(tmp_path / "other", "wu.min", PASSWORD, study.clock)
    assert list((tmp_path / "other").iterdir()) == []
