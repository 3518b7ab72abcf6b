"""Tables: what one column becomes on a sheet, and what may stand in it."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from sle_desk.base.language import Words
from sle_desk.domain.values import Measured, parse_number
from sle_desk.exports.tables import Column, Table, flat_columns, flat_rows, instant_text, significant_digits

LABEL = Words("Value", "结果")


def table(column, *values):
    return Table("LB", LABEL, (column,), [(value,) for value in values])


def rows(column, *values):
    return list(flat_rows(table(column, *values)))


def test_a_number_as_typed_stands_with_its_text_and_comparator():
    column = Column("LBORRES", LABEL, "number", unit="g/L", as_typed=True)
    assert [part.name for part in flat_columns(table(column))] == [
        "LBORRES",
        "LBORRES_TYPED",
        "LBORRES_COMPARATOR",
    ]
    assert rows(column, parse_number("1.10"), None) == [[Decimal("1.10"), "1.10", None], [None, None, None]]


def test_a_value_below_a_limit_has_no_number_because_half_is_not_less_than_half():
    column = Column("value", LABEL, "number", as_typed=True)
    assert rows(column, parse_number("<0.5", comparators=True)) == [[None, "<0.5", "<"]]


def test_a_number_of_sixteen_digits_stands_only_as_typed():
    column = Column("value", LABEL, "number", as_typed=True)
    fifteen, sixteen = Measured("1." + "2" * 14, Decimal("1." + "2" * 14)), "1." + "2" * 15
    assert rows(column, fifteen)[0][0] == fifteen.value
    assert rows(column, Measured(sixteen, Decimal(sixteen))) == [[None, sixteen, None]]


@pytest.mark.parametrize(
    ("value", "digits"), [("0", 0), ("100", 1), ("0.0012", 2), ("-12.30", 3), ("1" * 15, 15), ("1.5E+20", 2)]
)
def test_digits_that_matter_are_counted_without_zeros_at_the_ends(value, digits):
    assert significant_digits(Decimal(value)) == digits


@pytest.mark.parametrize(
    ("partial", "parts"),
    [
        ("2026-11-23", [2026, 11, 23]),
        ("2026-11-UK", [2026, 11, None]),
        ("2026-UK-UK", [2026, None, None]),
        ("UK-UK-UK", [None, None, None]),
    ],
)
def test_a_partial_day_stands_as_text_with_the_parts_that_are_known(partial, parts):
    column = Column("AESTDTC", LABEL, "partial_day")
    assert rows(column, partial) == [[partial, *parts]]
    assert [part.type for part in flat_columns(table(column))] == ["partial_day", "whole", "whole", "whole"]


def test_an_empty_text_is_no_value():
    assert rows(Column("NOTE", LABEL), "", None, " ") == [[None], [None], [" "]]


def test_an_instant_keeps_its_own_offset():
    beijing = timezone(timedelta(hours=8))
    assert instant_text(datetime(2026, 11, 23, 9, 44, tzinfo=beijing)) == "2026-11-23T09:44:00+08:00"
    assert instant_text(datetime(2026, 11, 23, 1, 44, 0, 5, tzinfo=UTC)) == "2026-11-23T01:44:00.000005+00:00"
    with pytest.raises(ValueError, match="offset"):
        instant_text(datetime(2026, 11, 23, 9, 44))


def test_two_columns_of_one_name_are_refused_even_when_one_is_made():
    columns = (Column("value", LABEL, "number", as_typed=True), Column("VALUE_TYPED", LABEL))
    with pytest.raises(ValueError, match="VALUE_TYPED"):
        flat_columns(Table("LB", LABEL, columns, []))


def test_a_row_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="row 1: 1 values for 2 columns"):
        list(flat_rows(Table("LB", LABEL, (Column("A", LABEL), Column("B", LABEL)), [("a",)])))


@pytest.mark.parametrize(
    "wrong",
    [{"name": "1A"}, {"name": "A B"}, {"type": "float"}, {"type": "text", "as_typed": True}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_column_that_cannot_be_exported_is_refused(wrong):
    with pytest.raises(ValueError):
        Column(**{"name": "A", "label": LABEL, "type": "number"} | wrong)


def test_a_value_as_typed_needs_a_column_that_keeps_it():
    with pytest.raises(TypeError):
        rows(Column("A", LABEL, "number"), parse_number("1.10"))
    with pytest.raises(TypeError):
        rows(Column("A", LABEL, "number", as_typed=True), Decimal(1))
