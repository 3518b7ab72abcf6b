"""What was saved of one subject that criteria can be judged on: facts only, each with its record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sle_desk.domain.checks import Value
from sle_desk.domain.consent_rules import was_after_consent
from sle_desk.domain.medicine_entries import HospitalStay, MedicineEntry

# Where facts live that stand in no form and no sample.
SUBJECT, CONSENT, FORM, RESULT = "subject", "consent", "form_record", "result"
MALE = "M"


@dataclass(frozen=True)
class Source:
    """The saved record that a value stands in: where a person is led, and what a change is noticed on."""

    table: str
    id: int
    field: str = ""


@dataclass(frozen=True)
class SignedConsent:
    """A consent with the day and the time (HH:MM, or nothing) it was signed."""

    signed_on: date
    signed_time: str
    version: str
    source: Source


def _signed(consent: SignedConsent) -> tuple[date, str]:
    return consent.signed_on, consent.signed_time


@dataclass(frozen=True)
class Procedure:
    """Something done to the subject for the study, with its day and its time where that is known.

    `known_at` is the time of that day at which it was in the record already.
    """

    day: date
    time: str
    source: Source
    known_at: str = ""

    def after(self, consent: SignedConsent) -> bool | None:
        """Tell whether it came after a consent; None where the times of one day do not say."""
        signed = (consent.signed_on, consent.signed_time)
        return was_after_consent(self.day, self.time, self.known_at, *signed)


@dataclass(frozen=True)
class SavedForm:
    """The saved values of one form at one visit."""

    form: str
    visit: str
    day: date
    record_id: int
    values: Mapping[str, Value]
    time: str = ""
    # When it was recorded, where that was on its day.
    known_at: str = ""

    def source(self, field: str = "") -> Source:
        """Return the record of one of its fields."""
        return Source(FORM, self.record_id, field)


@dataclass(frozen=True)
class LabValue:
    """One laboratory result as it was reported, with that sample's own limits in the reported unit.

    A result is a number with its comparator, or an answer such as POS.
    """

    analyte: str
    day: date
    source: Source
    value: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    answer: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    time: str = ""
    report_number: str = ""
    # Its limits are those of a range that nobody compared with the laboratory's own list.
    unconfirmed: bool = False


@dataclass(frozen=True)
class Weight:
    """A body weight in kg with the day it was taken."""

    kg: Decimal
    day: date
    source: Source


@dataclass(frozen=True)
class Facts:
    """Everything saved of one subject, as it stands on a day."""

    subject: Source
    birth_date: date
    sex: str
    today: date
    screened_on: date | None = None
    consents: tuple[SignedConsent, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    forms: tuple[SavedForm, ...] = ()
    results: tuple[LabValue, ...] = ()
    weights: tuple[Weight, ...] = ()
    medicines: tuple[MedicineEntry, ...] = ()
    stays: tuple[HospitalStay, ...] = ()

    @property
    def consent(self) -> SignedConsent | None:
        """Return the first consent."""
        return min(self.consents, key=_signed, default=None)

    def form(self, code: str, visits: Iterable[str] | None = None) -> SavedForm | None:
        """Return the newest saved form of a kind, at certain visits only where they are named."""
        allowed = None if visits is None else frozenset(visits)
        kind = (each for each in self.forms if each.form == code)
        found = (each for each in kind if allowed is None or each.visit in allowed)
        return max(found, key=lambda each: (each.day, each.time, each.record_id), default=None)

    def newest(self, analyte: str) -> LabValue | None:
        """Return the newest result of an analyte."""
        found = (each for each in self.results if each.analyte == analyte)
        return max(found, key=lambda each: (each.day, each.time, each.source.id), default=None)

    @property
    def weight(self) -> Weight | None:
        """Return the newest weight."""
        return max(self.weights, key=lambda each: (each.day, each.source.id), default=None)

    def resting_on(self, sources: Iterable[Source]) -> Facts:
        """Return the facts without forms, results and consents that a judgement did not rest on.

        A consent signed before those it rested on stays: it is the first one, whenever it was recorded.
        """
        kept = {(source.table, source.id) for source in sources}
        rested = [each for each in self.consents if (each.source.table, each.source.id) in kept]
        first = min(map(_signed, rested), default=None)
        return replace(
            self,
            consents=tuple(
                each
                for each in self.consents
                if each in rested or (first is not None and _signed(each) < first)
            ),
            forms=tuple(each for each in self.forms if (FORM, each.record_id) in kept),
            results=tuple(each for each in self.results if (each.source.table, each.source.id) in kept),
            weights=tuple(each for each in self.weights if (each.source.table, each.source.id) in kept),
            medicines=tuple(each.until_told() for each in self.medicines if (FORM, each.record_id) in kept),
            stays=tuple(each for each in self.stays if (FORM, each.record_id) in kept),
        )
