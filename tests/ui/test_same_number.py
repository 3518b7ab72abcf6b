"""By keys: of two records of one identity number the allocation says so before any arm is opened."""

from __future__ import annotations

from people_invented import someone
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import made_ready, made_trial, ready, trial
from whole_window import Open, opened

from sle_desk.domain import roles
from sle_desk.services import subjects
from sle_desk.ui.desk_page import Go

__all__ = ["clock", "made_ready", "made_study", "made_trial", "opened", "ready", "study", "trial"]

SAID = "SLE-001 has the same identity number as SLE-002"


def test_the_dialog_of_the_allocation_names_the_other_record_and_leads_to_the_subject(
    ready: Study, opened: Open
) -> None:
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    known = subjects.identity_of(desk, 1)
    subjects.register_subject(desk, someone(**vars(known)), not_duplicate="The card was read again.")
    ready.leave()
    window, typist = opened(ready, "wu.min")
    window.state.go(Go("subject", subject_id=1))
    typist.wait_for("Visits and forms")
    typist.press("r")
    typist.wait_for(SAID)
    assert typist.sees("Missing: 1 of")
    typist.press("F6")
    typist.wait(lambda: not typist.sees("Randomise SLE-001"))
    window.close()
