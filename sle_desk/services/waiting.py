"""The rows of Today that no plan makes: laboratory, eligibility, queries, deviations, signatures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from sle_desk.domain import roles
from sle_desk.domain.analytes import OUT_OF_RANGE
from sle_desk.domain.decisions import VOID, WAITING, Readings
from sle_desk.domain.dosing import MAJOR
from sle_desk.domain.eligibility import ELIGIBLE
from sle_desk.domain.protocol import Protocol
from sle_desk.models.audit import Signature
from sle_desk.models.eligibility import CriterionAnswer, EligibilityDecision
from sle_desk.models.lab import Result, Sample
from sle_desk.models.people import UserRole
from sle_desk.models.safety import Deviation, Query
from sle_desk.models.subject import Consent, Subject
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.courses import Course
from sle_desk.services.deviation_grounds import GONE, doubted
from sle_desk.services.due_rows import LABORATORY, NOW, Due, TodayRow, Who
from sle_desk.services.twins import gone_on_as
from sle_desk.services.withdrawals import SCREENED_FOR


@dataclass(frozen=True)
class ToSign:
    """What waits for a signature: forms of a visit, or the eligibility of a subject."""

    who: Who
    kind: str
    visit_id: int | None
    visit: str
    forms: tuple[str, ...]
    record_ids: tuple[int, ...]


def awaited_results(session: Session, people: Mapping[int, Who], today: date) -> Iterator[TodayRow]:
    """Yield the samples drawn whose reports nobody has entered, one row a visit; late by their draw date."""
    drawn = session.execute(
        select(Sample.subject_id, Sample.visit_id, Visit.code, Sample.panel, Sample.drawn_at)
        .join(Visit, Visit.id == Sample.visit_id)
        .where(Sample.state == "current", ~exists().where(Result.sample_id == Sample.id))
        .order_by(Sample.drawn_at, Sample.id)
    )
    of_visit: dict[tuple[int, int, str], list[tuple[str, date]]] = defaultdict(list)
    for subject_id, visit_id, code, panel, drawn_at in drawn:
        of_visit[subject_id, visit_id, code].append((panel, drawn_at.date()))
    for (subject_id, visit_id, code), samples in of_visit.items():
        if subject_id not in people:
            continue
        since = min(day for _, day in samples)
        panels = tuple(dict.fromkeys(panel for panel, _ in samples))
        facts = {"visit": code, "visit_id": visit_id, "panels": panels, "drawn_on": since}
        yield TodayRow(
            LABORATORY,
            people[subject_id],
            since,
            (Due("results", facts),),
            "awaited",
            "enter_results",
            status_facts={"days": (today - since).days},
        )


def in_screening(session: Session, everyone: Mapping[int, Course]) -> Iterator[int]:
    """Yield who is in screening: who withdrew, or goes on under another number, has nothing more to do."""
    elsewhere = gone_on_as(session)
    for subject_id, course in everyone.items():
        going_on = not course.arm and course.active and course.withdrawn.keys().isdisjoint(SCREENED_FOR)
        if going_on and subject_id not in elsewhere:
            yield subject_id


def screening_rows(
    session: Session, readings: Readings, screening: Mapping[int, Who], today: date
) -> Iterator[TodayRow]:
    """Yield the subjects in screening whose consent is missing or whose leaves are undecided."""
    consented = set(session.scalars(select(Consent.subject_id).where(Consent.state == "current")))
    verdicts = _verdicts(session)
    decided = Counter(
        session.scalars(select(CriterionAnswer.subject_id).where(CriterionAnswer.decision != ""))
    )
    standing = [leaf for leaf in readings.leaves() if leaf.state != VOID]
    waits = readings.waits("eligibility")
    open_leaves = sum(leaf.state == WAITING for leaf in standing)
    for subject_id, who in screening.items():
        if subject_id not in consented:
            yield TodayRow(NOW, who, today, (Due("consent"),), "missing", "record_consent")
        elif subject_id not in verdicts:
            left = max(0, len(standing) - decided[subject_id])
            facts = {"undecided": left, "of": len(standing), "open_leaves": open_leaves}
            item = Due("eligibility", facts)
            status = "waits" if waits else "to_sign" if left == 0 else "to_decide"
            hints = (Due("waits", {"codes": waits}),) if waits else ()
            yield TodayRow(NOW, who, today, (item,), status, "open_eligibility", hints)


def eligible_subjects(session: Session, screening: Mapping[int, Who]) -> list[int]:
    """Return who in screening has a verdict of eligible that stands, with a consent."""
    consented = set(session.scalars(select(Consent.subject_id).where(Consent.state == "current")))
    verdicts = _verdicts(session)
    return [number for number in screening if number in consented and verdicts.get(number) == ELIGIBLE]


def _verdicts(session: Session) -> dict[int, str]:
    """Return the verdict that stands for each subject."""
    rows = session.scalars(
        select(EligibilityDecision)
        .where(EligibilityDecision.state == "current")
        .order_by(EligibilityDecision.id)
    )
    return {row.subject_id: row.verdict for row in rows}


def query_rows(session: Session, people: Mapping[int, Who], today: date) -> Iterator[TodayRow]:
    """Yield one row for each subject with open queries."""
    rows = session.execute(
        select(Query.subject_id, func.count(), func.min(Query.id))
        .where(Query.progress == "open")
        .group_by(Query.subject_id)
        .order_by(Query.subject_id)
    )
    for subject_id, count, first in rows:
        if subject_id is not None and subject_id in people:
            item = Due("queries", {"count": count, "first": first})
            yield TodayRow(NOW, people[subject_id], today, (item,), "query_open", "answer_query")


def deviation_rows(session: Session, people: Mapping[int, Who], today: date) -> Iterator[TodayRow]:
    """Yield one row for each subject with proposed deviations, so that the investigator sees them."""
    seen: dict[int | None, list[str]] = defaultdict(list)
    for subject_id, severity in session.execute(
        select(Deviation.subject_id, Deviation.severity)
        .where(Deviation.progress == "proposed")
        .order_by(Deviation.subject_id)
    ):
        seen[subject_id].append(severity)
    for subject_id, severities in seen.items():
        if subject_id is not None and subject_id not in people:
            continue
        facts = {"count": len(severities), "major": severities.count(MAJOR)}
        who = people[subject_id] if subject_id is not None else None
        yield TodayRow(NOW, who, today, (Due("deviations", facts),), "proposed", "settle_deviations")


def ground_rows(session: Session, people: Mapping[int, Who], today: date) -> Iterator[TodayRow]:
    """Yield one row for each subject with settled deviations that the records do not show as settled."""
    for subject_id, grounds in doubted(session).items():
        if subject_id is None or subject_id in people:
            facts = {"count": len(grounds), "gone": grounds.count(GONE)}
            who = people[subject_id] if subject_id is not None else None
            yield TodayRow(NOW, who, today, (Due("grounds", facts),), "look_again", "settle_deviations")


def raised_by_monitor(session: Session) -> int:
    """Return how many open queries a monitor raised."""
    monitors = select(UserRole.user_id).where(UserRole.role == roles.MONITOR)
    return (
        session.scalar(
            select(func.count())
            .select_from(Query)
            .where(Query.progress == "open", Query.raised_by.in_(monitors))
        )
        or 0
    )


def to_sign(session: Session, protocol: Protocol, people: Mapping[int, Who]) -> tuple[ToSign, ...]:
    """Return the forms that are to be signed and have no valid signature: one row a visit, one of entries."""
    codes = [form.code for form in protocol.forms if form.signed]
    signed = exists().where(
        Signature.about_table == "form_record",
        Signature.about_id == FormRecord.id,
        Signature.state == "valid",
    )
    rows = session.execute(
        select(FormRecord.id, FormRecord.subject_id, FormRecord.visit_id, Visit.code, FormRecord.form)
        .outerjoin(Visit, Visit.id == FormRecord.visit_id)
        .where(FormRecord.state == "current", FormRecord.form.in_(codes), ~signed)
        .order_by(FormRecord.subject_id, FormRecord.on_day, FormRecord.id)
    )
    waiting: dict[tuple[int, int | None, str], list[tuple[int, str]]] = defaultdict(list)
    for record_id, subject_id, visit_id, visit, form in rows:
        waiting[subject_id, visit_id, visit or ""].append((record_id, form))
    return tuple(
        ToSign(
            people[subject_id],
            "forms" if visit_id is not None else "entries",
            visit_id,
            visit,
            tuple(form for _, form in records),
            tuple(record_id for record_id, _ in records),
        )
        for (subject_id, visit_id, visit), records in waiting.items()
        if subject_id in people
    )


def unjudged_results(session: Session, subject_id: int | None = None) -> int:
    """Return how many results out of range wait for CS or NCS: of one subject, or of everybody who stands."""
    asked = (
        select(func.count())
        .select_from(Result)
        .join(Sample, Sample.id == Result.sample_id)
        .join(Subject, Subject.id == Sample.subject_id)
        .where(
            Sample.state == "current",
            Subject.state == "current",
            Result.significance == "",
            Result.flag.in_(OUT_OF_RANGE),
        )
    )
    if subject_id is not None:
        asked = asked.where(Sample.subject_id == subject_id)
    return int(session.scalar(asked) or 0)
