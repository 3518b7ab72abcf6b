"""What plans, doses and Today are computed from: each subject's course, loaded in a few queries for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from sle_desk.domain.dose_ends import DoseEnds
from sle_desk.domain.dose_matching import GIVEN, RecordedDose, in_own_time
from sle_desk.domain.first_dose import FirstDose, first_dose
from sle_desk.domain.pauses import Pause, PauseStep, pauses_of
from sle_desk.models.allocation import Allocation
from sle_desk.models.subject import Disposition, Subject
from sle_desk.models.treatment import Dispensing, Dose, DosePause, DoseVials
from sle_desk.models.visit import Visit
from sle_desk.services.deaths import Death, deaths
from sle_desk.services.withdrawals import (
    SAMPLES,
    TREATMENT,
    VISITS,
    Spells,
    spells,
    standing,
    withdrawn_by,
)

HOME = "home"
# Lots and counts of the vials of a dose, by its number.
_Used = Mapping[int, Sequence[tuple[str, int]]]
DRUG_STOP, SCREEN_FAILURE, COMPLETED, EXIT = "drug_stop", "screen_failure", "completed", "exit"


@dataclass(frozen=True)
class VisitFact:
    """A visit that was recorded: its day, or why it was not done."""

    id: int
    code: str
    on_day: date | None
    not_done_reason: str


@dataclass(frozen=True)
class VialCount:
    """Vials of a drug handed to a subject and those used of them, by the lots that doses name.

    `unnamed` doses since the first were handed over name no vials: what is left is not known.
    """

    drug: str
    dispensed: int
    used: int
    unnamed: int = 0

    @property
    def uncounted(self) -> bool:
        """Tell whether what is left is not known."""
        return self.unnamed > 0

    @property
    def left(self) -> int:
        """Return the vials handed over less those used."""
        return self.dispensed - self.used


@dataclass(frozen=True)
class Course:
    """One subject's way so far: arm, doses, stops, visits; nothing void and no name in it.

    `stops` gives the day each drug was stopped; `left_on` the day the subject left or completed, `exited_on`
    the day the subject left and did not complete, `death` what tells that the subject died.
    `places` gives the place of each dose by its number, `vials` those handed over and used by their drug;
    `told` gives the days of the ends of each drug with the instant each was recorded, those of every drug
    under ""; `pauses` gives the pauses of each drug by day; `withdrawn` the day from which each scope of
    consent is withdrawn now; `spells` when it was, one that a new consent ended too.
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
    exited_on: date | None = None
    death: Death | None = None
    visits: tuple[VisitFact, ...] = ()
    vials: Mapping[str, VialCount] = field(default_factory=dict)
    withdrawn: Mapping[str, date] = field(default_factory=dict)
    spells: Spells = field(default_factory=dict)
    told: Mapping[str, tuple[tuple[date, datetime], ...]] = field(default_factory=dict)
    pauses: Mapping[str, tuple[Pause, ...]] = field(default_factory=dict)

    @property
    def day_one(self) -> date | None:
        """Return study day 1, the day of the first dose of any study drug."""
        first = self.first_dose
        return None if first is None else first.on_day

    @property
    def first_dose(self) -> FirstDose | None:
        """Return the first dose of any study drug that was given."""
        return first_dose((dose.on_day, dose.started_at) for dose in self.records if dose.progress == GIVEN)

    @property
    def died_on(self) -> date | None:
        """Return the day of the death, where one is told."""
        return self.death.on_day if self.death is not None else None

    @property
    def gone_on(self) -> date | None:
        """Return the day after which nothing is done: the subject left, completed, or failed screening."""
        return min((day for day in (self.left_on, self.failed_on) if day is not None), default=None)

    @property
    def ended_on(self) -> date | None:
        """Return the day on which everything ended: the subject left, completed or died."""
        return min((day for day in (self.left_on, self.died_on) if day is not None), default=None)

    @property
    def active(self) -> bool:
        """Tell whether the subject has neither failed screening, nor left, nor completed, nor died."""
        return self.failed_on is None and self.ended_on is None

    def stopped_on(self, drug: str) -> date | None:
        """Return the day from which a drug is no longer planned: its own stop, the withdrawal, or the end."""
        ends = (self._stop_of(drug), self.ended_on)
        return min((day for day in ends if day is not None), default=None)

    def pause_on(self, drug: str, on_day: date) -> Pause | None:
        """Return the pause of a drug that a day lies in."""
        return next((each for each in self.pauses.get(drug, ()) if each.holds(on_day)), None)

    def open_pause(self, drug: str) -> Pause | None:
        """Return the pause of a drug that lasts: nobody said that it is given again, and it has not ended."""
        lasting = next((each for each in self.pauses.get(drug, ()) if each.resumed_on is None), None)
        return None if lasting is None or self.stopped_on(drug) is not None else lasting

    def stop_told_at(self, drug: str) -> datetime | None:
        """Return when the end of a drug was recorded, where that was on its own day."""
        own = (*self.told.get(drug, ()), *self.told.get("", ()))
        return _told_on(self.stopped_on(drug), own)

    def ends_of(self, given: RecordedDose) -> DoseEnds:
        """Return what ended the doses of a drug, as one of them is compared with it."""
        drug, withdrawn = given.drug, self.withdrawn_by(TREATMENT, given.on_day)
        others = (each for each in self.records if each.progress == GIVEN and each.key != given.key)
        signed_off = [(each.since, each.told_at) for each in self.spells.get(TREATMENT, ())]
        return DoseEnds(
            stopped_on=self.stopped_on(drug),
            left_on=self.left_on,
            withdrawn_on=withdrawn,
            died_on=self.died_on,
            died_said=self.death.written if self.death is not None else "",
            stop_told_at=self.stop_told_at(drug),
            withdrawal_told_at=_told_on(withdrawn, signed_off),
            dosed_before=any(in_own_time(each) < in_own_time(given) for each in others),
            pauses=self.pauses.get(drug, ()),
        )

    def never_dosed(self, drugs: Iterable[str]) -> bool:
        """Tell whether nobody will give a first dose any more: none was given, and every drug has ended."""
        return self.day_one is None and all(self.stopped_on(drug) is not None for drug in drugs)

    def plans_visit(self, on_day: date) -> bool:
        """Tell whether a visit is planned for a day: until the end, and before visits were withdrawn."""
        if self.withdrawn_by(VISITS, on_day) is not None:
            return False
        return self.ended_on is None or on_day <= self.ended_on

    def left_early_on(self, drugs: Iterable[str] = ()) -> date | None:
        """Return the day the subject left and did not complete, or the last of some drugs was stopped."""
        stopped = [self._stop_of(drug) for drug in drugs]
        all_stopped = max((day for day in stopped if day is not None), default=None)
        days = [self.exited_on, None if None in stopped else all_stopped]
        return min((day for day in days if day is not None), default=None)

    def _stop_of(self, drug: str) -> date | None:
        ends = (self.stops.get(drug), self.withdrawn.get(TREATMENT))
        return min((day for day in ends if day is not None), default=None)

    def comes_until(self, on_day: date) -> bool:
        """Tell whether nothing keeps the subject from visits up to a day: no death, no withdrawal by then."""
        return self.death is None and self.withdrawn_by(VISITS, on_day) is None

    def takes_samples(self, on_day: date) -> bool:
        """Tell whether samples may be taken on a day: consent covers them."""
        return self.withdrawn_by(SAMPLES, on_day) is None

    def withdrawn_by(self, scope: str, on_day: date) -> date | None:
        """Return since when a scope of consent was withdrawn on a day, or None where consent covered it."""
        since = self.withdrawn.get(scope)
        return since if since is not None and since <= on_day else withdrawn_by(self.spells, scope, on_day)

    def plans_dose(self, on_day: date) -> bool:
        """Tell whether a dose nobody gave is planned for a day: not while consent for it was withdrawn.

        One withdrawn for good is a stop of every drug; this is the time before it was signed again.
        """
        closed = (each for each in self.spells.get(TREATMENT, ()) if each.until is not None)
        return not any(each.holds(on_day) for each in closed)

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
        if home is not None:
            return home
        return drug in self.vials and self.vials[drug].left > 0


