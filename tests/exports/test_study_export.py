"""An export holds the study cell by cell, names nobody, and tells no arm where it may not."""

import zipfile
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, inject, vitals
from logged import medicine
from sqlalchemy import select
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.dose_matching import RecordedDose
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.dataset_course import actual_arm
from sle_desk.exports.exporting import write_export
from sle_desk.exports.read_back import compare, read_back
from sle_desk.exports.study_export import require_equal, study_tables
from sle_desk.models.lab import Result
from sle_desk.models.visit import Answer
from sle_desk.services import export_log, labs, subjects, visits
from sle_desk.services.desk import Desk
from sle_desk.services.dispositions import record_disposition
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
EN = Language("en")


@pytest.fixture
def desk(arms: Study) -> Desk:
    """The coordinator's desk after one injection of subject 1."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, 1)
    inject(nurse, 1)
    arms.clock.advance(timedelta(minutes=5))
    return arms.sit("chen.lan", roles.COORDINATOR)


def sheet(read, name):
    return next(table for table in read if table.name == name)


def column(table, name):
    place = [found.name for found in table.columns].index(name)
    return [row[place] for row in table.rows]


def everything(path):
    with zipfile.ZipFile(path) as book:
        return "\n".join(book.read(name).decode("utf-8") for name in book.namelist())


def test_cells_equal_the_values_of_the_database_by_row_column_type_and_unit(desk, tmp_path):
    read = read_back(write_export(desk, tmp_path, "site", EN).path)
    with desk.view() as session:
        results = session.scalars(select(Result).order_by(Result.id)).all()
        weights = session.scalars(
            select(Answer.number).where(Answer.field == "weight").order_by(Answer.id)
        ).all()
        saved = {(row.analyte, row.value) for row in results}
    lab, vitals = sheet(read, "LAB"), sheet(read, "VITALS")
    assert set(zip(column(lab, "TEST"), column(lab, "VALUE"), strict=True)) == saved
    assert sorted(column(vitals, "WEIGHT")) == sorted(weights)
    declared = next(found for found in vitals.columns if found.name == "WEIGHT")
    assert (declared.type, declared.unit) == ("number", "kg")
    doses = sheet(read, "DOSES")
    assert column(doses, "ADMINISTERED") == [Decimal(1)] and column(doses, "PLANNED_NUMBER") == [1]
    assert column(sheet(read, "SUBJECTS"), "ARM") == ["BELIL2", "BEL", "IL2"]


@pytest.mark.parametrize("preset", PRESETS)
def test_changing_one_value_in_the_database_makes_the_comparison_fail(desk, tmp_path, preset):
    done = write_export(desk, tmp_path, preset, EN)
    with snapshot(desk) as copy:
        answer = copy.session.scalar(select(Answer).where(Answer.field == "weight"))
        answer.typed, answer.number = "99.9", Decimal("99.9")
        tables = [table for table in study_tables(copy, PRESETS[preset]) if table.name == "VITALS"]
    read = [table for table in read_back(done.path) if table.name == "VITALS"]
    found = compare(tables, read)
    assert [one.column for one in found] == ["WEIGHT", "WEIGHT_TYPED"]
    with pytest.raises(StorageFailed, match="export.differs"):
        require_equal(done.path, tables)


@pytest.mark.parametrize("preset", PRESETS)
def test_nobody_is_named_in_an_export(desk, tmp_path, preset):
    known = [subjects.identity_of(desk, number) for number in (1, 2, 3)]
    text = everything(write_export(desk, tmp_path, preset, EN).path)
    for one in known:
        born = one.birth_date
        for secret in (one.name, one.identity_number, born.isoformat(), f"{born:%Y%m%d}"):
            assert secret not in text


def test_a_name_typed_into_a_text_is_masked_and_counted(desk, tmp_path):
    who = subjects.identity_of(desk, 1)
    with desk.change("visit.record") as change:
        change.propose(1, "consent.after_procedure", "minor", desk.today(), procedure=f"said {who.name}")
    done = write_export(desk, tmp_path, "site", EN)
    assert done.masked == 1 and who.name not in everything(done.path)


def test_the_sponsor_gets_no_arm_no_dose_and_no_audit(desk, tmp_path):
    path = write_export(desk, tmp_path, "sponsor", EN).path
    names = {table.name for table in read_back(path)}
    assert not names & {"DOSES", "VIALS", "AUDIT"}
    told = {cell for table in read_back(path) for row in table.rows for cell in row}
    for arm in desk.protocol.arms:
        assert not {arm.code, arm.label.en, arm.name.en} & told
    text = everything(path)
    assert "BELIL2" not in text and "BEL + IL-2" not in text
    assert "202607-A3" not in text and "DAY_ONE" not in text


def test_kits_and_steps_out_are_exported_and_the_sponsor_reads_of_no_stopped_drug(desk, tmp_path):
    record_disposition(desk, 1, "drug_stop", "IL2", desk.today(), "subject")
    record_disposition(desk, 2, "exit", "", desk.today(), "lost", "Not reached by telephone.")
    site = read_back(write_export(desk, tmp_path, "site", EN).path)
    steps, kits = sheet(site, "DISPOSITIONS"), sheet(site, "DISPENSING")
    assert list(zip(column(steps, "KIND"), column(steps, "DRUG"), column(steps, "REASON"), strict=True)) == [
        ("drug_stop", "IL2", "subject"),
        ("exit", None, "lost"),
    ]
    assert column(kits, "STRENGTH") == [Decimal(1)] and column(kits, "UNIT") == ["10^6 IU"]
    sponsor = read_back(write_export(desk, tmp_path, "sponsor", EN).path)
    assert column(sheet(sponsor, "DISPOSITIONS"), "KIND") == ["exit"]
    assert "DISPENSING" not in {table.name for table in sponsor}


def test_an_export_is_numbered_noted_and_its_file_hashed(desk, tmp_path):
    first, second = (write_export(desk, tmp_path, "sponsor", EN) for _ in range(2))
    rows = export_log.exports(desk)
    assert [row.number for row in rows] == [2, 1]
    assert rows[1].files == {first.path.name: first.sha256} and first.path != second.path
    assert (rows[0].audit_number, rows[0].audit_code) == (second.audit_number, second.audit_code)
    assert rows[0].written_by == "Chen Lan"


def test_a_failed_export_leaves_no_file_and_no_note(desk, tmp_path, monkeypatch):
    from sle_desk.exports import study_export

    def planted(tables, read):
        return compare([replace(tables[0], rows=[]), *tables[1:]], read)

    monkeypatch.setattr(study_export, "compare", planted)
    with pytest.raises(StorageFailed, match="export.differs"):
        write_export(desk, tmp_path, "site", EN)
    assert list(tmp_path.glob("*.xlsx")) == [] and export_log.exports(desk) == ()


def test_a_name_that_is_taken_is_not_written_over(desk, tmp_path):
    (tmp_path / "SLE_X-0001_SPONSOR.xlsx").write_bytes(b"mine")
    with pytest.raises(RuleBroken, match="file.exists"):
        write_export(desk, tmp_path, "sponsor", EN)
    assert (tmp_path / "SLE_X-0001_SPONSOR.xlsx").read_bytes() == b"mine"


def test_a_monitor_cannot_export_the_arms(arms, desk, tmp_path):
    monitor = arms.sit("he.jian", roles.MONITOR)
    with pytest.raises(NotAllowed):
        write_export(monitor, tmp_path, "site", EN)
    assert write_export(monitor, tmp_path, "sponsor", EN).preset == "sponsor"


def test_a_subject_entered_in_error_is_in_no_sheet(desk, tmp_path):
    with snapshot(desk) as copy:
        from sle_desk.models.subject import Subject

        subject = copy.session.get_one(Subject, 2)
        subject.state, subject.void_reason = "void", "twice"
        tables = study_tables(copy, PRESETS["site"])
    for table in tables:
        if table.columns[0].name == "SUBJID":
            assert "SLE-002" not in [row[0] for row in table.rows], table.name


def test_one_row_a_subject_tells_the_way_through_the_treatment(desk, arms, tmp_path):
    record_disposition(desk, 1, "drug_stop", "IL2", desk.today(), "adverse_event")
    record_disposition(desk, 2, "exit", "", desk.today(), "death")
    subject_rows = sheet(read_back(write_export(desk, tmp_path, "site", EN).path), "SUBJECTS")
    given = desk.today()
    assert column(subject_rows, "RANDOMISED") == ["Y", "Y", "Y"]
    assert column(subject_rows, "TREATED") == ["Y", "N", "N"]
    assert column(subject_rows, "ACTUAL_ARM") == ["BELIL2", None, None]
    assert column(subject_rows, "IL2_FIRST_ON") == [given, None, None]
    assert column(subject_rows, "IL2_LAST_ON") == [given, None, None]
    assert column(subject_rows, "IL2_DOSES") == [1, 0, 0]
    assert column(subject_rows, "BEL_DOSES") == [0, 0, 0]
    assert column(subject_rows, "TREATMENT_DAYS") == [1, None, None]
    assert column(subject_rows, "IL2_STOPPED_ON") == [given, None, None]
    assert column(subject_rows, "IL2_STOP_REASON") == ["adverse_event", None, None]
    assert column(subject_rows, "LEFT_REASON") == [None, "death", None]
    # The day of an exit for death is that of the exit: nobody wrote when the subject died.
    assert column(subject_rows, "DIED_ON") == [None, None, None]
    assert column(subject_rows, "DEATH_CONTRADICTED") == [None, "N", None]
    assert column(subject_rows, "STATE")[1] == "died"
    weight, sledai = column(subject_rows, "BASELINE_WEIGHT"), column(subject_rows, "BASELINE_SLEDAI")
    assert weight[0] is not None and weight[1:] == [None, None]
    assert all(isinstance(total, int) for total in sledai)


def test_the_sponsors_row_of_a_subject_tells_no_drug(desk, tmp_path):
    subject_rows = sheet(read_back(write_export(desk, tmp_path, "sponsor", EN).path), "SUBJECTS")
    names = {found.name for found in subject_rows.columns}
    assert {"TREATED", "LEFT_ON", "BASELINE_WEIGHT"} <= names
    assert not any("ARM" in name or "IL2" in name or "BEL_" in name or "DAYS" in name for name in names)


@pytest.mark.parametrize(
    ("planned", "drugs", "found"),
    [
        ("BELIL2", {"BEL"}, "BELIL2"),
        ("BELIL2", {"BEL", "IL2"}, "BELIL2"),
        ("BEL", {"BEL", "IL2"}, "BELIL2"),
        ("BEL", {"IL2"}, "IL2"),
        ("IL2", set(), None),
        ("", {"IL2"}, None),
    ],
)
def test_the_arm_as_treated_follows_its_rule(desk, planned, drugs, found):
    given = [RecordedDose(key=number, drug=drug, progress="given", on_day=desk.today())
             for number, drug in enumerate(sorted(drugs))]  # fmt: skip
    assert actual_arm(desk.protocol, planned, given) == found


def test_a_drug_named_in_a_note_is_masked_where_the_arm_must_not_show(desk, tmp_path):
    note = "asked about belimumab, IL2 and 白介素-2; not about label"
    visits.record_not_done(desk, 1, "W2", "other", note)
    sponsor = sheet(read_back(write_export(desk, tmp_path, "sponsor", EN).path), "VISITS")
    # Names that are joined are one mask: two of them would tell the combination.
    assert "other: asked about […], […]; not about label" in column(sponsor, "NOT_DONE_REASON")
    site = sheet(read_back(write_export(desk, tmp_path, "site", EN).path), "VISITS")
    assert f"other: {note}" in column(site, "NOT_DONE_REASON")


def test_who_could_do_what_goes_out_with_the_audit_alone(desk, arms, tmp_path):
    read = read_back(write_export(desk, tmp_path, "site", EN).path)
    held, given = sheet(read, "ROLES"), sheet(read, "DELEGATIONS")
    assert dict(zip(column(held, "USER"), column(held, "ROLE"), strict=True))["wu.min"] == roles.PI
    assert {("chen.lan", roles.ENTRY), ("chen.lan", roles.RANDOMISATION)} <= set(
        zip(column(given, "USER"), column(given, "TASK"), strict=True)
    )
    names = {table.name for table in read_back(write_export(desk, tmp_path, "sponsor", EN).path)}
    assert not names & {"ROLES", "DELEGATIONS"}


def test_two_unscheduled_visits_of_one_day_are_told_apart_in_every_sheet_of_visits(arms, tmp_path):
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    medicine(desk, "Prednisone", "7.5", "2026-11-01")
    numbers = []
    for weight, hemoglobin in (("61.5", "118"), ("62.5", "96")):
        visit = visits.record_visit(desk, 1, "UNS", desk.today()).id
        vitals(desk, 1, visit, weight)
        result = TypedResult("HGB", hemoglobin, "", Decimal(hemoglobin), "g/L")
        labs.save_results(desk, NewSample(1, visit, "CBC", 1, desk.now(), hemoglobin), (result,))
        arms.clock.advance(timedelta(minutes=5))
        numbers.append(visit)
    read = read_back(write_export(desk, tmp_path, "sponsor", EN).path)
    told = {}
    for name, own in (("VISITS", "DATE"), ("BACKGROUND", "NAME"), ("VITALS", "WEIGHT"), ("LAB", "VALUE")):
        rows = zip(*(column(sheet(read, name), each) for each in ("VISIT", "VISIT_ENTRY", own)), strict=True)
        told[name] = [(number, value) for visit, number, value in rows if visit == "UNS"]
    first, second = numbers
    assert told["VISITS"] == [(first, desk.today()), (second, desk.today())]
    assert told["BACKGROUND"] == [(first, "Prednisone"), (second, "Prednisone")]
    assert told["VITALS"] == [(first, Decimal("61.5")), (second, Decimal("62.5"))]
    assert told["LAB"] == [(first, Decimal(118)), (second, Decimal(96))]
