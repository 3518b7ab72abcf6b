"""Drugs that an event says were stopped for good while nobody recorded their stop: they are planned still."""

from __future__ import annotations

from collections.abc import Mapping

from sle_desk.domain.checks import Value
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import EVENT, stopped_for_good
from sle_desk.services.courses import Course


def stops_lacking(
    protocol: Protocol, course: Course | None, values: Mapping[str, Value]
) -> tuple[tuple[str, str], ...]:
    """Return each drug of the arm whose stop an event says and nobody recorded, with the field saying so."""
    if course is None or not course.arm:
        return ()
    said = stopped_for_good(protocol.form(EVENT), values)
    return tuple(
        (drug, said[drug])
        for drug in protocol.arm(course.arm).drugs
        if drug in said and course.stopped_on(drug) is None
    )
