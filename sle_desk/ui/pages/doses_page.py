"""The doses of one subject: compliance, injections with their planned doses, infusions, kits."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout

from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import plain
from sle_desk.services import dose_log, subjects
from sle_desk.services.dose_log import ComplianceRow, DoseLog
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card, FigureCard
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.dispense import Dispense
from sle_desk.ui.dose_strip import DoseStrip
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.injection_entry import FORM as INJECTION
from sle_desk.ui.page import Step
from sle_desk.ui.pages.dose_lines import STATES, DoseLine, LineWords, grouped, lines_of
from sle_desk.ui.pages.dose_records import DoseRecords
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.subject_strip import SubjectStrip
from sle_desk.ui.subject_tabs import GIVEN_NOW, DosesTabs
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current


class DosesPage(DeskPage):
    """One subject's doses."""

    reads = frozenset({"subject", "identity", "allocation", "dose", "dose_vials", "dispensing", "deviation",
                       "disposition", "decision", "visit"})  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._subject: SubjectRow | None = None
        self._log: DoseLog | None = None
        self.strip, self.tabs, self.notice = SubjectStrip(), DosesTabs(self), Strip()
        self._given_now = False
        self.figures = [FigureCard() for _ in range(4)]
        self.dose = DoseStrip(state)
        self.dose.recorded.connect(self._back_to_list)
        self.dose.closed.connect(self._back_to_list)
        self.injections, self.infusions = Card(), Card()
        self.model = RowsModel(self._injection_columns(), key=_key)
        self.infusion_model = RowsModel(self._infusion_columns(), key=_key)
        self.table, self.infusion_table = TableView(self.model), TableView(self.infusion_model)
        self.table.opened.connect(self._open_injection)
        self.infusion_table.opened.connect(self._open_infusion)
        self.kit_button = Button("", "secondary", keys="K", icon="vial")
        self.diary_button = Button("", "secondary", keys="H", icon="calendar")
        self.infusion_button = Button("", "secondary", keys="I", icon="weight")
        self.kit_button.clicked.connect(self._dispense)
        self.diary_button.clicked.connect(self._diary)
        self.infusion_button.clicked.connect(self._infuse)
        self._lay_out()
        self._verbs = self._add_verbs()
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
        for button in (self.kit_button, self.diary_button, self.infusion_button):
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

    def _add_verbs(self) -> list[tuple[object, int]]:
        """Add the one-key verbs; each with the place of its words in `_verb_words`."""
        acts = ((self._record, "G"), (self._record_otherwise, "D"), (self._dispense, "K"), (self._diary, "H"),
                (self._infuse, "I"))  # fmt: skip
        needs = ("dose.record", "dose.record", "dispensing.record", "dose.record", "dose.prepare")
        made: list[tuple[object, int]] = []
        for table in (self.table, self.infusion_table):
            for place, ((act, keys), need) in enumerate(zip(acts, needs, strict=True)):
                if self.may(need) and (table is self.table or keys not in "GD"):
                    made.append((table.add_verb(keys, "", act), place))
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
        self._given_now = False
        self._back_to_list()

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
        waits = sorted({code for part in log.calendar.unknown for code in part.codes})
        if not log.calendar.arm:
            self.notice.say(language.text("Not randomised: no dose is planned."), "neutral")
        elif waits:
            words = language.text("The plan is not complete; open: {codes}", codes=", ".join(waits))
            self.notice.say(words, "warn")
        elif log.calendar.provisional:
            self.notice.say(language.text("No dose yet: every date counts from the first one."), "neutral")
        else:
            self.notice.clear()

    def _show_tables(self, log: DoseLog) -> None:
        language, protocol = self.language, self.state.desk.protocol
        for infused, card, model in (
            (False, self.injections, self.model),
            (True, self.infusions, self.infusion_model),
        ):
            drug = self._drug(infused=infused)
            lines = lines_of(log, drug) if drug else []
            off_arm = [line for code in _other_drugs(protocol, drug, infused) for line in lines_of(log, code)]
            card.setVisible(bool(drug or off_arm))
            name = drug_words(protocol, drug, language) if drug else ""
            card.set_title(name, self._beside(log, drug, infused=infused))
            model.show_rows(grouped([*lines, *off_arm], language))
        self.kit_button.setVisible(bool(self._drug(infused=False)) and self.may("dispensing.record"))
        self.diary_button.setVisible(bool(self._drug(infused=False)) and self.may("dose.record"))
        self.infusion_button.setVisible(bool(self._drug(infused=True)) and self.may("dose.prepare"))

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
            _share(all_doses.get(injected), injected, language.text("injections given"), self),
            _on_day(all_doses.get(injected), injected, self),
            _vials(log, injected, self),
            _share(all_doses.get(infused), infused, language.text("infusions given"), self),
        )
        for card, figure in zip(self.figures, shown, strict=True):
            card.setVisible(figure is not None)
            if figure is not None:
                card.show_figure(*figure)

    # Words.

    def _injection_columns(self) -> tuple[Column, ...]:
        language = self.language
        site = language.words(self.state.desk.protocol.form(INJECTION).field("site").label)
        words = LineWords(self.state.desk.protocol, language)
        return (
            Column(language.text("No."), _number, words.number, look="strong", width=64),
            Column(language.text("Planned"), _number, words.planned, width=110),
            Column(language.text("Given at"), words.given_on, words.given_on, width=120),
            Column(language.text("Dose"), words.amount, words.amount, width=130),
            Column(site, words.site, words.site, width=210),
            Column(language.text("State"), _state, words.state, look="chip", status=_status, width=160),
            Column(language.text("Note"), words.note, words.note, stretch=True),
        )

    def _infusion_columns(self) -> tuple[Column, ...]:
        language = self.language
        words = LineWords(self.state.desk.protocol, language)
        return (
            Column(language.text("No."), _number, words.number, look="strong", width=64),
            Column(language.text("Planned"), _number, words.planned, width=110),
            Column(language.text("Given at"), words.given_on, words.given_on, width=120),
            Column(language.text("Weight"), words.weight, words.weight, width=90),
            Column(language.text("Prescribed"), words.prescribed, words.prescribed, width=100),
            Column(language.text("Prepared, from vials"), words.prepared, words.prepared, width=190),
            Column(language.text("Administered"), words.administered, words.administered, width=110),
            Column(language.text("State"), _state, words.state, look="chip", status=_status, width=160),
            Column(language.text("Note"), words.note, words.note, stretch=True),
        )

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self.language
        self.kit_button.set_words(language.text("Kit handed over"))
        self.diary_button.set_words(language.text("Home diary"))
        self.infusion_button.set_words(language.text("Infusion"))
        words = (
            language.text("record as given"),
            language.text("other dose / missed"),
            language.text("kit handed over"),
            language.text("home diary"),
            language.text("infusion"),
        )
        for verb, place in self._verbs:
            verb.setText(words[place])  # type: ignore[attr-defined]
        self.dose.retranslate()
        self.tabs.retranslate()
        self.model.set_columns(self._injection_columns())
        self.infusion_model.set_columns(self._infusion_columns())
        self._stale = True
        if self.isVisible():
            self.reload()

    # Acts.

    def _back_to_list(self, *_: object) -> None:
        if self.dose.subject_id() is not None:
            self.dose.setFocus()
        else:
            (self.infusion_table if self.injections.isHidden() else self.table).setFocus()

    def _record(self) -> None:
        if self._subject is not None and self._drug(infused=False):
            self.dose.open_given(self._subject.id, self._subject.code)

    def _record_otherwise(self) -> None:
        line = self.table.current_row()
        if self._subject is not None and self._drug(infused=False):
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

    def _infuse(self) -> None:
        if self._subject is not None and self._drug(infused=True) and self.may("dose.prepare"):
            self.state.go(Go("infusion", subject_id=self._subject.id))

    def _diary(self) -> None:
        if self._subject is not None and self._drug(infused=False):
            self.state.go(Go("diary", subject_id=self._subject.id))

    def _dispense(self) -> None:
        drug = self._drug(infused=False)
        if self._subject is not None and drug:
            Dispense(self, self.state, self._subject.id, self._subject.code, drug).open()


