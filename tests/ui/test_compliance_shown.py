"""How much of the plan was given: one figure on screen, in the export and on the summary of a visit."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from dose_fixtures import at, dispense, inject
from study_fixtures import START, clock, made_study, study
from test_doses_page import on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.compliance import percent
from sle_desk.exports.exporting import write_export
from sle_desk.exports.read_back import read_back
from sle_desk.exports.visit_summaries import visit_summary
from sle_desk.services import dose_log, visits
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

IL2 = 3
DAYS = 15
HIGH = {"en": "injections given: above the limit", "zh_CN": "注射完成率：高于限值"}


def every_day(arms):
    """Inject every day for fifteen days, where every other one was planned; stand on the day after."""
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    for number in range(1, DAYS):
        at(arms, START.date() + timedelta(days=number))
        inject(arms.sit("lin.yue", roles.NURSE), IL2, reason="mistake")
    at(arms, START.date() + timedelta(days=DAYS))
    return arms.sit("chen.lan", roles.COORDINATOR)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_doses_beyond_the_plan_are_of_the_share_on_screen_in_the_export_and_on_the_summary(
    arms, on_page, tmp_path, language
):
    desk = every_day(arms)
    # Days 1, 3 to 15 were planned: eight; fifteen doses were given.
    expected = Fraction(DAYS, 8)
    row = next(each for each in dose_log.dose_log(desk, IL2).compliance if each.counts.stage is None)
    assert (row.counts.share, row.flag) == (expected, dose_log.HIGH)
    assert row.counts.given + row.counts.beyond == DAYS

    path = write_export(desk, tmp_path, "site", Language("en")).path
    table = next(table for table in read_back(path) if table.name == "COMPLIANCE")
    names = [column.name for column in table.columns]
    (found,) = (
        dict(zip(names, each, strict=True)) for each in table.rows if each[1] == "IL2" and not each[2]
    )
    assert Fraction(found["GIVEN_IN_ALL"], found["PLANNED"]) == expected
    assert found["GIVEN"] + found["BEYOND_PLAN"] == found["GIVEN_IN_ALL"]

    visit = visits.record_visit(desk, IL2, "W2", desk.today() - timedelta(days=1))
    with snapshot(desk) as copy:
        (il2,) = visit_summary(copy, visit.id).treatment
    assert il2.percent == "187.5 %" == f"{percent(expected)} %"

    on_page(arms, "doses", IL2, language=language)
    assert Typist().sees("187.5 %") and Typist().sees(HIGH[language])
