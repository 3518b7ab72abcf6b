"""The content of the report of a serious event: the event as it stands, this version of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words, message
from sle_desk.domain.checks import Value
from sle_desk.domain.event_medicines import (
    FOR_EVENT,
    ONCE_BEFORE,
    POSSIBLY,
    TAKEN,
    at_onset,
    given_for,
    onset,
)
from sle_desk.domain.form_checks import shown_fields
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.domain.medication import course_of
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.roles import ROLES
from sle_desk.domain.safety import REPORT
from sle_desk.domain.value_words import value_words
from sle_desk.domain.values import age_on
from sle_desk.exports.dataset import declared
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
from sle_desk.services.reported import require_as_sent
from sle_desk.services.snapshots import Snapshot

# What stands under the medication at the onset, and how surely it was taken then.
AT_ONSET = {TAKEN: message("yes"), POSSIBLY: message("possibly"), ONCE_BEFORE: message("once, before")}


def sae_form(copy: Snapshot, report_id: int) -> SaeForm:
    """Return what one version of the report of an event says.

    RuleBroken when it was entered in error, or was sent and would say something else now.
    """
    session, protocol = copy.session, copy.protocol
    report = session.get_one(FormRecord, report_id)
    event = session.get(FormRecord, report.parent_id or 0)
    if report.form != REPORT or report.state == "void" or event is None or event.state == "void":
        raise RuleBroken("record.already_void")
    require_as_sent(session, protocol, report, event)
    subject = session.get_one(Subject, report.subject_id)
    course = courses.course(session, report.subject_id)
    kind, told = values_of(session, report.id).get("kind"), values_of(session, event.id)
    began = onset(told, event.on_day)
    return SaeForm(
        study=study_name(protocol),
        subject=subject.code,
        sex_age=_sex_age(protocol, subject, began),
        arm=_arm(protocol, course.arm) if course is not None and course.arm else None,
        number=f"AE-{event.id}",
        kind=value_words(protocol.form(REPORT).field("kind"), kind),
        first_dose=course.day_one if course is not None else None,
        parts=tuple(part for record in (event, report) for part in _parts(copy, record)),
        medication=tuple(_medication(copy, event, told, began, AT_ONSET)),
        treatment=tuple(_medication(copy, event, told, began, {FOR_EVENT: None})),
        signature=_signature(copy, event.id, report_id),
    )


def _arm(protocol: Protocol, code: str) -> Words:
    """Return an arm as a paper names it: in Chinese by the drugs in full (reality.md section 12)."""
    arm = protocol.arm(code)
    return Words(arm.label.en, " + ".join(protocol.drug(drug).label.zh for drug in arm.drugs))


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


def _sex_age(protocol: Protocol, subject: Subject, began: tuple[date, date]) -> Words:
    """Return sex and age at the onset: both ages where a birthday lies between the days it can mean."""
    first, last = began
    ages = [age_on(subject.birth_date, day) for day in (max(first, subject.birth_date), last)]
    if ages[0] == ages[1]:
        return sex_age(protocol, subject, last)
    sex = declared(protocol, "register.sex").choice(subject.sex).label
    if first == date.min:
        return spoken(message("{sex}, age at onset not known"), sex=sex)
    return spoken(message("{sex}, {young} or {old} y"), sex=sex, young=ages[0], old=ages[1])


def _medication(
    copy: Snapshot,
    event: FormRecord,
    told: Mapping[str, Value],
    began: tuple[date, date],
    wanted: Mapping[str, str | None],
) -> Iterator[tuple[Said, ...]]:
    """Yield the medicines that have to do with an onset as is wanted, by the day they began."""
    form = next((each for each in copy.protocol.forms if each.code == MEDICATION), None)
    if form is None:
        return
    for row in reversed(entries_in(copy.session, copy.protocol, (MEDICATION,), event.subject_id)):
        course = course_of(row.id, row.values, copy.protocol.dictionary)
        # What was taken once, without an end, stands there as what was taken before.
        open_end = "stop" not in row.values
        if course is None:
            continue
        found = at_onset(course, began, open_end=open_end, for_event=given_for(row.values, told))
        if found is None or found not in wanted:
            continue
        said = {code: value_words(form.field(code), row.values.get(code)) for code in
                ("name", "dose", "unit", "frequency", "start", "stop", "indication")}  # fmt: skip
        dose = Words(
            f"{said['dose'].en} {said['unit'].en}, {said['frequency'].en}",
            f"{said['dose'].zh} {said['unit'].zh}，{said['frequency'].zh}",
        )
        surely = wanted[found]
        taken = () if surely is None else (spoken(surely),)
        yield said["name"], dose, said["start"], said["stop"], *taken, said["indication"]


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
