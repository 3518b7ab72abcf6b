"""What an amendment changes, in words for page and paper: where, what was there, what stands there now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sle_desk.base.language import Language, message
from sle_desk.domain.amendments import ADDED, CHANGED, REMOVED, Difference
from sle_desk.domain.protocol import Protocol
from sle_desk.exports.wording import COLON
from sle_desk.services.amendment_effects import Effects
from sle_desk.services.consequence_plans import VISITS

PARTS: Mapping[str, str] = {
    "version": message("Version"),
    "title": message("Title"),
    "short_title": message("Short title"),
    "registry": message("Registry text"),
    "drugs": message("Study drugs"),
    "lists": message("Lists of answers"),
    "visits": message("Visits"),
    "settings": message("Settings"),
    "criteria": message("Criteria"),
    "clarifications": message("Clarifications"),
    "forms": message("Forms"),
    "holds": message("Hold conditions"),
    "laboratory": message("Laboratory"),
    "dictionary": message("Word lists"),
}
KINDS: Mapping[str, str] = {
    ADDED: message("added"),
    REMOVED: message("taken out"),
    CHANGED: message("changed"),
}
STATUS = {ADDED: "ok", REMOVED: "bad", CHANGED: "warn"}
NEVER = "–"


@dataclass(frozen=True)
class EffectRow:
    """One day of a subject's calendar that an amendment moves, adds or drops, or that stays behind."""

    subject: str
    what: str
    was: str
    becomes: str
    stays: bool


def part_words(found: Difference, language: Language) -> str:
    """Return the part of the package that a difference is in."""
    return language.text(PARTS[found.part]) if found.part in PARTS else found.part


def kind_words(found: Difference, language: Language) -> str:
    """Return whether something is added, taken out or changed."""
    return language.text(KINDS[found.kind])


def side_words(found: Difference, language: Language, *, after: bool) -> str:
    """Return what stands there before or after, in the language; a dash where nothing does."""
    words = found.after if after else found.before
    return language.words(words) if words is not None else NEVER


def whole_words(found: Difference, language: Language) -> str:
    """Return a difference in full, each language under its own: both are forms and papers one day."""
    lines = [language.words(COLON).join((part_words(found, language), found.key or found.name))]
    for title, words in ((message("Before"), found.before), (message("After"), found.after)):
        lines += ["", language.text(title)]
        if words is None:
            lines.append(NEVER)
        else:
            lines += [words.en] if words.en == words.zh else [words.en, words.zh]
    return "\n".join(lines)


def effect_rows(protocol: Protocol, found: Effects, language: Language) -> Sequence[EffectRow]:
    """Return one row for each day that moves, comes or falls away, then those that lie behind and stay."""
    rows: list[EffectRow] = []
    for each in found.moving:
        code = each.whose.code
        for one in each.moved:
            what = _what(protocol, each.part, one.what, language)
            rows.append(EffectRow(code, what, one.was.isoformat(), one.becomes.isoformat(), stays=False))
        part = _part(protocol, each.part, language)
        rows += [EffectRow(code, part, NEVER, day.isoformat(), stays=False) for day in each.added]
        rows += [EffectRow(code, part, day.isoformat(), NEVER, stays=False) for day in each.dropped]
        if each.windows:
            said = language.text("{count} windows are wider or narrower", count=each.windows)
            rows.append(EffectRow(code, language.words(COLON).join((part, said)), "", "", stays=False))
        if each.diaries:
            said = language.text("{count} diaries are due on another day", count=each.diaries)
            rows.append(EffectRow(code, language.words(COLON).join((part, said)), "", "", stays=False))
    for behind in found.staying:
        code, part = behind.whose.code, _part(protocol, behind.part, language)
        for one in behind.moved:
            what = _what(protocol, behind.part, one.what, language)
            rows.append(EffectRow(code, what, one.was.isoformat(), one.becomes.isoformat(), stays=True))
        rows += [EffectRow(code, part, NEVER, day.isoformat(), stays=True) for day in behind.added]
        rows += [EffectRow(code, part, day.isoformat(), NEVER, stays=True) for day in behind.dropped]
    return rows


def _part(protocol: Protocol, part: str, language: Language) -> str:
    return language.text("visits") if part == VISITS else language.words(protocol.drug(part).label)


def _what(protocol: Protocol, part: str, what: str, language: Language) -> str:
    if part == VISITS:
        return language.words(protocol.visit(what).label)
    return f"{_part(protocol, part, language)} #{what}"


def day_words(day: date | None) -> str:
    """Return a day, or a dash where none is known yet."""
    return day.isoformat() if day is not None else NEVER
