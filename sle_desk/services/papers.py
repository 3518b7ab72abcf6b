"""Prints: their numbers, the audit code in their footer, and whether they still stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import message
from sle_desk.domain.sealing import content_hash, paper_code, sha256
from sle_desk.models.audit import Paper, Signature
from sle_desk.models.people import User
from sle_desk.models.store import verification
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Visit
from sle_desk.services.desk import Desk, Head
from sle_desk.services.lock_forms import lock_forms_changed
from sle_desk.services.paper_stock import lots_moved
from sle_desk.services.paper_watch import WARD, about_void, changed_since, lists_changed_since
from sle_desk.services.rules_began import overtaken
from sle_desk.services.signatures import Ink, Signing, checked_ink, sign
from sle_desk.services.signers import compare_signer

SUBJECT, STUDY = "subject", "study"
PRINT = "paper.print"
# The certificate and the reveal of the list: the statistician prints no other paper.
PRINT_LIST = "list.print"
# Papers of the stock are printed by who keeps it, too.
PRINT_STOCK = "stock.print"
INK_STATEMENT = message("Signed in ink on the paper; transcribed from it.")


@dataclass(frozen=True)
class NewPaper:
    """A print about to be made: its kind, whom it is about, its language and its content.

    `signed_on` is the day of the signature that it shows, where it was signed at the desk before.
    """

    kind: str
    language: str
    content: object
    subject_id: int | None = None
    visit_id: int | None = None
    signed_on: date | None = None
    action: str = PRINT


@dataclass(frozen=True)
class Numbered:
    """The numbers that go into a paper's footer, fixed before it is drawn."""

    number: int
    print_number: int
    head: Head
    printed_at: datetime
    printed_by: str
    content_hash: str
    code: str = ""

    @property
    def audit_code(self) -> str:
        """Return the code to print: that of the head, or of the print that is made again."""
        return self.code or self.head.code


@dataclass(frozen=True)
class PaperRow:
    """A print as it is listed; `state`: for_signature, on_ward, signed or superseded.

    `signed_on` and `signer` are those of the ink, where it was recorded; a paper that shows a signature made
    at the desk has its day and needs no ink.
    """

    id: int
    number: int
    print_number: int
    kind: str
    subject: str
    subject_id: int | None
    visit_id: int | None
    visit: str
    language: str
    printed_at: datetime
    printed_by: str
    audit_number: int
    audit_code: str
    content_hash: str
    file_hash: str
    state: str
    signed_on: date | None = None
    signer: str = ""

    @property
    def report_number(self) -> str:
        """Return the number as it is printed."""
        return report_number(self.number)


def report_number(number: int) -> str:
    """Return the number of a paper as it is printed: R-0042."""
    return f"R-{number:04d}"


def numbers_of(paper: PaperRow) -> Numbered:
    """Return the numbers that an earlier print had, to make it again."""
    return Numbered(
        paper.number,
        paper.print_number,
        Head(paper.audit_number, ""),
        paper.printed_at,
        paper.printed_by,
        paper.content_hash,
        paper.audit_code,
    )


