"""What was measured beside the items of a classification set: shown, and never an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sle_desk.domain.eligibility_facts import Facts, LabValue
from sle_desk.domain.item_sets import set_of_form
from sle_desk.domain.protocol import Protocol

POSITIVE = "POS"


def measured_beside(protocol: Protocol, form: str, facts: Facts) -> Mapping[str, tuple[LabValue, ...]]:
    """Return by item of a form the results that speak to it: the newest of each analyte.

    An item counts where it was present at any time: a newest one within its limits is joined by the last
    that was not.
    """
    chosen = set_of_form(protocol, form)
    hints = {} if chosen is None else protocol.instruments.item_rules.hints.get(chosen.code, {})
    beside = {
        item: tuple(value for analyte in reads for value in _of_analyte(facts, analyte))
        for item, reads in hints.items()
    }
    return {item: values for item, values in beside.items() if values}


def _of_analyte(facts: Facts, analyte: str) -> Iterator[LabValue]:
    newest = facts.newest(analyte)
    if newest is None:
        return
    yield newest
    if not stands_out(newest):
        others = (each for each in facts.results if each.analyte == analyte and stands_out(each))
        last = max(others, key=lambda each: (each.day, each.time, each.source.id), default=None)
        if last is not None:
            yield last


def stands_out(result: LabValue) -> bool:
    """Tell whether a result lies outside the limits it came with, or reads positive."""
    if result.value is None:
        return result.answer == POSITIVE
    low, high = result.low, result.high
    return (low is not None and result.value < low) or (high is not None and result.value > high)
