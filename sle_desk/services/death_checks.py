"""What contradicts a death or an end: two of them, a day before consent, somebody alive after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import UNLIKELY, Finding, Value
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.domain.medicine_entries import PRIOR_BIOLOGIC
from sle_desk.domain.safety import DEATH, EVENT, FATAL, YES
from sle_desk.domain.values import partial_bounds
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services.consent_order import first_consent
from sle_desk.services.deaths import EXITS, Told, death_of
from sle_desk.services.withdrawals import WITHDRAWAL

CONTACT, ALIVE, DAY = "contact", "alive", "day"
# Where each entry says the days on which its subject lived.
LIVED = {
    EVENT: ("start", "stop"),
    MEDICATION: ("start", "stop"),
    "hospital_stay": ("start", "stop"),
    PRIOR_BIOLOGIC: ("start", "stop"),
    "procedure": ("start",),
    "vaccine": ("start",),
    WITHDRAWAL: (DAY,),
}


def death_findings(
    session: Session, subject_id: int, record_id: int | None, code: str, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Return what an entry says against the death of its subject, or a death against the other entries."""
    if code == CONTACT:
        return _alive_after(session, subject_id, values)
    early = _before_consent(session, subject_id, values) if code in (DEATH, WITHDRAWAL) else ()
    if code == DEATH:
        told = _others(session, subject_id, record_id)
        second = tuple(
            Finding(UNLIKELY, DAY, "death.second", {"day": each.said or "?"})
            for each in told
            if each.form == DEATH
        )
        rest = [each for each in told if each.form != DEATH]
        alive = _reached_after(session, subject_id, values)
        return (*early, *second[:1], *_other_day(rest, DAY, values), *alive)
    if code not in LIVED:
        return ()
    told, outcome = _others(session, subject_id, record_id), values.get("outcome")
    if code == EVENT and outcome is not None and outcome.choice == FATAL:
        return _other_day(told, "stop", values) or _after_death(told, ("start",), values)
    return (*early, *_after_death(told, LIVED[code], values))


def _before_consent(session: Session, subject_id: int, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Nobody leaves a study before consent: a wrong year is likely."""
    consented, days = first_consent(session, subject_id), _days(values.get(DAY))
    if consented is None or days is None or days[1] >= consented:
        return ()
    facts = {"typed": values[DAY].as_typed, "consent": consented}
    return (Finding(UNLIKELY, DAY, "death.before_consent", facts),)


def _after_death(
    told: Sequence[Told], fields: Iterable[str], values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Return the first day of an entry that lies after the death whatever partial days mean."""
    died = last_day_alive(told)
    for field in fields:
        days = _days(values.get(field))
        if died is not None and days is not None and days[0] > died:
            facts = {"typed": values[field].as_typed, "died": died}
            return (Finding(UNLIKELY, field, "death.entry_after", facts),)
    return ()


def last_day_alive(told: Sequence[Told]) -> date | None:
    """Return the last day that a death can have been, by what tells of it: the earliest exact one decides."""
    days = [each.latest for each in told if each.exact] or [each.latest for each in told]
    return min(days, default=None)


def _days(value: Value | None) -> tuple[date, date] | None:
    if value is None:
        return None
    if value.day is not None:
        return value.day, value.day
    return partial_bounds(value.text) if value.text else None


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
        if each.table == EXITS and earliest > each.latest:
            return (Finding(UNLIKELY, field, "death.after_exit", {"typed": day.text, "day": each.latest}),)
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
