"""Ways to spoil a study: changes that break off in the middle, and forgeries made with the key, outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from sle_desk.base.errors import RuleBroken, StorageFailed
from sle_desk.models.store import database, verification
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.desk import Change, Desk

SPOIL = text("UPDATE answer SET number = number + 1")


def a_visit(change: Change, subject_id: int, **more: object) -> Visit:
    """Return a visit of a subject that nobody asked for."""
    facts = {**change.record_facts(subject_id), **more}
    return Visit(**facts, code="UNS", on_day=change.at.date())


def _fault(desk: Desk, change: Change, subject_id: int) -> None:
    raise ZeroDivisionError("in the middle")


def _refusal(desk: Desk, change: Change, subject_id: int) -> None:
    raise RuleBroken("visit.twice")


def _nested(desk: Desk, change: Change, subject_id: int) -> None:
    with desk.view():
        pass


def _no_reason(desk: Desk, change: Change, subject_id: int) -> None:
    change.session.execute(SPOIL)


def _reference(desk: Desk, change: Change, subject_id: int) -> None:
    facts = {**change.record_facts(subject_id), "visit_id": 10**6}
    change.add(FormRecord(**facts, form="vitals", form_version="1", on_day=change.at.date()))


def _state(desk: Desk, change: Change, subject_id: int) -> None:
    change.add(a_visit(change, subject_id, state="odd"))


Break = Callable[[Desk, Change, int], None]
# What breaks a change off, with the error that comes out of it.
BREAKS: dict[str, tuple[Break, type[Exception], str]] = {
    "fault": (_fault, ZeroDivisionError, "in the middle"),
    "refusal": (_refusal, RuleBroken, "visit.twice"),
    "nested": (_nested, StorageFailed, "desk.nested"),
    "no reason": (_no_reason, RuleBroken, "change.reason_needed"),
    "reference": (_reference, StorageFailed, "file.write_failed"),
    "state": (_state, StorageFailed, "file.write_failed"),
}
# What somebody with the key changes, with the fault that the check has to name.
FORGERIES = {
    "UPDATE answer SET number = number + 1": "replay.value_differs",
    "UPDATE subject SET birth_date = '1991-01-01'": "replay.value_differs",
    "DELETE FROM answer WHERE id = 1": "replay.row_missing",
    "INSERT INTO draft (user_id, place, record_id, record_version, field, typed, kept_at)"
    " VALUES (99, 'x', 0, 0, 'y', 'z', '2026-11-23T00:00:00.000000Z+480')": "file.reference_broken",
    "UPDATE audit SET payload = replace(payload, 'P1', 'P2') WHERE table_name = 'identity'": (
        "audit.payload_changed"
    ),
    "UPDATE audit SET role = 'pi' WHERE action = 'subject.register'": "audit.link_broken",
    "UPDATE audit SET user = 'wu.min' WHERE action = 'subject.register'": "audit.link_broken",
    "DELETE FROM audit WHERE number = 9": "audit.gap",
}


def forged(desk: Desk, copy: Path, statement: str) -> list[str]:
    """Forge a copy of the study with its key, past every trigger; return what the check says of it."""
    desk.snapshot(copy)
    connection = database.connect(copy, desk.database.data_key)
    try:
        cursor = connection.cursor()
        triggers = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(statement)
        assert cursor.rowcount > 0, statement
        for _, sql in triggers:
            cursor.execute(sql)
        return [fault.code for fault in verification.verify(cursor).faults]
    finally:
        connection.close()
