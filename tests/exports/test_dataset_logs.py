"""Entries in the workbook: what stands and is still asked, what is derived, nothing of the arm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from dose_fixtures import dispense, inject
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports.dataset import PRESETS, Source
from sle_desk.exports.dataset_background import background_table
from sle_desk.exports.dataset_logs import log_table
from sle_desk.exports.study_export import study_tables
from sle_desk.services import form_records, visits, void_forms
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, FormRow, NewForm
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]
BOTH, IL2 = 1, 3


def enter(
    desk: Desk, subject: int, form: str, texts: Mapping[str, str], dose: str = "", **choices: str
) -> FormRow:
    values = {code: Value(text=text) for code, text in texts.items()}
    values |= {code: Value(choice=choice) for code, choice in choices.items()}
    if dose:
        values["dose"] = Value(number=Decimal(dose), typed=dose)
    return form_records.save_form(desk, NewForm(subject, None, form, desk.today(), Given(values)))


def rows_of(desk: Desk, form: str, preset: str = "site") -> list[dict[str, Any]]:
    with desk.view() as session:
        table = log_table(Source(desk.protocol, session), desk.protocol.form(form), PRESETS[preset])
    return [dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows]


def test_the_prednisone_equivalent_stands_beside_the_dose_and_nothing_is_put_for_what_is_open(
    arms: Study,
) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    for name, dose, often in (
        ("Methylprednisolone", "8", "QD"),
        ("甲泼尼龙", "12", "QOD"),
        ("Betamethasone", "1", "QD"),
        ("Prednisone", "10", "PRN"),
        ("Ibuprofen", "400", "QD"),
    ):
        enter(
            desk, BOTH, "medication", {"name": name, "start": "2026-01-UK"}, dose, unit="mg", frequency=often
        )
    found = {row["NAME"]: row["PREDNISONE_MG"] for row in rows_of(desk, "medication")}
    assert found == {
        "Methylprednisolone": Decimal(10), "甲泼尼龙": Decimal("7.5"), "Betamethasone": Decimal("8.333333"),
        "Prednisone": None, "Ibuprofen": None,
    }  # fmt: skip


def test_an_event_is_flagged_by_the_day_of_the_first_dose(arms: Study) -> None:
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, IL2)
    inject(nurse, IL2)
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    for term, start in (
        ("Cough", "2026-11-23"),
        ("Fever", "2026-11-22"),
        ("Rash", "2026-11-UK"),
        ("Pain", "2026-UK-UK"),
    ):
        enter(desk, IL2, "adverse_event", {"term": term, "start": start}, grade="1", serious="N")
    enter(desk, BOTH, "adverse_event", {"term": "Cough", "start": "2026-11-23"}, grade="1", serious="N")
    found = [
        (row["SUBJID"], row["TERM"], row["TREATMENT_EMERGENT"]) for row in rows_of(desk, "adverse_event")
    ]
    assert found == [
        ("SLE-001", "Cough", "N"), ("SLE-003", "Cough", "Y"), ("SLE-003", "Fever", "N"),
        ("SLE-003", "Rash", "U"), ("SLE-003", "Pain", "U"),
    ]  # fmt: skip


def test_what_is_void_or_no_longer_asked_is_in_no_row(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    kept = enter(
        desk, BOTH, "adverse_event", {"term": "Cough", "start": "2026-11-20"}, grade="1", serious="Y",
        hospitalisation="Y",
    )  # fmt: skip
    wrong = enter(
        desk, BOTH, "adverse_event", {"term": "Fever", "start": "2026-11-20"}, grade="1", serious="N"
    )
    void_forms.void_form(desk, wrong.id, "slip", wrong.version)
    seen = kept.answer_versions["serious"]
    form_records.correct_value(desk, Correction(kept.id, "serious", Value(choice="N"), "slip", seen))
    (row,) = rows_of(desk, "adverse_event")
    assert (row["TERM"], row["SERIOUS"], row["HOSPITALISATION"]) == ("Cough", "N", None)


@pytest.mark.parametrize("subject", [BOTH, IL2])
def test_before_lock_no_column_or_row_of_an_entry_tells_the_sponsor_who_has_which_drug(
    arms: Study, subject: int
) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    choices = {"related_il2": "possible", "action_il2": "interrupted", "related_background": "unlikely"}
    enter(
        desk,
        subject,
        "adverse_event",
        {"term": "Cough", "start": "2026-11-20"},
        grade="1",
        serious="N",
        **choices,
    )
    with snapshot(desk) as copy:
        tables = study_tables(copy, PRESETS["sponsor"])
    names = [column.name for table in tables for column in table.columns]
    assert not [name for name in names if re.search("(RELATED|ACTION)_(IL2|BELIMUMAB)", name)]
    shown = [
        str(cell)
        for table in tables
        if table.name in ("ADVERSE_EVENT", "FORMS")
        for row in table.rows
        for cell in row
    ]
    assert not [
        cell for cell in shown if "RELATED_IL2" in cell or "ACTION_IL2" in cell or "RELATED_BELIMUMAB" in cell
    ]


def background_of(desk: Desk) -> list[dict[str, Any]]:
    with desk.view() as session:
        table = background_table(Source(desk.protocol, session))
    return [dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows]


def test_each_visit_has_the_courses_of_its_own_day_and_says_where_a_date_leaves_doubt(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    today = desk.today()
    before = today - timedelta(days=1)
    enter(
        desk, BOTH, "medication",
        {"name": "Prednisone", "start": "2026-01-UK", "stop": before.isoformat()},
        "10", unit="mg", frequency="QD", ongoing="N",
    )  # fmt: skip
    enter(
        desk, BOTH, "medication", {"name": "Prednisone", "start": today.isoformat()},
        "7.5", unit="mg", frequency="QD", ongoing="Y",
    )  # fmt: skip
    enter(
        desk, BOTH, "medication", {"name": "Mycophenolate", "start": f"{today:%Y-%m}-UK"},
        "500", unit="mg", frequency="BID", ongoing="Y", category="immunosuppressant",
    )  # fmt: skip
    enter(
        desk, BOTH, "medication", {"name": "Ibuprofen", "start": "2026-01-UK"},
        "400", unit="mg", frequency="QD", ongoing="Y", category="nsaid",
    )  # fmt: skip
    visits.record_visit(desk, BOTH, "UNS", before)
    visits.record_visit(desk, BOTH, "W2", today)
    found = {
        (row["VISIT"], row["NAME"]): (row["KIND"], row["TAKEN"], row["DAILY_MG"], row["PREDNISONE_MG"])
        for row in background_of(desk)
        if row["DATE"] == today and row["VISIT"] == "W2"
    }
    assert found == {
        ("W2", "Prednisone"): ("glucocorticoid", "Y", Decimal("7.5"), Decimal("7.5")),
        ("W2", "Mycophenolate"): ("immunosuppressant", "U", Decimal(1000), None),
    }
    earlier = [row for row in background_of(desk) if row["DATE"] < today and row["NAME"] == "Prednisone"]
    assert earlier and {row["DAILY_MG"] for row in earlier} == {Decimal(10)}


def test_a_visit_that_was_not_held_has_no_line_and_the_sheet_is_in_every_preset(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    enter(
        desk, BOTH, "medication", {"name": "Hydroxychloroquine", "start": "2026-01-UK"},
        "200", unit="mg", frequency="QD", ongoing="Y",
    )  # fmt: skip
    visits.record_not_done(desk, BOTH, "W2", "refused", "said so by telephone")
    assert "W2" not in {row["VISIT"] for row in background_of(desk)}
    with snapshot(desk) as copy:
        for preset in PRESETS.values():
            assert "BACKGROUND" in {table.name for table in study_tables(copy, preset)}
