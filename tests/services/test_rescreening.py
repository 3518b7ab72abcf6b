"""Screening again after a failure: a new number, one person, both linked; the log and its counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from allocated_outside import record
from allocated_outside import told as told_outside
from ended_subjects import SCOPES, given
from logged import enter
from people_invented import someone
from sqlalchemy import select
from study_fixtures import Study
from trial_fixtures import decide, made_ready, made_trial, ready

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.models.subject import Identity, Subject
from sle_desk.services import (
    consent_records,
    deviations,
    dispositions,
    overview,
    preconditions,
    registration_corrections,
    rescreening,
    screening_log,
    subjects,
    void_subjects,
)
from sle_desk.services.consent_versions import NewVersion, record_version
from sle_desk.services.desk import Desk
from sle_desk.services.registration_corrections import RegistrationCorrection
from sle_desk.services.subjects import NewConsent
from sle_desk.services.twins import unexplained_twins

__all__ = ["made_ready", "made_trial", "ready"]


def failed(desk: Desk, reason: str = "window", **changes: object) -> int:
    """Return somebody who was registered, signed today and failed screening."""
    number = subjects.register_subject(desk, someone(**changes)).id
    consent_records.record_consent(desk, NewConsent(number, "v2.1", desk.today(), "07:30", "Zhao Jing", "Y"))
    dispositions.record_disposition(desk, number, "screen_failure", "", desk.today(), reason)
    return number


def told(desk: Desk, subject: int) -> list[str]:
    """Return what is proposed about a subject."""
    return [row.code for row in deviations.deviations(desk, subject, progress="proposed")]


def test_a_new_number_the_same_person_and_both_records_stand_linked(desk: Desk) -> None:
    first = failed(desk)
    assert rescreening.links_of(desk, first).may
    row = rescreening.rescreen(desk, first, "window")
    assert (row.code, row.screening_number, row.name, row.state) == (
        "SLE-002",
        "S-002",
        "张慧敏",
        "screening",
    )
    assert subjects.identity_of(desk, row.id) == subjects.identity_of(desk, first)
    links = rescreening.links_of(desk, first)
    assert links.since is not None and links.since.code == "SLE-002" and not links.may
    before = rescreening.links_of(desk, row.id).before
    assert (
        before is not None and before.code == "SLE-001" and before.failed and before.ended_on == desk.today()
    )
    assert subjects.subject_row(desk, first).state == "failed"
    assert subjects.consents(desk, row.id) == (), "what was signed for the screening before covers no other"


def test_the_search_for_doubles_is_silent_about_the_pair_and_about_nobody_else(desk: Desk) -> None:
    first = failed(desk)
    again = rescreening.rescreen(desk, first, "window").id
    with desk.view() as session:
        assert unexplained_twins(session, session.get_one(Subject, again)) == ()
        assert unexplained_twins(session, session.get_one(Subject, first)) == ()
    found = subjects.possible_duplicates(desk, someone())
    assert [each.code for each in found] == ["SLE-001", "SLE-002"], "a third one is asked about both"
    subjects.register_subject(desk, someone(), not_duplicate="another person, cards compared")
    right = replace(someone(), phone="13800000000")
    correction = RegistrationCorrection(again, 1, right, "slip")
    with pytest.raises(RuleBroken, match="subject.duplicate") as caught:
        registration_corrections.correct_registration(desk, correction)
    assert caught.value.facts["codes"] == "SLE-003"


def test_what_is_put_right_of_one_record_is_right_of_each(desk: Desk) -> None:
    first = failed(desk)
    again = rescreening.rescreen(desk, first, "window").id
    right = someone(initials="LXM", identity_number="")
    registration_corrections.correct_registration(desk, RegistrationCorrection(first, 1, right, "slip"))
    assert subjects.identity_of(desk, again) == subjects.identity_of(desk, first) == right
    born = replace(right, birth_date=right.birth_date - timedelta(days=1), sex="M")
    registration_corrections.correct_registration(desk, RegistrationCorrection(again, 1, born, "slip"))
    for each in (first, again):
        assert subjects.identity_of(desk, each) == born
    with desk.view() as session:
        assert len(session.scalars(select(Identity)).all()) == 2


@pytest.mark.parametrize(
    ("reason", "note", "code"), [("", "", "reason_needed"), ("other", "", "note_needed")]
)
def test_a_coded_reason_is_asked(desk: Desk, reason: str, note: str, code: str) -> None:
    with pytest.raises(RuleBroken, match=f"change.{code}"):
        rescreening.rescreen(desk, failed(desk), reason, note)


def test_only_who_failed_is_screened_again_and_from_the_last_record(study: Study, desk: Desk) -> None:
    fresh = subjects.register_subject(desk, someone(initials="NEW", identity_number="")).id
    with pytest.raises(RuleBroken, match="rescreen.not_ended"):
        rescreening.rescreen(desk, fresh, "value")
    first = failed(desk)
    again = rescreening.rescreen(desk, first, "value")
    with pytest.raises(RuleBroken, match="rescreen.again_already"):
        rescreening.rescreen(desk, first, "value")
    void_subjects.void_subject(desk, again.id, "slip", again.version)
    assert rescreening.links_of(desk, first).since is None
    third = rescreening.rescreen(desk, first, "value").id
    assert rescreening.links_of(desk, third).before is not None
    investigator = study.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(NotAllowed):
        rescreening.rescreen(investigator, third, "value")


def test_a_screening_in_error_between_two_leaves_one_person_once(desk: Desk) -> None:
    first = failed(desk)
    middle = rescreening.rescreen(desk, first, "window").id
    dispositions.record_disposition(desk, middle, "screen_failure", "", desk.today(), "window")
    last = rescreening.rescreen(desk, middle, "window").id
    void_subjects.void_subject(desk, middle, "slip", subjects.subject_row(desk, middle).version)
    links = rescreening.links_of(desk, first)
    assert links.since is not None and (links.since.subject_id, links.may) == (last, False)
    with pytest.raises(RuleBroken, match="rescreen.again_already"):
        rescreening.rescreen(desk, first, "window")
    found = screening_log.screening_log(desk)
    assert (found.flow.screenings, found.flow.assessed, found.flow.screening) == (2, 1, 1)
    assert found.rows[0].rescreened_as == "S-003"


def test_an_arm_told_outside_under_the_number_before_is_counted_and_ends_the_screening_again(
    ready: Study,
) -> None:
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    dispositions.record_disposition(desk, 1, "screen_failure", "", desk.today(), "window")
    again = rescreening.rescreen(desk, 1, "window").id
    record(ready, told_outside(desk))
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    flow = screening_log.screening_log(desk).flow
    assert (flow.assessed, flow.randomised, flow.screening) == (1, 1, 0)
    today = overview.today(desk).enrolment
    assert (today.screened, today.randomised, today.failed) == (1, 1, 0)
    due = [row for group in overview.today(desk).groups for row in group.rows if row.who is not None]
    asked = {item.code for row in due if row.who.subject_id == again for item in row.items}
    assert "consent" not in asked


@pytest.mark.parametrize("how", ["left", "withdrew", "both"])
def test_who_left_or_withdrew_in_screening_is_screened_again_with_a_new_consent(
    study: Study, desk: Desk, how: str
) -> None:
    first = subjects.register_subject(desk, someone()).id
    consent_records.record_consent(desk, NewConsent(first, "v2.1", desk.today(), "07:30", "Zhao Jing", "Y"))
    assert not rescreening.links_of(desk, first).may
    if how != "left":
        enter(desk, "withdrawal", given({**SCOPES, "treatment": "Y"}, day=desk.today()), first)
    if how != "withdrew":
        dispositions.record_disposition(desk, first, "exit", "", desk.today(), "subject")
    assert rescreening.links_of(desk, first).may
    again = rescreening.rescreen(desk, first, "consents").id
    before = rescreening.links_of(desk, again).before
    assert before is not None and (before.ended_on, before.failed) == (desk.today(), False)
    assert subjects.consents(desk, again) == () and told(desk, again) == []
    rows = {row.code: row for row in preconditions.preconditions(desk, again)}
    assert [gap.code for gap in rows["consent"].missing] == ["eligibility.no_consent"]
    consent_records.record_consent(desk, NewConsent(again, "v2.1", desk.today(), "07:40", "Zhao Jing", "Y"))
    rows = {row.code: row for row in preconditions.preconditions(desk, again)}
    assert rows["consent"].holds and rows["not_before"].holds
    due = [row for group in overview.today(desk).groups for row in group.rows if row.who is not None]
    assert ("eligibility", first) not in {(i.code, row.who.subject_id) for row in due for i in row.items}


def test_who_died_is_not_screened_again(desk: Desk) -> None:
    first = subjects.register_subject(desk, someone()).id
    enter(desk, "death", given({}, day=desk.today().isoformat(), cause="Sepsis", known_from="Family"), first)
    dispositions.record_disposition(desk, first, "exit", "", desk.today(), "death")
    assert not rescreening.links_of(desk, first).may
    with pytest.raises(RuleBroken, match="rescreen.not_ended"):
        rescreening.rescreen(desk, first, "consents")


def test_undecided_the_rule_proposes_nothing_and_decided_what_breaks_it_is_told(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    again = rescreening.rescreen(desk, failed(desk), "value").id
    assert told(desk, again) == []
    pi = study.sit("wu.min", roles.PI)
    decide(study, pi, "rescreening.times", "value", rescreening_times="1")
    decide(study, pi, "rescreening.days", "value", rescreening_days="28")
    desk = study.sit("chen.lan", roles.COORDINATOR)
    other = failed(desk, initials="LXM", identity_number="")
    assert [code for code, _ in rescreening.outside_rule(desk, other)] == ["rescreen.too_soon"]
    first = rescreening.rescreen(desk, other, "value").id
    assert told(desk, first) == ["rescreen.too_soon"]
    study.clock.advance(timedelta(days=28))
    study.believe()
    dispositions.record_disposition(desk, first, "screen_failure", "", desk.today(), "window")
    study.clock.advance(timedelta(days=28))
    study.believe()
    assert [code for code, _ in rescreening.outside_rule(desk, first)] == ["rescreen.too_often"]
    assert told(desk, rescreening.rescreen(desk, first, "value").id) == ["rescreen.too_often"]


def test_the_log_tells_everybody_with_outcome_and_reason_and_counts_people_once(desk: Desk) -> None:
    first = failed(desk)
    withdrew = failed(desk, "consent", initials="LXM", identity_number="")
    other = subjects.register_subject(desk, someone(initials="ERR", identity_number=""))
    void_subjects.void_subject(desk, other.id, "slip", other.version)
    again = rescreening.rescreen(desk, first, "window").id
    found = screening_log.screening_log(desk)
    assert [(row.id, row.outcome, row.reason) for row in found.rows] == [
        (first, "failed", "window"),
        (withdrew, "withdrew", "consent"),
        (other.id, "void", ""),
        (again, "screening", ""),
    ]
    assert found.rows[0].rescreened_as == "S-004" and found.rows[3].rescreen_of == "S-001"
    assert found.rows[0].consent_on == desk.today() and found.rows[3].consent_on is None
    flow = found.flow
    assert (flow.screenings, flow.assessed, flow.excluded, flow.screening) == (3, 2, 1, 1)
    assert dict(flow.by_reason) == {"consent": 1}
    today = overview.today(desk).enrolment
    assert (today.screened, today.failed) == (2, 1), "Today counts people as the flow chart does"


def test_who_withdrew_in_screening_is_counted_so_and_asked_for_a_newer_consent_under_the_new_number_alone(
    study: Study,
) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    first = subjects.register_subject(desk, someone()).id
    consent_records.record_consent(desk, NewConsent(first, "v2.1", desk.today(), "07:30", "Zhao Jing", "Y"))
    enter(desk, "withdrawal", given({**SCOPES, "treatment": "Y", "visits": "Y"}, day=desk.today()), first)
    due = [item.code for group in overview.today(desk).groups for row in group.rows for item in row.items]
    assert due == ["visits_withdrawn"], "nothing of the screening is due any more"
    found = screening_log.screening_log(desk)
    assert [(row.outcome, row.outcome_on) for row in found.rows] == [("withdrew", desk.today())]
    assert (found.flow.excluded, dict(found.flow.by_reason)) == (1, {"withdrew": 1})
    again = rescreening.rescreen(desk, first, "consents").id
    assert [row.outcome for row in screening_log.screening_log(desk).rows] == ["withdrew", "screening"]
    study.clock.advance(timedelta(days=1))
    study.believe()
    pi = study.sit("wu.min", roles.PI)
    newer = NewVersion("v3", pi.today(), pi.today(), "2026PHB-050", reconsent="Y", reconsent_by=pi.today())
    record_version(pi, newer)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    consent_records.record_consent(desk, NewConsent(again, "v3", desk.today(), "07:40", "Zhao Jing", "Y"))
    study.clock.advance(timedelta(days=2))
    study.believe()
    desk = study.sit("chen.lan", roles.COORDINATOR)
    due = [row for group in overview.today(desk).groups for row in group.rows]
    assert "reconsent" not in {item.code for row in due for item in row.items}
    assert told(desk, first) == told(desk, again) == []


def test_the_first_step_out_is_the_outcome_whichever_was_entered_first(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    first = subjects.register_subject(desk, someone()).id
    other = subjects.register_subject(desk, someone(initials="LXM", identity_number="")).id
    failed_on = desk.today()
    study.clock.advance(timedelta(days=1))
    study.believe()
    steps = (("screen_failure", failed_on, "window"), ("exit", desk.today(), "lost"))
    for subject, order in ((first, steps), (other, steps[::-1])):
        for kind, day, why in order:
            dispositions.record_disposition(desk, subject, kind, "", day, why, "Moved away.")
    rows = screening_log.screening_log(desk).rows
    assert [(row.outcome, row.outcome_on, row.reason) for row in rows] == [
        ("failed", failed_on, "window")
    ] * 2


def test_who_died_in_screening_is_one_line_of_the_flow_chart_with_an_exit_or_without(desk: Desk) -> None:
    first = subjects.register_subject(desk, someone()).id
    other = subjects.register_subject(desk, someone(initials="LXM", identity_number="")).id
    for each in (first, other):
        values = given({}, day=desk.today().isoformat(), cause="Sepsis", known_from="Family")
        enter(desk, "death", values, each)
    dispositions.record_disposition(desk, first, "exit", "", desk.today(), "death")
    assert dict(screening_log.screening_log(desk).flow.by_reason) == {"died": 2}
