"""What a dose is held for, as the package lists it, and which of it the recorded data hint at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice, unit_words
from sle_desk.domain.values import folded, plain

# Asked, and there was nothing; or what the record hints at was looked at, and holds no more.
NONE, CLEARED = "none", "cleared"
NOTHING = Choice(NONE, Words("Nothing to hold for", "无暂停给药情形"), "N")
LOOKED_AT = Choice(CLEARED, Words("Looked at: it no longer holds", "已核实：情形已不存在"), "0")

# Codes and keys that no condition can have.
RESERVED = frozenset({NONE, CLEARED, NOTHING.key, LOOKED_AT.key})


@dataclass(frozen=True)
class Measured:
    """A measure of a form that hints at a condition: from a limit on, and not older than so many days."""

    form: str
    field: str
    at_least: Decimal
    days: int


@dataclass(frozen=True)
class OpenEvents:
    """Adverse events that hint at a condition while they last: by words of the term, or by their mark."""

    words: tuple[str, ...]
    special: tuple[str, ...]

    def holds(self, event: KnownEvent) -> bool:
        """Tell whether an event is one of them."""
        term = folded(event.term)
        return event.special in self.special or any(folded(word) in term for word in self.words)


@dataclass(frozen=True)
class Graded:
    """Laboratory results that hint at a condition: the last of each analyte, from a grade on."""

    analytes: tuple[str, ...]
    grade: int


@dataclass(frozen=True)
class HoldCondition:
    """Something that a dose is held for: of which drugs, how such a dose was missed, what hints at it.

    `reaction_grade` hints by an event linked to the last dose of the drug, from that grade on.
    """

    code: str
    key: str
    label: Words
    drugs: tuple[str, ...]
    missed_reason: str
    source: str
    unconfirmed: bool
    measured: Measured | None = None
    events: OpenEvents | None = None
    results: Graded | None = None
    pregnancy: bool = False
    reaction_grade: int | None = None


@dataclass(frozen=True)
class KnownEvent:
    """An adverse event that has begun and not ended: its term as told, its grade, since when."""

    term: str
    special: str
    grade: int | None
    since: str


@dataclass(frozen=True)
class KnownResult:
    """The last result of an analyte, with its grade if it has one."""

    grade: int | None
    on_day: date


@dataclass(frozen=True)
class HoldFacts:
    """What is recorded of a subject up to a dose: measures by form and field, events, results, pregnancy.

    `reactions` are the events linked to the last dose of the drug before, which was on `last_dose`.
    """

    on_day: date
    measures: Mapping[tuple[str, str], tuple[Decimal, str, date]] = field(default_factory=dict)
    events: Sequence[KnownEvent] = ()
    results: Mapping[str, KnownResult] = field(default_factory=dict)
    pregnant_since: date | None = None
    reactions: Sequence[KnownEvent] = ()
    last_dose: date | None = None


@dataclass(frozen=True)
class Hint:
    """One recorded fact that hints at a condition: a code that becomes a sentence, and its facts."""

    hold: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


def hints(conditions: Iterable[HoldCondition], known: HoldFacts) -> tuple[Hint, ...]:
    """Return what the record hints at, in the order of the conditions."""
    return tuple(hint for each in conditions for hint in _hints(each, known))


def _hints(of: HoldCondition, known: HoldFacts) -> Iterator[Hint]:
    if of.measured is not None:
        found = known.measures.get((of.measured.form, of.measured.field))
        if found is not None and _high(of.measured, found, known.on_day):
            value, unit, day = found
            yield _hint(of, "hold.measured", value=plain(value), measure=unit_words(unit), on=day)
    if of.events is not None:
        for event in filter(of.events.holds, known.events):
            yield _hint(of, "hold.event", term=event.term, since=event.since)
    if of.results is not None:
        for analyte in of.results.analytes:
            result = known.results.get(analyte)
            if result is not None and result.grade is not None and result.grade >= of.results.grade:
                yield _hint(of, "hold.grade", test=analyte, grade=result.grade, on=result.on_day)
    if of.pregnancy and known.pregnant_since is not None:
        yield _hint(of, "hold.pregnant", since=known.pregnant_since)
    if of.reaction_grade is not None and known.last_dose is not None:
        for event in known.reactions:
            if event.grade is not None and event.grade >= of.reaction_grade:
                facts = {"term": event.term, "grade": event.grade, "last": known.last_dose}
                yield _hint(of, "hold.reaction", **facts)


def _high(rule: Measured, found: tuple[Decimal, str, date], on_day: date) -> bool:
    value, _, day = found
    return value >= rule.at_least and on_day - timedelta(days=rule.days) <= day <= on_day


def _hint(of: HoldCondition, code: str, **facts: object) -> Hint:
    return Hint(of.code, code, {"hold": of.code, **facts})


def held_for(conditions: Iterable[HoldCondition], answer: str) -> HoldCondition | None:
    """Return the condition that an answer names; None where nothing was to hold for, or nobody was asked."""
    return next((each for each in conditions if each.code == answer), None)


def answers(conditions: Sequence[HoldCondition]) -> tuple[Choice, ...]:
    """Return what can be answered before a dose; nothing where the package lists no condition."""
    if not conditions:
        return ()
    named = (Choice(each.code, each.label, each.key) for each in conditions)
    return (NOTHING, *named, LOOKED_AT)


def hinted(found: Iterable[Hint]) -> str:
    """Return the codes that were hinted at, each once, as a dose keeps them beside its answer."""
    return " ".join(dict.fromkeys(hint.hold for hint in found))
