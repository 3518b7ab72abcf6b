"""What was typed of a dose and cannot be recorded as it stands: told at its field, and never dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sle_desk.domain.checks import IMPOSSIBLE, Finding, Value
from sle_desk.domain.forms import Form
from sle_desk.services.answers import day_of
from sle_desk.ui.form import FormView
from sle_desk.ui.injection_entry import Taken, number, text

DAY, LOT, VIALS, WEIGHT, WEIGHT_DAY = "given_on", "lot", "vials", "weight", "weight_day"
NO_LOTS: Collection[str] = frozenset()


def dose_gaps(
    form: Form, values: Mapping[str, Value], taken: Taken | None = None, as_saved: Collection[str] = NO_LOTS
) -> tuple[Finding, ...]:
    """Return what lacks its other half: a dose its day, a lot its vials, vials their lot, a day its weight.

    `taken` tells the strength of the vials of an injection; `as_saved` are the fields of lots that were
    recorded so.
    """
    codes = [field.code for field in form.fields()]
    found = [_of_lot(code, values, taken) for code in codes if _is_lot(code) and code not in as_saved]
    days = [_no_day()] if DAY in codes and day_of(values, DAY) is None else []
    weights = _weight(values) if WEIGHT_DAY in codes else ()
    return (*days, *(finding for each in found for finding in each), *weights)


def tells_gap(view: FormView, taken: Taken | None = None) -> bool:
    """Tell the first of them at its field, if there is one, and that nothing is to be saved."""
    found = dose_gaps(view.form, view.values(), taken)
    if found:
        view.point_out(found[0])
    return bool(found)


def halved_lots(form: Form, values: Mapping[str, Value]) -> frozenset[str]:
    """Return the fields of the lots that stand without vials, or are not named beside vials."""
    codes = (field.code for field in form.fields())
    return frozenset(code for code in codes if _is_lot(code) and any(_of_lot(code, values, None)))


def _is_lot(code: str) -> bool:
    return code == LOT or code.startswith(f"{LOT}_")


def _no_day() -> Finding:
    return Finding(IMPOSSIBLE, DAY, "dose.day_needed")


def _of_lot(code: str, values: Mapping[str, Value], taken: Taken | None) -> Iterator[Finding]:
    beside = VIALS + code.removeprefix(LOT)
    lot, count = text(values, code), number(values, beside)
    if lot and not count:
        yield Finding(IMPOSSIBLE, beside, "dose.lot_vials", {"lot": lot})
    elif count and not lot and (code == LOT or code not in values):
        # That the lot is not known can be said of an infusion: its strength is known all the same.
        yield Finding(IMPOSSIBLE, code, "dose.vials_lot", {"count": int(count)})
    elif lot and taken is not None and taken.strength_of(lot) is None:
        yield Finding(IMPOSSIBLE, code, "dose.lot_strength", {"lot": lot})


def _weight(values: Mapping[str, Value]) -> Iterator[Finding]:
    day = day_of(values, WEIGHT_DAY)
    if day is not None and number(values, WEIGHT) is None:
        yield Finding(IMPOSSIBLE, WEIGHT, "dose.weight_day_alone", {"day": day.isoformat()})
