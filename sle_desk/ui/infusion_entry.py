"""An infusion between the window and the services: its two forms with their answers, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.dose_choices import DOSE_REASONS
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.holds import Hint
from sle_desk.domain.holds import answers as answers_to_hold
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.values import plain
from sle_desk.services.answers import day_of
from sle_desk.services.dose_entry import ELSEWHERE, GivenDose, VialUse
from sle_desk.services.infusions import InfusionProposal
from sle_desk.services.preparing import WITH_REASON, PreparedInfusion
from sle_desk.ui.dose_holds import HOLD, demanding_hold, is_asked_with_reaction, with_hints, with_neither
from sle_desk.ui.infusion_sum import GIVE, PREPARE
from sle_desk.ui.injection_entry import AFTER, instant, is_note, noted, number, text

PREPARED, GIVEN = "infusion_prepared", "infusion_given"
# The day of a weight, asked where the infusion is recorded after the act.
WEIGHT_DAY = "weight_day"
PROOF = "proof"
BY_STRENGTH = frozenset({"lot", "vials"})
WARD = "ward"
MOST_LOTS = 9
RESIDUAL = "residual_ml"
# The field that answers what preparing was refused for.
_ASKS_FOR = {"dose.hold_which": HOLD, "prepare.hold_needed": HOLD}


def asks_for(code: str) -> str:
    """Return the field in which a refusal wants its answer, or nothing."""
    return _ASKS_FOR.get(code) or ("reason" if code.startswith(WITH_REASON) else "")


def strength_code(code: str, strength: Decimal, lot: int = 1) -> str:
    """Return the code of a field for one strength, and for its second lot and further ones."""
    return f"{code}_{plain(strength)}" + (f"_{lot}" if lot > 1 else "")


def lot_codes(strengths: Sequence[Decimal], lots: int) -> tuple[str, ...]:
    """Return the codes of the fields for the lots of each strength."""
    return tuple(strength_code("lot", each, lot) for each in strengths for lot in range(1, lots + 1))


def prepared_form(
    protocol: Protocol, drug: Drug, strengths: Sequence[Decimal], lots: int = 1, hints: Sequence[Hint] = ()
) -> Form:
    """Return the form of preparing with lots and counts for each strength stocked, and the diluents.

    What the dose is held for has to be answered, beside what the record hints at.
    """
    form = corrected_form(protocol, drug, strengths, lots)
    form = demanding_hold(form, protocol, drug.code, hints)
    return _without(form, lambda code: code == WEIGHT_DAY)


def corrected_form(protocol: Protocol, drug: Drug, strengths: Sequence[Decimal], lots: int = 1) -> Form:
    """Return the form of preparing with the day of the weight, as it is corrected."""
    diluents = drug.preparation.diluents if drug.preparation else ()
    conditions = answers_to_hold(protocol.holds_of(drug.code))
    answers = {"diluent": diluents, "reason": DOSE_REASONS, HOLD: conditions}
    taken = [(strength, lot) for strength in strengths for lot in range(1, lots + 1)]
    return _filled(protocol.form(PREPARED), answers, taken, drug)


def _without(form: Form, left_out: Callable[[str], bool]) -> Form:
    kept = (
        replace(each, fields=tuple(field for field in each.fields if not left_out(field.code)))
        for each in form.sections
    )
    return replace(form, sections=tuple(kept))


def given_form(
    protocol: Protocol, drug: Drug, hints: Sequence[Hint] = (), *, after_the_act: bool = False
) -> Form:
    """Return the form of giving with the answers of the package.

    What the dose is held for is asked with the reaction, and by itself where the record hints at something.
    """
    together = not after_the_act and is_asked_with_reaction(protocol, drug.code, hints)
    answers = {
        "reaction": with_neither(protocol.list(drug.reactions).choices, asked=together),
        "place": protocol.list("place").choices,
        "why": DOSE_REASONS,
        HOLD: answers_to_hold(protocol.holds_of(drug.code)),
    }
    form = _filled(protocol.form(GIVEN), answers, (), drug)
    if after_the_act or not hints:
        return with_hints(form, protocol, hints)
    return demanding_hold(form, protocol, drug.code, hints)


def whole_form(
    protocol: Protocol, drug: Drug, strengths: Sequence[Decimal], lots: int = 1, hints: Sequence[Hint] = ()
) -> Form:
    """Return both forms in one, for an infusion that nobody recorded as prepared."""
    # Reason and hold conditions are asked once, and what nobody saw is not demanded.
    asked = corrected_form(protocol, drug, strengths, lots)
    prepared = _without(asked, lambda code: code.startswith("reason") or code == HOLD)
    given = given_form(protocol, drug, hints, after_the_act=True)
    kept = [replace(each, fields=tuple(map(_not_demanded, each.fields))) for each in prepared.sections]
    return replace(given, sections=(*given.sections[:1], *kept, *given.sections[1:]))


def step_form(step: str, protocol: Protocol, proposal: InfusionProposal, lots: int) -> Form:
    """Return the form of a step of an infusion: of preparing, of giving, or of both after the act."""
    drug = protocol.drug(proposal.drug)
    if step == GIVE:
        return given_form(protocol, drug, proposal.hints)
    made = prepared_form if step == PREPARE else whole_form
    return made(protocol, drug, proposal.strengths, lots, proposal.hints)


def _not_demanded(field: Field) -> Field:
    # Which other one it was is needed where "other" is answered.
    return field if is_note(field) else replace(field, required=False)


def _filled(
    declared: Form, answers: Mapping[str, Sequence[Choice]], taken: Sequence[tuple[Decimal, int]], drug: Drug
) -> Form:
    sections = []
    for section in declared.sections:
        fields: list[Field] = []
        for field in section.fields:
            fields += _asked(field, answers, taken, drug)
        sections.append(Section(section.label, tuple(fields)))
    return replace(declared, sections=tuple(sections))


def _asked(
    field: Field, answers: Mapping[str, Sequence[Choice]], taken: Sequence[tuple[Decimal, int]], drug: Drug
) -> Iterator[Field]:
    if field.code in BY_STRENGTH:
        for strength, lot in taken:
            size = f"{plain(strength)} {drug.unit}"
            words = Words(f"{field.label.en} {size}", f"{field.label.zh}{size}")
            if lot > 1:
                words = Words(f"{words.en}, lot {lot}", f"{words.zh}（第{lot}个批号）")
            yield replace(field, code=strength_code(field.code, strength, lot), label=words)
    elif is_note(field):
        yield noted(field)
    elif field.code in AFTER:
        yield replace(field, days_apart="+")
    elif field.code == "prepared_time":
        # Prepared before midnight, and given or typed after it.
        yield replace(field, days_apart="-")
    elif field.code == PROOF:
        yield replace(field, show_if=("place", *sorted(ELSEWHERE)))
    elif field.code == HOLD and not answers[HOLD]:
        # The package lists no condition.
        return
    elif field.code in answers:
        yield replace(field, kind="choice", choices=tuple(answers[field.code]))
    else:
        yield field


def proposed_vials(proposal: InfusionProposal) -> dict[str, str]:
    """Return the vials with the least waste, as they would be typed."""
    counts = dict(proposal.sum.vials.least_waste.counts) if proposal.sum else {}
    return {
        strength_code("vials", strength): str(counts[strength]) if strength in counts else ""
        for strength in proposal.strengths
    }


def vials_of(values: Mapping[str, Value], strengths: Sequence[Decimal]) -> tuple[VialUse, ...]:
    """Return the vials that were used, each with its lot."""
    used = []
    for strength in strengths:
        for place in range(1, MOST_LOTS + 1):
            count = number(values, strength_code("vials", strength, place))
            lot = text(values, strength_code("lot", strength, place))
            if count:
                used.append(VialUse(lot, strength, int(count)))
    return tuple(used)


def prepared_infusion(
    values: Mapping[str, Value], proposal: InfusionProposal, now: datetime, *, weighed_again: bool
) -> PreparedInfusion:
    """Return the infusion as prepared; RuleBroken where weight or time are missing."""
    weight = number(values, "weight")
    at = instant(values, "prepared_time", now.date(), now)
    if weight is None or at is None:
        raise RuleBroken("value.empty")
    typed_today = weight != proposal.weight or proposal.weighed_on is None
    return PreparedInfusion(
        subject_id=proposal.subject_id,
        drug=proposal.drug,
        on_day=now.date(),
        weight=weight,
        weighed_on=now.date() if typed_today or proposal.weighed_on is None else proposal.weighed_on,
        vials=vials_of(values, proposal.strengths),
        prepared_by=text(values, "prepared_by"),
        checked_by=text(values, "checked_by"),
        prepared_at=at,
        diluent=text(values, "diluent"),
        diluent_note=text(values, "diluent_note"),
        diluent_ml=number(values, "diluent_ml"),
        prescribed=number(values, "prescribed"),
        weighed_again=weighed_again,
        hold=text(values, HOLD),
        reason=text(values, "reason"),
        reason_note=text(values, "reason_note"),
    )


def given_infusion(
    values: Mapping[str, Value],
    whose: tuple[int, str],
    strengths: Sequence[Decimal],
    now: datetime,
    day: date | None = None,
) -> GivenDose:
    """Return what was said at giving; fields of preparing are there only where both were asked at once.

    `whose` is subject and drug, `now` gives the clock. `day` is that of a bag, whose form asks for none;
    RuleBroken where the day is missing.
    """
    subject_id, drug = whose
    day = day_of(values, "given_on") or day
    if day is None:
        raise RuleBroken("dose.day_needed")
    vials = vials_of(values, strengths)
    held = sum((used.strength * used.count for used in vials), Decimal(0))
    return GivenDose(
        subject_id=subject_id,
        drug=drug,
        on_day=day,
        started_at=instant(values, "started", day, now),
        ended_at=instant(values, "ended", day, now),
        observed_until=instant(values, "observed_until", day, now),
        weight=number(values, "weight"),
        weight_day=day_of(values, WEIGHT_DAY),
        prescribed=number(values, "prescribed"),
        prepared=held or None,
        administered=number(values, "administered"),
        diluent=text(values, "diluent"),
        diluent_note=text(values, "diluent_note"),
        diluent_ml=number(values, "diluent_ml"),
        prepared_at=instant(values, "prepared_time", day, now),
        prepared_by=text(values, "prepared_by"),
        checked_by=text(values, "checked_by"),
        discarded_on=day_of(values, "discarded_on"),
        given_by=text(values, "given_by"),
        place=text(values, "place"),
        place_note=text(values, "place_note"),
        reaction=text(values, "reaction"),
        residual_ml=number(values, RESIDUAL),
        hold=text(values, HOLD),
        reason=text(values, "why"),
        reason_note=text(values, "why_note"),
        vials=vials,
        source_reference=text(values, PROOF),
    )


def weight_day_of(proposal: InfusionProposal, weight: Decimal | None) -> str:
    """Return the day of the last saved weight, as typed, where it is the one that was typed; else nothing."""
    saved = proposal.last_saved
    return saved.on_day.isoformat() if saved is not None and saved.kilograms == weight else ""
