"""What can be printed of a subject while a visit goes on."""

from __future__ import annotations

from study_fixtures import Study
from trial_fixtures import made_trial, register, trial, vitals

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports import printing
from sle_desk.services import printables, visits
from sle_desk.services.printables import WORKSHEET, Printable

__all__ = ["made_trial", "trial"]


def test_the_worksheet_of_a_visit_is_printed_before_and_while_it_goes_on_not_once_it_is_not_done(
    trial: Study,
) -> None:
    subject_id = register(trial)
    desk = trial.sit("chen.lan", roles.COORDINATOR)

    def sheets(code: str) -> list[Printable]:
        found = printables.printables(desk)
        return [
            row for row in found if (row.kind, row.subject_id, row.visit) == (WORKSHEET, subject_id, code)
        ]

    (ahead,) = sheets("V0")
    assert (ahead.visit_id, ahead.on_day) == (None, None)
    visit = visits.record_visit(desk, subject_id, "V0", desk.today())
    vitals(desk, subject_id, visit.id)
    (begun,) = sheets("V0")
    assert (begun.visit_id, begun.on_day) == (visit.id, desk.today())
    assert printing.print_one(desk, begun, Language("en")).content.startswith(b"%PDF")
    assert len(sheets("UNS")) == 1
    visits.record_visit(desk, subject_id, "UNS", desk.today())
    assert [(row.visit_id, row.on_day) for row in sheets("UNS")] == [(None, None)]
    visits.record_not_done(desk, subject_id, "V1", "refused", "Did not want to come.")
    assert sheets("V1") == []
