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


def test_every_test_that_carries_a_number_has_its_file_in_that_row() -> None:
    named = {int(row[0]): row[2] for row in ROWS}
    carried = [
        (int(number), path.relative_to(ROOT).as_posix())
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for numbers in re.findall(
            r"^def test_fault_(\d\d)(?:_and_(\d\d))?_", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        for number in numbers
        if number
    ]
    assert len(carried) > 40
    assert [each for each in carried if each[1] not in named[each[0]]] == []
