"""Pre-dose and post-dose against the doses of the day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sle_desk.domain.dose_relation import contradicting_start


def at(hour: int) -> datetime:
    return datetime(2026, 11, 23, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("relation", "drawn", "doses", "by"),
    [
        ("pre", 10, (9,), 9), ("pre", 9, (9,), None), ("pre", 8, (9,), None),
        ("post", 8, (9,), 9), ("post", 9, (9,), None), ("post", 10, (9,), None),
        # Between two doses either may be meant; after or before both, the nearer one is named.
        ("pre", 10, (9, 11), None), ("post", 10, (11, 9), None), ("pre", 12, (9, 11), 11),
        ("post", 8, (9, 11), 9),
        ("pre", 10, (), None), ("", 10, (9,), None),
    ],
)  # fmt: skip
def test_only_what_no_dose_of_the_day_allows_is_contradicted(
    relation: str, drawn: int, doses: tuple[int, ...], by: int | None
) -> None:
    found = contradicting_start(relation, at(drawn), map(at, doses))
    assert found == (None if by is None else at(by))
