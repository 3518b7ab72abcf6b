"""Printing: a paper is made from one state of the study, numbered, written, and then noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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
from sle_desk.exports.eligibility_forms import eligibility_form
from sle_desk.exports.list_certificates import list_certificate
from sle_desk.exports.list_reveals import list_reveal
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
    CARD,
    DIARY,
    ELIGIBILITY,
    REGISTER,
    SAE,
    SCREENING,
    SLIP,
    STOCK_LOG,
    SUMMARY,
    Printable,
    lot_of,
    part_of,
)
from sle_desk.services.revealed_list import require_reads_list
from sle_desk.services.snapshots import Snapshot, snapshot

VISIT_SUMMARY, WORKSHEET = "visit_summary", "worksheet"
CERTIFICATE, REVEAL = "list_certificate", "list_reveal"
_AGAIN = frozenset({VISIT_SUMMARY, SLIP, ELIGIBILITY, CERTIFICATE, REVEAL, REGISTER, SCREENING, DIARY, CARD})
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
class _Job:
    """One paper to print: what is noted of it, what it holds, how it is drawn."""

    new: NewPaper
    content: object
    draw: Draw
    form_version: str


@contextmanager
def _to_print(desk: Desk, action: str = papers.PRINT) -> Iterator[Snapshot]:
    """Lend the state of now to who may print: nothing is drawn or written for anybody else."""
    desk.require(action)
    with snapshot(desk) as copy:
        yield copy


def print_visit_summary(
    desk: Desk, visit_id: int, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the summary of a visit as PDF; it is noted only when the file is written."""
    with _to_print(desk) as copy:
        job = _summary_job(copy, visit_id, language)
        return _print(desk, copy, job, language, target)


