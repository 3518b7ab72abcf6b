"""Saved records put right with a coded reason: a consent, a visit, a source, a sample, a kit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.record_source import Told
from sle_desk.domain.values import check_text
from sle_desk.models.base import Record
from sle_desk.models.lab import Laboratory, Sample
from sle_desk.models.subject import Consent, Disposition
from sle_desk.models.treatment import Dispensing
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.after_end import renew_after_consent, settle_visit
from sle_desk.services.answers import reason_text, values_of
from sle_desk.services.asked_forms import asked_of
from sle_desk.services.desk import Change, Desk
from sle_desk.services.dispensing import NewDispensing, check_dispensing, judge_kit_again, lot_of_kit
from sle_desk.services.dispositions import correct_step
from sle_desk.services.lab_judgement import NewSample
from sle_desk.services.labs import check_sample, same_draw
from sle_desk.services.record_sources import checked, ink_told, put_source, require_judge
from sle_desk.services.seen import require_seen
from sle_desk.services.signatures import void_signatures
from sle_desk.services.standing import (
    ACTION,
    require_born,
    require_changed,
    require_past,
    require_standing,
    to_void,
    void_record,
)
from sle_desk.services.subject_again import judge_again
from sle_desk.services.subjects import NewConsent
from sle_desk.services.taking_up import take_up
from sle_desk.services.visit_windows import settle_window
from sle_desk.services.withdrawals import taken_up

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Why:
    """Which record as it was seen is corrected, and for which coded reason."""

    record_id: int
    seen_version: int
    reason: str
    note: str = ""


@contextmanager
def correcting(
    desk: Desk, model: type[R], why: Why, on_day: date | None = None
) -> Iterator[tuple[Change, R, str]]:
    """Lend a record that stands, as it was seen, to be put right; its signatures go void with it."""
    said = reason_text(why.reason, why.note)
    if on_day is not None and on_day > desk.today():
        raise RuleBroken("day.future", typed=on_day.isoformat(), today=desk.today().isoformat())
    with desk.change("value.correct", said) as change:
        row = change.session.get_one(model, why.record_id)
        require_standing(change, row)
        require_seen(change.session, row, why.seen_version)
        if on_day is not None:
            require_born(change.session, row.subject_id, on_day)
        yield change, row, said
        void_signatures(change, row.__tablename__, row.id, said)


def correct_consent(desk: Desk, why: Why, right: NewConsent) -> None:
    """Correct a recorded consent; what came before it, and doses and eligibility by it, are judged again."""
    require_past(desk.now(), right.signed_on, right.signed_time)
    with correcting(desk, Consent, why, right.signed_on) as (change, consent, said):
        same_time = (consent.signed_on, consent.signed_time) == (right.signed_on, right.signed_time)
        kept = taken_up(consent) if same_time else None
        consent.consent_version = check_text(right.consent_version.strip())
        consent.signed_on, consent.signed_time = right.signed_on, right.signed_time
        consent.explained_by, consent.copy_given = check_text(right.explained_by.strip()), right.copy_given
        take_up(change.session, consent, right.takes_up, kept)
        judge_again(change, consent.subject_id, said)
        renew_after_consent(change, consent.subject_id)


def correct_visit_day(desk: Desk, why: Why, on_day: date) -> int:
    """Correct the day of a visit; forms dated with it move along, and their number is returned.

    Signatures on those forms go void. Samples keep their own draw time.
    """
    with correcting(desk, Visit, why, on_day) as (change, visit, said):
        if visit.on_day is None:
            raise RuleBroken("visit.not_done")
        forms = change.session.scalars(
            select(FormRecord).where(
                FormRecord.visit_id == visit.id,
                FormRecord.state == "current",
                FormRecord.on_day == visit.on_day,
            )
        ).all()
        for record in forms:
            record.on_day = on_day
            void_signatures(change, "form_record", record.id, said)
        visit.on_day = on_day
        judge_again(change, visit.subject_id, said)
        settle_window(change, visit)
        settle_visit(change, visit)
        return len(forms)


def correct_sample(desk: Desk, why: Why, right: NewSample) -> int:
    """Correct the head of a laboratory report; return how many results read otherwise by it."""
    check_sample(desk, right)
    with correcting(desk, Sample, why, right.drawn_at.date()) as (change, sample, said):
        change.session.get_one(Laboratory, right.laboratory_id)
        twin = same_draw(change.session, right)
        if twin is not None and twin.id != sample.id:
            raise RuleBroken("sample.twice", panel=right.panel, drawn=f"{right.drawn_at:%Y-%m-%d %H:%M}")
        sample.laboratory_id, sample.drawn_at = right.laboratory_id, right.drawn_at
        sample.report_number = right.report_number.strip()
        sample.fasting, sample.dose_relation = right.fasting, right.dose_relation
        return judge_again(change, sample.subject_id, said)


def correct_disposition(desk: Desk, why: Why, on_day: date, reason: str, note: str) -> None:
    """Correct the day, the reason and the note of a step out; doses are compared with its day again."""
    with correcting(desk, Disposition, why, on_day) as (change, row, _):
        correct_step(change, row, on_day, reason, note)


def correct_source(desk: Desk, why: Why, right: Told) -> None:
    """Correct where a form was typed from, and at a visit the day it was done.

    What an investigator judged keeps a source or a judge; what rests on the day is judged again.
    """
    source = checked(right.source, right.reference, ink_told(right), desk.today())
    with correcting(desk, FormRecord, why, right.on_day) as (change, record, said):
        put_source(record, *source)
        day = record.on_day
        if record.visit_id is not None and right.on_day is not None:
            record.on_day = right.on_day
        require_changed(change, record)
        if record.on_day != day:
            judge_again(change, record.subject_id, said)
        form = asked_of(change.session, change.protocol, record)
        require_judge(change, form, values_of(change.session, record.id), record)


def correct_dispensing(desk: Desk, why: Why, right: NewDispensing) -> None:
    """Correct a kit, which is checked as a new one is; the doses that name its lot are judged again."""
    with correcting(desk, Dispensing, why, right.on_day) as (change, row, _):
        check_dispensing(change, right, row)
        was = lot_of_kit(row)
        row.lot, row.kit = check_text(right.lot.strip()), check_text(right.kit.strip())
        row.expires_on, row.on_day = right.expires_on, right.on_day
        row.strength, row.count = right.strength, right.count
        judge_kit_again(change, row, (was, lot_of_kit(row)))


def void_dispensing(desk: Desk, why: Why) -> None:
    """Mark a kit as entered in error; the doses that name its lot are judged again."""
    said = reason_text(why.reason, why.note)
    with desk.change(ACTION, said) as change:
        row = to_void(change, Dispensing, why.record_id, why.seen_version)
        void_record(change, row, said)
        judge_kit_again(change, row, (lot_of_kit(row),))
