"""One dose as a person gives it to be recorded, what of it is impossible, and how it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import dose_choices, holds
from sle_desk.domain.forms import Choice
from sle_desk.domain.protocol import Drug, InjectionSite, Protocol
from sle_desk.domain.values import check_measure, check_text, plain
from sle_desk.models.treatment import Dose, DoseVials
from sle_desk.services.delegated import Doer

# So many times the planned dose is no dose but a unit mistaken: 1000000 for 1 million IU.
MISTAKEN_UNIT = 1000
HOME = "home"
ELSEWHERE = frozenset({"community_hospital", "other_hospital", dose_choices.OTHER})
# What is chosen from a list; where that says "other", the field "<name>_note" says what it was.
CHOSEN = ("reaction", "place", "reason", "site", "diluent")


@dataclass(frozen=True)
class VialUse:
    """Vials of one lot and strength (in the drug's unit) that a dose was taken from."""

    lot: str
    strength: Decimal
    count: int


@dataclass(frozen=True)
class GivenDose:
    """A dose that was given: what is known of it, amounts in the drug's unit, instants with their offset.

    `reaction` is always asked: a code of the drug's list. `reason` is asked where the dose was not as
    planned. `answered_slot` is the number of the planned dose where the site was asked. `hold` is what was
    answered to the hold conditions of the package, and `hold_shown` what the record hinted at when it was.
    """

    subject_id: int
    drug: str
    on_day: date
    started_at: datetime | None = None
    ended_at: datetime | None = None
    observed_until: datetime | None = None
    weight: Decimal | None = None
    weight_day: date | None = None
    prescribed: Decimal | None = None
    prepared: Decimal | None = None
    administered: Decimal | None = None
    diluent: str = ""
    diluent_note: str = ""
    diluent_ml: Decimal | None = None
    residual_ml: Decimal | None = None
    prepared_at: datetime | None = None
    prepared_by: str = ""
    checked_by: str = ""
    discarded_on: date | None = None
    given_by: str = ""
    place: str = ""
    place_note: str = ""
    site: str = ""
    site_note: str = ""
    reaction: str = ""
    reaction_note: str = ""
    hold: str = ""
    hold_shown: str = ""
    reason: str = ""
    reason_note: str = ""
    answered_slot: int | None = None
    vials: tuple[VialUse, ...] = ()
    source: str = "entered_here"
    source_reference: str = ""

    def columns(self) -> dict[str, Any]:
        """Return what the file keeps of it in the row of the dose."""
        apart = ("subject_id", "vials")
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name not in apart}


def doer(given: GivenDose) -> Doer:
    """Return who gave a dose, as the delegation log is asked about it."""
    return Doer(given.given_by, at_site=given.place not in (HOME, *ELSEWHERE))


def entry_of(dose: Dose, vials: Sequence[DoseVials]) -> GivenDose:
    """Return a kept dose as a person would give it again."""
    kept = {each.name: getattr(dose, each.name) for each in fields(GivenDose) if each.name != "vials"}
    used = tuple(VialUse(row.lot, row.strength, row.count) for row in vials if row.count)
    return GivenDose(**kept, vials=used)


def vial_rows(dose_id: int, drug: Drug, vials: Sequence[VialUse]) -> tuple[DoseVials, ...]:
    """Return the rows that keep the vials of a dose."""
    return tuple(
        DoseVials(
            dose_id=dose_id, lot=used.lot.strip(), strength=used.strength, unit=drug.unit, count=used.count
        )
        for used in vials
    )


