"""The clarification register of a package: what is wrong, how it can be settled, what waits on it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sle_desk.base.errors import PackageFaulty, RuleBroken
from sle_desk.domain.criteria_file import words_in_registry
from sle_desk.domain.protocol import Clarification, Elsewhere, Given, LeafReading, Option, Setting
from sle_desk.domain.reading import Entry, unique
from sle_desk.domain.settings import read_setting

FILE = "clarifications.toml"
# "blocks": an act for a patient waits; "analysis": only the analysis does; "note": nothing waits.
BLOCKS, ANALYSIS, NOTE = "blocks", "analysis", "note"


def parse_clarifications(
    content: object, registry: str, settings: Mapping[str, Setting]
) -> tuple[Clarification, ...]:
    """Return the register in its order, each quotation found in the registry byte for byte."""
    entry = Entry(FILE, "", content)
    tables = entry.tables("clarification")
    codes = {inner.text("code") for inner in tables}
    for setting in settings.values():
        if setting.clarification and setting.clarification not in codes:
            key = f"{setting.code}.clarification"
            raise PackageFaulty(
                "package.unknown_reference", file="protocol.toml", key=key, found=setting.clarification
            )
    register = tuple(_clarification(inner, registry, settings) for inner in tables)
    entry.done()
    return unique(register, lambda each: each.code, FILE, "clarification.code")


def _clarification(entry: Entry, registry: str, settings: Mapping[str, Setting]) -> Clarification:
    code = entry.text("code")
    governed = tuple(name for name, setting in settings.items() if setting.clarification == code)
    quotes = entry.texts("quotes", optional=True)
    clarification = Clarification(
        code=code,
        title=entry.words("title"),
        quotes=tuple(words_in_registry(registry, quote, FILE, f"{code}.quotes") for quote in quotes),
        elsewhere=tuple(map(_elsewhere, entry.tables("elsewhere", optional=True))),
        problem=entry.words("problem"),
        intent=entry.words("intent"),
        confidence=entry.text("confidence", ""),
        severity=entry.one_of("severity", (BLOCKS, ANALYSIS, NOTE)),
        waits=entry.texts("waits", optional=True),
        options=tuple(_option(inner, governed, settings) for inner in entry.tables("option")),
        proposes=entry.text("proposes", ""),
    )
    entry.done()
    _check_clarification(entry, clarification)
    return clarification


def _check_clarification(entry: Entry, clarification: Clarification) -> None:
    options = clarification.options
    if not options:
        raise entry.fault("option", "package.empty_list")
    unique(options, lambda option: option.code, FILE, f"{clarification.code}.option.code")
    unique(options, lambda option: option.key, FILE, f"{clarification.code}.option.key")
    if clarification.proposes and clarification.proposes not in {option.code for option in options}:
        raise entry.fault("proposes", "package.unknown_reference", found=clarification.proposes)
    if (clarification.severity == BLOCKS) != bool(clarification.waits):
        raise entry.fault("severity", "package.severity", found=clarification.severity)


def _elsewhere(entry: Entry) -> Elsewhere:
    elsewhere = Elsewhere(entry.text("source"), entry.text("words"))
    entry.done()
    return elsewhere


def _option(entry: Entry, governed: tuple[str, ...], settings: Mapping[str, Setting]) -> Option:
    option = Option(
        code=entry.text("code"),
        key=entry.text("key"),
        label=entry.words("label"),
        consequence=entry.words("consequence"),
        sets=_sets(entry, settings),
        asks=entry.texts("asks", optional=True),
        unneeded=entry.texts("unneeded", optional=True),
        readings=tuple(map(_reading, entry.tables("reading", optional=True))),
        own_words=entry.flag("own_words", False),
        excludes=entry.texts("excludes", optional=True),
    )
    entry.done()
    unique(option.readings, lambda said: said.leaf, FILE, f"{entry.key}.reading.leaf")
    if any(said.own_words for said in option.readings) and not option.own_words:
        raise entry.fault("own_words", "package.own_words")
    settled = (*option.sets, *option.asks, *option.unneeded)
    unique(settled, str, FILE, f"{entry.key}.sets")
    for code in governed:
        if code not in settled:
            raise entry.fault("sets", "package.option_leaves_open", found=code)
    for code in settled:
        if code not in governed:
            raise entry.fault("sets", "package.not_governed", found=code)
    return option


def _sets(entry: Entry, settings: Mapping[str, Setting]) -> Mapping[str, Given]:
    sets: dict[str, Given] = {}
    for inner in entry.tables("sets", optional=True):
        code = inner.text("setting")
        setting = settings.get(code)
        if setting is None:
            raise inner.fault("setting", "package.unknown_reference", found=code)
        given: Given = inner.texts("value") if setting.kind == "list" else inner.text("value")
        try:
            read_setting(setting, given)
        except RuleBroken as error:
            raise inner.fault("value", "package.proposal", why=error.code) from error
        inner.done()
        sets[code] = given
    return MappingProxyType(sets)


def _reading(entry: Entry) -> LeafReading:
    reading = LeafReading(
        leaf=entry.text("leaf"),
        words=entry.optional_words("words"),
        own_words=entry.flag("own_words", False),
        void=entry.flag("void", False),
    )
    entry.done()
    if sum((reading.words is not None, reading.own_words, reading.void)) != 1:
        raise entry.fault("words", "package.one_reading")
    return reading
