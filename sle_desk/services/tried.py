"""A decision that is only thought of, beside those made: the readings before it and with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.decisions import Decision, Readings, readings
from sle_desk.domain.eligibility import Judged, judge, judge_leaf
from sle_desk.domain.eligibility_facts import Facts
from sle_desk.domain.evidence_asked import LABORATORY_DAYS
from sle_desk.domain.protocol import Protocol
from sle_desk.models.subject import Subject
from sle_desk.services import courses
from sle_desk.services.courses import Course
from sle_desk.services.plan import Calendar, PlanVersion, calendar_of, versions_by
from sle_desk.services.subject_facts import facts_of

STEROID = "steroid."


@dataclass(frozen=True)
class Whose:
    """The subject that something would change for."""

    id: int
    code: str
    randomised: bool


@dataclass
class Known:
    """What was read and judged of the subjects: kept while nothing is written and the day is the same."""

    of: tuple[int, date] | None = None
    facts: dict[int, Facts] = field(default_factory=dict)
    judged: dict[int, tuple[Judged, ...]] = field(default_factory=dict)

    def keep_for(self, number: int, day: date) -> None:
        """Forget all that was known of another state of the study."""
        if self.of != (number, day):
            self.of = (number, day)
            self.facts.clear()
            self.judged.clear()


@dataclass(frozen=True)
class Standing:
    """The study at one instant by the decisions made: read once, whatever is tried beside them."""

    session: Session
    protocol: Protocol
    at: datetime
    made: tuple[Decision, ...]
    known: Known

    @property
    def today(self) -> date:
        """Return the day on which it is looked at."""
        return self.at.date()

    @cached_property
    def readings(self) -> Readings:
        """Return the readings in force."""
        return readings(self.protocol, self.made, self.today)

    @cached_property
    def everybody(self) -> dict[int, Course]:
        """Return the course of every subject that stands."""
        return courses.courses(self.session)

    @cached_property
    def versions(self) -> tuple[PlanVersion, ...]:
        """Return the plans of the arms through time."""
        return versions_by(self.protocol, self.made, self.today)

    def facts(self, subject_id: int) -> Facts:
        """Return the facts of a subject."""
        kept = self.known.facts
        if subject_id not in kept:
            kept[subject_id] = facts_of(self.session, self.protocol, subject_id, self.today)
        return kept[subject_id]

    def judged(self, subject_id: int) -> tuple[Judged, ...]:
        """Return every leaf of a subject as it stands."""
        kept = self.known.judged
        if subject_id not in kept:
            kept[subject_id] = judge(self.protocol, self.readings, self.facts(subject_id))
        return kept[subject_id]


@dataclass(frozen=True)
class Tried:
    """What is compared: the study as it stands, and with one decision more."""

    standing: Standing
    with_it: tuple[Decision, ...]

    @property
    def session(self) -> Session:
        """Return the session it is read in."""
        return self.standing.session

    @property
    def protocol(self) -> Protocol:
        """Return the package."""
        return self.standing.protocol

    @property
    def at(self) -> datetime:
        """Return the instant at which it is compared."""
        return self.standing.at

    @property
    def made(self) -> tuple[Decision, ...]:
        """Return the decisions made."""
        return self.standing.made

    @property
    def today(self) -> date:
        """Return the day on which it is compared."""
        return self.standing.today

    @property
    def before(self) -> Readings:
        """Return the readings in force."""
        return self.standing.readings

    @cached_property
    def after(self) -> Readings:
        """Return the readings that would be in force."""
        return readings(self.protocol, self.with_it, self.today)

    @property
    def everybody(self) -> dict[int, Course]:
        """Return the course of every subject that stands."""
        return self.standing.everybody

    @cached_property
    def _same(self) -> frozenset[str]:
        """Return the leaves that nothing of the decision touches: they stand as they are judged now."""
        settings = {
            each.code
            for each in self.protocol.settings
            if self.before.value(each.code) != self.after.value(each.code)
        }
        # These are read wherever a laboratory value or a glucocorticoid is.
        if LABORATORY_DAYS in settings or any(code.startswith(STEROID) for code in settings):
            return frozenset()
        before = {state.leaf.code: state for state in self.before.leaves()}
        return frozenset(
            state.leaf.code
            for state in self.after.leaves()
            if before.get(state.leaf.code) == state and not settings & {*state.leaf.evidence.settings()}
        )

    def judged(self, subject_id: int) -> tuple[Judged, ...]:
        """Return every leaf of a subject as it would stand."""
        now = {each.leaf.code: each for each in self.standing.judged(subject_id)}
        facts = self.standing.facts(subject_id)
        return tuple(
            now[state.leaf.code]
            if state.leaf.code in self._same
            else judge_leaf(state, self.protocol, self.after, facts)
            for state in self.after.leaves()
        )

    def subjects(self) -> tuple[tuple[Subject, Whose], ...]:
        """Return the subjects that stand, in the order of registration."""
        rows = self.session.scalars(
            select(Subject).where(Subject.state == "current").order_by(Subject.number)
        )
        arms = {number for number, course in self.everybody.items() if course.arm}
        return tuple((row, Whose(row.id, row.code, row.id in arms)) for row in rows)

    def treated(self) -> Iterator[tuple[Whose, Course, Calendar, Calendar]]:
        """Yield everybody who is randomised and goes on, with the calendar before and with it."""
        was = self.standing.versions
        becomes = versions_by(self.protocol, self.with_it, self.today)
        for number, course in self.everybody.items():
            if course.arm and course.active:
                whose = Whose(number, course.code, randomised=True)
                yield (
                    whose,
                    course,
                    calendar_of(course, was, self.today),
                    calendar_of(course, becomes, self.today),
                )
