"""The file of a study as an earlier version of the application wrote it, made from one of now."""

from __future__ import annotations

import json
import os
from typing import Any

from sle_desk.domain.sealing import canonical, content_hash, next_link, sha256
from sle_desk.models.store import schema, verification
from sle_desk.models.store.capture import COLUMNS, INSERT_AUDIT
from sle_desk.models.store.database import connect
from sle_desk.models.store.folder import StudyFolder

Columns = dict[str, tuple[str, ...]]


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
    for table, names in known.items():
        _copy(source, cursor, table, names)
    _copy_audit(source, cursor, known)
    cursor.execute("COMMIT")
    for connection in (old, new):
        connection.close()
    os.replace(target, folder.study)


def _copy(source: Any, cursor: Any, table: str, names: tuple[str, ...]) -> None:
    listed = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    rows = source.execute(f'SELECT {listed} FROM "{table}"').fetchall()
    cursor.executemany(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', rows)


def _copy_audit(source: Any, cursor: Any, known: Columns) -> None:
    """Write the chain as it would have been: no column and no table that came later."""
    study_id = verification.fact(source, "study_id")
    link = verification.chain_start(source, study_id)
    number = 0
    for row in source.execute(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY number").fetchall():
        *head, payload, _, _ = row
        if row[12] != "event" and row[10] not in known:
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
