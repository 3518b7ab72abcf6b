"""The delegation log: which task the PI gave to whom, from when until when; only the PI writes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words, message
from sle_desk.domain import roles
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.services import delegations, people
from sle_desk.services.delegations import CORRECT, RECORD, RECORD_TRANSCRIBED, DelegationLine, NewDelegation
from sle_desk.services.drafts import Place
from sle_desk.services.people import Person
from sle_desk.services.signatures import Ink
from sle_desk.ui.correction_cases import title_of
from sle_desk.ui.dialogs.ask_ink import at_desk_or_from_paper
from sle_desk.ui.dialogs.correct_record import Correctable, Right, ask_correction
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.side_form import SideForm, Values, day_of, text_of
from sle_desk.ui.state import State
from sle_desk.ui.table import Column

# Keys that pick an answer: ten digits, then letters; people beyond them are found by typing.
KEYS = "1234567890abcdefghijklmopqrstuvwxyz"
# What every line says beside person and task.
DATED = (
    Field(code="from_day", label=Words("From", "开始日期"), kind="day", future_allowed=True),
    Field(
        code="until_day",
        label=Words("Until, where it is known", "结束日期（如已知）"),
        kind="day",
        required=False,
        future_allowed=True,
    ),
    Field(
        code="training_day",
        label=Words("Protocol training", "方案培训日期"),
        kind="day",
        required=False,
    ),
    Field(
        code="gcp_certificate",
        label=Words("GCP certificate", "GCP 证书编号"),
        kind="text",
        required=False,
    ),
    Field(
        code="reference",
        label=Words("Signed paper log, page", "纸质授权分工表页码"),
        kind="text",
        required=False,
        hint=Words("where the signature sample stands", "签名样本所在页"),
    ),
)
PLACES = {"delegation.order": "until_day"}
PLANNED, IN_FORCE, ENDED = message("planned"), message("in force"), message("ended")


def line_form(holders: Sequence[Person]) -> Form:
    """Return the form of a new line, for the people who hold a role today."""
    persons = tuple(
        Choice(str(person.id), Words(person.name, person.name), key)
        for person, key in zip(holders, KEYS, strict=False)
    )
    tasks = tuple(
        Choice(code, words, key) for (code, words), key in zip(roles.TASKS.items(), KEYS, strict=False)
    )
    fields = (
        Field(code="person", label=Words("Person", "人员"), kind="choice", choices=persons),
        Field(code="task", label=Words("Task", "任务"), kind="choice", choices=tasks),
        *DATED,
    )
    title = Words("New line", "新增授权")
    return Form(code="delegation", version="1", label=title, sections=(Section(title, fields),))


def end_form(line: DelegationLine) -> Form:
    """Return the form that ends a line."""
    task = roles.TASKS[line.task]
    title = Words(f"{line.name}: {task.en}", f"{line.name}：{task.zh}")
    last = Field(code="until_day", label=Words("Last day", "最后一日"), kind="day", future_allowed=True)
    return Form(code="delegation_end", version="1", label=title, sections=(Section(title, (last,)),))


class DelegationTab(ListTab):
    """The log, oldest line first, as on paper."""

    reads = frozenset({"delegation", "user", "user_role"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda line: line.id)
        self._writes = self.may(RECORD) or self.may(RECORD_TRANSCRIBED)
        if self._writes:
            self.add_act("Ctrl+N", self._new, on_row=False, icon="plus")
            self.add_act("E", self._ask_to_end, on_row=True)
            self.add_act("F2", self._ask_first_day, on_row=True)
            self.table.opened.connect(self._ask_to_end)
        self.retranslate()

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language
        return (
            Column(language.text("Person"), lambda row: row.name, lambda row: row.name, look="strong"),
            Column(
                language.text("Task"),
                lambda row: row.task,
                lambda row: language.words(roles.TASKS[row.task]),
                stretch=True,
            ),
            Column(language.text("From"), lambda row: row.from_day, lambda row: row.from_day.isoformat()),
            Column(language.text("Until"), lambda row: row.until_day, lambda row: _day(row.until_day)),
            Column(
                language.text("Training"), lambda row: row.training_day, lambda row: _day(row.training_day)
            ),
            Column(language.text("GCP"), lambda row: row.gcp_certificate, lambda row: row.gcp_certificate),
            Column(language.text("Paper"), _paper, _paper),
            Column(
                language.text("State"),
                lambda row: self._state(row)[0],
                lambda row: language.text(self._state(row)[0]),
                look="chip",
                status=lambda row: self._state(row)[1],
            ),
        )

    def _state(self, line: DelegationLine) -> tuple[str, str]:
        today = self.state.desk.today()
        if line.from_day > today:
            return PLANNED, "due"
        return (
            (ENDED, "neutral") if line.until_day is not None and line.until_day < today else (IN_FORCE, "ok")
        )

    def rows(self) -> Sequence[DelegationLine]:
        """Read the log."""
        return delegations.delegation_log(self.state.desk)

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        language = self.language
        if not self._writes:
            return ()
        return (language.text("New line"), language.text("End line…"), language.text("Correct…"))

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        language = self.language
        self.card.set_title(
            language.text("Delegation log"), language.text("Every act is compared with it on its date")
        )

    # Acts.

    def _new(self) -> None:
        at_desk_or_from_paper(self, self.state, RECORD, self._new_from)

    def _new_from(self, ink: Ink | None) -> None:
        holders = [person for person in people.people(self.state.desk) if person.active and person.roles]
        form = line_form(holders)
        place = Place("study.delegation")
        codes = ("gcp_certificate", "reference")
        act = partial(self._record, ink)
        self.open_form(SideForm(self.state, form, place, act, _record_words, codes, PLACES))

    def _record(self, ink: Ink | None, values: Values) -> None:
        from_day = day_of(values, "from_day")
        assert from_day is not None
        new = NewDelegation(
            user_id=int(text_of(values, "person")),
            task=text_of(values, "task"),
            from_day=from_day,
            until_day=day_of(values, "until_day"),
            training_day=day_of(values, "training_day"),
            gcp_certificate=text_of(values, "gcp_certificate"),
            reference=text_of(values, "reference"),
        )
        delegations.record_delegation(self.state.desk, new, ink)
        self.state.say(self.language.text("Line of the delegation log recorded."))

    def _ask_to_end(self, *_: object) -> None:
        line: DelegationLine | None = self.table.current_row()
        if line is not None:
            at_desk_or_from_paper(self, self.state, RECORD, partial(self._end_from, line))

    def _end_from(self, line: DelegationLine, ink: Ink | None) -> None:
        act = partial(self._end, line, ink)
        self.open_form(SideForm(self.state, end_form(line), None, act, _end_words, places=PLACES))

    def _ask_first_day(self) -> None:
        line: DelegationLine | None = self.table.current_row()
        if line is not None:
            at_desk_or_from_paper(self, self.state, CORRECT, partial(self._correct_from, line))

    def _correct_from(self, line: DelegationLine, ink: Ink | None) -> None:
        def save(right: Right) -> None:
            first = day_of(right.values, "from_day")
            if first is None:
                raise RuleBroken("value.empty")
            delegations.correct_delegation(
                self.state.desk, line.id, line.version, first, right.reason, right.note, ink
            )

        words, title = self.language.words, Words("The first day of a line", "授权开始日期")
        correctable = Correctable(
            title=title_of(self.state, line.name, words(roles.TASKS[line.task])),
            about=self.language.text("What was compared with the line is compared with it again."),
            form=Form("delegation_first", "1", title, (Section(title, DATED[:1]),)),
            saved={"from_day": line.from_day.isoformat()},
            save=save,
        )
        ask_correction(self, self.state, correctable, self.load)

    def _end(self, line: DelegationLine, ink: Ink | None, values: Values) -> None:
        until = day_of(values, "until_day")
        assert until is not None
        delegations.end_delegation(self.state.desk, line.id, until, ink)
        self.state.say(
            self.language.text("Line of {name} ends on {day}.", name=line.name, day=until.isoformat())
        )


def _paper(line: DelegationLine) -> str:
    """Return where the line stands on paper, and the signer it was typed from."""
    typed = f"{line.ink.signer}, {line.ink.reference}" if line.ink is not None else ""
    return " · ".join(part for part in (line.reference, typed) if part)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _record_words(language: Language) -> str:
    return language.text("Record line")


def _end_words(language: Language) -> str:
    return language.text("End line")
