"""The screening log: everybody who was registered, how the screening came out and why; no name in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import screening as rule
from sle_desk.domain.eligibility import EXCLUDING
from sle_desk.domain.screening import Flow, Screening
from sle_desk.models.allocation import Allocation
from sle_desk.models.eligibility import CriterionAnswer
from sle_desk.models.subject import Consent, Disposition, Subject
from sle_desk.services.courses import EXIT, SCREEN_FAILURE
from sle_desk.services.deaths import REASON as DEATH
from sle_desk.services.deaths import deaths
from sle_desk.services.desk import Desk
from sle_desk.services.enrolment import allocated_in_error
from sle_desk.services.withdrawals import SCREENED_FOR, withdrawn

# Coded reasons of a step out with which somebody withdrew, and of one that rests on criteria.
WITHDRAWN, CRITERIA, SUBJECT = "consent", "criteria", "subject"
_TOLD_BY_STEPS = (rule.FAILED, rule.WITHDREW, rule.DIED)


@dataclass(frozen=True)
class LogRow:
    """One line of the log; `leaves` are the criteria not met, `reason` the coded one where none is."""

    id: int
    code: str
    screening_number: str
    sex: str
    registered_on: date
    consent_on: date | None
    consent_version: str
    outcome: str
    outcome_on: date | None
    leaves: tuple[str, ...]
    reason: str
    note: str
    # Screening numbers of the record it goes on from, and of the one that goes on from it.
    rescreen_of: str
    rescreened_as: str


@dataclass(frozen=True)
class ScreeningLog:
    """The lines of the log in the order of registration, and the counts made from them."""

    rows: tuple[LogRow, ...]
    flow: Flow


def screening_log(desk: Desk) -> ScreeningLog:
    """Return the screening log of now."""
    with desk.view() as session:
        return screening_log_in(session)


def screening_log_in(session: Session) -> ScreeningLog:
    """Return the screening log from a session in hand; numbers in error stay in it, and count nowhere."""
    found = _Found(session)
    subjects = session.scalars(select(Subject).order_by(Subject.number)).all()
    numbers = {subject.id: subject.screening_number for subject in subjects}
    links = {subject.id: subject.rescreen_of for subject in subjects}
    since = rule.next_screenings(links, {each.id for each in subjects if each.state == "current"})
    rows = tuple(
        found.row(subject, numbers, numbers.get(since.get(subject.id, 0), "")) for subject in subjects
    )
    screenings = (Screening(row.id, row.outcome, row.leaves, row.reason, links[row.id]) for row in rows)
    return ScreeningLog(rows, rule.flow(screenings))


class _Found:
    """What the lines are made of, asked of the file in few questions."""

    def __init__(self, session: Session) -> None:
        self._consents: dict[int, tuple[date, str]] = {}
        for row in session.execute(
            select(Consent.subject_id, Consent.signed_on, Consent.consent_version)
            .where(Consent.state == "current")
            .order_by(Consent.signed_on.desc(), Consent.signed_time.desc(), Consent.id.desc())
        ):
            self._consents[row.subject_id] = (row.signed_on, row.consent_version)
        self._steps: dict[int, Disposition] = {
            row.subject_id: row
            for row in session.scalars(
                select(Disposition)
                .where(Disposition.kind.in_((SCREEN_FAILURE, EXIT)), Disposition.state == "current")
                # The first one ended the screening, whichever was entered first; of one day the failure.
                .order_by(Disposition.on_day.desc(), Disposition.kind, Disposition.id.desc())
            )
        }
        self._allocated = {
            subject_id: at.date()
            for subject_id, at in session.execute(select(Allocation.subject_id, Allocation.allocated_at))
        }
        self._in_error = allocated_in_error(session)
        self._leaves: dict[int, list[str]] = defaultdict(list)
        for subject_id, leaf in session.execute(
            select(CriterionAnswer.subject_id, CriterionAnswer.leaf)
            .where(CriterionAnswer.decision.in_(EXCLUDING))
            .order_by(CriterionAnswer.id)
        ):
            self._leaves[subject_id].append(leaf)
        self._died = {subject_id: death.on_day for subject_id, death in deaths(session).items()}
        self._withdrew = {
            subject_id: min(scopes[scope] for scope in SCREENED_FOR if scope in scopes)
            for subject_id, scopes in withdrawn(session).items()
            if not scopes.keys().isdisjoint(SCREENED_FOR)
        }

    def row(self, subject: Subject, numbers: dict[int, str], since: str) -> LogRow:
        """Return the line of a subject."""
        outcome, on_day = self._outcome(subject)
        step = self._steps.get(subject.id)
        signed = self._consents.get(subject.id, (None, ""))
        failed = outcome == rule.FAILED and step is not None
        leaves = tuple(self._leaves[subject.id]) if failed and step and step.reason == CRITERIA else ()
        told = step if outcome in (rule.FAILED, rule.WITHDREW) else None
        return LogRow(
            id=subject.id,
            code=subject.code,
            screening_number=subject.screening_number,
            sex=subject.sex,
            registered_on=subject.registered_at.date(),
            consent_on=signed[0],
            consent_version=signed[1],
            outcome=outcome,
            outcome_on=on_day,
            leaves=leaves,
            reason=told.reason if told is not None and not leaves else "",
            note=step.note if step is not None and outcome in _TOLD_BY_STEPS else "",
            rescreen_of=numbers.get(subject.rescreen_of or 0, ""),
            rescreened_as=since,
        )

    def _outcome(self, subject: Subject) -> tuple[str, date | None]:
        if subject.state == "void":
            return rule.VOID, None
        allocated = self._allocated.get(subject.id)
        if allocated is not None:
            return (rule.IN_ERROR if subject.id in self._in_error else rule.RANDOMISED), allocated
        step = self._steps.get(subject.id)
        if subject.id in self._died and (step is None or step.reason == DEATH):
            return rule.DIED, self._died[subject.id]
        if step is not None:
            withdrew = step.reason in (WITHDRAWN, SUBJECT)
            return (rule.WITHDREW if withdrew else rule.FAILED), step.on_day
        if subject.id in self._withdrew:
            return rule.WITHDREW, self._withdrew[subject.id]
        return rule.SCREENING, None
