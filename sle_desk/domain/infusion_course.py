"""What was recorded of one infusion from minute to minute: rates, vital signs, medicines given before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sle_desk.base.language import Words
from sle_desk.domain.checks import IMPOSSIBLE, UNLIKELY, Finding, Value
from sle_desk.domain.forms import Field, Form
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.value_words import value_words
from sle_desk.domain.values import instant_of, partial_bounds, plain, time_beside

LOG = "infusions"
RATE, VITALS, PREMEDICATION = "infusion_rate", "infusion_vitals", "infusion_premedication"
BEFORE, DURING, END, OBSERVATION = "before", "during", "end", "observation"
TIME, MOMENT = "time", "moment"
# Of an infusion is what was of its day, and past midnight of the day beside it.
A_DAY = timedelta(days=1)
# "Before" and "at its end" name no span: the same day, in the night before it half a day, and an hour. Beyond
# that somebody has to say that it is so.
LONG_BEFORE, NEAR_END = timedelta(hours=12), timedelta(hours=1)
_CLOCK = "%Y-%m-%d %H:%M"
# What other records may come to say against an entry that stands.
DOUBTS = frozenset({"infusion.not_taken", "infusion.long_before", "infusion.not_at_end"})


@dataclass(frozen=True)
class Infusion:
    """When an infusion ran, as far as that is known: before it is recorded as given it has only its day.

    `prepared` is when its bag was made ready, `not_given` that the bag was discarded.
    """

    on_day: date
    started: datetime | None = None
    ended: datetime | None = None
    prepared: datetime | None = None
    not_given: bool = False

    def at(self, values: Mapping[str, Value]) -> datetime | None:
        """Return when an entry of this infusion happened: its time is of the day of the infusion."""
        value = values.get(TIME)
        if value is None or not value.text:
            return None
        midnight = datetime.combine(self.on_day, datetime.min.time())
        zoned = self.started or self.ended or self.prepared or midnight
        return instant_of(value.text, self.on_day, zoned)

    def facts(self) -> dict[str, str]:
        """Return when it ran as sentences say it."""
        known = {"start": self.started, "end": self.ended}
        return {
            name: time_beside(instant, self.on_day) if instant is not None else "–"
            for name, instant in known.items()
        }


def zoned_as(other: datetime, at: datetime) -> datetime:
    """Return when an entry happened, to be compared: an infusion without any time knows no zone."""
    return at if at.tzinfo is not None else at.replace(tzinfo=other.tzinfo)


@dataclass(frozen=True)
class Taken:
    """A medicine of which a dose was given before an infusion, and the days between which it was taken."""

    name: str
    start: str
    stop: str

    def on(self, day: date) -> bool:
        """Tell whether it can have been taken on a day: a partial date is a span."""
        began = not self.start or partial_bounds(self.start)[0] <= day
        return began and (not self.stop or day <= partial_bounds(self.stop)[1])

    def before(self, infusion: Infusion) -> bool:
        """Tell whether a dose of it can have been given before an infusion: on its day or the day before."""
        return self.on(infusion.on_day) or self.on(infusion.on_day - A_DAY)


def forms_of_infusions(protocol: Protocol) -> dict[str, Form]:
    """Return the forms whose entries belong to an infusion by their code; none in an earlier package."""
    return {form.code: form for form in protocol.log_forms(LOG)}


def outside(form: Form, values: Mapping[str, Value], infusion: Infusion) -> tuple[Finding, ...]:
    """Return what an entry says that cannot be, beside when its infusion ran."""
    at, ran = infusion.at(values), _says_it_ran(form, values)
    typed = values[TIME].as_typed if TIME in values else "–"
    if ran and infusion.not_given:
        field = MOMENT if form.code == VITALS else TIME
        return (Finding(IMPOSSIBLE, field, "infusion.not_given", {"form": form.label, "typed": typed}),)
    if at is None:
        return ()
    if abs(at.date() - infusion.on_day) > A_DAY:
        span = {"day": infusion.on_day, "first": infusion.on_day - A_DAY, "last": infusion.on_day + A_DAY}
        return (Finding(IMPOSSIBLE, TIME, "infusion.other_day", {"typed": typed, **span}),)
    # It starts after it was prepared: that the dose itself is asked.
    ready = infusion.prepared if infusion.started is None else None
    if ran and ready is not None and at < ready.replace(second=0, microsecond=0):
        shown = time_beside(ready, infusion.on_day)
        return (Finding(IMPOSSIBLE, TIME, "infusion.before_prepared", {"typed": typed, "prepared": shown}),)
    return _outside_run(form, values, infusion, at)


def _says_it_ran(form: Form, values: Mapping[str, Value]) -> bool:
    """Tell whether an entry is only there where an infusion ran: a rate, vital signs not taken before it."""
    if form.code == VITALS:
        return MOMENT in values and values[MOMENT].choice not in (None, BEFORE)
    return form.code == RATE


def _outside_run(
    form: Form, values: Mapping[str, Value], infusion: Infusion, at: datetime
) -> tuple[Finding, ...]:
    start, end = infusion.started, infusion.ended
    facts = {"typed": values[TIME].as_typed, **infusion.facts()}
    if form.code == RATE and not _within(at, start, end):
        return (Finding(IMPOSSIBLE, TIME, "infusion.outside", facts),)
    if form.code == PREMEDICATION and start is not None and at > start:
        return (Finding(IMPOSSIBLE, TIME, "infusion.after_start", facts),)
    if form.code == VITALS and MOMENT in values:
        moment = values[MOMENT].choice
        fits = {
            BEFORE: _within(at, None, start),
            DURING: _within(at, start, end),
            END: _within(at, start, None),
            OBSERVATION: _within(at, end or start, None),
        }
        if not fits.get(moment or "", True):
            label = form.field(MOMENT).choice(moment or "").label
            return (Finding(IMPOSSIBLE, TIME, "infusion.moment", {**facts, "moment": label}),)
    return ()


def _within(at: datetime, first: datetime | None, last: datetime | None) -> bool:
    return (first is None or first <= at) and (last is None or at <= last)


def beside_others(
    form: Form, values: Mapping[str, Value], infusion: Infusion, others: Iterable[Mapping[str, Value]]
) -> tuple[Finding, ...]:
    """Return what an entry says that cannot be, or is unlikely, beside the others of its kind."""
    at = infusion.at(values)
    if at is None:
        return ()
    known = sorted(_timed(infusion, others), key=lambda each: each[0])
    if form.code != VITALS and any(other == at for other, _ in known):
        return (Finding(IMPOSSIBLE, TIME, "infusion.same_time", {"typed": values[TIME].as_typed}),)
    earlier = [each for other, each in known if other < at]
    rate = values.get("rate")
    if form.code == RATE and rate is not None and rate.number is not None and earlier:
        before = earlier[-1].get("rate")
        if before is not None and before.number == rate.number:
            facts = {"rate": plain(rate.number), "since": earlier[-1][TIME].as_typed}
            return (Finding(UNLIKELY, "rate", "infusion.same_rate", facts),)
    return ()


def _timed(
    infusion: Infusion, entries: Iterable[Mapping[str, Value]]
) -> Iterator[tuple[datetime, Mapping[str, Value]]]:
    for values in entries:
        at = infusion.at(values)
        if at is not None:
            yield at, values


def not_taken(values: Mapping[str, Value], infusion: Infusion, taken: Taken) -> tuple[Finding, ...]:
    """Return that a medicine was not taken on the day on which a dose of it is said to have been given."""
    at = infusion.at(values)
    if at is None or taken.on(at.date()):
        return ()
    facts = {"medicine": taken.name, "start": taken.start or "–", "stop": taken.stop or "–", "day": at.date()}
    return (Finding(IMPOSSIBLE, TIME, "infusion.not_taken", facts),)


def unlikely(form: Form, values: Mapping[str, Value], infusion: Infusion) -> tuple[Finding, ...]:
    """Return what can be and seldom is: measured long before an infusion, or not at its end."""
    at, moment = infusion.at(values), values.get(MOMENT)
    if form.code != VITALS or at is None or moment is None:
        return ()
    start, end, typed = infusion.started, infusion.ended, values[TIME].as_typed
    eve = moment.choice == BEFORE and start is not None and at.date() < start.date()
    if eve and start is not None and start - at > LONG_BEFORE:
        facts = {"typed": typed, **infusion.facts(), "hours": LONG_BEFORE // timedelta(hours=1)}
        return (Finding(UNLIKELY, TIME, "infusion.long_before", facts),)
    if moment.choice == END and end is not None and abs(at - end) > NEAR_END:
        facts = {"typed": typed, **infusion.facts(), "minutes": NEAR_END // timedelta(minutes=1)}
        return (Finding(UNLIKELY, TIME, "infusion.not_at_end", facts),)
    return ()


def contradiction(
    entries: Sequence[tuple[Form, Mapping[str, Value]]], infusion: Infusion, now: datetime
) -> tuple[Form, Finding] | None:
    """Return the first entry that cannot be where the infusion ran at other times, or None."""
    for form, values in entries:
        at = infusion.at(values)
        if at is not None and zoned_as(now, at) > now:
            facts = {"typed": values[TIME].as_typed, "at": f"{at:{_CLOCK}}", "now": f"{now:{_CLOCK}}"}
            return form, Finding(IMPOSSIBLE, TIME, "infusion.course_ahead", facts)
        found = outside(form, values, infusion)
        if found:
            return form, found[0]
    return None


def entry_words(form: Form, values: Mapping[str, Value], about: str = "") -> Words:
    """Return what an entry says beside its time: a rate and why, each vital sign, the medicine given."""
    if form.code == PREMEDICATION:
        return Words(about, about)
    said = [
        (field, value_words(field, values[field.code]))
        for field in form.fields()
        if field.code in values and field.code != TIME
    ]
    if form.code == VITALS:
        said = [(field, _named(field, words)) for field, words in said]
    return Words(", ".join(words.en for _, words in said), "，".join(words.zh for _, words in said))


def _named(field: Field, words: Words) -> Words:
    """Return a value with what it is of; when it was taken is said by itself."""
    if field.code == MOMENT:
        return words
    return Words(f"{field.label.en} {words.en}", f"{field.label.zh} {words.zh}")
