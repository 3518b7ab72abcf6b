"""Evidence from consent, birth date and forms, at its boundaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from judged_subjects import (
    SCREENED,
    TODAY,
    choice,
    consent,
    decided,
    history,
    judged_leaf,
    pregnancy,
    reading,
    sledai,
    subject,
    with_form,
)

from sle_desk.domain.checks import Value
from sle_desk.domain.eligibility_facts import Procedure, Source

# What is noted of a leaf beside what its answers come to: that no stay was entered, that a value is close.
BESIDE = ("eligibility.no_stays", "eligibility.borderline")


def said(code: str, **changes: object) -> str | None:
    return judged_leaf(code, with_form(history(**changes))).suggestion


def gaps(code: str, **changes: object) -> list[str]:
    return [gap.code for gap in judged_leaf(code, with_form(history(**changes))).missing]


@pytest.mark.parametrize(
    ("born", "suggestion"),
    [
        (date(2008, 11, 18), "met"),  # 18 on the day of consent
        (date(2008, 11, 19), "not_met"),  # 18 tomorrow
        (date(1955, 11, 19), "met"),  # 70, 71 tomorrow
        (date(1955, 11, 18), "not_met"),  # 71 on the day
    ],
)
def test_18_and_70_completed_years_at_consent_are_both_included(born, suggestion):
    now = reading(decided({"D08": choice("D08", "eligibility.age_lowest", "18")}))
    assert judged_leaf("I1", subject(birth_date=born), now).suggestion == suggestion


@pytest.mark.parametrize(
    ("born", "suggestion"),
    [
        (date(2008, 11, 18), "not_met"),
        (date(2007, 11, 19), "not_met"),
        (date(2007, 11, 18), "met"),
        (date(1940, 1, 1), "met"),
    ],
)
def test_exactly_18_is_decided_by_the_reading_in_force(born, suggestion):
    assert (
        judged_leaf("I1", subject(birth_date=born), reading(decided({"D08": "no_upper_limit"}))).suggestion
        == suggestion
    )


def test_the_evidence_on_age_does_not_hold_the_birth_date():
    found = judged_leaf("I1")
    assert "1992" not in repr(found.evidence)
    assert found.evidence[0].source == Source("subject", 1)


def test_without_consent_neither_age_nor_consent_is_judged():
    for code in ("I1", "I3a"):
        found = judged_leaf(code, subject(consents=()))
        assert (found.suggestion, [gap.code for gap in found.missing]) == (None, ["eligibility.no_consent"])


@pytest.mark.parametrize(
    ("day", "at", "suggestion"),
    [
        (date(2026, 11, 17), "10:00", "not_met"),
        (date(2026, 11, 18), "08:04", "not_met"),
        (date(2026, 11, 18), "08:05", "met"),
        (date(2026, 11, 18), "", None),
        (date(2026, 11, 19), "", "met"),
    ],
)
def test_consent_has_to_come_before_the_first_procedure(day, at, suggestion):
    found = judged_leaf("I3a", subject(procedures=(Procedure(day, at, Source("form_record", 11)),)))
    assert found.suggestion == suggestion
    assert [note.code for note in found.notes] == ([] if suggestion else ["eligibility.same_day"])


def test_the_first_of_several_consents_counts():
    later = consent(date(2026, 11, 20))
    early = Procedure(date(2026, 11, 19), "", Source("form_record", 11))
    assert judged_leaf("I3a", subject(consents=(later, consent()), procedures=(early,))).suggestion == "met"


def test_an_exclusion_is_present_by_any_answer_that_counts_and_absent_only_by_all():
    assert said("E3") == "absent"
    assert said("E3", allergy_il2="Y") == "present"
    assert (said("E3", allergy_il2=None), gaps("E3", allergy_il2=None)) == (
        None,
        ["eligibility.not_answered"],
    )
    assert (said("E3", allergy_il2=Value(missing="unknown")), said("E3", allergy_tofacitinib="Y")) == (
        None,
        "absent",
    )


def test_what_is_asked_but_outside_the_scope_in_force_does_not_count():
    now = reading(decided({"D05": choice("D05", "eligibility.allergy_scope", "literal")}))
    assert judged_leaf("E3", with_form(history(allergy_tofacitinib="Y")), now).suggestion == "present"
    assert judged_leaf("E3", with_form(history(allergy_il2="Y")), now).suggestion == "absent"


def test_an_answer_for_a_person_to_judge_is_not_judged():
    cured = Value(text="2025-03-04")
    found = judged_leaf("E6", with_form(history(malignancy="skin_or_cervix", malignancy_cured=cured)))
    assert (found.suggestion, found.missing, [note.code for note in found.notes]) == (
        None,
        (),
        ["eligibility.judged"],
    )
    last = Value(text="2026-UK-UK")
    assert said("E7", mental_disorder="Y", substance_abuse="Y", substance_abuse_last=last) == "present"
    assert said("E7", substance_abuse="Y", substance_abuse_last=last) is None


@pytest.mark.parametrize(
    ("day", "suggestion", "notes"),
    [
        ("2021-11-18", "present", []),  # five years to the day
        ("2021-11-17", None, []),  # the answer says within 5 years, its day does not
        ("2021-11-UK", None, ["eligibility.partial_day"]),
        ("2021-12-UK", "present", []),
        ("2021-UK-UK", None, ["eligibility.partial_day"]),
        ("UK-UK-UK", None, ["eligibility.partial_day"]),
    ],
)
def test_a_malignancy_counts_by_its_last_day_in_years_of_the_calendar(day, suggestion, notes):
    found = judged_leaf("E6", with_form(history(malignancy="other", malignancy_last=Value(text=day))))
    assert (found.suggestion, [note.code for note in found.notes]) == (suggestion, notes)
    (line,) = [each for each in found.evidence if each.against is not None]
    assert (line.value, line.against.limit, line.against.unit) == (day, 5, "years")
    assert line.against.holds is (True if suggestion else None if notes else False)


@pytest.mark.parametrize(
    ("day", "within"),
    [("2026-08-18", True), ("2026-08-17", False), ("2026-08-UK", None), ("2026-07-UK", False)],
)
def test_the_three_months_since_the_cure_are_shown_and_a_person_judges(day, within):
    facts = with_form(history(malignancy="skin_or_cervix", malignancy_cured=Value(text=day)))
    found = judged_leaf("E6", facts)
    (line,) = [each for each in found.evidence if each.against is not None]
    assert (found.suggestion, line.against.unit, line.against.holds) == (None, "months", within)


def test_a_day_is_asked_after_the_answer_that_needs_it_alone():
    assert (said("E6"), gaps("E6")) == ("absent", [])
    assert gaps("E6", malignancy="other") == ["eligibility.not_answered"]
    assert (said("E7"), gaps("E7", substance_abuse="Y")) == ("absent", ["eligibility.not_answered"])
    found = with_form(history(malignancy="other", malignancy_last=Value(text="2026-01-UK")))
    unvisited = judged_leaf("E6", replace(found, screened_on=None))
    assert [gap.code for gap in unvisited.missing] == ["eligibility.no_screening_visit"]


@pytest.mark.parametrize(("nyha", "suggestion"), [("II", "absent"), ("III", "present"), ("IV", "present")])
def test_heart_failure_excludes_from_class_three(nyha, suggestion):
    assert said("E2a", heart_failure=nyha) == suggestion


def test_a_medicine_not_taken_does_not_apply_and_the_rest_still_counts():
    assert said("I4c") == "not_applicable"
    assert said("I4c", cholinergic_stable="Y") == "met"
    assert said("I4c", cholinergic_stable="Y", topical_ciclosporin_stable="N") == "not_met"


@pytest.mark.parametrize(("dose", "suggestion"), [("400", "met"), ("400.1", "not_met"), ("200", "met")])
def test_hydroxychloroquine_of_400_mg_a_day_is_allowed(dose, suggestion):
    assert said("I4d", hydroxychloroquine_dose=Decimal(dose)) == suggestion


def test_a_dose_is_asked_only_of_what_is_taken():
    assert said("I4d", hydroxychloroquine_taken="N", hydroxychloroquine_dose=None) == "not_applicable"
    assert gaps("I4d", hydroxychloroquine_dose=None) == ["eligibility.not_answered"]
    assert gaps("I4d", hydroxychloroquine_taken=None) == ["eligibility.not_answered"]


@pytest.mark.parametrize(("dose", "suggestion"), [("10", "absent"), ("10.01", "present")])
def test_a_highest_dose_of_the_limit_itself_does_not_exclude(dose, suggestion):
    assert said("E1h", prednisone_highest=Decimal(dose)) == suggestion


def test_without_glucocorticoid_in_the_month_there_is_no_high_dose():
    assert said("E1h", glucocorticoid_month="N", prednisone_highest=None) == "absent"


@pytest.mark.parametrize(
    ("day", "suggestion"),
    [
        ("2026-09-18", "present"),  # 61 days before the screening visit
        ("2026-09-17", "absent"),  # 62
        ("2026-10-UK", "present"),
        ("2026-09-UK", None),
        ("2026-08-UK", "absent"),
        ("2026-UK-UK", None),
        ("UK-UK-UK", None),
    ],
)
def test_an_infection_within_61_days_of_screening_excludes(day, suggestion):
    facts = with_form(history(infection_hospital="earlier", infection_hospital_last=Value(text=day)))
    found = judged_leaf("E4a", facts)
    assert found.suggestion == suggestion
    said = [note.code for note in found.notes if note.code not in BESIDE]
    assert said == ([] if suggestion else ["eligibility.partial_day"])


def test_an_infection_now_excludes_and_an_earlier_one_needs_its_day_and_the_screening_visit():
    assert said("E4a", infection_hospital="now") == "present"
    assert gaps("E4a", infection_hospital="earlier") == ["eligibility.not_answered"]
    dated = history(infection_hospital="earlier", infection_hospital_last=Value(text="2026-10-01"))
    found = judged_leaf("E4a", with_form(dated, subject(screened_on=None)))
    assert (found.suggestion, found.missing[0].code) == (None, "eligibility.no_screening_visit")


@pytest.mark.parametrize(("result", "suggestion"), [("NEG", "absent"), ("POS", "present"), ("IND", None)])
def test_a_pregnancy_excludes_by_its_test(result, suggestion):
    assert judged_leaf("E8a", with_form(pregnancy(result))).suggestion == suggestion


@pytest.mark.parametrize(("day", "suggestion"), [(date(2026, 11, 16), "absent"), (date(2026, 11, 15), None)])
def test_a_pregnancy_test_of_more_than_7_days_ago_is_missing(day, suggestion):
    found = judged_leaf("E8a", with_form(pregnancy(day=day)))
    assert (TODAY - day).days == (7 if suggestion else 8)
    assert (found.suggestion, [gap.code for gap in found.missing]) == (
        suggestion,
        [] if suggestion else ["eligibility.result_stale"],
    )


def test_the_newest_pregnancy_test_counts():
    tests = (pregnancy("NEG", date(2026, 11, 22), 15), pregnancy("POS", date(2026, 11, 20), 12))
    assert judged_leaf("E8a", subject(forms=(history(), sledai(), *tests))).suggestion == "absent"


def test_breast_feeding_excludes_and_has_to_be_answered():
    assert said("E8a", lactating="Y") == "present"
    assert (said("E8a", lactating=None), gaps("E8a", lactating=None)) == (None, ["eligibility.not_answered"])


def test_pregnancy_does_not_apply_to_a_man_and_asks_him_nothing():
    found = judged_leaf("E8a", subject(sex="M", forms=()))
    assert (found.suggestion, found.missing) == ("not_applicable", ())


def test_a_lowest_score_counts_the_screening_visit_with_every_item():
    now = reading(decided({"D16": "eight"}))
    assert judged_leaf("I5", subject(), now).suggestion == "met"
    lower = with_form(sledai(frozenset({"RASH", "ARTH", "FEVR"})))
    assert judged_leaf("I5", lower, now).suggestion == "not_met"
    open_item = judged_leaf("I5", with_form(sledai(not_assessed="VASC")), now)
    assert (open_item.suggestion, open_item.missing[0].code) == (None, "eligibility.score_incomplete")
    elsewhere = sledai()
    later = type(elsewhere)(elsewhere.form, "V1", SCREENED, 99, elsewhere.values)
    assert judged_leaf("I5", with_form(later), now).suggestion is None
