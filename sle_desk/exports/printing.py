"""Printing: a paper is made from one state of the study, numbered, written, and then noted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from sqlalchemy import select

from sle_desk.base.fonts import font_files
from sle_desk.base.language import Language
from sle_desk.base.private import half_made
from sle_desk.base.written import write_file
from sle_desk.domain.sealing import sha256
from sle_desk.domain.stock import Lot
from sle_desk.exports.paper_kinds import CERTIFICATE, PAPERS, REVEAL, About
from sle_desk.exports.pdf.stamp import Stamp
from sle_desk.models.store.schema import SCHEMA
from sle_desk.models.visit import FormRecord
from sle_desk.services import papers, studies
from sle_desk.services.desk import APPLICATION, Desk
from sle_desk.services.papers import Numbered, PaperRow
from sle_desk.services.printables import (
    CARD,
    DIARY,
    ELIGIBILITY,
    REGISTER,
    SAE,
    SCREENING,
    SLIP,
    STOCK_LOG,
    SUMMARY,
    WORKSHEET,
    Printable,
    part_of,
)
from sle_desk.services.snapshots import Snapshot, snapshot

# Where a paper is written: without it the bytes alone are given.
Target = Path | BytesIO | None


@dataclass(frozen=True)
class Printed:
    """A paper as it was printed: its bytes, its numbers, and the record of it."""

    paper_id: int
    numbered: Numbered
    content: bytes


@dataclass(frozen=True)
class Again:
    """An earlier print made again; `same` tells whether its bytes are those that were printed."""

    content: bytes
    same: bool


def print_visit_summary(desk: Desk, visit_id: int, language: Language, target: Target = None) -> Printed:
    """Print the summary of a visit as PDF; it is noted only when the file is written."""
    return _print(desk, SUMMARY, About(visit_id=visit_id), language, target)


def print_worksheet(
    desk: Desk, subject_id: int, visit_code: str, language: Language, target: Target = None
) -> Printed:
    """Print the worksheet of a visit for the ward as PDF."""
    return _print(desk, WORKSHEET, About(subject_id, part=visit_code), language, target)


def print_slip(desk: Desk, subject_id: int, language: Language, target: Target = None) -> Printed:
    """Print the allocation slip of a subject as PDF."""
    return _print(desk, SLIP, About(subject_id), language, target)


def print_eligibility_form(desk: Desk, subject_id: int, language: Language, target: Target = None) -> Printed:
    """Print the eligibility form of a subject as PDF."""
    return _print(desk, ELIGIBILITY, About(subject_id), language, target)


def print_sae_form(desk: Desk, part: str, language: Language, target: Target = None) -> Printed:
    """Print one version of the report of a serious event; `part` names event and report, as "7-12"."""
    return _print(desk, SAE, About(part=part), language, target)


def print_list_certificate(desk: Desk, language: Language, target: Target = None) -> Printed:
    """Print the certificate of the sealed list as PDF."""
    return _print(desk, CERTIFICATE, About(), language, target)


def print_list_reveal(desk: Desk, language: Language, target: Target = None) -> Printed:
    """Print the revealed list as PDF; RuleBroken `reveal.not_shown` before the lock and the reveal."""
    return _print(desk, REVEAL, About(), language, target)


def print_lock_form(desk: Desk, kind: str, language: Language, target: Target = None) -> Printed:
    """Print what the PI signs to lock, to unlock or to reveal: a kind of `LOCK_FORMS`."""
    return _print(desk, kind, About(), language, target)


def print_register_log(desk: Desk, language: Language, target: Target = None) -> Printed:
    """Print the log of the register as PDF."""
    return _print(desk, REGISTER, About(), language, target)


def print_dose_diary(desk: Desk, subject_id: int, language: Language, target: Target = None) -> Printed:
    """Print the diary of planned injections that a subject takes home."""
    return _print(desk, DIARY, About(subject_id), language, target)


def print_date_card(desk: Desk, subject_id: int, language: Language, target: Target = None) -> Printed:
    """Print the card of visits and doses that a subject takes home."""
    return _print(desk, CARD, About(subject_id), language, target)


def print_stock_log(desk: Desk, lot: Lot, language: Language, target: Target = None) -> Printed:
    """Print the accountability log of a lot."""
    return _print(desk, STOCK_LOG, About(part=part_of(lot)), language, target)


def print_screening_log(desk: Desk, language: Language, target: Target = None) -> Printed:
    """Print the screening log as PDF, without a name."""
    return _print(desk, SCREENING, About(), language, target)


def print_one(desk: Desk, wanted: Printable, language: Language) -> Printed:
    """Print what was chosen from the list of what can be printed."""
    return _print(desk, wanted.kind, About(wanted.subject_id, wanted.visit_id, wanted.visit), language, None)


def print_again(desk: Desk, paper: PaperRow) -> Again:
    """Return an earlier print made from the data of now, under the numbers it had; nothing is noted.

    Equal data give equal bytes, which the hash kept with the print proves.
    """
    language = Language(paper.language)
    kind, _, part = paper.kind.partition(".")
    about = About(paper.subject_id, paper.visit_id, part, paper)
    with snapshot(desk) as now:
        copy = _as_printed(now, paper)
        job = PAPERS[kind].read(desk, copy, about, language)
        stamp = stamp_of(desk, copy, job.form_version, papers.numbers_of(paper))
        content = PAPERS[kind].draw(job.content, language, stamp, font_files())
    return Again(content, sha256(content) == paper.file_hash)


def _as_printed(copy: Snapshot, paper: PaperRow) -> Snapshot:
    """Return the copy with the version of the package that was in force when a paper was printed.

    Where something was written under a later one it is read with that: the paper is another one anyway.
    """
    then = copy.protocol.on(paper.printed_at.date())
    known = [each.version for each in then.versions]
    later = select(FormRecord.id).where(FormRecord.protocol_version.not_in(known)).limit(1)
    if paper.subject_id is not None:
        later = later.where(FormRecord.subject_id == paper.subject_id)
    written_later = then is not copy.protocol and copy.session.scalar(later) is not None
    return copy if written_later else replace(copy, protocol=then)


def can_print_again(paper: PaperRow) -> bool:
    """Tell whether a kind of paper is one of those printed here."""
    kind, dot, _ = paper.kind.partition(".")
    return kind in PAPERS and bool(dot) == PAPERS[kind].in_parts


def _print(desk: Desk, kind: str, about: About, language: Language, target: Target) -> Printed:
    paper = PAPERS[kind]
    # Nothing is drawn or written for anybody who may not print it.
    desk.require(paper.action)
    with snapshot(desk) as copy:
        job = paper.read(desk, copy, about, language)
        # One instant and one audit head for the paper: those of the copy it is made from.
        numbered = replace(papers.number_paper(desk, job.new), head=copy.head, printed_at=copy.as_of)
        stamp = stamp_of(desk, copy, job.form_version, numbered)
        content = paper.draw(job.content, language, stamp, font_files())
        if isinstance(target, Path):
            with half_made(desk.database.path.parent, target) as waiting:
                write_file(target, lambda file: file.write(content), waiting=waiting)
        elif target is not None:
            target.write(content)
        return Printed(papers.record_paper(desk, job.new, numbered, content), numbered, content)


def stamp_of(desk: Desk, copy: Snapshot, form_version: str, numbered: Numbered) -> Stamp:
    """Return what every page of a paper says of itself."""
    protocol = copy.protocol
    return Stamp(
        report_number=papers.report_number(numbered.number),
        print_number=numbered.print_number,
        audit_number=numbered.head.number,
        audit_code=numbered.audit_code,
        printed_at=numbered.printed_at,
        printed_by=numbered.printed_by,
        data_as_of=numbered.printed_at,
        protocol=f"{protocol.registry_ids[0]} v{protocol.version}",
        form_version=form_version,
        application=f"{APPLICATION}, schema {SCHEMA}",
        demonstration=studies.is_demonstration(desk),
    )
