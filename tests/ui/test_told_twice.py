"""By keys: an arm told outside is entered twice, the second time without sight of the first."""

from __future__ import annotations

from study_fixtures import PASSWORD, Study, clock, made_study, study
from test_told_outside import fills
from trial_fixtures import made_ready, made_trial, ready, trial
from typist import Typist
from whole_window import Open, opened

from sle_desk.domain import roles
from sle_desk.services import allocation
from sle_desk.services.allocation import AllocationRow
from sle_desk.ui.desk_page import Go
from sle_desk.ui.main_window import MainWindow

__all__ = ["clock", "made_ready", "made_study", "made_trial", "opened", "ready", "study", "trial"]

DIFFER = "The arm was entered twice, and not the same. Nothing was recorded."
DARK = "The screen was dark."
ONCE_MORE = "The arm that was told, once more"


def at_randomise(study: Study, opened: Open) -> tuple[MainWindow, Typist, tuple[str, ...]]:
    """Open the dialog of the first subject for the PI; return what is answered below the arm, too."""
    now = study.clock.now()
    window, typist = opened(study, "wu.min")
    window.state.go(Go("subject", subject_id=1))
    typist.wait_for("Visits and forms")
    typist.press("r")
    typist.wait_for("Randomise SLE-001")
    return window, typist, ("2", "Sun Tong", f"{now:%Y-%m-%d}", f"{now:%H:%M}", DARK, "001", "1992")


def signed(study: Study, window: MainWindow, typist: Typist) -> AllocationRow:
    """Sign what was told, and return what was recorded."""
    typist.type(PASSWORD)
    typist.press("Enter")
    typist.wait_for("SLE-001 is randomised")
    window.close()
    row = allocation.allocation_of(study.sit("wu.min", roles.PI), 1)
    assert row is not None
    return row


def test_two_entries_that_differ_are_refused_and_the_rest_is_kept(ready: Study, opened: Open) -> None:
    window, typist, answers = at_randomise(ready, opened)
    seen: list[tuple[str | bool, ...]] = []

    def again(*, arm: str, then=None):
        def act() -> None:
            # Nothing of the first entry: neither its fields nor what was typed in them.
            shown = typist.seen()
            seen.append(("again", ONCE_MORE in shown, "Sun Tong" in shown))
            fills(typist, arm, then=then)()

        return act

    def anew() -> None:
        seen.append(("anew", typist.sees(DIFFER)))
        fills(typist, "3", then=again(arm="3"))()

    typist.in_dialog(fills(typist, "1", *answers, then=again(arm="3", then=anew)))
    typist.press("F7")
    typist.wait_for("told outside, ")
    assert allocation.allocation_of(window.state.desk, 1) is None
    row = signed(ready, window, typist)
    assert row.outside is not None
    assert (row.arm, row.outside.told_by, row.outside.reason) == ("IL2", "Sun Tong", DARK)
    assert seen == [("again", True, False), ("anew", True), ("again", True, False)]


def test_who_goes_back_from_the_second_entry_finds_the_rest_and_enters_the_arm_anew(
    ready: Study, opened: Open
) -> None:
    window, typist, answers = at_randomise(ready, opened)
    seen: list[bool] = []

    def back() -> None:
        typist.in_dialog(anew)
        typist.press("Esc")

    def anew() -> None:
        # Nothing differed: nobody is told so.
        seen.append(typist.sees("Sun Tong") and not typist.sees(DIFFER))
        fills(typist, "2", then=fills(typist, "2"))()

    typist.in_dialog(fills(typist, "1", *answers, then=back))
    typist.press("F7")
    typist.wait_for("told outside, ")
    row = signed(ready, window, typist)
    assert row.outside is not None
    assert (row.arm, row.outside.told_by, seen) == ("BEL", "Sun Tong", [True])
