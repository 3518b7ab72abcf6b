"""What is asked about a sample whose "pre-dose" or "post-dose" the doses of its day contradict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import UNLIKELY, Finding
from sle_desk.domain.dose_matching import GIVEN
from sle_desk.domain.dose_relation import PRE, contradicting_start
from sle_desk.models.lab import Sample
from sle_desk.models.treatment import Dose
from sle_desk.services.desk import Change, Desk
from sle_desk.services.value_queries import settle_doubts

FIELD = "dose_relation"
CODES = {True: "sample.after_dose", False: "sample.before_dose"}


def relation_findings(
    desk: Desk, subject_id: int, drawn_at: datetime | None, relation: str
) -> tuple[Finding, ...]:
    """Return what the doses of the day say against a relation to the dose, before it is saved."""
    if drawn_at is None or not relation:
        return ()
    with desk.view() as session:
        return findings_of(session, subject_id, drawn_at, relation)


def findings_of(session: Session, subject_id: int, drawn_at: datetime, relation: str) -> tuple[Finding, ...]:
    """Return the same inside a transaction in hand."""
    starts = session.scalars(
        select(Dose.started_at).where(
            Dose.subject_id == subject_id,
            Dose.state == "current",
            Dose.progress == GIVEN,
            Dose.on_day == drawn_at.date(),
            Dose.started_at.is_not(None),
        )
    )
    start = contradicting_start(relation, drawn_at, (each for each in starts if each is not None))
    if start is None:
        return ()
    facts: Mapping[str, object] = {"drawn": f"{drawn_at:%H:%M}", "dose": f"{start:%H:%M}"}
    return (Finding(UNLIKELY, FIELD, CODES[relation == PRE], facts),)


def settle_relations(change: Change, subject_id: int) -> None:
    """Ask about each sample that the doses contradict, once; answer what they contradict no more."""
    session = change.session
    session.flush()
    samples = session.scalars(
        select(Sample).where(
            Sample.subject_id == subject_id, Sample.state == "current", Sample.dose_relation != ""
        )
    ).all()
    found = {
        sample.id: tuple(
            each.code for each in findings_of(session, subject_id, sample.drawn_at, sample.dose_relation)
        )
        for sample in samples
    }
    settle_doubts(change, subject_id, (Sample.__tablename__, FIELD), tuple(CODES.values()), found)
