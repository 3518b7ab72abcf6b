"""The prednisone equivalent beside the tabs of a subject: the stair, its words, and what is not known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from at_the_desk import Person, people
from lab_samples import typed
from logged import medicine
from PySide6.QtCore import QPoint
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.domain import roles
from sle_desk.exports.drawing import Band, Label
from sle_desk.services import labs, visits
from sle_desk.services.lab_judgement import NewSample
from sle_desk.ui.charts import DrawingView
from sle_desk.ui.chips import Chip

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study", "trial"]
IL2 = 3


def at_subject(study: Study, people: list[Person], language: str) -> Person:
    person = Person(study, "zhao.jing", language)
    people.append(person)
    person.to_subject("SLE-001")
    return person


def stairs_of(person: Person, named: str) -> list[DrawingView]:
    views = person.page.side.findChildren(DrawingView)
    return [view for view in views if view.accessibleName().startswith(named)]


@pytest.mark.parametrize(
    ("language", "named", "amount", "told", "limit"),
    [
        ("en", "Prednisone equivalent", "15 mg a day", "2026-11-23: 15 mg a day", "limit 10 mg a day"),
        ("zh_CN", "泼尼松等效剂量", "15 mg/日", "2026-11-23：15 mg/日", "上限10 mg/日"),
    ],
)
def test_the_stair_stands_beside_the_trends_with_its_words_and_the_limit(
    arms, people, language, named, amount, told, limit
):
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    medicine(desk, "Prednisone", "10", "2026-01-01")
    medicine(desk, "Methylprednisolone", "4", "2026-11-20")
    person = at_subject(arms, people, language)
    (view,) = stairs_of(person, named)
    assert told in view.accessibleName() and view.accessibleName().endswith(limit)
    assert view.isVisibleTo(person.page) and person.sees(amount) and person.sees(limit)
    assert person.language.text("High") in {chip.word for chip in person.page.side.findChildren(Chip)}
    assert {"10", "15"} <= {item.text for item in view.drawing.items if isinstance(item, Label)}
    person.to_subject("SLE-003")
    assert not stairs_of(person, named)


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)])
def test_what_is_next_is_in_sight_however_many_trends_there_are(arms, people, size):
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    baseline = next(row.id for row in visits.visits(desk, 1) if row.code == "V1")
    for hours, (complement, antibody) in enumerate((("0.61", "180"), ("0.78", "142"))):
        drawn = NewSample(1, baseline, "COMP", 1, desk.now() - timedelta(hours=hours))
        values = (("C3", complement), ("C4", "0.09"), ("DDNAIGAB", antibody))
        labs.save_results(desk, drawn, tuple(typed(desk, *each) for each in values))
    medicine(desk, "Prednisone", "10", "2026-01-01")
    medicine(desk, "Methylprednisolone", "4", "2026-11-20")
    person = at_subject(arms, people, "en")
    person.window.resize(*size)
    person.until(lambda: person.window.size().toTuple() == size)
    side, view = person.page.side, person.shell._frames["subject"].viewport()
    assert len(side.findChildren(DrawingView)) >= 5
    for tab in ("visits", "labs"):
        person.to_tab(tab)
        person.until(lambda: not person.shell._frames["subject"].verticalScrollBar().value())
        bottom = side.next.mapTo(view, QPoint(0, side.next.height())).y()
        assert side.next.isVisible() and 0 < bottom <= view.height(), (tab, bottom, view.height())
        # None stands on the other.
        assert not side.next.geometry().intersects(side._scrolled.geometry())


def test_a_stretch_that_cannot_be_told_is_a_field_and_words_and_no_number(arms, people):
    medicine(arms.sit("chen.lan", roles.COORDINATOR), "Prednisone", "20", "2026-11-UK")
    person = at_subject(arms, people, "en")
    (view,) = stairs_of(person, "Prednisone equivalent")
    assert person.sees("not known") and person.sees("a start or an end is not exact")
    assert len([item for item in view.drawing.items if isinstance(item, Band)]) == 1
    assert "20" not in {item.text for item in view.drawing.items if isinstance(item, Label)}


def test_a_medicine_that_is_entered_by_keys_makes_the_stair(arms, people):
    person = at_subject(arms, people, "en")
    assert not stairs_of(person, "Prednisone equivalent")
    codes = [code for code, *_ in person.page.entries]
    person.press(str(codes.index("medicines") + 1))
    person.until(lambda: person.page.tabs.code() == "medicines")
    person.press("c")
    person.wait(lambda: type(person.page).__name__ == "FormPage")
    person.type("Prednisone")
    person.press("Enter")
    person.type("7.5")
    person.press("Enter", "1", "1")
    person.type("2026-01-01")
    person.press("Enter", "Ctrl+Enter")
    person.until_page("subject")
    person.until(lambda: bool(stairs_of(person, "Prednisone equivalent")))
    assert person.sees("7.5 mg a day")
