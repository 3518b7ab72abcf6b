"""The kinds of paper: how each is read from one state of the study, how it is drawn, who prints it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass, replace
from typing import Any, TypeVar

from sle_desk.base.language import Language
from sle_desk.exports.amendment_papers import amendment_difference
from sle_desk.exports.eligibility_forms import eligibility_form
from sle_desk.exports.list_certificates import list_certificate
from sle_desk.exports.list_reveals import list_reveal
from sle_desk.exports.lock_forms import lock_form, require_to_sign
from sle_desk.exports.pdf.amendment_difference import amendment_difference_pdf
from sle_desk.exports.pdf.eligibility_form import eligibility_form_pdf
from sle_desk.exports.pdf.list_certificate import list_certificate_pdf
from sle_desk.exports.pdf.list_reveal import list_reveal_pdf
from sle_desk.exports.pdf.lock_form import lock_form_pdf
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
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services import papers
from sle_desk.services.desk import Desk
from sle_desk.services.lock_forms import LOCK_FORMS
from sle_desk.services.masking import Hidden, everybody, identifying, names_of
from sle_desk.services.papers import NewPaper, PaperRow
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
    lot_of,
)
from sle_desk.services.revealed_list import require_reads_list
from sle_desk.services.snapshots import Snapshot

CERTIFICATE, REVEAL = "list_certificate", "list_reveal"
Content = TypeVar("Content")
Draw = Callable[[Any, Language, Stamp, Any], bytes]


@dataclass(frozen=True)
class About:
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
class Job:
    """One paper to print: what is noted of it, what it holds, which form it is."""

    new: NewPaper
    content: object
    form_version: str


@dataclass(frozen=True)
class Paper:
    """One kind of paper: how it is read from a state of the study, how it is drawn, who prints it."""

    read: Callable[[Desk, Snapshot, About, Language], Job]
    draw: Draw
    action: str = papers.PRINT
    # Its part, such as a visit or a lot, stands in the kind that is noted.
    in_parts: bool = False


def _of_subject(kind: str, make: Callable[[Snapshot, int], Any]) -> Callable[..., Job]:
    """Return how a paper of a subject is read whose kind says all about it."""

    def read(_: Desk, copy: Snapshot, about: About, language: Language) -> Job:
        content = _without_names(copy, about.subject, make(copy, about.subject))
        new = NewPaper(kind, language.code, plain_content(content), about.subject)
        return Job(new, content, f"v{copy.protocol.version}")

    return read


def _summary(_: Desk, copy: Snapshot, about: About, language: Language) -> Job:
    assert about.visit_id is not None
    visit = copy.session.get_one(Visit, about.visit_id)
    before = about.paper.id if about.paper is not None else None
    content = _without_names(copy, visit.subject_id, visit_summary(copy, visit.id, before))
    new = NewPaper(SUMMARY, language.code, plain_content(content), visit.subject_id, visit.id)
    scale = copy.protocol.instruments.sledai.version
    return Job(new, content, f"{visit.code} v{copy.protocol.version}, {content.grading}, {scale}")


def _worksheet(_: Desk, copy: Snapshot, about: About, language: Language) -> Job:
    content = _without_names(copy, about.subject, visit_worksheet(copy, about.subject, about.part))
    # A worksheet is printed before its visit exists: its code is part of what it is.
    new = NewPaper(f"{WORKSHEET}.{about.part}", language.code, plain_content(content), about.subject)
    return Job(new, content, f"{about.part} v{copy.protocol.version}")


def _eligibility(_: Desk, copy: Snapshot, about: About, language: Language) -> Job:
    content = _without_names(copy, about.subject, eligibility_form(copy, about.subject))
    signed_on = content.signature.at.date() if content.signature is not None else None
    new = NewPaper(ELIGIBILITY, language.code, plain_content(content), about.subject, signed_on=signed_on)
    return Job(new, content, f"v{copy.protocol.version}")


def _register(_: Desk, copy: Snapshot, __: About, language: Language) -> Job:
    # Of days and letters nothing is looked for: no text of the register is about one subject.
    content = Hidden(names_of(everybody(copy.session))).within(register_log(copy))
    return Job(
        NewPaper(REGISTER, language.code, plain_content(content)), content, f"v{copy.protocol.version}"
    )


def _serious_event(_: Desk, copy: Snapshot, about: About, language: Language) -> Job:
    record = copy.session.get_one(FormRecord, int(about.part.partition("-")[2]))
    content = _without_names(copy, record.subject_id, sae_form(copy, record.id))
    new = NewPaper(f"{SAE}.{about.part}", language.code, plain_content(content), record.subject_id)
    return Job(new, content, f"v{copy.protocol.version}")


def _certificate(_: Desk, copy: Snapshot, about: About, language: Language) -> Job:
    until = about.paper.audit_number if about.paper is not None else copy.head.number
    content = list_certificate(copy, until)
    # Rows that are opened later do not make a certificate of before out of date.
    same = plain_content(replace(content, opened=0))
    new = NewPaper(CERTIFICATE, language.code, same, action=papers.PRINT_LIST)
    return Job(new, content, f"v{copy.protocol.version}")


def _reveal(desk: Desk, copy: Snapshot, _: About, language: Language) -> Job:
    require_reads_list(desk)
    content = _without_names(copy, None, list_reveal(copy, desk.database.list_key))
    new = NewPaper(REVEAL, language.code, plain_content(content), action=papers.PRINT_LIST)
    return Job(new, content, f"v{copy.protocol.version}")


def _of_lock(kind: str) -> Callable[..., Job]:
    """Return how a paper is read by which the PI locks, unlocks or reveals."""

    def read(desk: Desk, copy: Snapshot, about: About, language: Language) -> Job:
        if about.paper is None:
            require_to_sign(copy, kind)
        content = lock_form(desk, copy, kind)
        return Job(
            NewPaper(kind, language.code, plain_content(content)), content, f"v{copy.protocol.version}"
        )

    return read


def _stock(_: Desk, copy: Snapshot, about: About, language: Language) -> Job:
    content = _without_names(copy, None, stock_log(copy, lot_of(about.part)))
    kind = f"{STOCK_LOG}.{about.part}"
    new = NewPaper(kind, language.code, plain_content(content), action=papers.PRINT_STOCK)
    return Job(new, content, f"v{copy.protocol.version}")


def _screening(_: Desk, copy: Snapshot, __: About, language: Language) -> Job:
    # It holds no name: what people wrote is masked line by line as it is made.
    content = screening_list(copy)
    new = NewPaper(SCREENING, language.code, plain_content(content))
    return Job(new, content, f"v{copy.protocol.version}")


def _amended(_: Desk, copy: Snapshot, about: About, language: Language) -> Job:
    # Made again it shows what was known when it was printed: a signed sheet stays what it was.
    found = amendment_difference(copy, about.part, about.paper.printed_at if about.paper else copy.as_of)
    # Of days and letters nothing is looked for: they are the package's own.
    content = Hidden(names_of(everybody(copy.session))).within(found)
    kind, plain = f"{AMENDED}.{about.part}", plain_content(content)
    new = NewPaper(kind, language.code, plain, signed_on=content.signed_on)
    return Job(new, content, f"v{copy.protocol.version}")


PAPERS: Mapping[str, Paper] = {
    SUMMARY: Paper(_summary, visit_summary_pdf),
    WORKSHEET: Paper(_worksheet, worksheet_pdf, in_parts=True),
    SLIP: Paper(_of_subject(SLIP, allocation_slip), slip_pdf),
    ELIGIBILITY: Paper(_eligibility, eligibility_form_pdf),
    SAE: Paper(_serious_event, sae_form_pdf, in_parts=True),
    CERTIFICATE: Paper(_certificate, list_certificate_pdf, papers.PRINT_LIST),
    REVEAL: Paper(_reveal, list_reveal_pdf, papers.PRINT_LIST),
    **{kind: Paper(_of_lock(kind), lock_form_pdf) for kind in LOCK_FORMS},
    REGISTER: Paper(_register, register_log_pdf),
    AMENDED: Paper(_amended, amendment_difference_pdf, in_parts=True),
    DIARY: Paper(_of_subject(DIARY, dose_diary), diary_pdf),
    CARD: Paper(_of_subject(CARD, date_card), date_card_pdf),
    # Who keeps the stock prints no other paper.
    STOCK_LOG: Paper(_stock, stock_log_pdf, papers.PRINT_STOCK, in_parts=True),
    SCREENING: Paper(_screening, screening_list_pdf),
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
