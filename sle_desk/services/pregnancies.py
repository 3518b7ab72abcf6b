"""Whether a subject is pregnant by what is recorded: a positive test, or a pregnancy without an outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.models.visit import Answer, FormRecord

ENTRY, TEST = "pregnancy", "pregnancy_test"
POSITIVE, NEGATIVE, SUBJECT = "POS", "NEG", "subject"


@dataclass(frozen=True)
class Pregnancy:
    """A pregnancy of a subject: the day of the test or of the entry, and whether it is entered."""

    since: date
    entered: bool


def pregnancies(session: Session, subject_ids: Iterable[int] | None = None) -> dict[int, Pregnancy]:
    """Return who is pregnant by the newest test or by an entry without an outcome, in one question.

    An entry with an outcome ends what a test of that day or before it said.
    """
    asked = (
        select(FormRecord.id, FormRecord.subject_id, FormRecord.form, FormRecord.on_day)
        .add_columns(Answer.field, Answer.choice)
        .outerjoin(
            Answer,
            (Answer.form_record_id == FormRecord.id) & Answer.field.in_(("result", "whose", "outcome")),
        )
        .where(FormRecord.form.in_((ENTRY, TEST)), FormRecord.state == "current")
        .order_by(FormRecord.on_day, FormRecord.id)
    )
    if subject_ids is not None:
        asked = asked.where(FormRecord.subject_id.in_(tuple(subject_ids)))
    said: dict[int, dict[str, str]] = defaultdict(dict)
    records: dict[int, tuple[int, str, date]] = {}
    for row in session.execute(asked):
        records[row.id] = (row.subject_id, row.form, row.on_day)
        if row.field is not None:
            said[row.id][row.field] = row.choice or ""
    found: dict[int, Pregnancy] = {}
    for record_id, (subject_id, form, on_day) in records.items():
        answers = said[record_id]
        if form == TEST:
            if answers.get("result") == POSITIVE:
                found.setdefault(subject_id, Pregnancy(on_day, entered=False))
            elif answers.get("result") == NEGATIVE and not _entered(found, subject_id):
                found.pop(subject_id, None)
        elif answers.get("whose", SUBJECT) == SUBJECT:
            if answers.get("outcome"):
                found.pop(subject_id, None)
            else:
                since = found[subject_id].since if subject_id in found else on_day
                found[subject_id] = Pregnancy(since, entered=True)
    return found


def _entered(found: Mapping[int, Pregnancy], subject_id: int) -> bool:
    return subject_id in found and found[subject_id].entered
