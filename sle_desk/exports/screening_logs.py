"""The content of the two lists of everybody: the screening log without names, the identity list with them."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words, message
from sle_desk.domain.forms import Field
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.screening import VOID
from sle_desk.exports.dataset import declared
from sle_desk.exports.pdf.screening_lists import IdentityList, Line, ScreeningList
from sle_desk.exports.screening_words import OUTCOMES, flow_lines, why_words
from sle_desk.exports.visit_summaries import study_name
from sle_desk.exports.wording import listed, spoken
from sle_desk.models.subject import Identity, Subject
from sle_desk.services.masking import everybody, names_of
from sle_desk.services.screening_log import LogRow, screening_log_in
from sle_desk.services.snapshots import Snapshot

NO_WORDS, BETWEEN = Words("", ""), Words(" · ", " · ")


def screening_list(copy: Snapshot) -> ScreeningList:
    """Return the screening log: everybody by number with outcome and reason, the counts of the flow chart."""
    found = screening_log_in(copy.session)
    sex = declared(copy.protocol, "register.sex")
    notes = _masked_notes(copy.session, found.rows)
    lines = tuple(_line(row, copy.protocol, sex.choice(row.sex).label, notes[row.id]) for row in found.rows)
    return ScreeningList(study_name(copy.protocol), lines, tuple(flow_lines(found.flow, copy.protocol)))


def _line(row: LogRow, protocol: Protocol, sex: Words, note: str) -> Line:
    return Line(
        numbers=(row.screening_number, row.code),
        sex=sex,
        consent_on=row.consent_on,
        consent_version=row.consent_version,
        outcome=spoken(OUTCOMES[row.outcome]),
        outcome_on=row.outcome_on,
        why=why_words(row, protocol),
        note=note,
        linked=_linked(row),
    )


def _linked(row: LogRow) -> Words | None:
    if row.rescreen_of and row.rescreened_as:
        return spoken(
            message("from {before}, again as {since}"), before=row.rescreen_of, since=row.rescreened_as
        )
    if row.rescreen_of:
        return spoken(message("from {before}"), before=row.rescreen_of)
    return spoken(message("again as {since}"), since=row.rescreened_as) if row.rescreened_as else None


def _masked_notes(session: Session, rows: tuple[LogRow, ...]) -> dict[int, str]:
    """Return what people wrote with every name masked; birth and initials are masked of the subject's own."""
    known = everybody(session)
    names = names_of(known)
    return {row.id: replace(known[row.id], names=names).cover(row.note) for row in rows}


def identity_list(copy: Snapshot) -> IdentityList:
    """Return who everybody is: the one list with names; RuleBroken where nobody is registered."""
    rows = copy.session.execute(
        select(Subject, Identity).join(Identity, Identity.subject_id == Subject.id).order_by(Subject.number)
    ).all()
    if not rows:
        raise RuleBroken("identity_list.empty")
    log = {row.id: row for row in screening_log_in(copy.session).rows}
    sex = declared(copy.protocol, "register.sex")
    kind = declared(copy.protocol, "register.identity_kind")
    lines = tuple(
        (
            f"{subject.screening_number} {subject.code}",
            known.name,
            known.initials,
            sex.choice(subject.sex).label,
            subject.birth_date,
            _paper(kind, known),
            known.phone or None,
            _standing(log[subject.id]),
        )
        for subject, known in rows
    )
    # What the paper is told apart by holds nobody's name: which state of which rows it shows.
    versions = tuple(
        (subject.id, subject.version, known.version, str(log[subject.id].consent_on))
        for subject, known in rows
    )
    return IdentityList(study_name(copy.protocol), lines, versions)


def _paper(kind: Field, known: Identity) -> Words:
    """Return the kind of the identity paper with its number."""
    label = next((each.label for each in kind.choices if each.code == known.identity_kind), NO_WORDS)
    return Words(*(f"{words} {known.identity_number}".strip() for words in (label.en, label.zh)))


def _standing(row: LogRow) -> Words:
    """Return the day of the consent, that a number was in error, and what the screening is linked with."""
    parts = []
    if row.consent_on is not None:
        parts.append(Words(row.consent_on.isoformat(), row.consent_on.isoformat()))
    if row.outcome == VOID:
        parts.append(spoken(OUTCOMES[VOID]))
    linked = _linked(row)
    return listed([*parts, *([linked] if linked is not None else [])], BETWEEN)
