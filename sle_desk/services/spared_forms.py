"""The forms that decisions in force let be: listed, and not expected.

Those of classification sets that no decision names, and those of visits at which another rhythm was decided.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from sle_desk.domain.item_sets import spared_forms
from sle_desk.domain.plan_rules import spared_at_visits
from sle_desk.domain.protocol import Protocol
from sle_desk.services.in_force import readings_on


def forms_spared(session: Session, protocol: Protocol, day: date) -> frozenset[str]:
    """Return the forms that nobody has to fill by the readings of a day; an earlier package has none."""
    found = readings_on(session, protocol, day)
    return spared_forms(protocol, found) | spared_at_visits(protocol, found)
