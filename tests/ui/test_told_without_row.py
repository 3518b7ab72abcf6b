"""By keys: an arm told outside while no list is loaded is recorded without a row, and every page says so."""

from __future__ import annotations

from study_fixtures import PASSWORD, Study, clock, made_study, study
from test_main_window import list_tab
from test_told_outside import fills
from trial_fixtures import decide_everything, register
from whole_window import Open, opened

from sle_desk.domain import roles
from sle_desk.services import allocation
from sle_desk.ui.desk_page import Go

__all__ = ["clock", "made_study", "opened", "study"]


def test_an_arm_told_while_no_list_is_loaded_is_recorded_by_keys(study: Study, opened: Open) -> None:
    decide_everything(study)
    register(study, 1)
    study.leave()
    day, at = f"{study.clock.now():%Y-%m-%d}", f"{study.clock.now():%H:%M}"
    window, typist = opened(study, "wu.min")
    window.state.go(Go("subject", subject_id=1))
    typist.wait_for("Visits and forms")
    typist.press("r")
    typist.wait_for("Randomise SLE-001")
    notes: list[bool] = []

    def act() -> None:
        notes.append(typist.sees("No row of a list can be used: the arm is recorded without one"))
        fills(
            typist,
            "1",
            "2",
            "Sun Tong",
            day,
            at,
            "No list was there.",
            "001",
            "1992",
            then=fills(typist, "1"),
        )()

    typist.in_dialog(act)
    typist.press("F7")
    typist.wait_for("told outside, ")
    typist.type(PASSWORD)
    typist.press("Enter")
    typist.wait_for("SLE-001 is randomised")
    assert notes == [True]
    assert typist.sees("E-001") and typist.sees("no row of a list")
    assert typist.sees("No row of a list was used for it.")
    typist.press("Esc")
    list_tab(window)
    typist.wait_for("Told outside without a row of a list: E-001 SLE-001.")
    window.close()
    row = allocation.allocation_of(study.sit("wu.min", roles.PI), 1)
    assert row is not None
    assert (row.arm, row.randomisation_number, row.row) == ("BELIL2", "E-001", None)
