"""Rows of the fault catalogue that need no machinery: each test names the row it answers."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import replace
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Any

import forging
import pytest
from forging import rewrite_chain
from people_invented import someone
from removals import without_cipher
from sqlalchemy import text
from sqlcipher3 import dbapi2 as driver
from study_fixtures import PASSWORD, Study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.errors import SleDeskError, StorageFailed
from sle_desk.base.instants import read_instant
from sle_desk.base.language import Language
from sle_desk.base.words import sentence
from sle_desk.domain import roles
from sle_desk.domain.sealing import paper_code
from sle_desk.models.audit import Audit
from sle_desk.models.people import UserSession
from sle_desk.models.store import database, schema, verification
from sle_desk.models.store.key_file import KeyFile
from sle_desk.models.store.keys import change_keys
from sle_desk.models.tables import METADATA, audited_tables
from sle_desk.services import access, papers, people, studies, subjects
from sle_desk.services.desk import Desk

__all__ = ["arms", "made_arms", "made_trial"]


def registered(study: Study) -> Desk:
    """Return a coordinator's desk with one subject registered."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    return desk


def outside(study: Study) -> Any:
    """Return a raw connection of somebody who has the key and no scruples, the study being closed."""
    desk = study.desk
    assert desk is not None
    key = desk.database.data_key
    study.leave()
    return database.connect(study.folder.study, key)


def verified(study: Study) -> verification.Verified:
    """Open the study as the PI and check it."""
    unlocked = studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
    try:
        return studies.opening_checks(unlocked, lambda step, share: None)
    finally:
        studies.leave(unlocked)


TAKEN_AWAY = {
    "an event": "operation = 'event' AND action = 'people.deactivate'",
    "a first entry": "operation = 'insert' AND table_name = 'identity'",
    "a correction between": "operation = 'update' AND table_name = 'user' AND action = 'people.training'",
}


@pytest.mark.parametrize("where", TAKEN_AWAY)
def test_fault_05_a_payload_that_was_taken_away_is_told_and_no_later_paper_agrees(
    study: Study, where: str
) -> None:
    registered(study)
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    account = {each.login: each.id for each in people.people(desk)}
    for day in (1, 2, 3):
        people.record_training(desk, account["chen.lan"], date(2026, 11, day))
    people.deactivate_person(desk, study.folder, account["he.jian"], "left the clinic")
    head = desk.head()
    assert papers.check_paper(desk, head.number, head.code)
    study.leave()
    with forging.outside(study) as cursor:
        asked = f"SELECT number FROM audit WHERE {TAKEN_AWAY[where]} ORDER BY number"
        number = cursor.execute(asked).fetchall()[-2 if "between" in where else -1][0]
        cursor.execute("UPDATE audit SET payload = NULL WHERE number = ?", (number,))
    fault = verified(study).faults[0]
    assert (fault.code, fault.facts) == ("audit.payload_missing", {"number": number})
    with pytest.raises(StorageFailed, match=r"audit\.payload_missing"):
        studies.require_whole(verified(study))
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    assert not papers.check_paper(desk, head.number, head.code)
    before = desk.cursor_check(
        lambda cursor: cursor.execute("SELECT link FROM audit WHERE number = ?", (number - 1,)).fetchone()[0]
    )
    assert papers.check_paper(desk, number - 1, paper_code(before))
    # What asks the audit for it goes without.
    assert access.access_on(desk, desk.today())


def without_link(keys: KeyFile) -> KeyFile:
    """Take the link at the last number out of a key file."""
    return replace(keys, header=replace(keys.header, last_link=""))


def test_fault_06_a_chain_rewritten_as_a_whole_is_caught_by_paper_alone(study: Study) -> None:
    head = registered(study).head()
    study.leave()

    def otherwise(facts: list[Any], payload: str) -> tuple[list[Any], str]:
        if facts[10] == "identity":
            facts[8] = "as it always was"
            return facts, payload.replace("someone", "nobody")
        return facts, payload

    with forging.outside(study) as cursor:
        rewrite_chain(cursor, otherwise)
    # The key file tells it, unless whoever has the key seals that anew too.
    assert [fault.code for fault in verified(study).faults] == ["study.parted"]
    change_keys(study.folder.keys, forging.data_key(study), without_link)
    found = verified(study)
    assert found.holds
    assert found.link != head.link
    desk = study.sit("wu.min", roles.PI)
    assert not papers.check_paper(desk, head.number, head.code)


