"""Reports of a serious event that cannot all be meant: kept only with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from logged import BOTH, enter, event, given, put_right
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken, Unexplained
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import deviations, form_records, overview, void_forms
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import TodayRow
from sle_desk.services.form_records import Correction, FormRow
from sle_desk.ui.pages.today_rows import RowWords

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]


@pytest.fixture
def desk(arms: Study) -> Desk:
    return arms.sit("zhao.jing", roles.INVESTIGATOR)


def known_at(desk: Desk, time: str = "07:00") -> FormRow:
    """Save a serious event that the site knows of since an hour of today."""
    values = given({"term": "Pneumonia", "start": "2026-11-20", "aware_time": time}, grade="3", serious="Y")
    return enter(desk, "adverse_event", Given({**values.values, "aware_day": Value(day=desk.today())}))


def report(
    desk: Desk, about: FormRow, which: str, sent: str = "", subject: int = BOTH, **kept: str
) -> FormRow:
    """Save a report of an event, sent at an hour of today or not sent."""
    values = dict(given({"narrative": "Fever."}, kind=which).values)
    if sent:
        values |= {"sent_day": Value(day=desk.today()), "sent_time": Value(text=sent)}
    return enter(desk, "sae_report", Given(values, kept=kept), subject, about=about.id)


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


def corrected(desk: Desk, row: FormRow, code: str, value: Value, **kept: str) -> FormRow:
    """Correct one value of an event or of a report."""
    seen = form_records.form_row(desk, row.id).answer_versions[code]
    return form_records.correct_value(desk, Correction(row.id, code, value, "source", seen, kept=kept))


def test_a_later_awareness_asks_about_everybody_who_was_told_before_it(desk: Desk) -> None:
    row = known_at(desk)
    told = {"investigator_day": Value(day=desk.today()), "investigator_time": Value(text="07:10")}
    sent = {"sent_day": Value(day=desk.today()), "sent_time": Value(text="07:40")}
    first = given({"narrative": "Fever."}, kind="first").values
    enter(desk, "sae_report", Given({**first, **told, **sent}), about=row.id)
    report(desk, row, "follow_up", "07:55")
    corrected(desk, row, "aware_time", Value(text="07:05"), aware_time="source")
    with pytest.raises(Unexplained, match=r"event\.told_before") as error:
        corrected(desk, row, "aware_time", Value(text="07:50"))
    facts = error.value.facts
    assert facts["aware"] == "2026-11-23 07:50"
    assert str(facts["told"].en).split("; ") == [
        "First report, Principal investigator told, date 2026-11-23 07:10",
        "First report, Sent to the sponsor, date 2026-11-23 07:40",
    ]
    assert form_records.form_row(desk, row.id).values["aware_time"].text == "07:05"
    right = corrected(desk, row, "aware_time", Value(text="07:50"), aware_time="source")
    assert right.kept["aware_time"] == "source"


def test_an_earlier_awareness_by_which_the_first_report_is_late_is_asked_about(desk: Desk) -> None:
    row = known_at(desk)
    report(desk, row, "first", "07:30")
    report(desk, row, "follow_up", "08:00")
    yesterday = Value(day=desk.today() - timedelta(days=1))
    with pytest.raises(Unexplained, match=r"event\.report_late") as error:
        corrected(desk, row, "aware_day", yesterday)
    assert (error.value.facts["hours"], error.value.facts["allowed"]) == (24, "24")
    corrected(desk, row, "aware_day", yesterday, aware_day="source")
    with pytest.raises(Unexplained, match=r"event\.aware_later"):
        corrected(desk, row, "aware_time", Value(text="07:30"))
    corrected(desk, row, "aware_time", Value(text="07:30"), aware_time="source")


def lateness(desk: Desk) -> list[tuple[str, str, object]]:
    """Return what is proposed or settled of a report sent late: how it stands, its weight, its hours."""
    found = deviations.deviations(desk, BOTH)
    return [(d.progress, d.severity, d.facts["hours"]) for d in found if d.code == "report.sent_late"]


def test_a_first_report_sent_too_late_is_asked_about_and_proposed_once(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = known_at(desk, "07:00")
    arms.clock.advance(timedelta(days=2))
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(Unexplained, match=r"report\.late") as error:
        report(desk, row, "first", "07:00")
    assert (error.value.facts["hours"], error.value.facts["allowed"]) == (48, "24")
    sent = report(desk, row, "first", "07:00", sent_time="source")
    report(desk, row, "follow_up", "07:00")
    assert lateness(desk) == [("proposed", "major", 48)]

    corrected(desk, sent, "sent_day", Value(day=desk.today() - timedelta(days=1)))
    assert lateness(desk) == [], "sent within 24 h after all"
    corrected(desk, sent, "sent_day", Value(day=desk.today()), sent_day="source")
    corrected(desk, row, "aware_time", Value(text="08:00"), aware_time="source")
    assert lateness(desk) == [("proposed", "major", 47)], "renewed by when the site knew"
    void_forms.void_form(desk, sent.id, "slip", form_records.form_row(desk, sent.id).version)
    assert lateness(desk) == []


def test_a_final_report_sent_before_the_first_is_asked_about(desk: Desk) -> None:
    row = known_at(desk)
    report(desk, row, "first", "07:40")
    with pytest.raises(Unexplained, match=r"report\.final_before_first"):
        report(desk, row, "final", "07:39")
    last = report(desk, row, "final", "07:41")
    first = form_records.form_row(desk, last.id - 1)
    assert first.values["kind"].choice == "first"
    with pytest.raises(Unexplained, match=r"report\.final_before_first"):
        corrected(desk, first, "sent_time", Value(text="07:50"))


def test_without_a_report_the_awareness_is_put_right_and_the_clock_counts_from_it(desk: Desk) -> None:
    row = known_at(desk)

    def clock() -> dict[str, object]:
        found = [each for group in overview.today(desk).groups for each in group.rows]
        return dict(next(each.status_facts for each in found if each.action == "report_event"))

    before = desk.now().hour * 60 + desk.now().minute
    assert clock() == {"hours": (before - 420) // 60, "minutes": f"{(before - 420) % 60:02}"}
    corrected(desk, row, "aware_time", Value(text="05:15"))
    assert clock() == {"hours": (before - 315) // 60, "minutes": f"{(before - 315) % 60:02}"}
    corrected(desk, row, "aware_day", Value(day=desk.today() - timedelta(days=1)))
    assert clock() == {"hours": (before - 315) // 60 + 24, "minutes": f"{(before - 315) % 60:02}"}


def test_a_report_that_was_sent_stays_under_the_wrong_number_and_is_asked_for_under_the_right(
    desk: Desk,
) -> None:
    row = known_at(desk, "06:10")
    sent, draft = report(desk, row, "first", "07:20"), report(desk, row, "follow_up")
    seen = form_records.form_row(desk, row.id).version
    moved = void_forms.void_form(desk, row.id, "slip", seen, to_subject=2)
    assert moved is not None
    old = form_records.form_row(desk, sent.id)
    assert (old.void, old.moved_to, old.values["sent_time"].text) == (True, None, "07:20")
    assert form_records.form_row(desk, draft.id).moved_to is not None

    def asked() -> list[TodayRow]:
        found = [each for group in overview.today(desk).groups for each in group.rows]
        return [each for each in found if each.items[0].code == "serious"]

    (due,) = asked()
    assert due.who is not None and (due.who.subject_id, due.status) == (2, "clock")
    aware = due.items[0].facts["aware"]
    assert isinstance(aware, datetime) and f"{aware:%H:%M}" == "06:10"
    words = RowWords(desk.protocol, Language("en"), desk.today()).due(due)
    assert f"sent under SLE-001, {desk.today()} 07:20" in words and "tell the sponsor" in words
    report(desk, form_records.form_row(desk, moved), "first", "07:40", subject=2)
    assert asked() == []


def told(desk: Desk) -> list[str]:
    """Return what the sponsor is to be told of, as Today has it."""
    items = [row.items[0] for group in overview.today(desk).groups for row in group.rows]
    return sorted(item.code for item in items if item.code in ("sponsor", "wrong_subject"))


@pytest.mark.parametrize(
    ("code", "value", "asked"),
    [
        ("grade", Value(choice="2"), "event.grade_lowered"),
        ("aware_time", Value(text="07:05"), "event.aware_later"),
        ("serious", Value(choice="N"), "event.reported"),
    ],
)
def test_what_reads_less_gravely_after_a_sent_report_is_asked_and_the_sponsor_is_told(
    desk: Desk, code: str, value: Value, asked: str
) -> None:
    row = known_at(desk)
    report(desk, row, "first", "07:20")
    with pytest.raises(RuleBroken, match=asked):
        corrected(desk, row, code, value)
    assert told(desk) == []
    corrected(desk, row, code, value, **{code: "source"})
    assert told(desk) == ["sponsor"]
    # One that is not sent tells nobody.
    draft = report(desk, row, "follow_up")
    assert told(desk) == ["sponsor"]
    desk.clock.advance(timedelta(hours=2))  # type: ignore[attr-defined]
    now = f"{desk.now():%H:%M}"
    later = Given({"sent_day": Value(day=desk.today()), "sent_time": Value(text=now)})
    form_records.complete_form(desk, draft.id, later, form_records.form_row(desk, draft.id).version)
    assert told(desk) == []


def test_a_graver_event_or_one_of_no_sent_report_is_put_right_without_asking(desk: Desk) -> None:
    row = known_at(desk)
    draft = report(desk, row, "first")
    corrected(desk, row, "grade", Value(choice="2"))
    corrected(desk, row, "grade", Value(choice="4"))
    corrected(desk, row, "aware_time", Value(text="07:05"))
    assert draft.subject_id == BOTH and told(desk) == []


def test_a_report_under_another_number_is_open_until_it_is_said_when_the_sponsor_was_told(desk: Desk) -> None:
    row = known_at(desk)
    report(desk, row, "first", "07:20")
    assert told(desk) == []
    moved = void_forms.void_form(
        desk, row.id, "slip", form_records.form_row(desk, row.id).version, to_subject=2
    )
    assert moved is not None and told(desk) == ["wrong_subject"]
    here = report(desk, form_records.form_row(desk, moved), "first", "07:40", subject=2)
    assert told(desk) == ["wrong_subject"]
    said = Given({"error_told_day": Value(day=desk.today()), "error_told_how": Value(text="by e-mail")})
    form_records.complete_form(desk, here.id, said, form_records.form_row(desk, here.id).version)
    assert told(desk) == []
