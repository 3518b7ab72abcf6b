"""Signing a newer version of the consent form too: who is asked, who is late, and why one did not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import reconsent as rule
from sle_desk.domain.dosing import MAJOR, ProposedDeviation
from sle_desk.models.subject import Consent, ConsentVersion, NotReconsented, Subject
from sle_desk.services.courses import Course
from sle_desk.services.twins import gone_on_as
from sle_desk.services.withdrawals import VISITS

# What both codes of lateness begin with.
RECONSENT = "consent.reconsent"
OVERDUE, SIGNED_LATE = "consent.reconsent_overdue", "consent.reconsent_late"


@dataclass(frozen=True)
class NotReconsentedRow:
    """Why a subject did not sign a newer version, as it is shown."""

    id: int
    version: int
    consent_version: str
    on_day: date
    reason: str
    note: str


def versions_in(session: Session) -> tuple[rule.Version, ...]:
    """Return the versions of the consent form as re-consenting is judged by them."""
    return tuple(
        rule.Version(row.id, row.code, row.used_from or row.approved_on, row.reconsent, row.reconsent_by)
        for row in session.scalars(select(ConsentVersion))
    )


def asked_in(session: Session, everyone: Mapping[int, Course], today: date) -> dict[int, rule.Asked]:
    """Return by subject what is to be signed anew, late or settled too late; few questions for all."""
    versions = versions_in(session)
    if rule.wanted(versions, today) is None:
        return {}
    ways = _ways(session, everyone)
    found = {subject_id: rule.asked_of(way, versions, today) for subject_id, way in ways.items()}
    return {subject_id: asked for subject_id, asked in found.items() if asked is not None}


def not_signed_by(session: Session, course: Course, today: date) -> tuple[rule.Version, str] | None:
    """Return the version that a subject did not sign and the reason last told; None where none is lacking.

    The reason is empty where none was told.
    """
    way = _ways(session, {course.subject_id: course})[course.subject_id]
    version = rule.unsigned(way, versions_in(session), today)
    if version is None:
        return None
    told = [row for row in not_reconsented_of(session, course.subject_id) if row.on_day <= today]
    reasons = [row.reason for row in told if row.consent_version == version.code]
    return version, reasons[-1] if reasons else ""


def _ways(session: Session, everyone: Mapping[int, Course]) -> dict[int, rule.Way]:
    """Return by subject what re-consenting is judged by."""
    signed: dict[int, list[tuple[str, date]]] = defaultdict(list)
    for row in session.execute(
        select(Consent.subject_id, Consent.consent_version, Consent.signed_on)
        .where(Consent.state == "current", Consent.subject_id.in_(everyone))
        .order_by(Consent.signed_on, Consent.signed_time, Consent.id)
    ):
        signed[row.subject_id].append((row.consent_version, row.signed_on))
    told: dict[int, dict[int, date]] = defaultdict(dict)
    reasons: dict[int, dict[int, str]] = defaultdict(dict)
    for line in session.scalars(
        select(NotReconsented)
        .where(NotReconsented.state == "current", NotReconsented.subject_id.in_(everyone))
        .order_by(NotReconsented.on_day, NotReconsented.id)
    ):
        told[line.subject_id].setdefault(line.consent_version_id, line.on_day)
        reasons[line.subject_id][line.consent_version_id] = line.reason
    ways, elsewhere = {}, _on_under_another_number(session)
    for subject_id, course in everyone.items():
        # Who withdrew visits comes no more to sign anything, whether leaving was recorded or not.
        withdrew = course.withdrawn.get(VISITS)
        ends = (course.gone_on, course.ended_on, withdrew, elsewhere.get(subject_id))
        left = min((day for day in ends if day is not None), default=None)
        refused = [key for key, reason in reasons[subject_id].items() if reason == rule.REFUSED]
        ways[subject_id] = rule.Way(tuple(signed[subject_id]), told[subject_id], left, refused)
    return ways


def _on_under_another_number(session: Session) -> dict[int, date]:
    """Return since when a person is in the study under another record, by the record that is left so."""
    going_on = gone_on_as(session)
    # From that day on consent is that of the other record; it may be the earlier one that has the arm.
    asked = select(Subject.id, Subject.registered_at).where(Subject.id.in_({*going_on, *going_on.values()}))
    since = {row.id: row.registered_at.date() for row in session.execute(asked)}
    return {each: max(since[each], since[other]) for each, other in going_on.items()}


def reconsent_shows(session: Session, course: Course | None, today: date) -> list[ProposedDeviation]:
    """Return that a newer version was not signed by its day, or too late."""
    if course is None:
        return []
    asked = asked_in(session, {course.subject_id: course}, today).get(course.subject_id)
    if asked is None or asked.state != rule.LATE or asked.version.by is None:
        return []
    facts = {"version": asked.version.code, "by": asked.version.by.isoformat()}
    day = asked.version.by
    if asked.settled_on is None:
        return [ProposedDeviation(OVERDUE, MAJOR, facts, on_day=day)]
    return [ProposedDeviation(SIGNED_LATE, MAJOR, {**facts, "on": asked.settled_on.isoformat()}, on_day=day)]


def not_reconsented_of(session: Session, subject_id: int) -> tuple[NotReconsentedRow, ...]:
    """Return what was told of newer versions that a subject did not sign, by day."""
    rows = session.execute(
        select(NotReconsented, ConsentVersion.code)
        .join(ConsentVersion, ConsentVersion.id == NotReconsented.consent_version_id)
        .where(NotReconsented.subject_id == subject_id, NotReconsented.state == "current")
        .order_by(NotReconsented.on_day, NotReconsented.id)
    )
    return tuple(
        NotReconsentedRow(row.id, row.version, code, row.on_day, row.reason, row.note) for row, code in rows
    )
