"""People who do not exist."""

from __future__ import annotations

from datetime import date

from sle_desk.domain.identity import check_character
from sle_desk.services.subjects import NewSubject


def identity_number(birth_date: date, sex: str, serial: int = 2) -> str:
    """Return an invented resident identity number that passes its own check."""
    order = serial * 2 + (1 if sex == "M" else 0)
    first = f"990105{birth_date:%Y%m%d}{order % 1000:03d}"
    return first + check_character(first)


def someone(**changes: object) -> NewSubject:
    """Return an invented person, changed as asked; with other initials it has another name too."""
    facts: dict[str, object] = {
        "name": "张慧敏",
        "initials": "ZHM",
        "sex": "F",
        "birth_date": date(1992, 3, 4),
        "identity_kind": "resident",
        "identity_number": identity_number(date(1992, 3, 4), "F"),
        "phone": "",
    }
    if "initials" in changes and changes["initials"] != facts["initials"]:
        facts["name"] = f"张{changes['initials']}"
    return NewSubject(**{**facts, **changes})  # type: ignore[arg-type]