def check_possible(entry: GivenDose, protocol: Protocol, now: datetime, born: date) -> None:
    """Refuse what cannot be: unknown codes, future instants, ends before starts, amounts of a wrong unit."""
    drug = known_drug(protocol, entry.drug)
    if entry.on_day < born:
        raise RuleBroken("day.before_birth", typed=entry.on_day.isoformat())
    _check_codes(entry, protocol, drug)
    _check_times(entry, now)
    _check_weight_day(entry.weight_day, now.date(), born)
    if entry.weight_day is not None and entry.weight is None:
        raise RuleBroken("dose.weight_day_alone", day=entry.weight_day.isoformat())
    for amount in (entry.administered, entry.prescribed, entry.prepared, entry.weight, entry.diluent_ml):
        if amount is not None and check_measure(amount) <= 0:
            raise RuleBroken("dose.not_positive", typed=str(amount))
    if entry.residual_ml is not None:
        _check_residual(entry.residual_ml, entry.diluent_ml)
    if (
        not drug.per_kg
        and entry.administered is not None
        and entry.administered >= MISTAKEN_UNIT * drug.amount
    ):
        raise RuleBroken("dose.mistaken_unit", typed=str(entry.administered), unit=drug.unit_label)
    for used in entry.vials:
        if used.count < 1 or check_measure(used.strength) <= 0:
            raise RuleBroken("dose.vials")
        check_text(used.lot)
    notes = (getattr(entry, f"{name}_note") for name in CHOSEN)
    for text in (*notes, entry.source_reference, entry.given_by):
        check_text(text)
    if entry.place in ELSEWHERE and not entry.source_reference.strip():
        raise RuleBroken("dose.proof_needed")


def _check_residual(left: Decimal, bag: Decimal | None) -> None:
    if check_measure(left) < 0 or (bag is not None and left > bag):
        raise RuleBroken("dose.residual", left=plain(left), bag="–" if bag is None else plain(bag))


def known_drug(protocol: Protocol, code: str) -> Drug:
    """Return a study drug of the package, or refuse the code."""
    if code not in {drug.code for drug in protocol.drugs}:
        raise RuleBroken("dose.unknown_drug", drug=code)
    return protocol.drug(code)


def _check_codes(entry: GivenDose, protocol: Protocol, drug: Drug) -> None:
    if not entry.reaction:
        raise RuleBroken("dose.reaction_needed")
    _one_of(entry.reaction, protocol.list(drug.reactions).choices, "reaction")
    _one_of(entry.place, protocol.list("place").choices, "place")
    _one_of(entry.reason, dose_choices.DOSE_REASONS, "reason")
    _one_of(entry.site, drug.sites, "site")
    _one_of(entry.hold, holds.answers(protocol.holds_of(drug.code)), "hold")
    _one_of(entry.diluent, dose_choices.diluents_of(protocol, drug), "diluent")
    for name in CHOSEN:
        if getattr(entry, name) == dose_choices.OTHER and not getattr(entry, f"{name}_note").strip():
            raise RuleBroken("change.note_needed")


def _one_of(code: str, choices: Sequence[Choice | InjectionSite], field: str) -> None:
    if code and code not in {choice.code for choice in choices}:
        raise RuleBroken("dose.code", field=field, typed=code)


def _check_times(entry: GivenDose, now: datetime) -> None:
    if entry.on_day > now.date():
        raise RuleBroken("day.future", typed=entry.on_day.isoformat(), today=now.date().isoformat())
    instants = (entry.prepared_at, entry.started_at, entry.ended_at, entry.observed_until)
    known = [instant for instant in instants if instant is not None]
    for instant in known:
        if instant > now:
            raise RuleBroken("time.future", typed=_clock(instant), now=_clock(now))
    if sorted(known) != known:
        raise RuleBroken("dose.times_order", times=", ".join(map(_clock, known)))
    if entry.started_at is not None and entry.started_at.date() != entry.on_day:
        raise RuleBroken("dose.day_and_time", day=entry.on_day.isoformat(), time=_clock(entry.started_at))


def _check_weight_day(weighed: date | None, today: date, born: date) -> None:
    if weighed is not None and weighed > today:
        raise RuleBroken("day.future", typed=weighed.isoformat(), today=today.isoformat())
    if weighed is not None and weighed < born:
        raise RuleBroken("day.before_birth", typed=weighed.isoformat())


def _clock(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
