"""What is asked about the values of a saved form: unlikely ones that were kept, texts that are no value."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select

from sle_desk.domain.checks import IN_QUERY, Finding, Value
from sle_desk.domain.forms import Form
from sle_desk.domain.queried import doubt, in_query
from sle_desk.models.safety import Query
from sle_desk.models.subject import Subject
from sle_desk.models.visit import FormRecord
from sle_desk.services.desk import Change

OPEN, ANSWERED = "open", "answered"
# Why an open question is answered: one of the records that contradicted each other was put right.
PUT_RIGHT = "corrected"


def ask_about(
    change: Change,
    record: FormRecord,
    form: Form,
    values: Mapping[str, Value],
    unlikely: Iterable[Finding],
) -> None:
    """Open a query for each unlikely value kept and each text that is no value, in the same transaction."""
    born = change.session.get_one(Subject, record.subject_id).birth_date
    asked = [(finding.field, finding.code) for finding in unlikely]
    for code, value in in_query(values):
        # Of another subject it may have been no doubt; it is asked about all the same.
        why = doubt(form, code, value, change.at, born) or IN_QUERY.code
        asked.append((code, f"{why}: {value.typed}"))
    for field, question in asked:
        _ask(change, record.subject_id, ("form_record", record.id, field), question)


def _ask(change: Change, subject_id: int, about: tuple[str, int, str], question: str) -> None:
    table, row_id, field = about
    change.add(
        Query(
            subject_id=subject_id,
            about_table=table,
            about_id=row_id,
            field=field,
            question=question,
            raised_at=change.at,
            raised_by=change.actor.user_id,
        )
    )


def settle_doubts(
    change: Change,
    subject_id: int,
    about: tuple[str, str],
    owned: Collection[str],
    found: Mapping[int, Collection[str]],
) -> None:
    """Ask about each record, by its number, what others contradict in it, once; answer what they no more do.

    `about` is the table and the field, `owned` the codes that are compared here. A question that somebody
    closed stays closed: the record was kept with a reason.
    """
    table, field = about
    rows = change.session.scalars(
        select(Query).where(
            Query.subject_id == subject_id,
            Query.about_table == table,
            Query.field == field,
            Query.question.in_(owned),
        )
    )
    stand = set()
    for row in rows:
        if row.progress == OPEN and row.question not in found.get(row.about_id, ()):
            row.progress, row.answer = ANSWERED, PUT_RIGHT
        if row.answer != PUT_RIGHT:
            stand.add((row.about_id, row.question))
    for row_id, codes in found.items():
        for code in codes:
            if (row_id, code) not in stand:
                _ask(change, subject_id, (table, row_id, field), code)


def answer_by_correction(change: Change, record: FormRecord, field: str, reason: str) -> None:
    """Answer the open queries about a value that was put right; whoever reads them closes them."""
    rows = change.session.scalars(
        select(Query).where(
            Query.about_table == "form_record",
            Query.about_id == record.id,
            Query.field == field,
            Query.progress == OPEN,
        )
    )
    for row in rows:
        row.progress, row.answer = ANSWERED, reason
