"""Whether what is said of a saved result rests on a reference range that the site has not confirmed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.reference_ranges import ReferenceRange, range_for
from sle_desk.domain.values import age_on
from sle_desk.models.lab import LabRange, Result, Sample
from sle_desk.models.subject import Subject


class RangeMarks:
    """The ranges of every laboratory, read once: each result is marked by the one that holds for it now.

    A range that is corrected or confirmed takes its results along, so the range that holds is theirs.
    """

    def __init__(self, session: Session) -> None:
        self._ranges: dict[tuple[int, str], list[ReferenceRange]] = {}
        self._confirmed: set[tuple[int, ReferenceRange]] = set()
        for row in session.scalars(select(LabRange)):
            known = ReferenceRange(
                row.analyte,
                row.sex,
                row.age_from,
                row.age_until,
                row.low,
                row.high,
                row.unit,
                row.valid_from,
                row.valid_until,
            )
            self._ranges.setdefault((row.laboratory_id, row.analyte), []).append(known)
            if row.confirmed:
                self._confirmed.add((row.laboratory_id, known))
        people = session.execute(select(Subject.id, Subject.sex, Subject.birth_date))
        self._people = {number: (sex, born) for number, sex, born in people}
        self._found: dict[tuple[int, str, str, int, date], bool] = {}

    def is_unconfirmed(self, result: Result, sample: Sample) -> bool:
        """Tell whether a result has limits that nobody compared with the laboratory's own list."""
        if result.low is None and result.high is None:
            return False
        sex, born = self._people[sample.subject_id]
        day = sample.drawn_at.date()
        asked = (sample.laboratory_id, result.analyte, sex, age_on(born, day), day)
        if asked not in self._found:
            self._found[asked] = self._look_up(*asked)
        return self._found[asked]

    def _look_up(self, laboratory_id: int, analyte: str, sex: str, age: int, day: date) -> bool:
        row = range_for(self._ranges.get((laboratory_id, analyte), ()), sex, age, day).row
        return row is None or (laboratory_id, row) not in self._confirmed
