"""Settings that the registry leaves open: declaring them, and reading a value somebody decided."""

from __future__ import annotations

from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.forms import Choice
from sle_desk.domain.protocol import Basis, Given, Setting, SettingValue
from sle_desk.domain.reading import Entry, unique
from sle_desk.domain.values import parse_number, plain

KINDS = ("choice", "number", "days", "list")
NO_LIMIT = "none"


def read_setting(setting: Setting, given: Given) -> SettingValue:
    """Return the typed value of what was decided; refuse what the setting does not allow.

    A choice stays its code, days become a whole number, a number a Decimal, "none" None where the
    setting allows no limit, and a list a tuple of Decimals.
    """
    if setting.kind == "list":
        return _read_list(setting, given)
    if not isinstance(given, str):
        raise RuleBroken("setting.one_value", setting=setting.label)
    if setting.kind == "choice":
        if given not in {choice.code for choice in setting.choices}:
            raise RuleBroken("setting.choice", setting=setting.label, given=given)
        return given
    if given == NO_LIMIT and setting.no_limit is not None:
        return None
    number = _read_number(setting, given)
    return int(number) if setting.kind == "days" else number


def _read_list(setting: Setting, given: Given) -> tuple[Decimal, ...]:
    if isinstance(given, str) or not given:
        raise RuleBroken("setting.list", setting=setting.label)
    if setting.length is not None and len(given) != setting.length:
        raise RuleBroken("setting.length", setting=setting.label, given=len(given), allowed=setting.length)
    numbers = tuple(_read_number(setting, item) for item in given)
    # Strengths in stock are a set; parts of a ratio are a row of a fixed length.
    if setting.length is None and len(set(numbers)) != len(numbers):
        raise RuleBroken("setting.twice", setting=setting.label)
    return numbers


def _read_number(setting: Setting, given: str) -> Decimal:
    number = parse_number(given).value
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > setting.decimals:
        raise RuleBroken("setting.decimals", setting=setting.label, given=given, allowed=setting.decimals)
    if setting.allowed and plain(number) not in setting.allowed:
        raise RuleBroken(
            "setting.not_allowed", setting=setting.label, given=given, allowed=", ".join(setting.allowed)
        )
    if setting.low is not None and setting.high is not None and not setting.low <= number <= setting.high:
        raise RuleBroken(
            "setting.limits", setting=setting.label, given=given, unit=setting.unit or "",
            low=plain(setting.low), high=plain(setting.high),
        )  # fmt: skip
    return number


def parse_basis(entry: Entry) -> Basis:
    """Return where the facts of a table come from."""
    return Basis(entry.text("source"), entry.flag("unconfirmed", False))


def parse_choices(entry: Entry, name: str = "choices") -> tuple[Choice, ...]:
    """Return the choices of a list, each code and each key once."""
    choices = tuple(map(_choice, entry.tables(name)))
    unique(choices, lambda choice: choice.code, entry.file, f"{entry.key}.{name}")
    return unique(choices, lambda choice: choice.key, entry.file, f"{entry.key}.{name}.key")


def _choice(entry: Entry) -> Choice:
    choice = Choice(entry.text("code"), entry.words("label"), entry.text("key"), entry.text("cdisc", ""))
    entry.done()
    return choice


def _given(entry: Entry, name: str, kind: str) -> Given | None:
    if not entry.has(name):
        return None
    return entry.texts(name) if kind == "list" else entry.text(name)


def _limits(entry: Entry) -> tuple[Decimal | None, Decimal | None]:
    if not entry.has("limits"):
        return None, None
    pair = entry.table("limits")
    low, high = pair.decimal("low"), pair.decimal("high")
    pair.done()
    if low >= high:
        raise entry.fault("limits", "package.limits_order", low=str(low), high=str(high))
    return low, high


def _needed_with(entry: Entry) -> tuple[str, str]:
    pair = entry.text("setting"), entry.text("value")
    entry.done()
    return pair


def parse_setting(entry: Entry) -> Setting:
    """Return the setting that a table declares; its proposal has to be a value it would allow."""
    kind = entry.one_of("kind", KINDS)
    low, high = _limits(entry)
    proposal = _given(entry, "proposal", kind)
    setting = Setting(
        code=entry.text("code"),
        label=entry.words("label"),
        kind=kind,
        unit=entry.optional_words("unit"),
        choices=parse_choices(entry) if kind == "choice" else (),
        low=low,
        high=high,
        decimals=entry.whole("decimals", 0),
        allowed=entry.texts("allowed", optional=True),
        length=entry.whole("length") if entry.has("length") else None,
        no_limit=entry.optional_words("no_limit"),
        proposal=proposal,
        basis=parse_basis(entry) if proposal is not None else None,
        clarification=entry.text("clarification", ""),
        waits=entry.texts("waits", optional=True),
        needed_with=_needed_with(entry.table("needed_with")) if entry.has("needed_with") else None,
    )
    entry.done()
    _check_declaration(entry, setting)
    return setting


def _check_declaration(entry: Entry, setting: Setting) -> None:
    if setting.kind != "choice" and setting.low is None and not setting.allowed:
        raise entry.fault("limits", "package.missing")
    if setting.kind == "days" and (setting.decimals or setting.no_limit):
        raise entry.fault("decimals", "package.days_are_whole")
    if setting.proposal is None:
        return
    try:
        read_setting(setting, setting.proposal)
    except RuleBroken as error:
        raise entry.fault("proposal", "package.proposal", why=error.code) from error
