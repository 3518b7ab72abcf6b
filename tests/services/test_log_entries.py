"""Entries beside the visits: where they may stand, what they show, how they are completed and moved."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, injection
from logged import BEL, BOTH, IL2, enter, event, given, medicine, proposed, put_right
from people_invented import someone
from study_fixtures import PASSWORD, START, Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.base.language import Language, Words
from sle_desk.domain import roles
from sle_desk.domain.checks import NOTABLE, Value
from sle_desk.services import (
    asked_forms,
    consent_order,
    dispositions,
    dosing,
    entered_in_error,
    entry_checks,
    form_records,
    form_signing,
    log_entries,
    overview,
    subjects,
    visits,
    void_forms,
)
from sle_desk.services.answers import Given
from sle_desk.services.dose_corrections import void_dose
from sle_desk.services.entry_checks import Spot
from sle_desk.services.form_records import Correction, NewForm
from sle_desk.ui.pages.today_rows import RowWords

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]


def test_an_entry_belongs_to_no_visit_and_a_form_of_a_visit_to_one(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    visit = next(row for row in visits.visits(desk, BOTH) if row.code == "V1").id
    for form, place in (("adverse_event", visit), ("vitals", None)):
        with pytest.raises(RuleBroken, match="form.place"):
            values = given({"term": "Cough"}) if form == "adverse_event" else Given({})
            form_records.save_form(desk, NewForm(BOTH, place, form, desk.today(), values))
    assert log_entries.entries(desk, "events") == ()


def test_a_report_is_about_an_event_of_the_same_subject_that_stands(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    first = event(desk)
    report = given({"narrative": "Fever."}, kind="first")
    for subject, about in ((BOTH, None), (IL2, first.id)):
        with pytest.raises(RuleBroken, match="form.place"):
            enter(desk, "sae_report", report, subject, about)
    history = enter(desk, "medical_history", given({"term": "Asthma"}, category="general"))
    with pytest.raises(RuleBroken, match="form.place"):
        enter(desk, "sae_report", report, BOTH, history.id)
    void_forms.void_form(desk, first.id, "slip", first.version)
    with pytest.raises(RuleBroken, match="record.already_void"):
        enter(desk, "sae_report", report, BOTH, first.id)


def test_entries_are_many_and_one_is_not_compared_with_the_one_before(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    for name, dose in (("Calcitriol", "0.25"), ("Ibuprofen", "400")):
        medicine(desk, name, dose, "2026-01-UK")
    rows = log_entries.entries(desk, "medicines", BOTH)
    assert [row.values["name"].text for row in rows] == ["Ibuprofen", "Calcitriol"]
    assert log_entries.entries(desk, "medicines", IL2) == ()


def test_an_entry_is_no_procedure_before_consent(study: Study) -> None:

    desk = study.sit("chen.lan", roles.COORDINATOR)
    row = subjects.register_subject(desk, someone())
    enter(desk, "medical_history", given({"term": "Asthma"}, category="general"), row.id)
    with desk.change("form.complete") as change:
        consent_order.renew_consent_findings(change, row.id)
    assert proposed(desk, row.id) == []


def test_only_the_drugs_of_the_arm_are_asked_about(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    for subject, asked in ((BOTH, {"belimumab", "il2"}), (BEL, {"belimumab"}), (IL2, {"il2"})):
        form = asked_forms.form_of(desk, subject, "adverse_event")
        named = {field.code.removeprefix("related_") for field in form.fields()}
        assert named & {"belimumab", "il2"} == asked


def test_of_a_drug_given_outside_the_arm_is_asked_too(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    before = event(desk, subject=BEL, term="Cough", related_belimumab="unrelated")

    def lacks(row_id: int) -> set[str]:
        shown = next(each for each in log_entries.entries(desk, "events", BEL) if each.id == row_id)
        return {code for code in shown.missing if code.endswith("il2")}

    arms.clock.advance(timedelta(minutes=5))
    dose = dosing.record_injection(desk, injection(desk, BEL, reason="other", reason_note="by mistake"))
    assert lacks(before.id) == set(), "what was whole before the dose stays so"
    arms.clock.advance(timedelta(minutes=5))
    row = event(desk, subject=BEL, term="Fever", related_il2="definite")
    assert row.values["related_il2"].choice == "definite"
    assert lacks(row.id) == {"action_il2"}
    put_right(desk, row, "action_il2", "not_applicable")
    put_right(desk, before, "grade", "3")
    assert lacks(before.id) == {"related_il2", "action_il2"}, "it goes on, and was looked at again"
    put_right(desk, before, "related_il2", "possible")

    void_dose(desk, dose.id, "slip", 1)
    assert lacks(before.id) == set()
    with pytest.raises(RuleBroken, match="form.not_asked"):
        event(desk, subject=BEL, term="Rash", related_il2="possible")


def test_a_drug_stopped_for_good_by_an_event_waits_for_its_own_stop(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = event(desk, subject=IL2, action_il2="withdrawn")
    (told,) = (
        each for each in entry_checks.beside(desk, Spot(IL2, row.id), "adverse_event", row.values)
        if each.code == "event.stop_to_record"
    )  # fmt: skip
    assert (told.level, told.field) == (NOTABLE, "action_il2")

    def today() -> list[str]:
        words = RowWords(desk.protocol, Language("en"), desk.today())
        found = [each for group in overview.today(desk).groups for each in group.rows]
        return [f"{words.due(each)} · {words.second(each)}" for each in found if each.action == "record_exit"]

    assert today() == ["Stopped for good by an event: record the stop of IL-2 · Ctrl+D on the visits"]
    put_right(desk, row, "action_il2", "interrupted")
    assert today() == []
    put_right(desk, row, "action_il2", "withdrawn")
    assert len(today()) == 1
    dispositions.record_disposition(desk, IL2, "drug_stop", "IL2", desk.today(), "adverse_event")
    assert today() == []


def test_what_ended_before_the_first_dose_owes_no_answer_about_a_drug(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    ended = enter(
        desk, "adverse_event", given({"term": "Cough", "start": "2026-11-20", "stop": "2026-11-21"},
                                     grade="1", serious="N", outcome="recovered"), BEL,
    )  # fmt: skip
    owed = {code for code in log_entries.entries(desk, "events", BEL)[0].missing if "belimumab" in code}
    assert owed == set()
    assert put_right(desk, ended, "related_belimumab", "unrelated").values["related_belimumab"].choice


def test_an_answer_is_added_without_a_reason_but_never_over_another(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = event(desk)
    added = form_records.complete_form(desk, row.id, given({}, treated="N"), row.version)
    assert added.values["treated"].choice == "N"
    with pytest.raises(Stale, match="form.answered_meanwhile"):
        form_records.complete_form(desk, row.id, given({}, grade="3"), added.version)
    assert form_records.form_row(desk, row.id).values["grade"].choice == "1"


def test_what_is_added_is_judged_with_what_is_there(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = event(desk, outcome="recovered")
    with pytest.raises(RuleBroken, match="check.stop_not_before_start"):
        form_records.complete_form(desk, row.id, given({"stop": "2026-11-19"}), row.version)
    assert "stop" not in form_records.form_row(desk, row.id).values


def test_an_event_lacks_what_is_asked_later_until_it_is_signed(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = event(desk, subject=IL2, related_il2="unlikely")
    (shown,) = log_entries.entries(desk, "events", IL2)
    assert shown.state == "partial" and "action_il2" in shown.missing and "stop" not in shown.missing

    signing = form_signing.signing_for(form_signing.SIGN, "en", PASSWORD)
    with pytest.raises(RuleBroken, match="form.sign_incomplete"):
        form_signing.sign_form(desk, arms.folder, row.id, row.version, signing)
    rest = given({}, action_il2="not_changed", related_background="unrelated", treated="N",
                 special_interest="no", expected="Y")  # fmt: skip
    whole = form_records.complete_form(desk, row.id, rest, row.version)
    with pytest.raises(Stale):
        form_signing.sign_form(desk, arms.folder, row.id, row.version, signing)
    form_signing.sign_form(desk, arms.folder, row.id, whole.version, signing)
    assert log_entries.entries(desk, "events", IL2)[0].state == "signed"


def test_the_monitor_reads_and_enters_nothing(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = event(desk)
    monitor = arms.sit("he.jian", roles.MONITOR)
    assert len(log_entries.entries(monitor, "events")) == 1
    with pytest.raises(NotAllowed):
        form_records.complete_form(monitor, row.id, given({}, treated="N"), row.version)
    with pytest.raises(NotAllowed):
        event(monitor, term="Cough")


def test_an_ongoing_event_is_entered_again_only_with_a_reason(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    event(desk)
    with pytest.raises(RuleBroken, match="event.goes_on"):
        event(desk, term=" headache ")
    event(desk, subject=IL2)
    values = given({"term": "Headache", "start": "2026-11-22"}, grade="2", serious="N", outcome="recovered")
    kept = Given(values.values, {"term": "source"})
    enter(desk, "adverse_event", kept)
    assert len(log_entries.entries(desk, "events", BOTH)) == 2


def test_medication_against_the_protocol_is_proposed_and_taken_back_with_the_entry(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    wrong = medicine(desk, "Rituximab", "500", "2026-11-UK")
    medicine(desk, "Hydroxychloroquine", "600", "2024-UK-UK")
    high = medicine(desk, "Methylprednisolone", "16", "2024-UK-UK")
    assert proposed(desk) == [
        "medication.hydroxychloroquine_above", "medication.prednisone_above", "medication.prohibited",
    ]  # fmt: skip
    form_records.correct_value(
        desk,
        Correction(
            high.id, "dose", Value(number=Decimal(8), typed="8"), "slip", high.answer_versions["dose"]
        ),
    )
    void_forms.void_form(desk, wrong.id, "slip", wrong.version)
    assert proposed(desk) == ["medication.hydroxychloroquine_above"]


def test_a_dose_that_changes_during_the_study_is_proposed(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    medicine(desk, "Prednisone", "10", "2024-UK-UK", stop="2026-11-20")
    # It ended within four weeks before the screening visit, and nothing took its place as yet.
    assert proposed(desk) == ["medication.stopped"]
    medicine(desk, "Prednisone", "7.5", "2026-11-21")
    assert proposed(desk) == ["medication.not_stable"]


def test_what_the_site_wrote_is_offered_before_the_dictionary(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    for month in ("01", "02"):
        medicine(desk, "Zhengqing Fengtongning", "60", f"2026-{month}-UK")
    medicine(desk, "Loxoprofen", "60", "2026-01-UK")
    offered = log_entries.offers(desk, "medication")["name"]
    words = [each.words for each in offered]
    assert words[0] == Words("Zhengqing Fengtongning", "Zhengqing Fengtongning")
    assert words[1] == Words("Loxoprofen", "洛索洛芬")
    assert Words("Prednisone", "泼尼松") in words and len(words) == len({each.en for each in words})


def test_an_entry_of_the_wrong_patient_goes_with_what_is_about_it_and_its_drugs_are_the_new_ones(
    arms: Study,
) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = event(desk, term="Fever", related_belimumab="possible", related_il2="possible")
    report = enter(desk, "sae_report", given({"narrative": "Fever."}, kind="first"), about=row.id)
    with pytest.raises(RuleBroken, match="entry.goes_with_another"):
        void_forms.void_form(desk, report.id, "slip", report.version, to_subject=IL2)
    with pytest.raises(RuleBroken, match="record.same_subject"):
        void_forms.void_form(desk, row.id, "slip", row.version, to_subject=BOTH)
    new = void_forms.void_form(desk, row.id, "slip", row.version, to_subject=IL2)
    assert new is not None and log_entries.entries(desk, "events", BOTH) == ()
    there = {each.form: each for each in log_entries.entries(desk, "events", IL2)}
    assert there["sae_report"].parent_id == there["adverse_event"].id == new
    assert "related_belimumab" not in there["adverse_event"].values
    moved = form_records.form_row(desk, new)
    assert moved.values["related_belimumab"].choice == "possible", "kept as typed, and not shown"
    assert {each.id for each in entered_in_error.voided(desk, BOTH)} == {row.id, report.id}


def test_today_counts_up_from_when_the_site_knew_until_a_report_was_sent(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    criteria = dict.fromkeys(("death", "life_threatening", "disability", "congenital", "important"), "N")
    values = given(
        {"term": "Pneumonia", "start": "2026-11-22", "aware_time": "06:30"}, grade="3", serious="Y",
        hospitalisation="Y", outcome="not_recovered", **criteria,
    )  # fmt: skip
    known = Given({**values.values, "aware_day": Value(day=desk.today())})
    row = enter(desk, "adverse_event", known)

    def rows() -> list[tuple[str, str]]:
        found = [each for group in overview.today(desk).groups for each in group.rows]
        return [
            (group_row.group, group_row.status) for group_row in found if group_row.action == "report_event"
        ]

    assert rows() == [("today", "clock")]

    arms.clock.advance(timedelta(hours=30))
    assert rows() == [("overdue", "clock_late")]
    sent = given({"narrative": "Admitted.", "sent_time": "07:00"}, kind="first", sent_how="email")
    told = {**sent.values, "sent_day": Value(day=desk.today())}
    enter(desk, "sae_report", Given(told, kept={"sent_time": "source"}), about=row.id)
    assert rows() == []


def test_an_event_that_goes_on_is_asked_about_though_nobody_knows_when_the_other_began(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    event(desk)
    for start in ({}, {"start": "UK-UK-UK"}):
        with pytest.raises(RuleBroken, match="event.goes_on"):
            enter(desk, "adverse_event", given({"term": "Headache", **start}, grade="1", serious="N"))


def test_a_medicine_is_not_entered_twice_in_either_language_without_a_reason(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    medicine(desk, "Prednisone", "10", "2024-UK-UK")
    with pytest.raises(RuleBroken, match="medication.twice"):
        medicine(desk, "泼尼松", "10", "2024-UK-UK")
    medicine(desk, "泼尼松", "5", "2024-UK-UK", subject=BEL)
    medicine(desk, "泼尼松", "2.5", "2024-UK-UK")


def test_medicines_after_the_study_are_no_deviations_and_the_step_out_takes_their_proposals_back(
    arms: Study,
) -> None:
    desk, left = arms.sit("chen.lan", roles.COORDINATOR), START.date()
    at(arms, left + timedelta(days=10))
    medicine(desk, "Prednisone", "40", desk.today().isoformat())
    told = proposed(desk)
    assert "medication.prednisone_above" in told
    step = dispositions.record_disposition(desk, BOTH, "exit", "", left, "subject", "So told.")
    assert not [code for code in proposed(desk) if code.startswith("medication.")]
    dispositions.void_disposition(desk, step.id, "slip", step.version)
    assert "medication.prednisone_above" in proposed(desk)
