"""The visits of one subject with the state of every form: begun, filled, printed, corrected, marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeGuard

from PySide6.QtWidgets import QWidget

from sle_desk.base.language import message
from sle_desk.domain.schedule import PlannedVisit
from sle_desk.domain.visit_rules import is_planned
from sle_desk.exports.wording import day_beside, planned_day
from sle_desk.services import closed_windows, subjects, typing_steps, visit_states
from sle_desk.services.closed_windows import VISIT, VisitPlan
from sle_desk.services.subjects import SubjectRow
from sle_desk.services.visit_states import FORM, FormState, VisitState
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.ask_day import ask_day
from sle_desk.ui.dialogs.randomise import Randomise
from sle_desk.ui.list_tab import SubjectList
from sle_desk.ui.pages.entry_place import step_on_worksheet
from sle_desk.ui.pages.subject_corrections import CorrectOnSubject, not_done_words
from sle_desk.ui.pages.subject_errors import VoidOnSubject
from sle_desk.ui.site_words import closed_window_words, told
from sle_desk.ui.state import State
from sle_desk.ui.step_out import ask_step_out
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import Column, Group
from sle_desk.ui.visit_recording import record_visit
from sle_desk.ui.wording import visit_words

FORM_STATES = {
    "empty": (message("Not started"), "neutral"),
    "partial": (message("Incomplete"), "warn"),
    "complete": (message("Complete"), "ok"),
    "signed": (message("Signed"), "sign"),
    "awaited": (message("Drawn, awaited"), "due"),
    "not_drawn": (message("Not drawn"), "neutral"),
    "no_samples": (message("No samples"), "neutral"),
    "not_expected": (message("Not expected"), "neutral"),
}
# What still lacks something that is to be typed.
TO_TYPE = ("empty", "partial")


@dataclass(frozen=True)
class VisitLine:
    """A visit to be begun, one that recurs time and again; planned once the first dose gives it a date."""

    code: str
    planned: PlannedVisit | None = None
    closed: bool = False


class VisitsTab(SubjectList):
    """The visits and their forms; Enter opens a form or begins a visit."""

    reads = frozenset({"subject", "visit", "form_record", "answer", "sample",
                       "not_drawn", "result", "consent", "allocation", "signature", "disposition", "dose",
                       "protocol_decision", "site_day", "dose_pause"})  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state, key=_key)
        self._subject: SubjectRow | None = None
        self._wanted: int | None = None
        self._plan = VisitPlan()
        if self.may("consent.record"):
            self.add_act("C", self._consent, on_row=True, icon="pen")
        self._verbs = [
            self.table.add_verb("P", "", self._print),
            self.table.add_verb("E", "", self._eligibility),
            self.table.add_verb("D", "", self._doses),
            self.table.add_verb("R", "", self._randomise),
            self.table.add_verb("N", "", self._not_done),
            self.table.add_verb("W", "", self._type_worksheet),
        ]
        self._not_done_key = self._verbs[4]
        self.table.row_changed.connect(self._name_not_done)
        self._step_key = None
        if self.may("disposition.record"):
            self._step_key = self.table.add_verb("Ctrl+D", "", self._step_out)
        self._void = VoidOnSubject(self, self.table, lambda: self._subject)
        self._corrections = CorrectOnSubject(self, self.table, lambda: self._subject)
        self.retranslate()

    def target(self, go: Go) -> None:
        """Take the subject, and the visit that was asked for."""
        super().target(go)
        self._wanted = go.visit_id

    def entered(self) -> None:
        """Choose what is still to be typed at the visit that was asked for."""
        super().entered()
        lines = map(self.model.row, range(self.model.rowCount()))
        own = [row for row in lines if isinstance(row, FormState) and row.visit_id == self._wanted]
        row = next((row for row in own if row.state in TO_TYPE), own[0] if own else None)
        if row is not None:
            self.table.choose(_key(row))

    def rows(self) -> list[object]:
        """Read the subject and the state of every form."""
        if self.subject_id is None:
            return []
        self._subject = subjects.subject_row(self.state.desk, self.subject_id)
        self._plan = closed_windows.visit_plan(self.state.desk, self.subject_id)
        self._tell_closed()
        language = self.language
        states = visit_states.visit_states(self.state.desk, self.subject_id)
        lines: list[object] = []
        for visit in states:
            if visit.visit_id is None:
                continue
            if visit.on_day is None:
                lines.append(visit)
                continue
            words = self._visit_name(visit.code)
            lines.append(Group(words, "due", visit.on_day.isoformat(), "schedule"))
            lines += visit.forms
        waiting = [self._line(visit.code) for visit in states if visit.visit_id is None]
        if waiting and self.may("visit.record"):
            lines.append(Group(language.text("Not begun"), "neutral", icon="calendar"))
            lines += waiting
        return lines

    def above(self) -> Sequence[QWidget]:
        """Return where windows without an open day are told."""
        self.closed = Strip()
        return (self.closed,)

    def _line(self, code: str) -> VisitLine:
        closed = any(each.code == VISIT and each.facts["visit"] == code for each in self._plan.closed)
        return VisitLine(code, self._plan.visits.get(code), closed)

    def _tell_closed(self) -> None:
        protocol, language = self.state.desk.protocol, self.language
        lines = [closed_window_words(protocol, each, language) for each in self._plan.closed]
        if lines:
            self.closed.say(told(lines, language), "warn")
        else:
            self.closed.clear()

    def columns(self) -> tuple[Column, ...]:
        """Return the columns."""
        language = self.language
        return (
            Column(language.text("Form"), _key, self._words, look="strong", stretch=True),
            Column(language.text("Planned"), lambda row: "", self._planned_words),
            Column(
                language.text("Entered"),
                lambda row: getattr(row, "entered", 0),
                lambda row: f"{row.entered} / {row.of}" if isinstance(row, FormState) and row.of else "",
            ),
            Column(
                language.text("State"),
                lambda row: getattr(row, "state", ""),
                self._state_words,
                look="chip",
                status=_status,
                width=170,
            ),
        )

    def _words(self, row: FormState | VisitLine | VisitState) -> str:
        protocol, language = self.state.desk.protocol, self.language
        if isinstance(row, VisitState):
            return self._visit_name(row.code)
        if isinstance(row, VisitLine):
            return language.text("Begin: {visit}", visit=self._visit_name(row.code))
        if row.kind == FORM:
            label = language.words(protocol.form(row.code).label)
            if row.on_day is None:
                return label
            return language.text("{form}, done on {day}", form=label, day=row.on_day)
        panel = language.words(protocol.laboratory.panel(row.code).label)
        return language.text("Laboratory: {panel}", panel=panel)

    def _visit_name(self, code: str) -> str:
        planned = self._plan.visits.get(code)
        ends = planned is not None and planned.ends_treatment
        return visit_words(self.state.desk.protocol, code, self.language, ends_treatment=ends)

    def _state_words(self, row: FormState | VisitLine | VisitState) -> str:
        if isinstance(row, VisitState):
            return not_done_words(row.not_done_reason, self.language)
        if isinstance(row, VisitLine):
            return self.language.text("No open day" if row.closed else "Planned")
        return self.language.text(FORM_STATES[row.state][0])

    def _planned_words(self, row: FormState | VisitLine | VisitState) -> str:
        """Return the planned day, and what is special about it."""
        if not isinstance(row, VisitLine) or row.planned is None:
            return ""
        day, site, language = row.planned.planned_on, self._plan.site, self.language
        beside = day_beside(day, site)
        words = planned_day(day, language)
        return f"{words} · {language.words(beside)}" if beside is not None else words

    def count_words(self) -> str:
        """Return no number: most lines are forms to come."""
        return ""

    def verb_words(self) -> Sequence[str]:
        """Return the words of the button."""
        return (self.language.text("Consent"),) if self.may("consent.record") else ()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        text = self.language.text
        self.card.set_title(text("Visits and forms"))
        words = (
            text("print the visit summary"),
            text("eligibility checklist"),
            text("doses"),
            text("randomise") if self.may("allocation.open") else "",
            "",
            text("type its worksheet") if self.may("form.save") else "",
        )
        for action, said in zip(self._verbs, words, strict=True):
            action.setText(said)
        self._name_not_done(self.table.current_row())
        if self._step_key is not None:
            self._step_key.setText(text("stopped, completed or left"))
        self._stale = True
        if self.isVisible():
            self.reload()

    def open_row(self, row: FormState | VisitLine | VisitState) -> None:
        """Open a form, or begin a visit."""
        assert self._subject is not None
        if isinstance(row, VisitState):
            # Not done so far: who comes after all is recorded, and that is taken back.
            if self.may("visit.record"):
                self._begin(row.code)
        elif isinstance(row, VisitLine):
            self._begin(row.code)
        elif row.kind == FORM:
            self.state.go(Go("form", subject_id=self._subject.id, visit_id=row.visit_id, form=row.code))
        else:
            self.state.go(Go("labs", subject_id=self._subject.id, visit_id=row.visit_id, panel=row.code))

    def _begin(self, code: str) -> None:
        assert self._subject is not None
        words = self._visit_name(code)
        title = self.language.text("{visit} of {code}: on which day?", visit=words, code=self._subject.code)
        ask_day(self, self.state, title, partial(self._record, code))

    def _record(self, code: str, day: date) -> None:
        assert self._subject is not None
        record_visit(self, self.state, (self._subject.id, code, day), self.tell)

    def _not_done(self) -> None:
        row = self.table.current_row()
        if self._can_be_not_done(row):
            self._corrections.ask_not_done(row.code)

    def _can_be_not_done(self, row: object) -> TypeGuard[VisitLine]:
        if not isinstance(row, VisitLine) or not self.may("visit.record"):
            return False
        return is_planned(self.state.desk.protocol.visit(row.code))

    def _name_not_done(self, row: object) -> None:
        # A key without words is not listed, and does nothing; off, it would look for a row with its letter.
        can = self._can_be_not_done(row)
        self._not_done_key.setText(self.language.text("visit not done") if can else "")

    def _type_worksheet(self) -> None:
        """Go through the forms and entries of a visit in the order of its worksheet."""
        row = self.table.current_row()
        if isinstance(row, FormState) and self._subject is not None and self.may("form.save"):
            step = typing_steps.first_step(self.state.desk, row.visit_id)
            if step is not None:
                self.state.go(step_on_worksheet(self._subject.id, row.visit_id, step))

    def _consent(self) -> None:
        assert self._subject is not None
        self.state.go(Go("consent", subject_id=self._subject.id))

    def _eligibility(self) -> None:
        assert self._subject is not None
        self.state.go(Go("eligibility", subject_id=self._subject.id))

    def _doses(self) -> None:
        assert self._subject is not None
        self.state.go(Go("doses", subject_id=self._subject.id))

    def _randomise(self) -> None:
        assert self._subject is not None
        if self._subject.arm or not self.may("allocation.open"):
            self._doses()
            return
        Randomise(self, self.state, self._subject.id).open()

    def _step_out(self) -> None:
        assert self._subject is not None
        ask_step_out(self, self.state, self._subject, self.reload)

    def _print(self) -> None:
        row = self.table.current_row()
        if isinstance(row, FormState) and self._subject is not None:
            self.state.go(
                Go("reports", subject_id=self._subject.id, visit_id=row.visit_id, tab="visit_summary")
            )


def _status(row: object) -> str:
    if isinstance(row, FormState):
        return FORM_STATES[row.state][1]
    return "warn" if isinstance(row, VisitLine) and row.closed else "neutral"


def _key(row: object) -> object:
    if isinstance(row, FormState):
        return (row.visit_id, row.kind, row.code)
    return row
