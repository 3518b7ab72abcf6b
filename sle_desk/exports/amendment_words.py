"""What an amendment changes, in words for page and paper: where, what was there, what stands there now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sle_desk.base.language import Language, message
from sle_desk.domain.amendments import ADDED, CHANGED, REMOVED, Difference
from sle_desk.domain.protocol import Protocol
from sle_desk.exports.wording import COLON, COMMA
from sle_desk.services.amendment_effects import Effects, Stays
from sle_desk.services.consequence_plans import VISITS, Dates

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


def place_words(found: Difference, language: Language) -> str:
    """Return what the place inside its part is called, with its key; the key alone where it has no name."""
    key = found.key or found.name
    names = language.words(COMMA).join(language.words(each) for each in found.about)
    return language.text("{name} ({key})", name=names, key=key) if names else key


def kind_words(found: Difference, language: Language) -> str:
    """Return whether something is added, taken out or changed."""
    return language.text(KINDS[found.kind])


def side_words(found: Difference, language: Language, *, after: bool) -> str:
    """Return what stands there before or after, in the language; a dash where nothing does."""
    words = found.after if after else found.before
    return language.words(words) if words is not None else NEVER


def whole_words(found: Difference, language: Language) -> str:
    """Return a difference in full, each language under its own: both are forms and papers one day."""
    lines = [language.words(COLON).join((part_words(found, language), place_words(found, language)))]
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
        rows += _days(protocol, each, language, stays=False)
        part = _part(protocol, each.part, language)
        for count, words in (
            (each.windows, message("windows that become wider or narrower: {count}")),
            (each.diaries, message("diaries due on another day: {count}")),
        ):
            if count:
                said = language.words(COLON).join((part, language.text(words, count=count)))
                rows.append(EffectRow(each.whose.code, said, "", "", stays=False))
    for behind in found.staying:
        rows += _days(protocol, behind, language, stays=True)
    return rows


def _days(protocol: Protocol, each: Dates | Stays, language: Language, *, stays: bool) -> Iterator[EffectRow]:
    days = (
        *((one.what, one.was.isoformat(), one.becomes.isoformat()) for one in each.moved),
        *((one.what, NEVER, one.on_day.isoformat()) for one in each.added),
        *((one.what, one.on_day.isoformat(), NEVER) for one in each.dropped),
    )
    for what, was, becomes in days:
        yield EffectRow(each.whose.code, _what(protocol, each.part, what, language), was, becomes, stays)


def _part(protocol: Protocol, part: str, language: Language) -> str:
    return language.text("visits") if part == VISITS else language.words(protocol.drug(part).label)


def _what(protocol: Protocol, part: str, what: str, language: Language) -> str:
    if part == VISITS:
        return language.words(protocol.visit(what).label)
    return f"{_part(protocol, part, language)} #{what}"


def day_words(day: date | None) -> str:
    """Return a day, or a dash where none is known yet."""
    return day.isoformat() if day is not None else NEVER
