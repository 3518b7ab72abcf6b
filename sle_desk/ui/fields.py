"""The fields of one line: number, day, partial day, time and text."""

from __future__ import annotations

from datetime import date

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, message
from sle_desk.domain.values import parse_day, study_day
from sle_desk.ui.field_box import FieldBox
from sle_desk.ui.line_input import LineInput
from sle_desk.ui.theme import current

WEEKDAYS = (
    message("Mon"),
    message("Tue"),
    message("Wed"),
    message("Thu"),
    message("Fri"),
    message("Sat"),
    message("Sun"),
)


def weekday(day: date, language: Language) -> str:
    """Return the short name of a day's weekday."""
    return language.text(WEEKDAYS[day.weekday()])


class LineField(FieldBox):
    """A field of one line; `plain` switches the input method off, for digits and codes."""

    plain = True
    characters = 0

    def make_editor(self) -> LineInput:
        """Return the line."""
        line = LineInput(self.act_for, plain=self.plain, letters_free=self.letters_free)
        line.make_room_for(self.characters)
        line.textEdited.connect(self.edited)
        line.left = self.left
        return line

    @property
    def line(self) -> LineInput:
        """Return the line that takes the keys."""
        editor = self.editor
        assert isinstance(editor, LineInput)
        return editor

    def set_size(self, size: str) -> None:
        """Make the line "small" (in a strip), "normal" or "large" (in a dialog)."""
        self.line.set_size(size)

    def text(self) -> str:
        """Return what stands in the line."""
        return self.line.text()

    def put(self, text: str) -> None:
        """Show a text in the line."""
        if self.line.text() != text:
            self.line.setText(text)

    def select_all(self) -> None:
        """Mark the text, so that typing replaces it."""
        self.line.selectAll()

    def show_missing(self, words: str) -> None:
        """Show a dash where a value would stand; the words stand below."""
        self.line.setPlaceholderText("–" if words else "")

    def show_state(self, state: str) -> None:
        """Show the border of a state."""
        self.line.show_state(state)

    def set_editable(self, editable: bool) -> None:
        """Let the line be typed into, or only read."""
        self.line.set_read_only(not editable)


class NumberField(LineField):
    """An exact number in the field's own unit; letters belong to the page while it is empty."""

    letters_free = True
    n_means_not_done = True
    characters = 9


class DateField(LineField):
    """A whole day, typed; weekday and study day stand beside it as soon as it can be read."""

    n_means_not_done = True
    characters = 12

    def _day(self) -> date | None:
        try:
            return parse_day(self.text(), self.context.now().date()) if self.text() else None
        except RuleBroken:
            return None

    def aside_width(self) -> int:
        """Return the room for the day in full, so that nothing moves while it is typed."""
        return current().px(116)

    def aside_words(self) -> str:
        """Return the day in full while it is typed, with weekday and study day."""
        day, language = self._day(), self.context.language
        if day is None:
            return ""
        words = weekday(day, language)
        if self.text() != day.isoformat():
            return f"{day.isoformat()} {words}"
        if self.context.day_one is None:
            return words
        number = study_day(day, self.context.day_one)
        return language.text("{weekday}, day {number}", weekday=words, number=number)


class PartialDateField(DateField):
    """A day of which parts may be unknown, as 2026-11-UK."""


class TimeField(LineField):
    """A time of 24 hours; n is now."""

    characters = 7


class TextField(LineField):
    """A line of words; the input method is on."""

    plain = False
    characters = 24


class CodeField(LineField):
    """A line of a code: lot, report number, user name; no input method."""

    characters = 16
