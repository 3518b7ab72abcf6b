"""What is typed from the worksheet of a visit, step by step: its forms, what goes on, what is new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.forms import Form
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.typing_order import entry_forms, goes_on
from sle_desk.domain.visit_rules import is_expected
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.desk import Desk
from sle_desk.services.drafts import form_place, places_with_drafts
from sle_desk.services.log_entries import EntryRow, entries_in
from sle_desk.services.spared_forms import forms_spared


@dataclass(frozen=True)
class Step:
    """A form of the visit, an entry that goes on (`record_id`), or a new entry; `saved` is done already."""

    form: str
    visit_id: int | None = None
    record_id: int | None = None
    saved: bool = False


def going_on(session: Session, protocol: Protocol, form: Form, subject_id: int) -> Iterator[EntryRow]:
    """Yield the entries of a form that have no end, the oldest first."""
    for row in reversed(entries_in(session, protocol, (form.code,), subject_id)):
        if goes_on(form, row.values):
            yield row


def steps(desk: Desk, visit_id: int, here: Step | None = None) -> tuple[Step, ...]:
    """Return what is typed for a visit, in the order of its worksheet.

    A form that is not expected there is passed by, unless it was begun: saved, typed in by this person, or
    the one where the person is.
    """
    left = places_with_drafts(desk)
    with desk.view() as session:
        visit = session.get_one(Visit, visit_id)
        saved = set(
            session.scalars(
                select(FormRecord.form).where(FormRecord.visit_id == visit_id, FormRecord.state == "current")
            )
        )
        begun = saved | ({here.form} if here is not None else set())
        planned = desk.protocol.visit_on(visit.code, visit.on_day)
        spared = forms_spared(session, desk.protocol, desk.today())
        found = [
            Step(form.code, visit_id, saved=form.code in saved)
            for form in map(desk.protocol.form, planned.forms)
            if is_expected(planned, form.code, spared)
            or form.code in begun
            or form_place(visit_id, form.code).name in left
        ]
        for form in entry_forms(desk.protocol):
            rows = going_on(session, desk.protocol, form, visit.subject_id)
            found += [Step(form.code, record_id=row.id) for row in rows]
            found.append(Step(form.code))
        return tuple(found)


def first_step(desk: Desk, visit_id: int) -> Step | None:
    """Return where typing a worksheet begins: the first that is not saved, or None."""
    return next((step for step in steps(desk, visit_id) if not step.saved), None)


def next_step(desk: Desk, visit_id: int, here: Step, *, saved: bool) -> Step | None:
    """Return what is typed after a step, None after the last; a new entry may be followed by another one."""
    if saved and here.visit_id is None and here.record_id is None:
        return here
    found = steps(desk, visit_id, here)
    order = [replace(step, saved=False) for step in found]
    place = order.index(here) if here in order else _place_of_ended(order, here)
    return next((step for step in found[place + 1 :] if not step.saved), None)


def _place_of_ended(order: list[Step], here: Step) -> int:
    """Return behind which step an entry stood that goes on no longer, now that it was ended."""
    later = [
        place
        for place, step in enumerate(order)
        if step.form == here.form and (step.record_id is None or step.record_id > (here.record_id or 0))
    ]
    return later[0] - 1
