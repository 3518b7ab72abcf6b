"""Doses and visits recorded after a stop, a withdrawal or a death: compared again when one is entered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.dose_matching import GIVEN
from sle_desk.domain.dosing import AFTER_END, MAJOR, ProposedDeviation, dose_after_end
from sle_desk.domain.safety import DEATH, EVENT
from sle_desk.domain.sealing import canonical
from sle_desk.models.safety import Deviation
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import Visit
from sle_desk.services.courses import Course, course
from sle_desk.services.desk import Change
from sle_desk.services.deviations import PROPOSED, VOID, propose_about
from sle_desk.services.withdrawals import TREATMENT, VISITS, WITHDRAWAL

# The forms that can end doses or visits.
ENDINGS = frozenset({DEATH, EVENT, WITHDRAWAL})
VISIT_AFTER = frozenset({"visit.after_death", "visit.after_withdrawal"})


def dose_shows(found: Course, drug: str, on_day: date) -> tuple[ProposedDeviation, ...]:
    """Return what a dose of a day shows beside the end of its drug."""
    died = found.death.on_day if found.death is not None else None
    return tuple(dose_after_end(on_day, found.stopped_on(drug), found.withdrawn.get(TREATMENT), died))


def visit_shows(found: Course, on_day: date | None) -> tuple[ProposedDeviation, ...]:
    """Return what a visit of a day shows: after the death, or after consent for visits was withdrawn."""
    if on_day is None:
        return ()
    if found.death is not None and on_day > found.death.on_day:
        facts = {"on": on_day, "died": found.death.on_day}
        return (ProposedDeviation("visit.after_death", MAJOR, facts),)
    since = found.withdrawn.get(VISITS)
    if since is not None and on_day > since:
        return (ProposedDeviation("visit.after_withdrawal", MAJOR, {"on": on_day, "since": since}),)
    return ()


def require_visit_reason(session: Session, subject_id: int, on_day: date, reason: str) -> None:
    """Refuse a visit after the end until somebody said why; RuleBroken `visit.reason_needed`."""
    found = course(session, subject_id)
    shows = visit_shows(found, on_day) if found is not None else ()
    if shows and not reason:
        raise RuleBroken("visit.reason_needed", first=shows[0].code, finding=shows[0])


def settle_visit(change: Change, visit: Visit) -> None:
    """Propose about one visit that it lies after the end, or take that back."""
    found = course(change.session, visit.subject_id)
    if found is not None:
        _settle_visit(change, found, visit)


def _settle_visit(change: Change, found: Course, visit: Visit) -> None:
    if visit.on_day is not None:
        about = ("visit", visit.id)
        _settle(change, visit.subject_id, about, visit.on_day, VISIT_AFTER, visit_shows(found, visit.on_day))


def renew_after_end(change: Change, subject_id: int) -> None:
    """Compare the doses and visits of a subject with the ends as they stand now.

    Whoever records, corrects or voids a step out, a withdrawal, a death or an event calls it in the change
    in hand. What was recorded stays; only proposals come and go.
    """
    change.session.flush()
    found = course(change.session, subject_id)
    if found is None:
        return
    doses = select(Dose).where(Dose.subject_id == subject_id, Dose.state == "current", Dose.progress == GIVEN)
    for dose in change.session.scalars(doses.order_by(Dose.id)).all():
        shows = dose_shows(found, dose.drug, dose.on_day)
        _settle(change, subject_id, ("dose", dose.id), dose.on_day, AFTER_END, shows)
    visits = select(Visit).where(Visit.subject_id == subject_id, Visit.state == "current")
    for visit in change.session.scalars(visits.order_by(Visit.id)).all():
        _settle_visit(change, found, visit)


def _settle(
    change: Change,
    subject_id: int,
    about: tuple[str, int],
    on_day: date,
    codes: Collection[str],
    shows: Collection[ProposedDeviation],
) -> None:
    """Let go of proposals that hold no more and propose what is new; what a person settled stands."""
    table, row_id = about
    standing = change.session.scalars(
        select(Deviation).where(
            Deviation.about_table == table,
            Deviation.about_id == row_id,
            Deviation.code.in_(codes),
            Deviation.progress != VOID,
        )
    ).all()
    holds = {(each.code, canonical(dict(each.facts)).decode("utf-8")) for each in shows}
    for row in standing:
        if row.progress == PROPOSED and (row.code, row.facts) not in holds:
            row.progress = VOID
    known = {row.code for row in standing if row.progress != VOID}
    new = [each for each in shows if each.code not in known]
    propose_about(change, subject_id, about, on_day, new)
