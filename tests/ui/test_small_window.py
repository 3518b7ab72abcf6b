"""In the smallest window that is asked for, 1280 by 720, what a page is for stays in sight."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from at_the_desk import Person, people
from dose_fixtures import at, dispense, inject
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from study_fixtures import START, Study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.domain import roles
from sle_desk.ui.cards import Fact, FactStrip
from sle_desk.ui.desk_page import Go
from sle_desk.ui.labels import label

__all__ = ["arms", "made_arms", "made_trial", "people"]
INJECTED = 3


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


def _is_whole(widget: QWidget) -> bool:
    return widget.visibleRegion().boundingRect() == widget.rect()


def test_what_pasted_diary_rows_say_is_in_sight_beside_the_button_and_so_is_the_cell_in_doubt(
    arms: Study, people: list[Person]
) -> None:
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, INJECTED)
    inject(desk, INJECTED)
    at(arms, START.date() + timedelta(days=9))
    person = Person(arms, "lin.yue")
    people.append(person)
    person.window.resize(1280, 720)
    person.window.state.go(Go("diary", subject_id=INJECTED))
    person.until_page("diary")
    person.fill("D-07", "t")
    rows = ("day\ttime", "2026-11-26\t8h\tLA\t1", "\t0820", "2026-11-29\t0815\tLA\t0.5", "2026-12-25\t0800")
    QGuiApplication.clipboard().setText("\n".join(rows))
    person.press("F7")
    page = person.page
    assert person.sees("Cells to put right: 1.") and person.sees("Row 5")
    for part in (page.notice, page.button, page.view.field("other_day_time_2").editor):
        person.wait(lambda part=part: _is_whole(part))
    assert person.shell._frames["diary"].verticalScrollBar().maximum() == 0


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
