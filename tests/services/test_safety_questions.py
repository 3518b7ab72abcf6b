"""What a form tells of and nobody followed stands on Today until it is followed, or said in words why not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dose_fixtures import at, dispense, inject
from earlier_package import earlier_files
from logged import BOTH, enter, event, given, put_right
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.safety import can_be_within
from sle_desk.services import form_records, overview, visits, void_forms
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import FormRow, NewForm
from sle_desk.services.safety_questions import ANSWERS

__all__ = ["arms", "made_arms", "made_trial"]
CRITERIA = dict.fromkeys(("life_threatening", "disability", "congenital", "important", "death"), "N")


def asked(desk: Desk) -> list[str]:
    """Return what is asked about the subject, by its code."""
    codes = {"biologics", "stay_event", "live_vaccine", "complaint", "no_contraception", "test_repeat"}
    rows = overview.today(desk).group("today")
    return sorted(row.items[0].code for row in rows if row.items[0].code in codes)


def say(desk: Desk, row: FormRow, words: str = "known since spring, unchanged") -> None:
    """Say on a saved form or entry why nothing follows."""
    answer = Given({ANSWERS[row.form]: Value(text=words)})
    form_records.complete_form(desk, row.id, answer, form_records.form_row(desk, row.id).version)


@pytest.fixture
def treated(arms: Study) -> Study:
    """A subject with a first injection and, two weeks later, a visit."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, BOTH)
    inject(nurse, BOTH)
    at(arms, nurse.today() + timedelta(days=14))
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    visits.record_visit(desk, BOTH, "W2", desk.today())
    return arms


def at_visit(desk: Desk, form: str, **choices: str) -> FormRow:
    visit = next(row for row in visits.visits(desk, BOTH) if row.code == "W2")
    return form_records.save_form(desk, NewForm(BOTH, visit.id, form, desk.today(), given({}, **choices)))


def stay(desk: Desk, start: str, planned: str = "N", stop: str = "2026-12-06") -> FormRow:
    return enter(
        desk, "hospital_stay", given({"start": start, "stop": stop, "reason": "fever"}, planned=planned)
    )


def test_an_unplanned_stay_asks_for_its_serious_event(treated: Study) -> None:
    desk = treated.sit("zhao.jing", roles.INVESTIGATOR)
    assert asked(desk) == []
    row = stay(desk, "2026-12-05")
    assert asked(desk) == ["stay_event"]
    serious = event(desk, BOTH, "Pneumonia", grade="3", serious="Y", hospitalisation="Y", **CRITERIA)
    assert asked(desk) == []
    put_right(desk, serious, "hospitalisation", "N")
    assert asked(desk) == ["stay_event"]
    say(desk, row)
    assert asked(desk) == []


def test_a_planned_stay_and_one_before_the_study_ask_for_nothing(treated: Study) -> None:
    desk = treated.sit("zhao.jing", roles.INVESTIGATOR)
    stay(desk, "2026-12-05", planned="Y")
    stay(desk, "2025-UK-UK", stop="2025-UK-UK")
    assert asked(desk) == []
    # It can have been of the study: it is asked about.
    stay(desk, "2026-11-UK")
    assert asked(desk) == ["stay_event"]


def test_a_complaint_asks_for_an_event_that_began_since_the_visit_before(treated: Study) -> None:
    desk = treated.sit("zhao.jing", roles.INVESTIGATOR)
    event(desk, BOTH, "Knee pain")  # Since long before: it is not what was told now.
    row = at_visit(desk, "visit_questions", complaint="Y", medication_changed="N", hospital="N")
    told = [each for each in overview.today(desk).group("today") if each.items[0].code == "complaint"]
    assert [(each.action, each.items[0].facts["visit"]) for each in told] == [("answer_form", "W2")]
    new = enter(desk, "adverse_event", given({"term": "Rash", "start": desk.today().isoformat()}, grade="1",
                                             serious="N", outcome="not_recovered"))  # fmt: skip
    assert asked(desk) == []
    void_forms.void_form(desk, new.id, "slip", form_records.form_row(desk, new.id).version)
    assert asked(desk) == ["complaint"]
    say(desk, row)
    assert asked(desk) == []


def test_a_live_vaccine_of_the_study_waits_for_the_word_of_the_investigator(treated: Study) -> None:
    desk = treated.sit("zhao.jing", roles.INVESTIGATOR)
    enter(desk, "vaccine", given({"name": "MMR", "start": "2020-UK-UK"}, live="Y"))
    enter(desk, "vaccine", given({"name": "Influenza", "start": "2026-12-01"}, live="N"))
    assert asked(desk) == []
    row = enter(desk, "vaccine", given({"name": "Varicella", "start": "2026-12-01"}, live="Y"))
    assert asked(desk) == ["live_vaccine"]
    say(desk, row, "belimumab deferred by four weeks")
    assert asked(desk) == []


def test_an_indeterminate_test_is_repeated_and_no_contraception_is_said_why(treated: Study) -> None:
    desk = treated.sit("zhao.jing", roles.INVESTIGATOR)
    at_visit(desk, "pregnancy_test", done="done", type="urine", result="IND")
    row = at_visit(desk, "contraception", needed="Y", method="none")
    assert asked(desk) == ["no_contraception", "test_repeat"]
    say(desk, row, "trying nothing else: counselled, partner agrees")
    at(treated, desk.today() + timedelta(days=1))
    desk = treated.sit("zhao.jing", roles.INVESTIGATOR)
    assert asked(desk) == ["test_repeat"]
    again = visits.record_visit(desk, BOTH, "UNS", desk.today())
    test = given({}, done="done", type="serum", result="NEG")
    form_records.save_form(desk, NewForm(BOTH, again.id, "pregnancy_test", desk.today(), test))
    assert asked(desk) == []


def test_a_history_of_biologics_asks_for_each_and_any_number_is_entered(treated: Study) -> None:
    desk = treated.sit("zhao.jing", roles.INVESTIGATOR)
    visit = next(row for row in visits.visits(desk, BOTH) if row.code == "V0")
    saved = form_records.saved_form(desk, visit.id, "sle_history")
    if saved is None:
        answers = given({"diagnosed": "2020-UK-UK"}, biologic="Y")
        form_records.save_form(desk, NewForm(BOTH, visit.id, "sle_history", desk.today(), answers))
    else:
        put_right(desk, saved, "biologic", "Y")
    assert asked(desk) == ["biologics"]
    for name, last in (("Rituximab", "2025-UK-UK"), ("Telitacicept", "2026-03-UK")):
        enter(desk, "prior_biologic", given({"name": name, "stop": last}))
    assert asked(desk) == []


def test_spans_meet_where_partial_days_can() -> None:
    assert can_be_within(("2026-11-UK", ""), ("2026-11-30", "2026-12-02"))
    assert can_be_within(("", "2026-11-30"), ("2026-11-30", ""))
    assert not can_be_within(("2026-11-01", "2026-11-29"), ("2026-11-30", "2026-12-02"))
    assert not can_be_within(("2026-12-03", ""), ("2026-11-30", "2026-12-02"))


def test_an_earlier_package_has_none_of_the_answers() -> None:
    files = earlier_files()
    assert not any(f'code = "{ANSWERS[form]}"' in files.get(f"forms/{form}.toml", "") for form in ANSWERS)
