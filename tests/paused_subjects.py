"""A drug of subject 1 paused and resumed, as tests record it through the services."""

from __future__ import annotations

from datetime import date, timedelta

from ended_subjects import DAY_ONE
from treated_subject import BOTH

from sle_desk.services import pauses
from sle_desk.services.desk import Desk
from sle_desk.services.pauses import NewStep, PauseRow


def day(number: int) -> date:
    return DAY_ONE + timedelta(days=number - 1)


def pause(desk: Desk, first: int, drug: str = "IL2", **said: object) -> PauseRow:
    told = {"reason": "infection", "decided_by": "Zhao Jing", **said}
    return pauses.record_pause(desk, BOTH, "paused", drug, NewStep(day(first), **told))


def resume(desk: Desk, first: int, drug: str = "IL2") -> PauseRow:
    return pauses.record_pause(desk, BOTH, "resumed", drug, NewStep(day(first), "Zhao Jing"))
