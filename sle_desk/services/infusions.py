"""Infusions in two steps: weighed, computed, prepared and checked; then given. What was given is recordable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain import dosing
from sle_desk.domain.decisions import Readings
from sle_desk.domain.dosing import DoseRounding, DoseSum
from sle_desk.domain.plan_rules import Unknown
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.schedule import Slot
from sle_desk.domain.values import check_measure, check_text, plain
from sle_desk.models.subject import Consent, Subject
from sle_desk.models.treatment import Dose, DoseVials
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services import courses, decisions
from sle_desk.services import dosing as injections
from sle_desk.services.courses import Course
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import propose_about
from sle_desk.services.dose_entry import GivenDose, VialUse, check_possible, entry_of, known_drug, vial_rows
from sle_desk.services.dose_judgement import (
    STRENGTHS,
    VOLUME_STEP,
    WEIGHT_CHANGE,
    WEIGHT_DAYS,
    judge,
    number_of,
    require_reason,
    rounding_of,
)
from sle_desk.services.dosing import Recorded
from sle_desk.services.plan import Calendar, calendar_of, plan_versions

PREPARED, GIVEN = "prepared", "given"


@dataclass(frozen=True)
class Weight:
    """A recorded weight in kg and its day."""

    kilograms: Decimal
    on_day: date


@dataclass(frozen=True)
class InfusionProposal:
    """The sum of an infusion and everything it rests on; `sum` is None while a setting or the weight is open.

    `waits` are the decisions it waits for. `weigh_again`: the weight differs from the one before by more than
    was decided. `volume_shown` is the volume to draw up as it is shown (mL), `prepared_id` a prepared infusion
    that waits to be given.
    """

    subject_id: int
    drug: str
    slot: Slot | None
    candidates: tuple[Slot, ...]
    planned: int
    provisional: bool
    weight: Decimal | None
    weighed_on: date | None
    last_weight: Weight | None
    weigh_again: bool
    sum: DoseSum | None
    volume_shown: Decimal | None
    strengths: tuple[Decimal, ...]
    waits: tuple[str, ...]
    unknown: tuple[Unknown, ...]
    prepared_id: int | None


@dataclass(frozen=True)
class PreparedInfusion:
    """An infusion prepared and checked, before it is given. `prescribed` None: as computed from the weight.

    `weighed_again`: the person was shown a large change and weighed a second time.
    """

    subject_id: int
    drug: str
    on_day: date
    weight: Decimal
    weighed_on: date
    vials: tuple[VialUse, ...]
    prepared_by: str
    checked_by: str
    prepared_at: datetime
    diluent: str = ""
    diluent_ml: Decimal | None = None
    prescribed: Decimal | None = None
    weighed_again: bool = False
    reason: str = ""
    reason_note: str = ""
    answered_slot: int | None = None


@dataclass(frozen=True)
class PreparedRow:
    """A prepared infusion as it is shown."""

    id: int
    version: int
    prescribed: Decimal
    prepared: Decimal
    left_over: Decimal


def infusion_drug(protocol: Protocol, arm: str) -> Drug:
    """Return the infused drug of an arm, or refuse: this arm has none."""
    for drug in map(protocol.drug, protocol.arm(arm).drugs if arm else ()):
        if drug.preparation is not None:
            return drug
    raise RuleBroken("dose.none_planned" if arm else "dose.not_allocated")


def _last_weight(session: Session, subject_id: int, until: date, *, before: bool) -> Weight | None:
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


def _strengths(readings: Readings) -> tuple[Decimal, ...]:
    value = readings.value(STRENGTHS)
    return value if isinstance(value, tuple) else ()


def _changed_too_much(before: Weight | None, weight: Decimal, percent: Decimal | None) -> bool:
    if before is None or percent is None:
        return False
    return abs(weight - before.kilograms) * 100 > percent * before.kilograms


def _sum(drug: Drug, weight: Decimal, readings: Readings) -> DoseSum:
    made = drug.preparation
    assert made is not None
    prescribed = dosing.prescribed_dose(drug.amount, weight, rounding_of(readings))
    return dosing.dose_sum(prescribed, _strengths(readings), made.concentration)


def _shown(volume: Decimal, readings: Readings) -> Decimal:
    step = number_of(readings, VOLUME_STEP)
    return volume if step is None else dosing.rounded_to_step(volume, DoseRounding(step, "nearest"))


def propose_infusion(desk: Desk, subject_id: int, weight: Decimal | None = None) -> InfusionProposal:
    """Return the sum for a weight just taken (kg); without one, for a saved weight that is not too old."""
    today = desk.today()
    if weight is not None and check_measure(weight) <= 0:
        raise RuleBroken("dose.not_positive", typed=plain(weight))
    with desk.view() as session:
        course = courses.course(session, subject_id)
        if course is None:
            raise RuleBroken("subject.void")
        drug = infusion_drug(desk.protocol, course.arm)
        calendar = calendar_of(course, plan_versions(session, desk.protocol, today), today)
        readings = decisions.readings_on(session, desk.protocol, today)
        taken = Weight(weight, today) if weight is not None else _usable(session, subject_id, today, readings)
        before = _last_weight(session, subject_id, taken.on_day if taken else today, before=True)
        prepared = _waiting(session, subject_id, drug.code)
    return _proposal(drug, calendar, readings, (taken, before), prepared)


def _proposal(
    drug: Drug,
    calendar: Calendar,
    readings: Readings,
    weights: tuple[Weight | None, Weight | None],
    prepared: int | None,
) -> InfusionProposal:
    taken, before = weights
    waits = readings.waits(f"prepare:{drug.code}")
    computed = _sum(drug, taken.kilograms, readings) if taken is not None and not waits else None
    limit = number_of(readings, WEIGHT_CHANGE)
    candidates = calendar.open_on(drug.code, calendar.on)
    return InfusionProposal(
        subject_id=calendar.subject_id,
        drug=drug.code,
        slot=candidates[0] if candidates else None,
        candidates=candidates,
        planned=len(calendar.of_drug(drug.code)),
        provisional=calendar.provisional,
        weight=taken.kilograms if taken else None,
        weighed_on=taken.on_day if taken else None,
        last_weight=before,
        weigh_again=taken is not None and _changed_too_much(before, taken.kilograms, limit),
        sum=computed,
        volume_shown=_shown(computed.volume_ml, readings) if computed else None,
        strengths=_strengths(readings),
        waits=waits,
        unknown=calendar.unknown,
        prepared_id=prepared,
    )


def _usable(session: Session, subject_id: int, today: date, readings: Readings) -> Weight | None:
    days = number_of(readings, WEIGHT_DAYS)
    saved = _last_weight(session, subject_id, today, before=False)
    return saved if saved is not None and days is not None and (today - saved.on_day).days <= days else None


def _waiting(session: Session, subject_id: int, drug: str) -> int | None:
    return session.scalar(
        select(Dose.id)
        .where(
            Dose.subject_id == subject_id,
            Dose.drug == drug,
            Dose.progress == PREPARED,
            Dose.state == "current",
        )
        .order_by(Dose.id)
        .limit(1)
    )


def prepare_infusion(desk: Desk, made: PreparedInfusion) -> PreparedRow:
    """Record an infusion as prepared and checked; refused where it should not be prepared (reality.md 2).

    Refused without arm, consent or decided plan, for a stopped drug, on a weight that is too old or has
    changed too much, from vials that are not stocked or hold too little, or checked by who prepared it.
    """
    drug = known_drug(desk.protocol, made.drug)
    if drug.preparation is None:
        raise RuleBroken("dose.is_injection", drug=made.drug)
    done_by = injections.who(desk, made.prepared_by)
    with desk.change(
        "dose.prepare", made.reason, done_by=done_by, done_on=made.on_day, subject_id=made.subject_id
    ) as change:
        readings = decisions.readings_on(change.session, change.protocol, made.on_day)
        _check_may_prepare(change, drug, made, readings)
        _check_weight(change.session, made, readings)
        computed = _sum(drug, made.weight, readings).prescribed.dose
        prescribed = made.prescribed if made.prescribed is not None else computed
        if prescribed != computed and not made.reason:
            raise RuleBroken("prepare.other_dose", computed=plain(computed), prescribed=plain(prescribed))
        held = _check_vials(drug, made.vials, prescribed, _strengths(readings))
        entry = _entry(made, prescribed, held)
        born = change.session.get_one(Subject, made.subject_id).birth_date
        # The reaction is asked when it is given; everything else has to be possible now.
        check_possible(replace(entry, reaction="none"), change.protocol, change.at, born)
        facts = change.record_facts(made.subject_id, made.on_day)
        dose = Dose(**{**facts, **entry.columns(), "progress": PREPARED, "unit": drug.unit})
        change.add(dose)
        change.add(*vial_rows(dose.id, drug, made.vials))
        return PreparedRow(dose.id, dose.version, prescribed, held, held - prescribed)


def _entry(made: PreparedInfusion, prescribed: Decimal, held: Decimal) -> GivenDose:
    return GivenDose(
        subject_id=made.subject_id,
        drug=made.drug,
        on_day=made.on_day,
        weight=made.weight,
        weight_day=made.weighed_on,
        prescribed=prescribed,
        prepared=held,
        diluent=made.diluent,
        diluent_ml=made.diluent_ml,
        prepared_at=made.prepared_at,
        prepared_by=check_text(made.prepared_by.strip()),
        checked_by=check_text(made.checked_by.strip()),
        reason=made.reason,
        reason_note=made.reason_note,
        answered_slot=made.answered_slot,
        vials=made.vials,
    )


def _check_may_prepare(change: Change, drug: Drug, made: PreparedInfusion, readings: Readings) -> None:
    course = courses.course(change.session, made.subject_id)
    if course is None:
        raise RuleBroken("subject.void")
    _check_standing(course, change.protocol, drug, made.on_day)
    consented = select(Consent.id).where(
        Consent.subject_id == made.subject_id, Consent.state == "current", Consent.signed_on <= made.on_day
    )
    if change.session.scalar(consented.limit(1)) is None:
        raise RuleBroken("prepare.no_consent")
    waits = (*readings.waits(f"prepare:{drug.code}"), *readings.waits(f"schedule:{drug.code}"))
    if waits:
        raise RuleBroken("prepare.waits", waits=", ".join(dict.fromkeys(waits)))
    if _waiting(change.session, made.subject_id, drug.code) is not None:
        raise RuleBroken("prepare.already")
    if not made.prepared_by.strip() or not made.checked_by.strip():
        raise RuleBroken("prepare.two_people")
    if made.prepared_by.strip() == made.checked_by.strip():
        raise RuleBroken("prepare.same_person", name=made.checked_by.strip())


def _check_standing(course: Course, protocol: Protocol, drug: Drug, on_day: date) -> None:
    if not course.arm:
        raise RuleBroken("dose.not_allocated")
    if drug.code not in protocol.arm(course.arm).drugs:
        raise RuleBroken("prepare.off_arm", drug=drug.label)
    stopped = course.stopped_on(drug.code)
    if stopped is not None and on_day > stopped:
        raise RuleBroken("prepare.stopped", drug=drug.label, day=stopped.isoformat())


def _check_weight(session: Session, made: PreparedInfusion, readings: Readings) -> None:
    allowed = number_of(readings, WEIGHT_DAYS)
    age = (made.on_day - made.weighed_on).days
    if allowed is None or not 0 <= age <= allowed:
        raise RuleBroken("prepare.old_weight", day=made.weighed_on.isoformat(), age=age, allowed=allowed)
    saved = _last_weight(session, made.subject_id, made.weighed_on, before=False)
    if saved is not None and saved.on_day == made.weighed_on and saved.kilograms != made.weight:
        raise RuleBroken("prepare.other_weight", saved=plain(saved.kilograms), typed=plain(made.weight))
    before = _last_weight(session, made.subject_id, made.weighed_on, before=True)
    limit = number_of(readings, WEIGHT_CHANGE)
    if before is not None and _changed_too_much(before, made.weight, limit) and not made.weighed_again:
        raise RuleBroken(
            "prepare.weight_changed",
            before=plain(before.kilograms),
            day=before.on_day.isoformat(),
            typed=plain(made.weight),
            percent=plain(limit) if limit is not None else "",
        )


def _check_vials(
    drug: Drug, vials: Sequence[VialUse], prescribed: Decimal, strengths: Sequence[Decimal]
) -> Decimal:
    """Return what the vials hold together (mg); refuse strengths that are not stocked, and too little."""
    for used in vials:
        if used.strength not in strengths:
            stocked = ", ".join(map(plain, strengths))
            raise RuleBroken("prepare.strength", strength=plain(used.strength), stocked=stocked)
        if not used.lot.strip():
            raise RuleBroken("prepare.lot")
    held = sum((used.strength * used.count for used in vials), Decimal(0))
    if held < prescribed:
        raise RuleBroken("prepare.vials_short", held=plain(held), prescribed=plain(prescribed), unit=drug.unit)
    return held


def give_infusion(
    desk: Desk, given: GivenDose, prepared_id: int | None = None, seen_version: int | None = None
) -> Recorded:
    """Record an infusion as given: the prepared one, or one that nobody recorded as prepared.

    Always recordable: another weight, amount or day takes a reason and proposes deviations.
    """
    if known_drug(desk.protocol, given.drug).preparation is None:
        raise RuleBroken("dose.is_injection", drug=given.drug)
    done_by = injections.who(desk, given.given_by)
    action = "dose.record" if prepared_id is None else "dose.give_prepared"
    with desk.change(
        action, given.reason, done_by=done_by, done_on=given.on_day, subject_id=given.subject_id
    ) as change:
        if prepared_id is None:
            return injections.keep(change, given)
        return _give_prepared(change, given, prepared_id, seen_version)


def _give_prepared(change: Change, given: GivenDose, dose_id: int, seen_version: int | None) -> Recorded:
    dose = change.session.get_one(Dose, dose_id)
    if dose.state != "current" or dose.progress != PREPARED or dose.subject_id != given.subject_id:
        raise RuleBroken("dose.not_prepared")
    if seen_version is not None and dose.version != seen_version:
        raise Stale("record.changed_meanwhile")
    vials = change.session.scalars(select(DoseVials).where(DoseVials.dose_id == dose_id)).all()
    entry = _completed(entry_of(dose, vials), given)
    born = change.session.get_one(Subject, given.subject_id).birth_date
    check_possible(entry, change.protocol, change.at, born)
    judged = judge(change.session, change.protocol, entry, change.at.date(), key=dose_id)
    require_reason(judged, entry)
    for name, value in entry.columns().items():
        setattr(dose, name, value)
    dose.progress = GIVEN
    change.session.flush()
    propose_about(change, given.subject_id, ("dose", dose.id), entry.on_day, judged.findings)
    return Recorded(dose.id, judged.slot, judged.findings)


def _completed(prepared: GivenDose, given: GivenDose) -> GivenDose:
    """Return what was prepared, completed by what was said at giving."""
    said = {
        each.name: getattr(given, each.name)
        for each in fields(GivenDose)
        if each.name not in ("subject_id", "drug", "vials") and getattr(given, each.name) != each.default
    }
    return replace(prepared, **said)
