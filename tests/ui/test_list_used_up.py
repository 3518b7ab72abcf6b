"""A list that is used up before as many are randomised as were decided: its page says so."""

from __future__ import annotations

from study_fixtures import Study, clock, made_study, study
from trial_fixtures import allocated, decide, decide_everything, load_list
from whole_window import Open, opened

from sle_desk.domain import roles
from sle_desk.ui.desk_page import Go

__all__ = ["clock", "made_study", "opened", "study"]

SAID = "All 3 rows of list R1 are used"


def target(study: Study, count: int) -> None:
    decide(study, study.sit("wu.min", roles.PI), "D09", "other", enrolment_target=str(count))


def test_the_page_of_the_list_says_that_it_holds_fewer_rows_than_were_decided(
    study: Study, opened: Open
) -> None:
    decide_everything(study, but=frozenset({"D09"}))
    target(study, 3)
    load_list(study, size=3)
    for number in (1, 2, 3):
        allocated(study, number)
    for decided in (3, 6):
        target(study, decided)
        study.leave()
        window, typist = opened(study, "sun.tong")
        window.state.go(Go("study", tab="list"))
        assert (SAID in typist.seen()) == (decided == 6)
        assert typist.sees("is recorded with F7 in the dialog of the allocation") == (decided == 6)
        window.close()
