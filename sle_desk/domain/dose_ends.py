"""What ends the doses of a drug or holds them up, and whether a dose lies after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sle_desk.domain.dose_matching import RecordedDose
from sle_desk.domain.pauses import Pause


@dataclass(frozen=True)
class DoseEnds:
    """What ended the doses of a drug: its stop, the withdrawal of consent for study drugs, the death.

    `pauses` are the times in which it was not to be given, `left_on` the day the subject left or completed.

    A stop or withdrawal that was recorded on its own day has the instant of that; one told later has none.
    `died_said` is the day of the death as it was written. `dosed_before`: a dose of any study drug came
    before the one that is compared.
    """

    stopped_on: date | None = None
    withdrawn_on: date | None = None
    died_on: date | None = None
    stop_told_at: datetime | None = None
    withdrawal_told_at: datetime | None = None
    dosed_before: bool = True
    died_said: str = ""
    pauses: tuple[Pause, ...] = ()
    left_on: date | None = None


def pause_of(given: RecordedDose, ends: DoseEnds) -> Pause | None:
    """Return the pause that a dose lies in; on its first day once that had been recorded before the dose."""
    pause = next((each for each in ends.pauses if each.holds(given.on_day)), None)
    if pause is None or is_over(given, pause.since, pause.told_at, ends):
        return pause
    return None


def is_over(given: RecordedDose, ended_on: date, told_at: datetime | None, ends: DoseEnds) -> bool:
    """Tell whether a dose lies after something that ended its drug, told at an instant or on a later day."""
    if given.on_day != ended_on:
        return given.on_day > ended_on
    if told_at is None or given.started_at is None:
        return False
    # The last dose of a drug is often of the day of its stop: only what is known to come later is late. Who
    # was stopped without any dose had none before: there the minute of the stop itself is late.
    if ends.dosed_before:
        return given.started_at > told_at
    return given.started_at >= told_at.replace(second=0, microsecond=0)
