"""The paper of the revealed list: each row with its arm, whether it agrees, who got it, how to check it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reportlab.platypus import Flowable

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.pdf.document import build, to_sign
from sle_desk.exports.pdf.list_certificate import DIGEST, digest_lines
from sle_desk.exports.pdf.look import BODY, QUIET, STRONG
from sle_desk.exports.pdf.parts import blank, boxed, heading, pair, signature_box
from sle_desk.exports.pdf.stamp import Stamp, StudyName
from sle_desk.exports.pdf.tables import facts, grid
from sle_desk.exports.pdf.text import P
from sle_desk.exports.wording import NOTHING, Said, said

TITLE = message("The revealed allocation list")
COMPARED = message(
    "I have compared this list with my copy, and the digest with the certificate signed before."
)
SEEN = message("I have seen which subject got which row, and keep this paper beside the certificate.")
CHECKED = message(
    "The commitment of a row is the SHA-256 over its 32 random bytes, followed by its number and arm as "
    "canonical JSON. The digest is the SHA-256 over all commitments in order."
)
AGAIN = message(
    "Whoever draws a list with this seed, these block sizes and these shares gets the rows above."
)
FILE = message("SHA-256 of the file as it was handed over, columns number and arm")


@dataclass(frozen=True)
class RowLine:
    """One row of the list: its arm, whether it agrees with what was sealed, and who got it."""

    number: int
    arm: Words
    seal: Words
    agrees: bool
    subject: str
    randomisation_number: str
    allocated_at: str
    remarks: tuple[Said, ...]
    salt: str
    commitment: str


@dataclass(frozen=True)
class ListReveal:
    """What is printed of a revealed list, with what anybody needs to check it without this program."""

    study: StudyName
    code: str
    digest: str
    facts: tuple[tuple[Words, Said], ...]
    whole: bool
    verdict: tuple[Words, ...]
    rows: tuple[RowLine, ...]
    file_hash: str
    seed: str
    block_sizes: str
    shares: str


def list_reveal_pdf(
    content: ListReveal, language: Language, stamp: Stamp, fonts: Mapping[int, Path]
) -> bytes:
    """Return the paper as PDF in the language; RuleBroken when a character cannot be drawn."""
    paper = to_sign(content.study, content.code, TITLE, False, language, stamp)
    return build(paper, lambda room: _story(content, language, room.width), fonts)


def _story(content: ListReveal, language: Language, width: float) -> list[Flowable]:
    told = [(language.words(label), said(value, language)) for label, value in content.facts]
    return [
        heading(1, pair(language, message("The list"))),
        blank(2),
        facts(told, width),
        blank(5),
        boxed([P(language.words(words), STRONG) for words in content.verdict], width),
        blank(6),
        heading(2, pair(language, message("Its rows"))),
        blank(1.5),
        _rows(content, language, width),
        blank(6),
        heading(3, pair(language, message("Its digest"))),
        blank(2),
        boxed([P(line, DIGEST) for line in digest_lines(content.digest)], width),
        blank(6),
        *_made_from(content, language, width),
        signature_box(pair(language, message("Statistician")), language.text(COMPARED), language, width),
        blank(6),
        signature_box(
            pair(language, message("Principal investigator")), language.text(SEEN), language, width
        ),
        blank(8),
        heading(4, pair(language, message("To check each row"))),
        P(language.text(CHECKED), QUIET),
        blank(2),
        _to_check(content, language, width),
    ]


def _rows(content: ListReveal, language: Language, width: float) -> Flowable:
    heads = [
        language.text("Row"),
        language.text("Arm"),
        language.text("Commitment"),
        language.text("Subject"),
        language.text("Allocated"),
        language.text("Remarks"),
    ]
    rows = [
        [
            str(line.number),
            language.words(line.arm),
            language.words(line.seal),
            " ".join(part for part in (line.subject, line.randomisation_number) if part) or NOTHING,
            line.allocated_at or NOTHING,
            " ".join(said(remark, language) for remark in line.remarks) or NOTHING,
        ]
        for line in content.rows
    ]
    return grid(heads, rows, width, strong=(0, 1), wide=(5,))


def _made_from(content: ListReveal, language: Language, width: float) -> list[Flowable]:
    """Return the hash of the file, and of a list that was drawn here what it was drawn with."""
    rows = [(language.text(FILE), " ".join(digest_lines(content.file_hash)) or NOTHING)]
    if content.seed:
        rows += [
            (language.text("Seed"), " ".join(digest_lines(content.seed))),
            (language.text("Block sizes"), content.block_sizes),
            (language.text("Shares"), content.shares),
        ]
    said_of_seed = [P(language.text(AGAIN), BODY)] if content.seed else []
    return [facts(rows, width), *said_of_seed, blank(8)]


def _to_check(content: ListReveal, language: Language, width: float) -> Flowable:
    heads = [language.text("Row"), language.text("Random bytes"), language.text("Commitment")]
    rows = [
        [
            str(line.number),
            " ".join(digest_lines(line.salt)) or NOTHING,
            " ".join(digest_lines(line.commitment)),
        ]
        for line in content.rows
    ]
    return grid(heads, rows, width, style=QUIET, wide=(1, 2))
