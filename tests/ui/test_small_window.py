"""In the smallest window that is asked for, 1280 by 720, what a page is for stays in sight."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from at_the_desk import Person
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.ui.cards import Fact, FactStrip
from sle_desk.ui.desk_page import Go
from sle_desk.ui.labels import label

__all__ = ["arms", "made_arms", "made_trial"]


@pytest.fixture
def person(arms: Study, qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Person]:
    """The coordinator at a window of 1280 by 720, in a language."""
    made = Person(arms, "chen.lan", request.param)
    made.window.resize(1280, 720)
    yield made
    made.close()


@pytest.mark.parametrize("person", ["en", "zh_CN"], indirect=True)
@pytest.mark.parametrize("form", ["adverse_event", "medication"])
def test_the_button_that_saves_a_form_is_in_sight_and_the_page_scrolls_by_its_fields_alone(
    person: Person, form: str
) -> None:
    person.window.state.go(Go("form", subject_id=1, form=form))
    person.until_form()
    frame = person.shell._frames["form"]
    assert frame.verticalScrollBar().maximum() == 0
    button = person.page.host.button
    bottom = button.mapTo(frame.viewport(), QPoint(0, button.height())).y()
    assert bottom <= frame.viewport().height()


def test_facts_of_before_are_not_painted_under_those_of_now(qtbot) -> None:
    strip = FactStrip()
    qtbot.addWidget(strip)
    strip.show()
    strip.show_facts([Fact("Arm", "BEL")])
    QApplication.processEvents()
    before = [each for each in strip.findChildren(type(label(""))) if each.text() == "BEL"]
    assert all(each.isVisible() for each in before)
    strip.show_facts([Fact("Arm", "IL-2")])
    assert before and not any(each.isVisible() for each in before)
