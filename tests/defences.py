"""The defences of the store, each with the attack it is there for and how it is taken away for a test."""

from __future__ import annotations

import attacks
import attacks_inside
from removals import (
    Attack,
    Defence,
    allowing,
    answering,
    setting,
    without,
    without_capture,
    without_cipher,
    without_rules,
    without_trigger,
)

from sle_desk.domain import roles
from sle_desk.models.store import database, verification
from sle_desk.models.store.capture import Capture, Context
from sle_desk.models.store.database import Database
from sle_desk.models.store.folder import FolderLock
from sle_desk.models.tables import audited_tables
from sle_desk.services import decisions, header_check
from sle_desk.services import desk as desk_module
from sle_desk.services.clock_guard import ClockGuard
from sle_desk.services.desk import Desk
from sle_desk.services.role_guard import RoleGuard

# Another link at the header's number tells of most files that are not its own: taken away beside the rest.
PARTED = without(
    header_check,
    "against_header",
    "header.last_link and link_at(cursor, header.last_number) != header.last_link",
)
NORMAL = setting("locking_mode", "NORMAL", "normal")
PRAGMAS = (
    Defence("foreign_keys", attacks.points_nowhere, "FOREIGN KEY", setting("foreign_keys", "OFF", 0)),
    Defence("recursive_triggers", attacks.replaces, "never deleted", setting("recursive_triggers", "OFF", 0)),
    Defence(
        "trusted_schema", attacks.calls_from_the_schema, "unsafe use", setting("trusted_schema", "ON", 1)
    ),
    Defence("secure_delete", attacks.reads_what_was_dropped, "is gone", setting("secure_delete", "OFF", 0)),
    Defence("locking_mode", attacks.writes_beside, "database is locked", NORMAL),
    Defence(
        "key", attacks.reads_the_bytes, "it is enciphered",
        without(database, "_unlock", "cursor.execute(f\"PRAGMA key = \\\"x'{data_key.hex()}'\\\"\")", "pass"),
    ),
    Defence(
        "cipher_version", attacks.writes_without_cipher, "file.no_cipher",
        without(database, "require_cipher", "not found"),
        beside=without_cipher,
    ),
)  # fmt: skip
# Power cuts show these: see below.
DURABLE = {"synchronous": "OFF", "journal_mode": "MEMORY"}
# Set, and never missed: read back when the file is opened, which test_store looks at.
REDUNDANT = {
    "temp_store": "SQLCipher is built to keep what is temporary in memory (TEMP_STORE=2)",
    "cell_size_check": "the seal of each page finds a changed page before its cells are looked at",
    "busy_timeout": "the driver waits five seconds by itself; the setting makes that shorter",
    "cipher_log_level": "it keeps the cipher from writing to the console; nothing is refused by it",
}

TRIGGERS = (
    Defence("audit_no_update", attacks.changes_the_audit, "append-only", without_trigger("audit_no_update")),
    Defence("audit_no_delete", attacks.empties_the_audit, "append-only", without_trigger("audit_no_delete")),
    Defence(
        "audit_in_sequence", attacks.skips_in_the_audit, "append-only", without_trigger("audit_in_sequence")
    ),
    Defence(
        "stock_movement_no_update",
        attacks.changes_the_ledger,
        "append-only",
        without_trigger("stock_movement_no_update"),
    ),
    *(
        Defence(name, attacks.deletes_from(table.name), "never deleted", without_trigger(name))
        for table in audited_tables()
        for name in (f"{table.name}_no_delete",)
    ),
)
CAPTURED = tuple(
    Defence(f"capture {kind}", attacks.unaudited(kind), "it is audited", without_capture(kind))
    for kind in ("insert", "update", "delete")
)

