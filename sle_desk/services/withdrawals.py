"""What consent was withdrawn for, since when, and until when; what was not withdrawn goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sle_desk.domain.safety import YES
from sle_desk.models.subject import Consent
from sle_desk.models.visit import Answer, FormRecord

WITHDRAWAL, SAMPLES, DAY = "withdrawal", "samples", "day"
TREATMENT, VISITS, DATA = "treatment", "visits", "data"
# The form on which it is written that the samples of a visit were taken.
SAMPLES_FORM = "pre_dose_samples"

# Asked with every sample: put together once, and of the tables, for that costs more than the answer.
_RECORD, _ANSWER, _CONSENT = FormRecord.__table__.c, Answer.__table__.c, Consent.__table__.c
_WITHDRAWN = (
    select(
        *(_RECORD.id, _RECORD.subject_id, _RECORD.on_day, _RECORD.recorded_at),
        *(_ANSWER.field, _ANSWER.choice, _ANSWER.day),
    )
    .join(Answer.__table__, _ANSWER.form_record_id == _RECORD.id)
    .where(_RECORD.form == WITHDRAWAL, _RECORD.state == "current")
)
_SIGNED = (
    select(_CONSENT.subject_id, _CONSENT.signed_on)
    .where(_CONSENT.state == "current", _CONSENT.subject_id.in_(bindparam("subjects", expanding=True)))
    .order_by(_CONSENT.signed_on, _CONSENT.id)
)
_WITHDRAWN_OF = _WITHDRAWN.where(_RECORD.subject_id.in_(bindparam("subjects", expanding=True)))


@dataclass(frozen=True)
class Spell:
    """From when consent was withdrawn, and the day it was signed again, where it was; that day is covered.

    `told_at` is when the withdrawal was recorded.
    """

    since: date
    until: date | None = None
    told_at: datetime | None = field(default=None, compare=False)

    def holds(self, on_day: date) -> bool:
        """Tell whether consent was withdrawn on a day."""
        return self.since <= on_day and (self.until is None or on_day < self.until)


Spells = Mapping[str, tuple[Spell, ...]]


def spells(session: Session, subject_ids: Iterable[int] | None = None) -> dict[int, Spells]:
    """Return by subject when each scope of consent was withdrawn, the earliest first.

    A withdrawal whose own day is not entered yet counts from the day its entry is of. A consent signed again
    on its day or later ends it for every scope. The first consent ends none: it was the one withdrawn.
    """
    if subject_ids is None:
        rows = session.execute(_WITHDRAWN).all()
    else:
        rows = session.execute(_WITHDRAWN_OF, {"subjects": tuple(subject_ids)}).all()
    own = {row.id: row.day for row in rows if row.field == DAY and row.day is not None}
    told = [
        (row.subject_id, row.field, own.get(row.id, row.on_day), row.recorded_at)
        for row in rows
        if row.choice == YES
    ]
    again = _signed_again(session, {subject_id for subject_id, *_ in told})
    first: dict[tuple[int, str, date | None], tuple[date, datetime]] = {}
    for subject_id, scope, since, at in told:
        until = next((day for day in again[subject_id] if day >= since), None)
        key = (subject_id, scope, until)
        first[key] = min((since, at), first.get(key, (since, at)))
    found: dict[int, dict[str, tuple[Spell, ...]]] = defaultdict(dict)
    for (subject_id, scope, until), (since, at) in sorted(first.items(), key=lambda each: each[1]):
        found[subject_id][scope] = (*found[subject_id].get(scope, ()), Spell(since, until, at))
    return dict(found)


def _signed_again(session: Session, subject_ids: Collection[int]) -> dict[int, list[date]]:
    """Return by subject the days of the consents that stand, without the first, the earliest first."""
    days: dict[int, list[date]] = defaultdict(list)
    if subject_ids:
        rows = session.execute(_SIGNED, {"subjects": tuple(subject_ids)})
        for row in rows:
            days[row.subject_id].append(row.signed_on)
    return defaultdict(list, {subject_id: signed[1:] for subject_id, signed in days.items()})


def standing(found: Spells) -> dict[str, date]:
    """Return each scope that is withdrawn now, with the first day of it."""
    return {scope: each.since for scope, own in found.items() for each in own if each.until is None}


def withdrawn(session: Session, subject_ids: Iterable[int] | None = None) -> dict[int, dict[str, date]]:
    """Return by subject each scope for which consent is withdrawn now, and the first day of it."""
    return {subject_id: standing(found) for subject_id, found in spells(session, subject_ids).items()}


def withdrawn_by(found: Spells, scope: str, on_day: date) -> date | None:
    """Return since when a scope was withdrawn on a day, or None where consent covered it."""
    return next((each.since for each in found.get(scope, ()) if each.holds(on_day)), None)


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
