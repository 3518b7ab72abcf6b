"""Asks until which day an account opens the study: an inspector comes for a time."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.exports.wording import ENUMERATED
from sle_desk.services import people
from sle_desk.services.people import Person
from sle_desk.ui.dialogs.ask_form import ask_form
from sle_desk.ui.state import State
from sle_desk.ui.wording import role_words

LAST = Field(
    code="last_day", label=Words("Last day", "最后一日"), kind="day", required=True, future_allowed=True
)


def roles_text(person: Person, language: Language) -> str:
    """Return the roles of a person, and until when they are held where that is limited."""
    held = language.words(ENUMERATED).join(role_words(role, language) for role in person.roles)
    if person.last_day is None:
        return held
    return language.text("{roles} (last day {day})", roles=held, day=person.last_day.isoformat())


def ask_last_day(page: QWidget, state: State, person: Person | None) -> None:
    """Ask for the last day of an open account, and keep it."""
    if person is None or not person.active:
        return
    language = state.language
    title = Words(f"Last day of {person.name}", f"{person.name}的最后一日")
    form = Form(code="last_day", version="1", label=title, sections=(Section(title, (LAST,)),))
    note = language.text("From the day after it opens the study no more, until roles are given again.")

    def limit(values: dict[str, Value]) -> None:
        day = values["last_day"].day if "last_day" in values else None
        if day is None:
            raise RuleBroken("day.unreadable", typed="–")
        people.limit_person(state.desk, person.id, day)
        state.say(language.text("{name} may sign in until {day}.", name=person.name, day=day.isoformat()))

    ask_form(page, state, form, language.text("Set"), note, limit)