def test_fault_07_a_tail_cut_off_with_its_data_is_told_by_the_header(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    study.leave()
    before = study.folder.study.read_bytes()
    desk = registered(study)
    head = desk.head()
    study.leave()
    study.folder.study.write_bytes(before)
    assert [fault.code for fault in verified(study).faults] == ["file.went_back"]
    unlocked = studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
    assert not unlocked.database.run(lambda cursor: papers.matches(cursor, head.number, head.code))
    studies.leave(unlocked)


@pytest.mark.parametrize("table", [table.name for table in audited_tables()])
def test_fault_09_text_sql_on_any_table_is_audited(arms: Study, table: str) -> None:
    desk = arms.sit("wu.min", roles.PI)
    with desk.view() as session:
        number = (session.execute(text(f'SELECT max(id) FROM "{table}"')).scalar() or 0) + 1000
    with desk.database.cursor() as cursor, desk.database.guard.opened():
        # A row that says nothing, and no trigger that keeps it: what is tried is the capture alone.
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(f'DROP TRIGGER "{table}_no_delete"')
    # What the test wrote past the door is no foreign write.
    desk.database.written()
    before = desk.head().number
    statement, values = forging.row_put(METADATA.tables[table], number)
    for done in (
        (text(statement), values),
        (text(f'UPDATE "{table}" SET version = version + 1 WHERE id = {number}'), {}),
        (text(f'DELETE FROM "{table}" WHERE id = {number}'), {}),
    ):
        with desk.change("setting.record", "a test of the capture") as change:
            change.session.execute(*done)
    with desk.view() as session:
        told = session.query(Audit).filter(Audit.number > before).order_by(Audit.number).all()
    assert [(row.table_name, row.row_id, row.operation) for row in told] == [
        (table, number, operation) for operation in ("insert", "update", "delete")
    ]
    assert [sorted(json.loads(row.payload or "")) for row in told] == [["new"], ["new", "old"], ["old"]]


def test_fault_12_a_build_without_the_cipher_is_refused(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    study.leave()
    without_cipher(monkeypatch)
    with pytest.raises(StorageFailed, match=r"file\.no_cipher"):
        database.connect(study.folder.study, b"k" * 32)


def test_fault_24_another_zone_in_mid_session_keeps_the_order_and_both_offsets(study: Study) -> None:
    desk = registered(study)
    before = desk.head().number
    study.clock.set(study.clock.now().astimezone(timezone(timedelta(hours=1))) + timedelta(minutes=1))
    subjects.register_subject(desk, someone(initials="LXM", identity_number=""))
    with desk.view() as session:
        rows = session.query(Audit).filter(Audit.number >= before).order_by(Audit.number).all()
    instants = [row.at for row in rows]
    assert instants == sorted(instants)
    assert {instant.utcoffset() for instant in instants} == {timedelta(hours=8), timedelta(hours=1)}
    with desk.view() as session:
        sat = session.query(UserSession).order_by(UserSession.id.desc()).first()
        assert sat is not None and sat.zone == "UTC+08:00"
        (noted,) = session.query(Audit).filter(Audit.action == "clock.zone").all()
    assert '"UTC+01:00"' in str(noted.payload)
    study.leave()
    assert verified(study).holds


def test_fault_27_a_signature_copied_to_another_record_is_found(arms: Study) -> None:
    arms.sit("wu.min", roles.PI)
    connection = outside(arms)
    cursor = connection.cursor()
    columns = [row[1] for row in cursor.execute("PRAGMA table_info(signature)").fetchall() if row[1] != "id"]
    listed = ", ".join(f'"{name}"' for name in columns)
    moved = ", ".join("about_id + 1" if name == "about_id" else f'"{name}"' for name in columns)
    cursor.execute(f"INSERT INTO signature ({listed}) SELECT {moved} FROM signature LIMIT 1")
    connection.close()
    assert [fault.code for fault in verified(arms).faults] == ["replay.row_not_in_audit"]


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def _foreign(path: Path) -> None:
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE patients (name TEXT)")
    other.commit()
    other.close()


STRANGE = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("not a study"),
    "picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 8192),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "cut in a page": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "of another application": _foreign,
    "directory": _directory,
    "pipe": _fifo,
    "link": _link,
    "of three gigabytes": lambda path: os.truncate(path, 3 * 1024**3),
}


def first_of(path: Path) -> tuple[int, bytes]:
    """Return the size of a file and what it begins with: the largest is a hole that no memory holds."""
    if not path.is_file():
        return 0, b""
    with path.open("rb") as stream:
        return path.stat().st_size, stream.read(1024**2)


@pytest.mark.parametrize("kind", STRANGE)
def test_fault_37_what_is_no_study_file_is_refused_by_name_and_left_as_it_is(study: Study, kind: str) -> None:
    study.leave()
    path = study.folder.study
    STRANGE[kind](path)
    before = first_of(path)
    with pytest.raises(SleDeskError) as caught:
        unlocked = studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
        try:
            studies.require_whole(studies.opening_checks(unlocked, lambda step, share: None))
        finally:
            studies.leave(unlocked)
    # What does not open with the key is named too; there is no telling it from a study of another key.
    assert caught.value.code.startswith(("file.", "folder.")) or caught.value.code == "keys.not_this_file"
    assert (caught.value.code == "file.too_large") == (kind == "of three gigabytes")
    assert first_of(path) == before
    assert not (study.folder.path / "study.lock").exists()


def test_fault_51_the_audit_alone_makes_the_same_study_again(arms: Study) -> None:
    desk = arms.sit("wu.min", roles.PI)
    fresh = driver.connect(":memory:", isolation_level=None).cursor()
    schema.create(fresh)

    def told(cursor: Any) -> list[tuple[Any, ...]]:
        asked = "SELECT table_name, row_id, operation, payload FROM audit WHERE operation <> 'event'"
        return list(cursor.execute(f"{asked} ORDER BY number"))

    for table, row_id, operation, payload in desk.cursor_check(told):
        new = json.loads(payload)["new"]
        names = ", ".join(f'"{name}"' for name in new)
        if operation == "insert":
            marks = ", ".join("?" * len(new))
            fresh.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(new.values()))
        else:
            sets = ", ".join(f'"{name}" = ?' for name in new)
            fresh.execute(f'UPDATE "{table}" SET {sets} WHERE id = ?', [*new.values(), row_id])
    for table in audited_tables():
        rows = f'SELECT * FROM "{table.name}" ORDER BY id'
        kept = desk.cursor_check(lambda cursor, rows=rows: cursor.execute(rows).fetchall())
        assert fresh.execute(rows).fetchall() == kept, table.name


def test_fault_24_an_instant_reads_back_with_its_own_offset() -> None:
    assert read_instant("2026-11-23T00:00:00.000000Z+480").utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("forgery", "told"),
    [
        (
            "UPDATE answer SET kept_reason = 'x' WHERE id = 1",
            "Answer 1 of SLE-001: “kept because” is not what",
        ),
        ("UPDATE sample SET report_number = 'x' WHERE id = 1", "Sample 1 of SLE-001: "),
        ("UPDATE user SET name = 'x' WHERE id = 1", "Account 1: “name” is not what"),
    ],
)
def test_fault_04_what_was_changed_is_told_with_subject_record_and_field(
    arms: Study, forgery: str, told: str
) -> None:
    arms.sit("wu.min", roles.PI)
    connection = outside(arms)
    connection.cursor().execute(forgery)
    connection.close()
    fault = verified(arms).faults[0]
    assert sentence(fault.code, fault.facts, Language("en")).startswith(told)
    assert sentence(fault.code, fault.facts, Language("zh_CN")).endswith("不一致。")
