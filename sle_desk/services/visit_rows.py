"""The rows of Today about visits that were: forms of them that nobody has typed in whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import Value
from sle_desk.domain.protocol import Protocol
from sle_desk.models.audit import Paper
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services.answers import GIVEN
from sle_desk.services.due_rows import TO_TYPE, Due, TodayRow, Who
from sle_desk.services.printables import WORKSHEET
from sle_desk.services.visit_states import answered
from sle_desk.services.withdrawals import SAMPLES_FORM, takes_samples, withdrawn


def visits_to_type(
    session: Session, protocol: Protocol, people: Mapping[int, Who], today: date
) -> Iterator[TodayRow]:
    """Yield the visits before today whose forms lack answers, with the worksheet that was printed for them.

    What is typed on the day itself stands with what is due that day.
    """
    visits = session.scalars(
        select(Visit).where(Visit.state == "current", Visit.on_day < today).order_by(Visit.on_day, Visit.id)
    ).all()
    whole = _whole_forms(session, protocol)
    printed, scopes = _printed(session), withdrawn(session)
    for visit in visits:
        if visit.subject_id not in people or visit.on_day is None:
            continue
        taken = takes_samples(scopes.get(visit.subject_id, {}), visit.on_day)
        asked = [code for code in protocol.visit(visit.code).forms if taken or code != SAMPLES_FORM]
        forms = [code for code in asked if (visit.id, code) not in whole]
        if not forms:
            continue
        facts = {
            "visit": visit.code,
            "visit_id": visit.id,
            "on": visit.on_day,
            "forms": len(forms),
            "of": len(asked),
        }
        sheet = printed.get((visit.subject_id, visit.code))
        hints = () if sheet is None else (Due("worksheet", {"printed_on": sheet.date()}),)
        who, items = people[visit.subject_id], (Due("to_type", facts),)
        yield TodayRow(TO_TYPE, who, visit.on_day, items, "to_type", "open_visit", hints)


def _whole_forms(session: Session, protocol: Protocol) -> set[tuple[int | None, str]]:
    """Return visit and form of each record that lacks no answer."""
    records = session.execute(
        select(FormRecord.id, FormRecord.visit_id, FormRecord.form).where(
            FormRecord.state == "current", FormRecord.visit_id.is_not(None)
        )
    ).all()
    counts: dict[int, int] = {}
    for record_id, count in session.execute(
        select(Answer.form_record_id, func.count()).where(GIVEN).group_by(Answer.form_record_id)
    ):
        counts[record_id] = count
    # Most records have every answer that their form can ask for; only the others are read.
    fields = {form.code: sum(1 for _ in form.fields()) for form in protocol.forms}
    doubtful = [row for row in records if counts.get(row.id, 0) < fields[row.form]]
    given: dict[int, dict[str, Value]] = defaultdict(dict)
    for record_id, field, choice in session.execute(
        select(Answer.form_record_id, Answer.field, Answer.choice)
        .join(FormRecord, FormRecord.id == Answer.form_record_id)
        .where(FormRecord.state == "current", FormRecord.form.in_({row.form for row in doubtful}), GIVEN)
    ):
        given[record_id][field] = Value(text="") if choice is None else Value(choice=choice)
    lacking = set()
    for row in doubtful:
        there, of = answered(protocol.form(row.form), given[row.id])
        if there < of:
            lacking.add(row.id)
    return {(row.visit_id, row.form) for row in records if row.id not in lacking}


def _printed(session: Session) -> dict[tuple[int | None, str], datetime]:
    """Return when the newest worksheet of each subject and visit was printed."""
    papers = session.execute(
        select(Paper.subject_id, Paper.kind, func.max(Paper.printed_at))
        .where(Paper.kind.like(f"{WORKSHEET}.%"))
        .group_by(Paper.subject_id, Paper.kind)
    )
    return {(subject_id, kind.partition(".")[2]): at for subject_id, kind, at in papers}
