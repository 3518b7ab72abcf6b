"""An injection between the window and the service: its form with the answers, and what is proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.checks import Value, read
from sle_desk.domain.dose_choices import INJECTION, OTHER
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.holds import Hint
from sle_desk.domain.holds import answers as answers_to_hold
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.values import instant_of, plain
from sle_desk.services.answers import day_of
from sle_desk.services.dose_entry import GivenDose, VialUse
from sle_desk.services.dosing import InjectionProposal
from sle_desk.ui.dose_holds import HOLD, with_hints

WARD = "ward"
# What the code of a field ends with that says in words what the answer "other" of another one is.
OF_OTHER = "_note"
# Beside the letters of the reactions and the digits of the sites.
SLOT_KEYS = "ABCDE"
# Times that may be past midnight, where a person says so.
AFTER = frozenset({"ended", "observed_until"})
NOTHING: Mapping[str, tuple[Choice, ...]] = MappingProxyType({})


@dataclass(frozen=True)
class Taken:
    """Whose injection of which drug, and the strength of a vial: by its lot, or of those in hand."""

    subject_id: int
    drug: str
    strengths: Mapping[str, Decimal]
    vial_strength: Decimal | None

    def strength_of(self, lot: str) -> Decimal | None:
        """Return the strength of a vial of a lot, or None where nobody said it."""
        return self.strengths.get(lot, self.vial_strength)


def slot_choices(proposal: InjectionProposal) -> tuple[Choice, ...]:
    """Return the planned doses that one given today may answer, where the site has to be asked."""
    if len(proposal.candidates) < 2:
        return ()
    return tuple(
        Choice(
            str(slot.number),
            Words(
                f"Dose {slot.number}, planned {slot.planned_on:%m-%d}",
                f"第{slot.number}次（计划 {slot.planned_on:%m-%d}）",
            ),
            key,
        )
        for slot, key in zip(proposal.candidates, SLOT_KEYS, strict=False)
    )


def lot_choices(proposal: InjectionProposal) -> tuple[Choice, ...]:
    """Return the lots of the kits handed to the subject, newest first."""
    named = {kit.lot: kit for kit in reversed(proposal.kits)}
    shown = [
        (lot, " · ".join(part for part in (lot, kit.kit) if part)) for lot, kit in reversed(named.items())
    ]
    return tuple(
        Choice(lot, Words(words, words), str(number)) for number, (lot, words) in enumerate(shown[:9], 1)
    )


def injection_form(protocol: Protocol, proposal: InjectionProposal) -> Form:
    """Return the form of an injection with the answers of package, drug and kits."""
    more = {"lot": lot_choices(proposal), "slot": slot_choices(proposal)}
    return injection_questions(protocol, protocol.drug(proposal.drug), more, proposal.hints)


def injection_questions(
    protocol: Protocol,
    drug: Drug,
    more: Mapping[str, tuple[Choice, ...]] = NOTHING,
    hints: Sequence[Hint] = (),
) -> Form:
    """Return the form with the answers of package and drug; without kits to choose from a lot is typed.

    Below the question what the dose is held for stands what the record hints at.
    """
    answers = {
        "reaction": protocol.list(drug.reactions).choices,
        "place": protocol.list("place").choices,
        "site": tuple(Choice(site.code, site.label, site.key) for site in drug.sites),
        HOLD: answers_to_hold(protocol.holds_of(drug.code)),
        **more,
    }
    declared = protocol.form(INJECTION)
    sections = (
        Section(
            each.label, tuple(_asked(field, answers) for field in each.fields if _is_asked(field, answers))
        )
        for each in declared.sections
    )
    form = replace(declared, sections=tuple(sections))
    return with_hints(form, protocol, hints)


def _is_asked(field: Field, answers: Mapping[str, tuple[Choice, ...]]) -> bool:
    return field.code not in ("slot", HOLD) or bool(answers.get(field.code))


def _asked(field: Field, answers: Mapping[str, tuple[Choice, ...]]) -> Field:
    if is_note(field):
        return noted(field)
    if field.code in AFTER:
        return replace(field, days_apart="+")
    # A lot is chosen from the kits handed over; it is typed where no kit was recorded.
    choices = answers.get(field.code, ())
    return replace(field, kind="choice", choices=choices) if choices else field


def is_note(field: Field) -> bool:
    """Tell whether a field says in words what the answer "other" of another one is."""
    return field.code.endswith(OF_OTHER)


def noted(field: Field) -> Field:
    """Return such a field as it is asked: only where that answer is "other"."""
    return replace(field, show_if=(field.code.removesuffix(OF_OTHER), OTHER))


def note_asked(answers: Mapping[str, str]) -> str:
    """Return the field for the words of an "other" that was picked by its key, or nothing."""
    return next((f"{code}{OF_OTHER}" for code in ("reaction", "site") if answers.get(code) == OTHER), "")


def site_keys(form: Form) -> str:
    """Return the keys of the sites, as "1–7"."""
    sites = form.field("site").choices
    return f"{sites[0].key}–{sites[-1].key}"


def proposed_answers(proposal: InjectionProposal, person: str) -> dict[str, str]:
    """Return what is proposed, as it would be typed; never the reaction nor who checked.

    Nothing is proposed of a drug that is not of the arm: nobody planned it.
    """
    if not proposal.of_arm:
        return {}
    lots = lot_choices(proposal)
    # Vials are those of a lot: without one that is proposed nobody named any.
    lot = lots[0].code if len(lots) == 1 else ""
    answers = {
        "given_on": proposal.at.date().isoformat(),
        "given_time": f"{proposal.at:%H:%M}",
        "amount": plain(proposal.amount),
        "vials": "" if proposal.vials is None or not lot else str(proposal.vials),
        "lot": lot,
        "site": proposal.site,
        "place": WARD,
        "prepared_by": person,
        "given_by": person,
    }
    return {code: typed for code, typed in answers.items() if typed}


def read_answers(form: Form, answers: Mapping[str, str], now: datetime) -> dict[str, Value]:
    """Return the values of the answers shown in the strip."""
    return {
        field.code: read(field, answers[field.code], now)
        for field in form.fields()
        if answers.get(field.code)
    }


def typed_answers(values: Mapping[str, Value]) -> dict[str, str]:
    """Return what was typed in the form: what is asked next stands below that, no more below a proposal."""
    return {code: value.as_typed for code, value in values.items() if value.missing is None}


def given_dose(values: Mapping[str, Value], proposal: InjectionProposal, now: datetime) -> GivenDose:
    """Return the dose that these answers describe."""
    return injection_of(values, taken_from(proposal), now)


def taken_from(proposal: InjectionProposal) -> Taken:
    """Return whose injection it is, and the vials that its subject has in hand."""
    strengths = {kit.lot: kit.strength for kit in proposal.kits}
    return Taken(proposal.subject_id, proposal.drug, strengths, proposal.vial_strength)


def injection_of(values: Mapping[str, Value], taken: Taken, now: datetime) -> GivenDose:
    """Return the injection that answers describe, on the clock of `now`; RuleBroken without its day."""
    day = day_of(values, "given_on")
    if day is None:
        raise RuleBroken("dose.day_needed")
    return GivenDose(
        subject_id=taken.subject_id,
        drug=taken.drug,
        on_day=day,
        started_at=instant(values, "given_time", day, now),
        observed_until=instant(values, "observed_until", day, now),
        administered=number(values, "amount"),
        diluent=text(values, "diluent"),
        diluent_note=text(values, "diluent_note"),
        diluent_ml=number(values, "diluent_ml"),
        site=text(values, "site"),
        site_note=text(values, "site_note"),
        place=text(values, "place"),
        place_note=text(values, "place_note"),
        prepared_by=text(values, "prepared_by"),
        checked_by=text(values, "checked_by"),
        given_by=text(values, "given_by"),
        reaction=text(values, "reaction"),
        reaction_note=text(values, "reaction_note"),
        hold=text(values, HOLD),
        answered_slot=int(text(values, "slot")) if text(values, "slot") else None,
        vials=_vials(values, taken),
        source_reference=text(values, "proof"),
    )


def text(values: Mapping[str, Value], code: str) -> str:
    """Return a text or the code of a choice; nothing where it was not answered."""
    value = values.get(code)
    return "" if value is None else value.choice or value.text or ""


def number(values: Mapping[str, Value], code: str) -> Decimal | None:
    """Return a number, or None where it was not answered."""
    value = values.get(code)
    return None if value is None else value.number


def instant(values: Mapping[str, Value], code: str, day: date, now: datetime) -> datetime | None:
    """Return a typed time of a day as an instant in the zone of the clock, or None where it is not known."""
    typed = text(values, code)
    return instant_of(typed, day, now) if typed else None


def _vials(values: Mapping[str, Value], taken: Taken) -> tuple[VialUse, ...]:
    lot, count = text(values, "lot"), number(values, "vials")
    strength = taken.strength_of(lot)
    if not lot or count is None or strength is None:
        return ()
    return (VialUse(lot, strength, int(count)),)
