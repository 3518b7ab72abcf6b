"""What one leaf is judged with: its package, the readings in force, the subject's facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from sle_desk.domain.decisions import Open, Readings
from sle_desk.domain.eligibility_facts import Facts, LabValue, SavedForm
from sle_desk.domain.evidence import FieldReference, Limit
from sle_desk.domain.evidence_values import (
    EvidenceLine,
    Missing,
    Place,
    answer_line,
    facts_of,
    no_result,
    not_answered,
    result_line,
)
from sle_desk.domain.protocol import Leaf, Protocol, SettingValue
from sle_desk.domain.visit_rules import is_screening

# How old a laboratory value may be; the age of a pregnancy test stands in its own evidence.
LABORATORY_DAYS = "eligibility.laboratory_days"


@dataclass(frozen=True)
class Asked:
    """One leaf with everything its evidence may be taken from."""

    leaf: Leaf
    protocol: Protocol
    readings: Readings
    facts: Facts

    def setting(self, code: str) -> SettingValue:
        """Return a decided setting; RuleBroken when it is open."""
        return self.readings.settled(code)

    def number(self, code: str) -> Decimal | None:
        """Return a decided number, or None where no limit was decided."""
        value = self.setting(code)
        return None if value is None else Decimal(str(value))

    def limit(self, limit: Limit) -> Decimal | None:
        """Return the number of a limit: the registry's, or the one decided; None for no limit."""
        return self.number(limit.setting) if limit.setting else limit.number

    def days(self, code: str) -> int:
        """Return a decided number of days."""
        return int(str(self.setting(code)))

    def answer(self, reference: FieldReference) -> EvidenceLine | Missing:
        """Return the newest saved answer of a field as a line, or what is missing."""
        form = self.facts.form(reference.form)
        line = answer_line(self.protocol, reference, form) if form is not None else None
        return line if line is not None else not_answered(self.protocol, reference)

    def result(self, analyte: str) -> tuple[LabValue, EvidenceLine, Missing | None] | Missing:
        """Return the newest result of an analyte with its line, and what is missing when it is too old.

        While nobody has decided how old a value may be, its day is shown and nothing is said of it.
        """
        result = self.facts.newest(analyte)
        if result is None:
            return no_result(self.protocol, analyte)
        line = result_line(self.protocol, result)
        allowed = self.readings.value(LABORATORY_DAYS)
        age = (self.facts.today - result.day).days
        if isinstance(allowed, Open) or age <= int(str(allowed)):
            return result, line, None
        facts = facts_of(label=line.label, day=result.day, age=age, allowed=int(str(allowed)))
        stale = Missing("eligibility.result_stale", Place("analyte", analyte), facts)
        return result, replace(line, stale=True), stale

    def screening_form(self, code: str) -> SavedForm | None:
        """Return the newest saved form of a kind at a screening visit."""
        screening = (visit.code for visit in self.protocol.visits if is_screening(visit))
        return self.facts.form(code, screening)
