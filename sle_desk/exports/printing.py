"""Printing: a paper is made from one state of the study, numbered, written, and then noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from sle_desk.base.fonts import font_files
from sle_desk.base.language import Language
from sle_desk.base.private import half_made
from sle_desk.base.written import write_file
from sle_desk.domain.sealing import sha256
from sle_desk.domain.stock import Lot
from sle_desk.exports.amendment_papers import amendment_difference
from sle_desk.exports.eligibility_forms import eligibility_form
from sle_desk.exports.list_certificates import list_certificate
from sle_desk.exports.list_reveals import list_reveal
from sle_desk.exports.pdf.amendment_difference import amendment_difference_pdf
from sle_desk.exports.pdf.eligibility_form import eligibility_form_pdf
from sle_desk.exports.pdf.list_certificate import list_certificate_pdf
from sle_desk.exports.pdf.list_reveal import list_reveal_pdf
from sle_desk.exports.pdf.register_log import register_log_pdf
from sle_desk.exports.pdf.sae_form import sae_form_pdf
from sle_desk.exports.pdf.screening_lists import screening_list_pdf
from sle_desk.exports.pdf.slip import slip_pdf
from sle_desk.exports.pdf.stamp import Stamp
from sle_desk.exports.pdf.stock_log import stock_log_pdf
from sle_desk.exports.pdf.subject_papers import date_card_pdf, diary_pdf
from sle_desk.exports.pdf.visit_summary import visit_summary_pdf
from sle_desk.exports.pdf.worksheet import worksheet_pdf
from sle_desk.exports.register_logs import register_log
from sle_desk.exports.sae_forms import sae_form
from sle_desk.exports.screening_logs import screening_list
from sle_desk.exports.slips import allocation_slip
from sle_desk.exports.stock_logs import stock_log
from sle_desk.exports.subject_papers import date_card, dose_diary
from sle_desk.exports.visit_summaries import visit_summary
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.models.store.schema import SCHEMA
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services import papers, studies
from sle_desk.services.desk import APPLICATION, Desk
from sle_desk.services.masking import Hidden, everybody, identifying, names_of
from sle_desk.services.papers import NewPaper, Numbered, PaperRow
from sle_desk.services.printables import (
    AMENDED,
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
    lot_of,
    part_of,
)
from sle_desk.services.revealed_list import require_reads_list
from sle_desk.services.snapshots import Snapshot, snapshot

CERTIFICATE, REVEAL = "list_certificate", "list_reveal"
Content = TypeVar("Content")
Draw = Callable[[Any, Language, Stamp, Any], bytes]


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


@dataclass(frozen=True)
class _About:
    """What a paper is about, as far as its kind asks; and the print that it is made again from."""

    subject_id: int | None = None
    visit_id: int | None = None
    part: str = ""
    paper: PaperRow | None = None

    @property
    def subject(self) -> int:
        """Return the subject of a paper that has one."""
        assert self.subject_id is not None
        return self.subject_id


@dataclass(frozen=True)
class _Job:
    """One paper to print: what is noted of it, what it holds, which form it is."""

    new: NewPaper
    content: object
    form_version: str


@dataclass(frozen=True)
class _Paper:
    """One kind of paper: how it is read from a state of the study, how it is drawn, who prints it."""

    read: Callable[[Desk, Snapshot, _About, Language], _Job]
    draw: Draw
    action: str = papers.PRINT
    # Its part, such as a visit or a lot, stands in the kind that is noted.
    in_parts: bool = False


def print_visit_summary(
    desk: Desk, visit_id: int, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the summary of a visit as PDF; it is noted only when the file is written."""
    return _print(desk, SUMMARY, _About(visit_id=visit_id), language, target)


