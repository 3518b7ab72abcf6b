"""The certificate of a sealed list: the digest that binds it, printed and signed before the first patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reportlab.platypus import Flowable

from sle_desk.base.language import Language, message
from sle_desk.exports.pdf.document import build, to_sign
from sle_desk.exports.pdf.look import BODY, QUIET, Style
from sle_desk.exports.pdf.parts import blank, boxed, heading, pair, signature_box
from sle_desk.exports.pdf.stamp import Stamp, StudyName
from sle_desk.exports.pdf.tables import facts
from sle_desk.exports.pdf.text import P
from sle_desk.exports.wording import Said, instant, said

TITLE = message("Certificate of the sealed list")
BEFORE = message("No row of the list was opened before this print.")
OPENED = message("Rows of the list opened before this print: {count}.")
KEPT = message(
    "I keep my copy of the list and the block sizes where nobody who enrols can read them, and have told no "
    "arm."
)
SEEN = message("I have seen this digest, and keep this certificate with the papers of the study.")
EXPLAINED = message(
    "Each row was sealed with 32 random bytes of its own; its commitment is the SHA-256 over both. The "
    "digest is the SHA-256 over all commitments in order. It tells no arm, and no other list gives it: at "
    "the reveal the rows, their random bytes and this paper are compared."
)
_GROUP, _LINE = 8, 4
DIGEST = Style(13, 20, bold=True)


@dataclass(frozen=True)
class ListCertificate:
    """What is certified of a list; neither an arm nor the seed nor how well it can be guessed is in it."""

    study: StudyName
    code: str
    size: int
    digest: str
    sealed_at: datetime
    sealed_by: str
    source: Said
    opened: int


def list_certificate_pdf(
    content: ListCertificate, language: Language, stamp: Stamp, fonts: Mapping[int, Path]
) -> bytes:
    """Return the certificate as PDF in the language; RuleBroken when a character cannot be drawn."""
    paper = to_sign(content.study, content.code, TITLE, False, language, stamp)
    return build(paper, lambda room: _story(content, language, room.width), fonts)


def _story(content: ListCertificate, language: Language, width: float) -> list[Flowable]:
    opened = language.text(OPENED, count=content.opened) if content.opened else language.text(BEFORE)
    rows = [
        (language.text("List"), content.code),
        (language.text("Rows"), str(content.size)),
        (
            language.text("Sealed"),
            language.text("{at} by {who}", at=instant(content.sealed_at), who=content.sealed_by),
        ),
        (language.text("How it was made"), said(content.source, language)),
        (language.text("Opened"), opened),
    ]
    return [
        heading(1, pair(language, message("The list"))),
        blank(2),
        facts(rows, width),
        blank(6),
        heading(2, pair(language, message("Its digest"))),
        blank(2),
        boxed([P(line, DIGEST) for line in digest_lines(content.digest)], width),
        blank(3),
        P(language.text(EXPLAINED), QUIET),
        blank(8),
        signature_box(pair(language, message("Statistician")), language.text(KEPT), language, width),
        blank(6),
        signature_box(
            pair(language, message("Principal investigator")), language.text(SEEN), language, width
        ),
        blank(4),
        P(
            language.text("Keep this paper apart from the computer, such as in the investigator site file."),
            BODY,
        ),
    ]


def digest_lines(digest: str) -> list[str]:
    """Return a digest in groups that an eye can compare."""
    groups = [digest[start : start + _GROUP] for start in range(0, len(digest), _GROUP)]
    return [" ".join(groups[start : start + _LINE]) for start in range(0, len(groups), _LINE)]
