"""The prednisone equivalent over time in words and as a stair, the same in the window and on paper."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sle_desk.base.language import Words, message
from sle_desk.domain.prednisone import DATES, DOSE, FACTOR, NAME, Stretch
from sle_desk.domain.values import rounded
from sle_desk.exports.drawing import Drawing, Step, step_curve
from sle_desk.exports.wording import COLON, SEMICOLON, listed, spoken
from sle_desk.services.prednisone import Prednisone

PREDNISONE = message("Prednisone equivalent")
WHY = {
    DATES: message("a start or an end is not exact"),
    DOSE: message("a dose comes to no daily amount"),
    FACTOR: message("a factor is not decided"),
    NAME: message("a glucocorticoid has no factor"),
}


def amount_words(mg: Decimal | None) -> Words:
    """Return an amount a day to six decimals, or that it is not known."""
    if mg is None:
        return spoken(message("not known"))
    return spoken(message("{amount} mg a day"), amount=rounded(mg))


def why_words(stretch: Stretch) -> Words | None:
    """Return why an amount is not known; nothing where it is."""
    return listed([spoken(WHY[code]) for code in stretch.why]) if stretch.why else None


def limit_words(found: Prednisone) -> Words:
    """Return the limit in force, or that none is."""
    if found.limit is None:
        return spoken(message("no limit in force"))
    return spoken(message("limit {amount} mg a day"), amount=found.limit)


def over_words(found: Prednisone) -> Words:
    """Return every stretch and the limit one after another: what the stair shows, for who cannot see it."""
    return listed([*(_stretch_words(each) for each in found.stretches), limit_words(found)], SEMICOLON)


def _stretch_words(stretch: Stretch) -> Words:
    why, amount = why_words(stretch), amount_words(stretch.mg)
    told = amount if why is None else listed([amount, why], COLON)
    return spoken(message("{first} to {last}: {amount}"), first=stretch.first, last=stretch.last, amount=told)


def stair(found: Prednisone, width: float, height: float) -> Drawing:
    """Return the stair over the days, its first and last day named."""
    if not found.stretches:
        return step_curve(())
    start, end = found.stretches[0].first, found.stretches[-1].last
    # A day is as wide as it lasts: a stretch ends where the next one begins.
    steps = [
        Step(
            (each.first - start).days,
            (each.last + timedelta(days=1) - start).days,
            None if each.mg is None else rounded(each.mg),
        )
        for each in found.stretches
    ]
    names = (f"{start:%m-%d}", f"{end:%m-%d}")
    return step_curve(steps, found.limit, names, width=width, height=height)
