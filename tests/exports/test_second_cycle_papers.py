"""What goes out of a study with a second cycle: slip, card and worksheet by its visits, doses by number."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dose_fixtures import at, dispense, inject
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, decide, made_arms, made_trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.protocol import VALUE
from sle_desk.exports.dataset import Source
from sle_desk.exports.dataset_doses import dose_table
from sle_desk.exports.pdf.worksheet_content import Injection
from sle_desk.exports.slips import allocation_slip
from sle_desk.exports.subject_papers import date_card
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services import overview, week
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
IL2 = 3
CYCLE = "study.second_cycle"
DAY_1, END = "Day 1, baseline", "Week 48, end of treatment"


@pytest.fixture
def twice(arms: Study) -> Study:
    """Subject 3 had the first injection today, in a study of two cycles."""
    decide(arms, arms.sit("wu.min", roles.PI), CYCLE, VALUE, study_second_cycle="yes")
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, IL2)
    inject(nurse, IL2)
    return arms


def labels(papers: object) -> list[str]:
    english = Language("en")
    return [english.words(due.label) for due in papers]  # type: ignore[attr-defined]


def test_the_slip_and_the_card_have_the_visits_of_both_cycles_and_name_the_end(twice: Study) -> None:
    with snapshot(twice.sit("lin.yue", roles.NURSE)) as copy:
        slip, card = allocation_slip(copy, IL2), date_card(copy, IL2)
    wanted = [DAY_1, *(f"Week {week}" for week in (2, *range(4, 48, 4))), END]
    assert labels(slip.visits) == wanted
    # The visit of day 1 was begun.
    assert labels(card.visits) == wanted[1:]
    assert len(slip.plans[0].doses) == 108


def test_one_cycle_ends_with_week_24_as_before(arms: Study) -> None:
    with snapshot(arms.sit("lin.yue", roles.NURSE)) as copy:
        slip = allocation_slip(copy, IL2)
    assert labels(slip.visits)[-1] == "Week 24, end of treatment" and len(slip.visits) == 8


def test_week_28_has_its_worksheet_its_rows_and_its_doses(twice: Study) -> None:
    first = twice.desk.today()
    at(twice, first + timedelta(weeks=28))
    desk = twice.sit("lin.yue", roles.NURSE)
    with snapshot(desk) as copy:
        sheet = visit_worksheet(copy, IL2, "C2W28")
    assert Language("en").words(sheet.visit) == "Week 28, day 197"
    (injection,) = [part for part in sheet.parts if isinstance(part, Injection)]
    assert (injection.number, injection.planned) == (69, 108)
    due = [row for row in overview.today(desk).group("today") if row.who.code == "SLE-003"]
    assert "C2W28" in [item.facts.get("visit") for row in due for item in row.items]
    (row,) = [row for row in week.week(desk, desk.today()).rows if row.who.code == "SLE-003"]
    assert "C2W28" in [item.facts.get("visit") for items in row.days for item in items]
    inject(desk, IL2, reason="subject")
    with desk.view() as session:
        table = dose_table(Source(desk.protocol, session))
    names = [column.name for column in table.columns]
    found = [dict(zip(names, row, strict=True)) for row in table.rows]
    assert found[-1]["PLANNED_NUMBER"] == 69 and found[-1]["PLANNED_ON"] == desk.today()
