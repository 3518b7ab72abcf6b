"""The source of a record: what is refused of it, and who had to judge what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import record_source, roles
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Form
from sle_desk.domain.record_source import NEEDED, PAPER, Told
from sle_desk.domain.values import check_text
from sle_desk.models.people import User
from sle_desk.models.visit import FormRecord
from sle_desk.services.desk import Change
from sle_desk.services.signatures import LONGEST_INK, Ink, checked_ink, ink_of, put_ink
from sle_desk.services.signers import compare_signer

# Who may make an assessment directly.
JUDGE = "form.sign"


def ink_told(told: Told) -> Ink | None:
    """Return the ink a source tells of, or None; `ink.incomplete` where only half of it is told."""
    if not told.signer.strip() and told.signed_on is None:
        return None
    if told.signed_on is None:
        raise RuleBroken("ink.incomplete")
    return Ink(told.signer, told.signed_on, told.reference)


def checked(source: str, reference: str, ink: Ink | None, today: date) -> tuple[str, str, Ink | None]:
    """Return a source trimmed; refused where it is unknown, half told, or ink that stands on no paper."""
    if source not in {choice.code for choice in record_source.SOURCES}:
        raise RuleBroken("choice.unknown", field=record_source.SOURCE.code, typed=source)
    kept = check_text(reference).strip()
    if len(kept) > LONGEST_INK:
        raise RuleBroken("text.too_long", found=len(kept), allowed=LONGEST_INK)
    if ink is not None and source != PAPER:
        raise RuleBroken("source.ink_on_paper")
    return source, kept, None if ink is None else checked_ink(ink, today)


def put_source(record: FormRecord, source: str, reference: str, ink: Ink | None) -> None:
    """Keep in a record where it comes from; ink brings its own reference, where the paper is filed."""
    put_ink(record, ink)
    record.source, record.transcribed = source, ink is not None
    if ink is None:
        record.source_reference = reference


def require_judge(change: Change, form: Form, values: Mapping[str, Value], record: FormRecord) -> None:
    """Compare who judged with the delegation log: the hand on the paper, else the person at the desk.

    Who does not judge types judged answers of a form that is signed later, and says then from which paper;
    of a form that nobody signs it has to be said here.
    """
    judged = record_source.judged(form, values)
    if not judged:
        return
    ink = ink_of(record)
    if ink is not None:
        refuse_ink_before(record, ink)
        compare_signer(change, ink, record.subject_id, roles.ASSESSMENT)
    elif roles.may(change.actor.role, JUDGE):
        _compare_person(change, record)
    elif not form.signed:
        raise RuleBroken(NEEDED, label=form.label, field=judged[0].label)


def _compare_person(change: Change, record: FormRecord) -> None:
    person = change.actor
    if person.role == roles.PI or change.is_delegated(person.user_id, roles.ASSESSMENT, record.on_day):
        return
    user = change.session.get_one(User, person.user_id)
    change.propose_undelegated(user, roles.ASSESSMENT, record.on_day, record.subject_id)


def refuse_ink_before(record: FormRecord, ink: Ink) -> None:
    """Refuse a paper that was signed before the visit whose form it is.

    An entry of no visit carries the day it was typed: its paper may well be older.
    """
    if record.visit_id is not None and ink.signed_on < record.on_day:
        raise RuleBroken("form.ink_before", signed=ink.signed_on, day=record.on_day)
