"""Registering subjects, their consents, and who they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import identity, roles
from sle_desk.domain.screening import people
from sle_desk.domain.values import age_on, check_text
from sle_desk.models.allocation import Allocation
from sle_desk.models.store.disk import require_room
from sle_desk.models.subject import Consent, Disposition, Identity, Subject
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import Visit
from sle_desk.services.deaths import deaths
from sle_desk.services.desk import Change, Desk
from sle_desk.services.duplicates import Duplicate, propose_same_number, refuse_duplicates
from sle_desk.services.withdrawals import taken_up

NAME_LENGTH = 50


@dataclass(frozen=True)
class NewSubject:
    """A person to be screened, as read from the identity paper."""

    name: str
    initials: str
    sex: str
    birth_date: date
    identity_kind: str
    identity_number: str
    phone: str = ""


@dataclass(frozen=True)
class SubjectRow:
    """A subject as lists and the strip show it; the name only for roles that see names."""

    id: int
    version: int
    code: str
    screening_number: str
    sex: str
    age: int
    birth_date: date
    name: str
    initials: str
    arm: str
    state: str
    day_one: date | None
    registered_on: date


@dataclass(frozen=True)
class NewConsent:
    """A signed consent as it stands on the paper."""

    subject_id: int
    consent_version: str
    signed_on: date
    signed_time: str
    explained_by: str
    copy_given: str
    # For each scope that was withdrawn whether it is taken up again: Y or N, said by the subject.
    takes_up: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ConsentRow:
    """A consent as it is shown."""

    id: int
    version: int
    consent_version: str
    signed_on: date
    signed_time: str
    explained_by: str
    copy_given: str
    # Nothing where nobody was asked: it took up everything.
    takes_up: Mapping[str, str] | None = None


def possible_duplicates(desk: Desk, new: NewSubject) -> tuple[Duplicate, ...]:
    """Return the subjects who may be this person: by number, by name and birth date, by initials."""
    with desk.view() as session:
        return duplicates_of(session, new)


def duplicates_of(session: Session, new: NewSubject, but: int | None = None) -> tuple[Duplicate, ...]:
    """Return the same inside a transaction in hand; `but` leaves out the subject that is corrected.

    Other screenings of that subject are left out too: they are the same person, and say so.
    """
    known_same = frozenset() if but is None else linked_with(session, but) | {but}
    rows = session.execute(
        select(Subject, Identity)
        .join(Identity, Identity.subject_id == Subject.id)
        .where(Subject.state == "current")
        .order_by(Subject.number)
    )
    person = identity.Person(new.name, new.initials, new.sex, new.birth_date, new.identity_number)
    paper = identity.paper(new.identity_kind, new.identity_number)
    found = (
        Duplicate(
            subject.code,
            identity.alike(person, person_of(subject, known)),
            paper is not None and paper == identity.paper(known.identity_kind, known.identity_number),
        )
        for subject, known in rows
        if subject.id not in known_same
    )
    return tuple(each for each in found if each.same)


def linked_with(session: Session, subject_id: int, *, standing: bool = False) -> frozenset[int]:
    """Return the other screenings of a person, before and since; `standing` leaves out those in error."""
    rows = session.execute(select(Subject.id, Subject.rescreen_of, Subject.state)).all()
    groups = people({row.id: row.rescreen_of for row in rows})
    return frozenset(
        row.id
        for row in rows
        if row.id != subject_id
        and groups[row.id] == groups[subject_id]
        and (row.state == "current" or not standing)
    )


def person_of(subject: Subject, known: Identity) -> identity.Person:
    """Return who a registered subject is, as two people are compared."""
    return identity.Person(known.name, known.initials, subject.sex, subject.birth_date, known.identity_number)


def check_new(new: NewSubject, today: date) -> None:
    """Refuse a name of no length, a text that cannot be kept, a birth that lies ahead."""
    if not 1 <= len(new.name.strip()) <= NAME_LENGTH:
        raise RuleBroken("name.length", found=len(new.name.strip()), allowed=NAME_LENGTH)
    for text in (new.name, new.initials, new.identity_number, new.phone):
        check_text(text)
    if new.birth_date > today:
        raise RuleBroken("day.future", typed=new.birth_date.isoformat(), today=today.isoformat())


def register_subject(desk: Desk, new: NewSubject, *, not_duplicate: str = "") -> SubjectRow:
    """Register a subject under the next number; a possible duplicate needs a reason to go on.

    With the identity number of another subject a deviation is proposed, whatever the reason.
    """
    today = desk.today()
    check_new(new, today)
    require_room(desk.database.free_bytes())
    with desk.change("subject.register", not_duplicate) as change:
        doubles = duplicates_of(change.session, new)
        if not not_duplicate.strip():
            refuse_duplicates(doubles)
        subject = add_subject(change, new.sex, new.birth_date)
        change.add(
            Identity(
                subject_id=subject.id,
                name=new.name.strip(),
                initials=new.initials.strip().upper(),
                identity_kind=new.identity_kind,
                identity_number=new.identity_number.strip().upper(),
                phone=new.phone.strip(),
            )
        )
        propose_same_number(change, subject, doubles)
        return new_row(change, subject, desk)


def add_subject(change: Change, sex: str, birth_date: date, rescreen_of: int | None = None) -> Subject:
    """Add a subject under the next number in a change in hand; a number is never used again."""
    number = int(change.session.scalar(select(func.coalesce(func.max(Subject.number), 0))) or 0) + 1
    subject = Subject(
        number=number,
        code=f"{change.protocol.subject_prefix}-{number:03d}",
        screening_number=f"S-{number:03d}",
        sex=sex,
        birth_date=birth_date,
        registered_at=change.at,
        registered_by=change.actor.user_id,
        protocol_version=change.protocol.version,
        rescreen_of=rescreen_of,
    )
    change.add(subject)
    return subject


def new_row(change: Change, subject: Subject, desk: Desk) -> SubjectRow:
    """Return a subject that was just registered, as it is shown."""
    beside = _known(change.session, subject.id, desk.actor.role in roles.SEES_NAMES)
    return _row(subject, beside, change.at.date())


@dataclass(frozen=True)
class _Known:
    """What stands beside the subjects, read in one question each, by the number of the subject."""

    names: Mapping[int, tuple[str, str]]
    arms: Mapping[int, str]
    day_ones: Mapping[int, date]
    steps: Mapping[int, frozenset[str]]
    died: frozenset[int] = frozenset()


def _known(session: Session, subject_id: int | None, sees_names: bool) -> _Known:
    def of(column: Any) -> list[ColumnElement[bool]]:
        return [] if subject_id is None else [column == subject_id]

    who = select(Identity.subject_id, Identity.name, Identity.initials).where(*of(Identity.subject_id))
    names = session.execute(who).all() if sees_names else ()
    randomised = select(Allocation.subject_id, Allocation.arm).where(*of(Allocation.subject_id))
    steps: dict[int, frozenset[str]] = {}
    for row in session.execute(
        select(Disposition.subject_id, Disposition.kind).where(
            Disposition.state == "current", *of(Disposition.subject_id)
        )
    ):
        steps[row.subject_id] = steps.get(row.subject_id, frozenset()) | {row.kind}
    first = session.execute(
        select(Dose.subject_id, func.min(Dose.on_day).label("day"))
        .where(Dose.progress == "given", Dose.state == "current", *of(Dose.subject_id))
        .group_by(Dose.subject_id)
    ).all()
    return _Known(
        {number: (name, initials) for number, name, initials in names},
        {row.subject_id: row.arm for row in session.execute(randomised)},
        {row.subject_id: row.day for row in first},
        steps,
        frozenset(deaths(session, None if subject_id is None else (subject_id,))),
    )


def _row(subject: Subject, beside: _Known, today: date) -> SubjectRow:
    (name, initials), arm = beside.names.get(subject.id, ("", "")), beside.arms.get(subject.id)
    return SubjectRow(
        id=subject.id,
        version=subject.version,
        code=subject.code,
        screening_number=subject.screening_number,
        sex=subject.sex,
        age=age_on(subject.birth_date, today),
        birth_date=subject.birth_date,
        name=name,
        initials=initials,
        arm=arm or "",
        state=_state(subject, arm, beside),
        day_one=beside.day_ones.get(subject.id),
        registered_on=subject.registered_at.date(),
    )


def _state(subject: Subject, arm: str | None, beside: _Known) -> str:
    if subject.state == "void":
        return "void"
    if subject.id in beside.died:
        return "died"
    kinds = beside.steps.get(subject.id, frozenset())
    for kind, state in (("exit", "left"), ("completed", "complete")):
        if kind in kinds:
            return state
    if arm is None:
        return "failed" if "screen_failure" in kinds else "screening"
    # Who was allocated is in the study, though screening was said to have failed: that stays in its log.
    return "treatment" if subject.id in beside.day_ones else "randomised"


def day_one(session: Session, subject_id: int) -> date | None:
    """Return study day 1: the day of the first dose of any study drug, or None before it."""
    return _known(session, subject_id, sees_names=False).day_ones.get(subject_id)


def subject_state(session: Session, subject: Subject, arm: str | None) -> str:
    """Return where a subject stands: void, died, screening, failed, randomised, treatment, complete, left."""
    return _state(subject, arm, _known(session, subject.id, sees_names=False))


def require_values_seen(desk: Desk) -> None:
    """Refuse a role that sees no clinical values: a row tells birth, sex, arm and how far the subject is."""
    if desk.actor.role not in roles.SEES_VALUES:
        raise NotAllowed("role.sees_no_values", role=desk.actor.role)


def subject_codes(desk: Desk) -> dict[int, str]:
    """Return the number of every subject that stands, by its key, for every role: it is no value."""
    listed = select(Subject.id, Subject.code).where(Subject.state == "current").order_by(Subject.number)
    with desk.view() as session:
        return {row.id: row.code for row in session.execute(listed)}


def subjects(desk: Desk, *, void: bool = False) -> tuple[SubjectRow, ...]:
    """Return every subject that stands in the order of registration; with `void` those in error too.

    NotAllowed for a role that sees no clinical values.
    """
    require_values_seen(desk)
    names = desk.actor.role in roles.SEES_NAMES
    today = desk.today()
    # The columns alone: a thousand rows as objects cost as much as all the rest.
    listed = (Subject.id, Subject.version, Subject.code, Subject.screening_number, Subject.sex)
    asked = select(*listed, Subject.birth_date, Subject.state, Subject.registered_at).order_by(Subject.number)
    with desk.view() as session:
        rows: Sequence[Any] = session.execute(
            asked if void else asked.where(Subject.state == "current")
        ).all()
        beside = _known(session, None, names)
        return tuple(_row(subject, beside, today) for subject in rows)


def subject_row(desk: Desk, subject_id: int) -> SubjectRow:
    """Return one subject; NotAllowed for a role that sees no clinical values."""
    require_values_seen(desk)
    with desk.view() as session:
        beside = _known(session, subject_id, desk.actor.role in roles.SEES_NAMES)
        return _row(session.get_one(Subject, subject_id), beside, desk.today())


def identity_of(desk: Desk, subject_id: int) -> NewSubject:
    """Return who a subject is; only for roles that see names."""
    if desk.actor.role not in roles.SEES_NAMES:
        raise NotAllowed("role.sees_no_names", role=desk.actor.role)
    with desk.view() as session:
        return known_as(session, subject_id)


def known_as(session: Session, subject_id: int) -> NewSubject:
    """Return the same inside a transaction in hand, for what is compared with it."""
    subject = session.get_one(Subject, subject_id)
    known = session.scalars(select(Identity).where(Identity.subject_id == subject_id)).one()
    return NewSubject(
        name=known.name,
        initials=known.initials,
        sex=subject.sex,
        birth_date=subject.birth_date,
        identity_kind=known.identity_kind,
        identity_number=known.identity_number,
        phone=known.phone,
    )


def identity_doubts(new: NewSubject) -> tuple[str, ...]:
    """Return what the identity number says otherwise than was entered: codes of doubt, never a refusal."""
    if new.identity_kind != "resident" or not new.identity_number.strip():
        return ()
    try:
        return tuple(
            f"identity.{part}_differs"
            for part in identity.differences(new.identity_number, new.birth_date, new.sex)
        )
    except RuleBroken as error:
        return (error.code,)


def consents(desk: Desk, subject_id: int) -> tuple[ConsentRow, ...]:
    """Return the consents of a subject that stand, oldest first."""
    with desk.view() as session:
        rows = session.scalars(
            select(Consent)
            .where(Consent.subject_id == subject_id, Consent.state == "current")
            .order_by(Consent.signed_on, Consent.signed_time)
        )
        return tuple(
            ConsentRow(
                row.id,
                row.version,
                row.consent_version,
                row.signed_on,
                row.signed_time,
                row.explained_by,
                row.copy_given,
                taken_up(row),
            )
            for row in rows
        )


def first_visit_day(session: Session, subject_id: int) -> date | None:
    """Return the day of a subject's first visit."""
    return session.scalar(
        select(func.min(Visit.on_day)).where(Visit.subject_id == subject_id, Visit.state == "current")
    )
