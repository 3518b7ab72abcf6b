"""The parts of a visit worksheet as rows that a hand can fill in, labels in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, count

from reportlab.platypus import Flowable

from sle_desk.base.language import Language, Words, message
from sle_desk.domain.values import plain
from sle_desk.exports.pdf.atoms import Gap, Piece, Rule, Run, Tick, Together
from sle_desk.exports.pdf.dose_sum import dose_text, vials_text
from sle_desk.exports.pdf.look import BODY, HAIRLINE, QUIET, STRONG, tint
from sle_desk.exports.pdf.parts import (
    ask,
    bar,
    beside,
    blank,
    both_names,
    boxed,
    pair,
    row,
    spaced,
    tick,
)
from sle_desk.exports.pdf.tables import Mark, laid_out
from sle_desk.exports.pdf.text import P
from sle_desk.exports.pdf.worksheet_content import (
    Ask,
    Doctor,
    Entries,
    GoingOn,
    Infusion,
    Injection,
    Part,
    Questions,
    Samples,
)
from sle_desk.exports.wording import both, both_words, said

OTHER = message("other")
NONE = message("none")
# So many rates have room on the paper.
RATES = 3


class WardParts:
    """Draws the parts of one worksheet in their order, numbered."""

    def __init__(self, language: Language, width: float) -> None:
        self.language, self.width = language, width
        self._number = count(1)

    def draw(self, part: Part) -> list[Flowable]:
        """Return the heading and the rows of one part."""
        return [blank(1.5), *self._rows(part)]

    def _rows(self, part: Part) -> list[Flowable]:
        if isinstance(part, Questions):
            return self._questions(part)
        if isinstance(part, Samples):
            return self._samples(part)
        if isinstance(part, Infusion):
            return self._infusion(part)
        if isinstance(part, Entries):
            return self._entries(part)
        return self._injection(part) if isinstance(part, Injection) else self._doctor(part)

    def _both(self, text: str, **facts: object) -> str:
        return both(self.language, text, **facts)

    def _bar(self, words: tuple[str, str], note: str = "") -> Flowable:
        return bar(next(self._number), words, note, self.width)

    def _title(self, text: str, drug: Words, **facts: object) -> tuple[str, str]:
        one, other = self.language, self.language.other()
        return (
            one.text(text, drug=one.words(drug), **facts),
            other.text(text, drug=other.words(drug), **facts),
        )

    def _questions(self, part: Questions) -> list[Flowable]:
        note = both_words(part.note) if part.note else ""
        rows = [row(spaced([piece for one in asks for piece in self._asked(one)], 8.0)) for asks in part.rows]
        return [self._bar(both_names(part.title, self.language), note), *rows]

    def _asked(self, one: Ask) -> Iterator[Piece]:
        label = both_words(one.label)
        if one.heading is not None:
            yield Run(f"{both_words(one.heading)}:", bold=True)
        if one.own_sheet:
            yield tick(label)
            return
        if one.reminder is not None:
            label = f"{label} ({both_words(one.reminder)})"
        if not one.choices:
            yield ask(label, None if one.fill else one.width, self.language.words(one.unit))
            return
        yield Together((Run(label), Gap(5.0), tick(both_words(one.choices[0]))))
        yield from (tick(both_words(choice)) for choice in one.choices[1:])
        if one.write_other:
            yield ask(self._both(OTHER), None if one.fill else one.width)

    def _samples(self, part: Samples) -> list[Flowable]:
        if part.refused is not None:
            return [self._bar(both_names(part.title, self.language)), P(both_words(part.refused), STRONG)]
        answers = f"☐ {self._both(message('yes'))}  ☐ {self._both(message('no'))}"
        fasting = f"{self._both(message('fasting'))}  {answers}"
        title = self._bar(both_names(part.title, self.language), fasting if part.ask_fasting else "")
        cells: list[Sequence[Piece]] = [
            [
                tick(both_words(tube.label)),
                Gap(7.0),
                Run(said(tube.container, self.language), size=QUIET.size, colour=QUIET.colour),
            ]
            for tube in part.tubes
        ]
        taken = [
            ask(self._both(message("time taken")), 52.0),
            ask(self._both(message("taken by")), 78.0),
            ask(self._both(message("tubes")), 26.0, f"/ {len(part.tubes)}"),
            ask(self._both(message("why not")), None),
        ]
        return [title, *self._columns(cells, 3), row(spaced(taken))]

    def _columns(self, cells: Sequence[Sequence[Piece]], across: int) -> list[Flowable]:
        if not cells:
            return []
        style = BODY.but(leading=15.0)
        texts = [P(cell, style) for cell in cells]
        texts += [P("", style)] * (-len(texts) % across)
        lines = [texts[start : start + across] for start in range(0, len(texts), across)]
        marks: list[Mark] = [("RIGHTPADDING", (0, 0), (-1, -1), 6)]
        return [laid_out(lines, [self.width / across] * across, marks)]

    def _infusion(self, part: Infusion) -> list[Flowable]:
        title = self._title(message("Weight, then {drug} infusion {number}"), part.drug, number=part.number)
        weigh = [ask(self._both(message("weight today")), 50.0, "kg"), *self._last_weight(part)]
        prepared = self._vials_by_lot(message("prepared"), part)
        diluent = both_words(part.diluent) if part.diluent else self._both(message("diluent"))
        made = [
            ask(diluent, 44.0, "mL"),
            ask(self._both(message("made up")), 40.0, "mg"),
            ask(self._both(message("left over")), 34.0, "mg"),
            ask(self._both(message("time")), 38.0),
        ]
        given = [
            ask(self._both(message("given")), 36.0, "mg"),
            ask(self._both(message("start")), 32.0),
            ask(self._both(message("stop")), 32.0),
            *([ask(self._both(message("observed to")), 34.0)] if part.observe else []),
        ]
        reaction = [Run(self._both(message("reaction")), whole=True), *self._none_or_form()]
        return [
            self._bar(title, both_words(part.rule)),
            *self._holds(part),
            row(spaced(weigh)),
            self._sums(part),
            blank(2),
            row(spaced(prepared, 9.0)),
            row(spaced(self._vials_by_lot(message("a second lot"), part), 9.0)),
            row(spaced(made, 10.0)),
            self._hands(ask(self._both(message("left in the bag")), 30.0, "mL")),
            row(spaced([*given, *reaction], 8.0)),
            *self._course(part),
        ]

    def _course(self, part: Infusion) -> list[Flowable]:
        """Return the lines for premedication, rates and vital signs, each with its time."""
        if not part.moments:
            return []
        unit = f" mL/h {self._both(message('from'))} "
        rates = [Together((Rule(34.0), Run(unit), Rule(34.0))) for _ in range(RATES)]
        signs = [ask(both_words(moment), 104.0) for moment in part.moments]
        return [
            row([ask(self._both(message("premedication: medicine, dose, time")), None)]),
            row(spaced([Run(self._both(message("rates")), whole=True), *rates], 12.0)),
            row(spaced([Run(self._both(message("vital signs and time")), whole=True), *signs], 8.0)),
        ]

    def _vials_by_lot(self, heading: str, part: Infusion) -> list[Piece]:
        """Return a line with the vials of each strength and their lot."""
        pieces: list[Piece] = [Run(self._both(heading), whole=True)]
        for strength in part.strengths:
            pieces.append(Together((Run(f"{plain(strength)} mg × "), Rule(26.0))))
            pieces.append(ask(self._both(message("lot")), 76.0))
        return pieces

    def _none_or_form(self) -> list[Piece]:
        return [tick(self._both(NONE)), tick(self._both(message("yes, AE form")))]

    def _hands(self, *beside: Piece) -> Flowable:
        hands = (message("prepared by"), message("checked by"), message("given by"))
        wide = 56.0 if beside else 72.0
        return row(spaced([*(ask(self._both(hand), wide) for hand in hands), *beside], 8.0))

    def _last_weight(self, part: Infusion) -> Iterator[Piece]:
        if part.last_weight is not None and part.last_weight_on is not None:
            last = f"{plain(part.last_weight)} kg ({part.last_weight_on.isoformat()})"
            yield Run(f"{self._both(message('last'))} {last}")
        if part.weigh_again_below is not None and part.weigh_again_above is not None:
            limits = f"<{plain(part.weigh_again_below)} / >{plain(part.weigh_again_above)} kg:"
            yield ask(f"{limits} {self._both(message('weigh again'))}", 36.0, "kg")

    def _sums(self, part: Infusion) -> Flowable:
        half = (self.width - 12.0) / 2
        today = self._sum_of_the_day(part, half)
        if part.prefilled is None:
            return self._sum_of_the_day(part, self.width)
        lines: list[Flowable] = [
            P(f"{self._both(message('if the weight is still'))} {plain(part.prefilled.weight)} kg", QUIET),
            P(dose_text(part.prefilled, self.language), STRONG.but(size=10.4, leading=14.0)),
        ]
        if part.prefilled.vials:
            left = f"{self._both(message('left over'))} {plain(part.prefilled.left_over)} mg"
            content = f"{vials_text(part.prefilled.vials)} = {plain(part.prefilled.content)} mg"
            lines.append(P(f"{content}, {left}"))
        return beside(boxed(lines, half, 0.8, 0), today, half + 12.0, self.width)

    def _sum_of_the_day(self, part: Infusion, width: float) -> Flowable:
        day = [
            Together((Run(f"{plain(part.rate)} × "), Rule(36.0), Run(" kg = "), Rule(36.0), Run(" mg"))),
            ask(self._both(message("checked")), None),
        ]
        lines: list[Flowable] = [
            P(self._both(message("the sum today")), QUIET),
            P(spaced(day, 8.0), BODY.but(leading=15.0)),
        ]
        spans = [f"{span.low:f} – {span.high:f} kg: {vials_text(span.vials)}" for span in part.table]
        if spans:
            lines.append(P(spaced([Run(span, whole=True) for span in spans], 10.0), QUIET))
        return boxed(lines, width, 0.8, 0)

    def _injection(self, part: Injection) -> list[Flowable]:
        title = self._title(
            message("{drug} dose {number} of {planned}"), part.drug, number=part.number, planned=part.planned
        )
        rows: list[list[Piece]] = []
        before = self._holds(part)
        if part.reactions:
            since = Run(self._both(message("reaction since the last dose")), whole=True)
            answers = [tick(both_words(one)) for one in part.reactions]
            rows.append([since, tick(self._both(NONE)), *answers, ask(self._both(OTHER), None)])
        if part.sites:
            sites = [tick(both_words(site)) for site in part.sites]
            rows.append([self._proposed(part), *sites, ask(self._both(OTHER), None)])
        rows.append([*self._lot(part), ask(self._both(message("vials")), 36.0)])
        times = (message("time given"), message("observed to"))
        made = [ask(self._both(message("diluent")), 62.0, "mL")] if part.dissolved else []
        rows.append([*(ask(self._both(one), 62.0) for one in times), *made])
        places: list[Piece] = []
        if part.places:
            places.append(Run(self._both(message("place")), whole=True))
        places += [tick(both_words(place)) for place in part.places]
        drawn = [row(spaced(pieces, 9.0)) for pieces in rows]
        last = [row(spaced([*places, ask(self._both(OTHER), None)], 8.0))] if places else []
        return [self._bar(title, both_words(part.rule)), *before, *drawn, self._hands(), *last]

    def _holds(self, part: Infusion | Injection) -> list[Flowable]:
        """Return the boxes that are ticked before the dose, and whether it was held."""
        if not part.holds:
            return []
        asked = Run(self._both(message("to hold the dose for")), whole=True)
        answers = [tick(self._both(NONE)), *(tick(both_words(one)) for one in part.holds)]
        done = [tick(self._both(message("held"))), tick(self._both(message("given all the same, why")))]
        return [row(spaced([asked, *answers, *done, ask("", None)], 8.0))]

    def _proposed(self, part: Injection) -> Piece:
        label = Run(self._both(message("site")), whole=True)
        if part.proposed_site is None:
            return label
        proposed = Run(f" {self._both(message('proposed'))}: ", whole=True)
        return Together((label, proposed, Run(both_words(part.proposed_site), bold=True)))

    def _lot(self, part: Injection) -> Iterator[Piece]:
        for kit in part.kits:
            text = f"{self._both(message('lot'))} {kit.lot}"
            if kit.kit:
                text = f"{text} · {self._both(message('kit'))} {kit.kit}"
            yield tick(text)
        yield ask(self._both(message("other lot") if part.kits else message("lot")), 96.0)

    def _entries(self, part: Entries) -> list[Flowable]:
        title = self._bar(both_names(part.title, self.language), both_words(part.log))
        legend = [P(both_words(words), QUIET) for words in part.legend]
        lines = [[row(self._going_on(one))] for one in part.going_on]
        for line in range(part.lines):
            nothing: list[Piece] = [tick(self._both(message("nothing new")))] if line == 0 else []
            new = Run(f"{self._both(message('new'))} {line + 1}", bold=True, whole=True)
            lines.append(self._new_entry([*nothing, new], part.asks))
        # Each part of an entry is a row of the table: it goes to the next page whole.
        ends = (place - 1 for place in accumulate(map(len, lines)))
        marks: list[Mark] = [("LINEBELOW", (0, end), (-1, end), 0.4, tint(HAIRLINE)) for end in ends]
        rows = [[each] for entry in lines for each in entry]
        return [title, *legend, laid_out(rows, [self.width], marks)]

    def _new_entry(self, begin: list[Piece], asks: Sequence[Ask]) -> list[Flowable]:
        """Return the rows of an empty line: each part of the form begins a row of its own."""
        rows = [begin]
        for one in asks:
            if one.heading is not None:
                rows.append([])
            rows[-1] += self._asked(one)
        return [row(spaced(pieces, 8.0)) for pieces in rows]

    def _going_on(self, one: GoingOn) -> list[Piece]:
        known = [f"{both_words(label)} {both_words(value)}" for label, value in one.known]
        ended = ask(self._both(message("ended on")), 70.0)
        changed = ask(self._both(message("changed")), None)
        answers: list[Piece] = [
            Run(both_words(one.what), bold=True),
            *(Run(words) for words in known),
            tick(self._both(message("unchanged"))),
            Together((Tick(), *ended.pieces)),
            Together((Tick(), *changed.pieces)),
        ]
        return spaced(answers, 9.0)

    def _doctor(self, part: Doctor) -> list[Flowable]:
        rows: list[Flowable] = []
        returned: list[Piece] = []
        if part.vials_handed:
            for asked, known in (
                (message("used vials back"), part.vials_used),
                (message("unused vials back"), part.vials_left),
            ):
                said = "" if known is None else f"/ {known}"
                returned.append(ask(self._both(asked), 34.0, said))
        if part.following is not None:
            returned.append(Run(f"{self._both(message('next'))}: {both_words(part.following)}"))
        if returned:
            rows.append(row(spaced(returned)))
        title = pair(self.language, message("Doctor, or to come"))
        return [self._bar(title), *rows]
