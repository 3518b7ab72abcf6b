"""What a given dose shows beside its plan, its sum and the other doses: the deviations that it proposes.

Whatever happened can be recorded: nothing here refuses a dose that was given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from sle_desk.domain.dose_by_weight import given_by_residual
from sle_desk.domain.dose_choices import same_site
from sle_desk.domain.dose_ends import DoseEnds, is_over, pause_of
from sle_desk.domain.dose_matching import GIVEN, MISSED, NEW, DueSlot, RecordedDose, in_own_time
from sle_desk.domain.schedule import Slot
from sle_desk.domain.values import plain, rounded

WARNING, REASON, MINOR, MAJOR = "warning", "reason", "minor", "major"
_AMOUNT, _PRESCRIBED, _FOLD = "dose.amount", "dose.prescribed", "_fold"
_WEIGHT_OF = {WARNING: 0, REASON: 1, MINOR: 2, MAJOR: 3}


@dataclass(frozen=True)
class DoseThresholds:
    """The decided settings a given dose is compared with; None: not decided, so not judged.

    Above `reason_percent` a reason is asked, above `deviation_percent` a deviation proposed; from `fold`
    times (or one part in `fold`) a dialog asks. `weight_days`: how old a weight may be. The gaps are those
    between two doses of the drug; None where the stage has no such rule.
    """

    reason_percent: Decimal | None
    deviation_percent: Decimal | None
    fold: Decimal | None
    weight_days: int | None
    shortest_gap: timedelta | None = None
    longest_gap: timedelta | None = None


@dataclass(frozen=True)
class PlannedDose:
    """What was planned: the slot if there was one, and the prescribed amount with its unit.

    `by_weight`: the amount rests on the weight of `weighed_on`; `computed` is the dose per kg times that
    weight, whatever was prescribed, and None where no weight is known. `taken`: without a slot, the planned
    dose whose window holds the day, and that another record answers.
    """

    drug: str
    slot: Slot | None
    amount: Decimal | None
    unit: str
    by_weight: bool = False
    weighed_on: date | None = None
    computed: Decimal | None = None
    taken: DueSlot | None = None


@dataclass(frozen=True)
class Bag:
    """What a bag held (mL), and what was left in it; None where nobody said it."""

    held: Decimal | None
    left: Decimal | None


# What a dose after the end or in a pause shows, the weightiest alone.
AFTER_END = frozenset(
    {
        "dose.after_stop",
        "dose.after_leaving",
        "dose.after_withdrawal",
        "dose.after_death",
        "dose.during_pause",
    }
)


@dataclass(frozen=True)
class DoseFacts:
    """What is known around a dose; `delegated` and `eligible` are None where the question does not arise.

    `eligibility_void`: there was a signed decision, and none stood when the dose was given. `arm_drugs` is
    None while no arm was allocated. `others` are the other records of the same drug.
    """

    arm_drugs: frozenset[str] | None
    allocated_at: datetime | None
    consented_on: date | None
    consented_at: datetime | None
    eligible: bool | None
    delegated: bool | None
    ends: DoseEnds = field(default_factory=DoseEnds)
    others: tuple[RecordedDose, ...] = ()
    eligibility_void: bool = False


@dataclass(frozen=True)
class ProposedDeviation:
    """What a record shows: a code that `words` turns into a sentence, how much it weighs, and the facts.

    "warning" and "reason" are no deviations: something to see, something to explain. "minor" and "major"
    are proposals that a person accepts or explains. `ask_again`: a dialog shows it before anything is saved.
    `on_day` is given where it is another day than that of the record.
    """

    code: str
    severity: str
    facts: Mapping[str, object] = field(default_factory=dict)
    ask_again: bool = False
    on_day: date | None = None

    @property
    def is_deviation(self) -> bool:
        """Tell whether a deviation is proposed, and not only a reason asked or a warning shown."""
        return self.severity in (MINOR, MAJOR)


def _proposed(code: str, severity: str, *, ask_again: bool = False, **facts: object) -> ProposedDeviation:
    return ProposedDeviation(code, severity, facts, ask_again)


def _standing(given: RecordedDose, facts: DoseFacts) -> Iterator[ProposedDeviation]:
    """Yield what is wrong with giving this drug to this subject by this person at all."""
    if facts.arm_drugs is None or (facts.allocated_at is not None and _before(given, facts.allocated_at)):
        yield _proposed("dose.before_allocation", MAJOR, on=given.on_day)
    elif given.drug not in facts.arm_drugs:
        yield _proposed("dose.off_arm", MAJOR, drug=given.drug)
    if facts.eligible is False:
        yield _proposed("dose.ineligible", MAJOR, on=given.on_day)
    if facts.eligibility_void:
        yield _proposed("dose.eligibility_void", MAJOR, on=given.on_day)
    yield from dose_after_end(given, facts.ends)
    if facts.delegated is False:
        yield _proposed("dose.not_delegated", MINOR, on=given.on_day)


def dose_after_end(given: RecordedDose, ends: DoseEnds) -> Iterator[ProposedDeviation]:
    """Yield that a dose lies after the death, the withdrawal of consent for it or its stop, or in a pause.

    On the day of a withdrawal, stop or pause it does once that had been recorded when the dose was given.
    A study drug given though its end was decided is an important deviation (ICH E3 10.2: who met a criterion
    of withdrawal and was not withdrawn); a dose in a pause is not one by itself.
    """
    on_day, died, withdrawn, stopped = given.on_day, ends.died_on, ends.withdrawn_on, ends.stopped_on
    if died is not None and on_day > died:
        yield _proposed("dose.after_death", MAJOR, on=on_day, died=ends.died_said or died)
    elif withdrawn is not None and is_over(given, withdrawn, ends.withdrawal_told_at, ends):
        yield _proposed("dose.after_withdrawal", MAJOR, on=on_day, since=withdrawn)
    elif stopped is not None and is_over(given, stopped, ends.stop_told_at, ends):
        # Who left stopped every drug: it is said as what it was.
        if stopped == ends.left_on:
            yield _proposed("dose.after_leaving", MAJOR, on=on_day, left=stopped)
        else:
            yield _proposed("dose.after_stop", MAJOR, on=on_day, stopped=stopped)
    elif (pause := pause_of(given, ends)) is not None:
        yield _proposed("dose.during_pause", MINOR, on=on_day, since=pause.since)


def _before(given: RecordedDose, instant: datetime) -> bool:
    """Tell whether the dose was surely given before an instant; on the same day its time has to say so."""
    if given.started_at is not None:
        return given.started_at < instant
    return given.on_day < instant.date()


def _consent(given: RecordedDose, facts: DoseFacts) -> Iterator[ProposedDeviation]:
    if facts.consented_on is None:
        yield _proposed("dose.no_consent", MAJOR, on=given.on_day)
    elif given.on_day < facts.consented_on:
        yield _proposed("dose.before_consent", MAJOR, on=given.on_day, consented=facts.consented_on)
    elif given.on_day == facts.consented_on:
        if given.started_at is None or facts.consented_at is None:
            yield _proposed("dose.consent_order_unknown", WARNING, on=given.on_day)
        elif given.started_at < facts.consented_at:
            yield _proposed("dose.before_consent", MAJOR, on=given.on_day, consented=facts.consented_on)


def _others(given: RecordedDose, facts: DoseFacts, limits: DoseThresholds) -> Iterator[ProposedDeviation]:
    others = [dose for dose in facts.others if dose.drug == given.drug and dose.key != given.key]
    doses = [dose for dose in others if dose.progress == GIVEN]
    that_day = [dose for dose in doses if dose.on_day == given.on_day]
    before = [dose for dose in that_day if in_own_time(dose) < in_own_time(given)]
    # One that is being recorded is asked about wherever it falls; of those recorded the later is the second.
    second = that_day if given.key == NEW else before
    if second:
        yield _proposed("dose.second_on_day", MAJOR, on=given.on_day, number=len(second) + 1, ask_again=True)
    earlier = [dose for dose in doses if in_own_time(dose) < in_own_time(given)]
    last = max(earlier, key=in_own_time, default=None)
    if last is None:
        return
    if same_site(last, given):
        yield _proposed("dose.same_site", WARNING, site=given.site, last=last.on_day)
    # A second dose on one day is said already; one missed between them, or a pause, explains a long gap.
    if last.on_day != given.on_day:
        missed = any(dose.progress == MISSED and last.on_day < dose.on_day < given.on_day for dose in others)
        paused = any(each.lies_between(last.on_day, given.on_day) for each in facts.ends.pauses)
        yield from _gap(last, given, limits, missed or paused)


def _gap(
    last: RecordedDose, given: RecordedDose, limits: DoseThresholds, explained: bool
) -> Iterator[ProposedDeviation]:
    """Yield a gap that is surely too short or too long; where a time is unknown, days say what they can."""
    days = timedelta(days=(given.on_day - last.on_day).days)
    at_least, at_most = days - timedelta(days=1), days + timedelta(days=1)
    if last.started_at is not None and given.started_at is not None:
        at_least = at_most = given.started_at - last.started_at
    if limits.shortest_gap is not None and at_most < limits.shortest_gap:
        yield _proposed("dose.gap_short", MINOR, last=last.on_day, hours=_hours(limits.shortest_gap))
    if limits.longest_gap is not None and at_least > limits.longest_gap and not explained:
        yield _proposed("dose.gap_long", MINOR, last=last.on_day, hours=_hours(limits.longest_gap))


def _hours(gap: timedelta) -> Decimal:
    return Decimal(gap // timedelta(minutes=1)) / 60


def _weight(planned: PlannedDose, given: RecordedDose, limits: DoseThresholds) -> Iterator[ProposedDeviation]:
    if not planned.by_weight:
        return
    if planned.weighed_on is None:
        yield _proposed("dose.no_weight", MINOR, on=given.on_day)
        return
    age = (given.on_day - planned.weighed_on).days
    if limits.weight_days is None and age != 0:
        yield _proposed("dose.weight_rule_open", WARNING, weighed=planned.weighed_on, age=age)
    # A weight taken after the dose cannot be the one it was computed from.
    elif limits.weight_days is not None and not 0 <= age <= limits.weight_days:
        yield _proposed(
            "dose.old_weight", MINOR, weighed=planned.weighed_on, age=age, allowed=limits.weight_days
        )


def _amount(planned: PlannedDose, given: RecordedDose, limits: DoseThresholds) -> Iterator[ProposedDeviation]:
    """Yield what the amounts show: what was prescribed beside the sum, and what was given beside both."""
    wanted, found = planned.amount, given.administered
    shown = _prescribed(planned, limits)
    if found is None:
        shown.append(_proposed("dose.amount_unknown", WARNING, on=given.on_day))
    elif wanted is None or wanted <= 0:
        shown.append(_proposed("dose.amount_unplanned", WARNING, given=found, unit=planned.unit))
    else:
        shown += _given(wanted, found, planned.unit, limits)
        # An order and the giving of it may each lie within the limits, and both together beyond them.
        beside = [] if planned.computed is None else _given(planned.computed, found, planned.unit, limits)
        shown += [each for each in beside if _weightier(each, shown)]
    yield from shown


def _prescribed(planned: PlannedDose, limits: DoseThresholds) -> list[ProposedDeviation]:
    computed, ordered = planned.computed, planned.amount
    if computed is None or ordered is None or ordered == computed:
        return []
    facts = {**_as_written({"computed": computed, "prescribed": ordered}), "unit": planned.unit}
    return _differing(_PRESCRIBED, (computed, ordered), facts, limits)


def _as_written(amounts: Mapping[str, Decimal]) -> dict[str, object]:
    """Return amounts without needless zeros after the point, as people write them."""
    return {name: Decimal(plain(amount)) for name, amount in amounts.items()}


def _given(wanted: Decimal, found: Decimal, unit: str, limits: DoseThresholds) -> list[ProposedDeviation]:
    facts = {"planned": wanted, "given": found, "unit": unit}
    return [] if found == wanted else _differing(_AMOUNT, (wanted, found), facts, limits)


def _weightier(one: ProposedDeviation, others: list[ProposedDeviation]) -> bool:
    return all(_WEIGHT_OF[one.severity] > _WEIGHT_OF[each.severity] for each in others)


def _differing(
    what: str, amounts: tuple[Decimal, Decimal], facts: Mapping[str, object], limits: DoseThresholds
) -> list[ProposedDeviation]:
    """Return the finding of a different amount; none where it lies within the limits."""
    kind, severity, limit = _judged(*amounts, limits)
    if not severity:
        return []
    told = {**facts, "limit": limit} if limit is not None else facts
    return [ProposedDeviation(what + kind, severity, told, ask_again=kind == _FOLD)]


def _judged(wanted: Decimal, found: Decimal, limits: DoseThresholds) -> tuple[str, str, Decimal | None]:
    """Return the end of the code, the severity and the limit that an amount passed; no severity within."""
    reason, deviation, fold = limits.reason_percent, limits.deviation_percent, limits.fold
    if reason is None or deviation is None or fold is None:
        return "_rule_open", WARNING, None
    # Compared without dividing: a percentage is not made of rounded digits.
    off = abs(found - wanted) * 100
    if found >= fold * wanted or found * fold <= wanted:
        return _FOLD, MAJOR, fold
    if off > deviation * wanted:
        return "", MINOR, deviation
    return ("_reason", REASON, reason) if off > reason * wanted else ("", "", None)


def residual_differs(
    planned: PlannedDose, given: RecordedDose, bag: Bag, limits: DoseThresholds
) -> Iterator[ProposedDeviation]:
    """Yield that the bag tells of another amount than was recorded, by the limits of a different amount.

    It is no deviation: one of the two was told wrong, or somebody says why both stand.
    """
    amount, found, held, left = planned.amount, given.administered, bag.held, bag.left
    if amount is None or found is None or held is None or left is None or held <= 0:
        return
    by_volume = given_by_residual(amount, held, left)
    kind, severity, _ = _judged(by_volume, found, limits)
    if severity:
        told = {"left": left, "bag": held, "volume": rounded(by_volume, 1), "given": found}
        facts = {**_as_written(told), "unit": planned.unit}
        asks = WARNING if severity == WARNING else REASON
        yield ProposedDeviation("dose.residual_differs", asks, facts, ask_again=kind == _FOLD)


def _outside(taken: DueSlot | None, given: RecordedDose) -> ProposedDeviation:
    if taken is None or taken.dose is None:
        return _proposed("dose.outside_plan", MINOR, on=given.on_day)
    slot, day = taken.slot, taken.dose.on_day
    facts: dict[str, object] = {"on": given.on_day, "number": slot.number, "planned": slot.planned_on}
    if taken.dose.progress == MISSED:
        return ProposedDeviation("dose.day_missed", MINOR, facts)
    return ProposedDeviation("dose.day_filled", MINOR, {**facts, "day": day})


def _window(planned: PlannedDose, given: RecordedDose) -> Iterator[ProposedDeviation]:
    slot = planned.slot
    if slot is None:
        yield _outside(planned.taken, given)
    elif not slot.holds(given.on_day):
        yield _proposed(
            "dose.outside_window",
            MINOR,
            number=slot.number,
            on=given.on_day,
            planned=slot.planned_on,
            opens=slot.opens_on,
            closes=slot.closes_on,
        )


def deviations(
    planned: PlannedDose, given: RecordedDose, limits: DoseThresholds, facts: DoseFacts
) -> tuple[ProposedDeviation, ...]:
    """Return what a recorded dose shows; an empty tuple where it was given as planned.

    A missed dose is a record too. Severities are proposals: a person accepts or changes them.
    """
    if given.progress != GIVEN:
        number = planned.slot.number if planned.slot else given.answered_slot
        return (_proposed("dose.missed", MINOR, number=number, on=given.on_day),)
    found = [*_standing(given, facts), *_consent(given, facts)]
    # A drug that is not of the arm has no plan to be early, late or too much against.
    if facts.arm_drugs is not None and given.drug in facts.arm_drugs:
        found += [*_window(planned, given), *_amount(planned, given, limits)]
    return (*found, *_weight(planned, given, limits), *_others(given, facts, limits))
