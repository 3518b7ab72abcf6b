"""The workbook: every cell comes back as it was, and nothing in it can act."""

import os
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken, StorageFailed
from sle_desk.base.language import Words
from sle_desk.domain.values import Measured, parse_number
from sle_desk.exports.about import About
from sle_desk.exports.cells import number_cell, text_cell, text_read
from sle_desk.exports.read_back import Difference, ReadColumn, ReadTable, compare, read_back
from sle_desk.exports.tables import CodeList, Column, Table
from sle_desk.exports.workbook import write_workbook

BEIJING = timezone(timedelta(hours=8))
LABEL = Words("Value", "结果")
ABOUT = About(
    study=Words("Belimumab ± low-dose IL-2 in SLE", "贝利尤单抗 ± 低剂量 IL-2 治疗 SLE"),
    identifiers="NCT05262686",
    export_number="X-0003",
    audit_number=18204,
    audit_code="LHZS-BMGJ-YLAX-ODSQ-7LKD-TWYQ",
    made_at=datetime(2026, 11, 23, 9, 44, tzinfo=BEIJING),
    data_as_of=datetime(2026, 11, 23, 9, 43, tzinfo=BEIJING),
    protocol="v2.0",
    application="sle_desk 1.0.0",
    presets=(Words("without arm", "不含组别"),),
    removed=(Words("names and birth dates", "姓名与出生日期"),),
    codelists=(CodeList("FLAG", (("L", Words("Low", "低")), ("H", Words("High", "高")))),),
)
COLUMNS = (
    Column("SUBJID", Words("Subject", "受试者"), "text"),
    Column("LBORRES", Words("Result", "结果"), "number", unit="g/L", as_typed=True, source="LB.value"),
    Column("LBNRIND", Words("Flag", "标志"), "code", codelist="FLAG"),
    Column("LBDAT", Words("Day", "日期"), "day"),
    Column("LBDTC", Words("Drawn", "采样时间"), "instant"),
    Column("AESTDTC", Words("Start", "开始"), "partial_day"),
    Column("STUDYDAY", Words("Day", "研究日"), "whole", derivation=Words("LBDAT − day 1 + 1", "")),
    Column("DOSE", Words("Dose", "剂量"), "number", unit="mg"),
)
DRAWN = datetime(2026, 11, 9, 8, 30, tzinfo=BEIJING)
ROWS = (
    (
        *("SLE-004", parse_number("1.10"), "L", date(2026, 11, 9), DRAWN),
        *("2026-11-UK", 57, Decimal("612")),
    ),
    ("SLE-008", Measured("<0.5", Decimal("0.5"), "<"), None, None, None, None, None, None),
    ("=1+1", Measured("0", Decimal(0)), "H", date(1900, 3, 1), DRAWN, "UK-UK-UK", -1, Decimal("0.000001")),
)
TABLE = Table("LB", Words("Laboratory", "实验室检查"), COLUMNS, ROWS)


@pytest.fixture
def written(tmp_path, english):
    return write_workbook(tmp_path / "X.xlsx", [TABLE], ABOUT, english)


def sheet_xml(path, number):
    with zipfile.ZipFile(path) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


def one(column, *values):
    return Table("T", LABEL, (column,), [(value,) for value in values])


def test_every_cell_comes_back_as_it_was(written):
    assert compare([TABLE], read_back(written)) == []


def test_the_cells_are_typed_as_excel_types_them(written):
    sheet = openpyxl.load_workbook(written, read_only=True)["LB"]
    head, first = list(sheet.rows)[:2]
    found = {cell.value: value for cell, value in zip(head, first, strict=True)}
    assert found["SUBJID"].data_type == "s"
    assert found["LBORRES"].value == 1.1 and found["LBORRES_TYPED"].value == "1.10"
    assert found["LBDAT"].value == datetime(2026, 11, 9) and found["LBDAT"].number_format == "yyyy-mm-dd"
    assert found["LBDTC"].value == "2026-11-09T08:30:00+08:00"
    assert (found["AESTDTC"].value, found["AESTDTC_YEAR"].value) == ("2026-11-UK", 2026)
    assert found["STUDYDAY"].value == 57 and found["DOSE"].value == 612


