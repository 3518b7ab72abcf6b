"""Alerts and trends of a subject: counted from what stands, corrected with it, gone with what was void."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lab_samples import DRAWN, sample, typed
from study_fixtures import Study

from sle_desk.domain import roles
from sle_desk.domain.values import plain
from sle_desk.services import (
    form_records,
    labs,
    subject_trends,
    visits,
)
from sle_desk.services.answers import Given, Value
from sle_desk.services.form_records import NewForm
from sle_desk.services.lab_judging import Verdict, judge_result
from sle_desk.services.subject_trends import Alerts


def test_what_waits_and_what_is_graded_are_alerts_until_they_are_not(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    new = sample(desk)
    assert subject_trends.alerts(desk, new.subject_id) == Alerts()
    row = labs.save_results(desk, new, (typed(desk, "HGB", "96"), typed(desk, "WBC", "5"))).results["HGB"]
    found = subject_trends.alerts(desk, new.subject_id)
    assert (found.unjudged, found.graded) == (1, ("HGB", 2))
    investigator = study.sit("zhao.jing", roles.INVESTIGATOR)
    judged = judge_result(investigator, row.id, Verdict("NCS"), row.version)
    assert subject_trends.alerts(investigator, new.subject_id).unjudged == 0
    labs.correct_result(investigator, row.id, typed(investigator, "HGB", "126"), "slip", judged.version)
    assert subject_trends.alerts(investigator, new.subject_id) == Alerts()


def test_a_marker_goes_over_time_and_a_score_without_an_item_has_no_point(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    cbc = sample(desk)
    panel = next(p.code for p in desk.protocol.laboratory.panels if "C3" in p.analytes)
    assert subject_trends.trends(desk, cbc.subject_id) == ()
    for days, value in ((20, "0.41"), (0, "0.78")):
        drawn = DRAWN - timedelta(days=days)
        new = type(cbc)(cbc.subject_id, cbc.visit_id, panel, cbc.laboratory_id, drawn)
        labs.save_results(desk, new, (typed(desk, "C3", value),))
    items = desk.protocol.instruments.sledai.weights
    half = Given({code: Value(choice="N") for code in list(items)[:-1]})
    whole = Given({code: Value(choice="Y" if place == 0 else "N") for place, code in enumerate(items)})
    form = NewForm(cbc.subject_id, cbc.visit_id, "sledai2k", desk.today(), half)
    form_records.save_form(desk, form)
    (marker,) = subject_trends.trends(desk, cbc.subject_id)
    assert [point.value for point in marker.points] == [Decimal("0.41"), Decimal("0.78")]
    assert (marker.points[-1].said, marker.flag) == ("0.78", "LOW")
    later = visits.record_visit(desk, cbc.subject_id, "V1", desk.today())
    form_records.save_form(desk, NewForm(cbc.subject_id, later.id, "sledai2k", desk.today(), whole))
    score = subject_trends.trends(desk, cbc.subject_id)[0]
    assert [point.said for point in score.points] == [str(next(iter(items.values())))]


def test_values_of_other_units_and_comparators_stand_in_one_unit(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    cbc = sample(desk)
    c3 = desk.protocol.laboratory.analytes["C3"]
    panel = next(p.code for p in desk.protocol.laboratory.panels if "C3" in p.analytes)
    other = next(unit.code for unit in c3.units if unit.code != c3.standard.code)
    for days, value, unit in ((20, "0.82", c3.standard.code), (0, "<78", other)):
        new = type(cbc)(cbc.subject_id, cbc.visit_id, panel, cbc.laboratory_id, DRAWN - timedelta(days=days))
        labs.save_results(desk, new, (typed(desk, "C3", value, unit),))
    (marker,) = subject_trends.trends(desk, cbc.subject_id)
    assert marker.unit == c3.standard.shown
    assert [point.said for point in marker.points] == [
        "0.82",
        f"<{plain(c3.in_standard(Decimal(78), other))}",
    ]
