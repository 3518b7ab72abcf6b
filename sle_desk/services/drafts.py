"""Drafts: each field typed and not yet saved, kept at once, its author's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select

from sle_desk.models.audit import Draft
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