def _other_drugs(protocol: Protocol, drug: str, infused: bool) -> list[str]:
    """Return the other drugs of a kind: what was given off the arm is shown too."""
    return [
        each.code
        for each in protocol.drugs
        if each.code != drug and (each.preparation is not None) == infused
    ]


Figure = tuple[str, str, str, int]


def _percent(share: Fraction | None) -> tuple[str, int]:
    return ("–", 0) if share is None else (f"{float(share * 100):.0f} %", int(share * 100))


def _share(row: ComplianceRow | None, drug: str, words: str, page: DosesPage) -> Figure | None:
    if not drug:
        return None
    if row is None:
        return ("–", words, page.language.text("nothing planned so far"), 0)
    counts, language = row.counts, page.language
    figure, percent = _percent(counts.share)
    second = language.text("{given} of {planned} past doses", given=counts.given, planned=counts.planned)
    return figure, words, second, percent


def _on_day(row: ComplianceRow | None, drug: str, page: DosesPage) -> Figure | None:
    if not drug:
        return None
    words = page.language.text("on the planned day")
    if row is None or not row.counts.planned:
        return ("–", words, page.language.text("nothing planned so far"), 0)
    counts = row.counts
    figure, percent = _percent(Fraction(counts.on_planned_day, counts.planned))
    second = page.language.text(
        "missed: {missed} · nothing recorded: {unrecorded}",
        missed=counts.missed,
        unrecorded=counts.unrecorded,
    )
    return figure, words, second, percent


def _vials(log: DoseLog, drug: str, page: DosesPage) -> Figure | None:
    if not drug:
        return None
    language = page.language
    count = next((each for each in log.vials if each.drug == drug), None)
    total = dose_log.total_given(log, drug)
    unit = language.words(page.state.desk.protocol.drug(drug).unit_label)
    second = language.text("{amount} {unit} given in all", amount=plain(total), unit=unit)
    if count is None:
        return ("–", language.text("vials dispensed"), second, 0)
    words = language.text("of {count} dispensed vials used", count=count.dispensed)
    percent = min(100, count.used * 100 // count.dispensed) if count.dispensed else 0
    return str(count.used), words, second, percent


def _key(line: DoseLine) -> object:
    return (line.drug, line.number, line.row.id if line.row else 0)


def _number(line: DoseLine) -> int:
    return line.number or 0


def _state(line: DoseLine) -> str:
    return line.state


def _status(line: DoseLine) -> str:
    return STATES[line.state][1]