def number_paper(desk: Desk, new: NewPaper) -> Numbered:
    """Return the numbers for a print: an unchanged content keeps its number and counts prints up."""
    hashed = content_hash(new.content)
    with desk.view() as session:
        same = session.scalar(
            select(Paper)
            .where(
                Paper.kind == new.kind,
                Paper.subject_id.is_not_distinct_from(new.subject_id),
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
    with desk.change(new.action) as change:
        row = Paper(
            number=numbered.number,
            print_number=numbered.print_number,
            kind=new.kind,
            subject_id=new.subject_id,
            visit_id=new.visit_id,
            signed_on=new.signed_on,
            language=new.language,
            printed_at=numbered.printed_at,
            printed_by=change.actor.user_id,
            audit_number=numbered.head.number,
            audit_code=numbered.audit_code,
            content_hash=numbered.content_hash,
            file_hash=sha256(file_bytes),
        )
        change.add(row)
        return row.id


def papers(desk: Desk) -> tuple[PaperRow, ...]:
    """Return every print, newest first.

    A print is superseded when a later one of its kind differs, when what it shows has changed since, when a
    rule began that it does not know, or when its subject or visit was entered in error.
    """
    with desk.view() as session:
        names = {user.id: user.name for user in session.scalars(select(User))}
        codes = {subject.id: subject.code for subject in session.scalars(select(Subject))}
        ink = {
            row.about_id: row
            for row in session.scalars(
                select(Signature).where(Signature.about_table == "paper", Signature.state == "valid")
            )
        }
        rows = session.scalars(select(Paper).order_by(Paper.id)).all()
        newest = {_same(row): row.content_hash for row in rows}
        visits = {visit.id: visit.code for visit in session.scalars(select(Visit))}
        changed = changed_since(session, desk.protocol, rows) | about_void(session, rows)
        changed |= lots_moved(session, rows) | lists_changed_since(session, rows)
        changed |= lock_forms_changed(session, rows) | overtaken(session, rows, desk.today())
        return tuple(
            _row(
                row,
                names,
                codes.get(row.subject_id or 0, ""),
                visits.get(row.visit_id or 0, row.kind.partition(".")[2]),
                ink.get(row.id),
                superseded=row.id in changed or newest[_same(row)] != row.content_hash,
            )
            for row in reversed(rows)
        )


def _same(row: Paper) -> tuple[str, int | None, int | None, str]:
    return row.kind, row.subject_id, row.visit_id, row.language


def _row(
    row: Paper, names: dict[int, str], subject: str, visit: str, ink: Signature | None, *, superseded: bool
) -> PaperRow:
    # Worksheets and slips go to the ward or home with the subject; nobody signs for what they say.
    waiting = "on_ward" if row.kind.partition(".")[0] in WARD else "for_signature"
    signed_on = row.signed_on if ink is None else ink.source_signed_on or ink.signed_at.date()
    return PaperRow(
        id=row.id,
        number=row.number,
        print_number=row.print_number,
        kind=row.kind,
        subject=subject,
        subject_id=row.subject_id,
        visit_id=row.visit_id,
        visit=visit,
        language=row.language,
        printed_at=row.printed_at,
        printed_by=names[row.printed_by],
        audit_number=row.audit_number,
        audit_code=row.audit_code,
        content_hash=row.content_hash,
        file_hash=row.file_hash,
        state="superseded" if superseded else "signed" if signed_on is not None else waiting,
        signed_on=signed_on,
        signer="" if ink is None else ink.source_signer or names[ink.user_id],
    )


def record_ink(desk: Desk, paper_id: int, ink: Ink) -> int:
    """Record that a paper was signed in ink: whose hand, the day beside it, and where the paper is filed.

    RuleBroken `ink.incomplete`, `day.future`, `paper.before_print` or `paper.signed_twice`.
    """
    kept = checked_ink(ink, desk.today())
    with desk.change("paper.record_ink", done_on=ink.signed_on) as change:
        paper = change.session.get_one(Paper, paper_id)
        if ink.signed_on < paper.printed_at.date():
            printed = paper.printed_at.date().isoformat()
            raise RuleBroken("paper.before_print", signed=ink.signed_on.isoformat(), printed=printed)
        _refuse_second(change.session, paper)
        compare_signer(change, kept, paper.subject_id)
        signing = Signing("paper.record_ink", INK_STATEMENT, "en", "")
        content = {"paper": paper.number, "print": paper.print_number, "file": paper.file_hash}
        return sign(change, signing, "paper", paper_id, content, kept).id


def _refuse_second(session: Session, paper: Paper) -> None:
    signed = session.scalar(
        select(Signature.id).where(
            Signature.about_table == "paper", Signature.about_id == paper.id, Signature.state == "valid"
        )
    )
    if signed is not None:
        raise RuleBroken("paper.signed_twice", number=report_number(paper.number), print=paper.print_number)


def check_paper(desk: Desk, number: int, code: str) -> bool:
    """Tell whether a printed audit number and code agree with the chain of this study."""
    return bool(desk.cursor_check(lambda cursor: matches(cursor, number, code)))


def matches(cursor: Any, number: int, code: str) -> bool:
    """Tell whether a printed audit number and code agree with the chain, and it holds up to there."""
    if number >= 2**63:
        return False
    row = cursor.execute("SELECT link FROM audit WHERE number = ?", (number,)).fetchone()
    typed = code.strip().upper().replace(" ", "")
    if row is None or paper_code(str(row[0])).replace("-", "") != typed.replace("-", ""):
        return False
    return verification.holds_until(cursor, number)
