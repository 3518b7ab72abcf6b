"""Prints: their numbers, the audit code in their footer, and whether they still stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from sle_desk.domain.sealing import content_hash, paper_code, sha256
from sle_desk.models.audit import Paper, Signature
from sle_desk.models.people import User
from sle_desk.models.subject import Subject
from sle_desk.services.desk import Desk, Head

SUBJECT, STUDY = "subject", "study"


@dataclass(frozen=True)
class NewPaper:
    """A print about to be made: its kind, whom it is about, its language and its content."""

    kind: str
    language: str
    content: object
    subject_id: int | None = None
    visit_id: int | None = None


@dataclass(frozen=True)
class Numbered:
    """The numbers that go into a paper's footer, fixed before it is drawn."""

    number: int
    print_number: int
    head: Head
    printed_at: datetime
    printed_by: str
    content_hash: str


@dataclass(frozen=True)
class PaperRow:
    """A print as it is listed; `state`: for_signature, signed or superseded."""

    id: int
    number: int
    print_number: int
    kind: str
    subject: str
    subject_id: int | None
    visit_id: int | None
    language: str
    printed_at: datetime
    printed_by: str
    audit_number: int
    audit_code: str
    content_hash: str
    state: str


def number_paper(desk: Desk, new: NewPaper) -> Numbered:
    """Return the numbers for a print: an unchanged content keeps its number and counts prints up."""
    hashed = content_hash(new.content)
    with desk.view() as session:
        same = session.scalar(
            select(Paper)
            .where(
                Paper.kind == new.kind,
                Paper.subject_id.is_(new.subject_id) if new.subject_id is None else Paper.subject_id == new.subject_id,
                Paper.content_hash == hashed,
                Paper.language == new.language,
            )
            .order_by(Paper.id.desc())
            .limit(1)
        )
        highest = int(session.scalar(select(func.coalesce(func.max(Paper.number), 0))) or 0)
        number = same.number if same else highest + 1
        print_number = same.print_number + 1 if same else 1
    return Numbered(number, print_number, desk.head(), desk.now(), desk.actor.name, hashed)


def record_paper(desk: Desk, new: NewPaper, numbered: Numbered, file_bytes: bytes) -> int:
    """Note a print that was made: an audit event after the number it shows."""
    with desk.change("paper.print") as change:
        row = Paper(
            number=numbered.number,
            print_number=numbered.print_number,
            kind=new.kind,
            subject_id=new.subject_id,
            visit_id=new.visit_id,
            language=new.language,
            printed_at=numbered.printed_at,
            printed_by=change.actor.user_id,
            audit_number=numbered.head.number,
            audit_code=numbered.head.code,
            content_hash=numbered.content_hash,
            file_hash=sha256(file_bytes),
        )
        change.add(row)
        return row.id


def papers(desk: Desk) -> tuple[PaperRow, ...]:
    """Return every print, newest first; a print is superseded when a later one of its kind differs."""
    with desk.view() as session:
        names = {user.id: user.name for user in session.scalars(select(User))}
        codes = {subject.id: subject.code for subject in session.scalars(select(Subject))}
        signed = set(
            session.scalars(
                select(Signature.about_id).where(Signature.about_table == "paper", Signature.state == "valid")
            )
        )
        rows = session.scalars(select(Paper).order_by(Paper.id)).all()
        newest: dict[tuple[str, int | None, int | None, str], str] = {}
        for row in rows:
            newest[(row.kind, row.subject_id, row.visit_id, row.language)] = row.content_hash
        return tuple(_row(row, names, codes, signed, newest) for row in reversed(rows))


def _row(
    row: Paper,
    names: dict[int, str],
    codes: dict[int, str],
    signed: set[int],
    newest: dict[tuple[str, int | None, int | None, str], str],
) -> PaperRow:
    stands = newest[(row.kind, row.subject_id, row.visit_id, row.language)] == row.content_hash
    state = "superseded" if not stands else "signed" if row.id in signed else "for_signature"
    return PaperRow(
        id=row.id,
        number=row.number,
        print_number=row.print_number,
        kind=row.kind,
        subject=codes.get(row.subject_id or 0, ""),
        subject_id=row.subject_id,
        visit_id=row.visit_id,
        language=row.language,
        printed_at=row.printed_at,
        printed_by=names[row.printed_by],
        audit_number=row.audit_number,
        audit_code=row.audit_code,
        content_hash=row.content_hash,
        state=state,
    )


def matches(cursor: Any, number: int, code: str) -> bool:
    """Tell whether a printed audit number and code agree with the chain."""
    row = cursor.execute("SELECT link FROM audit WHERE number = ?", (number,)).fetchone()
    typed = code.strip().upper().replace(" ", "")
    return row is not None and paper_code(str(row[0])).replace("-", "") == typed.replace("-", "")
