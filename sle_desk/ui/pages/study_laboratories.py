"""Laboratories with their reference ranges: set up from proposals, used once confirmed against a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sle_desk.base.language import Language, Words, message
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services import laboratories, range_entry
from sle_desk.services.drafts import Place
from sle_desk.services.laboratories import RangeRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.correction_cases import KEYS as CORRECT_KEYS
from sle_desk.ui.dialogs.correct_record import Correctable, CorrectRecord, Right
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages import range_forms
from sle_desk.ui.pages.side_form import SideForm, Values, day_of, text_of
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current

TITLE = Words("New laboratory", "新增实验室")
NEW_FORM = Form(
    code="laboratory",
    version="1",
    label=TITLE,
    sections=(
        Section(
            TITLE,
            (
                Field(code="code", label=Words("Short name", "简称"), kind="text"),
                Field(code="name", label=Words("Name", "名称"), kind="text"),
                Field(
                    code="valid_from",
                    label=Words("Ranges valid from", "参考范围生效日期"),
                    kind="day",
                    future_allowed=True,
                ),
            ),
        ),
    ),
)
SEXES = {"F": message("women"), "M": message("men"), "both": message("both")}


@dataclass(frozen=True)
class ListedLaboratory:
    """A laboratory in the list, with how many of its ranges are confirmed."""

    id: int
    code: str
    name: str
    ranges: tuple[RangeRow, ...]

    @property
    def confirmed(self) -> int:
        """Return how many ranges are confirmed."""
        return sum(row.confirmed for row in self.ranges)


def confirm_form(laboratory: ListedLaboratory) -> Form:
    """Return the form that names the list the ranges were compared with."""
    title = Words(f"Confirm the ranges of {laboratory.code}", f"确认 {laboratory.code} 的参考范围")
    hint = Words("Every range below was compared with it, line by line.", "下列每一项均已与该表逐行核对。")
    source = replace(range_forms.REFERENCE, hint=hint)
    return Form(code="ranges", version="1", label=title, sections=(Section(title, (source,)),))


class LaboratoriesTab(ListTab):
    """The laboratories at the left, the ranges of the chosen one at the right."""

    reads = frozenset({"laboratory", "lab_range"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.id, density="worklist")
        self._writes = self.may("laboratory.record")
        self.ranges = RowsModel((), key=lambda row: row.id)
        self._doubt = Strip()
        self._detail = Card()
        self._detail.body.addWidget(self._doubt)
        self._range_table = TableView(self.ranges, "worklist")
        self._detail.body.addWidget(self._range_table, 1)
        self._range_acts: list[tuple[Button, QAction]] = []
        self._range_buttons = QWidget()
        self._range_flow = FlowLayout(self._range_buttons, current().px(8))
        self._detail.body.addWidget(self._range_buttons)
        self._back_to: TableView = self.table
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.addWidget(self._detail, 5)
        self._detail.setMinimumWidth(current().px(560))
        self.card.setMinimumWidth(current().px(300))
        self.table.row_changed.connect(self._show_ranges)
        if self._writes:
            self.add_act("Ctrl+N", self._new, on_row=False, icon="plus")
            self.add_act("C", self._ask_to_confirm, on_row=True)
            self._add_range_act("N", self._new_range)
            self._add_range_act(CORRECT_KEYS, self._ask_right)
            self._add_range_act("K", self._ask_to_confirm_one)
            self._range_table.opened.connect(lambda *_: self._ask_right())
        self._range_buttons.setVisible(self._writes)
        self.retranslate()

    def _add_range_act(self, keys: str, act: Callable[[], object]) -> None:
        """Add a button below the ranges, with a key of the range that is chosen."""
        button = Button("", keys=keys, high=32)
        button.clicked.connect(act)
        self._range_acts.append((button, self._range_table.add_verb(keys, "", act)))
        self._range_flow.addWidget(button)

    # Words.

    def columns(self) -> Sequence[Column]:
        """Return the columns of the list."""
        language = self.language
        return (
            Column(
                language.words(self.state.desk.protocol.form("result").field("laboratory").label),
                lambda row: row.code,
                lambda row: row.code,
                look="strong",
                second=lambda row: row.name,
                stretch=True,
            ),
            Column(
                language.text("Ranges"),
                lambda row: row.confirmed,
                lambda row: language.text(
                    "{confirmed} of {count} confirmed", confirmed=row.confirmed, count=len(row.ranges)
                ),
                look="chip",
                status=lambda row: "ok" if row.confirmed == len(row.ranges) else "warn",
            ),
        )

    def _range_columns(self) -> Sequence[Column]:
        language, analytes = self.language, self.state.desk.protocol.laboratory.analytes
        return (
            Column(
                language.text("Analyte"),
                lambda row: row.analyte,
                lambda row: language.words(analytes[row.analyte].label),
                look="strong",
                second=lambda row: self._for_whom(row),
                stretch=True,
            ),
            Column(
                language.text("Range"),
                lambda row: row.low,
                lambda row: f"{row.limits.words} {analytes[row.analyte].unit(row.unit).shown}",
            ),
            Column(
                language.text("Valid from"),
                lambda row: row.valid_from,
                lambda row: row.valid_from.isoformat(),
                second=lambda row: (
                    language.text("until {day}", day=row.valid_until) if row.valid_until else ""
                ),
            ),
            Column(
                language.text("State"),
                lambda row: row.confirmed,
                lambda row: language.text("confirmed" if row.confirmed else "proposal"),
                look="chip",
                status=lambda row: "ok" if row.confirmed else "warn",
            ),
            # A typed source is a sentence: it is cut before the name of what was measured is.
            Column(language.text("Source"), lambda row: row.source, lambda row: row.source, yields=True),
        )

    def _for_whom(self, row: RangeRow) -> str:
        language = self.language
        until = "" if row.age_until >= laboratories.OLDEST else f" – {row.age_until}"
        return language.text(
            "{who}, from {age} y" if not until else "{who}, {age} y",
            who=language.text(SEXES[row.sex]),
            age=f"{row.age_from}{until}",
        )

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        language = self.language
        return (language.text("New laboratory"), language.text("Confirm ranges…")) if self._writes else ()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        language = self.language
        self.card.set_title(self.language.text("Laboratories"))
        self.note.setText(self.language.text("No laboratory yet. Results need one: its ranges flag them."))
        self.ranges.set_columns(self._range_columns())
        words = (
            language.text("New range…"),
            language.text("Correct the range…"),
            language.text("Confirm this range…"),
        )
        for (button, action), said in zip(self._range_acts, words, strict=False):
            button.set_words(said)
            action.setText(said)
        self._show_ranges(self.table.current_row())

    # Rows.

    def rows(self) -> Sequence[ListedLaboratory]:
        """Read the laboratories with their ranges."""
        desk = self.state.desk
        return [
            ListedLaboratory(row.id, row.code, row.name, laboratories.ranges(desk, row.id))
            for row in laboratories.laboratories(desk)
        ]

    def load(self) -> None:
        """Read the laboratories, and say so where there is none."""
        super().load()
        self.note.setVisible(self.model.rowCount() == 0)
        self._show_ranges(self.table.current_row())

    def _show_ranges(self, laboratory: ListedLaboratory | None) -> None:
        language = self.language
        self.ranges.show_rows(laboratory.ranges if laboratory else ())
        self._detail.setVisible(laboratory is not None and self.form is None)
        if laboratory is None:
            return
        self._detail.set_title(laboratory.code, laboratory.name)
        if laboratory.confirmed == len(laboratory.ranges):
            self._doubt.clear()
        else:
            self._doubt.say(
                language.text(
                    "Proposals from published lists. Until they are confirmed against the laboratory's own "
                    "printed list, every flag they give is marked as unconfirmed."
                ),
                "warn",
            )

    def side_changed(self, open_now: bool) -> None:
        """Let the form stand where the ranges stood."""
        super().side_changed(open_now)
        self._detail.setVisible(not open_now and self.table.current_row() is not None)

    def close_form(self) -> None:
        """Take the form away, and go back to the table from which it was opened."""
        super().close_form()
        self._back_to.setFocus(Qt.FocusReason.OtherFocusReason)
        self._back_to = self.table

    # Acts on a range.

    def _range(self) -> RangeRow | None:
        row: RangeRow | None = self._range_table.current_row()
        return row

    def _new_range(self) -> None:
        laboratory: ListedLaboratory | None = self.table.current_row()
        if laboratory is None:
            return
        protocol, row = self.state.desk.protocol, self._range()
        place = Place(f"study.lab_range.{laboratory.id}")
        act = partial(self._record_range, laboratory)
        form = SideForm(
            self.state,
            range_forms.new_form(protocol),
            place,
            act,
            _range_words,
            range_forms.CODES,
            range_forms.PLACES,
        )
        if row is not None and form.view is not None and not form.view.typed().get(range_forms.ANALYTE):
            # Of the row one stands on: what is the same of a new range of it.
            kept = range_forms.saved_of(row, protocol)
            form.view.resume({range_forms.ANALYTE: row.analyte, range_forms.UNIT: kept[range_forms.UNIT]})
        self.open_form(form)
        self._back_to = self._range_table

    def _record_range(self, laboratory: ListedLaboratory, values: Values) -> None:
        until = range_entry.enter_range(self.state.desk, laboratory.id, range_forms.typed_of(values))
        said = self.language.text("Range entered; what held before ends the day before.")
        if until is not None:
            said += " " + self.language.text("It holds until {day}, before a later one begins.", day=until)
        self.state.say(said)

    def _ask_right(self) -> None:
        row = self._range()
        if row is None or not self._writes:
            return
        desk, language = self.state.desk, self.language

        def save(right: Right) -> None:
            typed = range_forms.typed_of(right.values, row.analyte)
            range_entry.correct_range(desk, row.id, row.version, typed, right.reason, right.note)

        record = Correctable(
            title=language.text("{analyte}: correct the range", analyte=self._analyte(row)),
            about=language.text("Every result that it flags is judged again; signatures on those go void."),
            form=range_forms.right_form(),
            saved=range_forms.saved_of(row, desk.protocol),
            save=save,
            codes=range_forms.CODES,
        )
        dialog = CorrectRecord(self, self.state, record)
        dialog.accepted.connect(self._corrected)
        dialog.open()

    def _corrected(self) -> None:
        self.state.say(self.language.text("Corrected. The audit keeps what stood there."))
        self._range_table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_to_confirm_one(self) -> None:
        row = self._range()
        if row is None:
            return
        shown = self.state.desk.protocol.laboratory.analytes[row.analyte]
        said = f"{row.limits.words} {shown.unit(row.unit).shown}"
        hint = Words(f"{shown.label.en}: {said}", f"{shown.label.zh}：{said}")
        form, act = range_forms.confirm_one_form(hint), partial(self._confirm_one, row)
        self.open_form(SideForm(self.state, form, None, act, _confirm_one_words))
        self._back_to = self._range_table

    def _confirm_one(self, row: RangeRow, values: Values) -> None:
        range_entry.confirm_range(self.state.desk, row.id, row.version, text_of(values, "reference"))
        self.state.say(self.language.text("Range of {analyte} confirmed.", analyte=self._analyte(row)))

    def _analyte(self, row: RangeRow) -> str:
        return self.language.words(self.state.desk.protocol.laboratory.analytes[row.analyte].label)

    # Acts on a laboratory.

    def _new(self) -> None:
        place = Place("study.laboratory")
        codes, places = ("code",), {"laboratory.twice": "code"}
        self.open_form(SideForm(self.state, NEW_FORM, place, self._record, _new_words, codes, places))

    def _record(self, values: Values) -> None:
        valid_from = day_of(values, "valid_from")
        assert valid_from is not None
        code = text_of(values, "code")
        laboratories.record_laboratory(self.state.desk, code, text_of(values, "name"), valid_from)
        self.state.say(
            self.language.text("Laboratory {code} recorded with proposed ranges. Confirm them.", code=code)
        )

    def _ask_to_confirm(self) -> None:
        laboratory: ListedLaboratory | None = self.table.current_row()
        if laboratory is not None:
            act = partial(self._confirm, laboratory)
            self.open_form(SideForm(self.state, confirm_form(laboratory), None, act, _confirm_words))

    def _confirm(self, laboratory: ListedLaboratory, values: Values) -> None:
        reference = text_of(values, "reference")
        count = range_entry.confirm_ranges(self.state.desk, laboratory.id, reference)
        self.state.say(
            self.language.text("Ranges of {code} confirmed: {count}.", count=count, code=laboratory.code)
        )


def _new_words(language: Language) -> str:
    return language.text("Record laboratory")


def _range_words(language: Language) -> str:
    return language.text("Record range")


def _confirm_one_words(language: Language) -> str:
    return language.text("Confirm range")


def _confirm_words(language: Language) -> str:
    return language.text("Confirm all ranges")
