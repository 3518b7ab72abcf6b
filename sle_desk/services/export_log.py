"""The exports that were written: their numbers, their files with hashes, and the audit they stand on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from sle_desk.domain.sealing import canonical
from sle_desk.models.audit import Export
from sle_desk.models.people import User
from sle_desk.services.desk import Desk


@dataclass(frozen=True)
class NewExport:
    """An export as it was written: its number, preset, the hash of each file, and the head of its data."""

    number: int
    preset: str
    files: Mapping[str, str]
    audit_number: int
    audit_code: str


@dataclass(frozen=True)
class ExportRow:
    """An export as it is listed."""

    number: int
    preset: str
    files: Mapping[str, str]
    audit_number: int
    audit_code: str
    written_at: datetime
    written_by: str


def next_number(desk: Desk) -> int:
    """Return the number that the next export gets."""
    with desk.view() as session:
        return int(session.scalar(select(func.coalesce(func.max(Export.number), 0))) or 0) + 1


def record_export(desk: Desk, new: NewExport) -> int:
    """Note an export that was written: a row and an event, so that every file outside is accounted for."""
    with desk.change("export.write") as change:
        row = Export(
            number=new.number,
            preset=new.preset,
            files=canonical(dict(new.files)).decode("utf-8"),
            audit_number=new.audit_number,
            audit_code=new.audit_code,
            written_at=change.at,
            written_by=change.actor.user_id,
        )
        change.add(row)
        change.event("export.write", {"number": new.number, "preset": new.preset, "files": dict(new.files)})
        return row.id


def exports(desk: Desk) -> tuple[ExportRow, ...]:
    """Return every export, newest first."""
    with desk.view() as session:
        names = {user.id: user.name for user in session.scalars(select(User))}
        rows = session.scalars(select(Export).order_by(Export.number.desc()))
        return tuple(
            ExportRow(
                row.number,
                row.preset,
                json.loads(row.files),
                row.audit_number,
                row.audit_code,
                row.written_at,
                names[row.written_by],
            )
            for row in rows
        )
