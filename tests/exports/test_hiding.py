"""Before lock nothing in the sponsor's workbook tells who gets which drug, whoever wrote it and however."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from dose_fixtures import at, dispense, inject
from logged import BEL, BOTH, IL2, enter, event, given, medicine
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, laboratory, made_arms, made_trial, numbers, trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.exporting import write_export
from sle_desk.exports.hiding import NOTHING_OF_ARM, names_of_drugs
from sle_desk.exports.printing import print_worksheet
from sle_desk.exports.read_back import read_back
from sle_desk.exports.study_export import removed, study_tables
from sle_desk.exports.tables import Table
from sle_desk.models.safety import Query
from sle_desk.services import (
    deviation_records,
    dispositions,
    form_records,
    labs,
    package,
    record_links,
    subjects,
    visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.masking import MASK, cover, everybody
from sle_desk.services.registration_corrections import RegistrationCorrection, correct_registration
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]


@pytest.fixture(scope="module")
def drugs():
    """What finds a study drug in a text."""
    return names_of_drugs(package.read_package(package.installed_files()))


@pytest.mark.parametrize(
    "told",
    [
        "IL-2", "IL2", "il 2", "IL\u20112", "ＩＬ－２", "rhIL-2", "Interleukin 2", "interleukin-2",
        "白介素２", "白细胞介素-2", "重组人白介素-2", "belimumab", "Belimumab", "BENLYSTA", "贝利尤单抗",
        "贝利尤", "倍力腾", "anti-BLyS", "infusion", "Infusions", "输注", "静滴", "injection", "注射部位",
        "皮下注射", "皮下给药", "滴注", "1 million IU", "BEL", "BEL + IL-2", "BELIL2", "belil-2",
        "Bel il 2", "ＢＥＬＩＬ２",
        "BEL+IL2", "Belimumab+IL2", "贝利尤 + 白介-2", "low dose il 2", "lowdose-IL2", "ldIL-2", "il—2",
        "欣吉尔", "欣 吉 尔", "新德路生", "德路生", "英路因", "阿地白介素", "重组人白介", "白介2", "白介-２",
        "联合组", "联合治疗组", "单药组", "Combination arm", "贝利尤单抗联合低剂量白介素-2组", "aldesleukin",
        "100万IU", "100万单位", "１００万ＩＵ", "1MIU", "0.5MIU", "白介素Ⅱ", "白介素II", "IL-Ⅱ",
        "Interleukin-II", "静滴belimumab", "PROLEUKIN", "IL_2", "白介 2", "白·介素", "Benlysta and Proleukin",
    ],
)  # fmt: skip
def test_a_drug_is_told_by_many_names_and_none_stays(drugs, told):
    shown = cover(f"after {told}, fever", drugs)
    assert shown.startswith("after ") and shown.endswith(", fever") and MASK in shown
    assert cover(shown, drugs) == shown
    assert shown.count(MASK) == 1


@pytest.mark.parametrize(
    "told",
    [
        "bell", "Bella", "il-21", "IL-20 raised", "label", "prednisone 10 mg QOD", "皮下出血", "静脉血栓",
        "intravenous methylprednisolone", "IL-6 25 pg/mL", "10 mg",
        "sIL-2R", "IL2SR", "白介素6", "白介素Ⅲ", "A组", "B group", "白介6", "联合用药",
        "吗替麦考酚酯单药治疗", "血小板单采", "介绍", "新德",
    ],
)  # fmt: skip
def test_what_tells_no_drug_stays(drugs, told):
    assert cover(told, drugs) == told


def written(desk: Desk, path: Path, preset: str) -> tuple[Table, ...]:
    return tuple(read_back(write_export(desk, path, preset, Language("en")).path))


def rows_of(tables: tuple[Table, ...], name: str) -> list[dict[str, object]]:
    table = next(table for table in tables if table.name == name)
    return [dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows]


def test_deviations_of_doses_are_left_out_and_words_of_the_others_are_masked(arms: Study, tmp_path: Path):
    nurse = arms.sit("lin.yue", roles.NURSE)
    deviation_records.record(nurse, IL2, "Tuesday's was taken on Wednesday", nurse.today())
    deviation_records.record(nurse, IL2, "Twice", nurse.today(), "dosing")
    with nurse.change("dose.record") as change:
        for task, action in ((roles.DOSING, ""), ("", "dose.record"), (roles.ENTRY, "visit.record")):
            change.propose(BEL, "delegation.missing", "minor", nurse.today(), task=task, action=action)
        change.propose(BEL, "dose.missed", "minor", nurse.today(), number=1)
        change.propose(BEL, "dispensing.expired", "major", nurse.today(), lot="L1")
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    assert len(rows_of(written(desk, tmp_path, "site"), "DEVIATIONS")) == 7
    shown = rows_of(written(desk, tmp_path, "sponsor"), "DEVIATIONS")
    assert [(row["DEVIATION"], row["FACTS"]) for row in shown] == [
        ("deviation.recorded", MASK),
        ("delegation.missing", '{"action":"visit.record","task":"data_entry"}'),
    ]


def test_a_window_that_counts_from_the_last_dose_tells_of_no_visit_that_is_outside_of_it(
    arms: Study, tmp_path: Path
):
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, IL2)
    inject(nurse, IL2)
    at(arms, nurse.today() + timedelta(days=200))
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    dispositions.record_disposition(desk, IL2, "drug_stop", "IL2", desk.today(), "subject")
    for visit in ("W24", "W28"):
        visits.record_visit(desk, IL2, visit, desk.today())

    def told(preset: str) -> list[str]:
        rows = rows_of(written(desk, tmp_path, preset), "DEVIATIONS")
        facts = (str(row["FACTS"]) for row in rows if row["DEVIATION"] == "visit.outside_window")
        return [json.loads(each)["visit"] for each in facts]

    # Every other day until then, or every fourth week: the last dose tells which of them it was.
    assert (told("site"), told("sponsor")) == (["W24", "W28"], ["W24"])


def test_a_visit_that_counts_from_the_last_dose_and_completing_change_no_cell_of_the_sponsors_workbook(
    arms: Study,
):
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, IL2)
    inject(nurse, IL2)
    place = laboratory(arms)
    at(arms, nurse.today() + timedelta(days=200))
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    fever = event(desk, IL2)

    def cells(preset: str) -> dict[str, list[object]]:
        with snapshot(desk) as copy:
            return {table.name: table.rows for table in study_tables(copy, PRESETS[preset])}

    before, site = cells("sponsor"), cells("site")
    visit = visits.record_visit(desk, IL2, "W28", desk.today()).id
    values = {
        **numbers({"temperature": "36.6", "systolic": "122", "diastolic": "78"}),
        "pulse": Value(missing="in_query", typed="many"),
    }
    new = NewForm(IL2, visit, "vitals", desk.today(), Given(values))
    form_records.save_form(desk, new)
    drawn = desk.now() - timedelta(minutes=30)
    sample = NewSample(IL2, visit, "CBC", place, drawn, "R-28", "", "")
    saved = labs.save_results(desk, sample, (TypedResult("HGB", "104", "", Decimal(104), "g/L"),))
    record_links.link(desk, fever.id, "result", saved.results["HGB"].id)
    note = "the plan goes on: typed by mistake"
    dispositions.record_disposition(desk, IL2, "completed", "", desk.today(), "completed", note)
    after = cells("sponsor")
    assert {name for name in after if after[name] != before[name]} == set()
    told = cells("site")
    changed = {name for name in told if told[name] != site[name]}
    assert {"VISITS", "VITALS", "LAB", "QUERIES", "LINKS", "DISPOSITIONS", "SUBJECTS"} <= changed


def test_queries_about_doses_and_about_fields_of_one_drug_are_left_out(arms: Study, tmp_path: Path):
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    with desk.change("form.save") as change:
        for table, field in (
            ("dose", "administered"), ("dispensing", "lot"), ("form_record", "related_il2"),
            ("form_record", "special_interest"), ("form_record", "overdose_text"), ("dosette", "weight"),
        ):  # fmt: skip
            change.add(
                Query(
                    subject_id=BOTH, about_table=table, about_id=1, field=field, question="Right?",
                    raised_at=change.at, raised_by=change.actor.user_id,
                )
            )  # fmt: skip
    shown = rows_of(written(desk, tmp_path, "sponsor"), "QUERIES")
    assert [row["FIELD"] for row in shown] == ["overdose_text", "weight"]


def test_no_field_and_no_row_that_one_drug_calls_for_is_in_the_sponsors_workbook(arms: Study, tmp_path: Path):
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    event(desk, BEL, "Fever after the infusion", special_interest="hypersensitivity")
    medicine(desk, "Prednisone", "10", "2026-10-01", BEL)
    fields = given({"name": "Cetirizine", "start": "2026-11-20"}, category="premedication", unit="mg")
    enter(desk, "medication", fields, BEL)
    site, sponsor = (written(desk, tmp_path, preset) for preset in ("site", "sponsor"))
    assert [row["NAME"] for row in rows_of(site, "MEDICATION")] == ["Prednisone", "Cetirizine"]
    assert [row["NAME"] for row in rows_of(sponsor, "MEDICATION")] == ["Prednisone"]
    (shown,) = rows_of(sponsor, "ADVERSE_EVENT")
    assert shown["TERM"] == f"Fever after the {MASK}" and "SPECIAL_INTEREST" not in shown
    names = {(table.name, column.name) for table in sponsor for column in table.columns}
    assert not names & {("PREGNANCY", "LAST_DRUG"), ("LAB", "DOSE_RELATION")}
    assert {("PREGNANCY", "LAST_DRUG"), ("LAB", "DOSE_RELATION")} <= {
        (table.name, column.name) for table in site for column in table.columns
    }
    listed = {(row["SHEET"], row["COLUMN"]) for row in rows_of(sponsor, "FORMS")}
    assert ("ADVERSE_EVENT", "SPECIAL_INTEREST") not in listed and ("ADVERSE_EVENT", "TERM") in listed
    assert ("ADVERSE_EVENT", "ACTION_IL2") not in listed


@pytest.mark.parametrize("arm", [BOTH, IL2])
def test_a_dose_changes_no_cell_of_the_sponsors_workbook_but_that_somebody_is_treated(arms: Study, arm: int):
    desk = arms.sit("chen.lan", roles.COORDINATOR)

    def cells() -> dict[str, list[list[object]]]:
        with snapshot(desk) as copy:
            return {table.name: table.rows for table in study_tables(copy, PRESETS["sponsor"])}

    before = cells()
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, arm)
    inject(nurse, arm)
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    after = cells()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"SUBJECTS", "DEVIATIONS"}
    pairs = zip(before["SUBJECTS"], after["SUBJECTS"], strict=True)
    others = [(old, new) for number, (old, new) in enumerate(pairs, start=1) if number != arm]
    assert all(old == new for old, new in others)


def test_what_is_left_out_is_said_before_anything_is_written():
    said = {words.en for words in removed(PRESETS["sponsor"])}
    assert said > {str(text) for text in NOTHING_OF_ARM}
    assert not {words.en for words in removed(PRESETS["site"])} & {str(text) for text in NOTHING_OF_ARM}


def test_a_birth_date_of_another_is_no_secret_and_an_entered_day_stays(arms: Study, tmp_path: Path):
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    with desk.view() as session:
        own, other = (next(iter(each.births)).isoformat() for each in list(everybody(session).values())[:2])
    assert own != other
    medicine(desk, f"Own {own} other {other}", "10", own)
    (shown,) = rows_of(written(desk, tmp_path, "site"), "MEDICATION")
    assert (shown["NAME"], shown["START"]) == (f"Own {MASK} other {other}", own)


def test_who_a_subject_was_before_its_registration_was_put_right_is_masked_too(arms: Study, tmp_path: Path):
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    before = subjects.identity_of(desk, IL2)
    wrong = replace(
        before,
        name="欧阳莉娟",
        initials="OYLJ",
        birth_date=date(1991, 2, 3),
        identity_kind="passport",
        identity_number="H87654321",
        phone="01055501007",
    )
    for right in (wrong, before):
        version = subjects.subject_row(desk, IL2).version
        correct_registration(desk, RegistrationCorrection(IL2, version, right, "slip"))
    told = "Rice; 欧 阳莉娟 OYLJ h87654321 010-5550 1007 1991-02-03"
    medicine(arms.sit("zhao.jing", roles.INVESTIGATOR), told, "10", "2026-10-01", IL2)
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    masked = " ".join(["Rice;", *[MASK] * 5])
    for preset in PRESETS:
        (shown,) = rows_of(written(desk, tmp_path, preset), "MEDICATION")
        assert shown["NAME"] == masked
    paper = print_worksheet(desk, IL2, "W4", Language("en")).content
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(paper)).pages)
    assert masked in " ".join(text.split()) and "OYLJ" not in text


def test_nothing_speaks_of_an_entry_that_is_left_out(arms: Study, tmp_path: Path) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    about = event(desk)
    values = given({"name": "Loratadine", "start": "2026-11-23"}, category="premedication", frequency="ONCE")
    before = enter(desk, "medication", values)
    other = medicine(desk, "Ibuprofen", "400", "2026-11-20")
    for row in (before, other):
        record_links.link(desk, about.id, "form_record", row.id)
    with desk.change("form.save") as change:
        facts = {"field": "dose", "question": "value.unlikely", "raised_at": change.at}
        for row in (before, other):
            change.add(
                Query(subject_id=BOTH, about_table="form_record", about_id=row.id, raised_by=1, **facts)
            )
    for preset, spoken_of in (("site", {before.id, other.id}), ("sponsor", {other.id})):
        tables = {table.name: table.rows for table in written(desk, tmp_path, preset)}
        assert {row[3] for row in tables["LINKS"]} == spoken_of
        assert {row[1] for row in tables["QUERIES"]} == {f"form_record {number}" for number in spoken_of}
