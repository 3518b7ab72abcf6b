"""Deviations: proposed by the application about a record, accepted or explained by a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain.dosing import AFTER_END, MAJOR, MINOR, ProposedDeviation
from sle_desk.domain.kits import HANDED_AFTER
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.sealing import canonical
from sle_desk.domain.values import check_text
from sle_desk.domain.visit_rules import MISSED, VISIT_AFTER
from sle_desk.models.people import User
from sle_desk.models.safety import Deviation
from sle_desk.models.subject import Subject
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviation_grounds import look_again, tell_ground
from sle_desk.services.signatures import Ink, checked_ink, ink_of, put_ink
from sle_desk.services.signers import compare_signer
from sle_desk.services.waived import WAIVED

SETTLE, SETTLE_TRANSCRIBED = "deviation.settle", "deviation.settle_transcribed"
REOPEN, REOPEN_TRANSCRIBED = "deviation.reopen", "deviation.reopen_transcribed"
PROPOSED, ACCEPTED, EXPLAINED, VOID = "proposed", "accepted", "explained", "void"
SEVERITIES = (MINOR, MAJOR)
# Once a person settled one of these, another day of the end it rests on proposes nothing beside it.
_SAID_ONCE = AFTER_END | VISIT_AFTER | MISSED | HANDED_AFTER


@dataclass(frozen=True)
class DeviationRow:
    """A deviation as it is shown: the code and facts that a sentence is made of, and how it was settled."""

    id: int
    version: int
    subject_id: int | None
    subject_code: str
    code: str
    severity: str
    on_day: date
    facts: Mapping[str, Any]
    about_table: str
    about_id: int | None
    progress: str
    explanation: str
    proposed_at: datetime
    settled_at: datetime | None
    settled_by: str
    category: str = ""
    effect: str = ""
    capa: str = ""
    ethics_on: date | None = None
    # Typed from a paper: whose word it is, and `settled_by` typed it.
    ink: Ink | None = None
    # Settled, and the records no longer show it, or by other figures.
    ground: str = ""
    ground_facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """How a person judges a deviation: its kind, what it means for the analysis, what is done."""

    severity: str = ""
    category: str = ""
    effect: str = ""
    capa: str = ""
    note: str = ""


NOT_OTHERWISE = Judged()


def deviations(desk: Desk, subject_id: int | None = None, *, progress: str = "") -> tuple[DeviationRow, ...]:
    """Return the deviations of a subject, or of all, newest day first; void ones only when asked for."""
    with desk.view() as session:
        asked = select(Deviation).order_by(Deviation.on_day.desc(), Deviation.id.desc())
        if subject_id is not None:
            asked = asked.where(Deviation.subject_id == subject_id)
        asked = asked.where(Deviation.progress == progress if progress else Deviation.progress != VOID)
        return _rows(session, session.scalars(asked).all())


def _rows(session: Session, found: Iterable[Deviation]) -> tuple[DeviationRow, ...]:
    names = {user.id: user.name for user in session.scalars(select(User))}
    codes = {row.id: row.code for row in session.execute(select(Subject.id, Subject.code))}
    return tuple(
        DeviationRow(
            id=row.id,
            version=row.version,
            subject_id=row.subject_id,
            subject_code=codes.get(row.subject_id, "") if row.subject_id is not None else "",
            code=row.code,
            severity=row.severity,
            on_day=row.on_day,
            facts=json.loads(row.facts),
            about_table=row.about_table,
            about_id=row.about_id,
            progress=row.progress,
            explanation=row.explanation,
            proposed_at=row.proposed_at,
            settled_at=row.settled_at,
            settled_by=names.get(row.settled_by, "") if row.settled_by is not None else "",
            category=row.category,
            effect=row.effect,
            capa=row.capa,
            ethics_on=row.ethics_on,
            ink=ink_of(row),
            ground=row.ground,
            ground_facts=json.loads(row.ground_facts) if row.ground_facts else {},
        )
        for row in found
    )


def accept(
    desk: Desk,
    deviation_id: int,
    seen_version: int,
    judged: Judged = NOT_OTHERWISE,
    ink: Ink | None = None,
) -> DeviationRow:
    """Accept a proposed deviation, with another severity where the person judges it otherwise.

    With `ink` it was settled on a signed paper, and is typed from there.
    """
    if judged.severity and judged.severity not in SEVERITIES:
        raise RuleBroken("deviation.severity", severity=judged.severity, allowed=", ".join(SEVERITIES))
    return _settle(desk, deviation_id, seen_version, ACCEPTED, judged, ink)


def tell_ethics(
    desk: Desk, deviation_id: int, seen_version: int, on_day: date, reason: str = "", note: str = ""
) -> DeviationRow:
    """Note the day on which the ethics committee was told of an accepted deviation.

    Another day than the one that stands is a correction, with its coded reason.
    """
    if on_day > desk.today():
        raise RuleBroken("day.future", typed=on_day.isoformat(), today=desk.today().isoformat())
    said = reason_text(reason, note) if reason else ""
    with desk.change("value.correct" if said else SETTLE, said) as change:
        row = as_seen(change, deviation_id, seen_version)
        if row.ethics_on is not None and not said:
            raise RuleBroken("change.reason_needed")
        if row.progress != ACCEPTED:
            raise RuleBroken("deviation.not_accepted")
        if on_day < row.on_day:
            raise RuleBroken("deviation.told_before", told=on_day, day=row.on_day)
        row.ethics_on = on_day
        change.session.flush()
        return shown(change.session, row)


def shown(session: Session, row: Deviation) -> DeviationRow:
    """Return one deviation as it is shown."""
    return _rows(session, [row])[0]


def explain(
    desk: Desk, deviation_id: int, seen_version: int, explanation: str, ink: Ink | None = None
) -> DeviationRow:
    """Say why what was proposed is no deviation; the words stay beside it, with `ink` those of a paper."""
    if not explanation.strip():
        raise RuleBroken("deviation.explanation_needed")
    return _settle(desk, deviation_id, seen_version, EXPLAINED, Judged(note=explanation), ink)


def reopen(
    desk: Desk, deviation_id: int, seen_version: int, reason: str, note: str = "", ink: Ink | None = None
) -> DeviationRow:
    """Open a settled deviation again for a coded reason: what it rested on was put right since.

    It is proposed as before, to be accepted or explained anew; how it was settled stays in its history, and
    the day the ethics committee was told stays, for that was so.
    """
    said, kept = reason_text(reason, note), None if ink is None else checked_ink(ink, desk.today())
    with desk.change(REOPEN if kept is None else REOPEN_TRANSCRIBED, said) as change:
        row = as_seen(change, deviation_id, seen_version)
        if row.progress not in (ACCEPTED, EXPLAINED):
            raise RuleBroken("deviation.not_settled")
        if row.code == WAIVED:
            raise RuleBroken("waiver.signed")
        row.progress, row.explanation, row.effect, row.capa = PROPOSED, "", "", ""
        row.settled_at = row.settled_by = None
        _from_paper(change, row, kept)
        change.session.flush()
        return shown(change.session, row)


def as_seen(change: Change, deviation_id: int, seen_version: int) -> Deviation:
    """Return a deviation to act on, as it was seen."""
    row = change.session.get_one(Deviation, deviation_id)
    if row.version != seen_version:
        raise Stale("record.changed_meanwhile")
    return row


def check_coded(protocol: Protocol, field: str, code: str) -> None:
    """Refuse a code that the package does not declare for a field of a deviation."""
    known = {each.code: each for each in protocol.form("deviation").fields()}
    allowed = {choice.code for choice in known[field].choices} if field in known else set()
    if code and code not in allowed:
        raise RuleBroken("choice.unknown", typed=code)


def _settle(
    desk: Desk, deviation_id: int, seen_version: int, progress: str, judged: Judged, ink: Ink | None
) -> DeviationRow:
    kept = None if ink is None else checked_ink(ink, desk.today())
    with desk.change(SETTLE if kept is None else SETTLE_TRANSCRIBED) as change:
        row = as_seen(change, deviation_id, seen_version)
        if row.progress != PROPOSED:
            raise RuleBroken("deviation.settled", progress=row.progress)
        check_coded(change.protocol, "category", judged.category)
        check_coded(change.protocol, "effect", judged.effect)
        if progress == ACCEPTED and not (judged.severity or row.severity):
            raise RuleBroken("deviation.severity_needed")
        row.progress, row.explanation = progress, check_text(judged.note.strip())
        row.severity, row.category = judged.severity or row.severity, judged.category or row.category
        row.effect, row.capa = judged.effect, check_text(judged.capa.strip())
        row.settled_at, row.settled_by = change.at, change.actor.user_id
        look_again(row)
        _from_paper(change, row, kept)
        change.session.flush()
        return shown(change.session, row)


def _from_paper(change: Change, row: Deviation, ink: Ink | None) -> None:
    """Keep whose ink the last word on a deviation is; nobody signed it before it happened."""
    put_ink(row, ink)
    if ink is None:
        return
    if ink.signed_on < row.on_day:
        raise RuleBroken("deviation.ink_before", signed=ink.signed_on, day=row.on_day)
    compare_signer(change, ink, row.subject_id)


def propose_about(
    change: Change, subject_id: int, about: tuple[str, int], on_day: date, found: Iterable[ProposedDeviation]
) -> None:
    """Propose what a record shows, in a change in hand; warnings and asked reasons are no deviations."""
    table, row_id = about
    change.add(
        *(
            Deviation(
                subject_id=subject_id,
                code=each.code,
                severity=each.severity,
                on_day=each.on_day or on_day,
                facts=_facts(each),
                about_table=table,
                about_id=row_id,
                proposed_at=change.at,
            )
            for each in found
            if each.is_deviation
        )
    )


def renew_proposals(
    change: Change,
    subject_id: int,
    about: tuple[str, int],
    on_day: date,
    owned: tuple[str, ...],
    found: Iterable[ProposedDeviation],
) -> None:
    """Compare again: proposals that no longer hold go void, new ones are proposed, settled ones stay.

    Of a settled one it is told that the records show it no more, or by other figures.

    Several rules look at one record, so whoever compares names the codes it compares, each whole or by the
    beginning it has in common with others ("dose."); every other proposal about the record is left alone.
    """
    showing = [each for each in found if each.is_deviation]
    assert all(each.code.startswith(owned) for each in showing), (owned, showing)
    still = {(each.code, _facts(each)) for each in showing}
    standing = set()
    for row in _about(change, about):
        if not row.code.startswith(owned):
            continue
        if row.progress == PROPOSED and (row.code, row.facts) not in still:
            row.progress = VOID
        else:
            standing.add((row.code, "" if row.code in _SAID_ONCE else row.facts))
            if row.progress != PROPOSED:
                tell_ground(row, still)
    new = (
        each
        for each in showing
        if (each.code, "" if each.code in _SAID_ONCE else _facts(each)) not in standing
    )
    propose_about(change, subject_id, about, on_day, new)


def _facts(each: ProposedDeviation) -> str:
    return canonical(dict(each.facts)).decode("utf-8")


def void_about(change: Change, about: tuple[str, int]) -> None:
    """The record was entered in error: so was every deviation seen on it, settled or not."""
    for row in _about(change, about):
        row.progress = VOID


def _about(change: Change, about: tuple[str, int]) -> list[Deviation]:
    table, row_id = about
    return list(
        change.session.scalars(
            select(Deviation).where(
                Deviation.about_table == table, Deviation.about_id == row_id, Deviation.progress != VOID
            )
        )
    )
