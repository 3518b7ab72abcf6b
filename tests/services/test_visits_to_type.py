"""Today keeps a visit until every form of it is typed in, and says which worksheet lies there."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from dose_fixtures import at, weigh
from study_fixtures import Study
from trial_fixtures import laboratory, made_trial, register, trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports.printing import print_worksheet
from sle_desk.services import form_records, labs, overview, visits, void_forms
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import TO_TYPE, TodayRow
from sle_desk.services.form_records import Correction, NewForm
from sle_desk.services.lab_judgement import NewSample
from sle_desk.ui.pages.today_rows import RowWords

__all__ = ["made_trial", "trial"]


@pytest.fixture
def subject(trial: Study) -> int:
    """A subject whose screening visit was yesterday, with the vital signs alone typed in."""
    subject_id = register(trial)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    weigh(desk, subject_id, "V0")
    at(trial, desk.today() + timedelta(days=1))
    return subject_id


def ward(trial: Study) -> Desk:
    return trial.sit("chen.lan", roles.COORDINATOR)


def rows(desk: Desk) -> tuple[TodayRow, ...]:
    return overview.today(desk).group(TO_TYPE)


def facts(desk: Desk) -> dict[str, object]:
    (row,) = rows(desk)
    return dict(row.items[0].facts)


def test_a_visit_of_yesterday_stands_there_with_the_forms_that_lack_answers(
    trial: Study, subject: int
) -> None:
    desk = ward(trial)
    visit = next(row for row in visits.visits(desk, subject) if row.code == "V0")
    # Of four classification sets the one that was decided is asked for.
    of = len(desk.protocol.visit("V0").forms) - 3
    found = facts(desk)
    # The vital signs alone are typed in.
    assert form_records.saved_form(desk, visit.id, "vitals") is not None
    assert found == {"visit": "V0", "visit_id": visit.id, "on": visit.on_day, "forms": of - 1, "of": of}


def test_a_form_typed_whole_counts_no_longer_and_one_in_error_counts_again(
    trial: Study, subject: int
) -> None:
    desk = ward(trial)
    visit = next(row for row in visits.visits(desk, subject) if row.code == "V0")
    before = facts(desk)["forms"]
    assert isinstance(before, int)
    needed = Given({"needed": Value(choice="N")})
    saved = form_records.save_form(desk, NewForm(subject, visit.id, "contraception", desk.today(), needed))
    lacking = [
        field.code
        for field in desk.protocol.form("contraception").fields()
        if field.required and field.show_if is None and field.code != "needed"
    ]
    for code in lacking:
        form_records.complete_form(desk, saved.id, Given({code: Value(missing="not_done")}), saved.version)
    assert facts(desk)["forms"] == before - 1
    seen = form_records.form_row(desk, saved.id)
    form_records.correct_value(
        desk,
        Correction(saved.id, "needed", Value(choice="Y"), "slip", seen.answer_versions["needed"]),
    )
    # The right answer asks for the method too.
    assert facts(desk)["forms"] == before
    void_forms.void_form(desk, saved.id, "slip", form_records.form_row(desk, saved.id).version)
    assert facts(desk)["forms"] == before


def test_the_worksheet_that_was_printed_is_named(trial: Study, subject: int, tmp_path: Path) -> None:
    desk = ward(trial)
    assert not rows(desk)[0].hints
    print_worksheet(desk, subject, "V0", Language("en"))
    (hint,) = rows(desk)[0].hints
    assert hint.facts == {"printed_on": desk.today()}


def test_what_is_typed_on_the_day_itself_is_not_late_yet(trial: Study) -> None:
    subject_id = register(trial)
    desk = ward(trial)
    weigh(desk, subject_id, "V0")
    assert rows(desk) == ()


def test_the_panels_that_nobody_began_stay_until_they_are_told_of(trial: Study, subject: int) -> None:
    laboratory_id = laboratory(trial)
    desk = ward(trial)
    visit = next(row for row in visits.visits(desk, subject) if row.code == "V0")
    asked = desk.protocol.visit("V0").panels

    def panels() -> tuple[str, ...]:
        (row,) = rows(desk)
        found = [each.facts["panels"] for each in row.items if each.code == "panels"]
        return found[0] if found else ()

    assert len(asked) > 1 and panels() == asked
    (row,) = rows(desk)
    label = desk.protocol.laboratory.panel(asked[0]).label.en
    assert label in RowWords(desk.protocol, Language("en"), desk.today()).due(row)
    # Drawn, its report awaited: that stands among the laboratory results.
    labs.save_results(desk, NewSample(subject, visit.id, asked[0], laboratory_id, desk.now()), ())
    assert panels() == asked[1:]
    withdraw(desk, subject, visit.on_day)
    assert panels() == ()


def withdraw(desk: Desk, subject_id: int, day: date) -> None:
    scopes = {"treatment": "N", "visits": "N", "samples": "Y", "data": "N", "told": "in_person"}
    values = {**{code: Value(choice=each) for code, each in scopes.items()}, "day": Value(day=day)}
    form_records.save_form(desk, NewForm(subject_id, None, "withdrawal", desk.today(), Given(values)))
