"""Ctrl+N in the whole window: a page that makes something new makes it, every other page a new subject."""

from __future__ import annotations

import pytest
from at_the_desk import Person, field_in_focus, people
from study_fixtures import Study
from trial_fixtures import made_trial, trial

from sle_desk.ui.pages.register_page import RegisterPage
from sle_desk.ui.pages.study_page import StudyPage

__all__ = ["made_trial", "people", "trial"]
NEW = {"chen.lan": ("consents", "laboratories", "calendar"), "wu.min": ("delegation", "calendar")}


@pytest.mark.parametrize(("login", "tab"), [(who, tab) for who, tabs in NEW.items() for tab in tabs])
def test_a_tab_that_makes_something_new_does_so_in_the_whole_window(
    trial: Study, people: list[Person], login: str, tab: str
) -> None:
    person = Person(trial, login)
    people.append(person)
    person.to_page("study")
    for _ in StudyPage.entries:
        if person.page.tabs.code() == tab:
            break
        person.press("Ctrl+PageDown")
    assert person.page.tabs.code() == tab
    person.until_table()
    person.press("Ctrl+N")
    person.until(lambda: field_in_focus() is not None)
    assert isinstance(person.page, StudyPage)


@pytest.mark.parametrize("page", ["today", "schedule", "audit"])
def test_elsewhere_it_registers_somebody(trial: Study, people: list[Person], page: str) -> None:
    person = Person(trial, "chen.lan")
    people.append(person)
    person.to_page("study")
    person.to_page(page)
    person.press("Ctrl+N")
    person.until(lambda: isinstance(person.page, RegisterPage))
