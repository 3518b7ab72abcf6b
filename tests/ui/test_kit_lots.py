"""The dialog of a kit tells what is on the shelf; what is written on the kit is typed all the same."""

from __future__ import annotations

import pytest
from stock_fixtures import LOT, enter, made_supplied, supplied
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial
from typist import Typist
from ward_window import WardWindow

from sle_desk.domain import roles, stock
from sle_desk.services import dispensing
from sle_desk.ui.desk_page import Go

__all__ = ["arms", "clock", "made_arms", "made_study", "made_supplied", "made_trial", "study", "supplied"]
SAID = {
    "en": f"On the shelf: {LOT} (vials: 55, to 2027-06-30)",
    "zh_CN": f"库存：{LOT}（55 瓶，有效期至 2027-06-30）",
}


@pytest.mark.parametrize("language", SAID)
def test_the_lots_on_the_shelf_are_said_beside_the_lot(qtbot, supplied: Study, language: str) -> None:
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    enter(desk)
    enter(desk, stock.LOST, count=5)
    supplied.leave()
    window = WardWindow(supplied, "lin.yue", roles.NURSE, language)
    qtbot.addWidget(window)
    window.resize(1280, 720)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.go(Go("doses", subject_id=1))
    typist = Typist()
    typist.press("K")
    assert typist.sees(SAID[language])
    typist.fill("K-1", LOT, "2027-06-30", "1", "10")
    typist.press("Ctrl+Enter")
    assert [kit.lot for kit in dispensing.kits(window.state.desk, 1)] == [LOT]
