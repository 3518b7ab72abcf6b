"""The glucocorticoids of a visit summary: what they came to from the visit before up to this one."""

from __future__ import annotations

from sqlalchemy import select

from sle_desk.exports.pdf.summary_content import PrednisoneRow, PrednisoneRows
from sle_desk.exports.prednisone_words import amount_words, limit_words, why_words
from sle_desk.models.visit import Visit
from sle_desk.services import decisions
from sle_desk.services.prednisone import prednisone_between, stable_since
from sle_desk.services.snapshots import Snapshot


def glucocorticoids(copy: Snapshot, visit: Visit) -> PrednisoneRows | None:
    """Return a row for each stretch of days; None where no glucocorticoid is recorded.

    The readings are those of the day of the visit: a later decision makes no other paper of it.
    """
    assert visit.on_day is not None
    before = copy.session.scalar(
        select(Visit.on_day)
        .where(Visit.subject_id == visit.subject_id, Visit.state == "current", Visit.on_day < visit.on_day)
        .order_by(Visit.on_day.desc())
        .limit(1)
    )
    days = (before or stable_since(visit.on_day), visit.on_day)
    readings = decisions.readings_on(copy.session, copy.protocol, visit.on_day)
    found = prednisone_between(copy.session, copy.protocol, visit.subject_id, days, readings)
    if not found.stretches:
        return None
    rows = (
        PrednisoneRow(each.first, each.last, amount_words(each.mg), why_words(each))
        for each in found.stretches
    )
    return PrednisoneRows(limit_words(found), tuple(rows))
