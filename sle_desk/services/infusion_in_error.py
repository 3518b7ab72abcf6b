"""An infusion entered in error takes its entries with it: void here, and with it where it belongs."""

from __future__ import annotations

from sle_desk.models.treatment import Dose
from sle_desk.services.desk import Change
from sle_desk.services.infusion_course import DOSE, link_to_infusion, records_of
from sle_desk.services.void_forms import recompute_after_form, void_entry


def void_course(change: Change, dose: Dose, said: str, moved: Dose | None) -> None:
    """Void the entries of an infusion in a change in hand; with another dose, enter them as those of it.

    Premedication is entered nowhere else: its medicine stands with this subject, and is to be linked anew.
    """
    for record in records_of(change.session, dose.id):
        goes = moved is not None and record.parent_id is None
        there = void_entry(change, record, said, moved.subject_id if goes and moved is not None else None)
        recompute_after_form(change, record)
        if there is not None and moved is not None:
            link_to_infusion(change, there, (DOSE, moved.id))
            recompute_after_form(change, there)
