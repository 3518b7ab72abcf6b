"""What can be said about a typed value: read it, or refuse it; then findings at four levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as declared
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from sle_desk.base.errors import RuleBroken, SleDeskError, Unexplained
from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice, Field, unit_words
from sle_desk.domain.values import (
    check_measure,
    check_text,
    parse_day,
    parse_number,
    parse_partial_day,
    parse_time,
    parse_time_apart,
    partial_bounds,
    plain,
)

IMPOSSIBLE, UNLIKELY, NOTABLE, MISSING = 1, 2, 3, 4
_HUNDRED = Decimal(100)
_NOT_DONE = "not-done:"

# Why a value is missing; the one list for every form, with the digit that picks it.
MISSING_REASONS = (
    Choice("refused", Words("Refused", "拒绝"), "1"),
    Choice("forgotten", Words("Forgotten", "遗漏"), "2"),
    Choice("impossible", Words("Not possible", "无法进行"), "3"),
    Choice("not_applicable", Words("Not applicable", "不适用"), "4"),
    Choice("unknown", Words("Unknown", "不详"), "5"),
    Choice("other", Words("Other", "其他"), "6"),
)
# No value either: what was typed cannot be, is kept as text and asked about (ux.md section 6, level 1).
IN_QUERY = Choice("in_query", Words("In query", "质疑中"), "")
NOT_THERE = (*MISSING_REASONS, IN_QUERY)
# No answer any more: what a correction of another answer hid. Its row stays with its history; it is shown,
# counted and exported nowhere, and the field is asked anew where it comes back. Nobody can type it.
NO_LONGER_ASKED = Choice("no_longer_asked", Words("No longer asked", "不再询问"), "")
# Kinds of fields in which a text may stand that is no value.
QUERIED = frozenset({"number", "day", "partial_day", "time"})
# Why an unlikely value stands.
KEEP_REASONS = (
    Choice("source", Words("Checked against the source", "已与源数据核对"), "1"),
    Choice("repeated", Words("Measured again, confirmed", "已复测确认"), "2"),
    Choice("condition", Words("Fits the patient's condition", "与患者病情相符"), "3"),
    Choice("other", Words("Other", "其他"), "4"),
)
# Why a saved value is changed: the coded reasons of ux.md section 2, row 3.
CORRECTION_REASONS = (
    Choice("slip", Words("Entry slip", "笔误"), "1"),
    Choice("source", Words("Source changed", "源数据已更改"), "2"),
    Choice("late", Words("Late information", "后得信息"), "3"),
    Choice("unit", Words("Unit", "单位"), "4"),
    Choice("query", Words("Query", "质疑"), "5"),
    Choice("other", Words("Other", "其他"), "6"),
)
# Why a visit was held although the subject had left, had withdrawn from visits or had died.
AFTER_END_REASONS = (
    Choice("safety", Words("Safety seen to after the end", "终止后的安全性随访"), "1"),
    Choice("care", Words("Needed for the patient's care", "诊疗需要"), "2"),
    Choice("wished", Words("The patient wished it", "患者本人要求"), "3"),
    Choice("not_known", Words("The end was not known at the visit", "访视时尚不知已终止"), "4"),
    Choice("relatives", Words("Relatives came in the patient's place", "由家属代为到访"), "5"),
    Choice("other", Words("Other", "其他"), "6"),
)
# Why consent was signed only after something had been done for the study.
LATE_CONSENT_REASONS = (
    Choice(
        "routine",
        Words("Done as routine care, used for the study later", "作为常规诊疗进行，后用于研究"),
        "1",
    ),
    Choice("urgent", Words("The patient's state left no time", "病情紧急，来不及签署"), "2"),
    Choice("explained", Words("Explained and agreed before, signed later", "事先已说明并同意，后补签"), "3"),
    Choice("overlooked", Words("The signature was overlooked", "遗漏签署"), "4"),
    Choice("paper_lost", Words("An earlier paper is not to be found", "先前的知情同意书已无法找到"), "5"),
    Choice("other", Words("Other", "其他"), "6"),
)
# A number that only makes sense in another unit: own unit -> (the other unit, factor to our own).
_OTHER_UNITS = MappingProxyType(
    {"L/L": ("%", Decimal("0.01")), "cm": ("m", _HUNDRED), "%": ("L/L", _HUNDRED)}
)


@dataclass(frozen=True)
class Finding:
    """One thing to say about a field: its level, a code that `words` turns into a sentence, and facts."""

    level: int
    field: str
    code: str
    facts: Mapping[str, object] = declared(default_factory=dict)
    fix: str | None = None


@dataclass(frozen=True)
class Entry:
    """What a person put in one field: the text as typed, or the coded reason why nothing is there.

    In query both: the text that is no value, and that it is asked about.
    """

    text: str = ""
    missing: str = ""

    @classmethod
    def of(cls, typed: str) -> Entry:
        """Return the entry that a typed text, as drafts keep it, stands for."""
        reason, _, doubted = typed.removeprefix(_NOT_DONE).partition(":")
        if typed.startswith(_NOT_DONE):
            if reason == IN_QUERY.code and doubted:
                return cls(doubted, reason)
            if not doubted and any(known.code == reason for known in MISSING_REASONS):
                return cls(missing=reason)
        return cls(text=typed)

    @property
    def typed(self) -> str:
        """Return the one text that drafts keep for this entry."""
        if not self.missing:
            return self.text
        doubted = f":{self.text}" if self.text else ""
        return f"{_NOT_DONE}{self.missing}{doubted}"


@dataclass(frozen=True)
class Value:
    """One answer: exactly one of number (with its typed form), text, day, choice or missing reason.

    In query the text as it was typed stands beside the reason.
    """

    number: Decimal | None = None
    comparator: str = ""
    typed: str = ""
    text: str | None = None
    day: date | None = None
    choice: str | None = None
    missing: str | None = None

    def __post_init__(self) -> None:
        given = (self.number, self.text, self.day, self.choice, self.missing)
        if sum(slot is not None for slot in given) != 1:
            raise ValueError("a value is exactly one of number, text, day, choice or missing reason")
        in_query = self.missing == IN_QUERY.code
        if in_query != bool(self.typed and self.missing):
            raise ValueError("a value in query has the text that was typed, and no other missing one has")
        if self.number is None and (self.comparator or (self.typed and not in_query)):
            raise ValueError("only a number has a comparator and a typed form")

    @property
    def as_typed(self) -> str:
        """Return the text that shows this value in its field and reads back as the same value."""
        if self.missing is not None:
            return Entry(self.typed, self.missing).typed
        if self.number is not None:
            return self.typed or self.comparator + plain(self.number)
        if self.day is not None:
            return self.day.isoformat()
        return self.choice if self.choice is not None else self.text or ""


def _read_number(asked: Field, typed: str, comparators: bool) -> Value:
    measured = parse_number(typed, comparators=comparators)
    exponent = measured.value.as_tuple().exponent
    if asked.decimals is not None and isinstance(exponent, int) and -exponent > asked.decimals:
        raise RuleBroken("number.decimals", typed=measured.typed, allowed=asked.decimals)
    return Value(number=measured.value, comparator=measured.comparator, typed=measured.typed)


def _read_choice(asked: Field, typed: str) -> Value:
    if not any(choice.code == typed for choice in asked.choices):
        raise RuleBroken("choice.unknown", typed=typed)
    return Value(choice=typed)


def _read_text(asked: Field, typed: str) -> Value:
    if asked.kind == "text" and ("\n" in typed or "\t" in typed):
        raise RuleBroken("text.one_line")
    return Value(text=check_text(typed.strip()))


def read(asked: Field, typed: str, now: datetime, *, comparators: bool = False) -> Value:
    """Return the value that was typed, or raise RuleBroken; nothing is guessed.

    `now` is aware with the local offset; comparators (<0.5) are for laboratory results.
    """
    entry = Entry.of(typed)
    if entry.missing:
        return Value(missing=entry.missing, typed=check_text(entry.text))
    if not typed.strip():
        raise RuleBroken("value.empty")
    if asked.kind == "number":
        return _read_number(asked, typed, comparators)
    if asked.kind == "choice":
        return _read_choice(asked, typed)
    if asked.kind == "day":
        return Value(day=parse_day(typed, now.date()))
    if asked.kind == "partial_day":
        return Value(text=parse_partial_day(typed, now.date()))
    if asked.kind == "time" and asked.days_apart:
        return Value(text=parse_time_apart(typed, now, asked.days_apart))
    if asked.kind == "time":
        return Value(text=parse_time(typed, now).strftime("%H:%M"))
    return _read_text(asked, typed)


def check_readable(asked: Field, value: Value, now: datetime) -> None:
    """Refuse a value that its own text in the field does not read as; RuleBroken says how it would be read.

    Nobody can have typed it: an endless number, a time that is none, a number where a day is asked. With how
    many decimals is asked while typing: what stands in a record may have been typed under another version.
    """
    seen = read(replace(asked, decimals=None), value.as_typed, now)
    same = (seen.number, seen.comparator, seen.day, seen.choice, seen.missing) == (
        value.number, value.comparator, value.day, value.choice, value.missing,
    )  # fmt: skip
    if not same or (seen.text or "") != (value.text or "").strip():
        raise RuleBroken("value.other_than_typed", typed=value.as_typed, label=asked.label)


def refusal(asked: Field, error: SleDeskError) -> Finding:
    """Return the finding that stands for a refused value; what lacks a reason only can be kept with one."""
    level = UNLIKELY if isinstance(error, Unexplained) else IMPOSSIBLE
    return Finding(level, asked.code, error.code, MappingProxyType(dict(error.facts)))


def _unit(asked: Field) -> str | Words:
    """Return the unit as people read it; one that reads like its code stands as that."""
    words = unit_words(asked.unit)
    return asked.unit if words == Words(asked.unit, asked.unit) else words


def _outside(asked: Field, value: Value, number: Decimal, low: Decimal, high: Decimal) -> Finding:
    facts: dict[str, object] = {
        "typed": value.as_typed, "unit": _unit(asked), "low": plain(low), "high": plain(high),
    }  # fmt: skip
    other = _OTHER_UNITS.get(asked.unit)
    meant = number * other[1] if other and not value.comparator else None
    if other is None or meant is None or not low <= meant <= high or not _keepable(asked, meant):
        return Finding(IMPOSSIBLE, asked.code, "value.impossible", facts)
    fix = plain(meant)
    facts |= {"other_unit": other[0], "fix": fix}
    return Finding(IMPOSSIBLE, asked.code, "value.other_unit", facts, fix)


def _keepable(asked: Field, number: Decimal) -> bool:
    try:
        check_measure(number)
    except RuleBroken:
        return False
    shown = plain(number).partition(".")[2]
    return asked.decimals is None or len(shown) <= asked.decimals


def _change(asked: Field, value: Value, previous: Value | None) -> tuple[Finding, ...]:
    if asked.change_percent is None or previous is None or not previous.number or value.number is None:
        return ()
    if value.comparator or previous.comparator:
        return ()
    changed = abs(value.number - previous.number) * _HUNDRED
    if changed <= asked.change_percent * abs(previous.number):
        return ()
    percent = plain((changed / abs(previous.number)).quantize(Decimal("0.1")))
    facts = {
        "typed": value.as_typed, "unit": _unit(asked), "previous": previous.as_typed,
        "percent": percent, "allowed": plain(asked.change_percent),
    }  # fmt: skip
    return (Finding(UNLIKELY, asked.code, "value.changed", facts),)


def _number_findings(asked: Field, value: Value, previous: Value | None) -> tuple[Finding, ...]:
    number = value.number
    assert number is not None
    if asked.hard and not asked.hard[0] <= number <= asked.hard[1]:
        return (_outside(asked, value, number, *asked.hard),)
    findings: tuple[Finding, ...] = ()
    if asked.soft and not asked.soft[0] <= number <= asked.soft[1]:
        low, high = asked.soft
        facts = {"typed": value.as_typed, "unit": _unit(asked), "low": plain(low), "high": plain(high)}
        findings = (Finding(UNLIKELY, asked.code, "value.unlikely", facts),)
    return findings + _change(asked, value, previous)


def _day_findings(asked: Field, value: Value, today: date, born: date | None) -> tuple[Finding, ...]:
    shown = value.as_typed
    earliest, latest = (value.day, value.day) if value.day else partial_bounds(shown)
    # A partial day is refused only when no day that it can mean would be possible.
    if not asked.future_allowed and earliest > today:
        return (Finding(IMPOSSIBLE, asked.code, "day.future", {"typed": shown, "today": today.isoformat()}),)
    if born is not None and latest < born:
        return (Finding(IMPOSSIBLE, asked.code, "day.before_birth", {"typed": shown}),)
    return ()


def check_value(
    asked: Field, value: Value, previous: Value | None, now: datetime, *, born: date | None = None
) -> tuple[Finding, ...]:
    """Return what is impossible or unlikely about one value; `previous` is the value of the visit before."""
    if value.missing is not None:
        return ()
    if value.number is not None:
        return _number_findings(asked, value, previous)
    if asked.kind in ("day", "partial_day"):
        return _day_findings(asked, value, now.date(), born)
    return ()


def judge(
    asked: Field,
    typed: str,
    now: datetime,
    *,
    previous: Value | None = None,
    born: date | None = None,
    comparators: bool = False,
) -> tuple[str, tuple[Finding, ...]]:
    """Return a typed text as it is to be shown, and every finding about it; a refusal is one of them."""
    try:
        value = read(asked, typed, now, comparators=comparators)
    except RuleBroken as error:
        return typed, (refusal(asked, error),)
    return value.as_typed, check_value(asked, value, previous, now, born=born)
