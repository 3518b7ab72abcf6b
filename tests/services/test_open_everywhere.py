"""Whatever waits for an open clarification says so and leads there: each one is opened in turn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from dose_fixtures import prepared
from judged_subjects import choices_made
from made_once import once
from registered_package import registered
from study_fixtures import PASSWORD, Study
from trial_fixtures import Made, copied, decide, made_arms, made_trial, register, screen

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.protocol import Clarification
from sle_desk.services import checklist, decisions, dose_log, overview, plan, preconditions, preparing
from sle_desk.services.clarifications import register_row
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import TodayRow
from sle_desk.ui.gap_places import go_to_decision
from sle_desk.ui.pages.clarification_words import waits_words
from sle_desk.ui.pages.due_places import place_of
from sle_desk.ui.pages.eligibility_gaps import gaps_of

__all__ = ["made_arms", "made_trial"]
# Subject 1 is in BELIL2, 2 in BEL, 3 in IL2; 4 is screened.
TREATED, SCREENED = {"BEL": 2, "IL2": 3}, 4
EN = Language("en")


@pytest.fixture(scope="module")
def made_screened(tmp_path_factory: pytest.TempPathFactory, made_arms: Made) -> Made:
    """A trial with a subject in each arm and one screened."""

    def make() -> Made:
        place = tmp_path_factory.mktemp("open") / "study"
        study = copied(made_arms, place)
        assert register(study, SCREENED) == SCREENED
        screen(study, SCREENED)
        # A decision withdrawn on its own day never took effect.
        study.clock.advance(timedelta(days=1))
        study.leave()
        return place, made_arms[1], study.clock.now()

    return once("open everywhere", make)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, made_screened: Made) -> Iterator[Study]:
    """One copy for the whole table: each clarification is withdrawn, looked for, and decided again."""
    study = copied(made_screened, tmp_path_factory.mktemp("opened") / "study")
    yield study
    study.leave()


def withdraw(study: Study, desk: Desk, code: str) -> None:
    standing = register_row(desk, code).in_force
    assert standing is not None
    signing = decisions.signing_for(decisions.WITHDRAW, "en", PASSWORD)
    decisions.withdraw_decision(desk, study.folder, standing.id, "decided anew", signing)


def today_rows(desk: Desk, code: str) -> list[TodayRow]:
    """Return the rows of Today that name a code and lead to it."""
    rows = [row for group in overview.today(desk).groups for row in group.rows]
    found = [row for row in rows if any(code in (each.facts.get("codes") or ()) for each in row.items)]
    return [row for row in found if place_of(row) == go_to_decision(code)]


def leaf_waits(desk: Desk, code: str, leaf: str) -> bool:
    sheet = checklist.checklist(desk, SCREENED)
    row = next(each for each in sheet.rows if each.code == leaf)
    assert row.judged.suggestion is None and row.judged.waits_on == (code,)
    return verdict_waits(desk, code)


def verdict_waits(desk: Desk, code: str) -> bool:
    sheet = checklist.checklist(desk, SCREENED)
    gaps = gaps_of(sheet, desk.protocol, EN, prechecking=False)
    led = [
        gap
        for gap in gaps
        if gap.place is not None and (gap.place.kind, gap.place.code) == ("decision", code)
    ]
    return sheet.verdict.outcome == "cannot_be_judged" and bool(led) and code in led[0].words


def allocation_waits(desk: Desk, code: str) -> bool:
    rows = preconditions.preconditions(desk, SCREENED)
    return any(row.code == "open" and row.missing[0].place.code == code for row in rows)


def drug_waits(desk: Desk, code: str, drug: str) -> bool:
    calendar = plan.calendar(desk, TREATED[drug])
    told = any(part.part == drug and code in part.codes for part in calendar.unknown)
    assert code in dose_log.dose_log(desk, TREATED[drug]).waits
    # What lay before stays where it was; nothing is planned from today on.
    ahead = [each for each in calendar.of_drug(drug) if each.slot.planned_on >= desk.today()]
    return told and not ahead and bool(today_rows(desk, code))


def preparing_waits(desk: Desk, code: str, drug: str) -> bool:
    assert code in dose_log.dose_log(desk, TREATED[drug]).waits
    return bool(today_rows(desk, code))


def visits_wait(desk: Desk, code: str) -> bool:
    calendar = plan.calendar(desk, TREATED["BEL"])
    return any(part.part == "visits" and code in part.codes for part in calendar.unknown)


def waits(desk: Desk, code: str, act: str) -> bool:
    """Tell whether what waits for a code says so and leads to it, by its own service."""
    kind, _, what = act.partition(":")
    if kind == "eligibility":
        return leaf_waits(desk, code, what) if what else verdict_waits(desk, code)
    if kind == "allocation":
        return allocation_waits(desk, code)
    if kind == "visits":
        return visits_wait(desk, code)
    return {"schedule": drug_waits, "prepare": preparing_waits}[kind](desk, code, what)


@pytest.mark.parametrize("entry", registered().clarifications, ids=lambda each: each.code)
def test_whatever_waits_for_an_open_clarification_says_so_and_leads_there(
    opened: Study, entry: Clarification
) -> None:
    desk = opened.sit("wu.min", roles.PI)
    withdraw(opened, desk, entry.code)
    row = register_row(desk, entry.code)
    assert row.state == "reopened" and bool(waits_words(row, EN)) == bool(entry.waits)
    assert entry.waits or entry.severity in ("note", "analysis"), "what blocks something says what"
    for act in entry.waits:
        assert waits(desk, entry.code, act), (entry.code, act)
    decide(opened, desk, entry.code, dict(choices_made(desk.protocol))[entry.code])
    assert not today_rows(desk, entry.code) and not allocation_waits(desk, entry.code)


def test_an_infusion_is_not_prepared_while_its_schedule_is_open(opened: Study) -> None:
    desk = opened.sit("wu.min", roles.PI)
    made = prepared(desk, TREATED["BEL"])
    withdraw(opened, desk, "D10")
    with pytest.raises(RuleBroken, match=r"prepare\.waits") as refused:
        preparing.prepare_infusion(desk, made)
    assert "D10" in str(refused.value.facts["waits"])
    decide(opened, desk, "D10", "every_28_days")
