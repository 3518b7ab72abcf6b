"""The rows of the tables of doses: what was planned, what was recorded of it, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sle_desk.base.language import Language, message
from sle_desk.domain.dose_matching import AWAITING_DIARY, DUE_TODAY, LATE, OVERDUE, PAUSED, PLANNED, DueSlot
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import plain
from sle_desk.services.dose_log import DoseLog, DoseRow
from sle_desk.ui.dose_holds import hold_words
from sle_desk.ui.dose_words import amount_words, day_words, noted_words, site_words
from sle_desk.ui.table import Group

# So many of the doses to come are shown.
NEXT_SHOWN = 4
STATES = {
    "given": (message("Given"), "ok"),
    LATE: (message("Given late"), "warn"),
    "missed": (message("Missed"), "bad"),
    DUE_TODAY: (message("Due now"), "due"),
    OVERDUE: (message("Overdue"), "bad"),
    AWAITING_DIARY: (message("Diary awaited"), "neutral"),
    PLANNED: (message("Planned"), "neutral"),
    PAUSED: (message("Paused"), "warn"),
    "prepared": (message("Prepared"), "due"),
    "discarded": (message("Discarded"), "neutral"),
    "extra": (message("Outside the plan"), "warn"),
    "contested": (message("Answered twice"), "warn"),
    "void": (message("Entered in error"), "bad"),
}
WAITING = frozenset({DUE_TODAY, OVERDUE})
TO_COME = frozenset({PLANNED, AWAITING_DIARY})


@dataclass(frozen=True)
class DoseLine:
    """One line: a planned dose, the record of it, or both."""

    drug: str
    state: str
    due: DueSlot | None = None
    row: DoseRow | None = None

    @property
    def number(self) -> int | None:
        """Return the number of the planned dose."""
        if self.due is not None:
            return self.due.slot.number
        return self.row.slot.number if self.row is not None and self.row.slot is not None else None


def lines_of(log: DoseLog, drug: str) -> list[DoseLine]:
    """Return the lines of a drug: planned doses with their records, then records that fill none."""
    rows = {row.id: row for row in log.doses if row.given.drug == drug}
    lines = []
    for due in log.calendar.of_drug(drug):
        row = rows.pop(due.dose.key, None) if due.dose is not None else None
        lines.append(DoseLine(drug, due.state, due, row))
    return [*lines, *(DoseLine(drug, _state_of(row), None, row) for row in rows.values())]


def _state_of(row: DoseRow) -> str:
    if row.void:
        return "void"
    if row.progress == "prepared":
        return "prepared" if row.given.discarded_on is None else "discarded"
    return "contested" if row.contested else "extra"


def _not_given(row: DoseRow) -> bool:
    return row.progress == "missed" or row.given.discarded_on is not None


def grouped(lines: Iterable[DoseLine], language: Language) -> list[object]:
    """Return the lines under their headings: due, recorded (newest first), next, paused."""
    known = list(lines)
    waiting = [line for line in known if line.state in WAITING or line.state == "prepared"]
    recorded = sorted(
        (line for line in known if line.row and line not in waiting), key=_recorded_at, reverse=True
    )
    paused = [line for line in known if line.state == PAUSED]
    coming = [line for line in known if line.state in TO_COME][:NEXT_SHOWN]
    parts = (
        (language.text("Due"), "due", waiting),
        (language.text("Recorded"), "ok", recorded),
        (language.text("Next"), "neutral", coming),
        (language.text("Paused"), "warn", paused),
    )
    shown: list[object] = []
    for words, status, part in parts:
        if part:
            shown += [Group(words, status, str(len(part))), *part]
    return shown


def _recorded_at(line: DoseLine) -> tuple[object, ...]:
    assert line.row is not None
    started = line.row.given.started_at
    return (line.row.given.on_day, started.isoformat() if started else "", line.row.id)


@dataclass(frozen=True)
class LineWords:
    """The words of lines in one language."""

    protocol: Protocol
    language: Language

    def number(self, line: DoseLine) -> str:
        """Return the number of the planned dose."""
        return "–" if line.number is None else f"#{line.number}"

    def planned(self, line: DoseLine) -> str:
        """Return the planned day."""
        slot = line.due.slot if line.due else line.row.slot if line.row else None
        return day_words(slot.planned_on, self.language) if slot else "–"

    def given_on(self, line: DoseLine) -> str:
        """Return when it was given; nothing for one that was not."""
        if line.row is None or _not_given(line.row):
            return "–"
        started = line.row.given.started_at
        time = f" {started:%H:%M}" if started else ""
        return f"{line.row.given.on_day:%m-%d}{time}"

    def amount(self, line: DoseLine) -> str:
        """Return what was given, of a dose to come what is planned: in one column in one writing."""
        drug = self.protocol.drug(line.drug)
        if line.row is None:
            planned = None if drug.per_kg else drug.amount
            return amount_words(drug, planned, self.language) or self.language.words(drug.dose_label)
        if _not_given(line.row):
            return self.language.text("not given")
        return amount_words(drug, line.row.given.administered, self.language) or "–"

    def site(self, line: DoseLine) -> str:
        """Return the injection site."""
        if line.row is None:
            return "–"
        given = line.row.given
        return site_words(self.protocol.drug(line.drug), given.site, self.language, given.site_note) or "–"

    def state(self, line: DoseLine) -> str:
        """Return the word of the chip."""
        return self.language.text(STATES[line.state][0])

    def note(self, line: DoseLine) -> str:
        """Return where and by whom, why, and what was found."""
        if line.row is None:
            pause = line.due.slot.pause if line.due is not None else None
            return self.language.text("since {day}", day=f"{pause.since:%m-%d}") if pause is not None else ""
        given, language = line.row.given, self.language
        places = {choice.code: choice for choice in self.protocol.list("place").choices}
        missed = {choice.code: choice.label for choice in self.protocol.list("missed_reason").choices}
        known = given.place in places
        said = [noted_words(places[given.place], given.place_note, language)] if known else []
        if given.given_by:
            said.append(given.given_by)
        if _not_given(line.row) and given.reason in missed:
            said.append(language.words(missed[given.reason]))
        if words := hold_words(self.protocol, given, language):
            said.append(words)
        if given.discarded_on is not None:
            said.append(language.text("discarded {day}", day=f"{given.discarded_on:%m-%d}"))
        if line.row.deviations:
            said.append(language.text("deviations: {count}", count=len(line.row.deviations)))
        return " · ".join(said)

    def weight(self, line: DoseLine) -> str:
        """Return the weight an infusion was computed from."""
        weight = line.row.given.weight if line.row else None
        return "–" if weight is None else f"{plain(weight)} kg"

    def prescribed(self, line: DoseLine) -> str:
        """Return the prescribed amount."""
        return self._amount(line, "prescribed")

    def administered(self, line: DoseLine) -> str:
        """Return the administered amount."""
        return self._amount(line, "administered")

    def _amount(self, line: DoseLine, name: str) -> str:
        found = getattr(line.row.given, name) if line.row else None
        return "–" if found is None else plain(found)

    def prepared(self, line: DoseLine) -> str:
        """Return the vials an infusion was prepared from, as a sum."""
        if line.row is None or not line.row.given.vials:
            return "–"
        used = line.row.given.vials
        total = sum((vials.strength * vials.count for vials in used), Decimal(0))
        parts = [
            plain(vials.strength) if vials.count == 1 else f"{vials.count} × {plain(vials.strength)}"
            for vials in used
        ]
        return f"{' + '.join(parts)} = {plain(total)}"
