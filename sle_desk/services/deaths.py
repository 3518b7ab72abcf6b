"""On which day a subject died, by the death entry or a fatal event; an exit for death says by when alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.safety import DEATH, EVENT, FATAL
from sle_desk.domain.values import partial_bounds
from sle_desk.models.audit import Audit
from sle_desk.models.subject import Disposition
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services.answers import value_of

# Where each form says the day: a death entry says it itself, an event by its end.
DAYS = {DEATH: "day", EVENT: "stop"}
EXIT, REASON = "exit", "death"
EXITS = "disposition"


@dataclass(frozen=True)
class Told:
    """One record that tells of a death: its table and number, the day as it was written, what it can mean.

    `latest` is never after the day on which the death was already known. An exit for death writes no day of
    the death: its own day is that of the exit, by which it was known.
    """

    table: str
    id: int
    form: str
    said: str
    earliest: date
    latest: date

    @property
    def exact(self) -> bool:
        """Tell whether the day is known."""
        return self.earliest == self.latest


@dataclass(frozen=True)
class Death:
    """The death of a subject by everything that tells of it.

    `on_day` is the earliest exact day that is told; where none is, the last day that it can have been. `said`
    is that exact day; where none is, the narrowest partial day that is written, or nothing.
    """

    on_day: date
    said: str
    told: tuple[Told, ...]

    @property
    def written(self) -> str:
        """Return the day as sentences name it: partial as it is written, "?" where none is."""
        return self.said or "?"

    @property
    def exact(self) -> bool:
        """Tell whether the day is known."""
        return any(each.exact for each in self.told)

    @property
    def contradicted(self) -> bool:
        """Tell whether no one day fits everything that is told."""
        return max(each.earliest for each in self.told) > min(each.latest for each in self.told)


def deaths(session: Session, subject_ids: Iterable[int] | None = None) -> dict[int, Death]:
    """Return the deaths of the subjects (of all when none are named) by the number of the subject."""
    wanted = None if subject_ids is None else tuple(subject_ids)
    told: dict[int, list[Told]] = defaultdict(list)
    for subject_id, each in (*_by_forms(session, wanted), *_by_exits(session, wanted)):
        told[subject_id].append(each)
    return {subject_id: _death(each) for subject_id, each in told.items()}


def death_of(session: Session, subject_id: int) -> Death | None:
    """Return the death of a subject, or None."""
    return deaths(session, (subject_id,)).get(subject_id)


def _death(told: list[Told]) -> Death:
    exact = [each for each in told if each.exact]
    if exact:
        first = min(exact, key=lambda each: each.latest)
        return Death(first.latest, first.said, tuple(told))
    written = [each for each in told if each.said]
    narrowest = min(written, key=lambda each: (each.latest - each.earliest, each.latest), default=None)
    on_day = min(each.latest for each in told)
    return Death(on_day, narrowest.said if narrowest is not None else "", tuple(told))


def _by_forms(session: Session, subject_ids: tuple[int, ...] | None) -> list[tuple[int, Told]]:
    asked = (
        select(FormRecord.id, FormRecord.subject_id, FormRecord.form, FormRecord.on_day, Answer)
        .outerjoin(
            Answer,
            (Answer.form_record_id == FormRecord.id) & Answer.field.in_(("outcome", *DAYS.values())),
        )
        .where(FormRecord.form.in_(DAYS), FormRecord.state == "current")
        .order_by(FormRecord.id)
    )
    if subject_ids is not None:
        asked = asked.where(FormRecord.subject_id.in_(subject_ids))
    records: dict[int, tuple[int, str, date]] = {}
    answers: dict[int, dict[str, Answer]] = defaultdict(dict)
    for record_id, subject_id, form, on_day, answer in session.execute(asked):
        records[record_id] = (subject_id, form, on_day)
        if answer is not None:
            answers[record_id][answer.field] = answer
    found = []
    for record_id, (subject_id, form, on_day) in records.items():
        outcome = answers[record_id].get("outcome")
        if form == EVENT and (outcome is None or outcome.choice != FATAL):
            continue
        said = _said(answers[record_id], form)
        known_on = on_day if said is not None and _exact(said) else _known_on(session, on_day, outcome)
        found.append((subject_id, _told("form_record", record_id, form, said, known_on)))
    return found


def _said(answers: Mapping[str, Answer], form: str) -> str | None:
    answer = answers.get(DAYS[form])
    return value_of(answer).text if answer is not None else None


def _exact(said: str) -> bool:
    earliest, latest = partial_bounds(said)
    return earliest == latest


def _known_on(session: Session, entered_on: date, outcome: Answer | None) -> date:
    """Return by which day a death was known that has no exact day.

    An event is often entered while it goes on: its fatal outcome was known when that was written.
    """
    if outcome is None:
        return entered_on
    written = session.scalar(
        select(func.max(Audit.at)).where(Audit.table_name == "answer", Audit.row_id == outcome.id)
    )
    return entered_on if written is None else written.date()


def _told(table: str, row_id: int, form: str, said: str | None, known_on: date) -> Told:
    earliest, latest = partial_bounds(said) if said else (date.min, date.max)
    if earliest != latest:
        latest = max(earliest, min(latest, known_on))
    return Told(table, row_id, form, said or "", earliest, latest)


def _by_exits(session: Session, subject_ids: tuple[int, ...] | None) -> list[tuple[int, Told]]:
    asked = select(Disposition).where(
        Disposition.kind == EXIT, Disposition.reason == REASON, Disposition.state == "current"
    )
    if subject_ids is not None:
        asked = asked.where(Disposition.subject_id.in_(subject_ids))
    return [
        (row.subject_id, Told(EXITS, row.id, "", "", date.min, row.on_day))
        for row in session.scalars(asked.order_by(Disposition.id))
    ]
