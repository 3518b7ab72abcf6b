"""Recording at the window an arm that was told outside: what was said, who is meant, and the signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time

from PySide6.QtWidgets import QDialog, QWidget

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.protocol import Protocol
from sle_desk.services import allocations_outside
from sle_desk.services.allocation import AllocationRow
from sle_desk.services.allocations_outside import WAYS, Told
from sle_desk.services.signatures import Signing
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.dialogs.ask_form import AskForm, ask_form
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.pages.side_form import day_of, text_of
from sle_desk.ui.state import State
from sle_desk.ui.wording import arm_words

TITLE = Words("An arm told outside the program", "系统外告知的分组")
AGAIN = Words("The arm that was told, once more", "再次录入被告知的组别")

_WAYS = tuple(Choice(code, words, str(number)) for number, (code, words) in enumerate(WAYS.items(), 1))
# How, by whom, when and why.
FACTS = (
    Field(code="way", label=Words("How it was told", "告知方式"), kind="choice", choices=_WAYS),
    Field(code="told_by", label=Words("By whom", "告知人"), kind="text"),
    Field(code="day", label=Words("Day", "日期"), kind="day"),
    Field(code="time", label=Words("Time", "时间"), kind="time"),
    Field(code="reason", label=Words("Why it was not opened here", "未在系统内打开的原因"), kind="text"),
)


def outside_form(protocol: Protocol) -> Form:
    """Return what is asked of an arm that was told outside; nothing is preselected."""
    arms = tuple(Choice(arm.code, arm.label, str(number)) for number, arm in enumerate(protocol.arms, 1))
    fields = (
        Field(code="arm", label=Words("Arm that was told", "被告知的组别"), kind="choice", choices=arms),
        *FACTS,
        Field(
            code="digits",
            label=Words("Last three digits of the subject no.", "受试者编号末三位"),
            kind="text",
        ),
        Field(
            code="year",
            label=Words("Year of birth, from the identity card", "出生年份（按身份证件）"),
            kind="text",
        ),
    )
    return _form(fields)


def facts_form() -> Form:
    """Return what can be put right of an arm that was told outside: never the arm, nor whose it is."""
    return _form(FACTS)


def _form(fields: tuple[Field, ...]) -> Form:
    return Form(code="told_outside", version="1", label=TITLE, sections=(Section(TITLE, fields),))


def again_form(protocol: Protocol) -> Form:
    """Return what asks for the arm a second time: nothing of the first entry is in it."""
    asked = replace(outside_form(protocol).field("arm"), label=AGAIN)
    return Form(code="told_again", version="1", label=TITLE, sections=(Section(TITLE, (asked,)),))


def told_of(values: dict[str, Value], now: datetime) -> Told:
    """Return what was typed, its arm once; RuleBroken where day or time is missing."""
    day, at = day_of(values, "day"), text_of(values, "time")
    if day is None or not at:
        raise RuleBroken("outside.incomplete")
    hour, minute = map(int, at.split(":"))
    told_at = datetime.combine(day, time(hour, minute), now.tzinfo)
    arm, way, by, reason = (text_of(values, name) for name in ("arm", "way", "told_by", "reason"))
    return Told(arm, way, by, told_at, reason, again=arm)


def _note(state: State) -> str:
    if allocations_outside.row_awaits(state.desk):
        return state.language.text(
            "The next row of the list is opened with it and compared. This cannot be undone."
        )
    return state.language.text(
        "No row of a list can be used: the arm is recorded without one, under a number of its own, and a "
        "major deviation is proposed. This cannot be undone."
    )


def _ask_once(page: QWidget, state: State, typed: dict[str, str], refused: str) -> dict[str, Value] | None:
    """Ask all that was told; `typed` is what was typed before, and takes what is typed now."""
    language, protocol, values = state.language, state.desk.protocol, dict[str, Value]()

    def take(given: dict[str, Value]) -> None:
        now = state.clock.now()
        allocations_outside.checked(protocol, told_of(given, now), now)
        values.update(given)

    dialog = AskForm(page, state, outside_form(protocol), language.text("Go on"), _note(state), take)
    dialog.view.resume(typed)
    if refused:
        dialog.strip.say(refused, "bad")
    dialog.view.go_to_first()
    done = dialog.exec() == QDialog.DialogCode.Accepted
    typed.update(dialog.view.typed())
    dialog.deleteLater()
    return values if done else None


def _ask_again(page: QWidget, state: State) -> str:
    """Ask for the arm a second time, with nothing of the first in sight; empty where the person went back."""
    language, again = state.language, [""]

    def take(given: dict[str, Value]) -> None:
        again[0] = text_of(given, "arm")
        if not again[0]:
            raise RuleBroken("outside.again")

    note = language.text("Read the paper again, or ask again: what was entered first is not shown.")
    done = ask_form(page, state, again_form(state.desk.protocol), language.text("Go on"), note, take)
    return again[0] if done else ""


def _ask_twice(page: QWidget, state: State) -> dict[str, Value] | None:
    """Ask until the arm was entered twice the same; else it is entered anew, and the rest stays as typed."""
    typed: dict[str, str] = {}
    refused = ""
    while (values := _ask_once(page, state, typed, refused)) is not None:
        again, refused = _ask_again(page, state), ""
        try:
            if again:
                allocations_outside.require_same_arm(text_of(values, "arm"), again)
                return values
        except RuleBroken as error:
            refused = error_sentence(error, state.language)
        del typed["arm"]
    return None


def ask_told_outside(
    page: QWidget, state: State, subject: SubjectRow, done: Callable[[AllocationRow], object]
) -> None:
    """Ask what was told, then for the signature; `done` takes the allocation as it was recorded."""
    language, protocol = state.language, state.desk.protocol
    typed = _ask_twice(page, state)
    if typed is None:
        return
    told = told_of(typed, state.clock.now())
    arm = arm_words(protocol, told.arm, language)[1]

    recorded: list[AllocationRow] = []

    def record(signing: Signing) -> None:
        assert state.unlocked is not None
        digits, year = text_of(typed, "digits"), text_of(typed, "year")
        folder = state.unlocked.folder
        recorded.append(
            allocations_outside.record_outside(state.desk, folder, subject.id, digits, year, told, signing)
        )

    said = allocations_outside.signing_for(language.code, "")
    title = language.text("{code}: told outside, {arm}", code=subject.code, arm=arm)
    about = language.text(
        "{way}, by {who}, {at}", way=language.words(WAYS[told.way]), who=told.told_by,
        at=f"{told.told_at:%Y-%m-%d %H:%M}",
    )  # fmt: skip
    dialog = ask_to_sign(page, state, Asked(title, about, said.meaning, said.statement), record)
    # Told once the signature's dialog is gone: else the keys fall back to the window behind both.
    dialog.accepted.connect(lambda: done(recorded[-1]))