def test_text_that_looks_like_a_formula_stays_text(written, tmp_path, english):
    hostile = ["=1+1", "=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "1e5", "007", "2026-11-23"]
    path = write_workbook(tmp_path / "H.xlsx", [one(Column("A", LABEL), *hostile)], ABOUT, english)
    assert [row[0] for row in read_back(path)[0].rows] == hostile
    for number in (1, 2, 3, 4):
        assert not re.search(r"<f[ >/]", sheet_xml(path, number))
    sheet = openpyxl.load_workbook(path)["T"]
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert all(cell.quotePrefix for cell in sheet["A"][1:])


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cc", "Cf", "Cs"]), max_size=40) | st.just("\n a\t")
)
def test_any_text_without_control_characters_comes_back(text):
    assert text_read(text_cell(text)) == text


@pytest.mark.parametrize(
    "text", ["_x0041_", "_x005F_x0041_", "_x005F_", "__x0041_x0042_", "a_x000D_b", "_x", "x005F_", "_xyz_"]
)
def test_text_that_excel_would_read_as_an_escape_comes_back(tmp_path, english, text):
    path = write_workbook(tmp_path / "E.xlsx", [one(Column("A", LABEL), text)], ABOUT, english)
    assert read_back(path)[0].rows == ((text,),)
    # As Excel reads it: every _xHHHH_ is one character.
    (stored,) = re.findall(r"<t[^>]*>(?!A<)([^<]*)</t>", sheet_xml(path, 2).split('r="A2"')[1])
    assert re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), stored) == text


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6
    ).filter(lambda value: len(value.as_tuple().digits) <= 15)
)
def test_any_measure_the_study_keeps_comes_back_exactly(value):
    assert Decimal(repr(float(number_cell(value)))) == value


def test_numbers_of_15_digits_come_back_and_16_are_refused(tmp_path, english):
    column = Column("A", LABEL, "number")
    numbers = [
        Decimal("123456789.012345"),
        Decimal("9.00719925474099"),
        Decimal("-0.000001"),
        Decimal("1E+3"),
    ]
    table = one(column, *numbers)
    assert compare([table], read_back(write_workbook(tmp_path / "N.xlsx", [table], ABOUT, english))) == []
    with pytest.raises(RuleBroken) as broken:
        write_workbook(tmp_path / "M.xlsx", [one(column, Decimal("1234567890.123456"))], ABOUT, english)
    assert broken.value.code == "workbook.digits"
    assert broken.value.facts == {
        "value": "1234567890.123456",
        "most": 15,
        "sheet": "T",
        "row": 2,
        "column": "A",
    }


@pytest.mark.parametrize(
    "bad", ["a\x00b", "\x0b", "\x1f", "\r", "\x85", "\u202e", "\u200b", "\ud800", "\uffff"]
)
def test_a_control_character_is_refused_naming_the_cell(tmp_path, english, bad):
    with pytest.raises(RuleBroken) as broken:
        write_workbook(tmp_path / "C.xlsx", [one(Column("A", LABEL), "good", bad)], ABOUT, english)
    assert broken.value.code == "workbook.control"
    assert (broken.value.facts["row"], broken.value.facts["column"]) == (3, "A")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("longest", ["中" * 32_767, "𠀀" * 16_383])
def test_a_text_that_is_too_long_is_refused_and_never_cut(tmp_path, english, longest):
    table = one(Column("A", LABEL), longest)
    assert compare([table], read_back(write_workbook(tmp_path / "L.xlsx", [table], ABOUT, english))) == []
    with pytest.raises(RuleBroken) as broken:
        write_workbook(tmp_path / "M.xlsx", [one(Column("A", LABEL), longest + "xx")], ABOUT, english)
    assert broken.value.code == "workbook.too_long"


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("day", date(1900, 2, 28), "workbook.day"),
        ("number", Decimal("NaN"), "workbook.not_a_number"),
        ("number", Decimal("Infinity"), "workbook.not_a_number"),
    ],
)
def test_what_a_workbook_cannot_count_is_refused(tmp_path, english, kind, value, code):
    with pytest.raises(RuleBroken) as broken:
        write_workbook(tmp_path / "D.xlsx", [one(Column("A", LABEL, kind), value)], ABOUT, english)
    assert broken.value.code == code


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "1"), ("number", 1.5), ("whole", Decimal(1)), ("whole", True), ("day", "2026-11-23")],
)
def test_a_value_of_another_type_than_its_column_is_a_fault(tmp_path, english, kind, value):
    with pytest.raises(TypeError, match="A is"):
        write_workbook(tmp_path / "D.xlsx", [one(Column("A", LABEL, kind), value)], ABOUT, english)
    with pytest.raises(TypeError):
        write_workbook(tmp_path / "E.xlsx", [one(Column("A", LABEL, "day"), DRAWN)], ABOUT, english)


