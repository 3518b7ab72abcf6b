"""The words of the lists in use, and the medicines that are known with them."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.dictionary import Dictionary
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.word_file import Word
from sle_desk.models.word_list import WordList


def newest_list(session: Session, offers: str) -> WordList | None:
    """Return the list of its kind that is in use; None where none was loaded."""
    return session.scalar(
        select(WordList).where(WordList.offers == offers).order_by(WordList.id.desc()).limit(1)
    )


def words_in_use(session: Session, offers: str) -> tuple[Word, ...]:
    """Return the words of the list in use; nothing where none was loaded."""
    row = newest_list(session, offers)
    return _words(row.content) if row is not None else ()


def names_in_use(session: Session, protocol: Protocol) -> Dictionary:
    """Return the package's dictionary with the other names that the list in use gives its medicines."""
    row = newest_list(session, "medicines")
    return protocol.dictionary if row is None else _with_listed(protocol.dictionary, row.content)


def names_on(session: Session, protocol: Protocol, day: date) -> Dictionary:
    """Return the package's dictionary with the names of the list that was in use on a day.

    A list that was loaded later makes nothing of what was judged on that day.
    """
    rows = session.execute(
        select(WordList.content, WordList.loaded_at)
        .where(WordList.offers == "medicines")
        .order_by(WordList.id.desc())
    )
    content = next((content for content, loaded_at in rows if loaded_at.date() <= day), None)
    return protocol.dictionary if content is None else _with_listed(protocol.dictionary, content)


def _words(content: str) -> tuple[Word, ...]:
    return tuple(
        Word(english, chinese, tuple(others), kind) for english, chinese, others, kind in json.loads(content)
    )


# A long list is read once, and not again for each subject and each entry; the one before it may be asked too.
@lru_cache(maxsize=2)
def _with_listed(names: Dictionary, content: str) -> Dictionary:
    return names.with_listed(_words(content))
