"""Injections: what is proposed for today, what was given, what was missed, and a paper diary of several."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.domain.dose_choices import OTHER, last_sites, next_site
from sle_desk.domain.dose_matching import MISSED, RecordedDose
from sle_desk.domain.dosing import ProposedDeviation
from sle_desk.domain.holds import Hint
from sle_desk.domain.plan_rules import Unknown
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.schedule import Slot
from sle_desk.domain.values import check_text
from sle_desk.domain.vials import vials_needed
from sle_desk.models.subject import Subject
from sle_desk.models.treatment import Dose
from sle_desk.services import courses, decisions
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import propose_about
from sle_desk.services.diary_plan import DiaryPlan
from sle_desk.services.dispensing import KitRow, kits_in
from sle_desk.services.dose_entry import HOME, GivenDose, VialUse, check_possible, doer, known_drug, vial_rows
from sle_desk.services.dose_judgement import Judged, judge, missed_finding, number_of, require_reason
from sle_desk.services.hold_answers import shown_at_hold, with_hints_shown
from sle_desk.services.hold_facts import hints_now
from sle_desk.services.judged_again import judge_after, judge_since, minding_first_dose, moved_from
from sle_desk.services.plan import Calendar, calendar_in, calendar_of, plan_versions

VIAL_STRENGTH = "il2.vial_strength"
DIARY = "diary"


@dataclass(frozen=True)
class InjectionProposal:
    """What the strip of an injection shows before anything is recorded; nothing in it is a record.

    `slot` is the planned dose that one given now would fill, `candidates` all whose window holds today: where
    there are several the site is asked. The place, the reaction and who checked are never proposed.
    `of_arm` False: the drug was named because it was given. `hints`: what the record hints at.
    """

    subject_id: int
    drug: str
    of_arm: bool
    slot: Slot | None
    candidates: tuple[Slot, ...]
    following: Slot | None
    planned: int
    provisional: bool
    at: datetime
    amount: Decimal
    unit: str
    site: str
    last_sites: tuple[RecordedDose, ...]
    kits: tuple[KitRow, ...]
    vial_strength: Decimal | None
    vials: int | None
    given_today: int
    unknown: tuple[Unknown, ...]
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True)
class Recorded:
    """A dose that was recorded: its number, the planned dose it fills, and what it shows."""

    id: int
    slot: Slot | None
    findings: tuple[ProposedDeviation, ...]


@dataclass(frozen=True)
class DiaryRow:
    """One row of a paper diary: a dose given at home, or one missed with its coded reason."""

    on_day: date
    number: int | None = None
    at: time | None = None
    missed: str = ""
    administered: Decimal | None = None
    site: str = ""
    site_note: str = ""
    reaction: str = ""
    reaction_note: str = ""
    reason: str = ""
    note: str = ""
    vials: tuple[VialUse, ...] = ()


def injection_drug(protocol: Protocol, arm: str) -> Drug:
    """Return the injected drug of an arm, or refuse: this arm has none."""
    for drug in map(protocol.drug, protocol.arm(arm).drugs if arm else ()):
        if drug.preparation is None:
            return drug
    raise RuleBroken("dose.none_planned" if arm else "dose.not_allocated")


def of_arm(protocol: Protocol, arm: str, drug: str) -> bool:
    """Tell whether a drug is one of an arm; without an arm none is."""
    return bool(arm) and drug in protocol.arm(arm).drugs


def propose_injection(desk: Desk, subject_id: int, drug: str = "") -> InjectionProposal:
    """Return what to propose for an injection now, of the arm's drug or of one named because it was given.

    Recording needs the reaction, which nobody proposes.
    """
    now = desk.now()
    with desk.view() as session:
        course = courses.course(session, subject_id)
        if course is None:
            raise RuleBroken("subject.void")
        given = known_drug(desk.protocol, drug) if drug else injection_drug(desk.protocol, course.arm)
        if given.preparation is not None:
            raise RuleBroken("dose.is_infusion", drug=given.code)
        calendar = calendar_of(course, plan_versions(session, desk.protocol, now.date()), now.date())
        strength = number_of(decisions.readings_on(session, desk.protocol, now.date()), VIAL_STRENGTH)
        kits = kits_in(session, subject_id, given.code)
        hinting = hints_now(session, desk.protocol, subject_id, given.code, now)
    candidates = calendar.open_on(given.code, now.date())
    in_hand = kits[0].strength if kits else strength
    return InjectionProposal(
        subject_id=subject_id,
        drug=given.code,
        of_arm=of_arm(desk.protocol, course.arm, given.code),
        slot=candidates[0] if candidates else None,
        candidates=candidates,
        following=calendar.next_slot(given.code),
        planned=len(calendar.of_drug(given.code)),
        provisional=calendar.provisional,
        at=now,
        amount=given.amount,
        unit=given.unit,
        site=next_site(given, course.records),
        last_sites=last_sites(course.records, given.code),
        kits=kits,
        vial_strength=in_hand,
        vials=None if in_hand is None else vials_needed(given.amount, in_hand),
        given_today=sum(dose.drug == given.code and dose.on_day == now.date() for dose in course.records),
        unknown=calendar.unknown,
        hints=hinting,
    )


def preview(desk: Desk, given: GivenDose) -> Judged:
    """Return what recording this dose would show, before it is recorded."""
    with desk.view() as session:
        born = session.get_one(Subject, given.subject_id).birth_date
        check_possible(given, desk.protocol, desk.now(), born)
        return judge(session, desk.protocol, given, desk.today())


def record_injection(desk: Desk, given: GivenDose) -> Recorded:
    """Record an injection that was given; what was not as planned takes a reason and proposes deviations."""
    if known_drug(desk.protocol, given.drug).preparation is not None:
        raise RuleBroken("dose.is_infusion", drug=given.drug)
    with (
        desk.change(
            "dose.record",
            given.reason,
            done_by=doer(given),
            done_on=given.on_day,
            subject_id=given.subject_id,
        ) as change,
        minding_first_dose(change, given.subject_id),
    ):
        recorded = keep(change, given)
        judge_after(change, given.subject_id, given.drug, moved_from(given.on_day, recorded.slot))
        return recorded


def keep(change: Change, given: GivenDose) -> Recorded:
    """Judge and add one given dose to a change in hand; nothing happened is refused but the impossible."""
    subject = change.session.get_one(Subject, given.subject_id)
    check_possible(given, change.protocol, change.at, subject.birth_date)
    given = with_hints_shown(change.session, change.protocol, given)
    judged = judge(change.session, change.protocol, given, change.at.date())
    drug = change.protocol.drug(given.drug)
    facts = change.record_facts(given.subject_id, given.on_day)
    dose = Dose(**{**facts, **given.columns(), "progress": "given", "unit": drug.unit})
    change.add(dose)
    change.add(*vial_rows(dose.id, drug, given.vials))
    propose_about(change, given.subject_id, ("dose", dose.id), given.on_day, judged.findings)
    # Last, so that the next row of a diary is judged beside this one; refused, nothing of it is kept.
    require_reason(judged, given)
    return Recorded(dose.id, judged.slot, judged.findings)


def record_missed(
    desk: Desk, subject_id: int, drug: str, number: int, reason: str, note: str = "", hold: str = ""
) -> Recorded:
    """Record that a planned dose was missed, with the coded reason; never before its day.

    `hold` is the condition of the package that it was held for.
    """
    known_drug(desk.protocol, drug)
    with desk.change("dose.record", reason, subject_id=subject_id) as change:
        why, source = (reason, note), ("entered_here", "")
        recorded = _keep_missed(change, subject_id, drug, number, why, source, hold)
        if recorded.slot is not None:
            # It explains the gap before a dose that was recorded already.
            judge_since(change, subject_id, drug, recorded.slot.planned_on)
        return recorded


def _keep_missed(
    change: Change,
    subject_id: int,
    drug: str,
    number: int,
    why: tuple[str, str],
    source: tuple[str, str],
    hold: str = "",
) -> Recorded:
    reason, note = why
    today = change.at.date()
    check_missed_reason(change.protocol, reason, note)
    calendar = calendar_in(change.session, change.protocol, subject_id, today)
    slot = missed_slot(calendar, drug, number, today)
    dose = Dose(
        **{
            **change.record_facts(subject_id, slot.planned_on),
            "source": source[0],
            "source_reference": source[1],
        },
        drug=drug,
        progress=MISSED,
        on_day=slot.planned_on,
        unit=change.protocol.drug(drug).unit,
        answered_slot=slot.number,
        reason=reason,
        reason_note=check_text(note.strip()),
        hold=hold,
        hold_shown=shown_at_hold(change, subject_id, drug, hold),
    )
    change.add(dose)
    found = (missed_finding(slot.number, slot.planned_on, reason),)
    propose_about(change, subject_id, ("dose", dose.id), slot.planned_on, found)
    return Recorded(dose.id, slot, found)


def check_missed_reason(protocol: Protocol, reason: str, note: str) -> None:
    """Refuse a reason for a dose not given that is not of the list, and "other" without its words."""
    if reason not in {choice.code for choice in protocol.list("missed_reason").choices}:
        raise RuleBroken("dose.missed_reason")
    if reason == OTHER and not note.strip():
        raise RuleBroken("change.note_needed")


def missed_slot(calendar: Calendar | None, drug: str, number: int, today: date) -> Slot:
    """Return a planned dose that can be recorded as missed, or refuse: unknown, to come, answered, paused."""
    slot = calendar.slot(drug, number) if calendar is not None else None
    if calendar is None or calendar.provisional or slot is None:
        raise RuleBroken("dose.no_such_slot", number=number)
    if slot.planned_on > today:
        raise RuleBroken("dose.missed_ahead", number=number, day=slot.planned_on.isoformat())
    known = next(each.dose for each in calendar.of_drug(drug) if each.slot == slot)
    if known is not None:
        raise RuleBroken("dose.slot_answered", number=number, day=known.on_day.isoformat())
    if slot.pause is not None:
        raise RuleBroken("dose.slot_paused", number=number, since=slot.pause.since)
    return slot


def diary_plan(desk: Desk, subject_id: int) -> DiaryPlan:
    """Return the plan that the rows of a diary are laid beside, of the injected drug of the arm."""
    today = desk.today()
    with desk.view() as session:
        course = courses.course(session, subject_id)
        versions = plan_versions(session, desk.protocol, today)
    drug = injection_drug(desk.protocol, course.arm).code if course is not None and course.arm else ""
    return DiaryPlan(drug, course, versions, today)


def diary_slots(desk: Desk, subject_id: int) -> tuple[Slot, ...]:
    """Return the planned injections up to today that are awaited: the rows of an empty diary."""
    return diary_plan(desk, subject_id).slots()


def record_diary(
    desk: Desk,
    subject_id: int,
    collected_on: date,
    reference: str,
    rows: tuple[DiaryRow, ...],
    *,
    drug: str = "",
) -> tuple[Recorded, ...]:
    """Record the rows of a paper diary, all or none; each cites the diary and the day it was collected.

    However they come, each is laid beside the plan as the rows before it in time leave it. RuleBroken
    "diary.refused" names every row that cannot stand, with its own code and facts.
    """
    _check_diary(desk.today(), collected_on, reference, rows)
    cited = f"{check_text(reference.strip())}, {collected_on.isoformat()}"
    with desk.change("dose.record", subject_id=subject_id) as change:
        course = courses.course(change.session, subject_id)
        code = drug or injection_drug(change.protocol, course.arm if course else "").code
        known_drug(change.protocol, code)
        born = change.session.get_one(Subject, subject_id).birth_date
        kept: dict[int, Recorded] = {}
        doses = [_given_of(change, subject_id, code, row, cited) for row in rows]
        _refuse_faults(range(len(rows)), lambda place: _check_row(change, rows[place], doses[place], born))
        with minding_first_dose(change, subject_id):
            whose = (subject_id, code)

            def keep_row(place: int) -> None:
                kept[place] = _keep_row(change, whose, rows[place], doses[place])

            _refuse_faults(sorted(range(len(rows)), key=lambda place: _in_own_time(rows[place])), keep_row)
        days = [moved_from(doses[place].on_day, each.slot) for place, each in kept.items()]
        if days:
            judge_after(change, subject_id, code, min(days))
        misses = [each.slot.planned_on for place, each in kept.items() if rows[place].missed and each.slot]
        if misses:
            judge_since(change, subject_id, code, min(misses))
        return tuple(kept[place] for place in range(len(rows)))


def _in_own_time(row: DiaryRow) -> tuple[date, time, Decimal, str]:
    """Return what orders rows by the time of their dose: one whose time is unknown comes last of its day."""
    return row.on_day, row.at or time.max, row.administered or Decimal(-1), row.site


def _refuse_faults(places: Iterable[int], try_row: Callable[[int], None]) -> None:
    """Try every row, and refuse the diary with each row that cannot stand, its code and its facts."""
    faults: list[tuple[int, SleDeskError]] = []
    for place in places:
        try:
            try_row(place)
        except RuleBroken as error:
            faults.append((place + 1, error))
    if faults:
        faults.sort(key=lambda fault: fault[0])
        named = ", ".join(str(row) for row, _ in faults)
        findings = tuple((row, error.code, dict(error.facts)) for row, error in faults)
        raise RuleBroken("diary.refused", rows=named, findings=findings)


def _check_diary(today: date, collected_on: date, reference: str, rows: tuple[DiaryRow, ...]) -> None:
    if not rows:
        raise RuleBroken("diary.empty")
    if not reference.strip():
        raise RuleBroken("diary.reference")
    if collected_on > today:
        raise RuleBroken("day.future", typed=collected_on.isoformat(), today=today.isoformat())
    last = max(row.on_day for row in rows)
    if last > collected_on:
        raise RuleBroken("diary.after_collection", day=last.isoformat(), collected=collected_on.isoformat())


def _given_of(change: Change, subject_id: int, drug: str, row: DiaryRow, cited: str) -> GivenDose:
    """Return a row of a diary as a dose given at home, citing the diary."""
    return GivenDose(
        subject_id=subject_id,
        drug=drug,
        on_day=row.on_day,
        started_at=None if row.at is None else datetime.combine(row.on_day, row.at, change.at.tzinfo),
        administered=row.administered,
        site=row.site,
        site_note=row.site_note,
        reaction=row.reaction,
        reaction_note=row.reaction_note,
        reason=row.reason,
        reason_note=row.note,
        answered_slot=row.number,
        vials=row.vials,
        place=HOME,
        source=DIARY,
        source_reference=cited,
    )


def _check_row(change: Change, row: DiaryRow, given: GivenDose, born: date) -> None:
    if not row.missed:
        check_possible(given, change.protocol, change.at, born)
    elif row.number is None:
        raise RuleBroken("diary.missed_number")


def _keep_row(change: Change, whose: tuple[int, str], row: DiaryRow, given: GivenDose) -> Recorded:
    if not row.missed or row.number is None:
        return keep(change, given)
    (subject_id, drug), why = whose, (row.missed, row.note)
    return _keep_missed(change, subject_id, drug, row.number, why, (DIARY, given.source_reference))
