"""That no blood was drawn for a panel, as the page of its report tells it, shows it and takes it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from sle_desk.domain.checks import MISSING_REASONS
from sle_desk.services import not_drawn
from sle_desk.ui.dialogs.entered_in_error import ask_entered_in_error
from sle_desk.ui.dialogs.reason import OTHER, ask_reason
from sle_desk.ui.form import FormView
from sle_desk.ui.lab_grid import LabGrid
from sle_desk.ui.state import State
from sle_desk.ui.void_cases import not_drawn_case


class NotDrawnReport:
    """One panel of one visit: whether it was told that nothing was drawn, and telling so."""

    def __init__(self, state: State, visit_id: int, panel: str) -> None:
        self._state, self._visit_id, self._panel = state, visit_id, panel
        self.told = not_drawn.not_drawn_at(state.desk, visit_id, panel)

    def words(self) -> str:
        """Return what was told, or nothing."""
        if self.told is None:
            return ""
        language, code, note = self._state.language, self.told.reason, self.told.note
        why = language.words(next(each.label for each in MISSING_REASONS if each.code == code))
        return language.text(
            "No blood was drawn: {reason}, told on {day}. Results entered here take its place.",
            reason=f"{why} ({note})" if note else why,
            day=self.told.recorded_on.isoformat(),
        )

    def tell(
        self, page: QWidget, grid: LabGrid, header: FormView | None, done: Callable[[str], object]
    ) -> bool:
        """Record that nothing was drawn where every line is missing for one reason and no draw is typed.

        A reason that is none of the list is asked in words first; `done` is called once it is recorded.
        """
        reason = grid.all_missing()
        if reason is None or self.told is not None or _draw_typed(header):
            return False

        def record(code: str, note: str) -> None:
            not_drawn.record_not_drawn(self._state.desk, self._visit_id, self._panel, code, note)
            done(self._state.language.text("Saved: no blood was drawn for this panel."))

        if reason == OTHER:
            language = self._state.language
            panel = self._state.desk.protocol.laboratory.panel(self._panel).label
            title = language.text("No blood was drawn. Why?")
            asked = ask_reason(page, self._state, title, language.words(panel), MISSING_REASONS, record)
            asked.reason.resume(reason)
            asked.column.go_to("note")
        else:
            record(reason, "")
        return True

    def mark_in_error(self, page: QWidget, done: Callable[[], object]) -> None:
        """Mark it as entered in error that nothing was drawn."""
        if self.told is not None:
            ask_entered_in_error(page, self._state, not_drawn_case(self._state, self.told), done)


def _draw_typed(header: FormView | None) -> bool:
    values = header.values() if header is not None else {}
    return any(code in values and not values[code].missing for code in ("drawn_on", "drawn_time"))
