"""The rows of Today about visits that were: forms nobody has typed in whole, panels nobody told of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import Value
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.visit_rules import is_expected, recurs
from sle_desk.models.audit import Paper
from sle_desk.models.lab import NotDrawn, Sample
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services.answers import GIVEN
from sle_desk.services.due_rows import TO_TYPE, Due, TodayRow, Who
from sle_desk.services.printables import WORKSHEET
from sle_desk.services.spared_forms import forms_spared
from sle_desk.services.visit_states import answered
from sle_desk.services.withdrawals import SAMPLES_FORM, spells, takes_samples

Typed = set[tuple[int | None, str]]


def visits_to_type(
    session: Session, protocol: Protocol, people: Mapping[int, Who], today: date
) -> Iterator[TodayRow]:
    """Yield the visits before today whose forms lack answers or whose panels nobody began.

    Each comes with the worksheet that was printed for it.

    What is typed on the day itself stands with what is due that day.
    """
    visits = session.scalars(
        select(Visit).where(Visit.state == "current", Visit.on_day < today).order_by(Visit.on_day, Visit.id)
    ).all()
    begun, whole = _typed_forms(session, protocol)
    printed, scopes, drawn = _printed(session), spells(session), _drawn(session)
    spared = forms_spared(session, protocol, today)
    for visit in visits:
        if visit.subject_id not in people or visit.on_day is None:
            continue
        taken = takes_samples(scopes.get(visit.subject_id, {}), visit.on_day)
        planned = protocol.visit_on(visit.code, visit.on_day)
        asked = [
            code
            for code in planned.forms
            if (taken or code != SAMPLES_FORM)
            and (is_expected(planned, code, spared) or (visit.id, code) in begun)
        ]
        forms = [code for code in asked if (visit.id, code) not in whole]
        panels = tuple(
            code
            for code in planned.panels
            if taken and is_expected(planned, code) and (visit.id, code) not in drawn
        )
        facts: dict[str, object] = {"visit": visit.code, "visit_id": visit.id, "on": visit.on_day}
        items = []
        if forms:
            items.append(Due("to_type", {**facts, "forms": len(forms), "of": len(asked)}))
        if panels:
            items.append(Due("panels", {**facts, "panels": panels}))
        if not items:
            continue
        sheet = _sheet(printed.get((visit.subject_id, visit.code), ()), protocol, visit, visits)
        hints = () if sheet is None else (Due("worksheet", {"printed_on": sheet.date()}),)
        who = people[visit.subject_id]
        yield TodayRow(TO_TYPE, who, visit.on_day, tuple(items), "to_type", "open_visit", hints)


def _typed_forms(session: Session, protocol: Protocol) -> tuple[Typed, Typed]:
    """Return visit and form of each record, and of each that lacks no answer."""
    records = session.execute(
        select(FormRecord.id, FormRecord.visit_id, FormRecord.form, FormRecord.protocol_version).where(
            FormRecord.state == "current", FormRecord.visit_id.is_not(None)
        )
    ).all()
    counts: dict[int, int] = {}
    for record_id, count in session.execute(
        select(Answer.form_record_id, func.count()).where(GIVEN).group_by(Answer.form_record_id)
    ):
        counts[record_id] = count
    # Most records have every answer that their form can ask for; only the others are read.
    forms = {(row.protocol_version, row.form) for row in records}
    fields = {key: sum(1 for _ in protocol.of(key[0]).form(key[1]).fields()) for key in forms}
    doubtful = [row for row in records if counts.get(row.id, 0) < fields[row.protocol_version, row.form]]
    given: dict[int, dict[str, Value]] = defaultdict(dict)
    for record_id, field, choice in session.execute(
        select(Answer.form_record_id, Answer.field, Answer.choice)
        .join(FormRecord, FormRecord.id == Answer.form_record_id)
        .where(FormRecord.state == "current", FormRecord.form.in_({row.form for row in doubtful}), GIVEN)
    ):
        given[record_id][field] = Value(text="") if choice is None else Value(choice=choice)
    lacking = set()
    for row in doubtful:
        there, of = answered(protocol.of(row.protocol_version).form(row.form), given[row.id])
        if there < of:
            lacking.add(row.id)
    begun = {(row.visit_id, row.form) for row in records}
    return begun, {(row.visit_id, row.form) for row in records if row.id not in lacking}


def _drawn(session: Session) -> Typed:
    """Return visit and panel of each sample that stands, and of each that was told as not drawn."""
    found: Typed = set()
    for model in (Sample, NotDrawn):
        rows = session.execute(select(model.visit_id, model.panel).where(model.state == "current"))
        found |= {(visit_id, panel) for visit_id, panel in rows}
    return found


def _printed(session: Session) -> dict[tuple[int | None, str], list[datetime]]:
    """Return when the worksheets of each subject and visit were printed, the newest first."""
    papers = session.execute(
        select(Paper.subject_id, Paper.kind, Paper.printed_at)
        .where(Paper.kind.like(f"{WORKSHEET}.%"))
        .order_by(Paper.printed_at.desc(), Paper.id)
    )
    found: dict[tuple[int | None, str], list[datetime]] = defaultdict(list)
    for subject_id, kind, at in papers:
        found[(subject_id, kind.partition(".")[2])].append(at)
    return found


def _sheet(
    printed: Sequence[datetime], protocol: Protocol, visit: Visit, visits: Sequence[Visit]
) -> datetime | None:
    """Return when the sheet of a visit was printed: of one that recurs, up to its day alone."""
    if not recurs(protocol.visit(visit.code)):
        return next(iter(printed), None)
    assert visit.on_day is not None
    alike = [each.on_day for each in visits if (each.subject_id, each.code) == (visit.subject_id, visit.code)]
    before = max((day for day in alike if day is not None and day < visit.on_day), default=date.min)
    return next((at for at in printed if before < at.date() <= visit.on_day), None)
