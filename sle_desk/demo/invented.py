"""People who do not exist: the staff of the demonstration and its patients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sle_desk.domain import roles
from sle_desk.domain.identity import check_character
from sle_desk.services.subjects import NewSubject

SURNAMES = (
    ("张", "Z"),
    ("王", "W"),
    ("李", "L"),
    ("刘", "L"),
    ("陈", "C"),
    ("杨", "Y"),
    ("赵", "Z"),
    ("黄", "H"),
)
GIVEN = (
    ("慧", "H"),
    ("敏", "M"),
    ("静", "J"),
    ("丽", "L"),
    ("芳", "F"),
    ("娜", "N"),
    ("雪", "X"),
    ("兰", "L"),
)
# An area code that no place has: nobody holds these numbers.
AREA = "990105"
OLDEST_DAYS, YOUNGEST_DAYS = 55 * 365, 22 * 365


@dataclass(frozen=True)
class Member:
    """One of the staff: sign-in name, full name, role, and the one-time and the own password."""

    login: str
    name: str
    role: str

    @property
    def one_time(self) -> str:
        """Return the password of the first sign-in."""
        return f"first day, {self.role} 1"

    @property
    def password(self) -> str:
        """Return the own password: printed in accounts.json and derived from nothing secret."""
        return f"demonstration {self.role}"


ADMINISTRATOR = Member("xu.feng", "Xu Feng", roles.ADMINISTRATOR)
PI = Member("wu.min", "Wu Min", roles.PI)
COORDINATOR = Member("chen.lan", "Chen Lan", roles.COORDINATOR)
NURSE = Member("lin.yue", "Lin Yue", roles.NURSE)
INVESTIGATOR = Member("zhao.jing", "Zhao Jing", roles.INVESTIGATOR)
STATISTICIAN = Member("sun.tong", "Sun Tong", roles.STATISTICIAN)
MONITOR = Member("he.jian", "He Jian", roles.MONITOR)
STAFF = (ADMINISTRATOR, PI, COORDINATOR, NURSE, INVESTIGATOR, STATISTICIAN, MONITOR)


def patient(number: int, on_day: date, chance: Random) -> NewSubject:
    """Return an invented woman with an identity number that passes its own check."""
    surname, given = chance.choice(SURNAMES), (chance.choice(GIVEN), chance.choice(GIVEN))
    born = on_day - timedelta(days=chance.randint(YOUNGEST_DAYS, OLDEST_DAYS))
    first = f"{AREA}{born:%Y%m%d}{number * 2 % 1000:03d}"
    return NewSubject(
        name=surname[0] + given[0][0] + given[1][0],
        initials=surname[1] + given[0][1] + given[1][1],
        sex="F",
        birth_date=born,
        identity_kind="resident",
        identity_number=first + check_character(first),
    )
