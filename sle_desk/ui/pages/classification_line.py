"""What stands beside a form of classification items: the verdict so far, and what was measured."""

from __future__ import annotations

from dataclasses import replace

from sle_desk.base.language import Words
from sle_desk.domain.forms import Field, Form
from sle_desk.exports.classification_words import measured_words, running_words
from sle_desk.services.measured import measured_for
from sle_desk.ui.form import FormView
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip


class ClassificationLine(Strip):
    """The verdict and points of the items in a form, as they are answered; hidden beside any other form."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._view: FormView | None = None

    def follow(self, view: FormView) -> None:
        """Show what the items of this form come to, now and whenever one is answered."""
        self._view = view
        view.progressed.connect(self._answered)
        self.retranslate()

    def _answered(self, entered: int, of: int) -> None:
        if self.sender() is self._view:
            self.retranslate()

    def retranslate(self) -> None:
        """Say it in the chosen language."""
        view = self._view
        told = None
        if view is not None:
            protocol = self._state.desk.protocol
            told = running_words(protocol, view.form.code, view.values(), self._state.language)
        if told is None:
            self.clear()
        else:
            self.say(*told)


def with_measured(state: State, subject_id: int, form: Form) -> Form:
    """Return a form with what was measured said at its items; nothing is answered by it."""
    beside = measured_for(state.desk, subject_id, form.code)
    if not beside:
        return form
    protocol = state.desk.protocol
    said = {item: measured_words(protocol, results) for item, results in beside.items()}
    sections = tuple(
        replace(section, fields=tuple(_hinted(field, said.get(field.code)) for field in section.fields))
        for section in form.sections
    )
    return replace(form, sections=sections)


def _hinted(field: Field, measured: Words | None) -> Field:
    if measured is None:
        return field
    if field.hint is None:
        return replace(field, hint=measured)
    return replace(field, hint=Words(f"{field.hint.en}\n{measured.en}", f"{field.hint.zh}\n{measured.zh}"))
