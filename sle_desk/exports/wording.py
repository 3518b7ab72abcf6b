"""How values are said on paper and in workbooks: days, instants, exact numbers, both languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sle_desk.base.language import Language, Words, message
from sle_desk.domain.site_calendar import HOLIDAY, WEEKEND, WORKED, SiteCalendar
from sle_desk.domain.values import plain
from sle_desk.services.redacted import TakenOut
from sle_desk.services.signatures import Ink

Said = str | Words | Decimal | int | date | datetime | None

NOTHING = "–"
# What stands between words that follow each other; a list has its own mark in Chinese.
ENUMERATED, OR = Words(", ", "、"), Words(" / ", " / ")
COMMA, SEMICOLON, COLON = Words(", ", "，"), Words("; ", "；"), Words(": ", "：")
WEEKDAYS = (
    message("Mon"),
    message("Tue"),
    message("Wed"),
    message("Thu"),
    message("Fri"),
    message("Sat"),
    message("Sun"),
)


def said(value: Said, language: Language) -> str:
    """Return one value as text: days as 2026-11-23, exact numbers as written, nothing as a dash."""
    if value is None:
        return NOTHING
    if isinstance(value, Words):
        return language.words(value)
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def offset(at: datetime) -> str:
    """Return the offset of an aware instant, as (UTC+08:00)."""
    shift = at.utcoffset()
    if shift is None:
        raise ValueError("an instant needs its offset")
    sign = "-" if shift < timedelta(0) else "+"
    hours, minutes = divmod(abs(shift) // timedelta(minutes=1), 60)
    return f"(UTC{sign}{hours:02d}:{minutes:02d})"


def moment(at: datetime) -> str:
    """Return day and time of an instant on its own clock: 2026-11-23 09:44."""
    return f"{at:%Y-%m-%d %H:%M}"


def instant(at: datetime) -> str:
    """Return an aware instant with its offset: 2026-11-23 09:44 (UTC+08:00)."""
    return f"{moment(at)} {offset(at)}"


def weekday(day: date, language: Language) -> str:
    """Return the short name of the weekday."""
    return language.text(WEEKDAYS[day.weekday()])


def planned_day(day: date, language: Language) -> str:
    """Return a day with its weekday, as people plan: Mon 2026-11-23."""
    return f"{weekday(day, language)} {day.isoformat()}"


def either(name: Words, language: Language) -> str:
    """Return a name that may have been typed in one language alone: in this one, else in the other."""
    return language.words(name) or name.en or name.zh


def closed_words(day: date, site: SiteCalendar, language: Language) -> str:
    """Return why the site is closed on a day: the holiday, or the weekend; nothing where it is not."""
    standing = site.standing(day)
    if standing == HOLIDAY:
        return either(site.days[day].name, language)
    return language.text("weekend") if standing == WEEKEND else ""


def entered_words(day: date, site: SiteCalendar, language: Language) -> str:
    """Return what was entered of a day beside its weekday: the holiday, or that it is worked."""
    standing = site.standing(day)
    if standing == WORKED:
        return language.text("make-up working day")
    return closed_words(day, site, language) if standing == HOLIDAY else ""


def day_beside(day: date, site: SiteCalendar) -> Words | None:
    """Return what is special about a day in both languages, for paper; None for a plain day."""
    english, chinese = (
        closed_words(day, site, language) or entered_words(day, site, language)
        for language in (Language("en"), Language("zh_CN"))
    )
    return Words(english, chinese) if english else None


def grouped(number: int) -> str:
    """Return a running number in groups of three held together: 18 204."""
    return f"{number:,}".replace(",", "\u00a0")


def both(language: Language, text: str, **facts: object) -> str:
    """Return a message in both languages, Chinese first as on ward papers."""
    chinese, english = _pair(language)
    return f"{chinese.text(text, **facts)} {english.text(text, **facts)}"


def both_words(words: Words) -> str:
    """Return protocol words in both languages, once where they are the same."""
    return words.en if words.en == words.zh else f"{words.zh} {words.en}"


def _pair(language: Language) -> tuple[Language, Language]:
    other = language.other()
    return (language, other) if language.code == "zh_CN" else (other, language)


def spoken(text: str, **facts: Said) -> Words:
    """Return a message with its facts in both languages, for contents printed in either."""
    english, chinese = Language("en"), Language("zh_CN")
    return Words(_told(text, english, facts), _told(text, chinese, facts))


def _told(text: str, language: Language, facts: dict[str, Said]) -> str:
    return language.text(text, **{name: said(value, language) for name, value in facts.items()})


def listed(items: Sequence[Words], between: Words = ENUMERATED) -> Words:
    """Return words one after another in both languages, each with its own marks between them."""
    return Words(between.en.join(item.en for item in items), between.zh.join(item.zh for item in items))


def signer_words(name: str, ink: Ink | None, language: Language) -> str:
    """Return who decided: at the desk, or on paper and who typed it."""
    if ink is None:
        return name
    signed_on = ink.signed_on.isoformat()
    return language.text(
        "{signer} on paper of {day}, typed by {name}", signer=ink.signer, day=signed_on, name=name
    )


def taken_out_words(taken_out: Sequence[TakenOut], language: Language) -> str:
    """Return what stands beside a signature whose record lost a text since; nothing where none was lost."""
    return " ".join(
        language.text(
            "After it was signed, a text was taken out of it on {day} by {name} (audit number {number}).",
            day=each.at.date().isoformat(),
            name=each.by,
            number=each.number,
        )
        for each in taken_out
    )
