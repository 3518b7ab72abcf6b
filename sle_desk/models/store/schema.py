"""Numbered migrations: a new study is made by running them all, an older one by those that it lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sle_desk.base.paths import resource
from sle_desk.domain.sealing import sha256
from sle_desk.models.base import UNAUDITED

APPLICATION_ID = 0x534C4544  # "SLED"
# On a running study it changes nothing but that the first page is written again.
MARK = f"PRAGMA application_id = {APPLICATION_ID}"

# The one statement of the schema that is run again on its own: taking a text out of the audit needs it.
NO_UPDATE = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
)
Row = dict[str, Any]
Upgrade = Callable[[str, Row], Row]


def _second(table: str, row: Row) -> Row:
    # The day of the training was not asked for before: it stays open.
    return {**row, "trained_on": None} if table == "user" else row


def _third(table: str, row: Row) -> Row:
    # Every form was one of a visit, and of a deviation there was only whether it is one.
    if table == "form_record":
        return {**row, "parent_id": None}
    if table == "deviation":
        return {**row, "category": "", "effect": "", "capa": "", "ethics_on": None}
    return row


def _fourth(table: str, row: Row) -> Row:
    # What is new stands in tables of its own, which begin empty.
    return row


def _fifth(table: str, row: Row) -> Row:
    # Site, diluent and place were of their lists: there was nothing to say in words. Nobody could say either
    # that what was prepared had been discarded.
    if table == "dose":
        return {**row, "diluent_note": "", "place_note": "", "site_note": "", "discarded_on": None}
    # A consent form was used from its approval, and what the PI did was done at the desk.
    if table == "consent_version":
        return {**row, "used_from": None}
    if table in ("delegation", "deviation"):
        return {**row, "source_signer": "", "source_signed_on": None, "source_reference": ""}
    # Only the offset was kept with each instant.
    if table == "user_session":
        return {**row, "zone": ""}
    return row


def _sixth(table: str, row: Row) -> Row:
    # What is new stands in a table of its own, which begins empty.
    return row


_SEVENTH: dict[str, Row] = {
    # Nobody was told that a ground had changed, and a panel was not drawn for reasons of the list alone.
    "deviation": {"ground": "", "ground_facts": ""},
    "not_drawn": {"note": ""},
    # Nobody had pointed at an approval, asked whether older consents are signed anew, or screened again.
    "subject": {"rescreen_of": None},
    "consent_version": {"approval_id": None, "reconsent": "", "reconsent_by": None},
    "protocol_decision": {"approval_id": None},
    # Nobody was asked before a dose what it might be held for, nor what was left in the bag after it.
    "dose": {"hold": "", "hold_shown": "", "residual_ml": None},
    # The package was the one the study was made with.
    "protocol_file": {"amendment_id": None},
}


def _seventh(table: str, row: Row) -> Row:
    added = _SEVENTH.get(table)
    return {**row, **added} if added is not None else row


def _eighth(table: str, row: Row) -> Row:
    # Nobody was asked which withdrawn scopes a consent takes up again: it took up everything.
    scopes = ("treatment", "visits", "samples", "data")
    return {**row, **{f"takes_up_{scope}": None for scope in scopes}} if table == "consent" else row


def _ninth(table: str, row: Row) -> Row:
    # That an allocation has a row of a list is no longer asked; each had one.
    return row


# The statements of each migration stand in resources/schema; here is what it makes of a row that was there.
UPGRADES: dict[int, Upgrade] = {
    2: _second,
    3: _third,
    4: _fourth,
    5: _fifth,
    6: _sixth,
    7: _seventh,
    8: _eighth,
    9: _ninth,
}
SCHEMA = max(UPGRADES)
_NEXT = "-- next"


def statements(number: int) -> tuple[str, ...]:
    """Return the statements of one migration; a new file is made by running them all."""
    text = resource("schema", f"{number:04}.sql").read_text(encoding="utf-8")
    parts = (part.strip() for part in text.split(_NEXT))
    return tuple(part for part in parts if part and not part.startswith("--"))


def create(cursor: Any, number: int = SCHEMA) -> None:
    """Run the migrations up to a number on an empty file, inside the caller's transaction."""
    for each in range(1, number + 1):
        for statement in statements(each):
            cursor.execute(statement)
    cursor.execute(f"PRAGMA user_version = {number}")
    cursor.execute(MARK)


def number_of(cursor: Any) -> int:
    """Return the number of the schema that a file has."""
    return int(cursor.execute("PRAGMA user_version").fetchone()[0])


def schema_hash(cursor: Any) -> str:
    """Return the hash of every statement of the schema, whoever made it."""
    rows = cursor.execute(
        "SELECT type, name, coalesce(sql, '') FROM main.sqlite_master ORDER BY type, name"
    ).fetchall()
    return sha256("\n".join("\t".join(row) for row in rows).encode("utf-8"))


def tables(cursor: Any) -> dict[str, tuple[str, ...]]:
    """Return the audited tables of a file of any schema, with the names of their columns."""
    found = cursor.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name"
    ).fetchall()
    names = [row[0] for row in found if row[0] not in UNAUDITED and not row[0].startswith("sqlite_")]
    return {
        name: tuple(row[1] for row in cursor.execute(f'PRAGMA main.table_info("{name}")').fetchall())
        for name in names
    }
