"""A panel drawn again the same day is typed at its visit, and each of its samples can be seen there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk_window import DeskWindow
from lab_samples import DRAWN, sample, typed
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import labs
from sle_desk.services.lab_judgement import as_new
from sle_desk.ui.desk_page import Go
from sle_desk.ui.key_conflicts import conflicts
from sle_desk.ui.pages.labs_page import LabsPage


@pytest.fixture
def opened(qtbot, study):
    """The blood count of the morning, saved, and how its page is opened."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    first = labs.save_results(desk, sample(desk, report_number="R-1"), (typed(desk, "WBC", "5"),))
    windows = []

    def open_page(language="en", **go):
        where = Go("labs", subject_id=first.subject_id, visit_id=first.visit_id, panel="CBC", **go)
        windows.append(DeskWindow(qtbot, study, "chen.lan", roles.COORDINATOR, LabsPage, where, language))
        return windows[-1], first

    yield open_page
    for window in windows:
        window.close()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "another sample: 1 stand already"), ("zh_CN", "已有 1 份")]
)
def test_a_second_sample_is_typed_by_keys_and_both_stand(opened, study, language, said):
    study.clock.advance(timedelta(hours=3))
    window, first = opened(language)
    typist = Typist()
    typist.press("Ctrl+Shift+B")
    typist.wait(lambda: window.page.header is not None)
    assert said in typist.seen() and not window.page.grid.rows["WBC"].box.read_only
    assert conflicts(window.page) == ()
    typist.fill("R-2", "20261123", "1030")
    window.page.grid.go_to("WBC")
    typist.type("4.1")
    typist.press("Enter", "Ctrl+Enter")
    found = labs.samples(window.desk, first.subject_id)
    assert sorted((row.drawn_at - DRAWN, row.results["WBC"].typed) for row in found) == [
        (timedelta(0), "5"), (timedelta(hours=2, minutes=40), "4.1"),
    ]  # fmt: skip
    assert {row.visit_id for row in found} == {first.visit_id}


def test_each_of_them_is_seen_in_turn_and_as_asked_for(opened):
    window, first = opened()
    new = as_new(first)
    later = labs.save_results(
        window.desk,
        type(new)(**{**vars(new), "drawn_at": DRAWN + timedelta(minutes=5), "report_number": "R-2"}),
        (typed(window.desk, "WBC", "4.1"),),
    )
    window.page._start()
    typist = Typist()
    typist.wait_for("R-1")
    assert typist.sees("sample 1 of 2")
    typist.press("Ctrl+B")
    typist.wait_for("R-2")
    assert typist.sees("sample 2 of 2")
    typist.press("Ctrl+B")
    typist.wait_for("R-1")
    window.close()
    window, _ = opened(record_id=later.id)
    Typist().wait_for("R-2")
    assert window.page._sample.id == later.id


def test_what_is_half_typed_of_another_sample_is_kept_apart(opened):
    window, first = opened()
    typist = Typist()
    typist.press("Ctrl+Shift+B")
    window.page.grid.go_to("HGB")
    typist.type("104")
    typist.press("Enter", "Ctrl+B")
    assert window.page._sample.id == first.id and not window.page.grid.rows["HGB"].box.typed()
    typist.press("Ctrl+Shift+B")
    assert window.page.grid.rows["HGB"].box.typed() == "104"