def print_worksheet(
    desk: Desk, subject_id: int, visit_code: str, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the worksheet of a visit for the ward as PDF."""
    return _print(desk, WORKSHEET, _About(subject_id, part=visit_code), language, target)


def print_slip(
    desk: Desk, subject_id: int, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the allocation slip of a subject as PDF."""
    return _print(desk, SLIP, _About(subject_id), language, target)


def print_eligibility_form(
    desk: Desk, subject_id: int, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the eligibility form of a subject as PDF."""
    return _print(desk, ELIGIBILITY, _About(subject_id), language, target)


def print_sae_form(
    desk: Desk, part: str, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print one version of the report of a serious event; `part` names event and report, as "7-12"."""
    return _print(desk, SAE, _About(part=part), language, target)


def print_list_certificate(desk: Desk, language: Language, target: Path | BytesIO | None = None) -> Printed:
    """Print the certificate of the sealed list as PDF."""
    return _print(desk, CERTIFICATE, _About(), language, target)


def print_list_reveal(desk: Desk, language: Language, target: Path | BytesIO | None = None) -> Printed:
    """Print the revealed list as PDF; RuleBroken `reveal.not_shown` before the lock and the reveal."""
    return _print(desk, REVEAL, _About(), language, target)


def print_register_log(desk: Desk, language: Language, target: Path | BytesIO | None = None) -> Printed:
    """Print the log of the register as PDF."""
    return _print(desk, REGISTER, _About(), language, target)


def print_dose_diary(
    desk: Desk, subject_id: int, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the diary of planned injections that a subject takes home."""
    return _print(desk, DIARY, _About(subject_id), language, target)


def print_date_card(
    desk: Desk, subject_id: int, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the card of visits and doses that a subject takes home."""
    return _print(desk, CARD, _About(subject_id), language, target)


def print_stock_log(
    desk: Desk, lot: Lot, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the accountability log of a lot."""
    return _print(desk, STOCK_LOG, _About(part=part_of(lot)), language, target)


def print_screening_log(desk: Desk, language: Language, target: Path | BytesIO | None = None) -> Printed:
    """Print the screening log as PDF, without a name."""
    return _print(desk, SCREENING, _About(), language, target)


def print_one(desk: Desk, wanted: Printable, language: Language) -> Printed:
    """Print what was chosen from the list of what can be printed."""
    return _print(desk, wanted.kind, _About(wanted.subject_id, wanted.visit_id, wanted.visit), language, None)


def print_again(desk: Desk, paper: PaperRow) -> Again:
    """Return an earlier print made from the data of now, under the numbers it had; nothing is noted.

    Equal data give equal bytes, which the hash kept with the print proves.
    """
    language = Language(paper.language)
    kind, _, part = paper.kind.partition(".")
    about = _About(paper.subject_id, paper.visit_id, part, paper)
    with snapshot(desk) as now:
        copy = _as_printed(now, paper)
        job = _PAPERS[kind].read(desk, copy, about, language)
        stamp = stamp_of(desk, copy, job.form_version, papers.numbers_of(paper))
        content = _PAPERS[kind].draw(job.content, language, stamp, font_files())
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
    return kind in _PAPERS and bool(dot) == _PAPERS[kind].in_parts


def _of_subject(kind: str, make: Callable[[Snapshot, int], Any]) -> Callable[..., _Job]:
    """Return how a paper of a subject is read whose kind says all about it."""

    def read(_: Desk, copy: Snapshot, about: _About, language: Language) -> _Job:
        content = _without_names(copy, about.subject, make(copy, about.subject))
        new = NewPaper(kind, language.code, plain_content(content), about.subject)
        return _Job(new, content, f"v{copy.protocol.version}")

    return read


def _summary(_: Desk, copy: Snapshot, about: _About, language: Language) -> _Job:
    assert about.visit_id is not None
    visit = copy.session.get_one(Visit, about.visit_id)
    before = about.paper.id if about.paper is not None else None
    content = _without_names(copy, visit.subject_id, visit_summary(copy, visit.id, before))
    new = NewPaper(SUMMARY, language.code, plain_content(content), visit.subject_id, visit.id)
    scale = copy.protocol.instruments.sledai.version
    return _Job(new, content, f"{visit.code} v{copy.protocol.version}, {content.grading}, {scale}")


def _worksheet(_: Desk, copy: Snapshot, about: _About, language: Language) -> _Job:
    content = _without_names(copy, about.subject, visit_worksheet(copy, about.subject, about.part))
    # A worksheet is printed before its visit exists: its code is part of what it is.
    new = NewPaper(f"{WORKSHEET}.{about.part}", language.code, plain_content(content), about.subject)
    return _Job(new, content, f"{about.part} v{copy.protocol.version}")


def _eligibility(_: Desk, copy: Snapshot, about: _About, language: Language) -> _Job:
    content = _without_names(copy, about.subject, eligibility_form(copy, about.subject))
    signed_on = content.signature.at.date() if content.signature is not None else None
    new = NewPaper(ELIGIBILITY, language.code, plain_content(content), about.subject, signed_on=signed_on)
    return _Job(new, content, f"v{copy.protocol.version}")


def _register(_: Desk, copy: Snapshot, __: _About, language: Language) -> _Job:
    # Of days and letters nothing is looked for: no text of the register is about one subject.
    content = Hidden(names_of(everybody(copy.session))).within(register_log(copy))
    return _Job(
        NewPaper(REGISTER, language.code, plain_content(content)), content, f"v{copy.protocol.version}"
    )


def _serious_event(_: Desk, copy: Snapshot, about: _About, language: Language) -> _Job:
    record = copy.session.get_one(FormRecord, int(about.part.partition("-")[2]))
    content = _without_names(copy, record.subject_id, sae_form(copy, record.id))
    new = NewPaper(f"{SAE}.{about.part}", language.code, plain_content(content), record.subject_id)
    return _Job(new, content, f"v{copy.protocol.version}")


def _certificate(_: Desk, copy: Snapshot, about: _About, language: Language) -> _Job:
    until = about.paper.audit_number if about.paper is not None else copy.head.number
    content = list_certificate(copy, until)
    # Rows that are opened later do not make a certificate of before out of date.
    same = plain_content(replace(content, opened=0))
    new = NewPaper(CERTIFICATE, language.code, same, action=papers.PRINT_LIST)
    return _Job(new, content, f"v{copy.protocol.version}")


def _reveal(desk: Desk, copy: Snapshot, _: _About, language: Language) -> _Job:
    require_reads_list(desk)
    content = _without_names(copy, None, list_reveal(copy, desk.database.list_key))
    new = NewPaper(REVEAL, language.code, plain_content(content), action=papers.PRINT_LIST)
    return _Job(new, content, f"v{copy.protocol.version}")


def _stock(_: Desk, copy: Snapshot, about: _About, language: Language) -> _Job:
    content = _without_names(copy, None, stock_log(copy, lot_of(about.part)))
    kind = f"{STOCK_LOG}.{about.part}"
    new = NewPaper(kind, language.code, plain_content(content), action=papers.PRINT_STOCK)
    return _Job(new, content, f"v{copy.protocol.version}")


def _screening(_: Desk, copy: Snapshot, __: _About, language: Language) -> _Job:
    # It holds no name: what people wrote is masked line by line as it is made.
    content = screening_list(copy)
    new = NewPaper(SCREENING, language.code, plain_content(content))
    return _Job(new, content, f"v{copy.protocol.version}")


def _amended(_: Desk, copy: Snapshot, about: _About, language: Language) -> _Job:
    # Made again it shows what was known when it was printed: a signed sheet stays what it was.
    found = amendment_difference(copy, about.part, about.paper.printed_at if about.paper else copy.as_of)
    content = Hidden(names_of(everybody(copy.session))).within(found)
    kind, plain = f"{AMENDED}.{about.part}", plain_content(content)
    new = NewPaper(kind, language.code, plain, signed_on=content.signed_on)
    return _Job(new, content, f"v{copy.protocol.version}")


_PAPERS: Mapping[str, _Paper] = {
    SUMMARY: _Paper(_summary, visit_summary_pdf),
    WORKSHEET: _Paper(_worksheet, worksheet_pdf, in_parts=True),
    SLIP: _Paper(_of_subject(SLIP, allocation_slip), slip_pdf),
    ELIGIBILITY: _Paper(_eligibility, eligibility_form_pdf),
    SAE: _Paper(_serious_event, sae_form_pdf, in_parts=True),
    CERTIFICATE: _Paper(_certificate, list_certificate_pdf, papers.PRINT_LIST),
    REVEAL: _Paper(_reveal, list_reveal_pdf, papers.PRINT_LIST),
    REGISTER: _Paper(_register, register_log_pdf),
    AMENDED: _Paper(_amended, amendment_difference_pdf, in_parts=True),
    DIARY: _Paper(_of_subject(DIARY, dose_diary), diary_pdf),
    CARD: _Paper(_of_subject(CARD, date_card), date_card_pdf),
    # Who keeps the stock prints no other paper.
    STOCK_LOG: _Paper(_stock, stock_log_pdf, papers.PRINT_STOCK, in_parts=True),
    SCREENING: _Paper(_screening, screening_list_pdf),
}


def _without_names(copy: Snapshot, subject_id: int | None, content: Content) -> Content:
    """Return what a paper holds with every text masked that says who somebody is: notes are free text."""
    shown: Content = identifying(copy.session, subject_id).within(content)
    return shown


def plain_content(content: object) -> object:
    """Return a content as plain values, for the hash by which an unchanged paper keeps its number."""
    if is_dataclass(content) and not isinstance(content, type):
        # The type stands beside the values: two parts with equal fields are not the same part.
        return [type(content).__name__, asdict(content)]
    return content


def _print(
    desk: Desk, kind: str, about: _About, language: Language, target: Path | BytesIO | None
) -> Printed:
    paper = _PAPERS[kind]
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
