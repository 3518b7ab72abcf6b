"""The visit summary: what one visit showed, on one page with an annex, for the investigator's ink."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from itertools import count
from pathlib import Path

from reportlab.platypus import Flowable

from sle_desk.base.language import Language, message
from sle_desk.exports.drawing import Point, score_curve
from sle_desk.exports.pdf.atoms import Gap, Piece, Run
from sle_desk.exports.pdf.document import Paper, Room, build
from sle_desk.exports.pdf.fit import Block, one_page
from sle_desk.exports.pdf.look import HEAD, INK, QUIET
from sle_desk.exports.pdf.parts import (
    Picture,
    beside,
    blank,
    both_names,
    identity_band,
    pair,
    signature_box,
    ticks,
)
from sle_desk.exports.pdf.stamp import REPORT, Stamp
from sle_desk.exports.pdf.summary_content import (
    ActivityRow,
    Curve,
    DrugRow,
    EventRow,
    Events,
    InfusionRow,
    LabRow,
    Note,
    PrednisoneRow,
    VisitSummary,
)
from sle_desk.exports.pdf.tables import facts, grid
from sle_desk.exports.pdf.text import P
from sle_desk.exports.wording import Said, said

__all__ = [
    "ActivityRow",
    "Curve",
    "DrugRow",
    "EventRow",
    "Events",
    "LabRow",
    "Note",
    "VisitSummary",
    "visit_summary_pdf",
]

CURVE_WIDTH, CURVE_HEIGHT = 184.0, 84.0
NOTE_WORDS = {
    "deviation": message("Deviation"),
    "query": message("Query"),
    "correction": message("Correction"),
    "missing": message("Missing"),
    "awaited": message("Awaited"),
    "consent": message("Consent"),
    "clarification": message("Clarification"),
}
OPEN_WORDS = {
    "deviation": message("deviations not yet judged: {count}"),
    "query": message("open queries: {count}"),
    "correction": message("corrections not yet reviewed: {count}"),
    "missing": message("missing values: {count}"),
    "awaited": message("awaited results: {count}"),
    "clarification": message("open clarifications of the protocol: {count}"),
}
PRINCIPAL_INVESTIGATOR = message("Principal investigator")


def visit_summary_pdf(
    summary: VisitSummary, language: Language, stamp: Stamp, fonts: Mapping[int, Path]
) -> bytes:
    """Return the visit summary as PDF in the language; RuleBroken when a character cannot be drawn."""
    other = language.other()
    title = message("{visit} visit summary")
    paper = Paper(
        study=summary.study,
        kind=REPORT,
        title=language.text(title, visit=language.words(summary.visit)),
        second_title=other.text(title, visit=other.words(summary.visit)),
        badge=language.text("FOR SIGNATURE"),
        subject=summary.subject,
        language=language,
        stamp=stamp,
    )
    return build(paper, lambda room: _Page(summary, language, room).story(), fonts)


class _Page:
    """The summary laid out for one language and one room."""

    def __init__(self, summary: VisitSummary, language: Language, room: Room) -> None:
        self.summary, self.language, self.room = summary, language, room
        self.number = count(1)
        self.notes_section = 0

    def story(self) -> list[Flowable]:
        blocks = [block for make in self._sections() if (block := make()) is not None]
        return one_page([self._identity(), blank(6)], blocks, [self._signature()], self.language, self.room)

    def _sections(self) -> tuple[Callable[[], Block | None], ...]:
        return (
            *(self._treatment, self._infusions, self._prednisone, self._activity, self._laboratory),
            *(self._events, self._notes),
        )

    def text(self, text: str, **given: object) -> str:
        """Return a message in the language of the summary."""
        return self.language.text(text, **given)

    def _cells(self, *values: Said) -> list[str]:
        return [said(value, self.language) for value in values]

    def _identity(self) -> Flowable:
        summary = self.summary
        day = summary.visit_day.isoformat()
        if summary.study_day is not None:
            day = self.text("{date}, day {day}", date=day, day=summary.study_day)
        labels = [
            self.text("Subject"),
            self.text("Arm"),
            self.text("Sex, age"),
            self.text("Randomised on"),
            self.text("Visit"),
            self.text("Window"),
            self.text("Weight"),
        ]
        values = self._cells(summary.subject, summary.arm, summary.sex_age, summary.randomised, day)
        values += self._cells(summary.window, summary.weight)
        return identity_band(list(zip(labels, values, strict=True)), self.room.width)

    def _block(self, title: str, rows: Sequence[Sequence[str]], heads: Sequence[str], empty: str) -> Block:
        def draw(shown: int) -> list[Flowable]:
            if not rows:
                return [P(self.text(empty))]
            return [grid(heads, rows[:shown], self.room.width)] if shown else []

        return Block(next(self.number), pair(self.language, title), len(rows), draw)

    def _treatment(self) -> Block | None:
        if self.summary.treatment is None:
            return None
        heads = [
            self.text("Drug"),
            self.text("Planned"),
            self.text("Given"),
            self.text("Missed"),
            self.text("Late"),
            self.text("Cumulative dose"),
            self.text("% of plan"),
            self.text("Last dose"),
        ]
        rows = [self._cells(*_fields(row)) for row in self.summary.treatment]
        empty = message("No dose is planned or recorded up to this visit.")
        return self._block(message("Treatment to this visit"), rows, heads, empty)

    def _infusions(self) -> Block | None:
        if self.summary.infusions is None:
            return None
        heads = [self.text("Time"), self.text("What"), self.text("Recorded")]
        rows = [self._cells(*_fields(row)) for row in self.summary.infusions]
        return self._block(message("Infusion of the day of this visit"), rows, heads, "")

    def _prednisone(self) -> Block | None:
        found = self.summary.prednisone
        if found is None:
            return None
        limit = said(found.limit, self.language)
        heads = [
            self.text("From"),
            self.text("To"),
            self.text("Prednisone equivalent ({limit})", limit=limit),
            self.text("Not known because"),
        ]
        rows = [self._cells(*_fields(row)) for row in found.rows]
        title = message("Systemic glucocorticoids since the visit before")
        return self._block(title, rows, heads, "")

    def _activity(self) -> Block | None:
        if self.summary.activity is None:
            return None
        heads = [self.text("Score"), *self._cells(*self.summary.activity_visits)]
        rows = [self._cells(row.score, *row.values) for row in self.summary.activity]

        def draw(shown: int) -> list[Flowable]:
            return self._activity_parts(heads, rows[:shown])

        return Block(next(self.number), pair(self.language, message("Disease activity")), len(rows), draw)

    def _activity_parts(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Flowable]:
        width, curve = self.room.width, self.summary.curve
        table_width = width if curve is None or len(heads) > 7 else width - CURVE_WIDTH - 14.0
        # The last column is this visit: it is what is signed for.
        table = grid(heads, rows, table_width, strong=(0, len(heads) - 1)) if rows else blank(1)
        if curve is None:
            return [table]
        title = P(said(curve.title, self.language), HEAD.but(colour=INK))
        points = self._named(curve)
        if table_width < width:
            drawn = Picture(score_curve(points, width=CURVE_WIDTH, height=CURVE_HEIGHT))
            return [beside(table, [title, drawn], table_width + 14.0, width)]
        return [table, blank(4), title, Picture(score_curve(points, width=width, height=72.0))]

    def _named(self, curve: Curve) -> tuple[Point, ...]:
        if not curve.names:
            return curve.points
        named = zip(curve.points, curve.names, strict=True)
        return tuple(replace(point, label=said(name, self.language)) for point, name in named)

    def _laboratory(self) -> Block | None:
        if self.summary.laboratory is None:
            return None
        heads = [
            self.text("Test"),
            self.text("Value"),
            self.text("Unit"),
            self.text("Reference"),
            self.text("Flag"),
            self.summary.grading,
            self.text("Since {visit}", visit=said(self.summary.compared_with, self.language)),
            self.text("CS / NCS"),
            self.text("Decided by"),
        ]
        rows = [self._cells(*_fields(row)) for row in self.summary.laboratory]
        empty = message("No value outside its reference range is listed.")
        return self._block(message("Laboratory values outside the reference range"), rows, heads, empty)

    def _events(self) -> Block | None:
        events = self.summary.adverse_events
        if events is None:
            return None
        heads = [
            self.text("No."),
            self.text("Event"),
            self.text("Grade"),
            self.text("Start"),
            self.text("Stop"),
            self.text("Serious"),
            *self._cells(*events.drugs),
            self.text("Outcome"),
        ]
        rows = [
            self._cells(
                *(row.number, row.event, row.grade, row.start, row.stop, row.serious),
                *row.relations,
                row.outcome,
            )
            for row in events.rows
        ]
        empty = message("No adverse event is listed.")
        return self._block(message("Adverse events, relation judged for each drug"), rows, heads, empty)

    def _notes(self) -> Block | None:
        notes = self.summary.notes
        if notes is None:
            return None
        rows = [(self._mark(note), said(note.text, self.language)) for note in notes]
        legend = message(
            "CS / NCS = clinically significant or not, decided once on the laboratory form. "
            "L / H = below / above the reference range. * = the site has not confirmed this reference range."
        )

        def draw(shown: int) -> list[Flowable]:
            table = [facts(rows[:shown], self.room.width)] if rows[:shown] else []
            none = [] if rows else [P(self.text("Nothing is listed."))]
            return [*table, *none, blank(2), P([Gap(3.0), Run(self.text(legend))], QUIET)]

        title = message("Deviations, open queries, corrections since the last signed summary")
        self.notes_section = next(self.number)
        return Block(self.notes_section, pair(self.language, title), len(rows), draw)

    def _mark(self, note: Note) -> str:
        mark = note.identifier or self.text(NOTE_WORDS[note.kind])
        return self.text("{item} open", item=mark) if note.open and note.kind == "query" else mark

    def _signature(self) -> Flowable:
        signer = self.summary.signer
        names = both_names(signer, self.language) if signer else pair(self.language, PRINCIPAL_INVESTIGATOR)
        return signature_box(names, self._statement(), self.language, self.room.width)

    def _statement(self) -> list[Piece]:
        """The statement claims no more than the open items allow."""
        listed = self.text("; ").join(self._open_items())
        if listed:
            told = self.text(
                "I have reviewed every page of this summary. Open on this date, as listed in section "
                "{section}: {items}. Apart from these and from my handwritten remarks I know of no error.",
                section=self.notes_section,
                items=listed,
            )
        elif self.summary.notes is None:
            told = self.text(
                "I have reviewed every page of this summary. "
                "It does not list deviations, queries or corrections."
            )
        else:
            told = self.text(
                "I have reviewed every page of this summary. No open item is listed in section {section}. "
                "Apart from my handwritten remarks I know of no error.",
                section=self.notes_section,
            )
        answers = (self.text("no remark"), self.text("see handwriting"))
        return [Run(told), Gap(8.0), *ticks(answers)]

    def _open_items(self) -> Iterator[str]:
        for kind, words in OPEN_WORDS.items():
            notes = [note for note in self.summary.notes or () if note.kind == kind and note.open]
            if notes:
                told = self.text(words, count=sum(note.count for note in notes))
                names = ", ".join(note.identifier for note in notes if note.identifier)
                yield f"{told} ({names})" if names else told


def _fields(row: DrugRow | InfusionRow | LabRow | PrednisoneRow) -> tuple[Said, ...]:
    """The fields of a row stand in the order of its columns."""
    return tuple(getattr(row, field.name) for field in fields(row))
