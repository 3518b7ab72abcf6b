"""One analyte of a laboratory report: its field, and what is said of the value beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from PySide6.QtWidgets import QGridLayout, QWidget

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words
from sle_desk.base.words import sentence
from sle_desk.domain import lab_checks
from sle_desk.domain.analytes import NUMBER, Analyte
from sle_desk.domain.checks import Entry, Finding, Value, read, refusal
from sle_desk.domain.forms import Choice, Field
from sle_desk.domain.values import Measured, plain
from sle_desk.exports.drawing import Drawing, Point, trend
from sle_desk.services import lab_judgement
from sle_desk.services.lab_judgement import Assessed, Background, Limits, TypedResult
from sle_desk.services.lab_judging import CS, waits
from sle_desk.services.labs import Earlier, ResultRow
from sle_desk.ui.charts import DrawingView
from sle_desk.ui.chips import Chip
from sle_desk.ui.field_box import FieldBox, FieldContext
from sle_desk.ui.field_maker import make_field
from sle_desk.ui.fields import LineField
from sle_desk.ui.labels import ElidedLabel, label
from sle_desk.ui.wording import FLAGS

COLUMNS = 9
TREND_WIDTH, TREND_HEIGHT = 96.0, 15.0


@dataclass(frozen=True)
class RowContext:
    """What a row is judged against now: nothing until laboratory and draw time are known."""

    ground: Background | None
    earlier: tuple[Earlier, ...] = ()


def analyte_field(analyte: Analyte, unit: str) -> Field:
    """Return the field of an analyte; limits are the laboratory rules' business, not the field's."""
    if analyte.kind == NUMBER:
        shown = analyte.unit(unit).shown
        words = Words(f"{analyte.label.en}, {shown}", f"{analyte.label.zh}，{shown}")
        return Field(code=analyte.code, label=words, kind="number")
    choices = tuple(Choice(answer.code, answer.label, answer.key) for answer in analyte.answers)
    return Field(code=analyte.code, label=analyte.label, kind="choice", choices=choices)


class LabRow:
    """The widgets of one analyte in the grid, and how they follow what is typed."""

    def __init__(self, analyte: Analyte, context: FieldContext, now: Callable[[], datetime]) -> None:
        self.analyte = analyte
        self.unit = analyte.standard.code if analyte.kind == NUMBER else ""
        self._now = now
        self._language = context.language
        self.context = RowContext(None)
        self.box: FieldBox = make_field(analyte_field(analyte, self.unit), context)
        self.box.answer.judge = self._judge
        self.box.caption.hide()
        if isinstance(self.box, LineField):
            self.box.set_size("small")
        self.strip = self.box.take_strip()
        self.name = ElidedLabel(role="strong")
        self.unit_label = label(role="table")
        self.reference = label(role="table")
        self.flag, self.grade = Chip(), Chip()
        self.previous = label(role="table", ink="text_2")
        self.trend = DrawingView(zoom=1.25)
        self.judged = Chip()
        self.judged.hide()
        self.saved: ResultRow | None = None
        self.box.state_changed.connect(self.refresh)

    def put_into(self, grid: QGridLayout, at: int) -> None:
        """Place the widgets in two lines of the grid: the row, and below it the strip."""
        parts: Sequence[QWidget] = (
            self.name,
            self.box,
            self.unit_label,
            self.reference,
            self.flag,
            self.grade,
            self.previous,
            self.trend,
            self.judged,
        )
        for column, part in enumerate(parts):
            grid.addWidget(part, at, column)
        grid.addWidget(self.strip, at + 1, 0, 1, COLUMNS)

    def _judge(self, asked: Field, typed: str) -> tuple[str, tuple[Finding, ...]]:
        try:
            value = read(asked, typed, self._now(), comparators=True)
        except RuleBroken as error:
            return typed, (refusal(asked, error),)
        if value.number is None:
            return value.as_typed, ()
        measured = Measured(value.typed, value.number, value.comparator)
        return value.as_typed, lab_checks.check_result(self.analyte, measured, self.unit, self._last())

    def _last(self) -> Decimal | None:
        return self.context.earlier[-1].value if self.context.earlier else None

    def other_unit(self) -> None:
        """Take the next unit of the analyte; what is typed stays and is judged again."""
        codes = [unit.code for unit in self.analyte.units]
        if len(codes) > 1 and not self.box.read_only:
            self.unit = codes[(codes.index(self.unit) + 1) % len(codes)]
            typed = self.box.typed()
            self.box.answer.take("")
            self.box.resume(typed)
            self.retranslate(self._language)

    def result(self) -> TypedResult | None:
        """Return the accepted result, or None while there is none."""
        accepted = self.box.answer.accepted
        if not accepted:
            return None
        return self._typed_result(read(self.box.asked, accepted, self._now(), comparators=True))

    def _typed_result(self, value: Value) -> TypedResult:
        kept = self.box.answer.kept()
        if value.number is not None:
            return TypedResult(
                self.analyte.code, value.typed, value.comparator, value.number, self.unit, kept_reason=kept
            )
        return TypedResult(self.analyte.code, text=value.choice, missing=value.missing)

    def read_as(self, typed: str) -> TypedResult:
        """Return the result that a typed text stands for, in the unit of the row."""
        return self._typed_result(read(self.box.asked, typed, self._now(), comparators=True))

    def judge_against(self, context: RowContext) -> None:
        """Take what the row is judged against now."""
        self.context = context
        self.retranslate(self._language)

    def _limits(self) -> Limits:
        if self.context.ground is None or self.analyte.kind != NUMBER:
            return lab_judgement.NO_LIMITS
        found = self.context.ground.limits.get(self.analyte.code, lab_judgement.NO_LIMITS)
        return lab_judgement.limits_in(self.analyte, found, self.unit)

    def show_saved(self, saved: ResultRow) -> None:
        """Show a saved result, to be read; F2 corrects it."""
        self.saved = saved
        if saved.unit:
            self.unit = saved.unit
        shown = saved.typed or saved.text or ""
        self.box.show_text(Entry(missing=saved.missing).typed if saved.missing else shown)
        self.box.set_read_only(True)
        self._show_judged()

    def waits(self) -> bool:
        """Tell whether the saved result is out of range and not judged CS or NCS."""
        return self.saved is not None and waits(self.saved)

    def _show_judged(self) -> None:
        said = self.saved.significance if self.saved is not None else ""
        self.judged.setVisible(bool(said) or self.waits())
        if said:
            self.judged.show_status(said, "warn" if said == CS else "neutral")
        elif self.waits():
            self.judged.show_status(self._language.text("to judge"), "due")

    def retranslate(self, language: Language) -> None:
        """Show every word in a language; what was typed stays."""
        self._language = language
        self.box.retranslate(language)
        self.box.caption.hide()
        self.name.setText(
            f"{language.words(self.analyte.label)}  {language.other().words(self.analyte.label)}"
        )
        self.unit_label.setText(self.analyte.unit(self.unit).shown if self.unit else "")
        self._show_reference()
        self._show_earlier()
        self._show_judged()
        self.refresh()

    def _show_reference(self) -> None:
        limits = self._limits()
        low = plain(limits.low) if limits.low is not None else ""
        high = plain(limits.high) if limits.high is not None else ""
        words = f"{low} – {high}" if low and high else f"≥ {low}" if low else f"≤ {high}" if high else "–"
        if limits.unit and not limits.confirmed:
            words = f"{words} *"
        self.reference.setText(words)

    def _show_earlier(self) -> None:
        earlier = self.context.earlier
        self.previous.setText(f"{earlier[-1].typed} ({earlier[-1].on:%m-%d})" if earlier else "")
        self._show_trend(self.result())

    def _show_trend(self, result: TypedResult | None) -> None:
        """Draw the earlier values and, as the last point, the one that stands in this row now."""
        values = [(value.on.date(), value.value, value.typed) for value in self.context.earlier]
        ground, unit = self.context.ground, self.analyte.standard.code if self.analyte.kind == NUMBER else ""
        value = result.value if result is not None else None
        if ground and result and value is not None and self.analyte.unit(result.unit).same_quantity:
            values.append((ground.on_day, self.analyte.in_standard(value, result.unit), result.typed))
        if not values or not self.context.earlier:
            self.trend.show_drawing(Drawing(TREND_WIDTH, TREND_HEIGHT, ()), "")
            return
        points = [Point((day - values[0][0]).days, value, f"{day:%m-%d}") for day, value, _ in values]
        limits = ground.limits.get(self.analyte.code) if ground else None
        shown = lab_judgement.limits_in(self.analyte, limits, unit) if limits is not None else None
        drawing = trend(points, shown.low if shown else None, shown.high if shown else None)
        self.trend.show_drawing(drawing, ", ".join(typed for _, _, typed in values))

    def refresh(self) -> None:
        """Show flag and grade of what is accepted now."""
        blocking = self.box.answer.blocking(self.box.typed())
        language = self._language
        if blocking and blocking[0].level == 1:
            self.flag.show_status(language.text("Not possible"), "bad")
            self.flag.show()
            self.grade.hide()
            return
        result = self.result()
        ground = self.context.ground
        assessed = lab_judgement.assess(ground, result) if result is not None and ground is not None else None
        self._show_flag(assessed)
        self._show_grade(assessed)
        self._show_trend(result)

    def _show_flag(self, assessed: Assessed | None) -> None:
        self.flag.setVisible(assessed is not None and bool(assessed.flag))
        if assessed is not None and assessed.flag:
            words, status, icon = FLAGS[assessed.flag]
            self.flag.show_status(self._language.text(words), status, icon)

    def _show_grade(self, assessed: Assessed | None) -> None:
        language = self._language
        self.grade.setVisible(assessed is not None and bool(assessed.term))
        if assessed is None or not assessed.term:
            return
        if assessed.grade is not None:
            self.grade.show_status(language.text("Grade {grade}", grade=assessed.grade), "warn")
        else:
            self.grade.show_status(language.text("no grade"), "neutral", "minus-circle")
        self.grade.setAccessibleDescription(
            sentence(assessed.reason, {}, language) if assessed.reason else ""
        )
