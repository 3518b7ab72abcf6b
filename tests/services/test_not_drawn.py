"""Blood that was not drawn is told with its reason and without a draw time, apart from not expected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from dose_fixtures import at
from study_fixtures import Study
from trial_fixtures import laboratory, made_trial, register, results, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.study_export import study_tables
from sle_desk.exports.visit_summaries import visit_summary
from sle_desk.services import entered_in_error, labs, not_drawn, overview, visit_states, visits, void_visits
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import TO_TYPE
from sle_desk.services.snapshots import snapshot

__all__ = ["made_trial", "trial"]
SUBJECT = 1


@pytest.fixture
def desk(trial: Study) -> Desk:
    """A subject whose screening visit was yesterday."""
    register(trial)
    before = trial.sit("chen.lan", roles.COORDINATOR)
    visits.record_visit(before, SUBJECT, "V0", before.today())
    at(trial, before.today() + timedelta(days=1))
    return trial.sit("chen.lan", roles.COORDINATOR)


def visit_of(desk: Desk, code: str = "V0") -> int:
    return next(row.id for row in visits.visits(desk, SUBJECT) if row.code == code)


def state(desk: Desk, panel: str, code: str = "V0") -> str:
    (visit,) = [
        each for each in visit_states.visit_states(desk, SUBJECT) if each.visit_id == visit_of(desk, code)
    ]
    return next(each.state for each in visit.forms if each.code == panel)


def asked(desk: Desk) -> tuple[str, ...]:
    items = [item for row in overview.today(desk).group(TO_TYPE) for item in row.items]
    return next((item.facts["panels"] for item in items if item.code == "panels"), ())


def exported(desk: Desk) -> list[dict[str, Any]]:
    with snapshot(desk) as copy:
        (table,) = [each for each in study_tables(copy, PRESETS["site"]) if each.name == "LAB"]
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def test_a_panel_not_drawn_is_told_asked_for_no_more_and_exported_without_a_draw_time(desk: Desk) -> None:
    visit_id = visit_of(desk)
    assert "CBC" in asked(desk) and state(desk, "CBC") == "empty"
    told = not_drawn.record_not_drawn(desk, visit_id, "CBC", "refused")
    assert state(desk, "CBC") == "not_drawn" and "CBC" not in asked(desk)
    rows = [row for row in exported(desk) if row["PANEL"] == "CBC"]
    assert {row["TEST"] for row in rows} == set(desk.protocol.laboratory.panel("CBC").analytes)
    assert {(row["MISSING"], row["DRAWN_AT"], row["VALUE"], row["VISIT"]) for row in rows} == {
        ("refused", None, None, "V0")
    }
    with snapshot(desk) as copy:
        notes = [note.text.en for note in visit_summary(copy, visit_id).notes if note.kind == "missing"]
    assert any("not drawn (Refused)" in words for words in notes)
    not_drawn.void_not_drawn(desk, told.id, "slip", told.version)
    assert "CBC" in asked(desk) and state(desk, "CBC") == "empty" and exported(desk) == []
    (void,) = entered_in_error.voided(desk, SUBJECT)
    assert (void.table, void.code, void.here.visit) == ("not_drawn", "CBC", "V0")


def test_a_sample_that_is_entered_after_all_takes_its_place(trial: Study, desk: Desk) -> None:
    visit_id, laboratory_id = visit_of(desk), laboratory(trial)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    not_drawn.record_not_drawn(desk, visit_id, "CBC", "forgotten")
    results(desk, SUBJECT, visit_id, laboratory_id, "CBC", ("HGB",))
    assert not_drawn.not_drawn_at(desk, visit_id, "CBC") is None
    assert {row["MISSING"] for row in exported(desk)} == {None}
    assert len(labs.samples(desk, SUBJECT)) == 1
    with pytest.raises(RuleBroken, match=r"record\.there_already"):
        not_drawn.record_not_drawn(desk, visit_id, "CBC", "refused")


@pytest.mark.parametrize(
    ("panel", "reason", "code"),
    [
        ("CBC", "", "change.reason_needed"),
        ("NONE", "refused", "sample.panel"),
        ("CHEM", "refused", "there_already"),
    ],
)
def test_without_a_reason_for_no_panel_or_twice_it_is_refused(
    desk: Desk, panel: str, reason: str, code: str
) -> None:
    not_drawn.record_not_drawn(desk, visit_of(desk), "CHEM", "refused")
    with pytest.raises(RuleBroken, match=code):
        not_drawn.record_not_drawn(desk, visit_of(desk), panel, reason)


@pytest.mark.parametrize("as_code", ["", "UNS"])
def test_it_goes_with_its_visit_and_to_the_visit_that_it_was(desk: Desk, as_code: str) -> None:
    told = not_drawn.record_not_drawn(desk, visit_of(desk), "CBC", "impossible")
    (visit,) = visits.visits(desk, SUBJECT)
    hanging = void_visits.hanging(desk, visit.id)
    assert [(each.table, each.id, each.code) for each in hanging] == [("not_drawn", told.id, "CBC")]
    void_visits.void_visit(desk, visit.id, "slip", visit.version, seen=hanging, as_code=as_code)
    assert not_drawn.not_drawn_at(desk, visit.id, "CBC") is None
    if as_code:
        moved = not_drawn.not_drawn_at(desk, visit_of(desk, as_code), "CBC")
        assert moved is not None and moved.reason == "impossible"
    else:
        assert exported(desk) == []
