"""The visits of one subject, with the state of every form and panel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import Value
from sle_desk.domain.form_checks import shown_fields
from sle_desk.domain.forms import Form
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.protocol import Visit as PackageVisit
from sle_desk.domain.visit_rules import is_expected, recurs
from sle_desk.models.audit import Signature
from sle_desk.models.lab import NotDrawn, Result, Sample
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services.answers import GIVEN, value_of
from sle_desk.services.desk import Desk
from sle_desk.services.in_force import visits_planned
from sle_desk.services.spared_forms import forms_spared
from sle_desk.services.withdrawals import SAMPLES_FORM, Spells, spells_of, takes_samples

FORM, PANEL = "form", "panel"
EMPTY, NO_SAMPLES, NOT_EXPECTED = "empty", "no_samples", "not_expected"
# Told: no blood was drawn for a panel, and why.
NOT_DRAWN = "not_drawn"


@dataclass(frozen=True)
class FormState:
    """A form or panel of a visit: empty, partial, complete, signed or awaited; and how far it is.

    `not_drawn` is a panel for which no blood was drawn, `no_samples` is what was
    not begun at a visit on or after the day consent for samples was withdrawn, `not_expected` what was not
    begun and does not have to be.
    """

    visit_id: int
    visit: str
    kind: str
    code: str
    record_id: int | None
    state: str
    entered: int
    of: int
    # The day of a form that was not done on the day of its visit.
    on_day: date | None = None


@dataclass(frozen=True)
class VisitState:
    """A visit of the package; one not recorded yet has no number, and one not done no forms."""

    visit_id: int | None
    code: str
    on_day: date | None
    forms: tuple[FormState, ...]
    not_done_reason: str = ""


@dataclass(frozen=True)
class _Entered:
    """What was entered for a subject, read in a few questions."""

    records: Sequence[FormRecord]
    answers: Mapping[int, Mapping[str, Value]]
    samples: Sequence[Sample]
    results: Mapping[int, int]
    not_drawn: frozenset[tuple[int, str]]
    signed: frozenset[int]
    spells: Spells
    spared: frozenset[str]

    def untaken(self, on_day: date, unbegun: str) -> str:
        """Return the state of a sample that nobody entered at a visit of a day."""
        return unbegun if takes_samples(self.spells, on_day) else NO_SAMPLES


def visit_states(desk: Desk, subject_id: int) -> tuple[VisitState, ...]:
    """Return every visit of the package with what was entered at it.

    One that can recur stands there as often as it was recorded, by day, and once more to be begun.
    """
    with desk.view() as session:
        rows = session.scalars(
            select(Visit)
            .where(Visit.subject_id == subject_id, Visit.state == "current")
            .order_by(Visit.on_day, Visit.id)
        )
        recorded: dict[str, list[Visit]] = {}
        for visit in rows:
            recorded.setdefault(visit.code, []).append(visit)
        offered = visits_planned(session, desk.protocol, desk.today())
        entered = _read(session, subject_id, forms_spared(session, desk.protocol, desk.today()))
        return tuple(
            _visit_state(desk.protocol, planned.code, visit, entered)
            for planned in desk.protocol.visits
            if planned.code in offered or planned.code in recorded
            for visit in _lines(planned, recorded.get(planned.code, []))
        )


def _lines(planned: PackageVisit, recorded: Sequence[Visit]) -> Sequence[Visit | None]:
    """Return what stands for a visit of the package: each that was recorded, and one to begin."""
    return recorded if recorded and not recurs(planned) else (*recorded, None)


def _read(session: Session, subject_id: int, spared: frozenset[str]) -> _Entered:
    records = session.scalars(
        select(FormRecord).where(FormRecord.subject_id == subject_id, FormRecord.state == "current")
    ).all()
    answers: dict[int, dict[str, Value]] = {}
    for answer in session.scalars(
        select(Answer)
        .join(FormRecord, FormRecord.id == Answer.form_record_id)
        .where(FormRecord.subject_id == subject_id, GIVEN)
    ):
        answers.setdefault(answer.form_record_id, {})[answer.field] = value_of(answer)
    samples = session.scalars(
        select(Sample).where(Sample.subject_id == subject_id, Sample.state == "current")
    ).all()
    results = Counter(
        session.scalars(
            select(Result.sample_id)
            .join(Sample, Sample.id == Result.sample_id)
            .where(Sample.subject_id == subject_id)
        )
    )
    signed = session.scalars(
        select(Signature.about_id).where(Signature.about_table == "form_record", Signature.state == "valid")
    )
    not_drawn = session.execute(
        select(NotDrawn.visit_id, NotDrawn.panel).where(
            NotDrawn.subject_id == subject_id, NotDrawn.state == "current"
        )
    )
    untaken = frozenset((visit_id, panel) for visit_id, panel in not_drawn)
    withdrawn = spells_of(session, subject_id)
    return _Entered(records, answers, samples, results, untaken, frozenset(signed), withdrawn, spared)


def _visit_state(protocol: Protocol, code: str, visit: Visit | None, entered: _Entered) -> VisitState:
    if visit is None:
        return VisitState(None, code, None, ())
    if visit.on_day is None:
        return VisitState(visit.id, code, None, (), visit.not_done_reason)
    planned = protocol.visit_on(code, visit.on_day)
    forms = [_form_state(protocol, visit, form, entered) for form in planned.forms]
    panels = [_panel_state(protocol, visit, panel, entered) for panel in planned.panels]
    return VisitState(visit.id, code, visit.on_day, (*forms, *panels))


def _form_state(protocol: Protocol, visit: Visit, code: str, entered: _Entered) -> FormState:
    record = next((row for row in entered.records if row.visit_id == visit.id and row.form == code), None)
    if record is None:
        assert visit.on_day is not None
        state = _unbegun(protocol, visit, code, entered.spared)
        if code == SAMPLES_FORM:
            state = entered.untaken(visit.on_day, state)
        return FormState(visit.id, visit.code, FORM, code, None, state, 0, 0)
    form = protocol.of(record.protocol_version).form(code)
    there, of = answered(form, entered.answers.get(record.id, {}))
    state = "signed" if record.id in entered.signed else "complete" if there == of else "partial"
    day = record.on_day if record.on_day != visit.on_day else None
    return FormState(visit.id, visit.code, FORM, code, record.id, state, there, of, day)


def _unbegun(protocol: Protocol, visit: Visit, code: str, spared: frozenset[str]) -> str:
    return EMPTY if is_expected(protocol.visit_on(visit.code, visit.on_day), code, spared) else NOT_EXPECTED


def answered(form: Form, given: Mapping[str, Value]) -> tuple[int, int]:
    """Return how many of the answers that a form asks for are there, and how many it asks for."""
    asked = [field.code for field in shown_fields(form, given) if field.required]
    return sum(name in given for name in asked), len(asked)


def _panel_state(protocol: Protocol, visit: Visit, code: str, entered: _Entered) -> FormState:
    of = len(protocol.laboratory.panel(code).analytes)
    sample = next((row for row in entered.samples if row.visit_id == visit.id and row.panel == code), None)
    if sample is None and (visit.id, code) in entered.not_drawn:
        return FormState(visit.id, visit.code, PANEL, code, None, NOT_DRAWN, 0, of)
    if sample is None:
        assert visit.on_day is not None
        state = entered.untaken(visit.on_day, _unbegun(protocol, visit, code, entered.spared))
        return FormState(visit.id, visit.code, PANEL, code, None, state, 0, of)
    there = entered.results.get(sample.id, 0)
    state = "awaited" if there == 0 else "complete" if there >= of else "partial"
    return FormState(visit.id, visit.code, PANEL, code, sample.id, state, there, of)
