"""The doses of a visit worksheet: sums from the last weight, proposals beside empty boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from sle_desk.base.language import Words, message
from sle_desk.domain.decisions import Readings
from sle_desk.domain.dose_choices import OTHER, diluents_of, next_site, rotation
from sle_desk.domain.forms import Choice
from sle_desk.domain.infusion_course import MOMENT, VITALS, forms_of_infusions
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.schedule import PlannedVisit, Slot
from sle_desk.domain.vials import Vials as ChosenVials
from sle_desk.exports.pdf.dose_sum import DoseSum, Vials
from sle_desk.exports.pdf.worksheet_content import Infusion, Injection, Kit, VialsForWeight
from sle_desk.exports.wording import spoken
from sle_desk.services import dispensing
from sle_desk.services.courses import Course
from sle_desk.services.dose_judgement import WEIGHT_CHANGE, number_of
from sle_desk.services.infusions import Weight, infusion_sum, last_weight, strengths_of
from sle_desk.services.plan import Calendar
from sle_desk.services.snapshots import Snapshot

TENTH = Decimal("0.1")
MOST_SPANS = 3


def dose_parts(
    copy: Snapshot, course: Course, calendar: Calendar, readings: Readings, planned: PlannedVisit | None
) -> tuple[Infusion | Injection, ...]:
    """Return the doses due at a visit in the order they are given; none where no plan knows them."""
    if planned is None or not course.arm:
        return ()
    parts: list[Infusion | Injection] = []
    for drug in map(copy.protocol.drug, copy.protocol.arm(course.arm).drugs):
        slot = _due_slot(calendar, drug, planned)
        if slot is None:
            continue
        if drug.preparation is not None:
            parts.append(_infusion(copy, course, readings, drug, slot))
        else:
            parts.append(_injection(copy, course, calendar, drug, slot))
    return tuple(parts)


def _due_slot(calendar: Calendar, drug: Drug, planned: PlannedVisit) -> Slot | None:
    """Return the dose planned for the day of a visit, else the earliest unanswered one that fits it.

    By calendar months the days of infusions and visits drift apart, within their windows.
    """
    of_drug, day = calendar.of_drug(drug.code), planned.planned_on
    of_day = [each for each in of_drug if each.slot.planned_on == day]
    fitting = of_day or [each for each in of_drug if each.slot.holds(day)]
    return next((each.slot for each in fitting if each.awaited), None)


def _infusion(copy: Snapshot, course: Course, readings: Readings, drug: Drug, slot: Slot) -> Infusion:
    made = drug.preparation
    assert made is not None
    weight = last_weight(copy.session, course.subject_id, copy.as_of.date(), before=False)
    # Nothing is computed while a decision on the preparation is open.
    decided = not readings.waits(f"prepare:{drug.code}")
    below, above = _weigh_again(weight, number_of(readings, WEIGHT_CHANGE))
    return Infusion(
        number=slot.number,
        drug=drug.label,
        rule=drug.dose_label,
        rate=drug.amount,
        strengths=strengths_of(readings) if decided else (),
        last_weight=weight.kilograms if weight else None,
        last_weight_on=weight.on_day if weight else None,
        weigh_again_below=below,
        weigh_again_above=above,
        prefilled=prefilled_sum(drug, weight.kilograms, readings) if weight and decided else None,
        table=_table(drug, readings, below, above) if decided else (),
        observe=slot.number <= made.observed_infusions,
        moments=_moments(copy.protocol),
        holds=tuple(each.label for each in copy.protocol.holds_of(drug.code)),
    )


def _moments(protocol: Protocol) -> tuple[Words, ...]:
    """Return when vital signs are taken around an infusion, as the package has it."""
    form = forms_of_infusions(protocol).get(VITALS)
    return tuple(choice.label for choice in form.field(MOMENT).choices) if form is not None else ()


def _weigh_again(weight: Weight | None, percent: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """Return the weights beyond which a change has to be weighed again, within the limit to the tenth."""
    if weight is None or percent is None:
        return None, None
    off = weight.kilograms * percent / 100
    low, high = weight.kilograms - off, weight.kilograms + off
    up = low.quantize(TENTH, "ROUND_CEILING")
    return up, high.quantize(TENTH, "ROUND_FLOOR")


def prefilled_sum(drug: Drug, weight: Decimal, readings: Readings) -> DoseSum:
    """Return the sum of an infusion by a weight, with the vials of least waste."""
    computed = infusion_sum(drug, weight, readings)
    return DoseSum(drug.amount, weight, computed.prescribed.dose, _vials(computed.vials.least_waste))


def _vials(chosen: ChosenVials) -> tuple[Vials, ...]:
    return tuple(Vials(count, strength) for strength, count in chosen.counts)


def _table(
    drug: Drug, readings: Readings, low: Decimal | None, high: Decimal | None
) -> tuple[VialsForWeight, ...]:
    """Return the vials for the weights that need no second weighing; left out where they are too many."""
    if low is None or high is None or low <= 0:
        return ()
    spans: list[VialsForWeight] = []
    weight = low
    while weight <= high:
        vials = prefilled_sum(drug, weight, readings).vials
        if spans and spans[-1].vials == vials:
            spans[-1] = VialsForWeight(spans[-1].low, weight, vials)
        else:
            spans.append(VialsForWeight(weight, weight, vials))
        weight += TENTH
    return tuple(spans) if len(spans) <= MOST_SPANS else ()


def _injection(copy: Snapshot, course: Course, calendar: Calendar, drug: Drug, slot: Slot) -> Injection:
    site = next_site(drug, course.records)
    kits = dispensing.kits_in(copy.session, course.subject_id, drug.code)
    return Injection(
        number=slot.number,
        planned=len(calendar.of_drug(drug.code)),
        drug=drug.label,
        rule=spoken(message("{dose} {route}"), dose=drug.dose_label, route=drug.route),
        reactions=tuple(_reactions(copy.protocol, drug)),
        sites=tuple(each.label for each in rotation(drug)),
        proposed_site=drug.site(site).label if site else None,
        kits=tuple(Kit(kit.lot, kit.kit) for kit in kits if _usable(kit.expires_on, slot.planned_on)),
        places=tuple(_named(copy.protocol.list("place").choices)),
        holds=tuple(each.label for each in copy.protocol.holds_of(drug.code)),
        dissolved=bool(diluents_of(copy.protocol, drug)),
    )


def _usable(expires_on: date | None, on: date) -> bool:
    return expires_on is None or expires_on >= on


def _reactions(protocol: Protocol, drug: Drug) -> Iterator[Words]:
    # "None" has a box of its own on the paper; what nobody ticked is what is not known.
    asked = (each for each in protocol.list(drug.reactions).choices if each.code not in ("none", "unknown"))
    return _named(asked)


def _named(choices: Iterable[Choice]) -> Iterator[Words]:
    # What is "other" is written in: the paper has a line for it.
    return (choice.label for choice in choices if choice.code != OTHER)
