"""The Access tab: the matrix, and who could on another day, by keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint
from study_fixtures import Study, clock, made_study, study
from whole_window import Open, opened

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import people
from sle_desk.ui.desk_page import Go
from sle_desk.ui.tabs import PageTabs

__all__ = ["clock", "made_study", "opened", "study"]


def test_the_matrix_and_another_day_by_keys(study: Study, opened: Open) -> None:
    study.clock.advance(timedelta(days=3))
    window, typist = opened(study, "he.jian")
    window.state.go(Go("study", tab="access"))
    typist.wait_for("Who may do what")
    typist.wait_for("Allocation opened")
    typist.press("D")
    typist.wait_for("Who could on which day?")
    typist.fill("2026-11-20")
    typist.wait_for("Who could on 2026-11-20")
    assert not typist.sees("Chen Lan") and typist.sees("Who could on 2026-11-20: nobody")
    window.state.choose_language(Language("zh_CN"))
    typist.wait_for("打开分配")


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_the_tabs_of_the_study_fit_a_small_window_in_both_languages(
    study: Study, opened: Open, code: str
) -> None:
    window, typist = opened(study, "he.jian")
    window.resize(1280, 720)
    window.state.choose_language(Language(code))
    window.state.go(Go("study", tab="access"))
    tabs = next(each for each in window.findChildren(PageTabs) if each.isVisible())
    typist.wait(lambda: tabs.code() == "access")
    right = tabs.mapTo(window, QPoint(tabs.width(), 0)).x()
    assert (right <= window.width(), window.width()) == (True, 1280)


def test_a_role_that_ended_today_is_shown_with_its_time(study: Study, opened: Open) -> None:
    nurse = study.sit("lin.yue", roles.NURSE).actor.user_id
    study.clock.advance(timedelta(hours=2))
    people.set_roles(study.sit("xu.feng", roles.ADMINISTRATOR), nurse, (roles.MONITOR,))
    window, typist = opened(study, "he.jian")
    window.state.go(Go("study", tab="access"))
    typist.wait_for("Who may do what")
    typist.wait_for(f"Lin Yue (until {study.clock.now():%H:%M})")
    window.state.choose_language(Language("zh_CN"))
    typist.wait_for(f"Lin Yue（至 {study.clock.now():%H:%M}）")
