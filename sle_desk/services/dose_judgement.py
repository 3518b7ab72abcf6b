"""What a recorded dose shows on the plan, the decisions and the consent of its own day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import dosing
from sle_desk.domain.accounts import plain_name
from sle_desk.domain.decisions import Readings
from sle_desk.domain.dose_by_weight import DoseRounding, prescribed_dose
from sle_desk.domain.dose_matching import GIVEN, NEW, RecordedDose
from sle_desk.domain.dosing import (
    REASON,
    WARNING,
    Bag,
    DoseFacts,
    DoseThresholds,
    PlannedDose,
    ProposedDeviation,
)
from sle_desk.domain.eligibility import ELIGIBLE
from sle_desk.domain.hold_findings import given_despite
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.schedule import Slot
from sle_desk.domain.values import plain
from sle_desk.domain.vials import whole_vial_over
from sle_desk.models.eligibility import EligibilityDecision
from sle_desk.models.subject import Consent
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services import courses, decisions
from sle_desk.services.courses import Course
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.hold_facts import hints_for
from sle_desk.services.kits_handed import kits_in
from sle_desk.services.plan import Calendar, PlanVersion, calendar_of, plan_versions
from sle_desk.services.stock_findings import Ledgers, stock_findings
from sle_desk.services.waived import waiver_row

WEIGHT = "weight"
ROUNDING_STEP, ROUNDING_RULE = "belimumab.rounding_step", "belimumab.rounding_rule"
STRENGTHS, VOLUME_STEP = "belimumab.vials_stocked", "belimumab.volume_step"
WEIGHT_DAYS, WEIGHT_CHANGE = "weight.age_days", "weight.change_percent"
# What is said of a dose begins so; nobody else speaks of doses.
OF_DOSES, OF_HOLDS = ("dose.",), ("dose.hold_",)
SHORTEST_GAP, LONGEST_GAP = "il2.shortest_gap_hours", "il2.longest_gap_hours"


@dataclass(frozen=True)
class Judged:
    """What a dose shows, and the planned dose it fills with it recorded; None when it fits none."""

    findings: tuple[ProposedDeviation, ...]
    slot: Slot | None
    calendar: Calendar

    @property
    def needs_reason(self) -> bool:
        """Tell whether somebody has to say why before it is recorded."""
        return any(each.severity != WARNING for each in self.findings)


def number_of(readings: Readings, code: str) -> Decimal | None:
    """Return a decided number, or None while it is open or without limit."""
    return readings.number(code)


def rounding_of(readings: Readings) -> DoseRounding | None:
    """Return the rounding rule that was decided, or None where doses are not rounded."""
    step, rule = number_of(readings, ROUNDING_STEP), readings.value(ROUNDING_RULE)
    return DoseRounding(step, rule) if step is not None and isinstance(rule, str) else None


def thresholds(
    readings: Readings, protocol: Protocol, drug: Drug, slot: Slot | None, calendar: Calendar
) -> DoseThresholds:
    """Return what was decided on the day of a dose; what is open is None and judges nothing."""
    weight_days = number_of(readings, WEIGHT_DAYS)
    # The gaps are those of doses every other day: of the first stage alone.
    gaps = drug.preparation is None and slot is not None and slot.stage == drug.stages[0].code
    # A second cycle begins with them a week after the last weekly dose: the plan itself makes that gap.
    begins = slot is not None and _begins_cycle(slot, calendar)
    return DoseThresholds(
        reason_percent=number_of(readings, "dose.reason_percent"),
        deviation_percent=number_of(readings, "dose.deviation_percent"),
        fold=number_of(readings, "dose.modal_fold"),
        weight_days=None if weight_days is None else int(weight_days),
        shortest_gap=_hours(number_of(readings, SHORTEST_GAP)) if gaps else None,
        longest_gap=_hours(number_of(readings, LONGEST_GAP)) if gaps and not begins else None,
    )


def _begins_cycle(slot: Slot, calendar: Calendar) -> bool:
    before = calendar.slot(slot.drug, slot.number - 1)
    return before is not None and before.stage != slot.stage


def _hours(hours: Decimal | None) -> timedelta | None:
    return None if hours is None else timedelta(minutes=int(hours * 60))


def record_with(entry: GivenDose, key: int) -> RecordedDose:
    """Return an entry as the domain compares it with other doses."""
    return RecordedDose(
        key=key,
        drug=entry.drug,
        progress=GIVEN,
        on_day=entry.on_day,
        started_at=entry.started_at,
        administered=entry.administered,
        site=entry.site,
        answered_slot=entry.answered_slot,
        site_note=entry.site_note,
    )


def planned_dose(
    drug: Drug,
    slot: Slot | None,
    weight: tuple[Decimal | None, date | None],
    prescribed: Decimal | None,
    readings: Readings,
) -> PlannedDose:
    """Return what was planned of a drug: by weight (kg, its day) what was prescribed, beside its sum."""
    kilograms, weighed_on = weight
    if not drug.per_kg:
        return PlannedDose(drug.code, slot, drug.amount, drug.unit, weighed_on=weighed_on)
    computed = None
    if kilograms is not None:
        computed = prescribed_dose(drug.amount, kilograms, rounding_of(readings)).dose
    amount = computed if prescribed is None else prescribed
    return PlannedDose(
        drug.code, slot, amount, drug.unit, by_weight=True, weighed_on=weighed_on, computed=computed
    )


def _facts(session: Session, protocol: Protocol, course: Course, entry: GivenDose) -> DoseFacts:
    consent = session.scalar(
        select(Consent)
        .where(Consent.subject_id == course.subject_id, Consent.state == "current")
        .order_by(Consent.signed_on, Consent.signed_time)
        .limit(1)
    )
    decided = session.scalars(
        select(EligibilityDecision)
        .where(EligibilityDecision.subject_id == course.subject_id)
        .order_by(EligibilityDecision.id)
    ).all()
    then = [row for row in decided if row.voided_at is None or not _void_by(row.voided_at, entry)]
    return DoseFacts(
        arm_drugs=frozenset(protocol.arm(course.arm).drugs) if course.arm else None,
        allocated_at=course.allocated_at,
        consented_on=consent.signed_on if consent else None,
        consented_at=_signed_at(consent, entry.started_at) if consent else None,
        eligible=_was_eligible(session, course, then[-1]) if then else None,
        eligibility_void=bool(decided) and not then,
        # The door compares the delegation log itself, for whoever did it.
        delegated=None,
        ends=course.ends_of(record_with(entry, NEW)),
        others=course.records,
    )


def _was_eligible(session: Session, course: Course, decision: EligibilityDecision) -> bool:
    """Tell whether a dose rests on a verdict that bears it; randomised under a waiver is said there once."""
    if decision.verdict == ELIGIBLE:
        return True
    waiver = waiver_row(session, decision.id)
    return (
        waiver is not None and course.allocated_at is not None and waiver.proposed_at <= course.allocated_at
    )


def _void_by(voided_at: datetime, entry: GivenDose) -> bool:
    """Tell whether a decision was void when a dose was given; on one day the time has to say so."""
    if entry.started_at is not None:
        return voided_at <= entry.started_at
    return voided_at.date() < entry.on_day


def _signed_at(consent: Consent, beside: datetime | None) -> datetime | None:
    """Return when a consent was signed, on the clock of the dose; None where its time is not known."""
    hour, _, minute = consent.signed_time.partition(":")
    if beside is None or not (hour.isdigit() and minute.isdigit()):
        return None
    return datetime.combine(consent.signed_on, time(int(hour), int(minute)), beside.tzinfo)


def _lots(session: Session, entry: GivenDose, drug: Drug) -> Iterable[ProposedDeviation]:
    if drug.preparation is not None:
        return
    # A kit handed over on a later day is not where a dose came from.
    kits = [kit for kit in kits_in(session, entry.subject_id, drug.code) if kit.on_day <= entry.on_day]
    handed = {kit.lot for kit in kits}
    expired = {kit.lot: kit.expires_on for kit in kits if kit.expires_on and kit.expires_on < entry.on_day}
    if not entry.vials:
        yield ProposedDeviation("dose.lot_unknown", WARNING, {"on": entry.on_day})
    for used in entry.vials:
        if used.lot not in handed:
            yield ProposedDeviation("dose.lot_not_dispensed", dosing.MINOR, {"lot": used.lot})
        elif used.lot in expired:
            facts = {"lot": used.lot, "expired": expired[used.lot]}
            yield ProposedDeviation("dose.lot_expired", dosing.MAJOR, facts)


def _vials_short(entry: GivenDose, drug: Drug) -> Iterable[ProposedDeviation]:
    held = sum((used.strength * used.count for used in entry.vials), Decimal(0))
    if entry.vials and entry.administered is not None and held < entry.administered:
        facts = {"held": held, "given": entry.administered, "unit": drug.unit}
        yield ProposedDeviation("dose.vials_short", REASON, facts)


def _vials_over(entry: GivenDose, drug: Drug, planned: Decimal | None) -> Iterable[ProposedDeviation]:
    known = [amount for amount in (planned, entry.administered) if amount is not None]
    used = [(each.strength, each.count) for each in entry.vials]
    if known and whole_vial_over(max(known), used):
        held = sum((strength * count for strength, count in used), Decimal(0))
        facts = {"held": held, "needed": max(known), "unit": drug.unit}
        yield ProposedDeviation("dose.vials_over", dosing.MINOR, facts)


def _preparing(entry: GivenDose, drug: Drug, readings: Readings) -> Iterable[ProposedDeviation]:
    """Yield what would have been refused when preparing an infusion, and happened."""
    if drug.preparation is None:
        return
    stocked = readings.value(STRENGTHS)
    odd = [
        used.strength for used in entry.vials if isinstance(stocked, tuple) and used.strength not in stocked
    ]
    if odd:
        facts = {"strength": ", ".join(map(plain, odd)), "unit": drug.unit}
        yield ProposedDeviation("dose.strength_not_stocked", REASON, facts)
    one, two = plain_name(entry.prepared_by), plain_name(entry.checked_by)
    if one and one == two:
        yield ProposedDeviation("dose.same_person", dosing.MINOR, {"name": entry.checked_by.strip()})


def _infusion_times(entry: GivenDose, drug: Drug, slot: Slot | None) -> Iterable[ProposedDeviation]:
    made = drug.preparation
    if made is None:
        return
    # Whoever began too late has ended too late, also where nobody wrote down when it ended.
    last = entry.ended_at or entry.started_at
    if entry.prepared_at is not None and last is not None:
        minutes = (last - entry.prepared_at) // timedelta(minutes=1)
        if minutes > made.minutes_to_end:
            facts = {"minutes": minutes, "allowed": made.minutes_to_end}
            code = "dose.prepared_long_ago" if entry.ended_at is not None else "dose.begun_long_ago"
            yield ProposedDeviation(code, dosing.MINOR, facts)
    if slot is not None and slot.number <= made.observed_infusions and entry.observed_until is None:
        yield ProposedDeviation("dose.not_observed", WARNING, {"number": slot.number})


def weight_of_now(
    session: Session, subject_id: int, weight: Decimal | None, weighed_on: date | None
) -> Iterable[ProposedDeviation]:
    """Yield that the weight of a dose was entered in error or corrected, unless the same one still stands."""
    if weight is None or weighed_on is None:
        return
    rows = session.execute(
        select(FormRecord.state, Answer.number)
        .join(Answer, Answer.form_record_id == FormRecord.id)
        .where(
            FormRecord.subject_id == subject_id,
            FormRecord.on_day == weighed_on,
            Answer.field == WEIGHT,
            Answer.number.is_not(None),
        )
    ).all()
    standing = [number for state, number in rows if state == "current"]
    facts: dict[str, object] = {"weight": weight, "weighed": weighed_on}
    if standing and weight not in standing:
        yield ProposedDeviation("dose.weight_corrected", dosing.MAJOR, {**facts, "now": standing[-1]})
    elif not standing and any(number == weight for _, number in rows):
        yield ProposedDeviation("dose.weight_void", dosing.MAJOR, facts)


@dataclass(frozen=True)
class DoseGround:
    """What the doses of one subject are compared with: read once where several of them are compared.

    `calendar` is the plan with every dose that is recorded, and with the one that is being recorded.
    """

    session: Session
    protocol: Protocol
    course: Course
    versions: Sequence[PlanVersion]
    calendar: Calendar
    ledgers: Ledgers


def ground_of(session: Session, protocol: Protocol, subject_id: int, today: date) -> DoseGround:
    """Return what the recorded doses of a subject are compared with, as it stands now."""
    course = courses.course(session, subject_id)
    if course is None:
        raise RuleBroken("subject.void")
    versions = plan_versions(session, protocol, today)
    calendar = calendar_of(course, versions, today)
    return DoseGround(session, protocol, course, versions, calendar, Ledgers(session, protocol))


def judge(session: Session, protocol: Protocol, entry: GivenDose, today: date, key: int = NEW) -> Judged:
    """Return what a dose shows beside all others of the subject; `key` is its number once it is kept."""
    ground = ground_of(session, protocol, entry.subject_id, today)
    others = (dose for dose in ground.course.records if dose.key != key)
    # Counted with this dose: the first one makes day 1.
    with_it = replace(ground.course, records=(*others, record_with(entry, key)))
    calendar = calendar_of(with_it, ground.versions, today)
    return judge_kept(replace(ground, calendar=calendar), entry, today, key)


def judge_kept(ground: DoseGround, entry: GivenDose, today: date, key: int) -> Judged:
    """Return what a dose shows that the ground has in its plan, beside all others of the subject."""
    session, protocol, calendar = ground.session, ground.protocol, ground.calendar
    drug, record = protocol.drug(entry.drug), record_with(entry, key)
    others = tuple(dose for dose in ground.course.records if dose.key != key)
    course = replace(ground.course, records=others)
    slot = calendar.filled_by(key)
    readings = decisions.readings_on(session, protocol, entry.on_day)
    weighed = entry.weight, entry.weight_day
    taken = calendar.taken_on(drug.code, entry.on_day) if slot is None else None
    planned = replace(planned_dose(drug, slot, weighed, entry.prescribed, readings), taken=taken)
    limits = thresholds(readings, protocol, drug, slot, calendar)
    findings = dosing.deviations(planned, record, limits, _facts(session, protocol, course, entry))
    more = (
        *_lots(session, entry, drug),
        *stock_findings(ground.ledgers, entry, drug, key, today),
        *_vials_short(entry, drug),
        *_vials_over(entry, drug, planned.amount),
        *dosing.residual_differs(planned, record, Bag(entry.diluent_ml, entry.residual_ml), limits),
        *_preparing(entry, drug, readings),
        *_infusion_times(entry, drug, slot),
        *weight_of_now(session, entry.subject_id, entry.weight, entry.weight_day),
        *hold_findings(session, protocol, entry, record),
    )
    known = calendar.knows(entry.drug)
    shown = (each for each in findings if known or each.code != "dose.outside_plan")
    open_plan = () if known else (_plan_open(calendar, entry),)
    return Judged((*shown, *more, *open_plan), slot, calendar)


def hold_findings(
    session: Session, protocol: Protocol, entry: GivenDose, record: RecordedDose
) -> Iterable[ProposedDeviation]:
    """Yield what a dose shows beside what the record hints at to hold it for, as it stands now."""
    known = hints_for(session, protocol, entry.subject_id, entry.drug, record)
    return given_despite(protocol.holds_of(entry.drug), entry.hold, known, entry.on_day)


def missed_finding(number: int, on_day: date, reason: str) -> ProposedDeviation:
    """Return what a planned dose that was missed shows."""
    return ProposedDeviation("dose.missed", dosing.MINOR, {"number": number, "on": on_day, "reason": reason})


def _plan_open(calendar: Calendar, entry: GivenDose) -> ProposedDeviation:
    # Without a decided plan nobody can say that a dose fell outside of it.
    codes = [code for part in calendar.unknown if part.part == entry.drug for code in part.codes]
    return ProposedDeviation("dose.plan_open", WARNING, {"codes": ", ".join(codes)})


def require_reason(judged: Judged, entry: GivenDose) -> None:
    """Refuse to record what was not as planned before somebody said why."""
    if judged.needs_reason and not entry.reason:
        found = tuple(each for each in judged.findings if each.severity != WARNING)
        raise RuleBroken("dose.reason_needed", first=found[0].code, findings=found)
