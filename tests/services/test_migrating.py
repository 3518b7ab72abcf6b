"""A study of every earlier schema is brought to the one of now, whole, or stays as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from earlier_schema import put_back
from people_invented import someone
from sqlalchemy import Column, create_engine, inspect, select
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed, StorageFailed
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.models.store import attempts, migration, schema
from sle_desk.models.store.database import connect
from sle_desk.models.store.key_file import KeyFile, read_keys
from sle_desk.models.store.keys import change_keys
from sle_desk.models.tables import METADATA
from sle_desk.services import backup, backup_file, looking, site_days, studies, subjects, visits

EARLIER = range(1, schema.SCHEMA)


@pytest.fixture
def earlier(study: Study) -> Callable[[int], bytes]:
    """Return a function that puts the study back to a schema and returns its key."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    row = subjects.register_subject(desk, someone())
    visits.record_not_done(desk, row.id, "V0", "refused")

    def make(number: int) -> bytes:
        assert study.unlocked is not None
        key = study.unlocked.database.data_key
        study.leave()
        put_back(study.folder, key, number)
        return key

    return make


def number_in(study: Study, key: bytes) -> int:
    """Return the schema of the file on disk."""
    connection = connect(study.folder.study, key)
    try:
        return schema.number_of(connection.cursor())
    finally:
        connection.close()


@pytest.mark.parametrize("number", EARLIER)
def test_fault_21_every_earlier_schema_is_brought_up_with_nothing_lost(
    study: Study, earlier: Callable[[int], bytes], number: int
) -> None:
    key = earlier(number)
    assert number_in(study, key) == number
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert study.unlocked is not None
    assert studies.opening_checks(study.unlocked, lambda step, share: None).holds
    assert [row.code for row in subjects.subjects(desk)] == ["SLE-001"]
    with desk.view() as session:
        told = session.scalars(select(Audit).where(Audit.action == migration.MIGRATE)).one()
    assert json.loads(told.payload or "") == {"from": number, "to": schema.SCHEMA}
    assert (told.user, told.role) == ("chen.lan", "migration")
    # It goes on working, and is not migrated again.
    subjects.register_subject(desk, someone(initials="LXM", identity_number="", name="Invented Li"))
    site_days.take_in(desk)
    study.leave()
    assert number_in(study, key) == schema.SCHEMA
    desk = study.sit("wu.min", roles.PI)
    assert study.unlocked is not None
    assert studies.opening_checks(study.unlocked, lambda step, share: None).holds
    with desk.view() as session:
        assert len(session.scalars(select(Audit).where(Audit.action == migration.MIGRATE)).all()) == 1


@pytest.mark.parametrize("number", EARLIER)
def test_the_backup_made_before_holds_and_leads_back(
    study: Study, earlier: Callable[[int], bytes], number: int
) -> None:
    key = earlier(number)
    study.sit("chen.lan", roles.COORDINATOR)
    study.leave()
    (made,) = backup_file.backups(study.folder.backups)
    assert made.schema == number
    rehearsal = backup.rehearse(made.path, "chen.lan", PASSWORD, study.folder)
    assert rehearsal.verified.holds
    backup.restore(made.path, study.folder, rehearsal, study.clock, accept_older=True)
    assert number_in(study, key) == number
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert [row.code for row in subjects.subjects(desk)] == ["SLE-001"]
    with backup.opened_read_only(made.path, "wu.min", PASSWORD, study.clock) as reading:
        assert [row.code for row in subjects.subjects(reading)] == ["SLE-001"]


