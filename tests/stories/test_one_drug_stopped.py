"""IL-2 is stopped alone for a subject on both drugs: visits and belimumab go on, nothing past moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from at_the_desk import Person, people
from at_the_papers import export_for_site, print_paper, print_summary, sheet, write_into
from at_the_visit import begin_visit, fill_form, infuse
from dose_fixtures import at
from outputs import words_of
from study_fixtures import Study
from treated_subject import BOTH, treat_until

from sle_desk.services import deviations, dispositions, dose_log, papers, plan

__all__ = ["people"]
STOP_DAY, STOPPED_ON = 15, date(2026, 12, 7)
# Dose 9 of IL-2 is planned two days after the stop; on the day of week 4 belimumab and the visit are.
DOSE_9, WEEK_4 = "2026-12-09", "2026-12-21"
VITALS = {"temperature": "36.8", "systolic": "120", "diastolic": "77", "pulse": "74", "respiration": "16",
          "oxygen_saturation": "98", "weight": "61.0"}  # fmt: skip
NOTE = "Fever after each dose."


@dataclass(frozen=True)
class Said:
    """What is to be seen and printed in one language."""

    stop: str
    stopped: str
    drug: str
    week_4: str
    infusion: str
    on_schedule: str
    on_worksheet: tuple[str, str]
    on_summary: str
    superseded: str


SAID = {
    "en": Said(
        stop="stopped: IL-2",
        stopped="IL-2 stopped 12-07",
        drug="IL-2",
        week_4="Week 4",
        infusion="Belimumab infusion 2 of 6",
        on_schedule="Belimumab #2: Due now",
        on_worksheet=("Weight, then Belimumab infusion 2", "IL-2 dose 15 of 54"),
        on_summary="stopped on 2026-12-07",
        superseded="Superseded",
    ),
    "zh_CN": Said(
        stop="停用一种研究药物：重组人白介素-2",
        stopped="重组人白介素-2 已停用 12-07",
        drug="重组人白介素-2",
        week_4="第4周",
        infusion="贝利尤单抗 第 2 次输注，共 6 次",
        on_schedule="贝利尤单抗 #2：",
        on_worksheet=("称重，贝利尤单抗第 2 次输注", "重组人白介素-2第 15/54 次"),
        on_summary="已于 2026-12-07 停用",
        superseded="已被取代",
    ),
}


def of_subject(row: Any) -> bool:
    """Tell whether a row of Today or of Schedule is about the subject."""
    who = getattr(row, "who", None)
    return who is not None and who.code == "SLE-001"


def stop_il2(person: Person, said: Said) -> None:
    """Stop IL-2 today because of an adverse event."""
    person.until_table()
    person.press("Ctrl+D")
    person.choose(said.stop)
    person.told(":t", "1")
    person.type(NOTE)
    person.press("Ctrl+Enter")
    person.until(lambda: dispositions.dispositions(person.desk, BOTH))


def rows_of_today_and_week(person: Person) -> tuple[str, str]:
    """Return what Today and Schedule say of the subject."""
    person.to_page("today")
    today = person.row_words(of_subject)
    person.to_page("schedule")
    return today, person.row_words(of_subject)


def visits_planned(person: Person) -> list[tuple[str, date]]:
    """Return the planned visits with their days."""
    return [(each.planned.code, each.planned.planned_on) for each in plan.calendar(person.desk, BOTH).visits]


def nothing_of_il2_is_due(person: Person, said: Said) -> None:
    """Look at the plan, at Today, at this week and the next: the drug is nowhere to be given."""
    calendar = plan.calendar(person.desk, BOTH)
    assert [each.dose is not None for each in calendar.of_drug("IL2")] == [True] * 7
    assert [each.slot.number for each in calendar.of_drug("BEL")] == [1, 2, 3, 4, 5, 6]
    today, week = rows_of_today_and_week(person)
    person.press("PageDown")
    following = person.row_words(of_subject)
    for words in (today, week, following):
        # The arm is named as both drugs are; a dose is named by its number.
        assert not [dose for dose in (" #", " dose ", " 第") if f"{said.drug}{dose}" in words], words


def papers_before(person: Person, folder: Path, said: Said) -> None:
    """Print the slip and the worksheet of week 4 while both drugs are planned."""
    person.to_page("reports")
    write_into(person, folder)
    slip = words_of(print_paper(person, "slip", "", folder))
    assert DOSE_9 in slip and WEEK_4 in slip
    worksheet = words_of(print_paper(person, "worksheet", "W4", folder))
    assert all(words in worksheet for words in said.on_worksheet)


def papers_after(person: Person, folder: Path, said: Said) -> None:
    """Both papers are superseded; what is printed anew plans belimumab alone."""
    person.to_page("reports")
    assert {row.state for row in papers.papers(person.desk)} == {"superseded"}
    assert person.sees(said.superseded)
    infusion, injection = said.on_worksheet
    worksheet = words_of(print_paper(person, "worksheet", "W4", folder))
    assert infusion in worksheet and injection not in worksheet
    slip = words_of(print_paper(person, "slip", "", folder))
    assert DOSE_9 not in slip and WEEK_4 in slip
    person.to_subject("SLE-001")
    summary = words_of(print_summary(person, "W2", folder))
    assert said.on_summary in summary
    book = export_for_site(person, folder)
    (step,) = sheet(book, "DISPOSITIONS")
    told = tuple(step[name] for name in ("SUBJID", "KIND", "DRUG", "REASON", "NOTE"))
    assert told == ("SLE-001", "drug_stop", "IL2", "adverse_event", NOTE)
    assert str(step["ON_DAY"]).startswith(str(STOPPED_ON))
    (subject,) = (row for row in sheet(book, "SUBJECTS") if row["SUBJID"] == "SLE-001")
    assert (subject["STATE"], subject["LEFT_ON"], subject["BEL_STOPPED_ON"]) == ("treatment", None, None)
    assert (subject["IL2_DOSES"], subject["IL2_STOP_REASON"]) == (7, "adverse_event")
    assert len(sheet(book, "DOSES")) == 8


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "zh_CN"])
def test_il2_is_stopped_and_everything_else_goes_on(
    arms: Study, people: list[Person], tmp_path: Path, language: str
) -> None:
    said = SAID[language]
    treat_until(arms, STOP_DAY)
    person = Person(arms, "chen.lan", language)
    people.append(person)
    papers_before(person, tmp_path, said)
    given, planned = dose_log.doses(person.desk, BOTH), visits_planned(person)
    person.to_subject("SLE-001")
    stop_il2(person, said)
    person.until(lambda: said.stopped in person.chips())
    assert dose_log.doses(person.desk, BOTH) == given and visits_planned(person) == planned
    assert not deviations.deviations(person.desk, BOTH)
    nothing_of_il2_is_due(person, said)
    person.to_subject("SLE-001")
    visit = begin_visit(person, "W2")
    fill_form(person, visit, "vitals", VITALS)
    papers_after(person, tmp_path, said)
    person.close()
    at(arms, STOPPED_ON + timedelta(days=14), "08:00")
    goes_on(arms, people, language)


def goes_on(study: Study, people: list[Person], language: str) -> None:
    """Two weeks later belimumab and the visit of week 4 are due, and the infusion is given."""
    said = SAID[language]
    person = Person(study, "lin.yue", language)
    people[:] = [person]
    today, week = rows_of_today_and_week(person)
    assert said.infusion in today and said.week_4 in today
    assert said.on_schedule in week and said.week_4 in week
    nothing_of_il2_is_due(person, said)
    person.to_subject("SLE-001")
    fill_form(person, begin_visit(person, "W4"), "vitals", VITALS)
    infuse(person)
    calendar = plan.calendar(person.desk, BOTH)
    assert [each.state for each in calendar.of_drug("BEL")][:2] == ["given", "given"]
