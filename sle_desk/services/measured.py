"""The results that stand beside the items of a classification form of one subject."""

from __future__ import annotations

from collections.abc import Mapping

from sle_desk.domain.classification_hints import measured_beside
from sle_desk.domain.eligibility_facts import LabValue
from sle_desk.domain.item_sets import set_of_form
from sle_desk.services.desk import Desk
from sle_desk.services.subject_facts import facts_of


def measured_for(desk: Desk, subject_id: int, form: str) -> Mapping[str, tuple[LabValue, ...]]:
    """Return by item of a form the results that speak to it; nothing for any other form."""
    if set_of_form(desk.protocol, form) is None:
        return {}
    with desk.view() as session:
        return measured_beside(
            desk.protocol, form, facts_of(session, desk.protocol, subject_id, desk.today())
        )
