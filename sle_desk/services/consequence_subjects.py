"""Whom another reading would judge otherwise: leaf by leaf, the verdict, the door of the allocation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from sle_desk.domain.decisions import VOID, WAITING, Readings
from sle_desk.domain.eligibility import EXCLUDING, Answered, Judged, verdict
from sle_desk.domain.evidence_values import Missing
from sle_desk.models.subject import Subject
from sle_desk.services.checklist import answers_of, evidence_text, same_evidence, standing_decision
from sle_desk.services.preconditions import OPEN, rows
from sle_desk.services.subjects import subject_state
from sle_desk.services.tried import Tried, Whose

# How a leaf stands where the facts suggest nothing; where they do, it is the answer.
WAITS, NOT_JUDGED, LACKING, BY_A_PERSON = "waits", "void", "missing", "person"
NOT_THERE = ""


@dataclass(frozen=True)
class LeafChange:
    """One leaf that would stand otherwise: an answer, or why there is none."""

    leaf: str
    was: str
    becomes: str


@dataclass(frozen=True)
class LeafChanges:
    """A subject whose leaves would stand otherwise, and the verdict by what people have decided so far.

    With `signed` that verdict was signed: it stays under its own readings, and nothing is judged anew.
    """

    whose: Whose
    leaves: tuple[LeafChange, ...]
    was: str
    becomes: str
    signed: str = ""
    signed_on: date | None = None

    @property
    def excluding(self) -> tuple[str, ...]:
        """Return the leaves that would exclude the subject and do not now."""
        return tuple(
            each.leaf for each in self.leaves if each.becomes in EXCLUDING and each.was not in EXCLUDING
        )


@dataclass(frozen=True)
class Conditions:
    """A subject for whom something would be missing before the allocation that is there, or the reverse."""

    whose: Whose
    lacking: tuple[Missing, ...]
    there: tuple[Missing, ...]


def leaf_changes(tried: Tried) -> tuple[LeafChanges, ...]:
    """Return every subject whose leaves or verdict would change, those who are excluded first."""
    found = []
    for subject, whose in tried.subjects():
        was = tried.standing.judged(subject.id)
        becomes = tried.judged(subject.id)
        leaves = _changed(was, becomes)
        change = _of_subject(tried, subject, whose, leaves, was, becomes)
        if change is not None:
            found.append(change)
    return tuple(sorted(found, key=lambda each: not each.excluding))


def _of_subject(
    tried: Tried,
    subject: Subject,
    whose: Whose,
    leaves: tuple[LeafChange, ...],
    was: tuple[Judged, ...],
    becomes: tuple[Judged, ...],
) -> LeafChanges | None:
    signed = standing_decision(tried.session, subject.id)
    if signed is not None:
        # What was signed stays. Only what would exclude now is told: nothing cures or undoes it.
        told = LeafChanges(whose, leaves, signed.verdict, signed.verdict, signed.verdict, signed.decided_on)
        return told if told.excluding else None
    now = _verdict(tried.session, subject.id, was, tried.before)
    then = _verdict(tried.session, subject.id, becomes, tried.after)
    return LeafChanges(whose, leaves, now, then) if leaves or now != then else None


def _changed(was: tuple[Judged, ...], becomes: tuple[Judged, ...]) -> tuple[LeafChange, ...]:
    before = {each.leaf.code: _stands(each) for each in was}
    after = {each.leaf.code: _stands(each) for each in becomes}
    changes = (
        LeafChange(code, before.get(code, NOT_THERE), after.get(code, NOT_THERE))
        for code in dict.fromkeys([*before, *after])
    )
    return tuple(each for each in changes if each.was != each.becomes)


def _stands(judged: Judged) -> str:
    if judged.state == VOID:
        return NOT_JUDGED
    if judged.state == WAITING:
        return WAITS
    if judged.missing:
        return LACKING
    return judged.suggestion or BY_A_PERSON


def _verdict(session: Session, subject_id: int, judged: tuple[Judged, ...], found: Readings) -> str:
    """Return the verdict by what people decided so far; a decision on other evidence has to be made again."""
    kept, now = answers_of(session, subject_id), {each.leaf.code: each for each in judged}
    answered = {
        code: Answered(row.decision, row.reason, not same_evidence(row.evidence, evidence_text(now[code])))
        for code, row in kept.items()
        if row.decision and code in now
    }
    return verdict(judged, answered, found.waits("eligibility")).outcome


def conditions(tried: Tried) -> tuple[Conditions, ...]:
    """Return the subjects in screening for whom other things would be missing before the allocation."""
    found = []
    for subject, whose in tried.subjects():
        if whose.randomised or subject_state(tried.session, subject, None) not in ("screening", "failed"):
            continue
        before, after = (_missing(tried, subject.id, each) for each in (tried.before, tried.after))
        lacking = tuple(each for each in after if each not in before)
        there = tuple(each for each in before if each not in after)
        if lacking or there:
            found.append(Conditions(whose, lacking, there))
    return tuple(found)


def _missing(tried: Tried, subject_id: int, found: Readings) -> tuple[Missing, ...]:
    # That something is open stands in the register itself.
    listed = rows(tried.session, tried.protocol, subject_id, tried.at, found)
    return tuple(gap for row in listed if row.code != OPEN for gap in row.missing)
