"""The forms of classification sets that the decision in force does not name: listed, and not expected."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from sle_desk.domain.item_sets import item_sets, spared_forms
from sle_desk.domain.protocol import Protocol
from sle_desk.services.in_force import readings_on


def forms_spared(session: Session, protocol: Protocol, day: date) -> frozenset[str]:
    """Return the forms that nobody has to fill by the readings of a day; an earlier package has none."""
    if not item_sets(protocol):
        return frozenset()
    return spared_forms(protocol, readings_on(session, protocol, day))
