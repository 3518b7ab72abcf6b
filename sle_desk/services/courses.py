"""What plans, doses and Today are computed from: each subject's course, loaded in a few queries for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from sle_desk.domain.dose_matching import GIVEN, RecordedDose, in_own_time
from sle_desk.models.allocation import Allocation
from sle_desk.models.subject import Disposition, Subject
from sle_desk.models.treatment import Dispensing, Dose
from sle_desk.models.visit import Visit
from sle_desk.services.deaths import Death, deaths
from sle_desk.services.withdrawals import TREATMENT, VISITS, takes_samples, withdrawn

HOME = "home"
DRUG_STOP, SCREEN_FAILURE, COMPLETED, EXIT = "drug_stop", "screen_failure", "completed", "exit"


@dataclass(frozen=True)
class VisitFact:
    """A visit that was recorded: its day, or why it was not done."""

    id: int
    code: str
    on_day: date | None
    not_done_reason: str


@dataclass(frozen=True)
class Course:
    """One subject's way so far: arm, doses, stops, visits; nothing void and no name in it.

    `stops` gives the day each drug was stopped; `left_on` the day the subject left or completed, `death` what
    tells that the subject died.
    `places` gives the place of each dose by its number; `vials_out` the vials dispensed less those used;
    `withdrawn` the day from which each scope of consent is withdrawn.
    """

    subject_id: int
    code: str
    arm: str
    allocated_at: datetime | None
    records: tuple[RecordedDose, ...] = ()
    places: Mapping[int, str] = field(default_factory=dict)
    stops: Mapping[str, date] = field(default_factory=dict)
    failed_on: date | None = None
    left_on: date | None = None
    death: Death | None = None
    visits: tuple[VisitFact, ...] = ()
    vials_out: Mapping[str, int] = field(default_factory=dict)
    withdrawn: Mapping[str, date] = field(default_factory=dict)

    @property
    def day_one(self) -> date | None:
        """Return study day 1, the day of the first dose of any study drug."""
        return min((dose.on_day for dose in self.records if dose.progress == GIVEN), default=None)

    @property
    def ended_on(self) -> date | None:
        """Return the day on which everything ended: the subject left, completed or died."""
        died_on = self.death.on_day if self.death is not None else None
        days = [day for day in (self.left_on, died_on) if day is not None]
        return min(days, default=None)

    @property
    def active(self) -> bool:
        """Tell whether the subject has neither failed screening, nor left, nor completed, nor died."""
        return self.failed_on is None and self.ended_on is None

    def stopped_on(self, drug: str) -> date | None:
        """Return the day from which a drug is no longer planned: its own stop, the withdrawal, or the end."""
        ends = (self.stops.get(drug), self.withdrawn.get(TREATMENT), self.ended_on)
        return min((day for day in ends if day is not None), default=None)

    def plans_visit(self, on_day: date) -> bool:
        """Tell whether a visit is planned for a day: until the end, and before visits were withdrawn."""
        since = self.withdrawn.get(VISITS)
        if since is not None and on_day >= since:
            return False
        return self.ended_on is None or on_day <= self.ended_on

    def takes_samples(self, on_day: date) -> bool:
        """Tell whether samples may be taken on a day: consent for them was not withdrawn by then."""
        return takes_samples(self.withdrawn, on_day)

    def visit(self, code: str) -> VisitFact | None:
        """Return the recorded visit with this code."""
        return next((visit for visit in self.visits if visit.code == code), None)

    def given_at_home(self, drug: str, visit_days: frozenset[date]) -> bool | None:
        """Tell whether the last dose between visits was given at home, or None when there was none yet."""
        own = (dose for dose in self.records if dose.drug == drug and dose.progress == GIVEN)
        between = [dose for dose in own if dose.on_day not in visit_days]
        if not between:
            return None
        return self.places.get(max(between, key=in_own_time).key) == HOME

    def reported_by_diary(self, drug: str, visit_days: frozenset[date]) -> bool:
        """Tell whether doses between visits are reported by the diary: given at home so far.

        Before there was one, vials in the subject's hands say so.
        """
        home = self.given_at_home(drug, visit_days)
        return self.vials_out.get(drug, 0) > 0 if home is None else home


def record_of(dose: Dose) -> RecordedDose:
    """Return a row of the file as the domain compares it."""
    return RecordedDose(
        key=dose.id,
        drug=dose.drug,
        progress=dose.progress,
        on_day=dose.on_day,
        started_at=dose.started_at,
        administered=dose.administered,
        site=dose.site,
        answered_slot=dose.answered_slot,
    )


def _of(subject_ids: Iterable[int] | None, column: Any) -> list[ColumnElement[bool]]:
    return [] if subject_ids is None else [column.in_(tuple(subject_ids))]


def _grouped(session: Session, model: Any, subject_ids: Iterable[int] | None) -> dict[int, list[Any]]:
    rows = session.scalars(
        select(model).where(model.state == "current", *_of(subject_ids, model.subject_id)).order_by(model.id)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.subject_id].append(row)
    return found


def courses(session: Session, subject_ids: Iterable[int] | None = None) -> dict[int, Course]:
    """Return the courses of the subjects (of all when none are named), void subjects left out."""
    wanted = None if subject_ids is None else tuple(subject_ids)
    subjects = session.execute(
        select(Subject.id, Subject.code)
        .where(Subject.state == "current", *_of(wanted, Subject.id))
        .order_by(Subject.number)
    ).all()
    allocated = {
        row.subject_id: row
        for row in session.scalars(select(Allocation).where(*_of(wanted, Allocation.subject_id)))
    }
    doses, leavings, visits, handed = (
        _grouped(session, model, wanted) for model in (Dose, Disposition, Visit, Dispensing)
    )
    scopes, died = withdrawn(session, wanted), deaths(session, wanted)
    return {
        subject_id: replace(
            _course(
                subject_id,
                code,
                allocated.get(subject_id),
                doses.get(subject_id, []),
                leavings.get(subject_id, []),
                visits.get(subject_id, []),
                handed.get(subject_id, []),
            ),
            withdrawn=scopes.get(subject_id, {}),
            death=died.get(subject_id),
        )
        for subject_id, code in subjects
    }


def _course(
    subject_id: int,
    code: str,
    allocation: Allocation | None,
    doses: list[Dose],
    leavings: list[Disposition],
    visits: list[Visit],
    handed: list[Dispensing],
) -> Course:
    left = [row.on_day for row in leavings if row.kind in (EXIT, COMPLETED)]
    failed = [row.on_day for row in leavings if row.kind == SCREEN_FAILURE]
    stops: dict[str, date] = {}
    for row in leavings:
        if row.kind == DRUG_STOP:
            stops[row.drug] = min(row.on_day, stops.get(row.drug, row.on_day))
    return Course(
        subject_id=subject_id,
        code=code,
        arm=allocation.arm if allocation else "",
        allocated_at=allocation.allocated_at if allocation else None,
        records=tuple(record_of(dose) for dose in doses if dose.progress != "prepared"),
        places={dose.id: dose.place for dose in doses},
        stops=stops,
        failed_on=min(failed, default=None),
        left_on=min(left, default=None),
        visits=tuple(VisitFact(row.id, row.code, row.on_day, row.not_done_reason) for row in visits),
        vials_out=_vials_out(doses, handed),
    )


def _vials_out(doses: list[Dose], handed: list[Dispensing]) -> dict[str, int]:
    out: dict[str, int] = defaultdict(int)
    for row in handed:
        out[row.drug] += row.count
    for dose in doses:
        if dose.progress == GIVEN and dose.drug in out:
            out[dose.drug] -= 1
    return dict(out)


def course(session: Session, subject_id: int) -> Course | None:
    """Return the course of one subject, or None when it was entered in error."""
    return courses(session, (subject_id,)).get(subject_id)
