"""The items of a classification after they were signed on: a correction takes the signature with it."""

from __future__ import annotations

from screened_studies import kept_screened, screened, screened_trial
from study_fixtures import Study, clock, made_study
from trial_fixtures import judge, made_trial

from sle_desk.demo.values import CLASSIFICATION
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import checklist, form_records, visits
from sle_desk.services.form_records import Correction

__all__ = ["clock", "kept_screened", "made_study", "made_trial", "screened", "screened_trial"]


def item_corrected(study: Study, subject: int, item: str, answer: str) -> None:
    """Correct the answer to one item."""
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    row = form_records.saved_form(desk, visits.visits(desk, subject)[0].id, CLASSIFICATION)
    assert row is not None
    form_records.correct_value(
        desk, Correction(row.id, item, Value(choice=answer), "slip", row.answer_versions[item])
    )


def test_an_item_corrected_after_the_signature_takes_the_signature_with_it(
    screened_trial: Study, screened: int
) -> None:
    judge(screened_trial, screened)
    desk = screened_trial.sit("wu.min", roles.PI)
    assert checklist.checklist(desk, screened).signed is not None
    item_corrected(screened_trial, screened, "LEUKOPENIA", "N")
    desk = screened_trial.sit("wu.min", roles.PI)
    sheet = checklist.checklist(desk, screened)
    assert sheet.signed is None and "I2" in sheet.voided[-1]
    row = next(row for row in sheet.rows if row.code == "I2")
    assert (row.evidence_changed, row.judged.evidence[0].value) == (True, 15)
