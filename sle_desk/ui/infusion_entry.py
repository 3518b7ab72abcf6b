"""An infusion between the window and the services: its two forms with their answers, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.dose_choices import DOSE_REASONS, OTHER
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.values import plain
from sle_desk.services.dose_entry import GivenDose, VialUse
from sle_desk.services.infusions import InfusionProposal
from sle_desk.services.preparing import PreparedInfusion
from sle_desk.ui.injection_entry import instant, number, text

PREPARED, GIVEN = "infusion_prepared", "infusion_given"
BY_STRENGTH = frozenset({"lot", "vials"})
WARD = "ward"


def strength_code(code: str, strength: Decimal) -> str:
    """Return the code of a field for one strength."""
    return f"{code}_{plain(strength)}"


def prepared_form(protocol: Protocol, drug: Drug, strengths: Sequence[Decimal]) -> Form:
    """Return the form of preparing with a lot and a count for each strength stocked, and the diluents."""
    diluents = drug.preparation.diluents if drug.preparation else ()
    return _filled(protocol.form(PREPARED), {"diluent": diluents, "reason": DOSE_REASONS}, strengths, drug)


def given_form(protocol: Protocol, drug: Drug) -> Form:
    """Return the form of giving with the answers of the package."""
    answers = {
        "reaction": protocol.list(drug.reactions).choices,
        "place": protocol.list("place").choices,
        "why": DOSE_REASONS,
    }
    return _filled(protocol.form(GIVEN), answers, (), drug)


def whole_form(protocol: Protocol, drug: Drug, strengths: Sequence[Decimal]) -> Form:
    """Return both forms in one, for an infusion that nobody recorded as prepared."""
    prepared, given = prepared_form(protocol, drug, strengths), given_form(protocol, drug)
    # The reason is asked once, and what nobody saw is not demanded.
    kept = [replace(each, fields=tuple(map(_not_demanded, each.fields))) for each in prepared.sections]
    kept = [
        replace(each, fields=tuple(f for f in each.fields if not f.code.startswith("reason")))
        for each in kept
    ]
    return replace(given, sections=(*given.sections[:1], *kept, *given.sections[1:]))


def _not_demanded(field: Field) -> Field:
    return replace(field, required=False)


def _filled(
    declared: Form, answers: Mapping[str, Sequence[Choice]], strengths: Sequence[Decimal], drug: Drug
) -> Form:
    sections = []
    for section in declared.sections:
        fields: list[Field] = []
        for field in section.fields:
            fields += _asked(field, answers, strengths, drug)
        sections.append(Section(section.label, tuple(fields)))
    return replace(declared, sections=tuple(sections))


def _asked(
    field: Field, answers: Mapping[str, Sequence[Choice]], strengths: Sequence[Decimal], drug: Drug
) -> Iterator[Field]:
    if field.code in BY_STRENGTH:
        for strength in strengths:
            size = f"{plain(strength)} {drug.unit}"
            words = Words(f"{field.label.en} {size}", f"{field.label.zh}{size}")
            yield replace(field, code=strength_code(field.code, strength), label=words)
    elif field.code in ("reason_note", "why_note"):
        yield replace(field, show_if=(field.code.removesuffix("_note"), OTHER))
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
        count = number(values, strength_code("vials", strength))
        if count:
            used.append(VialUse(text(values, strength_code("lot", strength)), strength, int(count)))
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
        diluent_ml=number(values, "diluent_ml"),
        prescribed=number(values, "prescribed"),
        weighed_again=weighed_again,
        reason=text(values, "reason"),
        reason_note=text(values, "reason_note"),
    )


def given_infusion(
    values: Mapping[str, Value], whose: tuple[int, str], strengths: Sequence[Decimal], now: datetime
) -> GivenDose:
    """Return what was said at giving; fields of preparing are there only where both were asked at once.

    `whose` is subject and drug; `now` gives the clock, and the day where none is named.
    """
    subject_id, drug = whose
    day = _day(values, now)
    vials = vials_of(values, strengths)
    held = sum((used.strength * used.count for used in vials), Decimal(0))
    weight = number(values, "weight")
    return GivenDose(
        subject_id=subject_id,
        drug=drug,
        on_day=day,
        started_at=instant(values, "started", day, now),
        ended_at=instant(values, "ended", day, now),
        observed_until=instant(values, "observed_until", day, now),
        weight=weight,
        weight_day=None if weight is None else day,
        prescribed=number(values, "prescribed"),
        prepared=held or None,
        administered=number(values, "administered"),
        diluent=text(values, "diluent"),
        diluent_ml=number(values, "diluent_ml"),
        prepared_at=instant(values, "prepared_time", day, now),
        prepared_by=text(values, "prepared_by"),
        checked_by=text(values, "checked_by"),
        given_by=text(values, "given_by"),
        place=text(values, "place"),
        reaction=text(values, "reaction"),
        reason=text(values, "why"),
        reason_note=text(values, "why_note"),
        vials=vials,
    )


def _day(values: Mapping[str, Value], now: datetime) -> date:
    value = values.get("given_on")
    return now.date() if value is None or value.day is None else value.day
