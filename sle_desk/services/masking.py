"""Texts that say who somebody is, and how they are kept out of what leaves the ward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.models.subject import Identity, Subject

MASK = "[…]"


def identifying(session: Session, subject_id: int | None = None) -> tuple[str, ...]:
    """Return every text of the study that says who somebody is, the longest first.

    With a subject, of birth dates only that subject's: another's may be an ordinary day of this one.
    """
    found: set[str] = set()
    for known in session.scalars(select(Identity)):
        found |= {known.name, known.identity_number, known.phone}
    asked = select(Subject.birth_date)
    for born in session.scalars(asked if subject_id is None else asked.where(Subject.id == subject_id)):
        found |= {born.isoformat(), f"{born:%Y%m%d}"}
    return tuple(sorted((text for text in found if len(text) > 1), key=len, reverse=True))


def masked(text: str, hidden: Sequence[str]) -> str:
    """Return a text with what says who somebody is masked."""
    for secret in hidden:
        if secret in text:
            text = text.replace(secret, MASK)
    return text


def masked_within(content: Any, hidden: Sequence[str]) -> Any:
    """Return a content (texts in data classes, tuples, lists, mappings) with every text masked."""
    if isinstance(content, str):
        return masked(content, hidden)
    if isinstance(content, Mapping):
        return {name: masked_within(value, hidden) for name, value in content.items()}
    if isinstance(content, tuple) and not hasattr(content, "_fields"):
        return tuple(masked_within(each, hidden) for each in content)
    if isinstance(content, list):
        return [masked_within(each, hidden) for each in content]
    if is_dataclass(content) and not isinstance(content, type):
        kept = {each.name: getattr(content, each.name) for each in fields(content) if each.init}
        shown = {name: masked_within(value, hidden) for name, value in kept.items()}
        return content if shown == kept else replace(content, **shown)
    return content
