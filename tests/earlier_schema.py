"""The file of a study as an earlier version of the application wrote it, made from one of now."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any

from sle_desk.domain.sealing import canonical, content_hash, next_link, sha256
from sle_desk.models.store import schema, verification
from sle_desk.models.store.capture import COLUMNS, INSERT_AUDIT
from sle_desk.models.store.database import connect
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.keys import change_keys

Columns = dict[str, tuple[str, ...]]
Left = set[tuple[str, int]]
# Tables whose rows are about a record, with the columns that name it.
ABOUT = ("signature", "query", "deviation")


def put_back(folder: StudyFolder, data_key: bytes, number: int) -> None:
    """Replace the file of a closed study by one of an earlier schema: its rows and audit, nothing later."""
    old = connect(folder.study, data_key)
    target = folder.path / "earlier"
    target.touch()
    new = connect(target, data_key)
    source, cursor = old.cursor(), new.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    schema.create(cursor, number)
    known = schema.tables(cursor)
    left = _later_rows(source) if number < 3 else set()
    for table, names in known.items():
        _copy(source, cursor, table, names, left)
    _copy_audit(source, cursor, known, left)
    cursor.execute("COMMIT")
    for connection in (old, new):
        connection.close()
    os.replace(target, folder.study)
    # Nor did the key file of then hold a link of this other chain.
    change_keys(folder.keys, data_key, lambda keys: replace(keys, header=replace(keys.header, last_link="")))


def _later_rows(source: Any) -> Left:
    """Return the rows that schema 2 had no place for: entries of no visit, and what is about them."""
    entries = [row[0] for row in source.execute("SELECT id FROM form_record WHERE visit_id IS NULL")]
    left = {("form_record", row_id) for row_id in entries}
    for table in ("answer", *ABOUT):
        where = "form_record_id" if table == "answer" else "about_table = 'form_record' AND about_id"
        marks = ", ".join("?" * len(entries))
        rows = source.execute(f"SELECT id FROM {table} WHERE {where} IN ({marks})", entries).fetchall()
        left |= {(table, row[0]) for row in rows}
    return left


def _copy(source: Any, cursor: Any, table: str, names: tuple[str, ...], left: Left) -> None:
    listed = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    place = names.index("id")
    found = source.execute(f'SELECT {listed} FROM "{table}"').fetchall()
    rows = [row for row in found if (table, row[place]) not in left]
    cursor.executemany(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', rows)


def _copy_audit(source: Any, cursor: Any, known: Columns, left: Left) -> None:
    """Write the chain as it would have been: no column and no table that came later."""
    study_id = verification.fact(source, "study_id")
    link = verification.chain_start(source, study_id)
    number = 0
    for row in source.execute(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY number").fetchall():
        *head, payload, _, _ = row
        if row[12] != "event" and (row[10] not in known or (row[10], row[11]) in left):
            continue
        number += 1
        head[1] += number - head[0]
        head[0] = number
        text = _earlier(payload, known.get(row[10]))
        link = next_link(link, number, content_hash([*head, sha256(text)]))
        cursor.execute(INSERT_AUDIT, (*head, text.decode("utf-8"), sha256(text), link))


def _earlier(payload: str, names: tuple[str, ...] | None) -> bytes:
    content = json.loads(payload)
    if names is not None:
        content = {
            side: {name: value for name, value in row.items() if name in names}
            for side, row in content.items()
        }
    return canonical(content)
