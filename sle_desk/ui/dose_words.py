"""Words of drugs, planned doses and days, as Today, the dose pages and the strip say them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sle_desk.base.language import Language
from sle_desk.domain.dose_by_weight import DoseSum
from sle_desk.domain.dose_choices import OTHER
from sle_desk.domain.forms import Choice
from sle_desk.domain.protocol import Drug, InjectionSite, Protocol
from sle_desk.domain.values import plain
from sle_desk.domain.vials import Vials
from sle_desk.exports.wording import COLON
from sle_desk.services.dosing import Recorded
from sle_desk.services.infusions import InfusionProposal
from sle_desk.ui.fields import weekday


def drug_words(protocol: Protocol, code: str, language: Language) -> str:
    """Return the name of a drug."""
    return language.words(protocol.drug(code).label)


def day_words(day: date, language: Language) -> str:
    """Return a near day, as "Tue 11-24"."""
    return f"{weekday(day, language)} {day:%m-%d}"


def amount_words(drug: Drug, amount: Decimal | None, language: Language) -> str:
    """Return an amount with the unit of its drug, or nothing."""
    if amount is None:
        return ""
    return language.text("{amount} {unit}", amount=plain(amount), unit=language.words(drug.unit_label))


def site_words(drug: Drug, code: str, language: Language, note: str = "") -> str:
    """Return the name of an injection site, of an "other" one with its words; or nothing."""
    return noted_words(drug.site(code), note, language) if code else ""


def noted_words(chosen: Choice | InjectionSite, note: str, language: Language) -> str:
    """Return an answer in words; where it is "other", what was written behind it."""
    named = language.words(chosen.label)
    return f"{named}{language.words(COLON)}{note}" if chosen.code == OTHER and note else named


def vials_words(vials: Vials) -> str:
    """Return vials as a sum, as "400 + 2 × 120 = 640"."""
    parts = [
        plain(strength) if count == 1 else f"{count} × {plain(strength)}" for strength, count in vials.counts
    ]
    return f"{' + '.join(parts)} = {plain(vials.total)}"


def infusion_title(protocol: Protocol, proposal: InfusionProposal, language: Language) -> str:
    """Return which planned infusion is recorded, or that none is planned."""
    drug, slot, bag = drug_words(protocol, proposal.drug, language), proposal.slot, proposal.prepared
    if bag is not None and (slot is None or not slot.holds(bag.on_day)):
        # What was prepared for an earlier one is not for the one due today.
        return language.text("{drug} infusion prepared on {day}", drug=drug, day=bag.on_day)
    if not proposal.of_arm:
        return language.text("{drug} infusion: not a drug of this subject’s arm", drug=drug)
    if slot is None:
        return language.text("{drug} infusion: none is planned for today", drug=drug)
    return language.text("{drug} infusion {first} of {of}", drug=drug, first=slot.number, of=proposal.planned)


def prescribed_words(sum_: DoseSum) -> str:
    """Return the prescribed dose as a sum, as "10 × 61.2 = 612"; a rounded dose shows both numbers."""
    prescribed = sum_.prescribed
    words = f"{plain(prescribed.per_kg)} × {plain(prescribed.weight_kg)} = {plain(prescribed.exact)}"
    return words if prescribed.dose == prescribed.exact else f"{words} → {plain(prescribed.dose)}"


def deviations_words(proposed: int, language: Language) -> str:
    """Return how many deviations were proposed, to stand behind another sentence; nothing for none."""
    return " " + language.text("Deviations proposed: {count}.", count=proposed) if proposed else ""


def recorded_words(done: Recorded, code: str, language: Language, *, missed: bool) -> str:
    """Return what was recorded of a subject's injection."""
    number = 0 if done.slot is None else done.slot.number
    if missed:
        words = language.text("{code}: dose {number} recorded as missed.", code=code, number=number)
    elif done.slot is None:
        words = language.text("{code}: dose recorded, outside the plan.", code=code)
    else:
        words = language.text("{code}: dose {number} recorded as given.", code=code, number=number)
    return words + deviations_words(sum(each.is_deviation for each in done.findings), language)
