"""The allocation slip: arm, randomisation number, first sum, and the calendar of visits and doses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from reportlab.platypus import Flowable

from sle_desk.base.language import Language, Words, message
from sle_desk.domain.values import plain
from sle_desk.exports.pdf.atoms import Gap, Piece, Run
from sle_desk.exports.pdf.document import Paper, build
from sle_desk.exports.pdf.dose_sum import DoseSum, dose_text, vials_text
from sle_desk.exports.pdf.look import BODY, INK_2, QUIET, STRONG, Style
from sle_desk.exports.pdf.parts import (
    Signature,
    ask,
    blank,
    both_names,
    boxed,
    given_signature,
    heading,
    identity_band,
    pair,
    row,
    spaced,
)
from sle_desk.exports.pdf.stamp import SLIP, Stamp, StudyName
from sle_desk.exports.pdf.tables import Mark, facts, grid, laid_out
from sle_desk.exports.pdf.text import P, Text
from sle_desk.exports.wording import Said, both, planned_day, said

ACROSS = 4
CLOSED = "*"
TITLE = message("Allocation slip")
PLAN_ONLY = message("A plan is not a dose: record each dose when it has been given.")
CHANGED = message("Superseded if the plan changes.")


@dataclass(frozen=True)
class Due:
    """One visit or dose of the plan; without a date the plan counts from day 1, still to come.

    `closed` says that the site is closed on the day; `what` is what is to be done.
    """

    label: Said
    study_day: int | None
    planned: date | None
    window: Said = None
    what: Said = ""
    closed: bool = False


@dataclass(frozen=True)
class DosePlan:
    """The planned doses of one drug; `compact` prints many doses side by side."""

    title: Words
    doses: tuple[Due, ...]
    compact: bool = False


@dataclass(frozen=True)
class Slip:
    """The content of one allocation slip; it exists only after the allocation."""

    study: StudyName
    subject: str
    randomisation_number: str
    arm: Said
    arm_shape: str
    treatment: Words
    sex_age: Said
    randomised: date
    weight: Said
    first_dose: DoseSum | None
    recorded_as: Said
    visits: tuple[Due, ...]
    plans: tuple[DosePlan, ...]
    signature: Signature | None = None
    # Years of the plan whose public holidays nobody entered.
    unknown_years: tuple[int, ...] = ()
    # Why the plan has ended: the death, or consent that was withdrawn.
    ended: tuple[Words, ...] = ()
    # That the arm was told outside, or that the allocation was made in error.
    marks: tuple[Words, ...] = ()
    # Why there is no sum of the first infusion: no weight is new enough.
    weigh_first: Said = None


def slip_pdf(slip: Slip, language: Language, stamp: Stamp, fonts: Mapping[int, Path]) -> bytes:
    """Return the slip as PDF in the language; RuleBroken when a character cannot be drawn."""
    paper = Paper(
        study=slip.study,
        kind=SLIP,
        title=language.text(TITLE),
        second_title=language.other().text(TITLE),
        badge=language.text("SUBJECT FILE"),
        subject=slip.subject,
        language=language,
        stamp=stamp,
        later=CHANGED,
    )
    return build(paper, lambda room: _story(slip, language, room.width), fonts)


def _story(slip: Slip, language: Language, width: float) -> list[Flowable]:
    visits = dated(slip.visits, language.text("Visit"), "", language, width)
    plans = [
        part
        for number, plan in enumerate(slip.plans, 2)
        for part in (
            blank(4),
            heading(number, both_names(plan.title, language)),
            blank(1.5),
            *dose_list(plan, language, width),
        )
    ]
    signed = [given_signature(slip.signature, language, width), blank(2)] if slip.signature else []
    return [
        _identity(slip, language, width),
        blank(6),
        _allocation(slip, language, width),
        blank(2),
        *(P(language.words(words), STRONG) for words in (*slip.marks, *slip.ended)),
        blank(3),
        heading(1, pair(language, message("Visits"))),
        blank(1.5),
        visits,
        *plans,
        blank(3),
        P(
            plan_notice(slip.visits, slip.plans, slip.unknown_years, language, language.text(PLAN_ONLY)),
            QUIET,
        ),
        blank(4),
        *signed,
        _received(language),
    ]


def _identity(slip: Slip, language: Language, width: float) -> Flowable:
    entries: list[tuple[str, Said]] = [
        (language.text("Subject"), slip.subject),
        (language.text("Sex, age"), slip.sex_age),
        (language.text("Randomised on"), slip.randomised),
        (language.text("Weight"), slip.weight),
        (language.text("Recorded as"), slip.recorded_as),
    ]
    return identity_band([(label, said(value, language)) for label, value in entries], width)


def _allocation(slip: Slip, language: Language, width: float) -> Flowable:
    big = Style(19, 24, bold=True)
    named: list[Piece] = [
        Run(language.text("Arm"), size=8.6, bold=False, colour=INK_2),
        Gap(8.0),
        Run(f"{slip.arm_shape} {said(slip.arm, language)}"),
        Gap(30.0),
        Run(language.text("Randomisation no."), size=8.6, bold=False, colour=INK_2),
        Gap(8.0),
        Run(slip.randomisation_number),
    ]
    content: list[Flowable] = [P(named, big), P(language.words(slip.treatment))]
    if slip.weigh_first is not None:
        rows = [(language.text("First infusion"), said(slip.weigh_first, language))]
        content += [blank(3), facts(rows, width - 20.0)]
    if slip.first_dose is not None:
        rows = [(language.text("First infusion"), dose_text(slip.first_dose, language))]
        if slip.first_dose.vials:
            rows.append((language.text("Vials to prepare"), _vials(slip.first_dose, language)))
        content += [blank(3), facts(rows, width - 20.0)]
    return boxed(content, width)


def _vials(dose: DoseSum, language: Language) -> str:
    return language.text(
        "{vials} = {content} mg, {left} mg left over",
        vials=vials_text(dose.vials),
        content=plain(dose.content),
        left=plain(dose.left_over),
    )


def due_day(due: Due, language: Language) -> str:
    """Return the day of the plan, marked where the site is closed on it."""
    if due.planned is None:
        return language.text("from day 1")
    day = planned_day(due.planned, language)
    return f"{day} {CLOSED}" if due.closed else day


def dated(dues: Sequence[Due], first: str, extra: str, language: Language, width: float) -> Flowable:
    """One row for each visit or dose; what is to be done stands there only where something is said."""
    said_what = any(due.what for due in dues)
    heads = [
        first,
        language.text("Day"),
        language.text("Planned"),
        language.text("Window"),
        *([language.text("What")] if said_what else []),
        *([extra] if extra else []),
    ]
    rows = [
        [
            said(due.label, language),
            said(due.study_day, language),
            due_day(due, language),
            said(due.window, language),
            *([said(due.what, language)] if said_what else []),
            *([""] if extra else []),
        ]
        for due in dues
    ]
    return grid(heads, rows, width, wide=(len(heads) - 1,))


def dose_list(plan: DosePlan, language: Language, width: float) -> list[Flowable]:
    """Return the planned doses of a drug: many of them side by side, a few in rows to write on."""
    if plan.compact:
        entries = [_entry(due, language) for due in plan.doses]
        return [_side_by_side(entries, width), P(_windows(plan, language), QUIET)]
    return [dated(plan.doses, language.text("No."), language.text("Given on, by"), language, width)]


def _windows(plan: DosePlan, language: Language) -> str:
    """The windows of many doses, said once for each run of doses that have the same."""
    runs = []
    for window, doses in groupby(plan.doses, key=lambda due: said(due.window, language)):
        labels = [said(due.label, language) for due in doses]
        runs.append(f"{labels[0]} – {labels[-1]}: {window}" if len(labels) > 1 else f"{labels[0]}: {window}")
    return f"{language.text('Window')} {', '.join(runs)}"


def _entry(due: Due, language: Language) -> Text:
    pieces: list[Piece] = [Run(f"{said(due.label, language)} ", bold=True), Run(due_day(due, language))]
    if due.study_day is not None:
        pieces.append(Run(f" {language.text('d {day}', day=due.study_day)}", colour=INK_2, size=QUIET.size))
    if due.what:
        pieces.append(Run(f" {said(due.what, language)}", size=QUIET.size))
    return P(pieces, BODY)


def _side_by_side(entries: Sequence[Text], width: float) -> Flowable:
    """Numbers run down each column, as a calendar is read."""
    deep = -(-len(entries) // ACROSS)
    columns = [list(entries[start : start + deep]) for start in range(0, len(entries), deep)]
    cells = [[column[place] if place < len(column) else P("") for column in columns] for place in range(deep)]
    marks: list[Mark] = [(side, (0, 0), (-1, -1), 0.6) for side in ("TOPPADDING", "BOTTOMPADDING")]
    marks.append(("LEFTPADDING", (0, 0), (-1, -1), 3))
    return laid_out(cells, [width / ACROSS] * len(columns), marks)


def plan_notice(
    visits: Sequence[Due],
    plans: Sequence[DosePlan],
    unknown_years: Sequence[int],
    language: Language,
    notice: str,
) -> str:
    """Return what is to be known of planned days: closed ones, years without holidays, what is to come."""
    planned = [*visits, *(due for plan in plans for due in plan.doses)]
    if any(due.closed for due in planned):
        closed = language.text("{mark} = the site is closed: weekend or public holiday.", mark=CLOSED)
        notice = f"{notice} {closed}"
    if unknown_years:
        named = ", ".join(map(str, unknown_years))
        unknown = language.text("Public holidays of {years} are not entered and not marked.", years=named)
        notice = f"{notice} {unknown}"
    if any(due.planned is None for due in planned):
        counted = language.text("Day 1 is the day of the first dose; dates are printed once it is recorded.")
        notice = f"{notice} {counted}"
    return notice


def _received(language: Language) -> Flowable:
    hands = (message("Filed by"), message("Received by"), message("Date"))
    return row(spaced([ask(both(language, hand), None) for hand in hands]))
