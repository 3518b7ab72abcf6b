"""Infusions: the sum proposed from a weight, and what was given; preparing them stands in `preparing`."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain import dose_by_weight
from sle_desk.domain.decisions import Readings
from sle_desk.domain.dose_by_weight import DoseRounding, DoseSum
from sle_desk.domain.dose_matching import NEW
from sle_desk.domain.holds import Hint
from sle_desk.domain.plan_rules import Unknown
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.schedule import Slot
from sle_desk.domain.values import check_measure, plain
from sle_desk.models.subject import Subject
from sle_desk.models.treatment import Dose, DoseVials
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services import courses, decisions
from sle_desk.services import dosing as injections
from sle_desk.services.course_doubts import settle_courses
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.dose_entry import GivenDose, check_possible, doer, entry_of, known_drug
from sle_desk.services.dose_judgement import (
    OF_DOSES,
    STRENGTHS,
    VOLUME_STEP,
    WEIGHT_CHANGE,
    WEIGHT_DAYS,
    Judged,
    judge,
    number_of,
    require_reason,
    rounding_of,
)
from sle_desk.services.dosing import Recorded
from sle_desk.services.hold_answers import with_hints_shown
from sle_desk.services.hold_facts import hints_now
from sle_desk.services.infusion_course import follow_infusion
from sle_desk.services.judged_again import judge_after, minding_first_dose, moved_from
from sle_desk.services.plan import Calendar, calendar_of, plan_versions
from sle_desk.services.prepared_bags import PREPARED, PreparedBag, waiting_bag

GIVEN = "given"


@dataclass(frozen=True)
class Weight:
    """A recorded weight in kg and its day."""

    kilograms: Decimal
    on_day: date


@dataclass(frozen=True)
class InfusionProposal:
    """The sum of an infusion and everything it rests on; `sum` is None while a setting or the weight is open.

    `waits` are the decisions it waits for. `weigh_again`: the weight differs from the one before by more
    than was decided. `last_saved` is the last weight saved up to today, however old. `volume_shown` is the
    volume to draw up as it is shown (mL), `prepared` a prepared infusion that waits to be given, or to be
    recorded as not given. `of_arm` False: the drug was named because it was given. `hints` are what the
    record hints at to hold it for.
    """

    subject_id: int
    drug: str
    of_arm: bool
    slot: Slot | None
    candidates: tuple[Slot, ...]
    planned: int
    provisional: bool
    weight: Decimal | None
    weighed_on: date | None
    last_weight: Weight | None
    last_saved: Weight | None
    weigh_again: bool
    sum: DoseSum | None
    volume_shown: Decimal | None
    strengths: tuple[Decimal, ...]
    waits: tuple[str, ...]
    unknown: tuple[Unknown, ...]
    prepared: PreparedBag | None
    hints: tuple[Hint, ...] = ()

    @property
    def prepared_id(self) -> int | None:
        """Return the number of the prepared infusion that waits."""
        return None if self.prepared is None else self.prepared.dose_id


def infusion_drug(protocol: Protocol, arm: str) -> Drug:
    """Return the infused drug of an arm, or refuse: this arm has none."""
    for drug in map(protocol.drug, protocol.arm(arm).drugs if arm else ()):
        if drug.preparation is not None:
            return drug
    raise RuleBroken("dose.none_planned" if arm else "dose.not_allocated")


def last_weight(session: Session, subject_id: int, until: date, *, before: bool) -> Weight | None:
    """Return the last saved weight up to a day, or before it."""
    on_day = FormRecord.on_day < until if before else FormRecord.on_day <= until
    found = session.execute(
        select(FormRecord.on_day, Answer.number)
        .join(Answer, Answer.form_record_id == FormRecord.id)
        .where(
            FormRecord.subject_id == subject_id,
            FormRecord.state == "current",
            Answer.field == "weight",
            Answer.number.is_not(None),
            on_day,
        )
        .order_by(FormRecord.on_day.desc(), FormRecord.id.desc())
        .limit(1)
    ).first()
    return Weight(found.number, found.on_day) if found else None


def strengths_of(readings: Readings) -> tuple[Decimal, ...]:
    """Return the vial strengths the site stocks (mg); none while that is open."""
    value = readings.value(STRENGTHS)
    return value if isinstance(value, tuple) else ()


def changed_too_much(before: Weight | None, weight: Decimal, percent: Decimal | None) -> bool:
    """Tell whether a weight differs from the one before by more than was decided."""
    if before is None or percent is None:
        return False
    return abs(weight - before.kilograms) * 100 > percent * before.kilograms


def infusion_sum(drug: Drug, weight: Decimal, readings: Readings) -> DoseSum:
    """Return the whole sum for a weight in kg, from the strengths stocked."""
    made = drug.preparation
    assert made is not None
    prescribed = dose_by_weight.prescribed_dose(drug.amount, weight, rounding_of(readings))
    return dose_by_weight.dose_sum(prescribed, strengths_of(readings), made.concentration)


def _shown(volume: Decimal, readings: Readings) -> Decimal:
    step = number_of(readings, VOLUME_STEP)
    return volume if step is None else dose_by_weight.rounded_to_step(volume, DoseRounding(step, "nearest"))


def propose_infusion(
    desk: Desk, subject_id: int, weight: Decimal | None = None, drug: str = ""
) -> InfusionProposal:
    """Return the sum for a weight just taken (kg); without one, for a saved weight that is not too old.

    It is that of the arm's drug, or of one named because it was given.
    """
    today = desk.today()
    if weight is not None and check_measure(weight) <= 0:
        raise RuleBroken("dose.not_positive", typed=plain(weight))
    with desk.view() as session:
        course = courses.course(session, subject_id)
        if course is None:
            raise RuleBroken("subject.void")
        given = known_drug(desk.protocol, drug) if drug else infusion_drug(desk.protocol, course.arm)
        if given.preparation is None:
            raise RuleBroken("dose.is_injection", drug=given.code)
        calendar = calendar_of(course, plan_versions(session, desk.protocol, today), today)
        readings = decisions.readings_on(session, desk.protocol, today)
        usable = usable_weight(session, subject_id, today, readings)
        taken = Weight(weight, today) if weight is not None else usable
        before = last_weight(session, subject_id, taken.on_day if taken else today, before=True)
        saved = last_weight(session, subject_id, today, before=False)
        prepared = waiting_bag(session, desk.protocol, subject_id, given.code)
        hinting = hints_now(session, desk.protocol, subject_id, given.code, desk.now())
    planned = injections.of_arm(desk.protocol, course.arm, given.code)
    shown = _proposal(given, calendar, readings, (taken, before, saved), prepared, of_arm=planned)
    return replace(shown, hints=hinting)


def _proposal(
    drug: Drug,
    calendar: Calendar,
    readings: Readings,
    weights: tuple[Weight | None, Weight | None, Weight | None],
    prepared: PreparedBag | None,
    *,
    of_arm: bool,
) -> InfusionProposal:
    taken, before, saved = weights
    waits = readings.waits(f"prepare:{drug.code}")
    computed = infusion_sum(drug, taken.kilograms, readings) if taken is not None and not waits else None
    limit = number_of(readings, WEIGHT_CHANGE)
    candidates = calendar.open_on(drug.code, calendar.on)
    return InfusionProposal(
        subject_id=calendar.subject_id,
        drug=drug.code,
        of_arm=of_arm,
        slot=candidates[0] if candidates else None,
        candidates=candidates,
        planned=len(calendar.of_drug(drug.code)),
        provisional=calendar.provisional,
        weight=taken.kilograms if taken else None,
        weighed_on=taken.on_day if taken else None,
        last_weight=before,
        last_saved=saved,
        weigh_again=taken is not None and changed_too_much(before, taken.kilograms, limit),
        sum=computed,
        volume_shown=_shown(computed.volume_ml, readings) if computed else None,
        strengths=strengths_of(readings),
        waits=waits,
        unknown=calendar.unknown,
        prepared=prepared,
    )


def usable_weight(session: Session, subject_id: int, today: date, readings: Readings) -> Weight | None:
    """Return the last saved weight, where it is not too old for a dose of a day to be computed from it."""
    days = number_of(readings, WEIGHT_DAYS)
    saved = last_weight(session, subject_id, today, before=False)
    return saved if saved is not None and days is not None and (today - saved.on_day).days <= days else None


def give_infusion(
    desk: Desk, given: GivenDose, prepared_id: int | None = None, seen_version: int | None = None
) -> Recorded:
    """Record an infusion as given: the prepared one, or one that nobody recorded as prepared.

    Always recordable: another weight, amount or day takes a reason and proposes deviations.
    """
    if known_drug(desk.protocol, given.drug).preparation is None:
        raise RuleBroken("dose.is_injection", drug=given.drug)
    action = "dose.record" if prepared_id is None else "dose.give_prepared"
    with (
        desk.change(
            action, given.reason, done_by=doer(given), done_on=given.on_day, subject_id=given.subject_id
        ) as change,
        minding_first_dose(change, given.subject_id),
    ):
        if prepared_id is None:
            recorded = injections.keep(change, given)
        else:
            recorded = _give_prepared(change, given, prepared_id, seen_version)
        judge_after(change, given.subject_id, given.drug, moved_from(given.on_day, recorded.slot))
        return recorded


def preview_giving(desk: Desk, given: GivenDose, prepared_id: int | None) -> Judged:
    """Return what recording an infusion as given would show, before it is recorded."""
    with desk.view() as session:
        entry, key = given, NEW
        if prepared_id is not None:
            dose = session.get_one(Dose, prepared_id)
            vials = session.scalars(select(DoseVials).where(DoseVials.dose_id == prepared_id)).all()
            entry, key = _completed(entry_of(dose, vials), given), prepared_id
        born = session.get_one(Subject, given.subject_id).birth_date
        check_possible(entry, desk.protocol, desk.now(), born)
        return judge(session, desk.protocol, entry, desk.today(), key)


def waiting_dose(change: Change, dose_id: int, subject_id: int, seen_version: int | None) -> Dose:
    """Return a prepared infusion that waits, or refuse: it is given, discarded or another one by now."""
    dose = change.session.get_one(Dose, dose_id)
    waits = dose.progress == PREPARED and dose.discarded_on is None
    if dose.state != "current" or not waits or dose.subject_id != subject_id:
        raise RuleBroken("dose.not_prepared")
    if seen_version is not None and dose.version != seen_version:
        raise Stale("record.changed_meanwhile")
    return dose


def _give_prepared(change: Change, given: GivenDose, dose_id: int, seen_version: int | None) -> Recorded:
    dose = waiting_dose(change, dose_id, given.subject_id, seen_version)
    vials = change.session.scalars(select(DoseVials).where(DoseVials.dose_id == dose_id)).all()
    entry = _completed(entry_of(dose, vials), given)
    entry = with_hints_shown(change.session, change.protocol, entry, dose_id)
    born = change.session.get_one(Subject, given.subject_id).birth_date
    check_possible(entry, change.protocol, change.at, born)
    judged = judge(change.session, change.protocol, entry, change.at.date(), key=dose_id)
    require_reason(judged, entry)
    follow_infusion(change, dose_id, entry)
    for name, value in entry.columns().items():
        setattr(dose, name, value)
    dose.progress = GIVEN
    change.session.flush()
    # Compared, for something may have been proposed about the bag already: its weight was put right.
    about = ("dose", dose.id)
    renew_proposals(change, given.subject_id, about, entry.on_day, OF_DOSES, judged.findings)
    settle_courses(change, given.subject_id)
    return Recorded(dose.id, judged.slot, judged.findings)


def _completed(prepared: GivenDose, given: GivenDose) -> GivenDose:
    """Return what was prepared, completed by what was said at giving."""
    said = {
        each.name: getattr(given, each.name)
        for each in fields(GivenDose)
        if each.name not in ("subject_id", "drug", "vials") and getattr(given, each.name) != each.default
    }
    return replace(prepared, **said)
