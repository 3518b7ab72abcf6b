"""An infusion that was not given: which planned one, why, and when what was prepared for it was discarded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Words
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import Value
from sle_desk.domain.dose_choices import OTHER
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.schedule import Slot
from sle_desk.services import not_given
from sle_desk.services.answers import day_of
from sle_desk.services.dose_log import DoseRow
from sle_desk.services.dosing import Recorded
from sle_desk.services.not_given import NotGiven
from sle_desk.ui.dose_holds import HOLD, held_field
from sle_desk.ui.dose_questions import NOTE
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.injection_entry import text
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip

WHICH, WHY, WHY_NOTE, DAY = "which", "why", "why_note", "discarded_on"
NONE_MISSED = "none"
TITLE = Words("It was not given", "未给药")
DISCARDED = Field(DAY, Words("Discarded on", "废弃日期"), "day")
# Where what was prepared was not given, and the planned dose all the same was or will be.
ALONE = Choice(
    NONE_MISSED,
    Words("None: another one is prepared, or it is answered", "无：另行配制，或该次已有记录"),
    "0",
)


def not_given_form(protocol: Protocol, drug: str, slots: Sequence[Slot], *, prepared: bool) -> Form:
    """Return the questions; nothing of them is proposed."""
    which = [
        Choice(
            str(slot.number),
            Words(
                f"Infusion {slot.number}, planned {slot.planned_on:%Y-%m-%d}",
                f"第{slot.number}次输注（计划 {slot.planned_on:%Y-%m-%d}）",
            ),
            str(place),
        )
        for place, slot in enumerate(slots[:9], 1)
    ]
    reasons = protocol.list("missed_reason")
    fields = (
        Field(
            WHICH,
            Words("Planned dose that was missed", "未给予的计划剂次"),
            "choice",
            choices=(*which, *((ALONE,) if prepared else ())),
        ),
        Field(WHY, reasons.label, "choice", choices=reasons.choices),
        Field(WHY_NOTE, NOTE.label, "text", show_if=(WHY, OTHER)),
        *((DISCARDED,) if prepared else ()),
        *held_field(protocol, drug),
    )
    return Form("not_given", "1", TITLE, (Section(TITLE, fields),))


def told_of(values: Mapping[str, Value], whose: tuple[int, str], prepared: DoseRow | None) -> NotGiven:
    """Return what was answered, as it is recorded."""
    which = text(values, WHICH)
    return NotGiven(
        *whose,
        reason=text(values, WHY),
        note=text(values, WHY_NOTE),
        number=int(which) if which and which != NONE_MISSED else None,
        prepared_id=prepared.id if prepared else None,
        discarded_on=day_of(values, DAY),
        seen_version=prepared.version if prepared else None,
        hold=text(values, HOLD),
    )


class AskNotGiven(Sheet):
    """Ctrl+Enter records that it was not given, Esc leaves."""

    def __init__(
        self,
        parent: QWidget,
        state: State,
        title: str,
        whose: tuple[int, str],
        prepared: DoseRow | None,
        done: Callable[[Recorded], object],
    ) -> None:
        language, desk = state.language, state.desk
        second = (
            language.text("What was prepared keeps its amounts, lots and vials in the record.")
            if prepared
            else language.text("Nothing is recorded as prepared for it.")
        )
        super().__init__(parent, title, second, "alert")
        self._state, self._whose, self._prepared, self._done = state, whose, prepared, done
        slots = not_given.open_planned(desk, *whose)
        form = not_given_form(desk.protocol, whose[1], slots, prepared=prepared is not None)
        self.view = FormView(form, language, state.clock.now, finding_sentence)
        self.strip = Strip()
        self.body.addWidget(self.view)
        self.body.addWidget(self.strip)
        self.add_way_out(language.text("Cancel"))
        self.verb = self.add_verb(language.text("Record as not given"), keys="Ctrl+Enter", icon="check")
        self.verb.clicked.connect(self.view.save)
        self.view.save_requested.connect(self._save)
        self.finished.connect(self.deleteLater)
        self.view.go_to_first()

    def _save(self) -> None:
        told = told_of(self.view.values(), self._whose, self._prepared)
        try:
            recorded = not_given.record_not_given(self._state.desk, told)
        except SleDeskError as error:
            self.strip.say(error_sentence(error, self._state.language), "bad")
            return
        self.accept()
        self._done(recorded)
