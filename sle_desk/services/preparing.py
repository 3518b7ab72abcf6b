"""Preparing an infusion: the sum, the vials and two people; every hard stop stands here, before the act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.accounts import plain_name
from sle_desk.domain.decisions import Readings
from sle_desk.domain.dose_matching import GIVEN, NEW, RecordedDose
from sle_desk.domain.holds import NONE, held_for, hinted
from sle_desk.domain.open_points import open_words
from sle_desk.domain.pauses import Pause
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.values import check_text, plain
from sle_desk.domain.vials import whole_vial_over
from sle_desk.models.subject import Consent, Subject
from sle_desk.models.treatment import Dose
from sle_desk.services import courses, decisions
from sle_desk.services.courses import Course
from sle_desk.services.delegated import Doer
from sle_desk.services.desk import Change, Desk
from sle_desk.services.dose_entry import GivenDose, VialUse, check_possible, known_drug, vial_rows
from sle_desk.services.dose_judgement import WEIGHT_CHANGE, WEIGHT_DAYS, number_of
from sle_desk.services.hold_facts import hints_now
from sle_desk.services.infusions import (
    changed_too_much,
    infusion_sum,
    last_weight,
    strengths_of,
)
from sle_desk.services.plan import calendar_of, plan_versions
from sle_desk.services.pregnancies import pregnancies
from sle_desk.services.prepared_bags import PREPARED, waiting_bag
from sle_desk.services.stock_findings import Ledgers, judge_lots_again, lots_of, stock_findings
from sle_desk.services.withdrawals import TREATMENT

# What is done all the same once somebody says why: each code, and those that begin so.
WITH_REASON = (
    "prepare.given_today",
    "prepare.hold",
    "prepare.not_planned",
    "prepare.other_dose",
    "prepare.pregnant",
    "prepare.vials_over",
    "prepare.lot_stock",
)


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
    diluent_note: str = ""
    diluent_ml: Decimal | None = None
    prescribed: Decimal | None = None
    weighed_again: bool = False
    hold: str = ""
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


def prepare_infusion(desk: Desk, made: PreparedInfusion) -> PreparedRow:
    """Record an infusion as prepared and checked; refused where it should not be prepared (reality.md 2).

    Refused without arm, consent or decided plan, for a stopped drug, on a weight that is too old or has
    changed too much, from vials that are not stocked or hold too little, or checked by who prepared it; and
    until somebody says why where no dose is planned for the day, or one was given on it.
    """
    drug = known_drug(desk.protocol, made.drug)
    if drug.preparation is None:
        raise RuleBroken("dose.is_injection", drug=made.drug)
    with desk.change(
        "dose.prepare",
        made.reason,
        done_by=Doer(made.prepared_by),
        done_on=made.on_day,
        subject_id=made.subject_id,
    ) as change:
        readings = decisions.readings_on(change.session, change.protocol, made.on_day)
        _check_may_prepare(change, drug, made, readings)
        _check_weight(change.session, made, readings)
        if not made.reason:
            _check_planned(change, drug, made)
        computed = infusion_sum(drug, made.weight, readings).prescribed.dose
        prescribed = made.prescribed if made.prescribed is not None else computed
        if prescribed != computed and not made.reason:
            raise RuleBroken("prepare.other_dose", computed=plain(computed), prescribed=plain(prescribed))
        held = _check_vials(drug, made, prescribed, strengths_of(readings))
        entry = _entry(made, prescribed, held)
        entry = replace(entry, hold_shown=_check_hold(change, made))
        born = change.session.get_one(Subject, made.subject_id).birth_date
        # The reaction is asked when it is given; everything else has to be possible now.
        check_possible(replace(entry, reaction="none"), change.protocol, change.at, born)
        _check_stock(change, drug, entry)
        facts = change.record_facts(made.subject_id, made.on_day)
        dose = Dose(**{**facts, **entry.columns(), "progress": PREPARED, "unit": drug.unit})
        change.add(dose)
        change.add(*vial_rows(dose.id, drug, made.vials))
        judge_lots_again(change, lots_of(change.session, dose.id))
        return PreparedRow(dose.id, dose.version, prescribed, held, held - prescribed)


def _check_stock(change: Change, drug: Drug, entry: GivenDose) -> None:
    """Refuse a lot that the ledger says is not to be had, unless somebody said why."""
    found = stock_findings(Ledgers(change.session, change.protocol), entry, drug, NEW, change.at.date())
    if found and not entry.reason:
        raise RuleBroken(found[0].code.replace("dose.", "prepare."), **found[0].facts)


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
        diluent_note=made.diluent_note,
        diluent_ml=made.diluent_ml,
        prepared_at=made.prepared_at,
        prepared_by=check_text(made.prepared_by.strip()),
        checked_by=check_text(made.checked_by.strip()),
        hold=made.hold,
        reason=made.reason,
        reason_note=made.reason_note,
        answered_slot=made.answered_slot,
        vials=made.vials,
    )


def _check_may_prepare(change: Change, drug: Drug, made: PreparedInfusion, readings: Readings) -> None:
    course = courses.course(change.session, made.subject_id)
    if course is None:
        raise RuleBroken("subject.void")
    _check_standing(course, change.protocol, drug, made)
    pregnant = pregnancies(change.session, (made.subject_id,)).get(made.subject_id)
    if pregnant is not None and not made.reason:
        raise RuleBroken("prepare.pregnant", day=pregnant.since)
    consented = select(Consent.id).where(
        Consent.subject_id == made.subject_id, Consent.state == "current", Consent.signed_on <= made.on_day
    )
    if change.session.scalar(consented.limit(1)) is None:
        raise RuleBroken("prepare.no_consent")
    waits = (*readings.waits(f"prepare:{drug.code}"), *readings.waits(f"schedule:{drug.code}"))
    if waits:
        raise RuleBroken("prepare.waits", waits=open_words(change.protocol, waits))
    bag = waiting_bag(change.session, change.protocol, made.subject_id, drug.code)
    if bag is not None:
        raise RuleBroken("prepare.already", day=bag.on_day.isoformat())
    if not made.prepared_by.strip() or not made.checked_by.strip():
        raise RuleBroken("prepare.two_people")
    if plain_name(made.prepared_by) == plain_name(made.checked_by):
        raise RuleBroken("prepare.same_person", name=made.checked_by.strip())


def _check_planned(change: Change, drug: Drug, made: PreparedInfusion) -> None:
    """Refuse a second dose on one day, and one for which no planned dose has its window open."""
    course = courses.course(change.session, made.subject_id)
    assert course is not None
    facts = {"drug": drug.label, "day": made.on_day.isoformat()}
    given = [dose for dose in course.records if dose.drug == drug.code and dose.progress == GIVEN]
    if any(dose.on_day == made.on_day for dose in given):
        raise RuleBroken("prepare.given_today", **facts)
    # As it will be matched once it was given: a first one makes day 1.
    dose = RecordedDose(NEW, drug.code, GIVEN, made.on_day, answered_slot=made.answered_slot)
    with_it = replace(course, records=(*course.records, dose))
    versions = plan_versions(change.session, change.protocol, made.on_day)
    calendar = calendar_of(with_it, versions, made.on_day)
    slot = calendar.filled_by(NEW)
    if slot is not None and slot.holds(made.on_day):
        return
    following = calendar.next_slot(drug.code)
    if following is None:
        raise RuleBroken("prepare.not_planned", **facts)
    raise RuleBroken("prepare.not_planned_yet", **facts, next=following.planned_on.isoformat())


def _check_hold(change: Change, made: PreparedInfusion) -> str:
    """Return what the record hints at; refuse what is to be held, and "nothing" beside a hint."""
    protocol, session = change.protocol, change.session
    known = hints_now(session, protocol, made.subject_id, made.drug, change.at)
    condition = held_for(protocol.holds_of(made.drug), made.hold)
    if condition is not None and not made.reason:
        raise RuleBroken("prepare.hold", hold=condition.label)
    unanswered = not made.hold and not made.reason
    if known and (made.hold == NONE or unanswered):
        raise RuleBroken("dose.hold_which", hold=protocol.hold(known[0].hold).label)
    return hinted(known) if made.hold else ""


def _check_standing(course: Course, protocol: Protocol, drug: Drug, made: PreparedInfusion) -> None:
    on_day = made.on_day
    if not course.arm:
        raise RuleBroken("dose.not_allocated")
    if drug.code not in protocol.arm(course.arm).drugs:
        raise RuleBroken("prepare.off_arm", drug=drug.label)
    died, withdrawn = course.death, course.withdrawn_by(TREATMENT, on_day)
    if died is not None and on_day >= died.on_day:
        raise RuleBroken("prepare.died", day=died.written)
    if withdrawn is not None:
        raise RuleBroken("prepare.withdrawn", day=withdrawn.isoformat())
    stopped, told_at = course.stopped_on(drug.code), course.stop_told_at(drug.code)
    late = on_day == stopped and told_at is not None and made.prepared_at >= told_at
    if stopped is not None and (on_day > stopped or late):
        code = "prepare.left" if stopped == course.left_on else "prepare.stopped"
        raise RuleBroken(code, drug=drug.label, day=stopped.isoformat())
    pause = course.pause_on(drug.code, on_day)
    if pause is not None and (on_day > pause.since or _told_before(pause, made)):
        raise RuleBroken("prepare.paused", drug=drug.label, day=pause.since.isoformat())


def _told_before(pause: Pause, made: PreparedInfusion) -> bool:
    """Tell whether a pause had been recorded when an infusion of its first day was prepared."""
    return pause.told_at is not None and made.prepared_at >= pause.told_at


def _check_weight(session: Session, made: PreparedInfusion, readings: Readings) -> None:
    allowed = number_of(readings, WEIGHT_DAYS)
    age = (made.on_day - made.weighed_on).days
    if allowed is None or not 0 <= age <= allowed:
        raise RuleBroken("prepare.old_weight", day=made.weighed_on.isoformat(), age=age, allowed=allowed)
    saved = last_weight(session, made.subject_id, made.weighed_on, before=False)
    if saved is not None and saved.on_day == made.weighed_on and saved.kilograms != made.weight:
        raise RuleBroken("prepare.other_weight", saved=plain(saved.kilograms), typed=plain(made.weight))
    before = last_weight(session, made.subject_id, made.weighed_on, before=True)
    limit = number_of(readings, WEIGHT_CHANGE)
    if before is not None and changed_too_much(before, made.weight, limit) and not made.weighed_again:
        raise RuleBroken(
            "prepare.weight_changed",
            before=plain(before.kilograms),
            day=before.on_day.isoformat(),
            typed=plain(made.weight),
            percent=plain(limit) if limit is not None else "",
        )


def _check_vials(
    drug: Drug, made: PreparedInfusion, prescribed: Decimal, strengths: Sequence[Decimal]
) -> Decimal:
    """Return what the vials hold together (mg).

    Refuse strengths that are not stocked and too little, and a whole vial too many without a reason.
    """
    vials = made.vials
    for used in vials:
        if used.strength not in strengths:
            stocked = ", ".join(map(plain, strengths))
            raise RuleBroken("prepare.strength", strength=plain(used.strength), stocked=stocked)
        if not used.lot.strip():
            raise RuleBroken("prepare.lot")
    held = sum((used.strength * used.count for used in vials), Decimal(0))
    if held < prescribed:
        raise RuleBroken(
            "prepare.vials_short", held=plain(held), prescribed=plain(prescribed), unit=drug.unit
        )
    if whole_vial_over(prescribed, [(used.strength, used.count) for used in vials]) and not made.reason:
        raise RuleBroken("prepare.vials_over", held=plain(held), prescribed=plain(prescribed), unit=drug.unit)
    return held
