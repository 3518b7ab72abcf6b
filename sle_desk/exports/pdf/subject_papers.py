"""The papers that a subject takes home, in both languages and without a name: diary and card of dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.platypus import Flowable

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.pdf.document import Paper, build
from sle_desk.exports.pdf.look import BODY, QUIET, STRONG
from sle_desk.exports.pdf.parts import (
    ask,
    blank,
    both_names,
    heading,
    identity_band,
    pair,
    row,
    spaced,
)
from sle_desk.exports.pdf.slip import CHANGED, DosePlan, Due, dated, dose_list, due_day, plan_notice
from sle_desk.exports.pdf.stamp import SLIP, WORKSHEET, Stamp, StudyName
from sle_desk.exports.pdf.tables import grid
from sle_desk.exports.pdf.text import P
from sle_desk.exports.wording import both, both_words, said

DIARY_TITLE, CARD_TITLE = message("Diary of injections"), message("Card of dates")
# Room for a hand in each row of the diary.
_TO_WRITE = BODY.but(leading=19.0)
HONEST = message(
    "Write only what happened, on the day it happened; leave a row empty where nothing was given."
)
BRING = message("Bring this diary and all vials, used and unused, to the visit.")
HANDS = (
    message("Used vials brought back"),
    message("Unused vials brought back"),
    message("Vials lost"),
)
CALL = message("Telephone of the study site")


@dataclass(frozen=True)
class DiaryPart:
    """The planned doses up to one visit, at which the diary is collected; without one, the last ones."""

    collected_at: Due | None
    doses: tuple[Due, ...]


@dataclass(frozen=True)
class Diary:
    """The content of a diary: nothing in it is filled in but the plan."""

    study: StudyName
    subject: str
    drug: Words
    dose: Words
    parts: tuple[DiaryPart, ...]
    sites: tuple[Words, ...]
    reactions: tuple[Words, ...]
    reasons: tuple[Words, ...]
    unknown_years: tuple[int, ...] = ()


@dataclass(frozen=True)
class DateCard:
    """The content of a card: the visits and doses that are still to come."""

    study: StudyName
    subject: str
    visits: tuple[Due, ...]
    plans: tuple[DosePlan, ...]
    unknown_years: tuple[int, ...] = ()
    ended: tuple[Words, ...] = ()


def _paper(content: Diary | DateCard, title: str, kind: str, language: Language, stamp: Stamp) -> Paper:
    return Paper(
        study=content.study,
        kind=kind,
        title=language.text(title),
        second_title=language.other().text(title),
        badge=language.text("FOR THE SUBJECT"),
        subject=content.subject,
        language=language,
        stamp=stamp,
        bilingual=True,
        later=CHANGED,
    )


def diary_pdf(diary: Diary, language: Language, stamp: Stamp, fonts: Mapping[int, Path]) -> bytes:
    """Return the diary as PDF, labels in both languages; RuleBroken when a character cannot be drawn."""
    paper = _paper(diary, DIARY_TITLE, WORKSHEET, language, stamp)
    return build(paper, lambda room: _diary(diary, language, room.width), fonts)


def date_card_pdf(card: DateCard, language: Language, stamp: Stamp, fonts: Mapping[int, Path]) -> bytes:
    """Return the card as PDF; RuleBroken when a character cannot be drawn."""
    paper = _paper(card, CARD_TITLE, SLIP, language, stamp)
    return build(paper, lambda room: _card(card, language, room.width), fonts)


def _diary(diary: Diary, language: Language, width: float) -> list[Flowable]:
    band = [
        (both(language, message("Subject")), diary.subject),
        (both(language, message("Drug")), both_words(diary.drug)),
        (both(language, message("Dose")), both_words(diary.dose)),
    ]
    story: list[Flowable] = [
        identity_band(band, width),
        blank(3),
        P(both(language, HONEST), STRONG),
        P(both(language, BRING), STRONG),
    ]
    for number, part in enumerate(diary.parts, 1):
        story += [blank(5), heading(number, _collected(part, language)), blank(1.5)]
        story.append(_rows(part, language, width))
        story.append(row(spaced([*(ask(both(language, each)) for each in HANDS)])))
        story.append(row(spaced([ask(both(language, message("Collected on, by")), None)])))
    codes = (
        (message("Injection site"), diary.sites),
        (message("Reaction"), diary.reactions),
        (message("Why the dose was missed"), diary.reasons),
    )
    story.append(blank(4))
    story += [P(_listed(name, words, language), QUIET) for name, words in codes if words]
    notice = plan_notice((), _plans(diary), diary.unknown_years, language, "")
    return [*story, *([P(notice.strip(), QUIET)] if notice else [])]


def _plans(diary: Diary) -> tuple[DosePlan, ...]:
    return tuple(DosePlan(diary.drug, part.doses) for part in diary.parts)


def _collected(part: DiaryPart, language: Language) -> tuple[str, str]:
    if part.collected_at is None:
        return pair(language, message("After the last visit"))
    due = part.collected_at
    first, second = (
        f"{one.text('Bring to the visit')}: {said(due.label, one)}, {due_day(due, one)}"
        for one in (language, language.other())
    )
    return first, second


def _rows(part: DiaryPart, language: Language, width: float) -> Flowable:
    heads = [
        both(language, words)
        for words in (
            message("No."),
            message("Planned"),
            message("Date and time given"),
            message("Vials"),
            message("Injection site"),
            message("Reaction"),
            message("If not given: why"),
        )
    ]
    rows = [[said(due.label, language), _planned(due, language), *[""] * 5] for due in part.doses]
    shares = (0.07, 0.19, 0.2, 0.09, 0.15, 0.14, 0.16)
    return grid(heads, rows, width, style=_TO_WRITE, widths=[share * width for share in shares])


def _planned(due: Due, language: Language) -> str:
    day = due_day(due, language)
    return f"{day} {said(due.what, language)}" if due.what else day


def _listed(name: str, words: Sequence[Words], language: Language) -> str:
    numbered = (f"{place} {both_words(each)}" for place, each in enumerate(words, 1))
    return f"{both(language, name)}: {' · '.join(numbered)}"


def _card(card: DateCard, language: Language, width: float) -> list[Flowable]:
    plans = [
        part
        for number, plan in enumerate(card.plans, 2)
        for part in (
            blank(4),
            heading(number, both_names(plan.title, language)),
            blank(1.5),
            *dose_list(plan, language, width),
        )
    ]
    notice = plan_notice(card.visits, card.plans, card.unknown_years, language, "")
    return [
        identity_band([(both(language, message("Subject")), card.subject)], width),
        *(P(both_words(words), STRONG) for words in card.ended),
        blank(5),
        heading(1, pair(language, message("Visits"))),
        blank(1.5),
        dated(card.visits, language.text("Visit"), language.text("Came on"), language, width),
        *plans,
        blank(4),
        *([P(notice.strip(), QUIET)] if notice else []),
        blank(4),
        row([ask(both(language, CALL), None)]),
    ]
