"""Reports of a serious event that cannot all be meant: kept only with a reason."""

from __future__ import annotations

import pytest
from logged import BOTH, enter, event, given, put_right
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken, Unexplained
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import form_records
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, FormRow

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]


@pytest.fixture
def desk(arms: Study) -> Desk:
    return arms.sit("zhao.jing", roles.INVESTIGATOR)


def known_at(desk: Desk, time: str = "07:00") -> FormRow:
    """Save a serious event that the site knows of since an hour of today."""
    values = given({"term": "Pneumonia", "start": "2026-11-20", "aware_time": time}, grade="3", serious="Y")
    return enter(desk, "adverse_event", Given({**values.values, "aware_day": Value(day=desk.today())}))


def report(desk: Desk, about: FormRow, which: str, sent: str = "", **kept: str) -> FormRow:
    """Save a report of an event, sent at an hour of today or not sent."""
    values = dict(given({"narrative": "Fever."}, kind=which).values)
    if sent:
        values |= {"sent_day": Value(day=desk.today()), "sent_time": Value(text=sent)}
    return enter(desk, "sae_report", Given(values, kept=kept), about=about.id)


@pytest.mark.parametrize(
    ("before", "kind", "code"),
    [
        ([], "final", "report.final_alone"),
        (["follow_up"], "final", "report.final_alone"),
        (["first"], "first", "report.first_twice"),
        (["first", "final"], "final", "report.final_twice"),
    ],
)
def test_a_report_out_of_order_needs_a_reason(desk: Desk, before: list[str], kind: str, code: str) -> None:
    row = known_at(desk)
    for each in before:
        report(desk, row, each)
    with pytest.raises(Unexplained, match=code):
        report(desk, row, kind)
    assert report(desk, row, kind, kind="source").kept["kind"] == "source"


def test_first_follow_up_and_final_need_none_and_another_event_has_its_own(desk: Desk) -> None:
    row, other = known_at(desk), event(desk, serious="Y")
    for kind in ("first", "follow_up", "follow_up", "final"):
        report(desk, row, kind)
    report(desk, other, "first")


def test_a_report_put_right_to_a_kind_that_is_there_needs_a_reason(desk: Desk) -> None:
    row = known_at(desk)
    report(desk, row, "first")
    second = report(desk, row, "follow_up")
    with pytest.raises(RuleBroken, match="report.first_twice"):
        put_right(desk, second, "kind", "first")
    put_right(desk, second, "kind", "final")


@pytest.mark.parametrize(("sent", "asked"), [("06:59", True), ("07:00", False), ("07:01", False)])
def test_a_report_is_not_sent_at_an_hour_before_the_site_knew(desk: Desk, sent: str, asked: bool) -> None:
    row = known_at(desk)
    if asked:
        with pytest.raises(RuleBroken, match="report.sent_before_hour"):
            report(desk, row, "first", sent)
        report(desk, row, "first", sent, sent_time="source")
    else:
        report(desk, row, "first", sent)


def test_an_hour_that_is_not_known_is_compared_with_nothing(desk: Desk) -> None:
    values = given({"term": "Pneumonia", "start": "2026-11-20"}, grade="3", serious="Y").values
    row = enter(desk, "adverse_event", Given({**values, "aware_day": Value(day=desk.today())}))
    report(desk, row, "first", "00:01")


def test_a_reported_event_is_called_not_serious_only_with_a_reason(desk: Desk) -> None:
    row = known_at(desk)
    report(desk, row, "first")
    with pytest.raises(RuleBroken, match="event.reported") as error:
        put_right(desk, row, "serious", "N")
    assert error.value.facts["count"] == 1
    seen = form_records.form_row(desk, row.id).answer_versions["serious"]
    kept = Correction(row.id, "serious", Value(choice="N"), "late", seen, kept={"serious": "source"})
    assert form_records.correct_value(desk, kept).kept["serious"] == "source"


def test_an_event_nobody_reported_is_put_right_without_asking(desk: Desk) -> None:
    row = known_at(desk)
    assert put_right(desk, row, "serious", "N").values["serious"].choice == "N"
    assert row.subject_id == BOTH
