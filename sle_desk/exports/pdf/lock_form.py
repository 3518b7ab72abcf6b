"""What the PI signs in ink to lock the database, to unlock it or to reveal the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reportlab.platypus import Flowable

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.pdf.document import build, to_sign
from sle_desk.exports.pdf.look import BODY, QUIET
from sle_desk.exports.pdf.parts import blank, boxed, heading, pair, signature_box
from sle_desk.exports.pdf.stamp import Stamp, StudyName
from sle_desk.exports.pdf.tables import facts
from sle_desk.exports.pdf.text import P
from sle_desk.exports.wording import said

TITLES = {
    "lock_form": message("Lock of the database"),
    "unlock_form": message("Unlocking of the database"),
    "reveal_form": message("Reveal of the allocation list"),
}
# What is written by hand, and typed from there; on screen it is asked in the same words.
REVIEWED = Words("Who reviewed the audit trail, when, and what of it", "稽查轨迹审查：审查人、时间及范围")
WHY_OPEN = Words("Why it is locked though something stands open", "存在未了事项仍锁库的原因")
WHY_UNLOCKED = Words("Why it is unlocked", "解锁原因")
WHY = {"lock_form": WHY_OPEN, "unlock_form": WHY_UNLOCKED}
NOTHING = message("Nothing stands open.")
TYPED = message(
    "This paper locks, unlocks and reveals nothing by itself: it is typed into the program by the study "
    "coordinator, with the signer, the date beside the signature and where the paper is filed."
)
ROOM_TO_WRITE = 46.0


@dataclass(frozen=True)
class LockForm:
    """What is signed: how the database stands, what stands open before a lock, the statement; no arm."""

    study: StudyName
    kind: str
    state: Words
    statement: str
    open_items: tuple[tuple[Words, int], ...] = ()
    list_code: str = ""


def lock_form_pdf(content: LockForm, language: Language, stamp: Stamp, fonts: Mapping[int, Path]) -> bytes:
    """Return the paper as PDF in the language; RuleBroken when a character cannot be drawn."""
    paper = to_sign(content.study, content.list_code, TITLES[content.kind], False, language, stamp)
    return build(paper, lambda room: _story(content, language, room.width), fonts)


def _story(content: LockForm, language: Language, width: float) -> list[Flowable]:
    rows = [(language.text("Database"), said(content.state, language))]
    if content.list_code:
        rows.append((language.text("List"), content.list_code))
    parts: list[Flowable] = [heading(1, pair(language, TITLES[content.kind])), blank(2), facts(rows, width)]
    if content.kind == "lock_form":
        parts += [blank(6), heading(2, pair(language, message("What stands open"))), blank(2)]
        lines = [(said(name, language), str(count)) for name, count in content.open_items]
        parts.append(facts(lines, width, width * 0.7) if lines else P(language.text(NOTHING), BODY))
        parts += _to_write(REVIEWED, language, width)
    if content.kind in WHY and (content.open_items or content.kind != "lock_form"):
        parts += _to_write(WHY[content.kind], language, width)
    title = pair(language, message("Principal investigator"))
    signature = signature_box(title, language.text(content.statement), language, width)
    return [*parts, blank(8), signature, blank(4), P(language.text(TYPED), QUIET)]


def _to_write(words: Words, language: Language, width: float) -> list[Flowable]:
    return [blank(6), boxed([P(language.words(words), QUIET), blank(ROOM_TO_WRITE)], width)]