# Each statement with what has to be there before it.
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "SQLITE_ALTER_TABLE": ("ALTER TABLE draft ADD COLUMN sneaked TEXT",),
    "SQLITE_ATTACH": ("ATTACH ':memory:' AS other",),
    "SQLITE_DETACH": ("ATTACH ':memory:' AS other", "DETACH other"),
    "SQLITE_CREATE_INDEX": ("CREATE INDEX more ON draft (field)",),
    "SQLITE_CREATE_TABLE": ("CREATE TABLE more (id INTEGER)",),
    "SQLITE_CREATE_TEMP_INDEX": ("CREATE TEMP TABLE t (id INTEGER)", "CREATE INDEX temp.more ON t (id)"),
    "SQLITE_CREATE_TEMP_TABLE": ("CREATE TEMP TABLE user (id INTEGER)",),
    "SQLITE_CREATE_TEMP_TRIGGER": (
        "CREATE TEMP TRIGGER hush BEFORE INSERT ON capture BEGIN SELECT RAISE(IGNORE); END",
    ),
    "SQLITE_CREATE_TEMP_VIEW": ("CREATE TEMP VIEW user AS SELECT 1",),
    "SQLITE_CREATE_TRIGGER": (
        "CREATE TRIGGER hush BEFORE INSERT ON draft BEGIN SELECT RAISE(IGNORE); END",
    ),
    "SQLITE_CREATE_VIEW": ("CREATE VIEW hush AS SELECT 1",),
    "SQLITE_CREATE_VTABLE": ("CREATE VIRTUAL TABLE more USING fts4aux(draft)",),
    "SQLITE_DROP_INDEX": ("DROP INDEX audit_row",),
    "SQLITE_DROP_TABLE": ("CREATE TABLE more (id INTEGER)", "DROP TABLE more"),
    "SQLITE_DROP_TEMP_INDEX": (
        "CREATE TEMP TABLE t (id INTEGER)", "CREATE INDEX temp.more ON t (id)", "DROP INDEX temp.more",
    ),
    "SQLITE_DROP_TEMP_TABLE": ("DROP TABLE temp.capture",),
    "SQLITE_DROP_TEMP_TRIGGER": ("DROP TRIGGER temp.capture_user_update",),
    "SQLITE_DROP_TEMP_VIEW": ("CREATE TEMP VIEW hush AS SELECT 1", "DROP VIEW temp.hush"),
    "SQLITE_DROP_TRIGGER": ("DROP TRIGGER user_no_delete",),
    "SQLITE_DROP_VIEW": ("CREATE VIEW hush AS SELECT 1", "DROP VIEW hush"),
    "SQLITE_DROP_VTABLE": ("CREATE VIRTUAL TABLE more USING fts4aux(draft)", "DROP TABLE more"),
}  # fmt: skip
# All but these two are refused a second time, by the rule on the tables of SQLite: measured below.
ALONE = {"SQLITE_ATTACH", "SQLITE_DETACH"}
OTHER_RULES = without_rules("pragma", "capture", "schema")


def stating(*statements: str) -> Attack:
    """Return the attack that runs statements on the application's connection, the last in earnest."""
    return lambda ground: attacks.raw(ground.file(), *statements)


AUTHORIZER = (
    *(
        Defence(code, stating(*statements), "authoriz", allowing(code), beside=OTHER_RULES)
        for code, statements in FORBIDDEN.items()
    ),
    Defence("rule forbidden", stating(*FORBIDDEN["SQLITE_ATTACH"]), "authoriz", without_rules("forbidden")),
    Defence("rule pragma", attacks.switches_off, "authoriz", without_rules("pragma")),
    Defence("rule transaction", attacks_inside.commits_within, "authoriz", without_rules("transaction")),
    Defence("rule audit", attacks_inside.adds_to_the_audit, "authoriz", without_rules("audit")),
    Defence("rule key", attacks_inside.renumbers_a_row, "authoriz", without_rules("key")),
    Defence("rule capture", attacks.forgets_the_capture, "authoriz", without_rules("capture")),
    Defence(
        "rule schema", stating(*FORBIDDEN["SQLITE_CREATE_TABLE"]), "authoriz",
        without_rules("schema"), beside=without_rules("forbidden"),
    ),
)  # fmt: skip

