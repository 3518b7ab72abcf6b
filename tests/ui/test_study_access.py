"""The Access tab: the matrix, and who could on another day, by keys."""

from __future__ import annotations

from datetime import timedelta

from study_fixtures import Study, clock, made_study, study
from whole_window import Open, opened

from sle_desk.base.language import Language
from sle_desk.ui.desk_page import Go

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
    assert not typist.sees("Chen Lan")
    window.state.choose_language(Language("zh_CN"))
    typist.wait_for("打开分配")
