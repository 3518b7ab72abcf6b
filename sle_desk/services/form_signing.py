"""Signing a saved form: by who made the assessment, or transcribed from a paper signed in ink."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, message
from sle_desk.domain.checks import Value
from sle_desk.domain.form_checks import asked_values, disagreements, shown_fields
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import plain
from sle_desk.models.audit import Signature
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.subject import Subject
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services import answers
from sle_desk.services.asked_forms import asked_of
from sle_desk.services.desk import Desk
from sle_desk.services.record_sources import refuse_ink_before
from sle_desk.services.seen import require_seen
from sle_desk.services.signatures import Ink, Signing, checked_ink, confirm_password, sign
from sle_desk.services.signers import compare_signer

SIGN, SIGN_TRANSCRIBED = "form.sign", "form.sign_transcribed"
TABLE = "form_record"
# Who types from a paper can say no more than that it is what the paper says.
STATEMENTS = {
    SIGN: message("I have made this assessment and it is complete and correct."),
    SIGN_TRANSCRIBED: message("I have typed this form as it stands on the signed paper."),
}


@dataclass(frozen=True)
class FormSigned:
    """A signature that was added to a form: its number and the hash of what it is bound to."""

    id: int
    content_hash: str


def signing_for(action: str, language: str, password: str) -> Signing:
    """Return what a person signs for an assessment or its transcription, in the words of a language."""
    return Signing(action, Language(language).text(STATEMENTS[action]), language, password)


def sign_form(
    desk: Desk, folder: StudyFolder, record_id: int, seen_version: int, signing: Signing
) -> FormSigned:
    """Sign a saved form as the person who made the assessment; refused while a required value is missing."""
    return _sign(desk, folder, record_id, seen_version, signing, SIGN, None)


def sign_transcribed(
    desk: Desk, folder: StudyFolder, record_id: int, seen_version: int, signing: Signing, ink: Ink
) -> FormSigned:
    """Sign that a form is what a signed paper says: whose hand, the day beside it, where it is filed."""
    kept = checked_ink(ink, desk.today())
    return _sign(desk, folder, record_id, seen_version, signing, SIGN_TRANSCRIBED, kept)


def _sign(
    desk: Desk,
    folder: StudyFolder,
    record_id: int,
    seen_version: int,
    signing: Signing,
    action: str,
    ink: Ink | None,
) -> FormSigned:
    desk.require(action)
    if signing != signing_for(action, signing.language, signing.password):
        raise RuleBroken("signature.statement")
    with desk.view() as session:
        _ready(session, desk.protocol, record_id, seen_version, ink)
    confirm_password(desk, folder, signing)
    with desk.view() as session:
        subject_id = session.get_one(FormRecord, record_id).subject_id
    with desk.change(action, subject_id=subject_id) as change:
        record = _ready(change.session, change.protocol, record_id, seen_version, ink)
        if ink is not None:
            compare_signer(change, ink, subject_id)
        content = signed_content(change.session, change.protocol, record)
        signature = sign(change, signing, TABLE, record.id, content, ink)
        return FormSigned(signature.id, signature.content_hash)


def _ready(
    session: Session, protocol: Protocol, record_id: int, seen_version: int, ink: Ink | None
) -> FormRecord:
    """Return the record once it can be signed: of a signed form, standing, as seen, whole and unsigned."""
    record = session.get_one(FormRecord, record_id)
    form = asked_of(session, protocol, record)
    if not form.signed:
        raise RuleBroken("form.not_signed_kind", label=form.label)
    if record.state == "void":
        raise RuleBroken("record.already_void")
    if session.get_one(Subject, record.subject_id).state == "void":
        raise RuleBroken("subject.void")
    require_seen(session, record, seen_version)
    values = answers.values_of(session, record.id)
    lacking = next(
        (each for each in shown_fields(form, values) if _lacks(each.required, each.code, values)), None
    )
    against = disagreements(form, values)
    if against:
        raise RuleBroken(against[0].code, **against[0].facts)
    if lacking is not None:
        raise RuleBroken("form.sign_incomplete", label=form.label, field=lacking.label)
    if ink is not None:
        refuse_ink_before(record, ink)
    if _signed(session, record.id):
        raise RuleBroken("form.already_signed", label=form.label)
    return record


def _lacks(required: bool, code: str, values: dict[str, Value]) -> bool:
    return required and code not in values


def _signed(session: Session, record_id: int) -> bool:
    found = session.scalar(
        select(Signature.id).where(
            Signature.about_table == TABLE, Signature.about_id == record_id, Signature.state == "valid"
        )
    )
    return found is not None


def signed_content(session: Session, protocol: Protocol, record: FormRecord) -> dict[str, object]:
    """Return what the signature of a form is bound to: whose, when, the form's version, what is asked."""
    subject = session.get_one(Subject, record.subject_id)
    visit = session.get(Visit, record.visit_id or 0)
    values = asked_values(asked_of(session, protocol, record), answers.values_of(session, record.id))
    return {
        "subject": subject.code,
        "visit": visit.code if visit is not None else "",
        "form": record.form,
        "form_version": record.form_version,
        "protocol_version": record.protocol_version,
        "on_day": record.on_day,
        "at_time": record.at_time,
        "values": {code: canonical_value(value) for code, value in values.items()},
    }


def canonical_value(value: Value) -> list[str]:
    """Return a value as its kind and the one text that stands for it: 1.5 and 1.50 are equal numbers."""
    if value.missing is not None:
        return ["missing", value.missing]
    if value.number is not None:
        return ["number", value.comparator + plain(value.number.normalize())]
    if value.day is not None:
        return ["day", _day(value.day)]
    if value.choice is not None:
        return ["choice", value.choice]
    return ["text", value.text or ""]


def _day(day: date) -> str:
    return day.isoformat()
