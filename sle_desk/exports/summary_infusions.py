"""The infusion of the day of a visit, from minute to minute, for its summary."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from sle_desk.domain.infusion_course import TIME, entry_words, forms_of_infusions
from sle_desk.exports.pdf.summary_content import InfusionRow
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import Visit
from sle_desk.services.infusion_course import CourseEntry, entries_of
from sle_desk.services.snapshots import Snapshot


def infusions(copy: Snapshot, visit: Visit) -> tuple[InfusionRow, ...] | None:
    """Return rates, vital signs and premedication of the day of a visit by their time; None where none is."""
    asked = select(Dose.id).where(
        Dose.subject_id == visit.subject_id, Dose.state == "current", Dose.on_day == visit.on_day
    )
    doses = copy.session.scalars(asked.order_by(Dose.id)).all()
    found = entries_of(copy.session, copy.protocol, doses)
    rows = tuple(row for dose in doses for row in _rows(copy, found.get(dose, ())))
    return rows or None


def _rows(copy: Snapshot, entries: tuple[CourseEntry, ...]) -> Iterator[InfusionRow]:
    forms = forms_of_infusions(copy.protocol)
    for entry in entries:
        form, time = forms[entry.form], entry.values.get(TIME)
        said = entry_words(form, entry.values, entry.about)
        yield InfusionRow(time.text if time is not None else None, form.label, said)