def _told_on(ended_on: date | None, told: Iterable[tuple[date, datetime | None]]) -> datetime | None:
    return min((at for day, at in told if at is not None and day == ended_on == at.date()), default=None)


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
        site_note=dose.site_note,
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


def _used_vials(session: Session, subject_ids: Iterable[int] | None) -> _Used:
    """Return the lots and counts of the vials that each dose was taken from, by the number of the dose."""
    rows = session.execute(
        select(DoseVials.dose_id, DoseVials.lot, DoseVials.count)
        .join(Dose, Dose.id == DoseVials.dose_id)
        .where(Dose.state == "current", DoseVials.count > 0, *_of(subject_ids, Dose.subject_id))
    )
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for dose_id, lot, count in rows:
        found[dose_id].append((lot, count))
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
    used, paused = _used_vials(session, wanted), _grouped(session, DosePause, wanted)
    scopes, died = spells(session, wanted), deaths(session, wanted)
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
                used,
            ),
            withdrawn=standing(scopes.get(subject_id, {})),
            spells=scopes.get(subject_id, {}),
            death=died.get(subject_id),
            pauses=_pauses(paused.get(subject_id, ())),
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
    used: _Used,
) -> Course:
    left = [row.on_day for row in leavings if row.kind in (EXIT, COMPLETED)]
    # An arm told outside after that: the failure stays recorded, and ends nothing.
    failed = [row.on_day for row in leavings if row.kind == SCREEN_FAILURE and allocation is None]
    stops: dict[str, date] = {}
    told: dict[str, tuple[tuple[date, datetime], ...]] = {}
    for row in leavings:
        told[row.drug] = (*told.get(row.drug, ()), (row.on_day, row.recorded_at))
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
        exited_on=min((row.on_day for row in leavings if row.kind == EXIT), default=None),
        visits=tuple(VisitFact(row.id, row.code, row.on_day, row.not_done_reason) for row in visits),
        told=told,
        vials={drug: _vials(drug, doses, handed, used) for drug in dict.fromkeys(row.drug for row in handed)},
    )


