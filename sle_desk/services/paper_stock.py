"""Whether the log of a lot still stands: any movement of the lot since, in whichever record it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.models.audit import Audit, Paper
from sle_desk.models.stock import StockMovement
from sle_desk.models.subject import Subject
from sle_desk.models.treatment import Dispensing, Dose, DoseVials
from sle_desk.services.printables import STOCK_LOG, lot_of

_TABLES = tuple(each.__tablename__ for each in (StockMovement, Dispensing, DoseVials, Dose, Subject))
# A decision can say of the hospital's vials that they are the study's, and a subject can be one in error.
_ANY = ("protocol_decision", Subject.__tablename__)


def lots_moved(session: Session, rows: Sequence[Paper]) -> frozenset[int]:
    """Return the logs of lots of which anything was entered, corrected or marked as an error since."""
    logs = [row for row in rows if row.kind.startswith(f"{STOCK_LOG}.")]
    if not logs:
        return frozenset()
    since = session.scalars(
        select(Audit).where(
            Audit.number > min(row.audit_number for row in logs),
            Audit.table_name.in_((*_TABLES, *_ANY)),
            Audit.operation != "event",
        )
    )
    touched = [(row.number, _lots(session, row)) for row in since]
    return frozenset(
        log.id
        for log in logs
        if any(number > log.audit_number and _tells(lots, log) for number, lots in touched)
    )


def _tells(lots: frozenset[str] | None, log: Paper) -> bool:
    return lots is None or lot_of(log.kind.partition(".")[2]).lot in lots


def _lots(session: Session, row: Audit) -> frozenset[str] | None:
    """Return the lots that a change is about, those named before it too; None where it may be any."""
    if row.table_name == Subject.__tablename__:
        changed = json.loads(row.payload or "{}")
        return None if "state" in (changed.get("old") or {}) else frozenset()
    if row.table_name in _ANY:
        return None
    if row.table_name == Dose.__tablename__:
        used = select(DoseVials.lot).where(DoseVials.dose_id == row.row_id)
        return frozenset(session.scalars(used))
    return frozenset(_named(session, row, json.loads(row.payload or "{}")))


def _named(session: Session, row: Audit, payload: Mapping[str, Any]) -> Iterable[str]:
    for side in ("old", "new"):
        lot = (payload.get(side) or {}).get("lot")
        if isinstance(lot, str):
            yield lot
    models: Mapping[str, Any] = {each.__tablename__: each for each in (StockMovement, Dispensing, DoseVials)}
    kept = session.get(models[row.table_name or ""], row.row_id)
    if kept is not None:
        yield kept.lot
