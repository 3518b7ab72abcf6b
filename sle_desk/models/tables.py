"""Every table of the study file in one place, so that none is left out of the metadata."""

from __future__ import annotations

from sqlalchemy import Table

from sle_desk.models import (
    allocation,
    audit,
    eligibility,
    lab,
    lock,
    people,
    protocol,
    safety,
    site,
    stock,
    subject,
    treatment,
    visit,
    word_list,
)
from sle_desk.models.base import UNAUDITED, Base

ROOMS = (
    *(allocation, audit, eligibility, lab, people, protocol, safety, site, subject, treatment, visit),
    lock,
    stock,
    word_list,
)
METADATA = Base.metadata


def audited_tables() -> tuple[Table, ...]:
    """Return every table whose changes the audit captures, sorted by name."""
    return tuple(table for name, table in sorted(METADATA.tables.items()) if name not in UNAUDITED)
