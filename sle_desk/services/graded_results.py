"""Laboratory grades that nobody has entered as an event, or judged as none: worse than at baseline alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.first_dose import drawn_before
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import EVENT
from sle_desk.models.lab import Result, Sample
from sle_desk.models.visit import FormRecord, RecordLink
from sle_desk.services.courses import Course
from sle_desk.services.due_rows import NOW, Due, TodayRow, Who
from sle_desk.services.lab_judging import NCS
from sle_desk.services.record_links import RESULT

# [P] ux.md S13: a grade from here on without an event stands on the worklist.
PROPOSED_FROM = 3


def graded_rows(
    session: Session,
    protocol: Protocol,
    everyone: Mapping[int, Course],
    people: Mapping[int, Who],
) -> Iterator[TodayRow]:
    """Yield a row for each grade of 3 or more that is worse than at baseline and was said to be nothing yet.

    Baseline is the last graded value before the first dose of any study drug, by its own time; a high value
    is never compared with a low one. A result that an investigator judged not clinically significant, or
    that is linked to an event, waits for nobody.
    """
    if EVENT not in {form.code for form in protocol.forms}:
        return
    linked = _linked_to_events(session)
    rows = session.execute(
        select(Result, Sample.subject_id, Sample.drawn_at)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Sample.state == "current", Sample.subject_id.in_(people))
        .order_by(Sample.drawn_at, Result.id)
    )
    baseline: dict[tuple[int, str], Result] = {}
    for result, subject_id, drawn_at in rows:
        first = everyone[subject_id].first_dose if subject_id in everyone else None
        before = first is None or drawn_before(first, drawn_at)
        if before and result.grade is not None:
            baseline[subject_id, result.analyte] = result
        if before is not False:
            continue
        if _worse(result, baseline.get((subject_id, result.analyte))) and result.id not in linked:
            facts = {"analyte": result.analyte, "grade": result.grade, "result": result.id}
            item = Due("graded", {**facts, "drawn_on": drawn_at.date()})
            yield TodayRow(NOW, people[subject_id], drawn_at.date(), (item,), "proposed", "add_event")


def _linked_to_events(session: Session) -> set[int]:
    rows = session.scalars(
        select(RecordLink.to_id)
        .join(FormRecord, FormRecord.id == RecordLink.entry_id)
        .where(
            RecordLink.to_table == RESULT,
            RecordLink.state == "current",
            FormRecord.form == EVENT,
            FormRecord.state == "current",
        )
    )
    return set(rows)


def _worse(result: Result, baseline: Result | None) -> bool:
    if result.grade is None or result.grade < PROPOSED_FROM or result.significance == NCS:
        return False
    before = baseline.grade if baseline is not None and baseline.flag == result.flag else 0
    return result.grade > (before or 0)
