"""The table of faults in docs names tests that exist, every row once, and says where there is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "faults.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]


def test_every_row_of_the_catalogue_stands_there_once() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 62))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_names_tests_that_exist_or_says_why_there_is_none(row: list[str]) -> None:
    named = re.findall(r"`(tests/[^`]+)`", row[2])
    assert named or row[2].startswith("– ")
    for each in named:
        place, _, name = each.partition("::")
        text = (ROOT / place).read_text(encoding="utf-8")
        assert not name or re.search(rf"^\s*def {name}\(", text, re.MULTILINE), each
