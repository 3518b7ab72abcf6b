"""Deviations: proposed by the application about a record, accepted or explained by a person."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain.dosing import MAJOR, MINOR, ProposedDeviation
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.sealing import canonical
from sle_desk.domain.values import check_text
from sle_desk.models.people import User
from sle_desk.models.safety import Deviation
from sle_desk.models.subject import Subject
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk

PROPOSED, ACCEPTED, EXPLAINED, VOID = "proposed", "accepted", "explained", "void"
SEVERITIES = (MINOR, MAJOR)


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
        )
        for row in found
    )


def accept(desk: Desk, deviation_id: int, seen_version: int, judged: Judged = NOT_OTHERWISE) -> DeviationRow:
    """Accept a proposed deviation, with another severity where the person judges it otherwise."""
    if judged.severity and judged.severity not in SEVERITIES:
        raise RuleBroken("deviation.severity", severity=judged.severity, allowed=", ".join(SEVERITIES))
    return _settle(desk, deviation_id, seen_version, ACCEPTED, judged)


def tell_ethics(
    desk: Desk, deviation_id: int, seen_version: int, on_day: date, reason: str = "", note: str = ""
) -> DeviationRow:
    """Note the day on which the ethics committee was told of an accepted deviation.

    Another day than the one that stands is a correction, with its coded reason.
    """
    if on_day > desk.today():
        raise RuleBroken("day.future", typed=on_day.isoformat(), today=desk.today().isoformat())
    said = reason_text(reason, note) if reason else ""
    with desk.change("value.correct" if said else "deviation.settle", said) as change:
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


def explain(desk: Desk, deviation_id: int, seen_version: int, explanation: str) -> DeviationRow:
    """Say why what was proposed is no deviation; the words stay beside it."""
    if not explanation.strip():
        raise RuleBroken("deviation.explanation_needed")
    return _settle(desk, deviation_id, seen_version, EXPLAINED, Judged(note=explanation))


def reopen(desk: Desk, deviation_id: int, seen_version: int, reason: str, note: str = "") -> DeviationRow:
    """Open a settled deviation again for a coded reason: what it rested on was put right since.

    It is proposed as before, to be accepted or explained anew; how it was settled stays in its history, and
    the day the ethics committee was told stays, for that was so.
    """
    with desk.change("deviation.reopen", reason_text(reason, note)) as change:
        row = as_seen(change, deviation_id, seen_version)
        if row.progress not in (ACCEPTED, EXPLAINED):
            raise RuleBroken("deviation.not_settled")
        row.progress, row.explanation, row.effect, row.capa = PROPOSED, "", "", ""
        row.settled_at = row.settled_by = None
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


def _settle(desk: Desk, deviation_id: int, seen_version: int, progress: str, judged: Judged) -> DeviationRow:
    with desk.change("deviation.settle") as change:
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
        change.session.flush()
        return shown(change.session, row)


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
                facts=canonical(dict(each.facts)).decode("utf-8"),
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
    found: Iterable[ProposedDeviation],
    but: Collection[str] = (),
) -> None:
    """After a correction: proposals that no longer hold go void, new ones are proposed, settled ones stay.

    Those whose code is in `but` are somebody else's to compare.
    """
    showing = [each for each in found if each.is_deviation]
    still = {(each.code, canonical(dict(each.facts)).decode("utf-8")) for each in showing}
    standing = set()
    for row in _about(change, about):
        if (row.code, row.facts) in still:
            standing.add((row.code, row.facts))
        elif row.progress == PROPOSED and row.code not in but:
            row.progress = VOID
    new = [
        each for each in showing if (each.code, canonical(dict(each.facts)).decode("utf-8")) not in standing
    ]
    propose_about(change, subject_id, about, on_day, new)


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
