"""Lists of words that a person loaded: what is offered while typing, and other names of medicines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.base.written import reason_of
from sle_desk.domain.dictionary import OFFERS
from sle_desk.domain.sealing import canonical, sha256
from sle_desk.domain.values import check_text
from sle_desk.domain.word_file import LARGEST, WordFile, read_word_file
from sle_desk.models.people import User
from sle_desk.models.word_list import WordList
from sle_desk.services.desk import Desk
from sle_desk.services.medication_findings import judge_medication_again
from sle_desk.services.words_in_use import newest_list

LOAD = "word_list.load"


@dataclass(frozen=True)
class Preview:
    """A file as it would be taken over; nothing of it is kept yet."""

    name: str
    sha256: str
    found: WordFile


@dataclass(frozen=True)
class WordListRow:
    """A list as it is shown; only the newest of its kind is in use."""

    id: int
    offers: str
    file_name: str
    sha256: str
    entries: int
    refused: int
    loaded_at: datetime
    loaded_by: str
    in_use: bool


def preview(path: Path) -> Preview:
    """Return what a file comes to; RuleBroken where it cannot be read or is refused as a whole."""
    try:
        # One byte more than is allowed tells that it is too large: it is not read to its end.
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise RuleBroken("word_file.gone", reason=reason_of(error)) from error
    found = read_word_file(raw)
    return Preview(check_text(path.name), sha256(raw), found)


def load_words(desk: Desk, offers: str, seen: Preview) -> WordListRow:
    """Take over a file that was looked at: from now on it is what is offered, beside the site's own words.

    No rule rests on it but by an other name that it gives a medicine of the package.
    """
    if offers not in OFFERS:
        raise RuleBroken("choice.unknown", typed=offers)
    with desk.change(LOAD) as change:
        before = newest_list(change.session, offers)
        if before is not None and before.sha256 == seen.sha256:
            raise RuleBroken("word_file.same", day=before.loaded_at.date())
        content = [[word.english, word.chinese, list(word.others), word.kind] for word in seen.found.words]
        row = WordList(
            offers=offers,
            file_name=seen.name,
            sha256=seen.sha256,
            content=canonical(content).decode("utf-8"),
            entries=len(seen.found.words),
            refused=len(seen.found.refused),
            loaded_at=change.at,
            loaded_by=change.actor.user_id,
        )
        change.add(row)
        # Another name of a medicine may stand in it, by which an entry comes to be known, or no longer.
        judge_medication_again(change)
        return _row(row, change.actor.name, in_use=True)


def word_lists(desk: Desk) -> tuple[WordListRow, ...]:
    """Return every list that was ever loaded, the newest first."""
    with desk.view() as session:
        names = {user.id: user.name for user in session.scalars(select(User))}
        rows = session.scalars(select(WordList).order_by(WordList.id.desc())).all()
        newest = {row.offers: row.id for row in reversed(rows)}
        return tuple(
            _row(row, names.get(row.loaded_by, ""), in_use=newest[row.offers] == row.id) for row in rows
        )


def _row(row: WordList, name: str, *, in_use: bool) -> WordListRow:
    return WordListRow(
        id=row.id,
        offers=row.offers,
        file_name=row.file_name,
        sha256=row.sha256,
        entries=row.entries,
        refused=row.refused,
        loaded_at=row.loaded_at,
        loaded_by=name,
        in_use=in_use,
    )
