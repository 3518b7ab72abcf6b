"""Days and persons of a pregnancy that cannot all be true."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sle_desk.domain.checks import UNLIKELY, Value
from sle_desk.domain.pregnancy import pregnancy_findings

PERIOD = date(2026, 3, 1)


def found(sex: str = "F", **values: Value) -> list[str]:
    findings = pregnancy_findings(values, sex)
    assert all(each.level == UNLIKELY and each.field in values for each in findings)
    return [each.code.removeprefix("pregnancy.") for each in findings]


@pytest.mark.parametrize(("weeks", "days", "asked"), [
    (37, 0, False), (37, -1, True), (40, 0, False), (43, 0, False), (43, 1, True),
])  # fmt: skip
def test_delivery_is_expected_37_to_43_weeks_after_the_last_period(
    weeks: int, days: int, asked: bool
) -> None:
    due = Value(day=PERIOD + timedelta(weeks=weeks, days=days))
    assert found(last_period=Value(text="2026-03-01"), due=due) == (["due_unlikely"] if asked else [])


def test_of_a_period_known_by_its_month_only_what_is_certain_is_asked() -> None:
    month = Value(text="2026-03-UK")
    assert found(last_period=month, due=Value(day=date(2026, 3, 31) + timedelta(weeks=43))) == []
    assert found(last_period=month, due=Value(day=date(2026, 4, 1) + timedelta(weeks=43))) == ["due_unlikely"]
    assert found(last_period=month, outcome_day=Value(text="2026-UK-UK")) == []
    assert found(last_period=month, outcome_day=Value(text="2026-02-UK")) == ["outcome_before"]
    assert found(last_period=Value(missing="unknown"), outcome_day=Value(text="2026-02-UK")) == []


@pytest.mark.parametrize(("whose", "sex", "code"), [
    ("partner", "F", "partner_of_woman"), ("partner", "M", ""),
    ("subject", "F", ""), ("subject", "M", "of_man"),
])  # fmt: skip
def test_whose_pregnancy_fits_the_sex_of_the_subject(whose: str, sex: str, code: str) -> None:
    assert found(sex, whose=Value(choice=whose)) == ([code] if code else [])
