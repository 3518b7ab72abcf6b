"""What entries say of a leaf, and how one entry is read for it: its line, and what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sle_desk.base.language import Words
from sle_desk.domain.eligibility_facts import FORM, Source
from sle_desk.domain.entries_rule import EntriesRule
from sle_desk.domain.entry_amounts import Span
from sle_desk.domain.evidence_asked import Asked
from sle_desk.domain.evidence_values import EvidenceLine, Missing, Note, Place, facts_of
from sle_desk.domain.medicine_days import Course
from sle_desk.domain.medicine_entries import MedicineEntry

# Where an entry is completed: the log of its form.
ENTRY, MEDICATION = "entry", "medication"
UNCERTAIN, PERHAPS, NO_AMOUNT = (
    "eligibility.entries_uncertain",
    "eligibility.entry_perhaps",
    "eligibility.entry_no_amount",
)


@dataclass(frozen=True)
class Said:
    """What the entries say: the leaf is true or false or that is open, or surely nothing of it is taken.

    `differs`: the typed answer says something else of the same thing.
    """

    truth: bool | None = None
    not_taken: bool = False
    differs: bool = False
    lines: tuple[EvidenceLine, ...] = ()
    missing: tuple[Missing, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Spoken:
    """The entries that are surely of a kind, and what keeps it open whether there are others."""

    of: tuple[MedicineEntry, ...]
    missing: tuple[Missing, ...]
    notes: tuple[Note, ...]

    @property
    def open(self) -> bool:
        """Tell whether it is open what was taken at all."""
        return bool(self.missing or self.notes)


def spoken_of(rule: EntriesRule, asked: Asked, span: Span, *, ever: bool = False) -> Spoken:
    """Return the entries a rule speaks of in a span; with `ever` those surely of the kind before it too."""
    of: list[MedicineEntry] = []
    missing: list[Missing] = []
    notes: list[Note] = []
    for each in asked.facts.medicines:
        kind, within = each.may_be(rule.chosen), span.may_hold(each)
        if kind and (within or ever):
            of.append(each)
        if kind is False or not within:
            continue
        gap = _gap(rule, each, known=kind is not None)
        if gap is not None:
            missing.append(gap)
        elif kind is None:
            notes.append(Note(PERHAPS, named(each)))
        elif each.course is None:
            notes.append(Note(UNCERTAIN))
    return Spoken(tuple(of), tuple(missing), tuple(notes))


def _gap(rule: EntriesRule, entry: MedicineEntry, *, known: bool) -> Missing | None:
    """Return what somebody can still say of an entry, and nobody said."""
    if not known and entry.term is None and entry.category is None:
        code, field = "eligibility.entry_kind_unsaid", "category"
    elif not known and rule.chosen.routes and entry.route is None:
        code, field = "eligibility.entry_route_unsaid", "route"
    elif known and entry.end_open:
        code, field = "eligibility.entry_end_unsaid", "ongoing"
    else:
        return None
    return Missing(code, Place(ENTRY, MEDICATION, field), named(entry))


def named(entry: MedicineEntry) -> Mapping[str, object]:
    """Return the facts by which an entry is named in a sentence."""
    return facts_of(name=label_of(entry), start=entry.course.start if entry.course else "?")


def label_of(entry: MedicineEntry) -> Words:
    """Return the dictionary's words of a medicine, or the name as it was written."""
    return entry.term.label if entry.term is not None else as_written(entry.name)


def as_written(text: str) -> Words:
    """Return words that stand as somebody wrote them, in whatever language."""
    return Words(text or "?", text or "?")


def period_of(course: Course | None) -> str:
    """Return the days of a course as they were written; an arrow where it goes on."""
    return "?" if course is None else between(course.start, course.stop)


def between(start: str, stop: str | None) -> str:
    """Return two days as they were written; an arrow where there is no second one."""
    return f"{start} – {stop or '→'}"


def source_of(record_id: int) -> Source:
    """Return the record of an entry."""
    return Source(FORM, record_id)