def print_worksheet(
    desk: Desk, subject_id: int, visit_code: str, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the worksheet of a visit for the ward as PDF; it is noted only when the file is written."""
    with _to_print(desk) as copy:
        job = _worksheet_job(copy, subject_id, visit_code, language)
        return _print(desk, copy, job, language, target)


def print_slip(
    desk: Desk, subject_id: int, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the allocation slip of a subject as PDF; it is noted only when the file is written."""
    with _to_print(desk) as copy:
        return _print(desk, copy, _slip_job(copy, subject_id, language), language, target)


def print_eligibility_form(
    desk: Desk, subject_id: int, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the eligibility form of a subject as PDF; it is noted only when the file is written."""
    with _to_print(desk) as copy:
        return _print(desk, copy, _eligibility_job(copy, subject_id, language), language, target)


def print_sae_form(
    desk: Desk, part: str, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print one version of the report of a serious event; `part` names event and report, as "7-12"."""
    with _to_print(desk) as copy:
        return _print(desk, copy, _sae_job(copy, part, language), language, target)


def print_list_certificate(desk: Desk, language: Language, target: Path | BytesIO | None = None) -> Printed:
    """Print the certificate of the sealed list as PDF; it is noted only when the file is written."""
    with _to_print(desk, papers.PRINT_LIST) as copy:
        return _print(desk, copy, _certificate_job(copy, copy.head.number, language), language, target)


def print_list_reveal(desk: Desk, language: Language, target: Path | BytesIO | None = None) -> Printed:
    """Print the revealed list as PDF; RuleBroken `reveal.not_shown` before the lock and the reveal."""
    with _to_print(desk, papers.PRINT_LIST) as copy:
        return _print(desk, copy, _reveal_job(desk, copy, language), language, target)


def print_register_log(desk: Desk, language: Language, target: Path | BytesIO | None = None) -> Printed:
    """Print the log of the register as PDF; it is noted only when the file is written."""
    with _to_print(desk) as copy:
        return _print(desk, copy, _register_job(copy, language), language, target)


def print_dose_diary(
    desk: Desk, subject_id: int, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the diary of planned injections that a subject takes home."""
    with _to_print(desk) as copy:
        return _print(desk, copy, _diary_job(copy, subject_id, language), language, target)


def print_date_card(
    desk: Desk, subject_id: int, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the card of visits and doses that a subject takes home."""
    with _to_print(desk) as copy:
        return _print(desk, copy, _card_job(copy, subject_id, language), language, target)


def print_stock_log(
    desk: Desk, lot: Lot, language: Language, target: Path | BytesIO | None = None
) -> Printed:
    """Print the accountability log of a lot; who keeps the stock prints no other paper."""
    with _to_print(desk, papers.PRINT_STOCK) as copy:
        return _print(desk, copy, _stock_job(copy, lot, language), language, target)


def print_screening_log(desk: Desk, language: Language, target: Path | BytesIO | None = None) -> Printed:
    """Print the screening log as PDF, without a name; it is noted only when the file is written."""
    with _to_print(desk) as copy:
        return _print(desk, copy, _screening_job(copy, language), language, target)


def print_one(desk: Desk, wanted: Printable, language: Language) -> Printed:
    """Print what was chosen from the list of what can be printed."""
    if wanted.kind == REGISTER:
        return print_register_log(desk, language)
    if wanted.kind == SCREENING:
        return print_screening_log(desk, language)
    if wanted.kind == STOCK_LOG:
        return print_stock_log(desk, lot_of(wanted.visit), language)
    assert wanted.subject_id is not None
    if wanted.kind in _OF_SUBJECT:
        printed: Printed = _OF_SUBJECT[wanted.kind](desk, wanted.subject_id, language)
        return printed
    if wanted.kind == SLIP:
        return print_slip(desk, wanted.subject_id, language)
    if wanted.kind == SAE:
        return print_sae_form(desk, wanted.visit, language)
    if wanted.kind == ELIGIBILITY:
        return print_eligibility_form(desk, wanted.subject_id, language)
    if wanted.kind == SUMMARY and wanted.visit_id is not None:
        return print_visit_summary(desk, wanted.visit_id, language)
    return print_worksheet(desk, wanted.subject_id, wanted.visit, language)


def print_again(desk: Desk, paper: PaperRow) -> Again:
    """Return an earlier print made from the data of now, under the numbers it had; nothing is noted.

    Equal data give equal bytes, which the hash kept with the print proves.
    """
    language = Language(paper.language)
    with snapshot(desk) as now:
        copy = _as_printed(now, paper)
        if paper.kind == VISIT_SUMMARY and paper.visit_id is not None:
            job = _summary_job(copy, paper.visit_id, language, paper.id)
        elif paper.kind.startswith(f"{SAE}."):
            job = _sae_job(copy, paper.kind.partition(".")[2], language)
        elif paper.kind == CERTIFICATE:
            job = _certificate_job(copy, paper.audit_number, language)
        elif paper.kind == REVEAL:
            job = _reveal_job(desk, copy, language)
        elif paper.kind == REGISTER:
            job = _register_job(copy, language)
        elif paper.kind.startswith(f"{STOCK_LOG}."):
            job = _stock_job(copy, lot_of(paper.kind.partition(".")[2]), language)
        elif paper.kind in (DIARY, CARD):
            assert paper.subject_id is not None
            job = (_diary_job if paper.kind == DIARY else _card_job)(copy, paper.subject_id, language)
        elif paper.kind == SCREENING:
            job = _screening_job(copy, language)
        elif paper.kind == SLIP:
            assert paper.subject_id is not None
            job = _slip_job(copy, paper.subject_id, language)
        elif paper.kind == ELIGIBILITY:
            assert paper.subject_id is not None
            job = _eligibility_job(copy, paper.subject_id, language)
        else:
            assert paper.subject_id is not None
            job = _worksheet_job(copy, paper.subject_id, paper.kind.partition(".")[2], language)
        stamp = stamp_of(desk, copy, job.form_version, papers.numbers_of(paper))
        content = job.draw(job.content, language, stamp, font_files())
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
    return paper.kind in _AGAIN or paper.kind.startswith((f"{WORKSHEET}.", f"{SAE}.", f"{STOCK_LOG}."))


def _summary_job(copy: Snapshot, visit_id: int, language: Language, before_paper: int | None = None) -> _Job:
    visit = copy.session.get_one(Visit, visit_id)
    content = _without_names(copy, visit.subject_id, visit_summary(copy, visit_id, before_paper))
    new = NewPaper(VISIT_SUMMARY, language.code, plain_content(content), visit.subject_id, visit_id)
    scale = copy.protocol.instruments.sledai.version
    version = f"{visit.code} v{copy.protocol.version}, {content.grading}, {scale}"
    return _Job(new, content, visit_summary_pdf, version)


def _worksheet_job(copy: Snapshot, subject_id: int, visit_code: str, language: Language) -> _Job:
    content = _without_names(copy, subject_id, visit_worksheet(copy, subject_id, visit_code))
    # A worksheet is printed before its visit exists: its code is part of what it is.
    new = NewPaper(f"{WORKSHEET}.{visit_code}", language.code, plain_content(content), subject_id)
    return _Job(new, content, worksheet_pdf, f"{visit_code} v{copy.protocol.version}")


def _slip_job(copy: Snapshot, subject_id: int, language: Language) -> _Job:
    content = _without_names(copy, subject_id, allocation_slip(copy, subject_id))
    new = NewPaper(SLIP, language.code, plain_content(content), subject_id)
    return _Job(new, content, slip_pdf, f"v{copy.protocol.version}")


def _eligibility_job(copy: Snapshot, subject_id: int, language: Language) -> _Job:
    content = _without_names(copy, subject_id, eligibility_form(copy, subject_id))
    signed_on = content.signature.at.date() if content.signature is not None else None
    new = NewPaper(ELIGIBILITY, language.code, plain_content(content), subject_id, signed_on=signed_on)
    return _Job(new, content, eligibility_form_pdf, f"v{copy.protocol.version}")


def _register_job(copy: Snapshot, language: Language) -> _Job:
    # Of days and letters nothing is looked for: no text of the register is about one subject.
    content = Hidden(names_of(everybody(copy.session))).within(register_log(copy))
    new = NewPaper(REGISTER, language.code, plain_content(content))
    return _Job(new, content, register_log_pdf, f"v{copy.protocol.version}")


def _sae_job(copy: Snapshot, part: str, language: Language) -> _Job:
    record = copy.session.get_one(FormRecord, int(part.partition("-")[2]))
    content = _without_names(copy, record.subject_id, sae_form(copy, record.id))
    new = NewPaper(f"{SAE}.{part}", language.code, plain_content(content), record.subject_id)
    return _Job(new, content, sae_form_pdf, f"v{copy.protocol.version}")


def _certificate_job(copy: Snapshot, until: int, language: Language) -> _Job:
    content = list_certificate(copy, until)
    # Rows that are opened later do not make a certificate of before out of date.
    same = plain_content(replace(content, opened=0))
    new = NewPaper(CERTIFICATE, language.code, same, action=papers.PRINT_LIST)
    return _Job(new, content, list_certificate_pdf, f"v{copy.protocol.version}")


def _reveal_job(desk: Desk, copy: Snapshot, language: Language) -> _Job:
    require_reads_list(desk)
    content = _without_names(copy, None, list_reveal(copy, desk.database.list_key))
    new = NewPaper(REVEAL, language.code, plain_content(content), action=papers.PRINT_LIST)
    return _Job(new, content, list_reveal_pdf, f"v{copy.protocol.version}")


def _diary_job(copy: Snapshot, subject_id: int, language: Language) -> _Job:
    content = _without_names(copy, subject_id, dose_diary(copy, subject_id))
    new = NewPaper(DIARY, language.code, plain_content(content), subject_id)
    return _Job(new, content, diary_pdf, f"v{copy.protocol.version}")


def _card_job(copy: Snapshot, subject_id: int, language: Language) -> _Job:
    content = _without_names(copy, subject_id, date_card(copy, subject_id))
    new = NewPaper(CARD, language.code, plain_content(content), subject_id)
    return _Job(new, content, date_card_pdf, f"v{copy.protocol.version}")


def _stock_job(copy: Snapshot, lot: Lot, language: Language) -> _Job:
    content = _without_names(copy, None, stock_log(copy, lot))
    kind = f"{STOCK_LOG}.{part_of(lot)}"
    new = NewPaper(kind, language.code, plain_content(content), action=papers.PRINT_STOCK)
    return _Job(new, content, stock_log_pdf, f"v{copy.protocol.version}")


def _screening_job(copy: Snapshot, language: Language) -> _Job:
    # It holds no name: what people wrote is masked line by line as it is made.
    content = screening_list(copy)
    new = NewPaper(SCREENING, language.code, plain_content(content))
    return _Job(new, content, screening_list_pdf, f"v{copy.protocol.version}")


_OF_SUBJECT: Mapping[str, Callable[..., Printed]] = {DIARY: print_dose_diary, CARD: print_date_card}


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
    desk: Desk, copy: Snapshot, job: _Job, language: Language, target: Path | BytesIO | None
) -> Printed:
    # One instant and one audit head for the paper: those of the copy it is made from.
    numbered = replace(papers.number_paper(desk, job.new), head=copy.head, printed_at=copy.as_of)
    content = job.draw(job.content, language, stamp_of(desk, copy, job.form_version, numbered), font_files())
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
