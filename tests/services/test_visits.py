"""Forms saved, checked, corrected with a reason, and their history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from people_invented import someone
from sqlalchemy import select
from study_fixtures import Study

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.models.safety import Query
from sle_desk.services import (
    consent_records,
    form_records,
    history,
    subjects,
    visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, FormRow, NewForm
from sle_desk.services.subjects import NewConsent

TODAY = date(2026, 11, 23)


def number(text: str) -> Value:
    """Return a typed number."""
    return Value(number=Decimal(text), typed=text)


def vitals(desk: Desk, given: Given, day: date = TODAY) -> FormRow:
    """Register somebody with a consent, and save vitals at screening."""
    row = subjects.register_subject(desk, someone())
    consent_records.record_consent(desk, NewConsent(row.id, "v2.1", day, "07:40", "Zhao Jing", "Y"))
    visit = visits.record_visit(desk, row.id, "V0", day)
    return form_records.save_form(desk, NewForm(row.id, visit.id, "vitals", day, given))


def test_a_form_comes_back_as_it_was_typed(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    saved = vitals(desk, Given({"weight": number("56.40"), "temperature": Value(missing="refused")}))
    study.leave()
    again = study.sit("lin.yue", roles.NURSE)
    found = form_records.saved_form(again, saved.visit_id, "vitals")
    assert found is not None
    assert found.values["weight"].typed == "56.40"
    assert found.values["weight"].number == Decimal("56.4")
    assert found.values["temperature"].missing == "refused"


def test_an_impossible_value_saves_nothing_of_the_form(desk: Desk) -> None:
    with pytest.raises(RuleBroken, match="value.impossible"):
        vitals(desk, Given({"weight": number("560"), "pulse": number("72")}))
    row = subjects.subjects(desk)[0]
    visit = visits.visits(desk, row.id)[0]
    assert form_records.saved_form(desk, visit.id, "vitals") is None


def test_an_unlikely_value_needs_a_reason_and_opens_a_query(desk: Desk) -> None:
    with pytest.raises(RuleBroken, match="value.unlikely"):
        vitals(desk, Given({"pulse": number("160")}))
    row = subjects.subjects(desk)[0]
    visit = visits.visits(desk, row.id)[0]
    given = Given({"pulse": number("160")}, {"pulse": "repeated"})
    saved = form_records.save_form(desk, NewForm(row.id, visit.id, "vitals", TODAY, given))
    assert saved.kept == {"pulse": "repeated"}
    with desk.view() as session:
        assert [(query.field, query.progress) for query in session.query(Query)] == [("pulse", "open")]


def test_a_form_is_saved_once_at_a_visit(desk: Desk) -> None:
    saved = vitals(desk, Given({"weight": number("56.4")}))
    with pytest.raises(RuleBroken, match="form.twice"):
        form_records.save_form(
            desk, NewForm(saved.subject_id, saved.visit_id, "vitals", TODAY, Given({"weight": number("57")}))
        )


def test_a_correction_keeps_the_old_value_the_reason_and_who_it_was(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    saved = vitals(desk, Given({"weight": number("57.7")}))
    nurse = study.sit("lin.yue", roles.NURSE)
    fixed = form_records.correct_value(
        nurse, Correction(saved.id, "weight", number("57.1"), "slip", saved.answer_versions["weight"])
    )
    assert fixed.values["weight"].typed == "57.1"
    past = history.value_history(nurse, "answer", saved.answer_ids["weight"], ("typed",))
    assert [(row.value["typed"], row.user, row.reason) for row in past] == [
        ("57.7", "chen.lan", ""),
        ("57.1", "lin.yue", "slip"),
    ]


@pytest.mark.parametrize("reason", ["", "  ", "because", "other"])
def test_a_correction_without_a_coded_reason_changes_nothing(desk: Desk, reason: str) -> None:
    saved = vitals(desk, Given({"weight": number("57.7")}))
    with pytest.raises(RuleBroken, match="change"):
        form_records.correct_value(
            desk, Correction(saved.id, "weight", number("57.1"), reason, saved.answer_versions["weight"])
        )
    assert form_records.form_row(desk, saved.id).values["weight"].typed == "57.7"


def test_a_correction_of_a_value_that_changed_meanwhile_shows_both(desk: Desk) -> None:
    saved = vitals(desk, Given({"weight": number("57.7")}))
    first = Correction(saved.id, "weight", number("57.1"), "slip", saved.answer_versions["weight"])
    form_records.correct_value(desk, first)
    with pytest.raises(Stale) as refused:
        form_records.correct_value(desk, first)
    assert refused.value.facts["now"] == "57.1"


def test_a_value_left_out_is_added_with_a_reason(desk: Desk) -> None:
    saved = vitals(desk, Given({"weight": number("57.7")}))
    added = form_records.correct_value(desk, Correction(saved.id, "pulse", number("72"), "late", 0))
    assert added.values["pulse"].number == Decimal(72)


def test_a_visit_cannot_lie_ahead_nor_be_recorded_twice(desk: Desk) -> None:
    row = subjects.register_subject(desk, someone())
    with pytest.raises(RuleBroken, match="day.future"):
        visits.record_visit(desk, row.id, "V0", date(2026, 11, 24))
    visits.record_visit(desk, row.id, "V0", TODAY)
    with pytest.raises(RuleBroken, match="visit.twice"):
        visits.record_visit(desk, row.id, "V0", TODAY)
    assert len(visits.visits(desk, row.id)) == 1


def pressures(desk: Desk) -> FormRow:
    """Save 122 over 78 and return the form."""
    given = Given(
        {
            "systolic": Value(number=Decimal(122), typed="122"),
            "diastolic": Value(number=Decimal(78), typed="78"),
        }
    )
    return vitals(desk, given)


@pytest.mark.parametrize(("field", "typed"), [("systolic", "71"), ("diastolic", "130")])
def test_a_correction_is_compared_with_the_other_value_whichever_of_the_two_it_is(
    desk: Desk, field: str, typed: str
) -> None:
    row = pressures(desk)
    value = Value(number=Decimal(typed), typed=typed)
    plain = Correction(row.id, field, value, "source", row.answer_versions[field])
    with pytest.raises(RuleBroken) as refused:
        form_records.correct_value(desk, plain)
    assert refused.value.code == "check.systolic_above_diastolic"
    assert refused.value.facts["field"] == field
    kept = Correction(
        row.id, field, value, "source", row.answer_versions[field], kept={field: "measured twice"}
    )
    form_records.correct_value(desk, kept)
    with desk.view() as session:
        assert len(session.scalars(select(Query).where(Query.field == field)).all()) == 1


def test_what_was_unlikely_before_does_not_stop_the_correction_of_another_value(desk: Desk) -> None:
    given = Given(
        {
            "systolic": Value(number=Decimal(70), typed="70"),
            "diastolic": Value(number=Decimal(78), typed="78"),
            "weight": Value(number=Decimal("61.2"), typed="61.2"),
        },
        {"diastolic": "measured twice"},
    )
    row = vitals(desk, given)
    right = Value(number=Decimal("61.4"), typed="61.4")
    form_records.correct_value(
        desk, Correction(row.id, "weight", right, "source", row.answer_versions["weight"])
    )


def test_a_correction_to_what_is_saved_is_refused_and_voids_nothing(desk: Desk) -> None:
    row = pressures(desk)
    before = desk.head().number
    with pytest.raises(RuleBroken) as refused:
        form_records.correct_value(
            desk,
            Correction(row.id, "systolic", row.values["systolic"], "source", row.answer_versions["systolic"]),
        )
    assert refused.value.code == "correction.same"
    assert desk.head().number == before
