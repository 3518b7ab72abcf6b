"""One subject: the strip, and below it tabs; the visits with the state of every form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sle_desk.base.errors import SleDeskError
from sle_desk.base.words import error_sentence
from sle_desk.services import subjects, visit_states, visits
from sle_desk.services.subjects import SubjectRow
from sle_desk.services.visit_states import FORM, FormState, VisitState
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.ask_day import ask_day
from sle_desk.ui.dialogs.randomise import Randomise
from sle_desk.ui.labels import label
from sle_desk.ui.page import Step
from sle_desk.ui.pages.subject_corrections import CorrectOnSubject, not_done_words
from sle_desk.ui.pages.subject_errors import VoidOnSubject
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.subject_strip import SubjectStrip
from sle_desk.ui.table import Column, Group, RowsModel, TableView
from sle_desk.ui.theme import current
from sle_desk.ui.wording import visit_words

FORM_STATES = {
    "empty": ("Not started", "neutral"),
    "partial": ("Incomplete", "warn"),
    "complete": ("Complete", "ok"),
    "signed": ("Signed", "sign"),
    "awaited": ("Drawn, awaited", "due"),
}


@dataclass(frozen=True)
class VisitLine:
    """A visit that was not recorded yet, to be begun."""

    code: str


class SubjectPage(DeskPage):
    """One subject's visits and forms."""

    reads = frozenset({"subject", "identity", "visit", "form_record", "answer", "sample", "result", "consent",
                       "allocation", "dose", "signature", "disposition"})  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._subject: SubjectRow | None = None
        self._states: tuple[VisitState, ...] = ()
        self.strip = SubjectStrip()
        self.notice = Strip()
        self.consent_button = Button("", "secondary", keys="C", icon="pen")
        self.consent_button.clicked.connect(self._consent)
        self._title = label(role="section")
        self.model = RowsModel(self._columns(), key=_key)
        self.table = TableView(self.model)
        self.table.opened.connect(self._open)
        self._lay_out()
        self._verbs = [
            self.table.add_verb("C", "", self._consent),
            self.table.add_verb("P", "", self._print),
            self.table.add_verb("E", "", self._eligibility),
            self.table.add_verb("D", "", self._doses),
            self.table.add_verb("R", "", self._randomise),
            self.table.add_verb("N", "", self._not_done),
        ]
        self._void = VoidOnSubject(self, self.table, lambda: self._subject)
        self._corrections = CorrectOnSubject(self, self.table, lambda: self._subject)
        self.add_key("Alt+Left", "", self._previous)
        self.add_key("Alt+Right", "", self._next)
        self.retranslate()

    def _lay_out(self) -> None:
        px = current().px
        card = Card()
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.consent_button)
        card.body.addLayout(head)
        card.body.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        for part in (self.strip, self.notice):
            column.addWidget(part)
        column.addWidget(card, 1)

    def target(self, go: Go) -> None:
        """Take the subject."""
        assert go.subject_id is not None
        if self._subject is None or self._subject.id != go.subject_id:
            self._subject = subjects.subject_row(self.state.desk, go.subject_id)
            self._stale = True

    def path(self) -> Sequence[Step]:
        """Return the way here."""
        code = self._subject.code if self._subject else ""
        return (Step(self.language.text("Subjects"), self._to_list), Step(code))

    def go_up(self) -> bool:
        """Go back to the list."""
        self._to_list()
        return True

    def _to_list(self) -> None:
        self.state.go(Go("subjects"))

    def entered(self) -> None:
        """Show the subject and let the keys choose a form."""
        super().entered()
        self.table.setFocus()

    def load(self) -> None:
        """Read the subject and the state of every form."""
        if self._subject is None:
            return
        desk = self.state.desk
        self._subject = subjects.subject_row(desk, self._subject.id)
        self._states = visit_states.visit_states(desk, self._subject.id)
        self.strip.show_subject(self.state, self._subject)
        self.model.show_rows(self._lines())
        if self._void.say_standing(self._subject, self.notice):
            return
        if not subjects.consents(desk, self._subject.id):
            words = self.language.text("No consent is recorded yet. C records it, before any procedure.")
            self.notice.say(words, "warn")
        else:
            self.notice.clear()

    def _lines(self) -> list[object]:
        language, protocol = self.language, self.state.desk.protocol
        lines: list[object] = []
        for visit in self._states:
            words = visit_words(protocol, visit.code, language)
            if visit.visit_id is None:
                continue
            if visit.on_day is None:
                lines.append(visit)
                continue
            lines.append(Group(words, "due", visit.on_day.isoformat(), "schedule"))
            lines += visit.forms
        waiting = [VisitLine(visit.code) for visit in self._states if visit.visit_id is None]
        if waiting and self.may("visit.record"):
            lines.append(Group(language.text("Not begun"), "neutral", icon="calendar"))
            lines += waiting
        return lines

    def _columns(self) -> tuple[Column, ...]:
        language = self.language
        return (
            Column(language.text("Form"), _key, self._words, look="strong", stretch=True),
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
                status=lambda row: FORM_STATES[row.state][1] if isinstance(row, FormState) else "neutral",
                width=170,
            ),
        )

    def _words(self, row: FormState | VisitLine | VisitState) -> str:
        protocol, language = self.state.desk.protocol, self.language
        if isinstance(row, VisitState):
            return visit_words(protocol, row.code, language)
        if isinstance(row, VisitLine):
            return language.text("Begin: {visit}", visit=visit_words(protocol, row.code, language))
        if row.kind == FORM:
            return language.words(protocol.form(row.code).label)
        panel = language.words(protocol.laboratory.panel(row.code).label)
        return language.text("Laboratory: {panel}", panel=panel)

    def _state_words(self, row: FormState | VisitLine | VisitState) -> str:
        if isinstance(row, VisitState):
            return not_done_words(row.not_done_reason, self.language)
        if isinstance(row, VisitLine):
            return self.language.text("Planned")
        words = {
            "empty": self.language.text("Not started"),
            "partial": self.language.text("Incomplete"),
            "complete": self.language.text("Complete"),
            "signed": self.language.text("Signed"),
            "awaited": self.language.text("Drawn, awaited"),
        }
        return words[row.state]

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self.language
        self._title.setText(language.text("Visits and forms"))
        self.consent_button.set_words(language.text("Consent"))
        for action, words in zip(
            self._verbs,
            (
                language.text("record a consent"),
                language.text("print the visit summary"),
                language.text("eligibility checklist"),
                language.text("doses"),
                language.text("randomise"),
                language.text("visit not done"),
            ),
            strict=True,
        ):
            action.setText(words)
        for action, words in zip(
            self.actions(), (language.text("previous subject"), language.text("next subject")), strict=True
        ):
            action.setText(words)
        self.model.set_columns(self._columns())
        self._stale = True
        if self.isVisible():
            self.reload()

    def _open(self, row: FormState | VisitLine | VisitState) -> None:
        assert self._subject is not None
        if isinstance(row, VisitState):
            return
        if isinstance(row, VisitLine):
            self._begin(row.code)
        elif row.kind == FORM:
            self.state.go(Go("form", subject_id=self._subject.id, visit_id=row.visit_id, form=row.code))
        else:
            self.state.go(Go("labs", subject_id=self._subject.id, visit_id=row.visit_id, panel=row.code))

    def _begin(self, code: str) -> None:
        assert self._subject is not None
        words = visit_words(self.state.desk.protocol, code, self.language)
        title = self.language.text("{visit} of {code}: on which day?", visit=words, code=self._subject.code)
        ask_day(self, self.state, title, partial(self._record, code))

    def _record(self, code: str, day: date) -> None:
        assert self._subject is not None
        try:
            visits.record_visit(self.state.desk, self._subject.id, code, day)
        except SleDeskError as error:
            self.notice.say(error_sentence(error, self.language), "bad")

    def _not_done(self) -> None:
        row = self.table.current_row()
        if isinstance(row, VisitLine) and self.may("visit.record"):
            self._corrections.ask_not_done(row.code)

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

    def _print(self) -> None:
        row = self.table.current_row()
        if isinstance(row, FormState) and self._subject is not None:
            self.state.go(
                Go("reports", subject_id=self._subject.id, visit_id=row.visit_id, tab="visit_summary")
            )

    def _previous(self) -> None:
        self._step(-1)

    def _next(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        assert self._subject is not None
        ids = [row.id for row in subjects.subjects(self.state.desk, void=True)]
        place = ids.index(self._subject.id) + by
        if 0 <= place < len(ids):
            self.state.go(Go("subject", subject_id=ids[place]))


def _key(row: object) -> object:
    if isinstance(row, FormState):
        return (row.visit_id, row.kind, row.code)
    return row