def test_the_head_is_frozen_and_filtered(written):
    sheet = openpyxl.load_workbook(written)["LB"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:M4"


def test_the_dictionary_explains_every_written_column(written):
    rows = list(openpyxl.load_workbook(written)["Dictionary"].values)
    head, described = rows[0], {row[1]: row for row in rows[1:]}
    sheet = openpyxl.load_workbook(written)["LB"]
    assert [cell.value for cell in sheet[1]] == list(described)
    result = dict(zip(head, described["LBORRES"], strict=True))
    assert (result["LABEL_EN"], result["LABEL_ZH"], result["TYPE"]) == ("Result", "结果", "number")
    assert (result["UNIT"], result["SOURCE"]) == ("g/L", "LB.value")
    assert dict(zip(head, described["LBNRIND"], strict=True))["CODELIST"] == "FLAG"
    assert dict(zip(head, described["STUDYDAY"], strict=True))["DERIVATION_EN"] == "LBDAT − day 1 + 1"


def test_the_code_lists_hold_every_code_in_both_languages(written):
    rows = list(openpyxl.load_workbook(written)["Code lists"].values)
    assert rows[1:] == [("FLAG", "L", "Low", "低"), ("FLAG", "H", "High", "高")]


def test_read_me_names_study_export_audit_presets_and_what_was_removed(tmp_path, chinese):
    path = write_workbook(tmp_path / "R.xlsx", [TABLE], ABOUT, chinese)
    text = "\n".join(f"{row[0]}: {row[1]}" for row in openpyxl.load_workbook(path)["Read me"].values)
    for expected in (
        *("贝利尤单抗 ± 低剂量 IL-2 治疗 SLE", "X-0003", "18204", ABOUT.audit_code),
        *("不含组别", "姓名与出生日期", "2026-11-23 09:44 (UTC+08:00)"),
    ):
        assert expected in text


def test_demonstration_data_are_marked_on_every_sheet_in_each_row(tmp_path, english):
    about = replace(ABOUT, demonstration=True)
    path = write_workbook(tmp_path / "D.xlsx", [TABLE, replace(TABLE, name="EMPTY", rows=[])], about, english)
    book = openpyxl.load_workbook(path)
    for sheet in book:
        rows = list(sheet.values)
        assert rows[0][-1] == "DEMONSTRATION"
        assert all(row[-1] == "DEMONSTRATION DATA 演示数据" for row in rows[1:])
        assert "DEMONSTRATION DATA" in sheet.oddHeader.center.text
    assert compare([TABLE, replace(TABLE, name="EMPTY", rows=[])], read_back(path)) == []


def test_real_data_are_not_marked_as_demonstration(written):
    with zipfile.ZipFile(written) as archive:
        assert not any(b"DEMONSTRATION" in archive.read(name) for name in archive.namelist())


def test_the_properties_hold_no_person(written):
    properties = openpyxl.load_workbook(written).properties
    assert (properties.creator, properties.lastModifiedBy) == ("sle_desk 1.0.0", None)
    assert properties.created == datetime(2026, 11, 23, 1, 44)


def test_the_same_tables_give_the_same_sheets(tmp_path, english):
    first, second = (write_workbook(tmp_path / f"{n}.xlsx", [TABLE], ABOUT, english) for n in (1, 2))
    assert [sheet_xml(first, n) for n in (1, 2, 3, 4)] == [sheet_xml(second, n) for n in (1, 2, 3, 4)]


def test_only_the_workbook_is_left_in_the_folder_and_nothing_in_the_temporary_one(
    tmp_path, english, monkeypatch
):
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    seen = []
    rows = [("x",)]

    class Spied(list):
        def __iter__(self):
            seen.extend(elsewhere.iterdir())
            return super().__iter__()

    write_workbook(
        tmp_path / "X.xlsx", [Table("T", LABEL, (Column("A", LABEL),), Spied(rows))], ABOUT, english
    )
    assert seen == [] and sorted(os.listdir(tmp_path)) == ["X.xlsx", "temporary"]


def test_a_workbook_is_not_written_over_another(written, english):
    before = written.read_bytes()
    with pytest.raises(RuleBroken) as broken:
        write_workbook(written, [TABLE], ABOUT, english)
    assert broken.value.code == "file.exists" and written.read_bytes() == before


@pytest.mark.parametrize("name", ["", "A" * 32, "A/B", "Read me", "dictionary", "A'B"])
def test_a_sheet_that_excel_would_rename_is_refused(tmp_path, english, name):
    with pytest.raises(ValueError):
        write_workbook(tmp_path / "S.xlsx", [replace(TABLE, name=name)], ABOUT, english)


def test_two_sheets_of_one_name_and_an_unknown_code_list_are_refused(tmp_path, english):
    with pytest.raises(ValueError, match="two sheets"):
        write_workbook(tmp_path / "S.xlsx", [TABLE, replace(TABLE, name="lb")], ABOUT, english)
    with pytest.raises(ValueError, match="no code list FLAG"):
        write_workbook(tmp_path / "S.xlsx", [TABLE], replace(ABOUT, codelists=()), english)


def changed(place, value):
    rows = [list(row) for row in ROWS]
    rows[0][place] = value
    return replace(TABLE, rows=rows)


@pytest.mark.parametrize(
    ("table", "where"),
    [
        (changed(1, parse_number("1.11")), (2, "LBORRES")),
        (changed(1, Measured("1.1", Decimal("1.10"))), (2, "LBORRES_TYPED")),
        (changed(0, "SLE-005"), (2, "SUBJID")),
        (changed(2, None), (2, "LBNRIND")),
        (changed(3, date(2026, 11, 10)), (2, "LBDAT")),
        (changed(4, DRAWN.astimezone(UTC)), (2, "LBDTC")),
        (changed(5, "2026-12-UK"), (2, "AESTDTC")),
        (changed(7, Decimal("612.000001")), (2, "DOSE")),
        (replace(TABLE, rows=ROWS[:2]), (4, "")),
        (replace(TABLE, rows=(*ROWS, ROWS[0])), (5, "")),
        (replace(TABLE, columns=(*COLUMNS[:-1], replace(COLUMNS[-1], unit="g"))), (1, "DOSE")),
        (replace(TABLE, columns=(*COLUMNS[:-1], replace(COLUMNS[-1], type="whole"))), (1, "DOSE")),
        (replace(TABLE, name="LC"), (0, "")),
    ],
    ids=lambda case: str(case) if isinstance(case, tuple) else "",
)
def test_one_changed_value_is_found_by_row_and_column(written, table, where):
    found = compare([table], read_back(written))
    assert where in {(difference.row, difference.column) for difference in found}


def test_a_number_where_a_text_was_is_a_difference():
    table = one(Column("A", LABEL), "1")
    read = ReadTable("T", read_columns(table), ((1,),))
    assert compare([table], [read]) == [Difference("T", 2, "A", "1", 1)]


def read_columns(table):
    return tuple(ReadColumn(column.name, column.type, column.unit) for column in table.columns)


def test_a_workbook_of_another_kind_and_a_broken_file_are_refused(tmp_path):
    other = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(other)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK no zip")
    for path in (other, broken, tmp_path / "gone.xlsx"):
        with pytest.raises(StorageFailed) as failed:
            read_back(path)
        assert failed.value.code == "workbook.unreadable"


def test_a_workbook_is_not_read_without_the_guard_against_hostile_xml(written, monkeypatch):
    assert openpyxl.DEFUSEDXML
    monkeypatch.setattr(openpyxl, "DEFUSEDXML", False)
    with pytest.raises(StorageFailed) as failed:
        read_back(written)
    assert failed.value.code == "workbook.unsafe_reader"
