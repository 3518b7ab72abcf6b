"""What consent was withdrawn for, since when, and until when; what was not withdrawn goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from math import inf
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from sle_desk.domain.consent_rules import (
    OWN_DAY,
    OWN_TIME,
    TAKES_UP,
    Again,
    Off,
    known_at,
    signed_after,
    taken_up_on,
)
from sle_desk.domain.safety import YES
from sle_desk.models.subject import Consent
from sle_desk.models.visit import Answer, FormRecord

WITHDRAWAL, SAMPLES, DAY = "withdrawal", "samples", OWN_DAY
TREATMENT, VISITS, DATA = "treatment", "visits", "data"
SCOPES = tuple(TAKES_UP)
# Without consent for these nobody is screened on: it ends the screening as a step out does.
SCREENED_FOR = (TREATMENT, VISITS)
# The form on which it is written that the samples of a visit were taken.
SAMPLES_FORM = "pre_dose_samples"

# Asked with every sample: put together once, and of the tables, for that costs more than the answer.
_RECORD, _ANSWER, _CONSENT = FormRecord.__table__.c, Answer.__table__.c, Consent.__table__.c
_WITHDRAWN = (
    select(
        *(_RECORD.id, _RECORD.subject_id, _RECORD.on_day, _RECORD.at_time, _RECORD.recorded_at),
        *(_ANSWER.field, _ANSWER.choice, _ANSWER.day, _ANSWER.text),
    )
    .join(Answer.__table__, _ANSWER.form_record_id == _RECORD.id)
    .where(_RECORD.form == WITHDRAWAL, _RECORD.state == "current")
)
_SIGNED = (
    select(
        *(_CONSENT.id, _CONSENT.subject_id, _CONSENT.signed_on, _CONSENT.signed_time),
        *(_CONSENT[f"takes_up_{scope}"] for scope in SCOPES),
    )
    .where(_CONSENT.state == "current", _CONSENT.subject_id.in_(bindparam("subjects", expanding=True)))
    .order_by(_CONSENT.signed_on, _CONSENT.signed_time, _CONSENT.id)
)
_WITHDRAWN_OF = _WITHDRAWN.where(_RECORD.subject_id.in_(bindparam("subjects", expanding=True)))


@dataclass(frozen=True)
class Spell:
    """From when consent was withdrawn, and the day it was signed again, where it was; that day is covered.

    `told_at` is the withdrawal's own time; where that is not known, when it was recorded.
    """

    since: date
    until: date | None = None
    told_at: datetime | None = field(default=None, compare=False)

    def holds(self, on_day: date) -> bool:
        """Tell whether consent was withdrawn on a day."""
        return self.since <= on_day and (self.until is None or on_day < self.until)


Spells = Mapping[str, tuple[Spell, ...]]


@dataclass(frozen=True)
class _Told:
    """That consent for one scope was withdrawn, and when: at its own time, else when it was recorded."""

    subject_id: int
    scope: str
    off: Off
    at: datetime


def spells(session: Session, subject_ids: Iterable[int] | None = None) -> dict[int, Spells]:
    """Return by subject when each scope of consent was withdrawn, the earliest first.

    A withdrawal whose own day is not entered yet counts from the day its entry is of. A consent signed after
    it ends it for the scopes that are said to be taken up again.
    """
    told = _told_in(session, subject_ids)
    again = _consents_in(session, {each.subject_id for each in told})
    first: dict[tuple[int, str, date | None], tuple[date, datetime]] = {}
    for each in told:
        consents = (consent for _, consent in again[each.subject_id])
        until = taken_up_on(each.scope, each.off, consents)
        key = (each.subject_id, each.scope, until)
        since = (each.off.day, each.at)
        first[key] = min(since, first.get(key, since))
    found: dict[int, dict[str, tuple[Spell, ...]]] = defaultdict(dict)
    for (subject_id, scope, until), (day, at) in sorted(first.items(), key=lambda each: each[1]):
        found[subject_id][scope] = (*found[subject_id].get(scope, ()), Spell(day, until, at))
    return dict(found)


def _told_in(session: Session, subject_ids: Iterable[int] | None) -> list[_Told]:
    if subject_ids is None:
        rows = session.execute(_WITHDRAWN).all()
    else:
        rows = session.execute(_WITHDRAWN_OF, {"subjects": tuple(subject_ids)}).all()
    days = {row.id: row.day for row in rows if row.field == OWN_DAY and row.day is not None}
    times = {row.id: row.text for row in rows if row.field == OWN_TIME and row.text}
    found = []
    for row in rows:
        if row.choice == YES and row.field in SCOPES:
            day = days.get(row.id, row.on_day)
            off = Off(day, times.get(row.id, row.at_time), known_at(day, row.recorded_at))
            at = row.recorded_at
            if off.time:
                at = datetime.combine(day, time.fromisoformat(off.time), at.tzinfo)
            found.append(_Told(row.subject_id, row.field, off, at))
    return found


def taken_up(consent: Consent | Row[Any]) -> dict[str, str] | None:
    """Return for each scope asked about whether a consent takes it up again; None where nobody was asked."""
    said = {scope: getattr(consent, f"takes_up_{scope}") for scope in SCOPES}
    if None in said.values():
        return None
    return {scope: answer for scope, answer in said.items() if answer}


def _consents_in(session: Session, subject_ids: Collection[int]) -> dict[int, list[tuple[int, Again]]]:
    """Return by subject the consents that stand with their numbers, in the order they were signed."""
    found: dict[int, list[tuple[int, Again]]] = defaultdict(list)
    if subject_ids:
        for row in session.execute(_SIGNED, {"subjects": tuple(subject_ids)}):
            said = taken_up(row)
            takes = None if said is None else [scope for scope, answer in said.items() if answer == YES]
            found[row.subject_id].append((row.id, Again(row.signed_on, row.signed_time, takes)))
    return found


@dataclass(frozen=True)
class Withdrawn:
    """Scopes withdrawn and taken up again by no consent signed earlier, with the first day of each.

    `before` those that a consent signed at some time surely comes after; `stands` those that it does not.
    """

    before: Mapping[str, date]
    stands: Mapping[str, date]


def withdrawn_before(
    session: Session, subject_id: int, signed_on: date, signed_time: str, consent_id: int | None = None
) -> Withdrawn:
    """Return what was withdrawn when a consent was signed, whenever it and what came later was recorded."""
    signed = (signed_on, signed_time)
    earlier = [
        each
        for key, each in _consents_in(session, (subject_id,))[subject_id]
        if key != consent_id and ((each.day, each.time), key) < (signed, consent_id or inf)
    ]
    before: dict[str, date] = {}
    stands: dict[str, date] = {}
    for told in _told_in(session, (subject_id,)):
        if taken_up_on(told.scope, told.off, earlier) is None:
            found = before if signed_after(told.off, signed_on, signed_time) else stands
            found[told.scope] = min(told.off.day, found.get(told.scope, told.off.day))
    return Withdrawn(before, stands)


def last_withdrawn(session: Session, subject_id: int) -> dict[str, date]:
    """Return each scope that was ever withdrawn, taken up again or not, with the last day of that."""
    found: dict[str, date] = {}
    for told in _told_in(session, (subject_id,)):
        found[told.scope] = max(told.off.day, found.get(told.scope, told.off.day))
    return {scope: found[scope] for scope in SCOPES if scope in found}


def standing(found: Spells) -> dict[str, date]:
    """Return each scope that is withdrawn now, with the first day of it."""
    return {scope: each.since for scope, own in found.items() for each in own if each.until is None}


def withdrawn(session: Session, subject_ids: Iterable[int] | None = None) -> dict[int, dict[str, date]]:
    """Return by subject each scope for which consent is withdrawn now, and the first day of it."""
    return {subject_id: standing(found) for subject_id, found in spells(session, subject_ids).items()}


def withdrawn_by(found: Spells, scope: str, on_day: date) -> date | None:
    """Return since when a scope was withdrawn on a day, or None where consent covered it."""
    return next((each.since for each in found.get(scope, ()) if each.holds(on_day)), None)


def samples_refused(found: Spells, drawn_at: datetime) -> date | None:
    """Return since when consent for samples was withdrawn as one was drawn, or None where it was covered.

    On the day itself the time of the withdrawal has to say that the sample came before it.
    """
    day = drawn_at.date()
    own = next((each for each in found.get(SAMPLES, ()) if each.holds(day)), None)
    if own is None:
        return None
    told = own.told_at if own.told_at is not None and own.told_at.date() == own.since == day else None
    # Times on paper are of minutes: of the same minute nobody can say.
    before = told is not None and drawn_at < told.replace(second=0, microsecond=0)
    return None if before else own.since


def spells_of(session: Session, subject_id: int) -> Spells:
    """Return when each scope of a subject's consent was withdrawn."""
    return spells(session, (subject_id,)).get(subject_id, {})


def no_samples_since(session: Session, subject_id: int) -> date | None:
    """Return the day from which a subject gives no samples any more, or None."""
    return standing(spells_of(session, subject_id)).get(SAMPLES)


def withdrawn_on(session: Session, record_id: int) -> date | None:
    """Return the day a withdrawal names, or None where it names none."""
    return session.scalar(select(Answer.day).where(Answer.form_record_id == record_id, Answer.field == DAY))


def takes_samples(found: Spells, on_day: date) -> bool:
    """Tell whether samples may be taken on a day: consent covers them."""
    return withdrawn_by(found, SAMPLES, on_day) is None
