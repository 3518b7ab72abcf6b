"""Drafts: each field typed and not yet saved, kept at once, its author's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sle_desk.models.audit import Draft
from sle_desk.models.people import User
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.desk import Desk


@dataclass(frozen=True)
class Place:
    """Where a draft belongs: a form of a subject (or a new record), and the version it was typed on."""

    name: str
    record_id: int = 0
    record_version: int = 0


def form_place(visit_id: int, form: str) -> Place:
    """Return where the draft of a form of a visit belongs."""
    return Place(f"form:{visit_id}:{form}")


def diary_place(subject_id: int) -> Place:
    """Return where the rows of a paper diary are kept until they are recorded."""
    return Place(f"diary:{subject_id}")


def infusion_place(subject_id: int, drug: str, step: str, dose_id: int | None = None) -> Place:
    """Return where a step of an infusion is kept; the second one is of the infusion that was prepared."""
    return Place(f"infusion:{subject_id}:{drug}:{step}", dose_id or 0)


def keep_draft(desk: Desk, place: Place, field: str, typed: str) -> None:
    """Keep what one field holds; an empty text is kept too, since the person emptied it."""
    user_id = desk.actor.user_id
    with desk.draft() as session:
        row = session.scalar(
            select(Draft).where(
                Draft.user_id == user_id,
                Draft.place == place.name,
                Draft.record_id == place.record_id,
                Draft.field == field,
            )
        )
        if row is None:
            row = Draft(user_id=user_id, place=place.name, record_id=place.record_id, field=field)
            session.add(row)
        row.typed = typed
        row.record_version = place.record_version
        row.kept_at = desk.now()


def drafts(desk: Desk, place: Place) -> dict[str, str]:
    """Return the fields kept for a place by the person at the desk, in the order they were kept."""
    with desk.view() as session:
        rows = session.scalars(
            select(Draft)
            .where(
                Draft.user_id == desk.actor.user_id,
                Draft.place == place.name,
                Draft.record_id == place.record_id,
            )
            .order_by(Draft.kept_at)
        )
        return {row.field: row.typed for row in rows}


def elsewhere(desk: Desk, place: Place) -> tuple[Place, ...]:
    """Return the places of the same name, but about another record, where the person left something."""
    with desk.view() as session:
        rows = session.scalars(
            select(Draft.record_id)
            .where(
                Draft.user_id == desk.actor.user_id,
                Draft.place == place.name,
                Draft.record_id != place.record_id,
            )
            .distinct()
        )
        return tuple(Place(place.name, record_id) for record_id in sorted(rows))


def drop_drafts(desk: Desk, place: Place, fields: Collection[str] | None = None) -> None:
    """Empty the drafts of a place, or of some of its fields, once its form is saved."""
    gone = delete(Draft).where(
        Draft.user_id == desk.actor.user_id,
        Draft.place == place.name,
        Draft.record_id == place.record_id,
    )
    with desk.draft() as session:
        session.execute(gone if fields is None else gone.where(Draft.field.in_(fields)))


def places_with_drafts(desk: Desk) -> tuple[str, ...]:
    """Return the names of the places where the person at the desk left something unsaved."""
    with desk.view() as session:
        rows = session.scalars(select(Draft.place).where(Draft.user_id == desk.actor.user_id).distinct())
        return tuple(sorted(rows))


# The kinds of places whose name tells the subject first.
_OF_SUBJECT = frozenset({"consent", "diary", "infusion"})


@dataclass(frozen=True)
class Begun:
    """Where something was left unsaved: the parts of the name of its place, and whom it is about.

    Of a form the visit, or the record that it completes.
    """

    kind: str
    parts: tuple[str, ...]
    subject_id: int | None = None
    visit_id: int | None = None
    record_id: int | None = None
    form: str = ""


def begun(desk: Desk) -> tuple[Begun, ...]:
    """Return where the person at the desk left something unsaved, what was left last first."""
    with desk.view() as session:
        rows = session.execute(
            select(Draft.place, Draft.record_id)
            .where(Draft.user_id == desk.actor.user_id)
            .order_by(Draft.kept_at.desc())
        )
        places = dict.fromkeys((place, record_id) for place, record_id in rows)
        return tuple(_begun(session, place, record_id) for place, record_id in places)


def _begun(session: Session, place: str, record_id: int) -> Begun:
    kind, *parts = place.split(":")
    told = tuple(parts)
    if kind in ("form", "lab"):
        visit = session.get_one(Visit, int(told[0]))
        return Begun(kind, told, visit.subject_id, visit.id, form=told[1])
    if kind == "entry" and record_id:
        record = session.get_one(FormRecord, record_id)
        return Begun(kind, told, record.subject_id, record_id=record.id, form=record.form)
    if kind == "entry":
        return Begun(kind, told, int(told[0]), form=told[1])
    return Begun(kind, told, int(told[0]) if kind in _OF_SUBJECT else None)


def begun_by(desk: Desk) -> tuple[str, ...]:
    """Return the names of all who left something unsaved."""
    with desk.view() as session:
        asked = select(User.name).join(Draft, Draft.user_id == User.id).distinct().order_by(User.name)
        return tuple(session.scalars(asked))
