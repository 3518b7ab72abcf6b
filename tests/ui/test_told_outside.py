"""By keys: an arm that was told outside, an allocation made in error, and a list that is drawn here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from allocated_outside import OTHER, mark, record, told
from study_fixtures import PASSWORD, Study, clock, made_study, study
from test_main_window import list_tab
from trial_fixtures import ARMS, decide, made_ready, made_trial, open_as, ready, trial
from whole_window import Open, opened

from sle_desk.domain import roles
from sle_desk.services import allocation, list_kept
from sle_desk.ui.desk_page import Go

__all__ = ["clock", "made_ready", "made_study", "made_trial", "opened", "ready", "study", "trial"]


def fills(typist, *typed: str, then: Callable[[], None] | None = None) -> Callable[[], None]:
    """Return what a person types into the fields of a dialog, one after the other, and Ctrl+Enter.

    `then` is done in the dialog that follows.
    """

    def act() -> None:
        for text in typed:
            typist.type(text)
            if not (len(text) == 1 and text.isdigit()):
                typist.press("Enter")
        if then is not None:
            typist.in_dialog(then)
        typist.press("Ctrl+Enter")

    return act


def test_an_arm_that_was_told_outside_is_recorded_by_keys_and_shown_as_such(
    ready: Study, opened: Open
) -> None:
    day, at = f"{ready.clock.now():%Y-%m-%d}", f"{ready.clock.now():%H:%M}"
    window, typist = opened(ready, "wu.min")
    window.state.go(Go("subject", subject_id=1))
    typist.wait_for("Visits and forms")
    typist.press("r")
    typist.wait_for("Randomise SLE-001")
    # The arm told is the first of the package: that of both drugs, which the next row holds.
    answers = ("2", "Sun Tong", day, at, "The screen was dark.", "001", "1992")
    typist.in_dialog(fills(typist, "1", *answers, then=fills(typist, "1")))
    typist.press("F7")
    typist.wait_for("told outside, ")
    typist.type(PASSWORD)
    typist.press("Enter")
    typist.wait_for("SLE-001 is randomised")
    assert typist.sees("Emergency allocation, made outside: Told by telephone, by Sun Tong")
    assert typist.sees("The next row of the list holds the same arm.")
    typist.press("Esc")
    window.state.go(Go("subject", subject_id=1))
    typist.wait_for("Emergency allocation, made outside: Told by telephone, by Sun Tong")
    window.close()
    row = allocation.allocation_of(ready.sit("wu.min", roles.PI), 1)
    assert row is not None and row.outside is not None
    assert (row.arm, row.outside.reason) == ("BELIL2", "The screen was dark.")


def test_an_allocation_is_marked_as_made_in_error_by_keys(ready: Study, opened: Open) -> None:
    open_as(ready, "chen.lan", roles.COORDINATOR, 1)
    window, typist = opened(ready, "wu.min")
    window.state.go(Go("subject", subject_id=1))
    typist.wait_for("Visits and forms")
    typist.press("Ctrl+Shift+X")
    typist.wait_for("What was entered in error?")
    assert typist.sees("Allocation R-001: it stays, and is marked")
    typist.in_dialog(fills(typist, "She was not eligible."))
    # The visit, the consent, the allocation, the subject.
    typist.press("3", "Enter")
    typist.wait_for("I confirm that this allocation was made in error.")
    typist.type(PASSWORD)
    typist.press("Enter")
    typist.wait_for("Made in error, marked by Wu Min")
    window.close()
    row = allocation.allocation_of(ready.sit("wu.min", roles.PI), 1)
    assert row is not None and row.error is not None
    assert row.error.reason == "She was not eligible."


def test_the_list_is_drawn_by_keys_and_no_arm_is_seen(trial: Study, opened: Open, tmp_path: Path) -> None:
    desk = trial.sit("wu.min", roles.PI)
    decide(trial, desk, "D27", "equal_drawn")
    copy = tmp_path / "copy.csv"
    window, typist = opened(trial, "sun.tong")
    tab = list_tab(window)
    tab.ask_new_file = lambda parent, title, proposed: copy
    assert typist.sees("The block sizes of an imported list are not known here.")
    typist.in_dialog(fills(typist, "R2", "3, 6", "The first was seen."))
    typist.press("Ctrl+D")
    typist.wait_for("Draw list R2 with 30 rows?")
    assert typist.sees("can name 11 % of the slots for sure, and 58 % with the best guess")
    assert not copy.exists()
    typist.press("Ctrl+Enter")
    typist.wait_for("Your one copy is in")
    assert not any(arm in typist.seen() for arm in (*ARMS, "BEL + IL-2"))
    certificate = tmp_path / "certificate.pdf"
    tab.ask_new_file = lambda parent, title, proposed: certificate
    typist.press("Ctrl+P")
    typist.wait_for("written as PDF: have it signed in ink.")
    assert certificate.read_bytes().startswith(b"%PDF")
    window.close()
    found = list_kept.commitment(trial.sit("wu.min", roles.PI))
    assert found is not None
    assert (found.code, found.size, found.algorithm) == ("R2", 30, "sle_desk/allocation/v1")
    assert copy.read_text("ascii").count("BELIL2") == 10


def test_the_ward_sees_neither_the_figure_nor_the_keys_of_the_list(trial: Study, opened: Open) -> None:
    window, typist = opened(trial, "chen.lan")
    list_tab(window)
    typist.wait_for("Seal")
    assert not any(typist.sees(words) for words in ("best guess", "Draw a list", "Certificate as PDF"))
    window.close()


def test_the_page_of_the_list_names_rows_told_outside_and_in_error(ready: Study, opened: Open) -> None:
    record(ready, told(ready.sit("chen.lan", roles.COORDINATOR), OTHER))
    mark(ready)
    window, typist = opened(ready, "wu.min")
    list_tab(window)
    typist.wait_for("in error, stays used: 1 SLE-001; told outside: 1 SLE-001")
    assert typist.sees("best guess")
    window.state.go(Go("subject", subject_id=1))
    typist.wait_for("Made in error, marked by Wu Min")
    window.close()
