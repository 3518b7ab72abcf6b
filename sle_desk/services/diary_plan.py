"""The rows of an empty diary: the planned injections that are awaited, as doses told leave the plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from sle_desk.domain.dose_matching import RecordedDose
from sle_desk.domain.schedule import FROM_LAST_DOSE, Slot
from sle_desk.services.courses import Course
from sle_desk.services.plan import PlanVersion, calendar_of


@dataclass(frozen=True)
class DiaryPlan:
    """The plan of the injections of one subject, read once and laid as often as a dose is told."""

    drug: str
    course: Course | None
    versions: tuple[PlanVersion, ...]
    today: date

    @property
    def moves(self) -> bool:
        """Tell whether each dose moves the planned days after it."""
        if self.course is None or not self.course.arm:
            return False
        rules = self.versions[-1].arms[self.course.arm].rules.injections
        return rules is not None and rules.counted_from == FROM_LAST_DOSE

    def slots(
        self, told: Iterable[RecordedDose] = (), begun: Collection[int] = frozenset()
    ) -> tuple[Slot, ...]:
        """Return the planned injections up to today that are awaited; with doses told and not recorded yet.

        Those that such doses answer stay among them, on the days that recording the doses would give; and so
        do those with the numbers `begun`, whose rows are typed already, whatever their day.
        """
        if self.course is None or not self.course.arm:
            return ()
        new = tuple(told)
        keys = {dose.key for dose in new}
        with_them = replace(self.course, records=(*self.course.records, *new))
        calendar = calendar_of(with_them, self.versions, self.today)
        return tuple(
            each.slot
            for each in calendar.of_drug(self.drug)
            if (each.awaited and (each.slot.planned_on <= self.today or each.slot.number in begun))
            or (each.dose is not None and each.dose.key in keys)
        )
