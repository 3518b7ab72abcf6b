"""Days of a serious event that cannot all be true: kept only with a reason; an hour unknown is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from logged import enter, event, given, put_right
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.word_file import Word
from sle_desk.services import form_records, overview
from sle_desk.services.answers import Given
from sle_desk.services.form_records import Correction
from sle_desk.ui.pages.today_rows import RowWords

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]


def known_on(start: str, aware: date, **kept: str) -> Given:
    values = given({"term": "Pneumonia", "start": start}, grade="3", serious="Y").values
    return Given({**values, "aware_day": Value(day=aware)}, kept=kept)


@pytest.mark.parametrize(("start", "days", "asked"), [
    ("2026-11-20", 1, True), ("2026-11-20", 0, False), ("2026-11-UK", 0, False), ("2026-12-UK", 0, True),
])  # fmt: skip
def test_nobody_knows_of_an_event_before_it_began(arms: Study, start: str, days: int, asked: bool) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    arms.clock.advance(timedelta(days=30))
    aware = date(2026, 11, 20) - timedelta(days=days)
    if asked:
        with pytest.raises(RuleBroken, match="event.known_before"):
            enter(desk, "adverse_event", known_on(start, aware))
    row = enter(desk, "adverse_event", known_on(start, aware, **({"aware_day": "as told"} if asked else {})))
    assert row.values["aware_day"].day == aware


def test_an_awareness_put_right_to_before_the_start_is_asked_about(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = enter(desk, "adverse_event", known_on("2026-11-20", date(2026, 11, 20)))
    seen = row.answer_versions["aware_day"]
    early = Correction(row.id, "aware_day", Value(day=date(2026, 11, 2)), "slip", seen)
    with pytest.raises(RuleBroken, match="event.known_before"):
        form_records.correct_value(desk, early)


@pytest.mark.parametrize(("start", "serious", "aware", "code"), [
    ("2026-11-20", 19, 20, "event.serious_before_start"),
    ("2026-11-UK", 19, 20, ""),
    ("2026-11-20", 21, 20, "event.aware_before_serious"),
    ("2026-11-20", 20, 20, ""),
])  # fmt: skip
def test_an_event_is_serious_from_its_start_and_before_the_site_knows(
    arms: Study, start: str, serious: int, aware: int, code: str
) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    days = {
        **known_on(start, date(2026, 11, aware)).values,
        "serious_since": Value(day=date(2026, 11, serious)),
    }
    if code:
        with pytest.raises(RuleBroken, match=code):
            enter(desk, "adverse_event", Given(days))
    kept = {"serious_since": "source", "aware_day": "source"} if code else {}
    assert enter(desk, "adverse_event", Given(days, kept)).id


def test_a_report_is_not_sent_before_the_site_knew(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = enter(desk, "adverse_event", known_on("2026-11-20", date(2026, 11, 20)))
    answers = given({"narrative": "Admitted.", "sent_time": "07:00"}, kind="first", sent_how="email").values
    early = {**answers, "sent_day": Value(day=date(2026, 11, 19))}
    with pytest.raises(RuleBroken, match="report.sent_before"):
        enter(desk, "sae_report", Given(early), about=row.id)
    enter(desk, "sae_report", Given(early, kept={"sent_day": "foretold by telephone"}), about=row.id)
    same = {**answers, "kind": Value(choice="follow_up"), "sent_day": Value(day=date(2026, 11, 20))}
    enter(desk, "sae_report", Given(same), about=row.id)


def test_an_hour_nobody_wrote_is_said_to_be_unknown(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = enter(desk, "adverse_event", known_on("2026-11-20", date(2026, 11, 22)))

    def told(language: str) -> str:
        words = RowWords(desk.protocol, Language(language), desk.today())
        found = [each for group in overview.today(desk).groups for each in group.rows]
        (clocked,) = (each for each in found if each.action == "report_event")
        return words.second(clocked)

    assert told("en") == "Site aware since 2026-11-22, hour unknown: counted from 00:00"
    assert told("zh_CN") == "研究中心获知日期2026-11-22，具体时刻不详：自00:00起计"
    form_records.correct_value(desk, Correction(row.id, "aware_time", Value(text="14:30"), "late", 0))
    assert told("en") == "Site aware since 2026-11-22 14:30"
    put_right(desk, row, "serious", "N")


@pytest.mark.parametrize("written", ["头痛", "headache", "ＨＥＡＤＡＣＨＥ", " headache  "])
def test_one_event_that_goes_on_is_one_however_it_is_written(arms: Study, written: str) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    event(desk, term="Headache")
    with pytest.raises(RuleBroken, match="event.goes_on"):
        event(desk, term=written)
    event(desk, term="Head pain")


def test_one_event_of_the_loaded_list_is_one_in_both_languages(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    names = desk.protocol.dictionary.names(
        "events", "皮肤瘙痒", (Word("Pruritus", "皮肤瘙痒", ("Itching",)),)
    )
    assert names == {"pruritus", "皮肤瘙痒", "itching"}
