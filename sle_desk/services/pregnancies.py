"""Whether a subject is pregnant by what is recorded: a positive test, or a pregnancy without an outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.values import partial_bounds
from sle_desk.models.audit import Audit
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services.answers import value_of
from sle_desk.services.deaths import deaths

ENTRY, TEST = "pregnancy", "pregnancy_test"
POSITIVE, NEGATIVE, SUBJECT = "POS", "NEG", "subject"


@dataclass(frozen=True)
class Pregnancy:
    """A pregnancy of a subject: the day of the test or of the entry, and whether it is entered."""

    since: date
    entered: bool


def pregnancies(
    session: Session, subject_ids: Iterable[int] | None = None, until: date = date.max
) -> dict[int, Pregnancy]:
    """Return who is pregnant, or was on a day, by the newest test or by an entry without an outcome.

    An entry with an outcome ends what tests up to the day of the outcome said, and no other entry. Who died
    is not pregnant. What came after that day, a test, an outcome or the death, changes nothing of it.
    """
    asked = (
        select(FormRecord.id, FormRecord.subject_id, FormRecord.form, FormRecord.on_day)
        .add_columns(Answer)
        .outerjoin(
            Answer,
            (Answer.form_record_id == FormRecord.id)
            & Answer.field.in_(("result", "whose", "outcome", "outcome_day")),
        )
        .where(FormRecord.form.in_((ENTRY, TEST)), FormRecord.state == "current", FormRecord.on_day <= until)
        .order_by(FormRecord.on_day, FormRecord.id)
    )
    if subject_ids is not None:
        asked = asked.where(FormRecord.subject_id.in_(tuple(subject_ids)))
    said: dict[int, dict[str, Answer]] = defaultdict(dict)
    records: dict[int, tuple[int, str, date]] = {}
    for record_id, subject_id, form, on_day, answer in session.execute(asked):
        records[record_id] = (subject_id, form, on_day)
        if answer is not None:
            said[record_id][answer.field] = answer
    for record_id, record in records.items():
        if _speaks_to(session, record, said[record_id])[0] > until:
            # Its outcome is of a later day.
            said[record_id].pop("outcome", None)
    found: dict[int, Pregnancy] = {}
    for record_id, (subject_id, form, on_day) in sorted(
        records.items(), key=lambda each: (_speaks_to(session, each[1], said[each[0]]), each[0])
    ):
        _follow(found, subject_id, form, on_day, said[record_id])
    told = deaths(session, found.keys()) if found else {}
    dead = {subject_id for subject_id, death in told.items() if death.on_day <= until}
    return {subject_id: each for subject_id, each in found.items() if subject_id not in dead}


def _speaks_to(
    session: Session, record: tuple[int, str, date], answers: Mapping[str, Answer]
) -> tuple[date, bool]:
    """Return the day to which a record speaks, an outcome after the tests of its day.

    An outcome is added to an entry of long before: it counts on its own day, the last that a partial one
    can be.
    """
    _, form, on_day = record
    if form != ENTRY or "outcome" not in answers:
        return on_day, False
    ended = _last_day_of(session, answers["outcome_day"]) if "outcome_day" in answers else None
    return (max(on_day, ended) if ended is not None else on_day), True


def _last_day_of(session: Session, answer: Answer) -> date | None:
    """Return the last day that an outcome can be of: none after the day on which it was told."""
    text = value_of(answer).text
    if not text:
        return None
    first, last = partial_bounds(text)
    if first == last:
        return last
    told: datetime | None = session.scalar(
        select(func.min(Audit.at)).where(Audit.table_name == Answer.__tablename__, Audit.row_id == answer.id)
    )
    return last if told is None else min(last, told.date())


def _follow(
    found: dict[int, Pregnancy], subject_id: int, form: str, on_day: date, answers: Mapping[str, Answer]
) -> None:
    """Take one record more into what was known of its subject before it."""
    if form == TEST:
        result = _choice(answers, "result")
        if result == POSITIVE:
            found.setdefault(subject_id, Pregnancy(on_day, entered=False))
        elif result == NEGATIVE:
            _end_of_tests(found, subject_id)
    elif _choice(answers, "whose") in ("", SUBJECT):
        if _choice(answers, "outcome"):
            _end_of_tests(found, subject_id)
        else:
            since = found[subject_id].since if subject_id in found else on_day
            found[subject_id] = Pregnancy(since, entered=True)


def _choice(answers: Mapping[str, Answer], code: str) -> str:
    return (answers[code].choice or "") if code in answers else ""


def _end_of_tests(found: dict[int, Pregnancy], subject_id: int) -> None:
    """End what tests said; an entry of another pregnancy ends by its own outcome alone."""
    if subject_id in found and not found[subject_id].entered:
        del found[subject_id]
