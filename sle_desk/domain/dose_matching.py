"""Which recorded dose belongs to which planned one, and what that makes of each planned dose today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sle_desk.domain.schedule import Slot

GIVEN, MISSED = "given", "missed"
PLANNED, DUE_TODAY, OVERDUE, LATE, AWAITING_DIARY, PAUSED = (
    "planned",
    "due_today",
    "overdue",
    "late",
    "awaiting_diary",
    "paused",
)
_TIME_UNKNOWN = datetime.max.replace(tzinfo=UTC)


# The key of a dose that is being recorded and has no number yet.
NEW = 0


@dataclass(frozen=True)
class RecordedDose:
    """One record of a dose: given, or missed (then its slot is answered).

    `answered_slot` is the number of the slot where the site was asked; the amount is the administered
    one in the drug's unit; `started_at` is aware, or None where only the day is known. `site_note` says
    which site an "other" one was.
    """

    key: int
    drug: str
    progress: str
    on_day: date
    started_at: datetime | None = None
    administered: Decimal | None = None
    site: str = ""
    answered_slot: int | None = None
    site_note: str = ""


@dataclass(frozen=True)
class Match:
    """Every filled slot with its record, the doses given that fit no slot, and the answers that cannot
    stand: a second record for a slot already answered, or a miss of a slot that the plan does not have."""

    filled: Mapping[tuple[str, int], RecordedDose]
    extra: tuple[RecordedDose, ...]
    contested: tuple[RecordedDose, ...]

    def record(self, slot: Slot) -> RecordedDose | None:
        """Return the record that fills the slot."""
        return self.filled.get((slot.drug, slot.number))

    def number(self, key: int) -> int | None:
        """Return the number of the slot that a record fills."""
        return next((number for (_, number), dose in self.filled.items() if dose.key == key), None)


@dataclass(frozen=True)
class DueSlot:
    """A planned dose as it stands today; `days_off` counts from the planned day where one was given."""

    slot: Slot
    state: str
    dose: RecordedDose | None
    days_off: int | None
    window_open: bool

    @property
    def awaited(self) -> bool:
        """Tell whether somebody is to give it or to say of it: nothing is recorded, and it is not paused."""
        return self.dose is None and self.state != PAUSED


def in_own_time(dose: RecordedDose) -> tuple[date, datetime, Decimal, str, int]:
    """Return what orders doses by the time they were given, never by the order of their entry.

    Doses of one day whose time is unknown come last; then content decides, so that equal times are told
    apart by what was given and not by which was typed first.
    """
    amount = Decimal(-1) if dose.administered is None else dose.administered
    return (dose.on_day, dose.started_at or _TIME_UNKNOWN, amount, dose.site, dose.key)


def answered(
    doses: Iterable[RecordedDose], known: Mapping[tuple[str, int], Slot]
) -> tuple[dict[tuple[str, int], RecordedDose], list[RecordedDose]]:
    """Return the slots that recorded answers fill, and the answers that came after another for the same."""
    filled: dict[tuple[str, int], RecordedDose] = {}
    contested: list[RecordedDose] = []
    # What was given stands before what was called missed: an injection is not undone by a tick.
    for dose in sorted(doses, key=lambda dose: (dose.progress == MISSED, *in_own_time(dose))):
        if dose.answered_slot is None or (dose.drug, dose.answered_slot) not in known:
            continue
        if (dose.drug, dose.answered_slot) in filled:
            contested.append(dose)
        else:
            filled[dose.drug, dose.answered_slot] = dose
    return filled, contested


def contradicts(dose: RecordedDose, miss: RecordedDose | None, slot: Slot) -> bool:
    """Tell whether a dose was given on the very day of a planned one that is recorded as missed."""
    missed = miss is not None and miss.progress == MISSED and dose.progress == GIVEN
    return missed and dose.on_day == slot.planned_on


def _is_open(slot: Slot, dose: RecordedDose, filled: Mapping[tuple[str, int], RecordedDose]) -> bool:
    record = filled.get((slot.drug, slot.number))
    return slot.holds(dose.on_day) and (record is None or contradicts(dose, record, slot))


def assign(slots: Iterable[Slot], doses: Iterable[RecordedDose]) -> Match:
    """Match all doses again in order of their own time, each to the earliest unfilled slot that holds it.

    A recorded answer of the site stands wherever its dose fell; never the nearest date in silence. The
    order in which the records come does not matter. A miss is contradicted by a dose of its very day that
    fills no earlier slot: what was given stands, and the miss is contested.
    """
    plan = sorted(slots, key=lambda slot: (slot.planned_on, slot.drug, slot.number))
    records = [dose for dose in doses if dose.progress in (GIVEN, MISSED)]
    filled, contested = answered(records, {(slot.drug, slot.number): slot for slot in plan})
    taken = {dose.key for dose in (*filled.values(), *contested)}
    extra = []
    for dose in sorted((dose for dose in records if dose.key not in taken), key=in_own_time):
        fits = (slot for slot in plan if slot.drug == dose.drug and _is_open(slot, dose, filled))
        slot = next(fits, None)
        if dose.progress == MISSED:
            contested.append(dose)
        elif slot is None:
            extra.append(dose)
        else:
            if (miss := filled.get((slot.drug, slot.number))) is not None:
                contested.append(miss)
            filled[slot.drug, slot.number] = dose
    return Match(filled, tuple(extra), tuple(contested))


def answer_after(record: RecordedDose, slots: Iterable[Slot]) -> int | None:
    """Return which planned dose a recorded answer names once day 1 moved, and every planned day with it.

    The number named a day of the plan as it was, and stays while its window still holds the record's day.
    Else a dose given is matched by its own time; "missed" was said of a planned day, and goes to the planned
    dose of that day or to the earliest whose window holds it. With none it stays, and cannot stand.
    """
    own = sorted((slot for slot in slots if slot.drug == record.drug), key=lambda slot: slot.number)
    held = [slot.number for slot in own if slot.holds(record.on_day)]
    if record.answered_slot in held:
        return record.answered_slot
    if record.progress != MISSED:
        return None
    planned = [slot.number for slot in own if slot.planned_on == record.on_day]
    return next(iter((*planned, *held)), record.answered_slot)


def _state(slot: Slot, dose: RecordedDose | None, today: date, diary_due: date | None) -> str:
    if dose is not None and dose.progress == MISSED:
        return MISSED
    if dose is not None:
        return LATE if dose.on_day > slot.planned_on else GIVEN
    if slot.pause is not None:
        return PAUSED
    if today < slot.planned_on:
        return PLANNED
    if today == slot.planned_on:
        return DUE_TODAY
    # Doses at home are reported by the diary: none is overdue before it is due.
    return AWAITING_DIARY if diary_due is not None and today < diary_due else OVERDUE


def due(
    slots: Iterable[Slot],
    match: Match,
    today: date,
    diary_due: Mapping[tuple[str, int], date],
) -> tuple[DueSlot, ...]:
    """Return each planned dose with its state; nothing is called missed that nobody recorded as missed.

    `diary_due` gives the day the diary is due for the slots (drug, number) dosed at home.
    """
    standing = []
    for slot in slots:
        dose = match.record(slot)
        given = dose is not None and dose.progress == GIVEN
        standing.append(
            DueSlot(
                slot=slot,
                state=_state(slot, dose, today, diary_due.get((slot.drug, slot.number))),
                dose=dose,
                days_off=(dose.on_day - slot.planned_on).days if dose is not None and given else None,
                window_open=slot.holds(today),
            )
        )
    return tuple(standing)


def last_dose_on(doses: Iterable[RecordedDose]) -> date | None:
    """Return the day of the last dose given of any study drug: follow-up is counted from it."""
    return max((dose.on_day for dose in doses if dose.progress == GIVEN), default=None)
