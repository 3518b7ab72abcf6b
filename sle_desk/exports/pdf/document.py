"""The sheet: head, foot, page numbers, fonts and properties of every paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, NextPageTemplate, PageTemplate

from sle_desk.base.language import Language, message
from sle_desk.exports.pdf.atoms import Gap, Run
from sle_desk.exports.pdf.fonts import REGULAR, register_fonts
from sle_desk.exports.pdf.look import (
    ACCENT,
    BODY_WIDTH,
    HAIRLINE,
    INK,
    INK_2,
    MARGIN,
    MILLIMETRE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PALE,
    QUIET,
    STRONG,
    TITLE,
    WHITE,
    Style,
    tint,
)
from sle_desk.exports.pdf.stamp import (
    FORM,
    NO_NAME,
    QR_SIDE,
    Stamp,
    StudyName,
    demonstration_mark,
    draw_square,
    footer_lines,
    square_content,
    square_modules,
)
from sle_desk.exports.pdf.text import P, Text, draw_text

TOP = PAGE_HEIGHT - 13.5 * MILLIMETRE
FOOT = 11.5 * MILLIMETRE
HEAD_GAP = 4.0
SUPERSEDED = message("If data change later, the application shows this print as superseded.")


@dataclass(frozen=True)
class Paper:
    """What the head and the foot of one paper say."""

    study: StudyName
    kind: str
    title: str
    second_title: str
    badge: str
    subject: str
    language: Language
    stamp: Stamp
    bilingual: bool = False
    later: str = SUPERSEDED
    # What the foot says of names: none is printed, but on the one list that is made of them.
    names: str = NO_NAME


def to_sign(
    study: StudyName, subject: str, title: str, signed: bool, language: Language, stamp: Stamp
) -> Paper:
    """Return the paper of a form that is signed: its badge says whether it is."""
    return Paper(
        study=study,
        kind=FORM,
        title=language.text(title),
        second_title=language.other().text(title),
        badge=language.text("SIGNED" if signed else "FOR SIGNATURE"),
        subject=subject,
        language=language,
        stamp=stamp,
    )


@dataclass(frozen=True)
class Room:
    """How much of a page the body may use, in points."""

    width: float
    first_height: float
    later_height: float


Compose = Callable[[Room], Sequence[Flowable]]


class PagedCanvas(Canvas):  # type: ignore[misc,unused-ignore]
    """A canvas that finishes its pages only when their number is known."""

    def __init__(self, *arguments: Any, finish: Callable[[Any, int, int], None], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._finish = finish
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """Keep the page as drawn so far and begin the next."""
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Finish every page and write the document."""
        kept = self._kept
        for number, state in enumerate(kept, 1):
            self.__dict__.update(state)
            self._finish(self, number, len(kept))
            super().showPage()
        super().save()


def build(paper: Paper, compose: Compose, fonts: Mapping[int, Path]) -> bytes:
    """Return the paper as PDF; `compose` makes the body for the room it is given."""
    register_fonts(fonts)
    sheet = _Sheet(paper)
    buffer = BytesIO()
    template = BaseDocTemplate(
        buffer,
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        title=f"{paper.title} {paper.stamp.report_number}",
        subject=square_content(paper.stamp),
        author=paper.stamp.application,
        creator=paper.stamp.application,
        lang="zh-CN" if paper.language.code == "zh_CN" else "en",
        invariant=1,
        initialFontName=REGULAR,
    )
    template.addPageTemplates(
        [
            PageTemplate("first", [_frame(sheet.bottom, sheet.first_top)], onPage=sheet.prepare),
            PageTemplate("later", [_frame(sheet.bottom, sheet.later_top)], onPage=sheet.prepare),
        ]
    )
    room = Room(BODY_WIDTH, sheet.first_top - sheet.bottom, sheet.later_top - sheet.bottom)
    story = [NextPageTemplate("later"), *compose(room)]

    def canvas(*arguments: Any, **options: Any) -> PagedCanvas:
        made = PagedCanvas(*arguments, finish=sheet.finish, **options)
        made.setDateFormatter(lambda *parts: _pdf_date(paper.stamp))
        return made

    template.build(story, canvasmaker=canvas)
    return buffer.getvalue()


def _frame(bottom: float, top: float) -> Frame:
    padding = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    return Frame(MARGIN, bottom, BODY_WIDTH, top - bottom, **padding)


def _pdf_date(stamp: Stamp) -> str:
    zone = stamp.printed_at.strftime("%z")
    return f"D:{stamp.printed_at:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'"


