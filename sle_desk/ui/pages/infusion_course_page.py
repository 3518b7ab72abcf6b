"""One infusion from minute to minute: its rates, vital signs and premedication, entered by a key each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sle_desk.base.language import Words, message
from sle_desk.domain.infusion_course import (
    PREMEDICATION,
    RATE,
    TIME,
    VITALS,
    entry_words,
    forms_of_infusions,
)
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.domain.value_words import value_words
from sle_desk.domain.values import plain
from sle_desk.services import form_records, infusion_course
from sle_desk.services.infusion_course import DOSE, Course, CourseEntry, Medicine
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.ask_which import ask_which
from sle_desk.ui.dialogs.entered_in_error import ask_entered_in_error
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.pages.dose_entry_page import DoseEntryPage
from sle_desk.ui.state import State
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current
from sle_desk.ui.void_cases import add_void_key, form_case

# Keys of what is entered, with the form of each.
KEYS = ((RATE, "R"), (VITALS, "V"), (PREMEDICATION, "P"))
SAVE = "form.save"
WHICH = Words("Which medicine", "哪种药物")


class InfusionCoursePage(DoseEntryPage):
    """The entries of one infusion by their time; Enter opens one, where F2 corrects and F11 tells more."""

    name = message("Course of the infusion")
    reads = frozenset({"subject", "identity", "dose", "form_record", "answer", "record_link"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._dose_id = 0
        self._course: Course | None = None
        self._forms = forms_of_infusions(state.desk.protocol)
        self.card = Card()
        self.model = RowsModel((), key=lambda row: row.id)
        self.table = TableView(self.model)
        self.table.opened.connect(self._open)
        self._acts = [
            (code, Button("", "secondary", keys=keys, icon="plus"), self.table.add_verb(keys, "", act))
            for code, keys, act in self._offered()
        ]
        for (_, button, _), (_, _, act) in zip(self._acts, self._offered(), strict=True):
            button.clicked.connect(act)
        add_void_key(state, self.table.add_verb, self._in_error)
        self._lay_out()
        self.retranslate()

    def _offered(self) -> list[tuple[str, str, partial[None]]]:
        may = self.may(SAVE)
        return [
            (code, keys, partial(self._enter, code)) for code, keys in KEYS if may and code in self._forms
        ]

    def _lay_out(self) -> None:
        px = current().px
        self.card.body.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.setSpacing(px(12))
        for _, button, _ in self._acts:
            foot.addWidget(button)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        for part in (self.strip, self.notice):
            column.addWidget(part)
        column.addWidget(self.card, 1)
        column.addLayout(foot)

    def target(self, go: Go) -> None:
        """Take the subject and the infusion."""
        super().target(go)
        self._dose_id, self._course = go.link[1] if go.link is not None else 0, None

    def entered(self) -> None:
        """Show what was recorded of the infusion, and let the keys choose a row."""
        self.reload()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def load(self) -> None:
        """Read the infusion with its entries."""
        super().load()
        if not self._dose_id:
            # Nothing of the infusion that was shown before stands below the name of another subject.
            self.card.set_title("", "")
            self.model.show_rows(())
            self._let_enter(open_now=False)
            self.notice.say(self.language.text("Pick an infusion that was prepared or given."), "neutral")
            return
        self._course = infusion_course.course(self.state.desk, self._dose_id)
        self.model.show_rows(self._course.entries)
        self._let_enter(open_now=self._course.open)
        self._show_words()

    def _let_enter(self, *, open_now: bool) -> None:
        for _, button, action in self._acts:
            button.setVisible(open_now)
            action.setEnabled(open_now)

    # Words.

    def retranslate(self) -> None:
        """Speak the chosen language."""
        text = self.language.text
        words = {
            RATE: text("Rate"),
            VITALS: text("Vital signs"),
            PREMEDICATION: text("Premedication"),
        }
        for code, button, action in self._acts:
            button.set_words(words[code])
            action.setText(words[code])
        self.model.set_columns(self._columns())
        self._show_words()
        if self._subject is not None:
            self.strip.show_subject(self.state, self._subject)

    def _show_words(self) -> None:
        shown = self._course
        if shown is None:
            return
        text, infusion = self.language.text, shown.infusion
        drug = drug_words(self.state.desk.protocol, shown.drug, self.language)
        title = text("{drug} infusion of {day}", drug=drug, day=infusion.on_day)
        ran = infusion.facts()
        waits = text("not given") if shown.not_given else text("not recorded as given yet")
        beside = text("{start} to {end}", **ran) if infusion.started else waits
        self.card.set_title(title, beside)
        if not shown.open:
            self.notice.say(text("This infusion is void or was discarded: nothing more is entered."), "warn")
        elif not shown.entries:
            self.notice.say(text("Nothing is entered here yet."), "neutral")
        else:
            self.notice.clear()

    def _columns(self) -> Sequence[Column]:
        text = self.language.text
        return (
            Column(text("Time"), _at, self._time, look="strong", width=90),
            Column(text("What"), lambda row: row.form, self._what, width=240),
            Column(text("Recorded"), self._said, self._said, stretch=True, wrap=True),
        )

    def _time(self, row: CourseEntry) -> str:
        value = row.values.get(TIME)
        return self.language.words(value_words(self._forms[row.form].field(TIME), value))

    def _what(self, row: CourseEntry) -> str:
        return self.language.words(self._forms[row.form].label)

    def _said(self, row: CourseEntry) -> str:
        return self.language.words(entry_words(self._forms[row.form], row.values, row.about))

    # Acts.

    def _open(self, row: CourseEntry) -> None:
        assert self._subject is not None
        self.state.go(Go("form", subject_id=self._subject.id, form=row.form, record_id=row.id))

    def _enter(self, code: str, *_: object) -> None:
        if self._subject is None or self._course is None or not self._course.open:
            return
        if code == PREMEDICATION:
            self._ask_medicine()
        else:
            self._go_to_form(code)

    def _go_to_form(self, code: str, about: int | None = None) -> None:
        assert self._subject is not None
        link = (DOSE, self._dose_id)
        self.state.go(Go("form", subject_id=self._subject.id, form=code, about=about, link=link))

    def _ask_medicine(self) -> None:
        """Ask which medicine was given: one that is entered, or one that is entered now, once."""
        assert self._subject is not None
        text = self.language.text
        known = infusion_course.medicines(self.state.desk, self._dose_id)
        offers = [(self._medicine(each), partial(self._go_to_form, PREMEDICATION, each.id)) for each in known]
        offers.append((text("Another medicine: enter it now"), partial(self._go_to_form, MEDICATION)))
        title = text("{code}: given before the infusion", code=self._subject.code)
        ask_which(self, self.state, title, "", WHICH, offers)

    def _medicine(self, each: Medicine) -> str:
        form = self.state.desk.protocol.form(MEDICATION)
        dose, unit = each.values.get("dose"), each.values.get("unit")
        amount = plain(dose.number) if dose is not None and dose.number is not None else ""
        of = self.language.words(value_words(form.field("unit"), unit)) if unit is not None and amount else ""
        return " ".join(part for part in (each.taken.name, amount, of) if part)

    def _in_error(self) -> None:
        row = self.table.current_row()
        if isinstance(row, CourseEntry):
            record = form_records.form_row(self.state.desk, row.id)
            ask_entered_in_error(self, self.state, form_case(self.state, record), self.reload)


def _at(row: CourseEntry) -> str:
    return row.at.isoformat() if row.at is not None else "~"
