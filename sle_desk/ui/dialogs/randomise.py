"""The dialog that opens the next allocation: what has to be there, who it is re-typed, the signature.

No arm stands anywhere in it: the arm is shown only after the allocation was recorded.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Words
from sle_desk.base.words import error_sentence, sentence
from sle_desk.domain.forms import Field
from sle_desk.services import allocation, preconditions, subjects
from sle_desk.services.preconditions import Precondition
from sle_desk.services.signatures import Signing
from sle_desk.ui.cards import Card, Fact, FactStrip
from sle_desk.ui.dialogs.allocated import Allocated
from sle_desk.ui.field_box import FieldContext
from sle_desk.ui.fields import CodeField
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.gap_places import go_to_gap
from sle_desk.ui.icons import Icon
from sle_desk.ui.labels import ElidedLabel, label
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current
from sle_desk.ui.told_outside import ask_told_outside
from sle_desk.ui.wording import role_words, sex_age_words

DIGITS = Field(
    code="digits", label=Words("1  Last three digits of the subject no.", "1  受试者编号末三位"), kind="text"
)
YEAR = Field(
    code="year",
    label=Words("2  Year of birth, from the identity card", "2  出生年份（按身份证件）"),
    kind="text",
)
PASSWORD = "signature.password"
# Eleven rows with what holds of each beside it, and the whole above the fold of 1280 x 720.
WIDE = 820


class Randomise(Sheet):
    """Ctrl+Enter opens the allocation, Esc leaves; what is missing is listed and led to."""

    def __init__(self, parent: QWidget, state: State, subject_id: int) -> None:
        language = state.language
        self._subject = subjects.subject_row(state.desk, subject_id)
        title = language.text("Randomise {code}", code=self._subject.code)
        second = language.text(
            "This cannot be undone. The next sealed allocation will be opened and recorded."
        )
        super().__init__(parent, title, second, "shuffle", wide=WIDE)
        self._page, self._state, self._subject_id = parent, state, subject_id
        self.body.setSpacing(current().px(10))
        self._rows = preconditions.preconditions(state.desk, subject_id)
        self.strip = Strip()
        self.body.addWidget(_rows_card(self._rows, state))
        self._who = self._identity()
        self.body.addWidget(self._who)
        self._add_fields()
        self.body.addWidget(self.strip)
        self._add_foot()
        self._add_keys()
        self.finished.connect(self.deleteLater)
        self._start()

    @property
    def ready(self) -> bool:
        """Tell whether everything is there."""
        return all(row.holds for row in self._rows)

    def _identity(self) -> QWidget:
        language, subject = self._state.language, self._subject
        name = [Fact(language.text("Name"), subject.name)] if self._state.names_shown and subject.name else []
        weighed = next((row.facts.get("kg") for row in self._rows if row.code == "weight"), None)
        strip = FactStrip()
        strip.show_facts(
            [
                Fact(language.text("Subject"), subject.code),
                *name,
                Fact(language.text("Initials"), subject.initials),
                Fact(language.text("Sex, age"), sex_age_words(subject, language)),
                Fact(language.text("Screening no."), subject.screening_number),
                Fact(language.text("Weight"), f"{weighed} kg" if weighed else "–"),
            ]
        )
        return strip

    def _add_fields(self) -> None:
        state, language = self._state, self._state.language
        context = FieldContext(language, state.clock.now, finding_sentence)
        self.digits, self.year = CodeField(DIGITS, context), CodeField(YEAR, context)
        row = QHBoxLayout()
        row.setSpacing(current().px(20))
        for field in (self.digits, self.year):
            field.fill()
            field.save_requested.connect(self._open)
            row.addWidget(field, 1)
        statement = self._signing("").statement
        words = Words(f"3  Your password signs: “{statement}”", f"3  以密码签字：“{statement}”")
        self.password = PasswordField(words, language)
        self.digits.step_requested.connect(self._to_year)
        self.year.step_requested.connect(self._from_year)
        self.password.entered.connect(self._say_keys)
        self.body.addLayout(row)
        self.body.addWidget(self.password)

    def _signing(self, password: str) -> Signing:
        state = self._state
        waived = allocation.is_waived(state.desk, self._subject_id)
        return allocation.signing_for(state.desk.actor.role, state.language.code, password, waived=waived)

    def _add_foot(self) -> None:
        language, actor = self._state.language, self._state.desk.actor
        found = allocation.commitment(self._state.desk)
        signer = language.text("{name}, {role}", name=actor.name, role=role_words(actor.role, language))
        if found is not None:
            seal = f"{found.digest[:4]}…{found.digest[-4:]}"
            signer += " · " + language.text("list {code} sealed, {seal}", code=found.code, seal=seal)
        self.foot.setText(signer)
        self.add_way_out(language.text("Cancel"))
        outside = self.add_verb(language.text("Told outside…"), keys="F7", kind="secondary")
        outside.clicked.connect(self._told_outside)
        self.verb = self.add_verb(language.text("Open allocation"), keys="Ctrl+Enter", icon="shuffle")
        self.verb.clicked.connect(self._open)

    def _add_keys(self) -> None:
        for keys, act in (
            ("Ctrl+Return", self._open),
            ("Ctrl+Enter", self._open),
            ("F6", self._go_to_gap),
            ("F7", self._told_outside),
        ):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(act)
            self.addAction(action)

    def _start(self) -> None:
        language = self._state.language
        if self.ready:
            self.strip.say(
                language.text("The arm stays hidden until you confirm. Counts per arm are never shown."),
                "due",
                icon="eye-off",
            )
            self.digits.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            # Nothing can be signed yet: the room belongs to what is missing.
            for part in (self._who, self.digits, self.year, self.password):
                part.hide()
            self._list_gaps()

    def _list_gaps(self) -> None:
        count = sum(not row.holds for row in self._rows)
        words = self._state.language.text(
            "Missing: {count} of {of}. F6 goes to the first.", count=count, of=len(self._rows)
        )
        self.strip.say(words, "warn")

    def _go_to_gap(self, *_: object) -> None:
        gap = next((gap for row in self._rows for gap in row.missing), None)
        if gap is not None:
            self.reject()
            self._state.go(go_to_gap(self._state, self._subject_id, gap.place))

    def _told_outside(self, *_: object) -> None:
        """Record that the arm was told outside already: it happened, whatever is missing here."""
        page, state = self._page, self._state
        self.reject()
        ask_told_outside(page, state, self._subject, lambda row: Allocated(page, state, row).open())

    def _to_year(self, step: int) -> None:
        if step > 0:
            self.year.setFocus(Qt.FocusReason.TabFocusReason)

    def _from_year(self, step: int) -> None:
        (self.password if step > 0 else self.digits).setFocus(Qt.FocusReason.TabFocusReason)

    def _say_keys(self) -> None:
        # Enter alone never opens an allocation.
        self.strip.say(
            self._state.language.text("Ctrl+Enter opens the allocation. It cannot be undone."), "due"
        )

    def _open(self, *_: object) -> None:
        if not self.ready:
            self._list_gaps()
            return
        state = self._state
        assert state.unlocked is not None
        signing = self._signing(self.password.typed())
        try:
            row = allocation.open_allocation(
                state.desk,
                state.unlocked.folder,
                self._subject_id,
                self.digits.typed(),
                self.year.typed(),
                signing,
            )
        except SleDeskError as error:
            self._refuse(error)
            return
        self.password.wipe()
        self.accept()
        Allocated(self._page, state, row).open()

    def _refuse(self, error: SleDeskError) -> None:
        said = error_sentence(error, self._state.language)
        if error.code == PASSWORD:
            self.password.refuse(said)
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.strip.say(said, "bad")
        wrong = {"allocation.digits": self.digits, "allocation.birth_year": self.year}.get(error.code)
        if wrong is not None:
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
            wrong.select_all()


def _rows_card(rows: Sequence[Precondition], state: State) -> Card:
    card = Card(part="well")
    card.body.setSpacing(current().px(2))
    margins = card.body.contentsMargins()
    card.body.setContentsMargins(margins.left(), current().px(12), margins.right(), current().px(12))
    for row in rows:
        card.body.addWidget(_row(row, state))
    return card


def _row(row: Precondition, state: State) -> QWidget:
    language = state.language
    box = QWidget()
    line = QHBoxLayout(box)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(current().px(10))
    status = "ok" if row.holds else "warn"
    line.addWidget(
        Icon("check-circle" if row.holds else "alert", status, 18), alignment=Qt.AlignmentFlag.AlignTop
    )
    words = QVBoxLayout()
    words.setSpacing(0)
    title = sentence(row.title, row.facts, language)
    words.addWidget(label(title, "table-strong"))
    for gap in row.missing:
        words.addWidget(label(sentence(gap.code, gap.facts, language), "caption", "warn", wrap=True))
    line.addLayout(words, 1)
    if row.holds and row.said:
        line.addWidget(_detail(sentence(row.said, row.facts, language)))
    return box


def _detail(words: str) -> ElidedLabel:
    made = ElidedLabel(words, "table", "text_2", greedy=False)
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made
