"""What the day of the allocation needs beside the criteria: pregnancy test, signed scores, samples taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.decisions import Open, Readings
from sle_desk.domain.eligibility_facts import MALE, Facts, SavedForm
from sle_desk.domain.evidence import FieldReference, PregnancyTest
from sle_desk.domain.evidence_from_forms import NEGATIVE, SAMPLE_DAY, YES
from sle_desk.domain.evidence_values import Missing, Place, facts_of, not_answered
from sle_desk.domain.form_checks import shown_fields
from sle_desk.domain.protocol import Protocol, Visit
from sle_desk.domain.values import plain
from sle_desk.models.audit import Signature
from sle_desk.models.people import User
from sle_desk.models.visit import FormRecord
from sle_desk.services.asked_forms import asked_of
from sle_desk.services.withdrawals import SAMPLES_FORM

TAKEN, TUBES, TIME = "taken", "tubes", "time"
BASELINE = "baseline"


@dataclass(frozen=True)
class Seen:
    """What is there, as the code of a sentence with its facts, and what is not."""

    said: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()


def baseline_visit(protocol: Protocol) -> Visit:
    """Return the visit of the baseline."""
    return next(visit for visit in protocol.visits if BASELINE in visit.tags)


def pregnancy(protocol: Protocol, facts: Facts, readings: Readings, signed_at: datetime | None) -> Seen:
    """Return whether the newest test is negative and young enough, and one was taken before the signature."""
    asked = next(
        (leaf.evidence for leaf in protocol.leaves if isinstance(leaf.evidence, PregnancyTest)), None
    )
    if facts.sex == MALE or asked is None:
        return Seen("precondition.not_needed")
    form = facts.form(asked.result.form)
    if form is None:
        return Seen(missing=(not_answered(protocol, FieldReference(asked.result.form, "")),))
    excused = form.values.get(asked.not_applicable.field)
    if excused is not None and excused.choice in asked.not_applicable.codes:
        return Seen("precondition.not_needed")
    place = Place("form", asked.result.form, asked.result.field)
    if _result(form, asked) != NEGATIVE:
        return Seen(missing=(Missing("precondition.pregnancy_not_negative", place),))
    day, clock = _sampled(form)
    missing = _too_old(protocol, facts, readings, asked, day)
    if signed_at is not None and not any(
        _before(each, signed_at)
        for each in facts.forms
        if each.form == asked.result.form and _result(each, asked) == NEGATIVE
    ):
        missing.append(Missing("precondition.pregnancy_after_signature", place))
    return Seen("precondition.pregnancy_negative", facts_of(day=day, time=clock), tuple(missing))


def _result(form: SavedForm, asked: PregnancyTest) -> str | None:
    value = form.values.get(asked.result.field)
    return value.choice if value is not None else None


def _sampled(form: SavedForm) -> tuple[date, str]:
    """Return the day and time of the sample; without its own day, that of the form."""
    day, clock = form.values.get(SAMPLE_DAY), form.values.get(TIME)
    return (day.day if day and day.day else form.day), (clock.text if clock and clock.text else "")


def _before(form: SavedForm, signed_at: datetime) -> bool:
    day, clock = _sampled(form)
    return day < signed_at.date() or (day == signed_at.date() and "" < clock <= f"{signed_at:%H:%M}")


def _too_old(
    protocol: Protocol, facts: Facts, readings: Readings, asked: PregnancyTest, day: date
) -> list[Missing]:
    allowed = readings.value(asked.days)
    age = (facts.today - day).days
    if isinstance(allowed, Open) or age <= int(str(allowed)):
        return []
    label = protocol.form(asked.result.form).label
    stale = facts_of(label=label, day=day, age=age, allowed=int(str(allowed)))
    return [Missing("eligibility.result_stale", Place("form", asked.result.form, asked.result.field), stale)]


def scores(session: Session, protocol: Protocol, facts: Facts) -> Seen:
    """Return whether each form of the baseline that is signed is saved, whole and signed.

    PGA is scored first; the order is told, since nothing said later could mend it.
    """
    visit = baseline_visit(protocol)
    wanted = [code for code in visit.forms if protocol.form(code).signed]
    missing, last = [], None
    for code in wanted:
        form = facts.form(code, (visit.code,))
        gap = _form_gap(session, protocol, code, form)
        if gap is not None:
            missing.append(gap)
        elif form is not None:
            signature = _signature(session, form.record_id)
            if signature is not None and (last is None or signature.signed_at > last.signed_at):
                last = signature
    if last is None:
        return Seen(missing=tuple(missing))
    name = last.source_signer or session.get_one(User, last.user_id).name
    told = facts_of(name=name, day=last.signed_at.date(), time=f"{last.signed_at:%H:%M}")
    in_order = _in_order([facts.form(code, (visit.code,)) for code in wanted])
    said = "precondition.scored_by" if in_order else "precondition.scored_out_of_order"
    return Seen(said, told, tuple(missing))


def _in_order(forms: list[SavedForm | None]) -> bool:
    numbers = [form.record_id for form in forms if form is not None]
    return not numbers or numbers[0] == min(numbers)


def _form_gap(session: Session, protocol: Protocol, code: str, form: SavedForm | None) -> Missing | None:
    definition, place = protocol.form(code), Place("form", code)
    if form is None:
        return Missing("precondition.form_not_saved", place, facts_of(label=definition.label))
    written = asked_of(session, protocol, session.get_one(FormRecord, form.record_id))
    for asked in shown_fields(written, form.values):
        if asked.required and asked.code not in form.values:
            facts = facts_of(label=definition.label, field=asked.label)
            return Missing("precondition.form_incomplete", Place("form", code, asked.code), facts)
    if _signature(session, form.record_id) is None:
        return Missing("precondition.form_not_signed", place, facts_of(label=definition.label))
    return None


def _signature(session: Session, record_id: int) -> Signature | None:
    return session.scalar(
        select(Signature)
        .where(
            Signature.about_table == "form_record",
            Signature.about_id == record_id,
            Signature.state == "valid",
        )
        .order_by(Signature.id.desc())
        .limit(1)
    )


def samples(protocol: Protocol, facts: Facts) -> Seen:
    """Return whether the samples of the baseline were taken before the dose."""
    form = facts.form(SAMPLES_FORM, (baseline_visit(protocol).code,))
    place = Place("form", SAMPLES_FORM, TAKEN)
    if form is None:
        facts_ = facts_of(label=protocol.form(SAMPLES_FORM).label)
        return Seen(missing=(Missing("precondition.form_not_saved", place, facts_),))
    taken, tubes, clock = (form.values.get(name) for name in (TAKEN, TUBES, TIME))
    if taken is None or taken.choice != YES:
        return Seen(missing=(Missing("precondition.samples_not_taken", place),))
    count = plain(tubes.number) if tubes is not None and tubes.number is not None else ""
    told = facts_of(day=form.day, time=clock.text if clock and clock.text else "", tubes=count)
    return Seen("precondition.samples_taken", told)
