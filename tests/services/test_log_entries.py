"""Entries beside the visits: where they may stand, what they show, how they are completed and moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import dispense, inject
from people_invented import someone
from study_fixtures import PASSWORD, Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, open_as, ready_to_allocate, trial

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.base.language import Language, Words
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports import printing
from sle_desk.exports.visit_summaries import visit_summary
from sle_desk.models.safety import Query
from sle_desk.services import (
    asked_forms,
    consent_order,
    deviations,
    entered_in_error,
    form_records,
    form_signing,
    lab_judging,
    labs,
    log_entries,
    overview,
    papers,
    record_links,
    subject_trends,
    subjects,
    visits,
    void_forms,
    void_subjects,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.dispositions import record_disposition
from sle_desk.services.form_records import Correction, FormRow, NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.lab_judging import Verdict
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]
BOTH, BEL, IL2 = 1, 2, 3


def given(texts: Mapping[str, str], **choices: str) -> Given:
    written = {code: Value(text=text) for code, text in texts.items()}
    return Given({**written, **{code: Value(choice=choice) for code, choice in choices.items()}})


def enter(desk: Desk, form: str, values: Given, subject: int = BOTH, about: int | None = None) -> FormRow:
    return form_records.save_form(desk, NewForm(subject, None, form, desk.today(), values, parent_id=about))


def event(desk: Desk, subject: int = BOTH, term: str = "Headache", **choices: str) -> FormRow:
    answers = {"grade": "1", "serious": "N", "outcome": "not_recovered", **choices}
    return enter(desk, "adverse_event", given({"term": term, "start": "2026-11-20"}, **answers), subject)


def medicine(desk: Desk, name: str, dose: str, start: str, subject: int = BOTH, **texts: str) -> FormRow:
    values = given({"name": name, "start": start, **texts}, unit="mg", frequency="QD")
    dosed = {**values.values, "dose": Value(number=Decimal(dose), typed=dose)}
    return enter(desk, "medication", Given(dosed), subject)


def proposed(desk: Desk, subject: int = BOTH) -> list[str]:
    return sorted(row.code for row in deviations.deviations(desk, subject, progress="proposed"))


def test_an_entry_belongs_to_no_visit_and_a_form_of_a_visit_to_one(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    visit = next(row for row in visits.visits(desk, BOTH) if row.code == "V1").id
    for form, at in (("adverse_event", visit), ("vitals", None)):
        with pytest.raises(RuleBroken, match="form.place"):
            values = given({"term": "Cough"}) if form == "adverse_event" else Given({})
            form_records.save_form(desk, NewForm(BOTH, at, form, desk.today(), values))
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
    form_records.complete_form(desk, row.id, rest, row.version)
    form_signing.sign_form(desk, arms.folder, row.id, row.version, signing)
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
    assert proposed(desk) == []
    medicine(desk, "Prednisone", "7.5", "2026-11-21")
    assert proposed(desk) == ["medication.not_stable"]


def test_what_the_site_wrote_is_offered_before_the_dictionary(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    for _ in range(2):
        medicine(desk, "Zhengqing Fengtongning", "60", "2026-01-UK")
    medicine(desk, "Loxoprofen", "60", "2026-01-UK")
    offered = log_entries.offers(desk, "medication")["name"]
    assert offered[0] == Words("Zhengqing Fengtongning", "Zhengqing Fengtongning")
    assert offered[1] == Words("Loxoprofen", "洛索洛芬")
    assert Words("Prednisone", "泼尼松") in offered and len(offered) == len({each.en for each in offered})


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
    enter(desk, "sae_report", Given({**sent.values, "sent_day": Value(day=desk.today())}), about=row.id)
    assert rows() == []


def test_an_event_is_linked_to_what_stands_once_and_taken_back_with_a_reason(
    arms: Study,
) -> None:
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, IL2)
    inject(nurse, IL2)
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row, other = event(desk, subject=IL2), event(desk, subject=BOTH)
    medicine(desk, "Ibuprofen", "400", "2026-11-20", subject=IL2)
    offered = record_links.candidates(desk, row.id)
    assert {each.table for each in offered} >= {"dose", "form_record"}
    dose = next(each for each in offered if each.table == "dose")
    with pytest.raises(RuleBroken, match="entry.link_to_nothing"):
        record_links.link(desk, other.id, "dose", dose.id)
    record_links.link(desk, row.id, "dose", dose.id)
    with pytest.raises(RuleBroken, match="entry.linked_already"):
        record_links.link(desk, row.id, "dose", dose.id)
    (held,) = record_links.links(desk, row.id)
    assert (held.table, held.id) == ("dose", dose.id)
    assert dose not in record_links.candidates(desk, row.id)
    with pytest.raises(RuleBroken, match="change.reason_needed"):
        record_links.unlink(desk, held.link_id, "", held.link_version)
    record_links.unlink(desk, held.link_id, "slip", held.link_version)
    assert record_links.links(desk, row.id) == ()


def graded(desk: Desk) -> list[object]:
    found = [each for group in overview.today(desk).groups for each in group.rows]
    return [each.items[0].facts["grade"] for each in found if each.action == "add_event"]


def neutrophils(desk: Desk, study: Study, typed: str) -> int:
    visit = visits.record_visit(desk, IL2, "UNS", desk.today()).id
    new = NewSample(IL2, visit, "CBC", 1, desk.now(), f"P{typed}")
    saved = labs.save_results(desk, new, (TypedResult("NEUT", typed, "", Decimal(typed), "10^9/L"),))
    study.clock.advance(timedelta(minutes=10))
    return saved.results["NEUT"].id


def test_a_grade_of_three_that_is_worse_than_baseline_asks_for_an_event_until_one_is_linked(
    arms: Study,
) -> None:
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, IL2)
    inject(nurse, IL2)
    arms.clock.advance(timedelta(days=2))
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    neutrophils(desk, arms, "1.2")
    assert graded(desk) == []
    result = neutrophils(desk, arms, "0.8")
    assert graded(desk) == [3]
    values = given({"term": "Neutrophil count decreased", "start": "2026-11-25"}, grade="3", serious="N",
                   outcome="not_recovered")  # fmt: skip
    form_records.save_form(
        desk, NewForm(IL2, None, "adverse_event", desk.today(), values, link=("result", result))
    )
    assert graded(desk) == []


def test_a_grade_that_was_judged_of_no_significance_asks_for_nothing(arms: Study) -> None:
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, IL2)
    inject(nurse, IL2)
    arms.clock.advance(timedelta(days=2))
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    result = neutrophils(desk, arms, "0.8")
    assert graded(desk) == [3]
    lab_judging.judge_result(desk, result, Verdict(lab_judging.NCS), 1)
    assert graded(desk) == []


def test_a_summary_lists_the_events_up_to_its_visit_and_one_entered_later_supersedes_it(
    arms: Study,
) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    event(desk, term="Headache", related_belimumab="possible", related_il2="unlikely")
    visit = next(row for row in visits.visits(desk, BOTH) if row.code == "V1").id
    with snapshot(desk) as copy:
        found = visit_summary(copy, visit).adverse_events
    assert found is not None
    (row,) = found.rows
    assert [words.en for words in found.drugs if isinstance(words, Words)] == ["Belimumab", "IL-2"]
    shown = [each.en for each in (row.event, row.grade, row.start, *row.relations) if isinstance(each, Words)]
    assert shown == ["Headache", "1", "2026-11-20", "Possible", "Unlikely"]
    printing.print_visit_summary(desk, visit, Language("en"))
    arms.clock.advance(timedelta(minutes=5))
    medicine(desk, "Ibuprofen", "400", "2026-11-20")
    assert papers.papers(desk)[0].state != "superseded"
    event(desk, term="Cough")
    assert papers.papers(desk)[0].state == "superseded"


def test_consent_withdrawn_for_samples_alone_stands_in_the_alerts_and_nothing_else_ends(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    scopes = {"treatment": "N", "visits": "N", "samples": "Y", "data": "N", "told": "in_person"}
    values = given({}, **scopes)
    told = Given({**values.values, "day": Value(day=desk.today())})
    row = enter(desk, "withdrawal", told)
    assert [words.en for words in subject_trends.alerts(desk, BOTH).withdrawn] == ["Samples"]
    assert subjects.subject_row(desk, BOTH).state == "randomised"
    void_forms.void_form(desk, row.id, "slip", row.version)
    assert subject_trends.alerts(desk, BOTH).withdrawn == ()


def test_a_death_that_is_entered_asks_for_the_step_out_until_it_is_recorded(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)

    def asked() -> list[str]:
        found = [each for group in overview.today(desk).groups for each in group.rows]
        return [each.group for each in found if each.action == "record_exit"]

    assert asked() == []
    said = {"day": "2026-11-22", "cause": "Stroke", "known_from": "Daughter, by telephone"}
    enter(desk, "death", given(said))
    assert asked() == ["overdue"]
    record_disposition(desk, BOTH, "exit", "", desk.today(), "death")
    assert asked() == []


def put_right(desk: Desk, row: FormRow, code: str, choice: str) -> FormRow:
    seen = form_records.form_row(desk, row.id).answer_versions.get(code, 0)
    return form_records.correct_value(desk, Correction(row.id, code, Value(choice=choice), "late", seen))


def serious_event(desk: Desk, subject: int = BOTH, **other: str) -> FormRow:
    criteria = dict.fromkeys(("life_threatening", "disability", "congenital", "important", "death"), "N")
    choices = {"grade": "3", "serious": "Y", "hospitalisation": "Y", **criteria, **other}
    return event(desk, subject, "Pneumonia", **choices)


def waiting(desk: Desk) -> list[str]:
    found = [each for group in overview.today(desk).groups for each in group.rows]
    return sorted(each.action for each in found if each.action in ("report_event", "complete_entries"))


def test_a_death_is_put_right_an_answer_at_a_time_and_told_until_all_agree(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = serious_event(desk)
    for code, choice in (("grade", "5"), ("outcome", "fatal")):
        put_right(desk, row, code, choice)
        (shown,) = log_entries.entries(desk, "events", BOTH)
        assert shown.state == "partial" and "death" in shown.missing
    signing = form_signing.signing_for(form_signing.SIGN, "en", PASSWORD)
    with pytest.raises(RuleBroken, match="check.death_disagrees"):
        form_signing.sign_form(
            desk, arms.folder, row.id, form_records.form_row(desk, row.id).version, signing
        )
    put_right(desk, row, "death", "Y")
    assert "death" not in log_entries.entries(desk, "events", BOTH)[0].missing


def test_a_new_event_whose_answers_disagree_is_still_refused(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(RuleBroken, match="check.death_disagrees"):
        serious_event(desk, grade="5")
    with pytest.raises(RuleBroken, match="check.death_not_serious"):
        event(desk, grade="5", outcome="fatal", serious="N")
    unknown = given({"term": "Stroke", "start": "2026-11-20"}, grade="5", outcome="fatal")
    missing = Given({**unknown.values, "serious": Value(missing="unknown")})
    with pytest.raises(RuleBroken, match="check.death_not_serious"):
        enter(desk, "adverse_event", missing)


@pytest.mark.parametrize("how", ["unanswered", "unknown"])
def test_a_fatal_event_has_its_clock_whatever_was_said_of_seriousness(arms: Study, how: str) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = enter(
        desk, "adverse_event", given({"term": "Stroke", "start": "2026-11-20"}, grade="5", outcome="fatal")
    )
    if how == "unknown":
        form_records.correct_value(desk, Correction(row.id, "serious", Value(missing="unknown"), "late", 0))
    assert "report_event" in waiting(desk)


def test_what_another_answer_hides_counts_nowhere(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    row = medicine(desk, "Methylprednisolone", "40", "2024-UK-UK", stop="2025-01-01")
    form_records.correct_value(desk, Correction(row.id, "ongoing", Value(choice="N"), "late", 0))
    assert proposed(desk) == []
    put_right(desk, row, "ongoing", "Y")
    assert proposed(desk) == ["medication.prednisone_above"]
    investigator = arms.sit("zhao.jing", roles.INVESTIGATOR)
    ended = enter(
        investigator, "adverse_event", given({"term": "Cough", "start": "2026-11-10", "stop": "2026-11-12"},
                                             grade="1", serious="N", outcome="recovered"),
    )  # fmt: skip
    put_right(investigator, ended, "outcome", "not_recovered")
    with pytest.raises(RuleBroken, match="event.goes_on"):
        event(investigator, term="Cough")


def test_of_an_event_of_before_the_allocation_no_drug_is_asked(trial: Study) -> None:
    subject = ready_to_allocate(trial)
    desk = trial.sit("zhao.jing", roles.INVESTIGATOR)
    row = event(desk, subject=subject)
    assert not [code for code in log_entries.entries(desk, "events")[0].missing if "il2" in code]
    trial.clock.advance(timedelta(minutes=5))
    opened = open_as(trial, "zhao.jing", roles.INVESTIGATOR, subject)
    desk = trial.sit("zhao.jing", roles.INVESTIGATOR)
    assert opened.arm
    shown = next(each for each in log_entries.entries(desk, "events") if each.id == row.id)
    asked = ("related_belimumab", "related_il2", "action_belimumab", "action_il2")
    assert not set(asked) & set(shown.missing)
    trial.clock.advance(timedelta(minutes=5))
    event(desk, subject=subject, term="Cough")
    assert set(asked) & set(log_entries.entries(desk, "events")[0].missing)


def test_an_event_moved_to_who_has_it_already_is_asked_about(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    event(desk, subject=IL2)
    row = event(desk, subject=BOTH, term="headache")
    void_forms.void_form(desk, row.id, "slip", row.version, to_subject=IL2)
    with desk.view() as session:
        questions = [query.question for query in session.query(Query) if query.subject_id == IL2]
    assert questions == ["event.goes_on"]


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"grade": "77"}, "choice.unknown"),
        ({"nope": "Y"}, "form.not_asked"),
        ({"action_belimumab": "interrupted"}, "form.not_asked"),
    ],
)
def test_an_answer_that_is_none_or_not_asked_is_refused_at_every_door(
    arms: Study, choices: dict[str, str], code: str
) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(RuleBroken, match=code):
        event(desk, subject=IL2, **choices)
    row = enter(desk, "adverse_event", given({"term": "Cough"}), IL2)
    with pytest.raises(RuleBroken, match=code):
        form_records.complete_form(desk, row.id, given({}, **choices), row.version)
    ((field, choice),) = choices.items()
    with pytest.raises(RuleBroken, match=code):
        put_right(desk, row, field, choice)
    with pytest.raises(RuleBroken, match="form.empty"):
        enter(desk, "adverse_event", Given({}), IL2)


def test_nothing_of_a_subject_in_error_is_signed(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = enter(
        desk, "death", given({"day": "2026-11-22", "cause": "Stroke", "known_from": "Daughter"}, autopsy="N")
    )
    coordinator = arms.sit("chen.lan", roles.COORDINATOR)
    version = subjects.subject_row(coordinator, BOTH).version
    void_subjects.void_subject(coordinator, BOTH, "slip", version)
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    signing = form_signing.signing_for(form_signing.SIGN, "en", PASSWORD)
    with pytest.raises(RuleBroken, match="subject.void"):
        form_signing.sign_form(desk, arms.folder, row.id, row.version, signing)
