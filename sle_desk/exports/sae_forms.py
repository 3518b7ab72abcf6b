"""The content of the report of a serious event: the event as it stands, this version of its report."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words, message
from sle_desk.domain.form_checks import shown_fields
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.domain.medication import course_of, taken_on
from sle_desk.domain.roles import ROLES
from sle_desk.domain.safety import REPORT
from sle_desk.domain.value_words import value_words
from sle_desk.exports.pdf.parts import Signature
from sle_desk.exports.pdf.sae_form import Part, SaeForm
from sle_desk.exports.visit_summaries import sex_age, study_name
from sle_desk.exports.wording import Said, spoken, taken_out_words
from sle_desk.models import audit
from sle_desk.models.people import User
from sle_desk.models.subject import Subject
from sle_desk.models.visit import FormRecord
from sle_desk.services import courses
from sle_desk.services.answers import values_of
from sle_desk.services.asked_forms import asked_of
from sle_desk.services.log_entries import entries_in
from sle_desk.services.redacted import taken_out_since
from sle_desk.services.snapshots import Snapshot


def sae_form(copy: Snapshot, report_id: int) -> SaeForm:
    """Return what one version of the report of an event says; RuleBroken when it was entered in error."""
    session, protocol = copy.session, copy.protocol
    report = session.get_one(FormRecord, report_id)
    event = session.get(FormRecord, report.parent_id or 0)
    if report.form != REPORT or report.state == "void" or event is None or event.state == "void":
        raise RuleBroken("record.already_void")
    subject = session.get_one(Subject, report.subject_id)
    course = courses.course(session, report.subject_id)
    kind = values_of(session, report.id).get("kind")
    return SaeForm(
        study=study_name(protocol),
        subject=subject.code,
        sex_age=sex_age(protocol, subject, event.on_day),
        arm=protocol.arm(course.arm).label if course is not None and course.arm else None,
        number=f"AE-{event.id}",
        kind=value_words(protocol.form(REPORT).field("kind"), kind),
        first_dose=course.day_one if course is not None else None,
        parts=tuple(part for record in (event, report) for part in _parts(copy, record)),
        medication=tuple(_medication(copy, event)),
        signature=_signature(copy, event.id, report_id),
    )


def _parts(copy: Snapshot, record: FormRecord) -> Iterator[Part]:
    form = asked_of(copy.session, copy.protocol, record)
    values = values_of(copy.session, record.id)
    shown = {field.code for field in shown_fields(form, values)}
    for section in form.sections:
        rows = tuple(
            (field.label, value_words(field, values.get(field.code)))
            for field in section.fields
            if field.code in shown
        )
        if rows:
            yield Part(section.label, rows)


def _medication(copy: Snapshot, event: FormRecord) -> Iterator[tuple[Said, ...]]:
    """Yield what was or may have been taken on the day of the report's event, by the day it began."""
    form = next((each for each in copy.protocol.forms if each.code == MEDICATION), None)
    if form is None:
        return
    for row in reversed(entries_in(copy.session, copy.protocol, (MEDICATION,), event.subject_id)):
        course = course_of(row.id, row.values, copy.protocol.dictionary)
        # What was taken once, without an end, stands there as what was taken before.
        open_end = course is not None and course.once and "stop" not in row.values
        if course is None or course.first > event.on_day:
            continue
        if not open_end and not taken_on(course, event.on_day):
            continue
        said = {code: value_words(form.field(code), row.values.get(code)) for code in
                ("name", "dose", "unit", "frequency", "start", "stop", "indication")}  # fmt: skip
        dose = Words(
            f"{said['dose'].en} {said['unit'].en}, {said['frequency'].en}",
            f"{said['dose'].zh} {said['unit'].zh}，{said['frequency'].zh}",
        )
        yield said["name"], dose, said["start"], said["stop"], said["indication"]


def _signature(copy: Snapshot, event_id: int, report_id: int) -> Signature | None:
    """Return the signature of the report while the event it tells of is signed as it stands, too."""
    found = [_signed(copy, each) for each in (event_id, report_id)]
    row = found[-1]
    if row is None or None in found:
        return None
    source: Said = None
    if row.transcribed:
        source = spoken(
            message("the paper signed by {signer} on {day}, filed at {place}"),
            signer=row.source_signer,
            day=row.source_signed_on,
            place=row.source_reference,
        )
    gone = [each for signed in found if signed is not None for each in taken_out_since(copy.session, signed)]
    since = None if not gone else Words(*(taken_out_words(gone, Language(code)) for code in ("en", "zh_CN")))
    name = copy.session.get_one(User, row.user_id).name
    return Signature(name, ROLES[row.role], row.signed_at, row.statement, source, since)


def _signed(copy: Snapshot, record_id: int) -> audit.Signature | None:
    return copy.session.scalar(
        select(audit.Signature)
        .where(
            audit.Signature.about_table == "form_record",
            audit.Signature.about_id == record_id,
            audit.Signature.state == "valid",
        )
        .order_by(audit.Signature.id.desc())
        .limit(1)
    )
