"""After an allocation was recorded: the arm, the number, what is planned first; a plan is not a dose."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.values import plain
from sle_desk.exports.allocation_words import mark_words, row_words
from sle_desk.exports.wording import COMMA, SEMICOLON
from sle_desk.services import infusions, plan
from sle_desk.services.allocation import AllocationRow
from sle_desk.services.desk import Desk
from sle_desk.services.plan import Calendar
from sle_desk.services.printables import SLIP
from sle_desk.ui.cards import Card, divider
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dose_words import drug_words, prescribed_words, vials_words
from sle_desk.ui.icons import Icon
from sle_desk.ui.labels import label
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current
from sle_desk.ui.wording import open_words, role_words


class Allocated(Sheet):
    """Enter opens the subject, D the dose plan, Ctrl+P leads to its slip; Esc closes."""

    def __init__(self, parent: QWidget, state: State, row: AllocationRow) -> None:
        language = state.language
        title = language.text("{code} is randomised", code=row.subject_code)
        second = language.text(
            "{at}, opened and signed by {name}, {role}",
            at=f"{row.allocated_at:%Y-%m-%d %H:%M:%S}",
            name=row.allocated_by,
            role=role_words(row.role, language),
        )
        super().__init__(parent, title, second, "check-circle", wide=680)
        self._state, self._row = state, row
        self.body.addWidget(_arm_card(row, state))
        for words in mark_words(row.outside, row.error):
            self.body.addWidget(label(language.words(words), "strong", "warn", wrap=True))
        self.body.addLayout(_facts(planned_facts(state, row)))
        self.body.addWidget(divider())
        self._note = Strip()
        self.body.addWidget(self._note)
        self._note.say(language.text("Still not given: the plan is not a dose."), "due", icon="clock")
        self.add_way_out(language.text("Close"))
        acts = [("D", self._doses), ("Return", self._subject), ("Enter", self._subject)]
        if state.may("paper.print"):
            slip = self.add_verb(language.text("Print slip"), keys="Ctrl+P", kind="secondary")
            slip.clicked.connect(self._slip)
            acts.append(("Ctrl+P", self._slip))
        plan_button = self.add_verb(language.text("Open dose plan"), keys="D", kind="secondary")
        self.verb = self.add_verb(language.text("Open subject"), keys="Enter")
        self.verb.clicked.connect(self._subject)
        plan_button.clicked.connect(self._doses)
        for keys, act in acts:
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(act)
            self.addAction(action)
        self.verb.setFocus(Qt.FocusReason.OtherFocusReason)
        self.finished.connect(self.deleteLater)

    def _subject(self, *_: object) -> None:
        self._leave_for("subject")

    def _doses(self, *_: object) -> None:
        self._leave_for("doses")

    def _slip(self, *_: object) -> None:
        self._leave_for("reports", SLIP)

    def _leave_for(self, page: str, tab: str = "") -> None:
        self.accept()
        self._state.go(Go(page, subject_id=self._row.subject_id, tab=tab))


def _arm_card(row: AllocationRow, state: State) -> Card:
    language, protocol = state.language, state.desk.protocol
    arm, px = protocol.arm(row.arm), current().px
    card = Card(part="well")
    line = QHBoxLayout()
    line.setSpacing(px(28))
    for name, value, icon in (
        (language.text("Arm"), language.words(arm.label), row.shape),
        (language.text("Randomisation no."), row.randomisation_number, ""),
    ):
        column = QVBoxLayout()
        column.addWidget(label(name, "caption", "text_2"))
        shown = QHBoxLayout()
        shown.setSpacing(px(10))
        if icon:
            shown.addWidget(Icon(icon, "text", 20), alignment=Qt.AlignmentFlag.AlignVCenter)
        shown.addWidget(label(value, "display"))
        shown.addStretch(1)
        column.addLayout(shown)
        column.addStretch(1)
        line.addLayout(column)
    line.addStretch(1)
    card.body.addLayout(line)
    doses = [_dose_words(drug, language) for drug in map(protocol.drug, arm.drugs)]
    without = [drug for drug in protocol.drugs if drug.code not in arm.drugs]
    doses += [language.text("no {drug} in this arm", drug=language.words(drug.label)) for drug in without]
    card.body.addWidget(label(language.words(SEMICOLON).join(doses), "body", wrap=True))
    return card


def _dose_words(drug: Drug, language: Language) -> str:
    name, dose, route = map(language.words, (drug.label, drug.dose_label, drug.route))
    return language.text("{drug} {dose}, {route}", drug=name, dose=dose, route=route)


def planned_facts(state: State, row: AllocationRow) -> list[tuple[str, str]]:
    """Return what the allocation brings about: the first sum, the vials, the plan, the record."""
    desk, language = state.desk, state.language
    calendar = plan.calendar(desk, row.subject_id)
    recorded = language.text(
        "audit {number}, {row}",
        number=row.audit_number,
        row=language.words(row_words(row.list_code, row.row)),
    )
    return [
        *_first_infusion(desk, row, language),
        (language.text("Plan, from the first dose"), plan_words(desk.protocol, calendar, language)),
        (language.text("Recorded as"), recorded),
    ]


def _first_infusion(desk: Desk, row: AllocationRow, language: Language) -> list[tuple[str, str]]:
    if all(desk.protocol.drug(code).preparation is None for code in desk.protocol.arm(row.arm).drugs):
        return []
    try:
        shown = infusions.propose_infusion(desk, row.subject_id)
    except SleDeskError:
        return []
    if shown.sum is None:
        waits = open_words(desk.protocol, shown.waits, language)
        said = (
            language.text("open: {codes}", codes=waits)
            if waits
            else language.text("Weigh first, no weight yet")
        )
        return [(language.text("First infusion"), said)]
    vials = shown.sum.vials.least_waste
    left = plain(vials.left_over)
    return [
        (
            language.text("First infusion"),
            language.text("{sum} mg prescribed", sum=prescribed_words(shown.sum)),
        ),
        (
            language.text("Vials to prepare"),
            language.text("{vials} mg, {left} mg left over", vials=vials_words(vials), left=left),
        ),
    ]


def plan_words(protocol: Protocol, calendar: Calendar, language: Language) -> str:
    """Return what is planned in all, or what the plan waits for."""
    visits = language.text("{count} visits", count=len(calendar.visits))
    drugs = [
        language.text(
            "{count} × {drug}", count=len(calendar.of_drug(code)), drug=drug_words(protocol, code, language)
        )
        for code in protocol.arm(calendar.arm).drugs
    ]
    waits = sorted({code for part in calendar.unknown for code in part.codes})
    if waits:
        drugs.append(language.text("open: {codes}", codes=open_words(protocol, waits, language)))
    return language.words(COMMA).join([visits, *drugs])


def _facts(lines: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(current().px(24))
    grid.setVerticalSpacing(current().px(10))
    grid.setColumnStretch(1, 1)
    for place, (name, value) in enumerate(lines):
        grid.addWidget(label(name, "body", "text_2"), place, 0)
        grid.addWidget(label(value, "strong", wrap=True), place, 1)
    return grid
