"""A treated subject who dies or withdraws, as tests enter it, and what is due and open then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from logged import enter
from study_fixtures import Study
from treated_subject import BOTH, treat_until
from trial_fixtures import Made
from trial_fixtures import _lent as lent
from trial_fixtures import _made as further

from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import form_records, overview, plan, void_forms
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import TodayRow
from sle_desk.services.form_records import FormRow

DAY_ONE = date(2026, 11, 23)
DATA_WORK = {"to_type", "panels", "entries", "serious", "final_report", "deviations", "queries"}
DIED_ON = DAY_ONE + timedelta(days=3)
SCOPES = {"treatment": "N", "visits": "N", "samples": "N", "data": "N", "told": "in_person"}
CRITERIA = dict.fromkeys(
    ("life_threatening", "hospitalisation", "disability", "congenital", "important"), "N"
)


def until_day_5(study: Study) -> None:
    """Give subject 1 every dose up to the morning of day 5."""
    treat_until(study, 5)


@pytest.fixture
def treated(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, made_arms: Made) -> Iterator[Study]:
    """Subject 1 had every dose up to the morning of day 5; made once, each test works on a copy."""
    made = further(tmp_path_factory, "treated", made_arms, until_day_5)
    yield from lent(made, tmp_path / "treated")


def sit(study: Study) -> Desk:
    return study.sit("zhao.jing", roles.INVESTIGATOR)


def given(choices: Mapping[str, str], **texts: str | date) -> Given:
    chosen = {code: Value(choice=choice) for code, choice in choices.items()}
    said = {
        code: Value(day=each) if isinstance(each, date) else Value(text=each) for code, each in texts.items()
    }
    return Given({**chosen, **said})


def die(desk: Desk, day: str = DIED_ON.isoformat(), kept: str = "") -> FormRow:
    values = given({}, day=day, cause="Sepsis", known_from="Family").values
    return enter(desk, "death", Given(values, {"day": kept} if kept else {}))


def fatal(desk: Desk, stop: str | None = DIED_ON.isoformat(), kept: str = "") -> FormRow:
    choices = {"grade": "5", "serious": "Y", "death": "Y", "outcome": "fatal", **CRITERIA}
    ended = {} if stop is None else {"stop": stop}
    times: dict[str, str | date] = {"start": DAY_ONE.isoformat(), "aware_day": DIED_ON, "aware_time": "07:00"}
    values = given(choices, term="Sepsis", **times, **ended).values
    why = dict.fromkeys(("start", "stop", "term"), kept) if kept else {}
    return enter(desk, "adverse_event", Given(values, why))


def withdraw(desk: Desk, day: date | None = None, kept: str = "", **scopes: str) -> FormRow:
    values = given({**SCOPES, **scopes}, day=day or desk.today()).values
    return enter(desk, "withdrawal", Given(values, {"day": kept} if kept else {}))


def void(desk: Desk, row: FormRow) -> None:
    void_forms.void_form(desk, row.id, "slip", form_records.form_row(desk, row.id).version)


def rows(desk: Desk) -> list[TodayRow]:
    groups = overview.today(desk).groups
    return [row for group in groups for row in group.rows if row.who and row.who.subject_id == BOTH]


def due(desk: Desk) -> set[str]:
    """Return what Today says of the subject beside the work on data, which goes on."""
    return {item.code for row in rows(desk) for item in row.items} - DATA_WORK


def open_days(desk: Desk, drug: str = "") -> list[date]:
    """Return the days of doses that nobody has answered."""
    slots = plan.calendar(desk, BOTH).slots
    return [each.slot.planned_on for each in slots if each.dose is None and drug in ("", each.slot.drug)]


def visit_days(desk: Desk) -> list[date]:
    return [v.planned.planned_on for v in plan.calendar(desk, BOTH).visits if v.on_day is None]
