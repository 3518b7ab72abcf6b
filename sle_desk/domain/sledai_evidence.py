"""What measured values say about SLEDAI-2K items: suggestions that the investigator attributes or not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sle_desk.domain.instruments import LOWER_LIMIT, Cutoff, Sledai

NOT_MEASURED = "evidence.not_measured"
OUTSIDE_WINDOW = "evidence.outside_window"
NO_LIMIT = "evidence.no_limit"
OTHER_UNIT = "evidence.other_unit"
UNCERTAIN = "evidence.uncertain"
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "": ""}


@dataclass(frozen=True)
class Reading:
    """One measured value with its comparator, its unit, the limits it came with and its day."""

    value: Decimal
    unit: str
    on: date
    comparator: str = ""
    lower: Decimal | None = None
    upper: Decimal | None = None


@dataclass(frozen=True)
class LabEvidence:
    """What one reading says about one item: True, False, or None with the reason why it says nothing."""

    item: str
    reads: str
    meets: bool | None
    reason: str = ""
    reading: Reading | None = None
    comparison: str = ""
    limit: Decimal | None = None


def _below(value: Decimal, comparator: str, limit: Decimal) -> bool | None:
    """Tell whether what a value with a comparator stands for lies strictly below the limit."""
    if comparator == "":
        return value < limit
    if comparator in ("<", "<="):
        surely = value <= limit if comparator == "<" else value < limit
        return True if surely else None
    return False if value >= limit else None


def _compares(reading: Reading, comparison: str, limit: Decimal) -> bool | None:
    if comparison == "below":
        return _below(reading.value, reading.comparator, limit)
    return _below(-reading.value, _MIRRORED[reading.comparator], -limit)


def _limit(cutoff: Cutoff, reading: Reading) -> Decimal | None:
    if cutoff.limit is not None:
        return cutoff.limit
    return reading.lower if cutoff.against == LOWER_LIMIT else reading.upper


def _says(cutoff: Cutoff, reading: Reading | None, on: date, window_days: int) -> LabEvidence:
    if reading is None:
        return LabEvidence(cutoff.item, cutoff.reads, None, NOT_MEASURED)
    limit = _limit(cutoff, reading)
    reason = ""
    if not 0 <= (on - reading.on).days <= window_days:
        reason = OUTSIDE_WINDOW
    elif cutoff.unit and reading.unit != cutoff.unit:
        reason = OTHER_UNIT
    elif limit is None:
        reason = NO_LIMIT
    meets = None if reason or limit is None else _compares(reading, cutoff.comparison, limit)
    if meets is None and not reason:
        reason = UNCERTAIN
    return LabEvidence(cutoff.item, cutoff.reads, meets, reason, reading, cutoff.comparison, limit)


def lab_evidence(
    readings: Mapping[str, Reading],
    on: date,
    window_days: int,
    scale: Sledai,
    allowed: Collection[str] = (),
) -> tuple[LabEvidence, ...]:
    """Return what each reading of the days before the visit says; the window is a setting of the study.

    `allowed` are the settings decided with yes that let a surrogate count, such as a ratio for 24 hours.
    """
    counting = (cutoff for cutoff in scale.cutoffs if not cutoff.setting or cutoff.setting in allowed)
    return tuple(_says(cutoff, readings.get(cutoff.reads), on, window_days) for cutoff in counting)


def suggested(evidence: Iterable[LabEvidence]) -> tuple[str, ...]:
    """Return the items that at least one reading speaks for, each once."""
    return tuple(dict.fromkeys(said.item for said in evidence if said.meets))


def disagreements(
    answers: Mapping[str, bool | None], evidence: Iterable[LabEvidence]
) -> tuple[LabEvidence, ...]:
    """Return the readings that speak against the answer given: shown, never corrected."""
    said = tuple(evidence)
    spoken_for = set(suggested(said))

    def speaks_against(one: LabEvidence) -> bool:
        answer = answers.get(one.item)
        if answer is None or one.meets is None:
            return False
        # Two readings can serve one item: normal C4 says nothing against a low C3.
        return not one.meets and one.item not in spoken_for if answer else one.meets

    return tuple(one for one in said if speaks_against(one))