def broken_by(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Break the last migration: a statement fails, a row is lost, a value changed, a reference broken."""
    listed = schema.statements(schema.SCHEMA)
    added = {
        "fails": ("INSERT INTO nothing VALUES (1)",),
        "loses": ("DROP TRIGGER visit_no_delete", "DELETE FROM visit"),
        "changes": ("UPDATE user SET name = 'Somebody' WHERE id = 1",),
        "breaks a reference": ("UPDATE user_role SET user_id = 99 WHERE id = 1",),
    }[how]
    monkeypatch.setattr(
        schema, "statements", lambda number: (*listed, *added) if number == schema.SCHEMA else _real(number)
    )


_real = schema.statements


@pytest.mark.parametrize("how", ["fails", "loses", "changes", "breaks a reference"])
def test_fault_20_a_migration_that_goes_wrong_leaves_the_study_as_it_was(
    study: Study, earlier: Callable[[int], bytes], how: str
) -> None:
    key = earlier(schema.SCHEMA - 1)
    before = study.folder.study.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        broken_by(patch, how)
        with pytest.raises(StorageFailed):
            study.sit("chen.lan", roles.COORDINATOR)
    assert number_in(study, key) == schema.SCHEMA - 1
    assert study.folder.study.read_bytes() == before
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert [row.code for row in subjects.subjects(desk)] == ["SLE-001"]


def test_a_damaged_study_of_an_earlier_version_is_not_migrated(
    study: Study, earlier: Callable[[int], bytes]
) -> None:
    key = earlier(schema.SCHEMA - 1)
    connection = connect(study.folder.study, key)
    connection.cursor().execute("UPDATE user SET name = 'Somebody Else' WHERE id = 2")
    connection.close()
    with pytest.raises(StorageFailed) as refused:
        study.sit("chen.lan", roles.COORDINATOR)
    assert refused.value.code == "migration.not_whole"
    assert number_in(study, key) == schema.SCHEMA - 1
    assert not study.folder.backups.exists()


def described(column: Column[object]) -> tuple[object, ...]:
    """Return what the file has to say of a column."""
    return (column.name, not column.nullable, column.primary_key)


def test_the_migrations_make_what_the_program_works_with() -> None:
    ours, declared = create_engine("sqlite://"), create_engine("sqlite://")
    with ours.connect() as made, declared.connect() as wanted:
        raw = made.connection.cursor()
        schema.create(raw)
        METADATA.create_all(wanted)
        found, expected = inspect(made), inspect(wanted)
        assert sorted(found.get_table_names()) == sorted(expected.get_table_names())
        for table in METADATA.tables:
            names = {column["name"]: column for column in found.get_columns(table)}
            other = {column["name"]: column for column in expected.get_columns(table)}
            assert {name: (c["nullable"], str(c["type"])) for name, c in names.items()} == {
                name: (c["nullable"], str(c["type"])) for name, c in other.items()
            }, table
            assert {i["name"] for i in found.get_indexes(table)} == {
                i["name"] for i in expected.get_indexes(table)
            }
        triggers = {row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        kept = {f"{name}_no_delete" for name in METADATA.tables if name not in ("audit", "draft")}
        append_only = {"audit_no_update", "audit_no_delete", "audit_in_sequence", "stock_movement_no_update"}
        assert triggers == kept | append_only
        strict = raw.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
        assert all(flag for name, flag in strict if not name.startswith("sqlite_"))


def test_a_file_that_went_back_is_told_after_the_migration_too_and_however_often(
    study: Study, earlier: Callable[[int], bytes]
) -> None:
    key = earlier(schema.SCHEMA - 1)
    told = read_keys(study.folder.keys).header.last_number + 50

    def ahead(keys: KeyFile) -> KeyFile:
        return replace(keys, header=replace(keys.header, last_number=told))

    change_keys(study.folder.keys, key, ahead)
    for _ in range(2):
        unlocked = studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)
        found = studies.opening_checks(unlocked, lambda step, share: None)
        studies.leave(unlocked)
        assert [fault.code for fault in found.faults] == ["file.went_back"]


def test_a_header_that_says_an_earlier_version_hides_nothing_from_a_check(study: Study) -> None:
    study.sit("chen.lan", roles.COORDINATOR)
    study.leave()
    keys = study.folder.keys
    header = read_keys(keys).header
    text = keys.read_text(encoding="utf-8")
    keys.write_text(text.replace(f'"schema": {header.schema}', '"schema": 1'), encoding="utf-8")
    with looking.looked_into(study.folder.path, "chen.lan", PASSWORD, study.clock) as looked:
        assert looked.verified.holds and looked.keys_changed
    with pytest.raises(NotAllowed), looking.looked_into(study.folder.path, "chen.lan", "x", study.clock):
        pass
    assert attempts.failures(study.folder.attempts)


@pytest.mark.parametrize("ahead", [False, True])
def test_a_doubted_clock_stops_a_migration_as_it_stops_sitting_down(
    study: Study, earlier: Callable[[int], bytes], ahead: bool
) -> None:
    key = earlier(schema.SCHEMA - 1)
    study.clock.set_wrong(timedelta(days=400 if ahead else -1))
    before = study.folder.study.read_bytes()
    with pytest.raises(StorageFailed, match=r"clock\.ahead" if ahead else r"clock\.back"):
        study.sit("wu.min", roles.PI)
    assert study.folder.study.read_bytes() == before
    assert not study.folder.backups.exists()
    assert number_in(study, key) == schema.SCHEMA - 1


def test_who_may_says_that_the_clock_is_right_and_the_audit_has_it_before_the_migration(
    study: Study, earlier: Callable[[int], bytes]
) -> None:
    key = earlier(schema.SCHEMA - 1)
    study.clock.set_wrong(-timedelta(days=1))
    path, reason = study.folder.path, "the clock had been a day ahead"
    with pytest.raises(NotAllowed, match=r"role\.may_not"):
        studies.unlock(path, "chen.lan", PASSWORD, study.clock, reason)
    assert number_in(study, key) == schema.SCHEMA - 1
    study.unlocked = studies.unlock(path, "wu.min", PASSWORD, study.clock, reason)
    assert studies.opening_checks(study.unlocked, lambda step, share: None).holds
    study.desk = studies.sit_down(study.unlocked, roles.PI, study.clock)
    with study.desk.view() as session:
        told = session.scalars(
            select(Audit).where(Audit.action.in_(("clock.accept", migration.MIGRATE)))
        ).all()
    assert [(row.action, row.user, row.role, row.reason) for row in told] == [
        ("clock.accept", "wu.min", roles.PI, reason),
        (migration.MIGRATE, "wu.min", "migration", ""),
    ]
    assert json.loads(told[0].payload or "")["now"] < json.loads(told[0].payload or "")["last"]


def test_a_backup_of_an_earlier_version_opens_to_read_by_whatever_clock(
    study: Study, earlier: Callable[[int], bytes]
) -> None:
    earlier(schema.SCHEMA - 1)
    study.sit("chen.lan", roles.COORDINATOR)
    study.leave()
    (made,) = backup_file.backups(study.folder.backups)
    for wrong in (timedelta(days=400), timedelta(days=-400)):
        study.clock.set_wrong(wrong)
        with backup.opened_read_only(made.path, "wu.min", PASSWORD, study.clock) as reading:
            assert [row.code for row in subjects.subjects(reading)] == ["SLE-001"]
