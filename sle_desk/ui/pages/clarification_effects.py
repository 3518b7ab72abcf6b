"""What each reading would change today, beside it: computed once an entry is looked at, not passed by."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from sle_desk.base.errors import RuleBroken
from sle_desk.base.words import error_sentence
from sle_desk.domain.protocol import VALUE, Given
from sle_desk.services.clarifications import SETTING
from sle_desk.services.consequences import Consequences, of_each
from sle_desk.services.tried import Known
from sle_desk.ui.pages.consequence_words import consequence_lines
from sle_desk.ui.pages.decision_form import DecisionForm
from sle_desk.ui.state import State

# Milliseconds after which an entry is looked at, and not passed on the way to another.
LOOKED_AT = 200


class Effects(QObject):
    """The consequences of the readings of one form; they are computed again as values are typed."""

    told = Signal()

    def __init__(self, state: State, form: DecisionForm, judged: Known) -> None:
        super().__init__(form)
        self._state, self._form, self._judged = state, form, judged
        self._known: dict[tuple[object, ...], Consequences | RuleBroken] = {}
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(LOOKED_AT)
        self._waiting.timeout.connect(self._looked_at)
        form.picked.connect(self.tell)
        form.field_kept.connect(self._typed)
        self._waiting.start()

    def _looked_at(self) -> None:
        # Passed by meanwhile, or nobody sits here any more: then nobody asks.
        if self._state.seated and self._form.isVisible():
            self.tell_all()

    def look_again(self) -> None:
        """Compute anew once the entry is looked at again: something else may have been entered meanwhile."""
        self._known.clear()
        self._waiting.start()

    def tell_all(self) -> None:
        """Tell of every reading what it would change, as far as it says what it needs."""
        self._tell(
            [VALUE] if self._form.row.kind == SETTING else [each.code for each in self._form.row.options]
        )

    def tell(self, code: str) -> None:
        """Tell of one reading what it would change."""
        self._tell([code])

    def _typed(self, code: str, typed: str) -> None:
        row = self._form.row
        if any(code == each.setting.code for each in row.settings):
            self.tell(VALUE if row.kind == SETTING else self._form.options.code)

    def _tell(self, codes: Sequence[str]) -> None:
        desk, row = self._state.desk, self._form.row
        values = {code: values for code in codes if (values := self._values(code)) is not None}
        keys = {code: (code, tuple(sorted(given.items()))) for code, given in values.items()}
        lacking = {code: values[code] for code, key in keys.items() if key not in self._known}
        for code, found in of_each(desk, row.code, lacking, known=self._judged).items() if lacking else ():
            self._known[keys[code]] = found
        for code in codes:
            self._say(code, self._known[keys[code]] if code in keys else None)
        self.told.emit()

    def _say(self, code: str, found: Consequences | RuleBroken | None) -> None:
        language = self._state.language
        if found is None:
            said = language.text("Who would be affected is computed once the values are typed")
            self._form.say_effect(code, (said,), "text_3")
        elif isinstance(found, RuleBroken):
            # It cannot be decided so: contradicted by another, without a calendar, beyond a limit.
            self._form.say_effect(code, (error_sentence(found, language),), "warn")
        else:
            lines, status = consequence_lines(self._state.desk.protocol, found, language)
            self._form.say_effect(code, lines, status)

    def _values(self, code: str) -> dict[str, Given] | None:
        """Return the values with which a reading can be computed, or None while some are not typed."""
        row, chosen = self._form.row, code in (VALUE, self._form.options.code)
        if code == VALUE:
            wanted = {each.setting.code for each in row.settings}
        else:
            wanted = set(next(each.asks for each in row.options if each.code == code))
        if not wanted:
            return {}
        typed = self._form.values() if chosen else {}
        return typed if set(typed) == wanted else None
