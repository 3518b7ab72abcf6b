"""A "pre-dose" drawn after the dose is questioned as it is typed, and kept with a reason by keys."""

from __future__ import annotations

import pytest
from desk_window import DeskWindow
from dose_fixtures import at, dispense, inject
from study_fixtures import clock, made_study
from trial_fixtures import arms, laboratory, made_arms, made_trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import history, labs, visits
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.labs_page import LabsPage

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
IL2 = 3


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "drawn at 15:00, after the dose of 14:30, and is called pre-dose"),
        ("zh_CN", "采样时间 15:00 晚于 14:30"),
    ],
)
def test_pre_dose_after_the_dose_asks_for_a_reason(arms, qtbot, language, told):
    laboratory(arms)
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, IL2)
    inject(nurse, IL2, started_at=nurse.now().replace(hour=14, minute=30))
    visit = next(row.id for row in visits.visits(nurse, IL2) if row.code == "V1")
    go = Go("labs", subject_id=IL2, visit_id=visit, panel="CBC")
    window, typist = DeskWindow(qtbot, arms, "lin.yue", roles.NURSE, LabsPage, go, language), Typist()
    day = window.desk.today()
    typist.fill("R-1", f"{day:%Y%m%d}", "1500")
    typist.press("Y", "1")
    typist.wait_for(told)
    window.page.grid.go_to("WBC")
    typist.type("4.1")
    typist.press("Enter", "Ctrl+Enter")
    assert [row for row in labs.samples(window.desk, IL2) if row.panel == "CBC" and row.dose_relation] == []
    assert typist.sees(told)
    # The focus is back where the answer is doubted: there it is kept with a reason.
    window.page.header.go_to("dose_relation")
    typist.press("Ctrl+Shift+Enter", "1", "Enter")
    window.page.grid.go_to("HGB")
    typist.press("Ctrl+Enter")
    saved = [
        row for row in labs.samples(window.desk, IL2) if row.panel == "CBC" and row.dose_relation == "pre"
    ]
    newest = history.audit_trail(window.desk)[0]
    window.close()
    assert len(saved) == 1 and newest.action == "results.save" and newest.reason
