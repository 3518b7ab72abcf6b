"""Entries beside the visits: medication, events, history; as many of each as there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.dictionary import Offer
from sle_desk.domain.form_checks import disagreements, shown_fields
from sle_desk.domain.forms import Form
from sle_desk.domain.protocol import Protocol
from sle_desk.models.audit import Signature
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services.answers import values_in
from sle_desk.services.asked_forms import asked_of
from sle_desk.services.desk import Desk
from sle_desk.services.seen import whole_version
from sle_desk.services.words_in_use import words_in_use

PARTIAL, COMPLETE, SIGNED = "partial", "complete", "signed"


@dataclass(frozen=True)
class EntryRow:
    """One entry as a list shows it; `state` is partial, complete or signed."""

    id: int
    version: int
    subject_id: int
    subject_code: str
    form: str
    parent_id: int | None
    on_day: date
    values: Mapping[str, Value]
    missing: tuple[str, ...]
    state: str


def entries(desk: Desk, log: str, subject_id: int | None = None) -> tuple[EntryRow, ...]:
    """Return the entries of one log that stand, of a subject or of all, the newest first."""
    codes = [form.code for form in desk.protocol.log_forms(log)]
    with desk.view() as session:
        return entries_in(session, desk.protocol, codes, subject_id)


def entries_in(
    session: Session, protocol: Protocol, forms: Collection[str], subject_id: int | None = None
) -> tuple[EntryRow, ...]:
    """Return the entries of some forms that stand, of subjects that stand, the newest first."""
    asked = (
        select(FormRecord, Subject.code)
        .join(Subject, Subject.id == FormRecord.subject_id)
        .where(FormRecord.form.in_(forms), FormRecord.state == "current", FormRecord.visit_id.is_(None))
        .order_by(FormRecord.id.desc())
    )
    asked = (
        asked.where(Subject.state == "current")
        if subject_id is None
        else asked.where(FormRecord.subject_id == subject_id)
    )
    rows = session.execute(asked).all()
    answers = answers_of_records(session, [record.id for record, _ in rows])
    signed = _signed(session)
    return tuple(
        _row(record, code, asked_of(session, protocol, record), answers[record.id], record.id in signed)
        for record, code in rows
    )


def answers_of_records(session: Session, ids: Collection[int]) -> dict[int, list[Answer]]:
    """Return the answers of records by their number, in one question to the file."""
    found: dict[int, list[Answer]] = defaultdict(list)
    for answer in session.scalars(select(Answer).where(Answer.form_record_id.in_(ids))):
        found[answer.form_record_id].append(answer)
    return found


def _signed(session: Session) -> set[int]:
    return set(
        session.scalars(
            select(Signature.about_id).where(
                Signature.about_table == "form_record", Signature.state == "valid"
            )
        )
    )


def _row(record: FormRecord, code: str, form: Form, answers: list[Answer], signed: bool) -> EntryRow:
    values = values_in(answers)
    shown = shown_fields(form, values)
    missing = tuple(field.code for field in shown if field.required and field.code not in values)
    # What disagrees is as far from being whole as what is not there.
    missing += tuple(finding.field for finding in disagreements(form, values) if finding.field not in missing)
    state = SIGNED if signed else PARTIAL if missing else COMPLETE
    return EntryRow(
        id=record.id,
        version=whole_version(record, (answer.version for answer in answers)),
        subject_id=record.subject_id,
        subject_code=code,
        form=record.form,
        parent_id=record.parent_id,
        on_day=record.on_day,
        # What is no longer asked, because another answer changed, is kept and not shown.
        values={field.code: values[field.code] for field in shown if field.code in values},
        missing=missing,
        state=state,
    )


def offers(desk: Desk, code: str) -> dict[str, tuple[Offer, ...]]:
    """Return what each field of a form offers: what the site wrote before, then the list in use."""
    form = desk.protocol.form(code)
    fields = {field.code: field.offers for field in form.fields() if field.offers}
    if not fields:
        return {}
    with desk.view() as session:
        written = {kind: _written(session, desk.protocol, kind) for kind in set(fields.values())}
    return {field: written[kind] for field, kind in fields.items()}


def _written(session: Session, protocol: Protocol, kind: str) -> tuple[Offer, ...]:
    """Return the words for one kind of offer; a name from the list in use stands there in both languages."""
    places = [
        (form.code, field.code) for form in protocol.forms for field in form.fields() if field.offers == kind
    ]
    counted: dict[str, int] = defaultdict(int)
    for form, field in places:
        rows = session.scalars(
            select(Answer.text)
            .join(FormRecord, FormRecord.id == Answer.form_record_id)
            .where(FormRecord.form == form, FormRecord.state == "current", Answer.field == field)
        )
        for text in rows:
            if text:
                counted[text] += 1
    known = protocol.dictionary.offers(kind, words_in_use(session, kind))
    named = {name for offer in known for name in (offer.words.en, offer.words.zh)}
    own = sorted((text for text in counted if text not in named), key=lambda text: (-counted[text], text))

    def times(offer: Offer) -> int:
        return max(counted.get(offer.words.en, 0), counted.get(offer.words.zh, 0))

    used = sorted((offer for offer in known if times(offer)), key=lambda offer: -times(offer))
    rest = (offer for offer in known if not times(offer))
    return (*(Offer(Words(text, text)) for text in own), *used, *rest)
