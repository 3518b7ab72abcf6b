"""Laboratory results on the range and grade of their own day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from lab_samples import DRAWN, sample, typed
from study_fixtures import START, Study

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.services import history, labs, record_corrections, visits, void_samples, void_visits
from sle_desk.services.desk import Desk
from sle_desk.services.record_corrections import Why


def test_a_low_haemoglobin_of_a_woman_is_flagged_and_graded(desk: Desk) -> None:
    saved = labs.save_results(desk, sample(desk), (typed(desk, "HGB", "96"),))
    row = saved.results["HGB"]
    assert (row.flag, row.grade, row.low, row.high) == ("LOW", 2, Decimal(115), Decimal(150))
    assert (row.typed, row.unit) == ("96", "g/L")


def test_the_same_value_typed_in_another_unit_has_the_same_flag_and_grade(desk: Desk) -> None:
    other = next(unit.code for unit in desk.protocol.laboratory.analytes["HGB"].units if unit.cdisc == "g/dL")
    saved = labs.save_results(desk, sample(desk), (typed(desk, "HGB", "9.6", other),))
    row = saved.results["HGB"]
    assert (row.flag, row.grade, row.typed, row.low) == ("LOW", 2, "9.6", Decimal("11.5"))


def test_a_value_with_a_comparator_is_kept_as_such(desk: Desk) -> None:
    saved = labs.save_results(desk, sample(desk), (typed(desk, "BASO", "<0.01"),))
    row = saved.results["BASO"]
    assert (row.typed, row.comparator, row.value) == ("<0.01", "<", Decimal("0.01"))


def test_a_sample_without_results_is_awaited_and_filled_later(desk: Desk) -> None:
    saved = labs.save_results(desk, sample(desk), ())
    assert saved.results == {}
    filled = labs.add_results(desk, saved.id, (typed(desk, "WBC", "3.25"),), "P2611230417")
    assert (filled.report_number, filled.results["WBC"].flag, filled.results["WBC"].grade) == (
        "P2611230417",
        "LOW",
        1,
    )


def test_a_sample_drawn_later_than_now_is_refused(desk: Desk) -> None:
    new = sample(desk, drawn_at=START + timedelta(minutes=1))
    with pytest.raises(RuleBroken, match="sample.future"):
        labs.save_results(desk, new, ())


def test_a_result_that_is_not_in_the_panel_is_refused_and_nothing_is_saved(desk: Desk) -> None:
    new = sample(desk)
    with pytest.raises(RuleBroken, match="lab.not_in_panel"):
        labs.save_results(desk, new, (typed(desk, "WBC", "3.25"), typed(desk, "ALT", "20")))
    assert labs.samples(desk, new.subject_id) == ()


def test_a_corrected_result_is_judged_again_and_the_old_one_stays_in_its_history(desk: Desk) -> None:
    saved = labs.save_results(desk, sample(desk), (typed(desk, "HGB", "96"),))
    row = saved.results["HGB"]
    fixed = labs.correct_result(desk, row.id, typed(desk, "HGB", "126"), "slip", row.version)
    assert (fixed.flag, fixed.grade) == ("NORMAL", None)
    past = history.value_history(desk, "result", row.id, ("typed", "flag"))
    assert [value.value for value in past] == [
        {"typed": "96", "flag": "LOW"},
        {"typed": "126", "flag": "NORMAL"},
    ]


def test_the_earlier_value_stands_beside_the_new_one(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    new = sample(desk)
    labs.save_results(desk, new, (typed(desk, "PLAT", "131"),))
    found = labs.earlier_values(desk, new.subject_id, DRAWN + timedelta(days=14))
    assert [(value.typed, value.value) for value in found["PLAT"]] == [("131", Decimal(131))]


def test_a_report_whose_result_was_corrected_meanwhile_is_not_what_was_seen(desk: Desk) -> None:
    new = sample(desk)
    seen = labs.save_results(desk, new, (typed(desk, "HGB", "96"), typed(desk, "PLAT", "80")))
    (hung,) = void_visits.hanging(desk, new.visit_id)
    (visit,) = visits.visits(desk, new.subject_id)
    platelets = seen.results["PLAT"]
    labs.correct_result(desk, platelets.id, typed(desk, "PLAT", "180"), "slip", platelets.version)
    with pytest.raises(Stale, match=r"record\.changed_meanwhile"):
        void_samples.void_sample(desk, seen.id, "slip", seen.version)
    with pytest.raises(Stale, match=r"record\.changed_meanwhile"):
        record_corrections.correct_sample(desk, Why(seen.id, seen.version, "slip"), replace(new, fasting="Y"))
    with pytest.raises(Stale, match=r"record\.changed_meanwhile"):
        void_visits.void_visit(desk, visit.id, "slip", visit.version, seen=(hung,))
    (now,) = labs.samples(desk, new.subject_id)
    assert now.results["PLAT"].typed == "180" and now.version > seen.version
    more = labs.add_results(desk, now.id, (typed(desk, "WBC", "5"),))
    with pytest.raises(Stale, match=r"record\.changed_meanwhile"):
        void_samples.void_sample(desk, now.id, "slip", now.version)
    void_samples.void_sample(desk, more.id, "slip", more.version)
    assert labs.samples(desk, new.subject_id) == ()
