"""Every column that a person types or an export shows has its label, kind and unit declared once."""

import pytest
from registered_package import registered

from sle_desk.models import tables
from sle_desk.models.base import Base

__all__ = ["tables"]
DECLARED = [
    pytest.param(column.info["field"], id=f"{table.name}.{column.name}")
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if "field" in column.info
]


@pytest.mark.parametrize("key", DECLARED)
def test_what_a_column_names_as_its_declaration_stands_in_the_package(key):
    form, _, field = key.partition(".")
    declared = registered().form(form).field(field)
    assert declared.label.en and declared.label.zh
