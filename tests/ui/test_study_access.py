"""The Access tab: the matrix, and who could on another day, by keys."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint
from study_fixtures import Study, clock, made_study, study
from typist import Typist
from whole_window import Open, opened

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.change_reasons import KEYS_REASONS
from sle_desk.models.audit import Audit
from sle_desk.services import people
from sle_desk.services.sign_in_checks import ACCEPT_KEYS, is_key_change_open
from sle_desk.ui.desk_page import Go
from sle_desk.ui.main_window import MainWindow
from sle_desk.ui.tabs import PageTabs

__all__ = ["clock", "made_study", "opened", "study"]


def test_the_matrix_and_another_day_by_keys(study: Study, opened: Open) -> None:
    study.clock.advance(timedelta(days=3))
    window, typist = opened(study, "he.jian")
    window.state.go(Go("study", tab="access"))
    typist.wait_for("Who may do what")
    typist.wait_for("Allocation opened")
    assert typist.sees("Everybody who can sign in holds the key to all data of the study")
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


def spoiled_then_opened(study: Study, opened: Open, login: str) -> tuple[MainWindow, Typist]:
    """Change the key file outside, then sit down by keys and go to Access."""
    study.leave()
    content = json.loads(study.folder.keys.read_text(encoding="utf-8"))
    content["header"]["last_backup"] = "2026-11-23T00:00:00.000000Z+480 /a/place/that/never/was"
    study.folder.keys.write_text(json.dumps(content), encoding="utf-8")
    window, typist = opened(study, login)
    window.state.go(Go("study", tab="access"))
    typist.wait_for("Who may do what")
    return window, typist


def test_a_changed_key_file_is_accepted_by_keys_with_a_reason_and_told_no_more(
    study: Study, opened: Open
) -> None:
    window, typist = spoiled_then_opened(study, opened, "wu.min")
    typist.wait_for("Accept the changed key file…")

    def answer() -> None:
        # Without a reason nothing is accepted, and what is asked stays.
        typist.press("Ctrl+Enter")
        assert is_key_change_open(window.state.desk)
        typist.press(KEYS_REASONS[0].key)
        typist.press("Ctrl+Enter")

    typist.in_dialog(answer)
    typist.press("A")
    typist.wait_for("Accepted. It is not told again.")
    desk = window.state.desk
    assert not is_key_change_open(desk)
    with desk.view() as session:
        row = session.query(Audit).filter(Audit.action == ACCEPT_KEYS).one()
    assert (row.user, row.role, row.reason) == ("wu.min", roles.PI, KEYS_REASONS[0].code)
    # Pressed again it asks nothing.
    before = desk.head().number
    typist.press("A")
    assert desk.head().number == before and window.focusWidget() is not None


def test_left_with_escape_a_changed_key_file_stays_open_and_others_are_not_asked(
    study: Study, opened: Open
) -> None:
    window, typist = spoiled_then_opened(study, opened, "xu.feng")
    typist.wait_for("Accept the changed key file…")
    typist.in_dialog(lambda: typist.press("Esc"))
    typist.press("A")
    assert is_key_change_open(window.state.desk)


def test_who_may_not_accept_a_changed_key_file_has_no_key_for_it(study: Study, opened: Open) -> None:
    window, typist = spoiled_then_opened(study, opened, "he.jian")
    before = window.state.desk.head().number
    assert not typist.sees("Accept the changed key file…")
    typist.press("A")
    assert window.state.desk.head().number == before and is_key_change_open(window.state.desk)
