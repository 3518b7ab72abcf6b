"""What a visit summary holds: plain values, in the order they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sle_desk.base.language import Words
from sle_desk.exports.drawing import Point
from sle_desk.exports.pdf.stamp import StudyName
from sle_desk.exports.wording import Said

NOTE_KINDS = ("deviation", "query", "correction", "missing", "awaited", "consent", "clarification")


@dataclass(frozen=True)
class DrugRow:
    """One drug up to this visit; `percent` is given over planned, already worked out."""

    drug: Said
    planned: Said
    given: Said
    missed: Said
    late: Said
    cumulative: Said
    percent: Said
    last_dose: Said


@dataclass(frozen=True)
class ActivityRow:
    """One score or marker over the visits of the summary, the last value that of this visit."""

    score: Said
    values: tuple[Said, ...]


@dataclass(frozen=True)
class Curve:
    """The one curve of the summary."""

    title: Said
    points: tuple[Point, ...]
    # The names of the points as the heads of the table say them; without them a point has its own.
    names: tuple[Said, ...] = ()


@dataclass(frozen=True)
class PrednisoneRow:
    """Days with one prednisone equivalent; why it is not known, where it is not."""

    first: Said
    last: Said
    amount: Said
    why: Said


@dataclass(frozen=True)
class PrednisoneRows:
    """The prednisone equivalent since the visit before, and the limit beside it."""

    limit: Said
    rows: tuple[PrednisoneRow, ...]


@dataclass(frozen=True)
class LabRow:
    """One laboratory value outside its reference range, as judged on its day."""

    test: Said
    value: Said
    unit: Said
    reference: Said
    flag: Said
    grade: Said
    change: Said
    significance: Said
    decided: Said


@dataclass(frozen=True)
class EventRow:
    """One adverse event, its relation judged for each drug in the order of the drugs."""

    number: Said
    event: Said
    grade: Said
    start: Said
    stop: Said
    serious: Said
    relations: tuple[Said, ...]
    outcome: Said


@dataclass(frozen=True)
class Events:
    """The adverse events of the summary, and the drugs their relation is judged for."""

    drugs: tuple[Said, ...]
    rows: tuple[EventRow, ...]


@dataclass(frozen=True)
class Note:
    """One deviation, query, correction, missing value, awaited result or open clarification.

    `kind` is one of NOTE_KINDS; `count` is how many things it stands for while it is open.
    """

    kind: str
    text: Said
    identifier: str = ""
    open: bool = False
    count: int = 1


@dataclass(frozen=True)
class InfusionRow:
    """What was recorded of an infusion at one time: a rate, vital signs, a medicine given before it."""

    time: Said
    what: Said
    recorded: Said


@dataclass(frozen=True)
class VisitSummary:
    """The content of one visit summary; a section without content (None) is not printed."""

    study: StudyName
    subject: str
    arm: Said
    sex_age: Said
    randomised: date | None
    visit: Words
    visit_day: date
    study_day: int | None
    window: Said
    weight: Said
    treatment: tuple[DrugRow, ...] | None = None
    infusions: tuple[InfusionRow, ...] | None = None
    prednisone: PrednisoneRows | None = None
    activity_visits: tuple[Said, ...] = ()
    activity: tuple[ActivityRow, ...] | None = None
    curve: Curve | None = None
    laboratory: tuple[LabRow, ...] | None = None
    grading: str = "CTCAE v5.0"
    compared_with: Said = None
    adverse_events: Events | None = None
    notes: tuple[Note, ...] | None = None
    signer: Words | None = None

    def __post_init__(self) -> None:
        for note in self.notes or ():
            if note.kind not in NOTE_KINDS:
                raise ValueError(f"no such kind of note: {note.kind}")
        for row in self.activity or ():
            _same_length(row.values, self.activity_visits)
        if self.adverse_events is not None:
            for event in self.adverse_events.rows:
                _same_length(event.relations, self.adverse_events.drugs)


def _same_length(values: Sequence[Said], heads: Sequence[Said]) -> None:
    if len(values) != len(heads):
        raise ValueError(f"{len(values)} values stand under {len(heads)} heads")
