"""A typed answer beside the entries of medicines and hospital stays that speak of the same.

Neither stands above the other: where they do not agree, and where an incomplete date decides, nothing is
suggested that would let a subject in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from sle_desk.domain.eligibility_facts import FORM, Source
from sle_desk.domain.entries_days import last_taken, stays
from sle_desk.domain.entries_doses import daily_dose, stable
from sle_desk.domain.entries_rule import DAILY_DOSE, LAST_TAKEN, STABLE, STAYS, EntriesRule
from sle_desk.domain.entries_said import Said
from sle_desk.domain.evidence_asked import Asked
from sle_desk.domain.evidence_values import Found, Missing, Note, Place, found
from sle_desk.domain.protocol import INCLUSION

NO_ENTRIES, NO_STAYS, DIFFER = (
    "eligibility.no_entries",
    "eligibility.no_stays",
    "eligibility.entries_differ",
)
_ASKED: dict[str, Callable[[EntriesRule, Asked, Found, date], Said]] = {
    STABLE: stable,
    DAILY_DOSE: daily_dose,
    LAST_TAKEN: last_taken,
    STAYS: stays,
}


def beside_entries(rule: EntriesRule, asked: Asked, typed: Found) -> Found:
    """Return what a typed answer comes to beside the entries, resting on every entry that was read."""
    facts = asked.facts
    read = facts.stays if rule.asks == STAYS else facts.medicines
    if not read:
        # Nothing entered does not say that nothing was taken: only the typed answer speaks.
        note = Note(NO_STAYS if rule.asks == STAYS else NO_ENTRIES)
        return replace(typed, notes=(*typed.notes, note))
    if facts.screened_on is None:
        gap = Missing("eligibility.no_screening_visit", Place("visit"))
        gaps = {each.place: each for each in (*typed.missing, gap)}
        together = found(None, typed.lines, gaps.values(), typed.notes)
    else:
        together = _together(asked, typed, _ASKED[rule.asks](rule, asked, typed, facts.screened_on))
    return replace(together, rests_on=frozenset(Source(FORM, each.record_id) for each in read))


def _together(asked: Asked, typed: Found, said: Said) -> Found:
    """Return the typed answer as far as the entries bear it."""
    conflict = None not in (typed.truth, said.truth) and typed.truth != said.truth
    differs = said.differs or conflict
    notes = (*typed.notes, *said.notes, *((Note(DIFFER),) if differs else ()))
    truth = typed.truth
    if differs or (said.truth is None and not said.not_taken):
        # Who is kept out by the typed answer is not let in by entries that leave it open, or say no other.
        excludes = asked.leaf.kind != INCLUSION
        kept_out = typed.truth is excludes and said.truth in (excludes, None) and not conflict
        truth = excludes if kept_out else None
    return found(
        truth,
        (*typed.lines, *said.lines),
        (*typed.missing, *said.missing),
        notes,
        not_applicable=typed.not_applicable and said.not_taken and not differs,
    )
