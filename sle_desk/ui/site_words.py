"""Words of the calendar of the site: why a day is closed, a window without an open day, an unknown year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sle_desk.base.language import Language
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.site_calendar import SiteCalendar
from sle_desk.exports.wording import ENUMERATED, closed_words
from sle_desk.services.closed_windows import VISIT
from sle_desk.services.due_rows import Due
from sle_desk.ui.dose_words import day_words, drug_words
from sle_desk.ui.wording import visit_words

# So many windows are told one by one.
TOLD = 4


def closed_day_words(day: date, site: SiteCalendar, language: Language) -> str:
    """Return that the site is closed on a day and why; nothing for a day that is open or unknown."""
    why = closed_words(day, site, language)
    if not why:
        return ""
    return language.text("{day} the site is closed: {why}", day=day_words(day, language), why=why)


def closed_window_words(protocol: Protocol, window: Due, language: Language) -> str:
    """Return that a visit or an infusion has a window in which the site is closed every day."""
    facts = window.facts
    if window.code == VISIT:
        what = visit_words(protocol, str(facts["visit"]), language)
    else:
        what = f"{drug_words(protocol, str(facts['drug']), language)} #{facts['number']}"
    return language.text(
        "{what}: the site is closed on every day of the window, {opens_on} to {closes_on}",
        what=what,
        opens_on=facts["opens_on"],
        closes_on=facts["closes_on"],
    )


def unknown_years_words(years: Sequence[int], language: Language) -> str:
    """Return that the holidays of years were not entered; nothing where all were."""
    if not years:
        return ""
    named = language.words(ENUMERATED).join(map(str, years))
    return language.text("The holidays of {years} have not been entered: Study, Calendar.", years=named)


def told(lines: Sequence[str], language: Language) -> str:
    """Return lines below one another; more than a few are counted."""
    more = len(lines) - TOLD
    shown = [*lines[:TOLD], *([language.text("and {count} more", count=more)] if more > 0 else [])]
    return "\n".join(shown)
