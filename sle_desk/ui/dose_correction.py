"""A recorded dose as it is corrected: its form with what is saved, and only what was changed is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, time
from decimal import Decimal

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.dose_choices import DOSE_REASONS, OTHER
from sle_desk.domain.forms import Choice, Form, Section
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.values import plain, time_beside
from sle_desk.services import dispensing, dose_corrections, infusions, subjects
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.dose_log import DoseRow
from sle_desk.ui.correction_cases import title_of
from sle_desk.ui.dialogs.correct_record import Correctable, Right
from sle_desk.ui.dialogs.not_given import DAY, DISCARDED, TITLE
from sle_desk.ui.dose_gaps import dose_gaps, halved_lots
from sle_desk.ui.dose_holds import HOLD, held_field
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.infusion_entry import (
    GIVEN,
    PROOF,
    WEIGHT_DAY,
    corrected_form,
    given_infusion,
    strength_code,
    whole_form,
)
from sle_desk.ui.injection_entry import Taken, injection_of, injection_questions, read_answers, text
from sle_desk.ui.state import State

Build = Callable[[Mapping[str, Value]], GivenDose]
WHY, NOTE = "why", "why_note"
NOT_AS_PLANNED = Words("Not as planned", "与计划不同")


@dataclass(frozen=True)
class _Shape:
    """The form of a dose, its saved answers as typed, and the dose that answers describe.

    `taken` tells the vials of an injection.
    """

    form: Form
    saved: Mapping[str, str]
    build: Build
    taken: Taken | None = None


def dose_record(state: State, row: DoseRow) -> Correctable:
    """Return a recorded dose: given, prepared or missed."""
    desk, language, given = state.desk, state.language, row.given
    shape = _shape(state, row)

    def save(right: Right) -> None:
        was, now = shape.build(read_answers(shape.form, shape.saved, desk.now())), shape.build(right.values)
        changes = {
            each.name: getattr(now, each.name)
            for each in fields(GivenDose)
            if getattr(now, each.name) != getattr(was, each.name)
        }
        dose_corrections.correct_dose(desk, row.id, changes, right.reason, row.version, right.note)

    halved = halved_lots(shape.form, read_answers(shape.form, shape.saved, desk.now()))
    at = f" {given.started_at:%H:%M}" if given.started_at else ""
    return Correctable(
        title=title_of(
            state,
            subjects.subject_row(desk, given.subject_id).code,
            drug_words(desk.protocol, given.drug, language),
        ),
        about=f"{given.on_day.isoformat()}{at}",
        form=shape.form,
        saved={code: typed for code, typed in shape.saved.items() if typed},
        save=save,
        gaps=lambda values: dose_gaps(shape.form, values, shape.taken, halved),
        codes=tuple(field.code for field in shape.form.fields() if field.code.startswith("lot")),
    )


def _shape(state: State, row: DoseRow) -> _Shape:
    protocol = state.desk.protocol
    drug = protocol.drug(row.given.drug)
    if row.progress == "missed" and row.given.discarded_on is None:
        return _missed(protocol, row.given)
    if drug.preparation is not None:
        return _infusion(state, drug, row)
    return _injection(state, drug, row.given)


def _why(protocol: Protocol, choices: tuple[Choice, ...]) -> Section:
    """Return the question why a dose was not as planned, in the words of the form of an infusion."""
    declared = protocol.form(GIVEN)
    asked = replace(declared.field(WHY), kind="choice", choices=choices)
    return Section(NOT_AS_PLANNED, (asked, replace(declared.field(NOTE), show_if=(WHY, OTHER))))


def _missed(protocol: Protocol, given: GivenDose) -> _Shape:
    section = _why(protocol, protocol.list("missed_reason").choices)
    held = held_field(protocol, given.drug)
    form = replace(protocol.form("dose"), sections=(replace(section, fields=(*section.fields, *held)),))

    def build(values: Mapping[str, Value]) -> GivenDose:
        why = replace(given, reason=text(values, WHY), reason_note=text(values, NOTE))
        return replace(why, hold=text(values, HOLD)) if held else why

    return _Shape(form, {WHY: given.reason, NOTE: given.reason_note, HOLD: given.hold}, build)


def _base(state: State, given: GivenDose) -> datetime:
    """Return the midnight that began the day of a dose, on the clock it was given by."""
    zone = (given.started_at or given.prepared_at or state.clock.now()).tzinfo
    return datetime.combine(given.on_day, time(0), zone)


def _clock(instant: datetime | None, given: GivenDose) -> str:
    return "" if instant is None else time_beside(instant, given.on_day)


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else plain(amount)


def _injection(state: State, drug: Drug, given: GivenDose) -> _Shape:
    protocol = state.desk.protocol
    several = len(given.vials) > 1
    strengths = {kit.lot: kit.strength for kit in dispensing.kits(state.desk, given.subject_id)}
    used = given.vials[0] if given.vials else None
    taken = Taken(given.subject_id, drug.code, strengths, used.strength if used else None)
    asked = injection_questions(protocol, drug)
    # Vials of several lots do not fit the one line of the form, and stay as they are.
    left_out = {"lot", "vials"} if several else set()
    sections = [
        Section(each.label, tuple(field for field in each.fields if field.code not in left_out))
        for each in asked.sections
    ]
    form = replace(asked, sections=(*sections, _why(protocol, DOSE_REASONS)))

    def build(values: Mapping[str, Value]) -> GivenDose:
        made = injection_of(values, taken, _base(state, given))
        made = replace(made, reason=text(values, WHY), reason_note=text(values, NOTE))
        return replace(made, vials=given.vials) if several else made

    return _Shape(form, _injection_answers(given), build, taken)


def _injection_answers(given: GivenDose) -> dict[str, str]:
    used = given.vials[0] if given.vials else None
    return {
        "given_on": given.on_day.isoformat(),
        "given_time": _clock(given.started_at, given),
        "reaction": given.reaction,
        "reaction_note": given.reaction_note,
        HOLD: given.hold,
        "site": given.site,
        "site_note": given.site_note,
        "amount": _amount(given.administered),
        "vials": str(used.count) if used else "",
        "lot": used.lot if used else "",
        "place": given.place,
        "place_note": given.place_note,
        PROOF: given.source_reference,
        "prepared_by": given.prepared_by,
        "checked_by": given.checked_by,
        "given_by": given.given_by,
        "observed_until": _clock(given.observed_until, given),
        **_made_up(given),
        WHY: given.reason,
        NOTE: given.reason_note,
    }


def _made_up(given: GivenDose) -> dict[str, str]:
    return {
        "diluent": given.diluent,
        "diluent_note": given.diluent_note,
        "diluent_ml": _amount(given.diluent_ml),
    }


def _infusion(state: State, drug: Drug, row: DoseRow) -> _Shape:
    protocol, given = state.desk.protocol, row.given
    strengths = _strengths(state, given)
    # One lot more than is recorded, so that one that was left out can be entered.
    lots = max(Counter(vials.strength for vials in given.vials).values(), default=0) + 1
    if row.progress != "given":
        form = _prepared_form(protocol, drug, strengths, lots, discarded=given.discarded_on is not None)
    else:
        form = whole_form(protocol, drug, strengths, lots)
    saved = _infusion_answers(given)
    seen: Counter[Decimal] = Counter()
    for vials in given.vials:
        seen[vials.strength] += 1
        place = seen[vials.strength]
        saved[strength_code("lot", vials.strength, place)] = vials.lot
        saved[strength_code("vials", vials.strength, place)] = str(vials.count)
    whose, base = (given.subject_id, drug.code), _base(state, given)
    # What was not given has no day of giving, and its form does not ask for one.
    day = given.on_day if row.progress != "given" else None
    return _Shape(form, saved, lambda values: given_infusion(values, whose, strengths, base, day))


def _prepared_form(
    protocol: Protocol, drug: Drug, strengths: Sequence[Decimal], lots: int, *, discarded: bool
) -> Form:
    """Return the form of what was prepared and not given: asked is one reason, as at giving."""
    asked = corrected_form(protocol, drug, strengths, lots)
    sections = [
        Section(each.label, tuple(f for f in each.fields if not f.code.startswith("reason")))
        for each in asked.sections
    ]
    if not discarded:
        return replace(asked, sections=(*sections, _why(protocol, DOSE_REASONS)))
    why = _why(protocol, protocol.list("missed_reason").choices)
    return replace(asked, sections=(*sections, replace(why, label=TITLE, fields=(*why.fields, DISCARDED))))


def _strengths(state: State, given: GivenDose) -> tuple[Decimal, ...]:
    """Return the strengths stocked today and those the dose was prepared from."""
    try:
        stocked = infusions.propose_infusion(state.desk, given.subject_id).strengths
    except SleDeskError:
        stocked = ()
    return tuple(sorted({*stocked, *(vials.strength for vials in given.vials)}))


def _infusion_answers(given: GivenDose) -> dict[str, str]:
    return {
        "given_on": given.on_day.isoformat(),
        "started": _clock(given.started_at, given),
        "ended": _clock(given.ended_at, given),
        "observed_until": _clock(given.observed_until, given),
        "reaction": given.reaction,
        HOLD: given.hold,
        "weight": _amount(given.weight),
        WEIGHT_DAY: given.weight_day.isoformat() if given.weight_day else "",
        "prescribed": _amount(given.prescribed),
        "administered": _amount(given.administered),
        **_made_up(given),
        "residual_ml": _amount(given.residual_ml),
        "prepared_time": _clock(given.prepared_at, given),
        "prepared_by": given.prepared_by,
        "checked_by": given.checked_by,
        DAY: given.discarded_on.isoformat() if given.discarded_on else "",
        "given_by": given.given_by,
        "place": given.place,
        "place_note": given.place_note,
        PROOF: given.source_reference,
        WHY: given.reason,
        NOTE: given.reason_note,
    }
