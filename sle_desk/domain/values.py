"""Values as people type them: numbers with comparators, days, partial days and times.

Nothing is guessed: what is ambiguous is refused with a code, and the text stays with the person.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from sle_desk.base.errors import RuleBroken

MILLION = Decimal(1_000_000)
LARGEST = Decimal(10) ** 12
_NUMBER = re.compile(r"(?P<comparator>[<>]=?|≤|≥)?\s*(?P<number>-?[0-9]+(?:\.[0-9]+)?)")
_COMPARATORS = {"≤": "<=", "≥": ">="}
_KEPT_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_PARTIAL = re.compile(r"([0-9]{4}|UK)-([0-9]{2}|UK)-([0-9]{2}|UK)")


@dataclass(frozen=True)
class Measured:
    """A number as typed, its exact value and its comparator ("" when there is none)."""

    typed: str
    value: Decimal
    comparator: str = ""


def clean(text: str) -> str:
    """Return typed or pasted text with full-width forms made plain and outer blanks removed."""
    # Not NFKC over the whole text: it turns 10⁹ into 109 and ½ into 1⁄2 in silence.
    plain = "".join(
        unicodedata.normalize("NFKC", character)
        if unicodedata.decomposition(character).startswith(("<wide>", "<narrow>"))
        else character
        for character in text
    )
    return plain.replace("。", ".").strip()


# What anybody writes by hand fits into this, and a cell of a workbook holds it (32,767).
LONGEST_TEXT = 8_000


# Characters that show nothing and are of no format category: a joiner of graphemes, fillers, vowel signs
# that are never drawn (DerivedCoreProperties.txt, Default_Ignorable_Code_Point).
_SHOW_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# Variants of one character (of a family name, of a sign) are drawn, and make no other word of it.
_VARIANTS = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def is_invisible(character: str) -> bool:
    """Tell whether a character shows nothing: soft hyphen, zero width, direction, byte order mark."""
    return unicodedata.category(character) == "Cf" or character in _SHOW_NOTHING


def compared(text: str) -> str:
    """Return a text as two of them are compared: composed, only what is seen, one blank, capitals aside."""
    return " ".join(folded(text).split())


def folded(text: str) -> str:
    """Return what is seen of a text, composed and without capitals; blanks stand as they were typed."""
    if text.isascii():
        return text.casefold()
    seen = _VARIANTS.sub("", text)
    for character in set(seen):
        if is_invisible(character):
            seen = seen.replace(character, "")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())


def check_text(text: str) -> str:
    """Return the text unchanged; refuse NUL, control and invisible characters, and no end of it."""
    if len(text) > LONGEST_TEXT:
        raise RuleBroken("text.too_long", found=len(text), allowed=LONGEST_TEXT)
    for character in text:
        kind = unicodedata.category(character)
        if kind in ("Cc", "Cs", "Co", "Cn") and character not in "\n\t":
            raise RuleBroken("text.control", character=f"U+{ord(character):04X}")
        if is_invisible(character):
            raise RuleBroken("text.control", character=f"U+{ord(character):04X}")
    return text


def parse_number(text: str, *, comparators: bool = False) -> Measured:
    """Return the number that was typed; refuse commas, missing digits, signs of doubt and sizes
    beyond 15 significant digits, 6 decimals or 10^12."""
    typed = clean(text)
    if "," in typed or "、" in typed:
        raise RuleBroken("number.comma", typed=text, instead=typed.replace(",", "."))
    found = _NUMBER.fullmatch(typed)
    if found is None:
        raise RuleBroken("number.unreadable", typed=text)
    comparator = found["comparator"] or ""
    if comparator and not comparators:
        raise RuleBroken("number.comparator", typed=text)
    value = Decimal(found["number"])
    check_measure(value)
    return Measured(typed, value, _COMPARATORS.get(comparator, comparator))


def check_measure(value: Decimal) -> Decimal:
    """Return the value unchanged, or refuse what the file could not keep exactly."""
    if not value.is_finite():
        raise RuleBroken("number.unreadable", typed=str(value))
    digits = value.as_tuple()
    exponent = digits.exponent if isinstance(digits.exponent, int) else 0
    if len(digits.digits) > 15 or exponent < -6 or abs(value) >= LARGEST:
        raise RuleBroken("number.size", typed=str(value))
    return value


def to_millionths(value: Decimal) -> int:
    """Return the exact value in millionths, as the file keeps it."""
    return int((check_measure(value) * MILLION).to_integral_exact())


def from_millionths(stored: int) -> Decimal:
    """Return the value kept as millionths, without needless zeros."""
    value = (Decimal(stored) / MILLION).normalize()
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else value


def rounded(value: Decimal, decimals: int = 6) -> Decimal:
    """Return a computed value rounded half-even, as converted values are kept."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)


