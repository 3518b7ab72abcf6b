"""What consent was withdrawn for and since when; what was not withdrawn goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.safety import YES
from sle_desk.models.visit import Answer, FormRecord

WITHDRAWAL, SAMPLES, DAY = "withdrawal", "samples", "day"
TREATMENT, VISITS = "treatment", "visits"
# The form on which it is written that the samples of a visit were taken.
SAMPLES_FORM = "pre_dose_samples"


def withdrawn(session: Session, subject_ids: Iterable[int] | None = None) -> dict[int, dict[str, date]]:
    """Return by subject each scope that consent was withdrawn for and the first day of it, in one question.

    A withdrawal whose own day is not entered yet counts from the day its entry is of.
    """
    record = (FormRecord.id, FormRecord.subject_id, FormRecord.on_day)
    asked = (
        select(*record, Answer.field, Answer.choice, Answer.day)
        .join(Answer, Answer.form_record_id == FormRecord.id)
        .where(FormRecord.form == WITHDRAWAL, FormRecord.state == "current")
    )
    if subject_ids is not None:
        asked = asked.where(FormRecord.subject_id.in_(tuple(subject_ids)))
    rows = session.execute(asked).all()
    own = {row.id: row.day for row in rows if row.field == DAY and row.day is not None}
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for row in rows:
        if row.choice == YES:
            since = own.get(row.id, row.on_day)
            found[row.subject_id][row.field] = min(since, found[row.subject_id].get(row.field, since))
    return dict(found)


def no_samples_since(session: Session, subject_id: int) -> date | None:
    """Return the day from which a subject gives no samples, or None."""
    return withdrawn(session, (subject_id,)).get(subject_id, {}).get(SAMPLES)


def withdrawn_on(session: Session, record_id: int) -> date | None:
    """Return the day a withdrawal names, or None where it names none."""
    return session.scalar(select(Answer.day).where(Answer.form_record_id == record_id, Answer.field == DAY))


def takes_samples(scopes: Mapping[str, date], on_day: date) -> bool:
    """Tell whether samples may be taken on a day: until the day they were withdrawn from."""
    since = scopes.get(SAMPLES)
    return since is None or on_day < since
