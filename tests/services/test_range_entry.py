"""A laboratory's own reference ranges: entered, corrected, confirmed; results and evidence follow at once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from lab_samples import sample, typed
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.eligibility_words import evidence_lines
from sle_desk.services import checklist, eligibility, history, lab_judging, laboratories, labs, range_entry
from sle_desk.services.checklist import evidence_text
from sle_desk.services.desk import Desk
from sle_desk.services.laboratories import RangeRow
from sle_desk.services.range_entry import TypedRange

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
LIST = "List v4 of 2026-06-01"
OWN = TypedRange("HGB", "F", 18, None, "110-150", "g/L", date(2026, 6, 1), LIST)


def of(desk: Desk, analyte: str = "HGB", laboratory: int = 1) -> list[RangeRow]:
    return [row for row in laboratories.ranges(desk, laboratory) if row.analyte == analyte]


def told(rows: list[RangeRow]) -> list[tuple[str, str, date | None, bool]]:
    return [(row.sex, row.limits.words, row.valid_until, row.confirmed) for row in rows]


def flag(desk: Desk) -> tuple[str, Decimal | None, str]:
    row = labs.samples(desk, 1)[0].results["HGB"]
    return row.flag, row.low, row.significance


@pytest.fixture
def low(desk: Desk) -> Desk:
    """A haemoglobin of 113 is low by the seed, 115 to 150, and was judged."""
    saved = labs.save_results(desk, sample(desk), (typed(desk, "HGB", "113"),))
    row = saved.results["HGB"]
    assert row.flag == "LOW"
    return desk


def test_a_range_valid_from_a_day_ends_the_old_one_the_day_before_and_results_follow(low: Desk) -> None:
    before = of(low)
    assert range_entry.enter_range(low, 1, OWN) is None
    assert {row.id for row in before} < {row.id for row in of(low)}
    women = [row for row in of(low) if row.sex == "F"]
    assert told(women) == [
        ("F", "115 – 150", date(2026, 5, 31), False),
        ("F", "110 – 150", None, True),
    ]
    # For men, and in another laboratory, nothing moved.
    assert [row for row in of(low) if row.sex == "M"] == [row for row in before if row.sex == "M"]
    assert flag(low) == ("NORMAL", Decimal(110), "")
    newest = history.audit_trail(low)
    assert {(row.table, row.action, row.reason) for row in newest if row.change == newest[0].change} >= {
        ("lab_range", "laboratory.record", LIST),
        ("result", "laboratory.record", LIST),
    }


def test_a_range_for_some_leaves_the_others_what_they_had(low: Desk) -> None:
    assert told(of(low, "WBC")) == [("both", "3.5 – 9.5", None, False)]
    old = replace(OWN, analyte="WBC", sex="F", age_from=60, limits="3.0-8.5", unit="10^9/L")
    range_entry.enter_range(low, 1, old)
    rows = {
        (row.sex, row.age_from, row.age_until, row.limits.words, row.valid_from) for row in of(low, "WBC")
    }
    begins = date(2026, 6, 1)
    assert rows == {
        ("both", 18, 150, "3.5 – 9.5", date(2026, 1, 1)),
        ("M", 18, 150, "3.5 – 9.5", begins),
        ("F", 18, 59, "3.5 – 9.5", begins),
        ("F", 60, 150, "3 – 8.5", begins),
    }


def test_an_older_list_ends_before_the_one_that_stands(low: Desk) -> None:
    until = range_entry.enter_range(low, 1, replace(OWN, valid_from=date(2025, 6, 1)))
    assert until == date(2025, 12, 31)
    assert flag(low)[0] == "LOW"


def test_two_laboratories_keep_their_own_numbers(low: Desk) -> None:
    other = laboratories.record_laboratory(low, "second", "Second", date(2026, 1, 1))
    range_entry.enter_range(low, other, OWN)
    assert flag(low)[0] == "LOW" and len(of(low, laboratory=other)) == len(of(low)) + 1


def test_a_range_is_corrected_with_a_coded_reason_and_what_changed_waits_for_its_judgement(
    study: Study, low: Desk
) -> None:
    doctor = study.sit("zhao.jing", roles.INVESTIGATOR)
    saved = labs.samples(doctor, 1)[0].results["HGB"]
    lab_judging.judge_result(doctor, saved.id, lab_judging.Verdict("NCS"), saved.version)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert flag(desk)[2] == "NCS"
    row = next(row for row in of(desk) if row.sex == "F")
    right = replace(OWN, valid_from=row.valid_from)
    with pytest.raises(RuleBroken, match=r"reason"):
        range_entry.correct_range(desk, row.id, row.version, right, "")
    range_entry.correct_range(desk, row.id, row.version, right, "slip")
    assert flag(desk) == ("NORMAL", Decimal(110), "")
    assert told([row for row in of(desk) if row.sex == "F"]) == [("F", "110 – 150", None, True)]
    with pytest.raises(Stale):
        range_entry.correct_range(desk, row.id, row.version, right, "slip")
    newest = history.audit_trail(desk)
    assert {(each.table, each.reason) for each in newest if each.change == newest[0].change} >= {
        ("lab_range", "slip"), ("result", "slip")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_from": date(2026, 1, 1)}, "lab.range_stands"),
        ({"limits": "150-110"}, "lab.range_order"),
        ({"limits": "110"}, "lab.range_unreadable"),
        ({"unit": "U/L"}, "lab.unit"),
        ({"age_until": 17}, "lab.range_age"),
        ({"age_until": 151}, "lab.range_age"),
        ({"source": " "}, "laboratory.reference"),
        ({"valid_until": date(2026, 5, 1)}, "lab.range_days"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    low: Desk, changes: dict[str, object], code: str
) -> None:
    before = laboratories.ranges(low, 1)
    with pytest.raises(RuleBroken) as refused:
        range_entry.enter_range(low, 1, replace(OWN, **changes))  # type: ignore[arg-type]
    assert refused.value.code == code and laboratories.ranges(low, 1) == before


def test_a_correction_that_makes_two_ranges_hold_is_refused(low: Desk) -> None:
    range_entry.enter_range(low, 1, OWN)
    row = next(row for row in of(low) if row.sex == "M")
    right = TypedRange("HGB", "both", 18, None, "110-160", "g/L", row.valid_from, LIST)
    with pytest.raises(RuleBroken, match=r"lab\.ranges_overlap"):
        range_entry.correct_range(low, row.id, row.version, right, "slip")
    assert row in of(low)


def test_one_range_is_confirmed_and_the_others_stay_proposals(low: Desk) -> None:
    row = next(row for row in of(low) if row.sex == "F")
    range_entry.confirm_range(low, row.id, row.version, LIST)
    confirmed = [each for each in laboratories.ranges(low, 1) if each.confirmed]
    assert [(each.id, each.source) for each in confirmed] == [(row.id, LIST)]


def test_evidence_that_rests_on_an_unconfirmed_range_says_so_and_a_confirmation_voids_nothing(
    arms: Study,
) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)

    def resting() -> list[checklist.ChecklistRow]:
        return [row for row in checklist.checklist(desk, 1).rows if "x ULN" in evidence_text(row.judged)]

    said = [line for row in resting() for line in evidence_lines(row, Language("en")) if "ULN" in line]
    assert len(said) == 3 and all("reference range not confirmed" in line for line in said)
    marks = [
        line.get("unconfirmed", False)
        for row in resting()
        for line in json.loads(evidence_text(row.judged))["evidence"]
    ]
    assert all(marks)
    range_entry.confirm_ranges(desk, 1, LIST)
    said = [line for row in resting() for line in evidence_lines(row, Language("zh_CN"))]
    assert said and not any("未确认" in line for line in said)
    assert not any(row.evidence_changed for row in checklist.checklist(desk, 1).rows)
    with desk.view() as session:
        assert eligibility.standing_decision(session, 1) is not None


def test_a_range_that_moves_what_was_signed_voids_the_decision(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    begins = desk.today() - timedelta(days=60)
    range_entry.enter_range(desk, 1, TypedRange("ALT", "both", 18, None, "<12", "U/L", begins, LIST))
    with desk.view() as session:
        assert eligibility.standing_decision(session, 1) is None
