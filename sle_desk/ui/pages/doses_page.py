"""The doses of one subject: compliance, injections with their planned doses, infusions, kits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout

from sle_desk.domain.infusion_course import forms_of_infusions
from sle_desk.domain.protocol import Protocol
from sle_desk.services import dose_log, subjects
from sle_desk.services.dose_log import DoseLog
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card, FigureCard
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.dispense import Dispense
from sle_desk.ui.dialogs.vials_back import ask_vials_back
from sle_desk.ui.dose_strip import DoseStrip
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.gap_places import go_to_decision
from sle_desk.ui.labels import announce
from sle_desk.ui.page import Step
from sle_desk.ui.pages.dose_columns import infusion_columns, injection_columns, line_key
from sle_desk.ui.pages.dose_figures import on_day, share, vial_difference, vials
from sle_desk.ui.pages.dose_lines import DoseLine, grouped, lines_of
from sle_desk.ui.pages.dose_records import DoseRecords
from sle_desk.ui.pages.entry_place import infusion_place
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.subject_strip import SubjectStrip
from sle_desk.ui.subject_tabs import GIVEN_NOW, DosesTabs
from sle_desk.ui.table import RowsModel, TableView
from sle_desk.ui.theme import current
from sle_desk.ui.which_drug import ask_which_drug, no_injection_words, not_of_arm
from sle_desk.ui.wording import open_words


class DosesPage(DeskPage):
    """One subject's doses."""

    reads = frozenset({"subject", "identity", "allocation", "dose", "dose_vials", "dispensing", "deviation",
                       "disposition", "protocol_decision", "visit", "stock_movement",
                       "dose_pause"})  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._subject: SubjectRow | None = None
        self._log: DoseLog | None = None
        self.strip, self.tabs, self.notice = SubjectStrip(), DosesTabs(self), Strip()
        self._given_now, self._off_arm = False, ""
        self.figures = [FigureCard() for _ in range(4)]
        self.dose = DoseStrip(state)
        self.dose.recorded.connect(self._back_to_list)
        self.dose.closed.connect(self._back_to_list)
        self.injections, self.infusions = Card(), Card()
        self.model = RowsModel(injection_columns(state.desk.protocol, self.language), key=line_key)
        self.infusion_model = RowsModel(infusion_columns(state.desk.protocol, self.language), key=line_key)
        self.table, self.infusion_table = TableView(self.model), TableView(self.infusion_model)
        self.table.opened.connect(self._open_injection)
        self.infusion_table.opened.connect(self._open_infusion)
        self.kit_button = _button("K", "vial", self._dispense)
        self.back_button = _button("R", "vial", self._brought_back)
        self.diary_button = _button("H", "calendar", self._diary)
        self.infusion_button = _button("I", "weight", self._infuse)
        self.course_button = _button("L", "timer", self._to_course)
        self.other_button = _button("D", "alert", self._ask_drug)
        self._lay_out()
        self._verbs = self._add_verbs()
        self._course_key = self.infusion_table.add_verb("L", "", self._to_course)
        self._course_key.setEnabled(bool(forms_of_infusions(state.desk.protocol)))
        self._clarify = [
            table.add_verb("C", "", self._go_to_open) for table in (self.table, self.infusion_table)
        ]
        tables = (self.table, self.infusion_table)
        self.records = DoseRecords(
            self, tables, self.notice, lambda: self._subject.id if self._subject else None
        )
        self.retranslate()

    def _lay_out(self) -> None:
        px = current().px
        figures, across, keys = QHBoxLayout(), QBoxLayout(QBoxLayout.Direction.TopToBottom), QHBoxLayout()
        for figure in self.figures:
            figures.addWidget(figure, 1)
        for layout in (figures, across, keys):
            layout.setSpacing(px(12))
        buttons = (self.kit_button, self.back_button, self.diary_button, self.infusion_button)
        for button in (*buttons, self.course_button, self.other_button):
            keys.addWidget(button)
        keys.addStretch(1)
        for card, table in ((self.injections, self.table), (self.infusions, self.infusion_table)):
            card.body.addWidget(table, 1)
            table.setMinimumHeight(px(280 if table is self.table else 200))
            across.addWidget(card, 3 if card is self.injections else 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        for part in (self.strip, self.tabs, self.notice):
            column.addWidget(part)
        column.addLayout(figures)
        column.addLayout(keys)
        column.addWidget(self.dose)
        column.addLayout(across, 1)

    def _add_verbs(self) -> list[tuple[QAction, int]]:
        """Add the one-key verbs; each with the place of its words in `_verb_words`."""
        acts = ((self._record, "G"), (self._record_otherwise, "D"), (self._dispense, "K"), (self._diary, "H"),
                (self._infuse, "I"), (self._brought_back, "R"))  # fmt: skip
        # Beside injections these keys are those of their table.
        self._where_none_injected: list[QAction] = []
        needs = ("dose.record", "dose.record", "dispensing.record", "dose.record", "dose.prepare",
                 "stock.return")  # fmt: skip
        made: list[tuple[QAction, int]] = []
        for table in (self.table, self.infusion_table):
            for place, ((act, keys), need) in enumerate(zip(acts, needs, strict=True)):
                if self.may(need):
                    verb = table.add_verb(keys, "", act)
                    made.append((verb, place))
                    if table is self.infusion_table and keys in "GD":
                        self._where_none_injected.append(verb)
        return made

    def target(self, go: Go) -> None:
        """Take the subject."""
        assert go.subject_id is not None
        if self._subject is None or self._subject.id != go.subject_id:
            self._subject = subjects.subject_row(self.state.desk, go.subject_id)
            self.dose.close_strip()
            self._stale = True
        self.tabs.show_subject(go.subject_id)
        self._given_now = go.tab == GIVEN_NOW
        self._off_arm = go.about_drug

    def path(self) -> Sequence[Step]:
        """Return the way here."""
        code = self._subject.code if self._subject else ""
        return (Step(code, self._to_subject), Step(self.language.text("Doses")))

    def go_up(self) -> bool:
        """Go to the subject."""
        self._to_subject()
        return True

    def _to_subject(self) -> None:
        if self._subject is not None:
            self.state.go(Go("subject", subject_id=self._subject.id))

    def entered(self) -> None:
        """Show the doses and let the keys choose a row."""
        self.reload()
        if self._given_now and self.may("dose.record"):
            self._record()
        given, self._given_now, self._off_arm = self._off_arm, False, ""
        self._back_to_list()
        if given and self.may("dose.record"):
            # Last: its first field takes the focus.
            self._record_given(given)

    def load(self) -> None:
        """Read the plan, the doses and the compliance."""
        if self._subject is None:
            return
        desk = self.state.desk
        self._subject = subjects.subject_row(desk, self._subject.id)
        self._log = dose_log.dose_log(desk, self._subject.id)
        self.strip.show_subject(self.state, self._subject)
        self._show_figures(self._log)
        self._show_tables(self._log)
        self._say_standing(self._log)

    def _drug(self, *, infused: bool) -> str:
        """Return the injected or the infused drug of the arm; nothing where it has none."""
        protocol = self.state.desk.protocol
        arm = self._subject.arm if self._subject else ""
        drugs = map(protocol.drug, protocol.arm(arm).drugs if arm else ())
        return next((drug.code for drug in drugs if (drug.preparation is not None) == infused), "")

    def _say_standing(self, log: DoseLog) -> None:
        language = self.language
        if not log.calendar.arm:
            self.notice.say(language.text("Not randomised: no dose is planned."), "neutral")
        elif log.waits:
            words = language.text(
                "The plan is not complete; open: {codes}. C leads there.",
                codes=open_words(self.state.desk.protocol, log.waits, language),
            )
            self.notice.say(words, "warn")
        elif log.calendar.provisional:
            self.notice.say(language.text("No dose yet: every date counts from the first one."), "neutral")
        elif differs := vial_difference(log, self):
            self.notice.say(differs, "warn")
        else:
            self.notice.clear()

    def _go_to_open(self) -> None:
        if self._log is not None and self._log.waits:
            self.state.go(go_to_decision(self._log.waits[0]))
        else:
            self.state.say(self.language.text("Nothing that the plan waits for is open."))

    def _show_tables(self, log: DoseLog) -> None:
        language, protocol = self.language, self.state.desk.protocol
        for infused, card, model in (
            (False, self.injections, self.model),
            (True, self.infusions, self.infusion_model),
        ):
            drug = self._drug(infused=infused)
            lines = lines_of(log, drug) if drug else []
            off_arm = [line for code in _other_drugs(protocol, drug, infused) for line in lines_of(log, code)]
            # Without an arm the empty list stands there for its keys.
            card.setVisible(bool(drug or off_arm or not (log.calendar.arm or infused)))
            name = drug_words(protocol, drug, language) if drug else language.text("Doses")
            card.set_title(name, self._beside(log, drug, infused=infused))
            model.show_rows(grouped([*lines, *off_arm], language))
        self.kit_button.setVisible(bool(self._drug(infused=False)) and self.may("dispensing.record"))
        self.back_button.setVisible(bool(log.kits) and self.may("stock.return"))
        self.diary_button.setVisible(bool(self._drug(infused=False)) and self.may("dose.record"))
        self.infusion_button.setVisible(bool(self._drug(infused=True)) and self.may("dose.prepare"))
        infused = any(protocol.drug(row.given.drug).preparation is not None for row in log.doses)
        self.course_button.setVisible(infused and bool(forms_of_infusions(protocol)))
        others = not_of_arm(protocol, log.calendar.arm)
        self.other_button.setVisible(bool(others) and self.may("dose.record"))
        for verb in self._where_none_injected:
            verb.setEnabled(self.injections.isHidden())
        self._name_verbs()

    def _beside(self, log: DoseLog, drug: str, *, infused: bool) -> str:
        language = self.language
        if infused:
            return language.text("prescribed, prepared and given in mg")
        lots = ", ".join(dict.fromkeys(kit.lot for kit in log.kits if kit.drug == drug))
        return (
            language.text("lots dispensed: {lots}", lots=lots)
            if lots
            else language.text("no kit dispensed yet")
        )

    # Figures.

    def _show_figures(self, log: DoseLog) -> None:
        language = self.language
        injected, infused = self._drug(infused=False), self._drug(infused=True)
        all_doses = {row.counts.drug: row for row in log.compliance if row.counts.stage is None}
        shown = (
            share(all_doses.get(injected), log, injected, language.text("injections given"), self),
            on_day(all_doses.get(injected), injected, self),
            vials(log, injected, self),
            share(all_doses.get(infused), log, infused, language.text("infusions given"), self),
        )
        for card, figure in zip(self.figures, shown, strict=True):
            card.setVisible(figure is not None)
            if figure is not None:
                card.show_figure(*figure)

    # Words.

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self.language
        self.kit_button.set_words(language.text("Kit handed over"))
        self.back_button.set_words(language.text("Vials brought back"))
        self.diary_button.set_words(language.text("Home diary"))
        self.infusion_button.set_words(language.text("Infusion"))
        self.course_button.set_words(language.text("Course of the infusion"))
        self.other_button.set_words(language.text("Another study drug was given"))
        self._course_key.setText(language.text("rates, vital signs, premedication"))
        for verb in self._clarify:
            verb.setText(language.text("clarification"))
        self._name_verbs()
        self.dose.retranslate()
        self.tabs.retranslate()
        self.model.set_columns(injection_columns(self.state.desk.protocol, self.language))
        self.infusion_model.set_columns(infusion_columns(self.state.desk.protocol, self.language))
        self._stale = True
        if self.isVisible():
            self.reload()

    def _name_verbs(self) -> None:
        """Name each key as it works for this arm; one that only says what the arm has not stays unnamed."""
        text = self.language.text
        injected, infused = bool(self._drug(infused=False)), bool(self._drug(infused=True))
        # Before anything is allocated the keys say themselves what is not yet planned.
        whole = not (injected or infused)
        other = text("other dose / missed") if injected or whole else text("another study drug was given")
        words = (
            text("record as given") if injected or whole else "",
            other,
            text("kit handed over") if injected or whole else "",
            text("home diary") if injected or whole else "",
            text("infusion") if infused or whole else "",
            text("vials brought back"),
        )
        for verb, place in self._verbs:
            verb.setText(words[place])

    # Acts.

    def _back_to_list(self, *_: object) -> None:
        if self.dose.subject_id() is not None:
            self.dose.setFocus()
        else:
            (self.infusion_table if self.injections.isHidden() else self.table).setFocus()

    def _record(self) -> None:
        if self._subject is not None and self._injected():
            self.dose.open_given(self._subject.id, self._subject.code)

    def _injected(self) -> bool:
        """Tell whether the arm injects a drug; where it does not, say so and which key records what was."""
        if not self._drug(infused=False):
            self.notice.say(no_injection_words(self.language), "warn")
            announce(self, self.notice.sentence(), urgent=True)
            return False
        return True

    def _ask_drug(self, *_: object) -> None:
        if self._subject is not None and self.may("dose.record"):
            ask_which_drug(self, self.state, self._subject, self._record_given)

    def _record_given(self, drug: str) -> None:
        """Record a drug that was given: as of the arm, or without a plan where it is not of it."""
        assert self._subject is not None
        if self.state.desk.protocol.drug(drug).preparation is not None:
            self.state.go(Go("infusion", subject_id=self._subject.id, about_drug=drug))
        else:
            self.dose.open_of_drug(self._subject.id, self._subject.code, drug)

    def _record_otherwise(self) -> None:
        line = self.table.current_row()
        if not self._drug(infused=False):
            self._ask_drug()
        elif self._subject is not None:
            asked = isinstance(line, DoseLine) and line.state in ("overdue", "awaiting_diary")
            self.dose.open_otherwise(self._subject.id, self._subject.code, line.number if asked else None)

    def _open_injection(self, line: DoseLine) -> None:
        if not self.may("dose.record"):
            return
        if line.state == "overdue":
            self._record_otherwise()
        elif line.state == "due_today":
            self._record()
        elif line.state == "awaiting_diary":
            self._diary()

    def _open_infusion(self, line: DoseLine) -> None:
        if line.state in ("due_today", "overdue", "prepared", "planned"):
            self._infuse()

    def _to_course(self) -> None:
        line = self.infusion_table.current_row()
        row = line.row if isinstance(line, DoseLine) else None
        if row is None or row.progress == "missed" or self._subject is None:
            self.state.say(self.language.text("Pick an infusion that was prepared or given."))
        else:
            self.state.go(infusion_place(self._subject.id, row.id))

    def _infuse(self) -> None:
        if not self._drug(infused=True):
            self._ask_drug()
        elif self._subject is not None and self.may("dose.prepare"):
            self.state.go(Go("infusion", subject_id=self._subject.id))

    def _diary(self) -> None:
        if self._subject is not None and self._injected():
            self.state.go(Go("diary", subject_id=self._subject.id))

    def _dispense(self) -> None:
        # A kit of a drug that is not of the arm is recorded too: the dialog asks why it was handed over.
        kept = (drug.code for drug in self.state.desk.protocol.drugs if drug.preparation is None)
        drug = self._drug(infused=False) or next(kept, "")
        if self._subject is not None and drug:
            Dispense(self, self.state, self._subject.id, self._subject.code, drug).open()

    def _brought_back(self) -> None:
        if self._subject is not None and self._log is not None:
            ask_vials_back(self, self.state, self._subject, self._log.kits)


def _button(keys: str, icon: str, act: Callable[..., object]) -> Button:
    button = Button("", "secondary", keys=keys, icon=icon)
    button.clicked.connect(act)
    return button


def _other_drugs(protocol: Protocol, drug: str, infused: bool) -> list[str]:
    """Return the other drugs of a kind: what was given off the arm is shown too."""
    return [
        each.code
        for each in protocol.drugs
        if each.code != drug and (each.preparation is not None) == infused
    ]