class _Sheet:
    """Head and foot of the pages of one paper, and the room they leave."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        stamp = paper.stamp
        lines = footer_lines(stamp, paper.kind, paper.language, paper.bilingual, (paper.names, paper.later))
        self.square = square_modules(square_content(stamp))
        self.foot = [P(line, QUIET if place else STRONG) for place, line in enumerate(lines)]
        foot_width = BODY_WIDTH - QR_SIDE - 6 * MILLIMETRE
        self.foot_height = max(QR_SIDE, sum(text.wrap(foot_width, PAGE_HEIGHT)[1] for text in self.foot))
        self.bottom = FOOT + self.foot_height + 5 * MILLIMETRE
        self.first_top = TOP - _height(self._head(1, 1)) - 2 * MILLIMETRE
        self.later_top = TOP - _height(self._head(2, 2)) - 2 * MILLIMETRE

    def _head(self, page: int, pages: int) -> tuple[Text, Text]:
        paper, language = self.paper, self.paper.language
        number = language.text("Page {page} of {pages}", page=page, pages=pages)
        if paper.bilingual:
            number = f"{number} · {language.other().text('Page {page} of {pages}', page=page, pages=pages)}"
        title = language.words(paper.study.title)
        running = P(
            [
                Run(title, bold=True, colour=ACCENT, size=8.8),
                Gap(14.0),
                Run(paper.study.identifiers),
                Gap(),
                Run(number),
            ],
            QUIET,
        )
        first = page == 1
        style = TITLE if first else Style(10.4, 14, bold=True)
        named = [part for part in (paper.subject, paper.title) if part]
        words = Run(paper.title if first else " · ".join(named))
        second = Run(paper.second_title, bold=False, size=13 if first else 8.6, colour=INK_2)
        heading = P([words, Gap(8.0), second], style)
        running.wrap(BODY_WIDTH, PAGE_HEIGHT)
        heading.wrap(BODY_WIDTH - (self._badge_width() if first else 0.0), PAGE_HEIGHT)
        return running, heading

    def _badge_width(self) -> float:
        return P(self.paper.badge, STRONG).natural_width() + 36.0 if self.paper.badge else 0.0

    def prepare(self, canvas: Any, template: Any) -> None:
        """Draw what lies beneath the body: the pale mark of demonstration data."""
        if not self.paper.stamp.demonstration:
            return
        canvas.saveState()
        canvas.translate(PAGE_WIDTH / 2, PAGE_HEIGHT / 2)
        canvas.rotate(52)
        mark = P(demonstration_mark(self.paper.language), Style(44, 50, bold=True, colour=PALE))
        draw_text(canvas, mark, -mark.natural_width() / 2, -16)
        canvas.restoreState()

    def finish(self, canvas: Any, page: int, pages: int) -> None:
        """Draw head and foot of one page."""
        running, heading = self._head(page, pages)
        running.drawOn(canvas, MARGIN, TOP - running.height)
        rule = TOP - running.height - HEAD_GAP - heading.height - 3.0
        heading.drawOn(canvas, MARGIN, rule + 3.0)
        if page == 1 and self.paper.badge:
            self._draw_badge(canvas, rule + 3.0 + heading.height / 2)
        _rule(canvas, rule - 2.0, ACCENT, 1.4)
        if self.paper.stamp.demonstration:
            self._draw_demonstration(canvas)
        self._draw_foot(canvas)

    def _draw_badge(self, canvas: Any, middle: float) -> None:
        text = P(self.paper.badge, STRONG)
        width = text.natural_width() + 24.0
        canvas.setStrokeColor(tint(INK))
        canvas.setLineWidth(1.1)
        canvas.roundRect(MARGIN + BODY_WIDTH - width, middle - 9.5, width, 19.0, 4.5)
        draw_text(canvas, text, MARGIN + BODY_WIDTH - width + 12.0, middle - 3.0)

    def _draw_demonstration(self, canvas: Any) -> None:
        mark = P(demonstration_mark(self.paper.language), Style(9.6, 12, bold=True, colour=WHITE))
        canvas.setFillColor(tint(INK))
        canvas.rect(MARGIN, TOP + 2.0, BODY_WIDTH, 14.0, stroke=0, fill=1)
        draw_text(canvas, mark, (PAGE_WIDTH - mark.natural_width()) / 2, TOP + 5.6)

    def _draw_foot(self, canvas: Any) -> None:
        top = FOOT + self.foot_height
        _rule(canvas, top + 3.0, HAIRLINE, 0.7)
        for text in self.foot:
            top -= text.height
            text.drawOn(canvas, MARGIN, top)
        side = MARGIN + BODY_WIDTH - QR_SIDE
        draw_square(canvas, self.square, side, FOOT + self.foot_height - QR_SIDE)


def _height(texts: Sequence[Text]) -> float:
    return sum(text.height for text in texts) + HEAD_GAP + 5.0


def _rule(canvas: Any, y: float, colour: str, width: float) -> None:
    canvas.setStrokeColor(tint(colour))
    canvas.setLineWidth(width)
    canvas.line(MARGIN, y, MARGIN + BODY_WIDTH, y)
