"""A paper diary between the window and the service: a run of fields for each planned dose nobody answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, tzinfo
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.dose_choices import DOSE_REASONS, OTHER
from sle_desk.domain.dose_matching import GIVEN, RecordedDose
from sle_desk.domain.dose_matching import MISSED as NOT_GIVEN
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.schedule import Slot
from sle_desk.domain.vials import vials_needed
from sle_desk.services.dose_entry import VialUse
from sle_desk.services.dosing import DiaryRow, InjectionProposal
from sle_desk.ui.injection_entry import OF_OTHER, is_note, lot_choices, number, text

FORM, VIALS = "diary", "vials"
# Asked of every dose that was given: on its planned day, or on another (a field of its own, so that a row
# without an outcome asks nothing).
OF_GIVEN = frozenset({"time", "site", "site_note", "reaction", "reaction_note"})
PLANNED_DAY, OTHER_DAY, MISSED = "planned_day", "other_day", "missed"
# Asked of a row whose dose is another one than that of every row.
OWN_AMOUNT, OWN_VIALS = "own_amount", "own_vials"


def row_code(code: str, slot: Slot) -> str:
    """Return the code of a field in the row of a planned dose."""
    return f"{code}_{slot.number}"


def diary_form(
    protocol: Protocol,
    proposal: InjectionProposal,
    slots: Sequence[Slot],
    why: Collection[int] = (),
    amounts: Collection[int] = (),
) -> Form:
    """Return the diary with a section for each planned dose.

    `why` are the numbers of doses that need a reason, `amounts` of those whose amount is their own.
    """
    declared = protocol.form(FORM)
    drug = protocol.drug(proposal.drug)
    answers = {
        "site": tuple(Choice(site.code, site.label, site.key) for site in drug.sites),
        "reaction": protocol.list(drug.reactions).choices,
        "missed": protocol.list("missed_reason").choices,
        "why": DOSE_REASONS,
        "lot": lot_choices(proposal),
    }
    head, row, foot = declared.sections
    rows = (_row(row, slot, answers, _unasked(slot, why, amounts)) for slot in slots)
    foot = replace(foot, fields=tuple(_filled(field, answers) for field in foot.fields))
    return replace(declared, sections=(head, *rows, foot))


def _filled(field: Field, answers: Mapping[str, tuple[Choice, ...]]) -> Field:
    choices = answers.get(field.code, ())
    return replace(field, kind="choice", choices=choices) if choices else field


def _unasked(slot: Slot, why: Collection[int], amounts: Collection[int]) -> frozenset[str]:
    """Return the fields that the row of a dose is not asked."""
    reasons = () if slot.number in why else ("why", "note")
    return frozenset((*reasons, *(() if slot.number in amounts else (OWN_AMOUNT, OWN_VIALS))))


def _row(
    row: Section, slot: Slot, answers: Mapping[str, tuple[Choice, ...]], unasked: Collection[str]
) -> Section:
    planned = f"{slot.planned_on:%Y-%m-%d}"
    label = Words(
        f"{row.label.en} {slot.number}, planned {planned}",
        f"第{slot.number}次{row.label.zh}（计划 {planned}）",
    )
    return Section(label, tuple(_row_fields(row, slot, answers, unasked)))


def _row_fields(
    row: Section, slot: Slot, answers: Mapping[str, tuple[Choice, ...]], unasked: Collection[str]
) -> Iterator[Field]:
    for field in row.fields:
        if field.code in unasked:
            continue
        made = _filled(field, answers)
        outcome = row_code("outcome", slot)
        if field.show_if is not None:
            yield replace(made, code=row_code(field.code, slot), show_if=(outcome, *field.show_if[1:]))
        elif field.code in OF_GIVEN:
            for day in (PLANNED_DAY, OTHER_DAY):
                asked = (of_day(field.code.removesuffix(OF_OTHER), slot, day), OTHER)
                shown = asked if is_note(field) else (outcome, day)
                yield replace(made, code=of_day(field.code, slot, day), show_if=shown)
        else:
            yield replace(made, code=row_code(field.code, slot))


def of_day(code: str, slot: Slot, day: str) -> str:
    """Return the code of a field asked of a dose given on its planned day, or on another."""
    return row_code(f"{OTHER_DAY}_{code}" if day == OTHER_DAY else code, slot)


def diary_rows(
    form: Form, values: Mapping[str, Value], proposal: InjectionProposal, slots: Sequence[Slot]
) -> tuple[tuple[Slot, DiaryRow], ...]:
    """Return the rows that say something, each with its planned dose; RuleBroken for a lot without vials."""
    vials = _vials(form, values, proposal)
    return tuple(
        (slot, _diary_row(values, _row_vials(form, values, proposal, vials, slot), slot))
        for slot in slots
        if text(values, row_code("outcome", slot))
    )


def dose_beside(
    drug: str, slot: Slot, on_day: date, at: time | None, zone: tzinfo | None, progress: str = GIVEN
) -> RecordedDose:
    """Return a dose told in the row of a planned one and not recorded yet, as plans are laid by it."""
    started = None if at is None else datetime.combine(on_day, at, zone)
    return RecordedDose(-slot.number, drug, progress, on_day, started, answered_slot=slot.number)


def told_doses(
    values: Mapping[str, Value], drug: str, slots: Iterable[Slot], zone: tzinfo | None
) -> Iterator[RecordedDose]:
    """Yield the doses that the grid tells so far; a row that lacks its day tells of none."""
    for slot in slots:
        outcome, other = text(values, row_code("outcome", slot)), values.get(row_code("day", slot))
        if outcome == MISSED:
            yield dose_beside(drug, slot, slot.planned_on, None, zone, NOT_GIVEN)
            continue
        day = slot.planned_on if outcome == PLANNED_DAY else other.day if other is not None else None
        if outcome and day is not None:
            typed = text(values, of_day("time", slot, outcome))
            yield dose_beside(drug, slot, day, time.fromisoformat(typed) if typed else None, zone)


def _diary_row(values: Mapping[str, Value], vials: tuple[VialUse, ...], slot: Slot) -> DiaryRow:
    outcome = text(values, row_code("outcome", slot))

    def said(code: str) -> str:
        return text(values, of_day(code, slot, outcome) if code in OF_GIVEN else row_code(code, slot))

    if outcome == MISSED:
        return DiaryRow(slot.planned_on, slot.number, missed=said("missed"), note=said("note"))
    typed, own = said("time"), number(values, row_code(OWN_AMOUNT, slot))
    reaction, why = said("reaction"), said("why")
    return DiaryRow(
        on_day=_day(values, slot),
        number=slot.number,
        at=time.fromisoformat(typed) if typed else None,
        administered=number(values, "amount") if own is None else own,
        site=said("site"),
        site_note=said("site_note"),
        reaction=reaction,
        # An earlier package asks for both in one field.
        reaction_note=said("reaction_note") or (said("note") if reaction == OTHER else ""),
        reason=why,
        note=said("note") if why == OTHER else "",
        vials=vials,
    )


def _day(values: Mapping[str, Value], slot: Slot) -> date:
    if text(values, row_code("outcome", slot)) == PLANNED_DAY:
        return slot.planned_on
    value = values.get(row_code("day", slot))
    if value is None or value.day is None:
        # Given on another day: the planned one is just what it was not.
        raise RuleBroken("diary.day_needed", number=slot.number)
    return value.day


def _vials(form: Form, values: Mapping[str, Value], proposal: InjectionProposal) -> tuple[VialUse, ...]:
    lot, amount = text(values, "lot"), number(values, "amount")
    strength = _strength(proposal, lot)
    if not lot or amount is None or strength is None:
        return ()
    if not asks_vials(form):
        return (VialUse(lot, strength, vials_needed(amount, strength)),)
    count = number(values, VIALS)
    if count is None:
        raise RuleBroken("diary.vials", lot=lot)
    return (VialUse(lot, strength, int(count)),)


def _row_vials(
    form: Form,
    values: Mapping[str, Value],
    proposal: InjectionProposal,
    usual: tuple[VialUse, ...],
    slot: Slot,
) -> tuple[VialUse, ...]:
    """Return the vials of one row: those of every row, unless it says its own, or has a dose of its own."""
    amount, count = number(values, row_code(OWN_AMOUNT, slot)), number(values, row_code(OWN_VIALS, slot))
    given = text(values, row_code("outcome", slot)) != MISSED
    if not usual or not given or (amount is None and count is None):
        return usual
    (of_lot,) = usual
    if count is None and amount is not None:
        if any(field.code == row_code(OWN_VIALS, slot) for field in form.fields()):
            raise RuleBroken("diary.own_vials", lot=of_lot.lot, number=slot.number)
        # An earlier package does not ask.
        return (replace(of_lot, count=vials_needed(amount, of_lot.strength)),)
    return (replace(of_lot, count=int(count or 0)),)


def vials_proposed(
    form: Form, values: Mapping[str, Value], proposal: InjectionProposal, slots: Iterable[Slot]
) -> dict[str, str]:
    """Return the vials of every row, and of those with a dose of their own, as they would be typed."""
    asked, lot = {field.code for field in form.fields()}, text(values, "lot")
    amounts = {VIALS: "amount"} | {row_code(OWN_VIALS, each): row_code(OWN_AMOUNT, each) for each in slots}
    return {
        code: proposed_vials(proposal, lot, number(values, amount))
        for code, amount in amounts.items()
        if code in asked
    }


def has_own_amounts(protocol: Protocol) -> bool:
    """Tell whether a row of the diary can have a dose of its own: in an earlier package it cannot."""
    return any(field.code == OWN_AMOUNT for field in protocol.form(FORM).fields())


def asks_vials(form: Form) -> bool:
    """Tell whether a diary has a field for vials: in an earlier package it has none."""
    return any(field.code == VIALS for field in form.fields())


def _strength(proposal: InjectionProposal, lot: str) -> Decimal | None:
    return next((kit.strength for kit in proposal.kits if kit.lot == lot), proposal.vial_strength)


def proposed_vials(proposal: InjectionProposal, lot: str, amount: Decimal | None) -> str:
    """Return the vials that hold a dose, as they would be typed; nothing where that cannot be said."""
    strength = _strength(proposal, lot)
    if strength is None or amount is None or amount <= 0:
        return ""
    return str(vials_needed(amount, strength))
