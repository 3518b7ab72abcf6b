"""The rows of Today about what a form tells of and nobody followed: an event, a test or a word is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import Value
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.medicine_entries import PRIOR_BIOLOGIC
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import EVENT, YES, began_before_consent, can_be_within, is_serious
from sle_desk.models.subject import Consent
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.answers import values_in
from sle_desk.services.courses import Course
from sle_desk.services.due_rows import NOW, Due, TodayRow, Who
from sle_desk.services.log_entries import EntryRow, answers_of_records
from sle_desk.services.pregnancies import NEGATIVE, POSITIVE, TEST

STAY, VACCINE, ASKED, CONTRACEPTION = "hospital_stay", "vaccine", "visit_questions", "contraception"
# The field of each form that says in words why nothing follows; an earlier package has none.
ANSWERS = {STAY: "no_event", ASKED: "no_event", VACCINE: "live_judged", CONTRACEPTION: "none_because"}
INDETERMINATE = "IND"
HISTORY = "sle_history"


@dataclass(frozen=True)
class _AtVisit:
    """One form of a visit with its answers that are asked."""

    id: int
    subject_id: int
    visit_id: int
    visit: str
    form: str
    on_day: date
    values: Mapping[str, Value]


def question_rows(
    session: Session,
    protocol: Protocol,
    everyone: Mapping[int, Course],
    people: Mapping[int, Who],
    entries: Iterable[EntryRow],
) -> Iterator[TodayRow]:
    """Yield what was told and nobody followed: by what follows it, or by words on the form, it goes."""
    known = {form.code: {field.code for field in form.fields()} for form in protocol.forms}
    answered = {form for form, field in ANSWERS.items() if field in known.get(form, ())}
    rows = list(entries)
    events = [row for row in rows if row.form == EVENT]
    consented = _first_consents(session)
    biologics = {row.subject_id for row in rows if row.form == PRIOR_BIOLOGIC}
    for row in rows:
        if row.form in answered and not _text(row.values, ANSWERS[row.form]):
            yield from _of_entry(row, people[row.subject_id], events, consented.get(row.subject_id))
    at_visits = [each for each in _at_visits(session, protocol) if each.subject_id in people]
    for each in at_visits:
        if each.form == ASKED in answered and not _text(each.values, ANSWERS[ASKED]):
            yield from _complaint(each, people[each.subject_id], everyone[each.subject_id], events)
    for each in {(each.subject_id, each.form): each for each in at_visits}.values():
        # What was told at the newest visit holds.
        course, who = everyone[each.subject_id], people[each.subject_id]
        if course.death is None and course.failed_on is None:
            yield from _newest(each, who, asked=CONTRACEPTION in answered)
            if each.form == HISTORY and PRIOR_BIOLOGIC in known and each.subject_id not in biologics:
                yield from _biologics(each, who)


def _of_entry(
    row: EntryRow, who: Who, events: Iterable[EntryRow], consented: date | None
) -> Iterator[TodayRow]:
    start = _text(row.values, "start")
    # Of before the study is history; a partial day can be of the study, and is asked about.
    if not start or consented is None or began_before_consent(start, consented):
        return
    facts = {"form": row.form, "record": row.id, "day": start}
    if row.form == VACCINE and _choice(row.values, "live") == YES:
        item = Due("live_vaccine", {**facts, "name": _text(row.values, "name")})
        yield TodayRow(NOW, who, row.on_day, (item,), "missing", "answer_entry")
    if row.form == STAY and _choice(row.values, "planned") == "N":
        of_stay = (each for each in events if each.subject_id == row.subject_id and is_serious(each.values))
        if not any(_choice(each.values, "hospitalisation") == YES and _meet(row, each) for each in of_stay):
            item = Due("stay_event", facts)
            yield TodayRow(NOW, who, row.on_day, (item,), "missing", "answer_entry")


def _meet(stay: EntryRow, event: EntryRow) -> bool:
    """Tell whether an event can have been during a stay, or have begun it."""
    mine, other = ((_text(row.values, "start"), _text(row.values, "stop")) for row in (stay, event))
    return can_be_within(other, mine)


def _complaint(told: _AtVisit, who: Who, course: Course, events: Iterable[EntryRow]) -> Iterator[TodayRow]:
    """Yield a complaint under treatment for which no event can have begun since the visit before."""
    if _choice(told.values, "complaint") != YES or course.day_one is None or told.on_day < course.day_one:
        return
    before = max((each.on_day for each in course.visits if each.on_day and each.on_day < told.on_day),
                 default=date.min)  # fmt: skip
    since = (before.isoformat(), told.on_day.isoformat())
    began = (_text(each.values, "start") for each in events if each.subject_id == told.subject_id)
    if not any(not start or can_be_within((start, start), since) for start in began):
        yield TodayRow(NOW, who, told.on_day, (Due("complaint", _facts(told)),), "missing", "answer_form")


def _newest(told: _AtVisit, who: Who, *, asked: bool) -> Iterator[TodayRow]:
    if told.form == TEST and _choice(told.values, "result") == INDETERMINATE:
        item = Due("test_repeat", _facts(told))
        yield TodayRow(NOW, who, told.on_day, (item,), "missing", "repeat_test")
    if (
        asked
        and told.form == CONTRACEPTION
        and (_choice(told.values, "needed"), _choice(told.values, "method")) == (YES, "none")
        and not _text(told.values, ANSWERS[CONTRACEPTION])
    ):
        item = Due("no_contraception", _facts(told))
        yield TodayRow(NOW, who, told.on_day, (item,), "missing", "answer_form")


def _biologics(told: _AtVisit, who: Who) -> Iterator[TodayRow]:
    """Yield that a history says of biologics before, and none is entered: wash-outs rest on them."""
    if _choice(told.values, "biologic") == YES:
        item = Due("biologics", _facts(told))
        yield TodayRow(NOW, who, told.on_day, (item,), "missing", "add_biologic")


def _facts(told: _AtVisit) -> dict[str, object]:
    return {"visit": told.visit, "visit_id": told.visit_id, "form": told.form}


def _at_visits(session: Session, protocol: Protocol) -> list[_AtVisit]:
    """Return the forms of visits that tell of something, oldest first; a test with a result only."""
    forms = {form.code: form for form in protocol.forms if form.code in (ASKED, CONTRACEPTION, TEST, HISTORY)}
    rows = session.execute(
        select(FormRecord, Visit.code)
        .join(Visit, Visit.id == FormRecord.visit_id)
        .where(FormRecord.form.in_(forms), FormRecord.state == "current")
        .order_by(FormRecord.on_day, FormRecord.id)
    ).all()
    answers = answers_of_records(session, [record.id for record, _ in rows])
    found = [
        _AtVisit(
            record.id, record.subject_id, record.visit_id or 0, visit, record.form, record.on_day,
            asked_values(forms[record.form], values_in(answers[record.id])),
        )
        for record, visit in rows
    ]  # fmt: skip
    results = (POSITIVE, NEGATIVE, INDETERMINATE)
    return [each for each in found if each.form != TEST or _choice(each.values, "result") in results]


def _first_consents(session: Session) -> dict[int, date]:
    rows = session.execute(
        select(Consent.subject_id, func.min(Consent.signed_on).label("day"))
        .where(Consent.state == "current")
        .group_by(Consent.subject_id)
    )
    return {row.subject_id: row.day for row in rows}


def _text(values: Mapping[str, Value], code: str) -> str:
    value = values.get(code)
    return (value.text or "").strip() if value is not None and value.missing is None else ""


def _choice(values: Mapping[str, Value], code: str) -> str:
    value = values.get(code)
    return (value.choice or "") if value is not None else ""
