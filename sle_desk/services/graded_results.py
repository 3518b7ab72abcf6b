"""Laboratory grades that nobody has entered as an event, or judged as none: worse than at baseline alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

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

    Baseline is the last graded value before the first dose of any study drug, by its own time; a result
    that an investigator judged not clinically significant, or that is linked to an event, waits for nobody.
    """
    if EVENT not in {form.code for form in protocol.forms}:
        return
    linked = set(
        session.scalars(
            select(RecordLink.to_id)
            .join(FormRecord, FormRecord.id == RecordLink.entry_id)
            .where(
                RecordLink.to_table == RESULT,
                RecordLink.state == "current",
                # An event entered in error answers for nothing.
                FormRecord.state == "current",
            )
        )
    )
    rows = session.execute(
        select(Result, Sample.subject_id, Sample.drawn_at)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Sample.state == "current", Sample.subject_id.in_(people))
        .order_by(Sample.drawn_at, Result.id)
    )
    baseline: dict[tuple[int, str], int] = defaultdict(int)
    for result, subject_id, drawn_at in rows:
        day_one = everyone[subject_id].day_one if subject_id in everyone else None
        if day_one is None or drawn_at.date() <= day_one:
            baseline[subject_id, result.analyte] = result.grade or 0
            continue
        grade = result.grade or 0
        worse = grade >= PROPOSED_FROM and grade > baseline[subject_id, result.analyte]
        if worse and result.significance != NCS and result.id not in linked:
            facts = {"analyte": result.analyte, "grade": grade, "result": result.id}
            item = Due("graded", {**facts, "drawn_on": drawn_at.date()})
            yield TodayRow(NOW, people[subject_id], drawn_at.date(), (item,), "proposed", "add_event")
