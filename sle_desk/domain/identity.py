"""Identity numbers and initials: what can be checked, and what is only proposed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.values import compared

# GB 11643-1999: weights of the first 17 characters, and the check character by remainder (MOD 11-2).
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
MONTHS = 12
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")


@dataclass(frozen=True)
class ReadIdentity:
    """What a resident identity number says of its holder; compared with what was entered, never copied."""

    birth_date: date
    sex: str


def check_character(first: str) -> str:
    """Return the check character of the first 17 digits of a resident identity number (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def read_resident(number: str) -> ReadIdentity:
    """Return what a resident identity number says; RuleBroken when its form, day or check is not right."""
    plain = number.strip().upper()
    if not _RESIDENT.fullmatch(plain):
        raise RuleBroken("identity.form", length=len(plain))
    try:
        born = date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError as error:
        raise RuleBroken("identity.birth_date") from error
    if plain[17] != check_character(plain[:17]):
        raise RuleBroken("identity.check")
    return ReadIdentity(born, "M" if int(plain[16]) % 2 else "F")


def differences(number: str, birth_date: date, sex: str) -> tuple[str, ...]:
    """Return what a resident identity number says otherwise than was entered: "birth_date", "sex"."""
    said = read_resident(number)
    found = []
    if said.birth_date != birth_date:
        found.append("birth_date")
    if said.sex != sex:
        found.append("sex")
    return tuple(found)


def same_number(first: str, second: str) -> bool:
    """Tell whether two identity numbers are one, however they were typed; none is never the same."""
    plain = _number(first)
    return bool(plain) and plain == _number(second)


def _number(typed: str) -> str:
    """Return a number as numbers are compared; nothing where it is none, as "无", "-" or "0" say."""
    plain = compared(typed).replace(" ", "")
    return plain if any(digit in plain for digit in "123456789") else ""


def paper(kind: str, number: str) -> tuple[str, str] | None:
    """Return what one identity paper is told by, however it was typed; None where no number was given.

    Numbers of two kinds may be equal by chance. A resident number is one person's, whatever kind was chosen.
    """
    plain = _number(number)
    try:
        read_resident(plain)
    except RuleBroken:
        return (kind, plain) if plain else None
    return ("resident", plain)


def same_initials(first: str, second: str) -> bool:
    """Tell whether two initials are one, however they were typed."""
    return compared(first) == compared(second)


@dataclass(frozen=True)
class Person:
    """What two people are told apart by."""

    name: str
    initials: str
    sex: str
    birth_date: date
    identity_number: str


def alike(first: Person, second: Person) -> tuple[str, ...]:
    """Return what makes two people perhaps one; nothing where they are told apart.

    Under one name a birth date may be written the other way round, as 4 March and 3 April.
    """
    if same_number(first.identity_number, second.identity_number):
        return ("identity_number",)
    born_alike = first.birth_date == second.birth_date
    if same_name(first.name, second.name):
        if born_alike:
            return ("name", "birth_date")
        if _swapped(first.birth_date) == second.birth_date:
            return ("name", "birth_date_swapped")
    if born_alike and first.sex == second.sex and same_initials(first.initials, second.initials):
        return ("birth_date", "sex", "initials")
    return ()


def same_name(first: str, second: str) -> bool:
    """Tell whether two names are one, however they were typed; blanks mean nothing in a Chinese name."""
    plain = compared(first).replace(" ", "")
    return bool(plain) and plain == compared(second).replace(" ", "")


def _swapped(day: date) -> date | None:
    """Return the day with day and month written the other way round, where there is such a day."""
    return day.replace(month=day.day, day=day.month) if day.day <= MONTHS else None


def masked(name: str) -> str:
    """Return the first character of a name and stars, for prints that must tell two people apart."""
    return name[:1] + "**" if name else ""