def plain(value: Decimal) -> str:
    """Return the number as people write it: no exponent and no needless zeros after the point."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# A workbook counts its days from here, and nothing that is recorded was before: such a year is mistyped.
FIRST_DAY = date(1900, 3, 1)


def check_day(day: date, typed: str = "") -> date:
    """Return the day unchanged; refuse one so long ago that its year is mistyped."""
    if day < FIRST_DAY:
        raise RuleBroken("day.too_early", typed=typed or day.isoformat(), first=FIRST_DAY.isoformat())
    return day


def _day(typed: str, year: int, month: int, day: int) -> date:
    if year < 1:
        raise RuleBroken("day.unreadable", typed=typed)
    if not 1 <= month <= 12:
        raise RuleBroken("day.month", typed=typed, month=month)
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise RuleBroken("day.not_in_month", typed=typed, year=year, month=month, last=last)
    return check_day(date(year, month, day), typed)


def parse_day(text: str, today: date) -> date:
    """Return the day typed as 2026-11-23, 20261123, 11-23, 23, t, t-1 or +7; refuse what is
    ambiguous (six digits, day first)."""
    typed = clean(text).replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-")
    relative = re.fullmatch(r"[tT]?([+-][0-9]{1,3})", typed)
    if typed in ("t", "T"):
        return today
    if relative:
        return today + timedelta(days=int(relative[1]))
    for pattern in (r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", r"([0-9]{4})([0-9]{2})([0-9]{2})"):
        found = re.fullmatch(pattern, typed)
        if found:
            return _day(text, int(found[1]), int(found[2]), int(found[3]))
    found = re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})", typed)
    if found:
        return _day(text, today.year, int(found[1]), int(found[2]))
    found = re.fullmatch(r"[0-9]{1,2}", typed)
    if found:
        return _day(text, today.year, today.month, int(typed))
    if re.fullmatch(r"[0-9]{6}", typed) or re.fullmatch(r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{2,4}", typed):
        raise RuleBroken("day.ambiguous", typed=text)
    raise RuleBroken("day.unreadable", typed=text)


def parse_partial_day(text: str, today: date) -> str:
    """Return a day with unknown parts as `2026-11-UK`; a whole day comes back as `2026-11-23`."""
    typed = clean(text).upper()
    found = _PARTIAL.fullmatch(typed)
    if found is None or "UK" not in typed:
        return parse_day(text, today).isoformat()
    year, month, day = found.groups()
    if year != "UK" and int(year) < FIRST_DAY.year:
        raise RuleBroken("day.too_early", typed=text, first=FIRST_DAY.isoformat())
    if (year == "UK" and month != "UK") or (month == "UK" and day != "UK"):
        raise RuleBroken("day.unknown_order", typed=text)
    if month != "UK" and not 1 <= int(month) <= 12:
        raise RuleBroken("day.month", typed=text, month=int(month))
    return typed


def partial_bounds(partial: str) -> tuple[date, date]:
    """Return the earliest and the latest day that a partial day can mean."""
    year, month, day = partial.split("-")
    if year == "UK":
        return date.min, date.max
    if month == "UK":
        return date(int(year), 1, 1), date(int(year), 12, 31)
    if day == "UK":
        last = calendar.monthrange(int(year), int(month))[1]
        return date(int(year), int(month), 1), date(int(year), int(month), last)
    whole = date(int(year), int(month), int(day))
    return whole, whole


def parse_time(text: str, now: datetime) -> time:
    """Return the 24-hour time typed as 834, 08:34, 8.34, n or n-10 (minutes)."""
    typed = clean(text).replace("：", ":")
    if typed.lower() == "n":
        return now.time().replace(second=0, microsecond=0)
    relative = re.fullmatch(r"[nN]-([0-9]{1,3})", typed)
    if relative:
        earlier = now - timedelta(minutes=int(relative[1]))
        if earlier.date() != now.date():
            raise RuleBroken("time.other_day", typed=text)
        return earlier.time().replace(second=0, microsecond=0)
    found = re.fullmatch(r"([0-9]{1,2})[:.]([0-9]{2})", typed) or re.fullmatch(
        r"([0-9]{1,2})([0-9]{2})", typed
    )
    if found is None:
        raise RuleBroken("time.unreadable", typed=text)
    hour, minute = int(found[1]), int(found[2])
    if hour > 23 or minute > 59:
        raise RuleBroken("time.range", typed=text)
    return time(hour, minute)


def check_time(text: str) -> str:
    """Return a time as it is kept, or nothing where it is not known, unchanged; refuse what is neither."""
    if text and not _KEPT_TIME.fullmatch(text):
        raise RuleBroken("time.unreadable", typed=text)
    return text


def parse_time_apart(text: str, now: datetime, sign: str) -> str:
    """Return a time as it is kept, with the days that it lies apart: 0025+1 is 00:25+1, the day after.

    `sign` is "+" or "-", whichever can be; a time without one is of the day itself.
    """
    typed = clean(text).replace("＋", "+")
    apart = re.fullmatch(rf"(.+?) *([{re.escape(sign)}][1-9])", typed)
    if apart is None or typed[:1] in "nN":
        return parse_time(text, now).strftime("%H:%M")
    return f"{parse_time(apart[1], now):%H:%M}{apart[2]}"


def instant_of(text: str, day: date, now: datetime) -> datetime:
    """Return a kept time of a day as an instant in the zone of the clock."""
    clock, apart = text[:5], int(text[5:] or 0)
    return datetime.combine(day + timedelta(days=apart), time.fromisoformat(clock), now.tzinfo)


def time_beside(instant: datetime, day: date) -> str:
    """Return an instant as the time of a day, with the days that it lies apart: what `instant_of` reads."""
    apart = (instant.date() - day).days
    return f"{instant:%H:%M}" + (f"{apart:+d}" if apart else "")


def study_day(day: date, day_one: date) -> int:
    """Return the study day: day 1 is the day of the first dose, the day before it is -1."""
    difference = (day - day_one).days
    return difference + 1 if difference >= 0 else difference


def age_on(born: date, day: date) -> int:
    """Return completed years; a 29 February birthday counts on 1 March in other years (proposal)."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
