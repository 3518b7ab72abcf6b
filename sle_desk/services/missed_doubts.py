"""What is asked about a dose recorded as missed for whose planned day one was recorded as given."""

from __future__ import annotations

from sle_desk.domain.dose_matching import GIVEN, MISSED
from sle_desk.models.treatment import Dose
from sle_desk.services.desk import Change
from sle_desk.services.plan import Calendar
from sle_desk.services.value_queries import settle_doubts

FIELD, QUESTION = "progress", "dose.missed_and_given"


def settle_missed_doubts(change: Change, subject_id: int, calendar: Calendar | None) -> None:
    """Ask once about each miss whose planned dose was given after all; answer where one of both went void.

    Neither record is changed: which of them is wrong only a person can say.
    """
    slots, contested = (calendar.slots, calendar.contested) if calendar is not None else ((), ())
    filled = [each for each in slots if each.dose is not None and each.dose.progress == GIVEN]
    given = {(each.slot.drug, each.slot.number) for each in filled}
    misses = (dose for dose in contested if dose.progress == MISSED)
    found = {dose.key: (QUESTION,) for dose in misses if (dose.drug, dose.answered_slot) in given}
    settle_doubts(change, subject_id, (Dose.__tablename__, FIELD), (QUESTION,), found)
