"""Samples of one subject or of everybody as lists show them, read in a fixed number of questions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sle_desk.domain.analytes import OUT_OF_RANGE
from sle_desk.models.lab import Laboratory, Result, Sample
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Visit
from sle_desk.services.desk import Desk
from sle_desk.services.lab_judging import waits


@dataclass(frozen=True)
class SampleLine:
    """A sample as lists show it; with no result entered its report is awaited.

    `unjudged` counts the results out of range that wait for CS or NCS; `grade` is the highest CTCAE grade.
    """

    id: int
    subject_id: int
    subject: str
    visit_id: int
    visit: str
    panel: str
    laboratory: str
    report_number: str
    drawn_at: datetime
    entered: int
    out_of_range: int
    unjudged: int
    grade: int | None

    @property
    def state(self) -> str:
        """Return awaited, to_judge or entered."""
        if not self.entered:
            return "awaited"
        return "to_judge" if self.unjudged else "entered"


def sample_lines(desk: Desk, subject_id: int | None = None) -> tuple[SampleLine, ...]:
    """Return the samples that stand, newest first: of one subject, or of everybody who stands."""
    asked = (
        select(Sample, Subject.code, Visit.code, Laboratory.name)
        .join(Subject, Subject.id == Sample.subject_id)
        .join(Visit, Visit.id == Sample.visit_id)
        .join(Laboratory, Laboratory.id == Sample.laboratory_id)
        .where(Sample.state == "current")
        .order_by(Sample.drawn_at.desc(), Sample.id.desc())
    )
    if subject_id is None:
        asked = asked.where(Subject.state == "current")
    else:
        asked = asked.where(Sample.subject_id == subject_id)
    with desk.view() as session:
        found = session.execute(asked).all()
        results: dict[int, list[Result]] = defaultdict(list)
        of_samples = select(Result).where(Result.sample_id.in_(asked.with_only_columns(Sample.id)))
        for result in session.scalars(of_samples):
            results[result.sample_id].append(result)
        return tuple(_line(*row, results[row[0].id]) for row in found)


def _line(sample: Sample, subject: str, visit: str, laboratory: str, results: list[Result]) -> SampleLine:
    out = [result for result in results if result.flag in OUT_OF_RANGE]
    return SampleLine(
        id=sample.id,
        subject_id=sample.subject_id,
        subject=subject,
        visit_id=sample.visit_id,
        visit=visit,
        panel=sample.panel,
        laboratory=laboratory,
        report_number=sample.report_number,
        drawn_at=sample.drawn_at,
        entered=len(results),
        out_of_range=len(out),
        unjudged=sum(waits(result) for result in out),
        grade=max((result.grade for result in results if result.grade is not None), default=None),
    )
