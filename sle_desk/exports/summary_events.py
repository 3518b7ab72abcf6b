"""The adverse events of a visit summary: what went on since the visit before, as it stands now."""

from __future__ import annotations

from datetime import date

from sle_desk.base.language import Words
from sle_desk.domain.forms import Form
from sle_desk.domain.safety import EVENT
from sle_desk.domain.value_words import value_words
from sle_desk.domain.values import partial_bounds
from sle_desk.exports.pdf.summary_content import EventRow, Events
from sle_desk.models.visit import Visit
from sle_desk.services.asked_forms import asked_form
from sle_desk.services.log_entries import EntryRow, entries_in
from sle_desk.services.snapshots import Snapshot

RELATION = "related_"


def events(copy: Snapshot, visit: Visit, since: date | None) -> Events | None:
    """Return the events that had begun by the visit and had not ended before the day `since`.

    None where the package of the study has no such form.
    """
    if EVENT not in {form.code for form in copy.protocol.forms}:
        return None
    assert visit.on_day is not None
    form = asked_form(copy.session, copy.protocol, visit.subject_id, EVENT)
    relations = tuple(field for field in form.fields() if field.drug and field.code.startswith(RELATION))
    rows = [
        row
        for row in reversed(entries_in(copy.session, copy.protocol, (EVENT,), visit.subject_id))
        if _goes_on(row, visit.on_day, since)
    ]
    drugs = tuple(field.label for field in relations)
    codes = tuple(field.code for field in relations)
    return Events(drugs, tuple(_row(form, row, codes) for row in rows))


def _goes_on(row: EntryRow, until: date, since: date | None) -> bool:
    start, stop = row.values.get("start"), row.values.get("stop")
    if start is not None and start.text and partial_bounds(start.text)[0] > until:
        return False
    if since is None or stop is None or not stop.text:
        return True
    return partial_bounds(stop.text)[1] >= since


def _row(form: Form, row: EntryRow, relations: tuple[str, ...]) -> EventRow:
    def said(code: str) -> Words:
        return value_words(form.field(code), row.values.get(code))

    return EventRow(
        number=f"AE-{row.id}",
        event=said("term"),
        grade=said("grade"),
        start=said("start"),
        stop=said("stop"),
        serious=said("serious"),
        relations=tuple(said(code) for code in relations),
        outcome=said("outcome"),
    )
