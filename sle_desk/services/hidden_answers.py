"""What a form no longer asks: an answer that another answer hides is none any more.

A correction that hides an answer takes it out in the same transaction and for the same reason: its row says
"no longer asked" from then on. It is shown, counted and exported nowhere, its history stays, and where the
field comes back it is asked anew. Older records may hold answers that were hidden and kept: they stay as
they are until an answer of theirs changes, and never come back by that change.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import NO_LONGER_ASKED, Value
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.forms import Form
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services.answers import GIVEN, Given, answer_of, put_value, values_in, values_of
from sle_desk.services.desk import Change
from sle_desk.services.value_queries import answer_by_correction


def asked_in(session: Session, form: Form, record_id: int) -> dict[str, Value]:
    """Return the answers of a saved form that are still asked for."""
    return asked_values(form, values_of(session, record_id))


def add_answers(change: Change, record: FormRecord, form: Form, given: Given, reason: str) -> None:
    """Keep answers that a form lacks; one that was taken out before is given again in its own row."""
    kept = select(Answer).where(Answer.form_record_id == record.id, Answer.field.in_(given.values))
    known = {row.field: row for row in change.session.scalars(kept)}
    new = [code for code in given.values if code not in known]
    change.add(*(answer_of(record.id, form, code, given) for code in new))
    for code, row in known.items():
        change.give_reason(reason)
        put_value(row, given.values[code], given.kept.get(code, ""))
    change.session.flush()


def take_out_hidden(
    change: Change, record: FormRecord, form: Form, counted: Collection[str], reason: str
) -> None:
    """Take out what is asked no more; `counted` are the fields whose answers count, the changed one too."""
    change.session.flush()
    rows = change.session.scalars(
        select(Answer).where(Answer.form_record_id == record.id, GIVEN).order_by(Answer.id)
    ).all()
    values = {code: value for code, value in values_in(rows).items() if code in counted}
    asked = asked_values(form, values)
    # What is asked about a drug that the subject has not belongs to no form of its own: it is let be.
    known = {field.code for field in form.fields()}
    for row in rows:
        if row.field in known and row.field not in asked:
            change.give_reason(reason)
            put_value(row, Value(missing=NO_LONGER_ASKED.code))
            answer_by_correction(change, record, row.field, reason)
    change.session.flush()
