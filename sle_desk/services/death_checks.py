"""What contradicts a death: a second one, an end on another day, somebody reached alive after it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import UNLIKELY, Finding, Value
from sle_desk.domain.safety import DEATH, EVENT, FATAL, YES
from sle_desk.domain.values import partial_bounds
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services.deaths import Told, death_of

CONTACT, ALIVE, DAY = "contact", "alive", "day"


def death_findings(
    session: Session, subject_id: int, record_id: int | None, code: str, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Return what an entry says against the death of its subject, or a death against the other entries."""
    if code == CONTACT:
        return _alive_after(session, subject_id, values)
    if code == DEATH:
        told = _others(session, subject_id, record_id)
        second = tuple(
            Finding(UNLIKELY, DAY, "death.second", {"day": each.said or "?"})
            for each in told
            if each.form == DEATH
        )
        rest = [each for each in told if each.form != DEATH]
        return (*second[:1], *_other_day(rest, DAY, values), *_reached_after(session, subject_id, values))
    outcome = values.get("outcome")
    if code == EVENT and outcome is not None and outcome.choice == FATAL:
        return _other_day(_others(session, subject_id, record_id), "stop", values)
    return ()


def _others(session: Session, subject_id: int, record_id: int | None) -> list[Told]:
    found = death_of(session, subject_id)
    told = found.told if found is not None else ()
    return [each for each in told if (each.table, each.id) != ("form_record", record_id)]


def _other_day(told: list[Told], field: str, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    day = values.get(field)
    if day is None or not day.text:
        return ()
    earliest, latest = partial_bounds(day.text)
    for each in told:
        if each.said and (latest < each.earliest or earliest > each.latest):
            return (Finding(UNLIKELY, field, "death.other_day", {"typed": day.text, "day": each.said}),)
    return ()


def _alive_after(session: Session, subject_id: int, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    alive, day = values.get(ALIVE), values.get(DAY)
    death = death_of(session, subject_id)
    if alive is None or alive.choice != YES or day is None or day.day is None or death is None:
        return ()
    if day.day <= death.on_day:
        return ()
    facts = {"day": day.day, "died": death.on_day}
    return (Finding(UNLIKELY, ALIVE, "death.alive_after", facts),)


def _reached_after(session: Session, subject_id: int, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Return that somebody was known to be alive after the day of death that is typed."""
    typed = values.get(DAY)
    if typed is None or not typed.text:
        return ()
    rows = session.execute(
        select(FormRecord.id, Answer.field, Answer.choice, Answer.day)
        .join(Answer, Answer.form_record_id == FormRecord.id)
        .where(FormRecord.subject_id == subject_id, FormRecord.form == CONTACT, FormRecord.state == "current")
    ).all()
    alive = {row.id for row in rows if row.field == ALIVE and row.choice == YES}
    days = [row.day for row in rows if row.id in alive and row.field == DAY and row.day is not None]
    last = max(days, default=None)
    if last is None or last <= partial_bounds(typed.text)[1]:
        return ()
    return (Finding(UNLIKELY, DAY, "death.alive_since", {"typed": typed.text, "day": last}),)
