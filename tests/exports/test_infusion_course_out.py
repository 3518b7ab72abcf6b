"""What leaves of an infusion from minute to minute: its sheets, lines on papers, nothing before lock."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from infused import bag, give, premedication, rate, vitals
from logged import BEL
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.exporting import write_export
from sle_desk.exports.read_back import read_back
from sle_desk.exports.study_export import study_tables
from sle_desk.exports.tables import Table
from sle_desk.exports.visit_summaries import visit_summary
from sle_desk.services import visits
from sle_desk.services.desk import Desk
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]
SHEETS = ("INFUSION_RATE", "INFUSION_VITALS", "INFUSION_PREMEDICATION")


def written(desk: Desk, path: Path, preset: str) -> tuple[Table, ...]:
    return tuple(read_back(write_export(desk, path, preset, Language("en")).path))


def rows_of(tables: tuple[Table, ...], name: str) -> list[dict[str, object]]:
    table = next(table for table in tables if table.name == name)
    return [dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows]


def course(arms: Study) -> int:
    """Record an infusion with a rate, vital signs and a medicine before it."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    dose, start = bag(nurse), nurse.now()
    premedication(nurse, dose, f"{start - timedelta(minutes=30):%H:%M}")
    vitals(nurse, dose, f"{start:%H:%M}", temperature="36.6", pulse="180")
    give(arms, nurse, dose)
    rate(nurse, dose, f"{start:%H:%M}", "250", "start")
    return dose


def test_the_site_gets_a_sheet_of_each_with_its_dose_and_the_sponsor_none_before_lock(arms, tmp_path: Path):
    dose = course(arms)
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    tables = written(desk, tmp_path, "site")
    (run,), (signs,), (before,) = (rows_of(tables, sheet) for sheet in SHEETS)
    assert {run["DOSE"], signs["DOSE"], before["DOSE"]} == {dose}
    assert (run["RATE"], run["REASON"]) == (250, "start")
    assert (signs["TEMPERATURE"], signs["MOMENT"], signs["PULSE"]) == (Decimal("36.6"), "before", 180)
    (medicine,) = rows_of(tables, "MEDICATION")
    assert before["ABOUT_ENTRY"] == medicine["ENTRY"] and rows_of(tables, "LINKS") == []
    assert [row["FIELD"] for row in rows_of(tables, "QUERIES")] == ["pulse"]
    blind = written(desk, tmp_path, "sponsor")
    assert not {table.name for table in blind} & set(SHEETS) and rows_of(blind, "QUERIES") == []
    # In the texts of registry and clarifications the drug is public.
    shown = (row for table in blind if table.name in ("FORMS", "QUERIES") for row in table.rows)
    said = {str(cell) for row in shown for cell in row}
    assert not [cell for cell in said if "INFUSION" in cell or "mL/h" in cell]


def test_the_summary_of_the_visit_has_a_line_for_each_in_both_languages(arms):
    course(arms)
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    row = next(each for each in visits.visits(desk, BEL) if each.on_day == desk.today())
    with snapshot(desk) as copy:
        rows = visit_summary(copy, row.id).infusions
    assert rows is not None
    assert [each.what.en for each in rows] == [
        "Premedication of the infusion", "Vital signs of the infusion", "Rate of the infusion",
    ]  # fmt: skip
    assert [each.recorded.zh for each in rows] == [
        "Loratadine", "输注前，体温 36.6 °C，脉搏 180 次/分", "250 mL/h，输注开始",
    ]  # fmt: skip


def test_what_happens_during_an_infusion_changes_no_cell_of_the_sponsors_workbook(arms):
    nurse = arms.sit("lin.yue", roles.NURSE)
    dose, start = bag(nurse), nurse.now()
    give(arms, nurse, dose)

    def cells():
        with snapshot(nurse) as copy:
            return {table.name: table.rows for table in study_tables(copy, PRESETS["sponsor"])}

    before = cells()
    rate(nurse, dose, f"{start:%H:%M}", "250", "start")
    vitals(nurse, dose, f"{start:%H:%M}", pulse="180")
    premedication(nurse, dose, f"{start:%H:%M}")
    assert cells() == before
