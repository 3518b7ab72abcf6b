"""Kits of everybody as they are handed out: by number and drug, with no name and no clinical value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from sle_desk.domain.protocol import Protocol
from sle_desk.services import courses
from sle_desk.services.courses import Course
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import KitRow, kits_in, require_kits_seen


@dataclass(frozen=True)
class KitLine:
    """A drug that a subject takes from kits: those handed over, newest first; why it was stopped is not told.

    `stopped_on` is the day from which it is no longer planned.
    """

    subject_id: int
    subject: str
    drug: str
    kits: tuple[KitRow, ...]
    stopped_on: date | None

    @property
    def vials(self) -> int:
        """Return the vials handed over."""
        return sum(kit.count for kit in self.kits)


def kit_lines(desk: Desk) -> tuple[KitLine, ...]:
    """Return who takes which drug from kits, by number; NotAllowed for roles that may not know it."""
    require_kits_seen(desk)
    with desk.view() as session:
        everyone = courses.courses(session).values()
        found = [_line(session, each, drug) for each in everyone for drug in in_kits(desk.protocol, each.arm)]
    return tuple(sorted(found, key=lambda line: (line.subject, line.drug)))


def in_kits(protocol: Protocol, arm: str) -> tuple[str, ...]:
    """Return the drugs of an arm that are handed out: what is not prepared on the ward is injected."""
    drugs = map(protocol.drug, protocol.arm(arm).drugs if arm else ())
    return tuple(drug.code for drug in drugs if drug.preparation is None)


def _line(session: Session, course: Course, drug: str) -> KitLine:
    handed = kits_in(session, course.subject_id, drug)
    return KitLine(course.subject_id, course.code, drug, handed, course.stopped_on(drug))
