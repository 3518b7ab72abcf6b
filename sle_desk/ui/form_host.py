"""A form on a page: scrolled, kept as a draft field by field, saved with Ctrl+Enter, corrected with F2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language
from sle_desk.base.words import sentence
from sle_desk.domain.checks import Finding, Value
from sle_desk.domain.forms import Form
from sle_desk.services import drafts
from sle_desk.services.answers import Given
from sle_desk.services.drafts import Place
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.form import Beside, FormView, nothing_beside
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.theme import current


@dataclass(frozen=True)
class Setting:
    """What a form on a page stands on besides its declaration."""

    previous: Mapping[str, Value] = field(default_factory=dict)
    born: date | None = None
    day_one: date | None = None
    codes: tuple[str, ...] = ()
    # The fields whose text, where it cannot be a value, may be kept as a query.
    queries: tuple[str, ...] = ()
    beside: Beside = nothing_beside
    # What stands in a field before anybody answers it; it is no draft.
    assumed: Mapping[str, str] = field(default_factory=dict)


PLAIN = Setting()
CORRECT = "value.correct"
# Of the fields in sight, in pixels at normal text: about two rows.
LEAST_HIGH = 180


def finding_sentence(finding: Finding, language: Language) -> str:
    """Return the sentence of a finding."""
    return sentence(finding.code, finding.facts, language)


class ScrolledFields(QScrollArea):
    """The fields of a form, scrolled by themselves: they ask for little, and leave the button in sight."""

    def __init__(self, view: FormView | None = None) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        if view is not None:
            self.setWidget(view)

    def sizeHint(self) -> QSize:
        """Return the least that is of use; the page gives what it has."""
        whole = super().sizeHint()
        return QSize(whole.width(), min(whole.height(), current().px(LEAST_HIGH)))


class FormHost(QWidget):
    """One form being filled or read; the page gives what saving and correcting mean."""

    saved = Signal()
    corrected = Signal(str, str, str)
    history_requested = Signal(str)
    kept = Signal()

    def __init__(
        self,
        state: State,
        form: Form,
        place: Place | None,
        save: Callable[[Given], None],
        action: str,
        setting: Setting = PLAIN,
    ) -> None:
        super().__init__()
        # Where it cannot be saved now nothing is typed: a draft of before waits untouched, and is not shown.
        self._saves = state.may(action)
        self._state, self._place, self._save = state, place if self._saves else None, save
        self._assumed = setting.assumed
        # The fields of a saved record: they show what was saved, whatever somebody had typed.
        self._answered: frozenset[str] = frozenset()
        self.view = FormView(
            form,
            state.language,
            state.clock.now,
            finding_sentence,
            previous=setting.previous,
            born=setting.born,
            day_one=setting.day_one,
            codes=setting.codes,
            queries=setting.queries,
            beside=setting.beside,
        )
        self._progress = label(role="body", ink="text_2")
        self._draft = label(role="caption", ink="text_2")
        self.button = Button("", "primary", keys="Ctrl+Enter")
        self._lay_out()
        self._listen()
        self.retranslate()
        if self._saves:
            self.view.resume(setting.assumed)
        else:
            self.view.only_read()
            self._foot.hide()
        if self._place is not None:
            self.view.resume(drafts.drafts(state.desk, self._place))
        self._show_progress()

    def _lay_out(self) -> None:
        px = current().px
        self._scrolled = ScrolledFields(self.view)
        foot = Card()
        row = QHBoxLayout()
        row.setSpacing(px(16))
        row.addWidget(self._progress)
        row.addWidget(self._draft)
        row.addStretch(1)
        row.addWidget(self.button)
        foot.body.addLayout(row)
        self._foot = foot
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(self._scrolled, 1)
        column.addWidget(foot)
        self.setFocusProxy(self.view)

    def _listen(self) -> None:
        self.view.field_kept.connect(self._keep)
        self.view.save_requested.connect(self._save_now)
        self.view.corrected.connect(self.corrected)
        self.view.history_requested.connect(self.history_requested)
        self.view.progressed.connect(self._show_progress)
        self.view.correction_requested.connect(self.view.correct)
        self.button.clicked.connect(self.view.save)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed, and the focus, stay."""
        language = self._state.language
        self.view.set_language(language)
        self.button.set_words(language.text("Save and go on"))
        self._show_progress()

    def show_saved(self, values: Mapping[str, Value]) -> None:
        """Show a saved record: it is read; F2 corrects a field, F11 tells its history."""
        self.view.load(values)
        self.view.set_read_only(True)
        self._let_correct(values)
        self._foot.hide()

    def show_to_complete(self, values: Mapping[str, Value]) -> None:
        """Show a saved record whose unanswered fields can still be answered; what is answered is read."""
        self._answered = frozenset(values)
        self.view.load(values)
        self.view.set_read_only(values)
        self._let_correct(values)
        self.view.take_as_saved()
        if self._place is not None:
            typed = drafts.drafts(self._state.desk, self._place)
            self.view.resume({code: mine for code, mine in typed.items() if code not in self._answered})
        self._show_progress()

    def _let_correct(self, values: Mapping[str, Value]) -> None:
        if not self._state.may(CORRECT):
            self.view.only_read(values)

    def focus_first(self) -> None:
        """Put the focus into the first empty field."""
        self.view.go_to_first()

    def keep_half_typed(self) -> None:
        """Keep what stands in every field that is not saved, accepted or not, when the page is left."""
        if self._place is not None:
            for code, typed in self.view.typed().items():
                if code not in self._answered and typed != self._assumed.get(code):
                    drafts.keep_draft(self._state.desk, self._place, code, typed)

    def _keep(self, code: str, typed: str) -> None:
        if self._place is None:
            return
        drafts.keep_draft(self._state.desk, self._place, code, typed)
        at = self._state.clock.now()
        self._draft.setText(self._state.language.text("Draft kept {time}", time=f"{at:%H:%M:%S}"))
        self.kept.emit()

    def _show_progress(self, *counts: int) -> None:
        self._progress.setText(self.view.progress_words())

    def _save_now(self) -> None:
        if not self._saves:
            return
        kept = {finding.field: reason for finding, reason in self.view.kept_unlikely()}
        try:
            self._save(Given(self.view.values(), kept))
        except SleDeskError as error:
            # What was typed stays, and so does its draft.
            self._state.refuse(error)
            return
        if self._place is not None:
            drafts.drop_drafts(self._state.desk, self._place)
        self.saved.emit()
