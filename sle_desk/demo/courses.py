"""The course of each patient of the demonstration: when she comes, what goes wrong, how far she gets."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from random import Random

from sle_desk.demo import records
from sle_desk.demo.clinic import Patient
from sle_desk.demo.treatment import Treatment
from sle_desk.demo.ward import Ward
from sle_desk.domain.eligibility import ELIGIBLE

COMPLETE, TREATED, WITHDRAWN, FAILED = "complete", "treated", "withdrawn", "failed"
RANDOMISED, SCREENED, CONSENTED = "randomised", "screened", "consented"
EXCLUDED = {"allergy_il2": "Y"}
# Fates with the days before today on which she is registered, the most telling first.
FATES: tuple[tuple[str, int], ...] = (
    (COMPLETE, 222),
    (FAILED, 205),
    (TREATED, 128),
    (SCREENED, 4),
    (WITHDRAWN, 190),
    (TREATED, 96),
    (TREATED, 66),
    (CONSENTED, 1),
    (RANDOMISED, 9),
    (TREATED, 48),
    (TREATED, 36),
    (TREATED, 24),
)
SPREAD = (24, 150)
SCREENED_AFTER, DAY_ONE_AFTER, LEAVES_AFTER = timedelta(days=1), timedelta(days=5), timedelta(days=75)
STOPS_AFTER, SERIOUS_AFTER = timedelta(days=28), timedelta(days=21)


@dataclass
class Troubles:
    """What still has to go wrong for somebody, given to the first patient whom it fits."""

    last: int
    open: set[str] = field(
        default_factory=lambda: {
            "stop",
            "missed",
            "overdose",
            "correction",
            "in_error",
            "wrong_visit",
            "twice",
            "serious",
        }
    )

    def take(self, name: str, fits: bool = True) -> bool:
        """Tell whether this one happens here; it happens once."""
        happens = fits and name in self.open
        if happens:
            self.open.discard(name)
        return happens


def fates(count: int, chance: Random) -> tuple[tuple[str, int], ...]:
    """Return the fate of each of so many patients, the earliest registered first."""
    more = ((TREATED, chance.randint(*SPREAD)) for _ in range(count - len(FATES)))
    return tuple(sorted((*FATES[:count], *more), key=lambda each: -each[1]))


def walk(ward: Ward, today: date, count: int, seed: int) -> tuple[Patient, ...]:
    """Walk every course through the days before today, in the order of their acts."""
    chosen = fates(count, Random(f"{seed} fates"))
    zone, troubles = ward.clock.now().tzinfo, Troubles(len(chosen))
    assert zone is not None
    patients = []
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    for number, (fate, before) in enumerate(chosen, 1):
        patient = Patient(ward, number, Random(f"{seed} patient {number}"))
        patients.append(patient)
        begins = _at(today - timedelta(days=before), 8, number, zone)
        waiting.append((begins, number, _course(patient, fate, troubles, zone)))
    heapq.heapify(waiting)
    while waiting and waiting[0][0].date() < today:
        instant, number, course = heapq.heappop(waiting)
        ward.clock.set(max(instant, ward.clock.now()))
        following = next(course, None)
        if following is not None:
            heapq.heappush(waiting, (following, number, course))
    return tuple(patients)


def _at(day: date, hour: int, number: int, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(hour, number % 60), zone)


def _course(patient: Patient, fate: str, troubles: Troubles, zone: tzinfo) -> Iterator[datetime]:
    """Act, and yield the instant of the next act."""
    clock = patient.ward.clock
    patient.register()
    # The last one to come: nobody's number is another for it.
    if troubles.take("twice", patient.number == troubles.last):
        patient.register_again()
    if fate == CONSENTED:
        return
    yield _at(clock.now().date() + SCREENED_AFTER, 9, patient.number, zone)
    patient.screen(EXCLUDED if fate == FAILED else {})
    records.at_screening(patient)
    if fate == SCREENED:
        patient.precheck()
        return
    yield _at(clock.now().date() + DAY_ONE_AFTER, 8, patient.number, zone)
    if patient.judge() != ELIGIBLE:
        return
    patient.baseline(wrong_visit=troubles.take("wrong_visit"))
    patient.allocate()
    if fate == RANDOMISED:
        return
    yield from _treatment(Treatment(patient), fate, troubles, zone)


def _treatment(treatment: Treatment, fate: str, troubles: Troubles, zone: tzinfo) -> Iterator[datetime]:
    patient, clock = treatment.patient, treatment.ward.clock
    injected, both = treatment.has("IL2"), treatment.has("IL2") and treatment.has("BEL")
    treatment.missed_asked = troubles.take("missed", injected)
    treatment.overdose_asked = troubles.take("overdose", injected)
    stops = troubles.take("stop", both and fate == TREATED)
    treatment.first_doses()
    day_one = clock.now().date()
    while (planned := treatment.next_visit()) is not None:
        yield _at(max(planned.planned_on, clock.now().date()), 9, patient.number, zone)
        today = clock.now().date()
        if fate == WITHDRAWN and today - day_one >= LEAVES_AFTER:
            treatment.stop("exit", "", "subject", "Moves to another city.")
            treatment.come(treatment.visit_of_leaving())
            return
        treatment.come(planned.code)
        records.at_visit(patient, treatment.drugs)
        if today - day_one >= SERIOUS_AFTER and troubles.take("serious", both and fate == TREATED):
            records.serious(patient, treatment.drugs)
        if troubles.take("correction"):
            treatment.correct_laboratory()
        if troubles.take("in_error", injected):
            treatment.dose_in_error()
        if stops and today - day_one >= STOPS_AFTER:
            stops = False
            treatment.stop("drug_stop", "IL2", "subject", "Wishes no further injections.")
    if fate == COMPLETE:
        treatment.stop("completed", "", "completed", "")
