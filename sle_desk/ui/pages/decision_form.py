"""The form of a decision: the reading picked by digit, what it asks for, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.checks import IMPOSSIBLE, MISSING, Finding, read
from sle_desk.domain.forms import Field
from sle_desk.domain.protocol import VALUE, Given, Option
from sle_desk.services import ethics
from sle_desk.services.answers import day_of
from sle_desk.services.clarifications import SETTING, RegisterRow
from sle_desk.services.decisions import NewDecision
from sle_desk.ui.cards import Card
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.labels import label
from sle_desk.ui.missing_list import MissingList
from sle_desk.ui.pages import decision_fields as fields
from sle_desk.ui.pages.clarification_words import both
from sle_desk.ui.pages.reading_options import Reading, ReadingOptions
from sle_desk.ui.state import State
from sle_desk.ui.strip import empty
from sle_desk.ui.theme import current

OPTION = "@option"


class DecisionForm(QWidget):
    """What the PI fills to decide one entry of the register; nothing in it is filled beforehand."""

    field_kept = Signal(str, str)
    sign_requested = Signal()
    picked = Signal(str)

    def __init__(self, state: State, row: RegisterRow, drafts: Mapping[str, str]) -> None:
        super().__init__()
        self._state, self.row = state, row
        self._drafts = dict(drafts)
        self._settings = {each.setting.code: each.setting for each in row.settings}
        self.options_card = Card()
        self.options = ReadingOptions([self._reading(option) for option in row.options])
        self._asked_place = QVBoxLayout()
        # What the value of a setting would change: a clarification says it in the row of each reading.
        self.effect = label(role="caption", ink="text_2", wrap=True)
        self.effect.hide()
        self.asked: FormView | None = None
        # Of each number in the ethics register the day: typed there, it is asked here no more.
        self._approved = ethics.numbers_offered(state.desk)
        self.basis = self._view(fields.basis_form(self._approved), codes=(fields.NUMBER,))
        self.basis.field(fields.EFFECTIVE).answer.judge = self._judge_effective
        self.missing = MissingList()
        self._lay_out()
        self.options.picked.connect(self._picked)
        self.options.sign_requested.connect(self.sign_requested)
        self.missing.chosen.connect(self.go_to)
        self.missing.left.connect(self._close_missing)
        self.missing.save_requested.connect(self.sign_requested)
        self.options.choose(self._drafts.get(OPTION, ""))
        self._ask_values()
        self.basis.resume(self._drafts)
        self.retranslate()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(12))
        self.options_card.body.addWidget(self.options)
        # Never shown before it stands in the page: it would flash as a window of its own.
        if self.row.kind == SETTING:
            self.options_card.hide()
        column.addWidget(self.options_card)
        column.addLayout(self._asked_place)
        column.addWidget(self.effect)
        column.addWidget(self.basis)
        column.addWidget(self.missing)

    def _view(self, form: object, codes: Sequence[str] = ()) -> FormView:
        state = self._state
        view = FormView(form, state.language, state.clock.now, finding_sentence, codes=codes)  # type: ignore[arg-type]
        view.field_kept.connect(self.field_kept)
        view.save_requested.connect(self.sign_requested)
        return view

    # The reading.

    def _reading(self, option: Option) -> Reading:
        language = self._state.language
        proposed = option.code == self.row.proposes
        return Reading(
            option.code,
            option.key,
            language.words(option.label),
            language.words(option.consequence),
            language.text("Proposed, not decided") if proposed else "",
        )

    def option(self) -> Option | None:
        """Return the reading that is picked, or None."""
        return next((each for each in self.row.options if each.code == self.options.code), None)

    def _picked(self, code: str, go_on: bool) -> None:
        self._drafts |= self.typed()
        self._ask_values()
        self.field_kept.emit(OPTION, code)
        self.picked.emit(code)
        if go_on:
            (self.asked or self.basis).go_to_first()

    def _ask_values(self) -> None:
        empty(self._asked_place)
        option = self.option()
        own = next(iter(self._settings.values())) if self.row.kind == SETTING else None
        settings = fields.settings_asked(option, own, self._settings)
        self.asked = None
        if settings or (option is not None and option.own_words):
            form = fields.asked_form(settings, option is not None and option.own_words)
            self.asked = self._view(form)
            self.asked.ended.connect(self.basis.go_to_first)
            self.asked.resume({code: self._drafts[code] for code in self._drafts if self._asks(code)})
            self._asked_place.addWidget(self.asked)

    def _asks(self, code: str) -> bool:
        return self.asked is not None and any(code == field.code for field in self.asked.form.fields())

    def say_effect(self, code: str, lines: Sequence[str], status: str) -> None:
        """Show beside a reading, or below the value of a setting, what it would change today."""
        if code != VALUE:
            self.options.rows[code].say("\n".join(lines), status)
            return
        self.effect.setText("\n".join(lines))
        self.effect.setProperty("ink", status)
        self.effect.style().polish(self.effect)
        self.effect.setVisible(bool(lines))

    # What is typed.

    def typed(self) -> dict[str, str]:
        """Return everything that stands in the form, half typed too, for drafts."""
        typed = {OPTION: self.options.code} if self.options.code else {}
        for view in self._views():
            typed |= {field.code: view.field(field.code).typed() for field in view.form.fields()}
        return {code: text for code, text in typed.items() if text or code in self._drafts}

    def _views(self) -> tuple[FormView, ...]:
        return (self.asked, self.basis) if self.asked is not None else (self.basis,)

    def values(self) -> dict[str, Given]:
        """Return the values that the reading asks for and that were accepted."""
        if self.asked is None:
            return {}
        entered = self.asked.values()
        return {
            code: fields.given(self._settings[code], value)
            for code, value in entered.items()
            if code in self._settings
        }

    def own_words(self) -> str:
        """Return the decider's own words."""
        value = self.asked.values().get(fields.OWN_WORDS) if self.asked is not None else None
        return (value.text or "") if value is not None else ""

    def _judge_effective(self, asked: Field, typed: str) -> tuple[str, tuple[Finding, ...]]:
        shown, found = self.basis._judge(asked, typed)
        today = self._state.desk.today()
        day = read(asked, shown, self._state.clock.now()).day if shown and not found else None
        if day is not None and day < today:
            facts = {"effective": shown, "today": today.isoformat()}
            return typed, (Finding(IMPOSSIBLE, asked.code, "decision.backdated", facts),)
        return shown, found

    # Signing.

    def gaps(self) -> list[tuple[str, str]]:
        """Return what is not there yet, as code and words, in the order it is asked."""
        language = self._state.language
        found = []
        if self.row.kind != SETTING and not self.options.code:
            found.append((OPTION, language.text("Which reading?")))
        for view, wanted in self._wanted():
            entered = view.values()
            # Why something was not done is no answer here.
            gaps = (code for code in wanted if code not in entered or entered[code].missing)
            found += [(code, language.words(view.form.field(code).label)) for code in gaps]
        return found

    def _wanted(self) -> list[tuple[FormView, tuple[str, ...]]]:
        basis = self.basis.values().get(fields.BASIS)
        wanted = fields.needed(basis.choice or "" if basis is not None else "")
        if self._registered_day() is not None:
            wanted = tuple(code for code in wanted if code != fields.APPROVED)
        asked = [(self.asked, tuple(each.code for each in self.asked.form.fields()))] if self.asked else []
        return [*asked, (self.basis, wanted)]

    def _registered_day(self) -> date | None:
        number = self.basis.values().get(fields.NUMBER)
        return self._approved.get((number.text or "").strip()) if number is not None else None

    def ready(self) -> bool:
        """Tell whether all is there; else show what is in doubt or missing, and go there."""
        for view in self._views():
            for finding in view.findings():
                if finding.level != MISSING:
                    view.field(finding.field).show_finding(finding)
                    view.go_to(finding.field)
                    return False
        gaps = self.gaps()
        if not gaps:
            self.missing.hide()
            return True
        self._show_missing(gaps)
        return False

    def _show_missing(self, gaps: list[tuple[str, str]]) -> None:
        language = self._state.language
        title = language.text("Not ready for signature; entries missing: {count}", count=len(gaps))
        self.missing.show_missing(title, language.text("Enter goes there. Esc goes back."), gaps)

    def new_decision(self) -> NewDecision:
        """Return the decision as it stands; call only when it is ready."""
        values = self.basis.values()
        approved, effective = day_of(values, fields.APPROVED), day_of(values, fields.EFFECTIVE)
        approved = approved or self._registered_day()
        assert approved is not None and effective is not None

        def text(code: str) -> str:
            value = values.get(code)
            return value.text or "" if value is not None else ""

        return NewDecision(
            code=self.row.code,
            option=VALUE if self.row.kind == SETTING else self.options.code,
            basis=values[fields.BASIS].choice or "",
            document=text(fields.DOCUMENT),
            approved_on=approved,
            effective_from=effective,
            reason=text(fields.REASON),
            values=self.values(),
            own_words=self.own_words(),
            section=text(fields.SECTION),
            approval_number=text(fields.NUMBER),
        )

    # Focus and words.

    def focus_first(self) -> None:
        """Put the focus where deciding begins: on the readings, else on the first empty field."""
        if self.row.kind != SETTING and not self.options.code:
            self.go_to(OPTION)
        else:
            (self.asked or self.basis).go_to_first()

    def go_to(self, code: str) -> None:
        """Put the focus on the readings or into a field."""
        self.missing.hide()
        if code == OPTION:
            self.options.setFocus()
        elif self.asked is not None and self._asks(code):
            self.asked.go_to(code)
        else:
            self.basis.go_to(code)

    def _close_missing(self) -> None:
        gaps = self.gaps()
        self.go_to(gaps[0][0] if gaps else fields.REASON)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed, and the focus, stay."""
        language: Language = self._state.language
        title = language.words(both("Which reading?"))
        self.options_card.set_title(title, language.text("nothing is chosen beforehand"))
        self.options.retranslate([self._reading(option) for option in self.row.options], title)
        for view in self._views():
            view.set_language(language)
        if self.missing.codes() and not self.missing.isHidden():
            self._show_missing(self.gaps())
