"""What was done before the first consent and is told after it: the consent shows it at once."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from study_fixtures import Study
from trial_fixtures import laboratory, made_ready, made_trial, numbers, ready

from sle_desk.domain import roles
from sle_desk.services import deviations, form_records, labs, visits
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult

__all__ = ["made_ready", "made_trial", "ready"]

SUBJECT = 1


def of_consent(desk: Desk) -> list[str]:
    rows = deviations.deviations(desk, SUBJECT)
    return [row.code for row in rows if row.about_table == "consent" and row.progress == "proposed"]


@pytest.mark.parametrize("what", ["form", "sample"])
def test_a_form_or_sample_of_a_day_before_the_consent_is_told_of_the_consent(ready: Study, what: str) -> None:
    place = laboratory(ready)
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    before = desk.today() - timedelta(days=3)
    visit = visits.record_visit(desk, SUBJECT, "UNS", before).id
    assert of_consent(desk) == []
    if what == "form":
        measured = numbers({"temperature": "36.6", "systolic": "122", "diastolic": "78", "pulse": "72"})
        new = NewForm(SUBJECT, visit, "vitals", before, Given(measured), "09:00")
        form_records.save_form(desk, new)
    else:
        drawn = datetime.combine(before, time(9), desk.now().tzinfo)
        typed = (TypedResult("NEUT", "3.1", "", Decimal("3.1"), "10^9/L"),)
        labs.save_results(desk, NewSample(SUBJECT, visit, "CBC", place, drawn), typed)
    assert of_consent(desk) == ["consent.after_procedure"]