NULLED = (
    "PRAGMA writable_schema = ON",
    "UPDATE sqlite_master SET sql = replace(sql, 'typed TEXT NOT NULL', 'typed TEXT') WHERE name = 'draft'",
    "PRAGMA writable_schema = RESET",
    "INSERT INTO draft VALUES (1, 1, 'x', 0, 0, 'x', NULL, 'x')",
    "PRAGMA writable_schema = ON",
    "UPDATE sqlite_master SET sql = replace(sql, 'typed TEXT', 'typed TEXT NOT NULL') WHERE name = 'draft'",
    "PRAGMA writable_schema = RESET",
)
# The structure is compared with that of the number in the file: of a number nobody knows there is none.
OF_NOW = without(verification, "_schema", "schema.number_of(cursor)", "schema.SCHEMA")
# Faults that keep nothing out: without them the check fails all the same, and says what is not so.
OTHER_WORDS = {"file.held_at_check": "a file that is held would be called damaged (test_held shows which)"}
OPENING = (
    Defence(
        "file.other_application", attacks.forged("PRAGMA application_id = 7"), "file.other_application",
        without(verification, "_identity", "application != schema.APPLICATION_ID"),
    ),
    Defence(
        "file.newer", attacks.forged("PRAGMA user_version = 99"), "file.newer",
        without(verification, "_identity", "version > schema.SCHEMA"), beside=OF_NOW,
    ),
    Defence(
        "file.older", attacks.forged("PRAGMA user_version = 0"), "file.older",
        without(verification, "_identity", "version < schema.SCHEMA"), beside=OF_NOW,
    ),
    Defence(
        "file.schema_changed", attacks.forged("CREATE TABLE more (id INTEGER)"), "file.schema_changed",
        without(verification, "_schema", "found == expected", "True"),
    ),
    Defence(
        "file.damaged", attacks.forged(*NULLED), "file.damaged",
        without(verification, "_pages", 'rows == ["ok"]', "True"),
    ),
    Defence(
        "file.seal_broken", attacks.flips_a_free_bit, "file.seal_broken",
        without(verification, "_seals", "if rows else []", "if False else []"),
    ),
    Defence(
        "file.reference_broken", attacks.forged("INSERT INTO draft VALUES (1, 99, 'x', 0, 0, 'x', 'x', 'x')"),
        "file.reference_broken", without(verification, "_keys", "rows[:20]", "[]"),
    ),
    Defence(
        "audit.gap", attacks.numbers_anew, "audit.gap",
        without(verification, "_chain", "row[0] != number"),
    ),
    Defence(
        "audit.payload_changed",
        attacks.forged("UPDATE audit SET payload = '{}' WHERE operation = 'event'"), "audit.payload_changed",
        without(verification, "_chain", 'sha256(payload.encode("utf-8")) != payload_hash'),
    ),
    Defence(
        "audit.payload_missing",
        attacks.forged("UPDATE audit SET payload = NULL WHERE operation = 'event'"), "audit.payload_missing",
        without(verification, "_chain", "payload is None and payload_hash != NO_PAYLOAD"),
    ),
    Defence(
        "audit.link_broken", attacks.forged("UPDATE audit SET user = 'somebody else' WHERE number = 20"),
        "audit.link_broken", without(verification, "_chain", "link != written"),
    ),
    Defence(
        "replay.row_not_in_audit",
        attacks.forged("INSERT INTO study_fact (name, value, version) VALUES ('more', 'x', 1)"),
        "replay.row_not_in_audit",
        without(
            verification.ReplayedRows, "differences",
            'yield Fault("replay.row_not_in_audit", _where(cursor, table, row))', "pass",
        ),
    ),
    Defence(
        "replay.value_differs", attacks.forged("UPDATE user SET name = 'somebody else' WHERE id = 1"),
        "replay.value_differs",
        without(verification, "_fields_that_differ", "said.get(name) != row[name] or name not in said"),
    ),
    Defence(
        "replay.row_missing", attacks.forged("DELETE FROM delegation WHERE id = 1"), "replay.row_missing",
        without(verification.ReplayedRows, "differences", "expected.items()", "()"),
    ),
    Defence(
        "keys.other_study", attacks.takes_another_number, "keys.other_study",
        without(header_check, "against_header", "verified.study_id != header.study_id"), beside=PARTED,
    ),
    Defence(
        "file.went_back", attacks.puts_an_older_file, "file.went_back",
        without(header_check, "against_header", "verified.number < header.last_number"), beside=PARTED,
    ),
    Defence(
        "study.parted", attacks.puts_a_parted_file, "study.parted",
        PARTED,
    ),
)  # fmt: skip

DOOR = (
    Defence(
        "self.read_only", attacks.writes_to_a_copy, "desk.read_only",
        without(Desk, "require", "if self.read_only:", "if False:"),
    ),
    Defence(
        "not roles.may(self.actor.role, action)", attacks.acts_beyond_the_role, "role.may_not",
        answering(roles, "may", True),
    ),
    Defence(
        "action != LEAVING and self.role_ended", attacks.acts_after_the_last_day, "role.ended",
        answering(RoleGuard, "holds", True),
    ),
    Defence(
        "the lock of the database", attacks.enters_after_the_lock, "study.locked",
        answering(desk_module, "refusal", None),
    ),
    Defence(
        "not self._database.is_in_place()", attacks.saves_into_nothing, "file.replaced",
        answering(Database, "is_in_place", True),
    ),
    Defence(
        "action not in (clock_guard.ACCEPT, clock_guard.CONFIRM)", attacks.writes_yesterday, "clock.back",
        answering(ClockGuard, "require_believed", None),
    ),
    Defence(
        "context.reason_missing(rows)", attacks.corrects_without_reason, "change.reason_needed",
        answering(Context, "reason_missing", False),
    ),
    Defence(
        "[row[0] for row in rows] != list(range(1, len(rows) + 1))", attacks.forgets_a_part,
        "audit.capture_disturbed",
        without(Capture, "drain", "[row[0] for row in rows] != list(range(1, len(rows) + 1))"),
        beside=without_rules("capture"),
    ),
    Defence(
        "the transaction that was begun", attacks_inside.goes_on_without, "the transaction was undone",
        answering(Database, "_require_begun", None),
    ),
    Defence(
        "the lock of the folder", attacks.opens_twice, "folder.in_use",
        answering(FolderLock, "take", None), beside=NORMAL,
    ),
    Defence(
        "the password at a signature", attacks.signs_for_another, "signature.password",
        answering(decisions, "confirm_password", None),
    ),
)  # fmt: skip
BEYOND = {
    *("the transaction that was begun", "the lock of the folder", "the password at a signature"),
    "the lock of the database",
}
# Questions of the door that give a refusal its sentence: without them the next line refuses.
BACKED = {
    "context is None": "the drain asks the missing context for its reason and is rolled back",
    "found is None": "the drain has no link to go on from and is rolled back",
}
DEFENCES = (*PRAGMAS, *TRIGGERS, *CAPTURED, *AUTHORIZER, *OPENING, *DOOR)