def _pauses(steps: Iterable[DosePause]) -> dict[str, tuple[Pause, ...]]:
    found: dict[str, list[PauseStep]] = defaultdict(list)
    for row in steps:
        found[row.drug].append(PauseStep(row.kind, row.on_day, row.recorded_at))
    return {drug: pauses_of(own) for drug, own in found.items()}


def _vials(drug: str, doses: list[Dose], handed: list[Dispensing], used: _Used) -> VialCount:
    kits = [row for row in handed if row.drug == drug]
    lots, since = {row.lot for row in kits}, min(row.on_day for row in kits)
    given = [dose for dose in doses if dose.drug == drug and dose.progress == GIVEN]
    return VialCount(
        drug,
        sum(row.count for row in kits),
        sum(count for dose in given for lot, count in used.get(dose.id, ()) if lot in lots),
        sum(dose.on_day >= since and not used.get(dose.id) for dose in given),
    )


def course(session: Session, subject_id: int) -> Course | None:
    """Return the course of one subject, or None when it was entered in error."""
    return courses(session, (subject_id,)).get(subject_id)


# Asked with every form and sample: put together once, and of the table, for that costs more than the answer.
_DISPOSITION, _ALLOCATION = Disposition.__table__.c, Allocation.__table__.c
_LEFT = select(func.min(_DISPOSITION.on_day)).where(
    _DISPOSITION.subject_id == bindparam("subject"),
    or_(
        _DISPOSITION.kind.in_((EXIT, COMPLETED)),
        and_(
            _DISPOSITION.kind == SCREEN_FAILURE,
            _DISPOSITION.subject_id.not_in(select(_ALLOCATION.subject_id)),
        ),
    ),
    _DISPOSITION.state == "current",
)


def gone_on(session: Session, subject_id: int) -> date | None:
    """Return the day a subject left, completed or failed screening and was not allocated; or None."""
    left: date | None = session.scalar(_LEFT, {"subject": subject_id})
    return left
