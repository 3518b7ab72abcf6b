"""What the safety of a subject asks: whether an event came under treatment, how long a report is awaited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from sle_desk.domain.checks import UNLIKELY, Finding, Value
from sle_desk.domain.dosing import MAJOR, ProposedDeviation
from sle_desk.domain.form_checks import is_fatal
from sle_desk.domain.forms import Form
from sle_desk.domain.values import partial_bounds

EVENT, REPORT = "adverse_event", "sae_report"
DEATH, FATAL = "death", "fatal"
FIRST, FOLLOW_UP, FINAL = "first", "follow_up", "final"
# What was done with a drug by an event (CDISC: DRUG WITHDRAWN).
STOPPED_FOR_GOOD = "withdrawn"
SENT_LATE = "report.sent_late"
GRADE_LOWERED, AWARE_LATER, NO_LONGER_SERIOUS = "event.grade_lowered", "event.aware_later", "event.reported"
# What the sponsor is to be told of, once a report of the event was sent.
SOFTENED = (GRADE_LOWERED, AWARE_LATER, NO_LONGER_SERIOUS)
YES, NO, UNCERTAIN = "Y", "N", "U"
# The day and the hour since when the site knows of an event, and of those told by a report of it.
AWARE, SENT = ("aware_day", "aware_time"), ("sent_day", "sent_time")
TOLD = (("investigator_day", "investigator_time"), SENT, ("ethics_day", ""))


def is_serious(values: Mapping[str, Value]) -> bool:
    """Tell whether an event was judged serious, or ended in death, which is serious whatever was judged."""
    serious = values.get("serious")
    return (serious is not None and serious.choice == YES) or is_fatal(values)


def treatment_emergent(start: str | None, day_one: date | None, stop: str | None = None) -> str:
    """Return Y for an event that began on or after the day of the first dose of any study drug, N before.

    U where its partial start can mean both and its end does not settle it; nothing where no start is known.
    Before any dose it is N.
    """
    if not start:
        return ""
    if day_one is None:
        return NO
    earliest, latest = partial_bounds(start)
    if earliest >= day_one:
        return YES
    return NO if latest < day_one or ended_before(stop, day_one) else UNCERTAIN


def serious_dates(values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Return what is unlikely about the day since which an event is serious beside the others.

    Of a partial start only what is certain.
    """
    serious, start, aware = (values.get(code) for code in ("serious_since", "start", "aware_day"))
    if serious is None or serious.day is None:
        return ()
    found = []
    if start is not None and start.text and serious.day < partial_bounds(start.text)[0]:
        facts = {"serious": serious.day, "start": start.text}
        found.append(Finding(UNLIKELY, "serious_since", "event.serious_before_start", facts))
    if aware is not None and aware.day is not None and aware.day < serious.day:
        known = {"aware": aware.day, "serious": serious.day}
        found.append(Finding(UNLIKELY, "aware_day", "event.aware_before_serious", known))
    return tuple(found)


def ended_before(stop: str | None, first_dose: date | None) -> bool:
    """Tell whether an event certainly ended before the first dose; before any dose, whether it ended at all.

    No drug can have caused it then, and no answer about one is owed.
    """
    return bool(stop) and (first_dose is None or partial_bounds(stop or "")[1] < first_dose)


def stopped_for_good(form: Form, values: Mapping[str, Value]) -> dict[str, str]:
    """Return the drugs that an event says were stopped for good, each with the field that says so."""
    asked = ((field, values.get(field.code)) for field in form.fields() if field.drug)
    return {
        field.drug: field.code
        for field, value in asked
        if value is not None and value.choice == STOPPED_FOR_GOOD
    }


def aware_since(values: Mapping[str, Value], now: datetime) -> datetime | None:
    """Return the instant since which the site knows of an event, in the zone of now; None while not told."""
    day, time = values.get("aware_day"), values.get("aware_time")
    if day is None or day.day is None:
        return None
    hour, minute = (int(part) for part in time.text.split(":")) if time is not None and time.text else (0, 0)
    return datetime(day.day.year, day.day.month, day.day.day, hour, minute, tzinfo=now.tzinfo)


def awaited(since: datetime, now: datetime, allowed_hours: Decimal | None) -> tuple[int, int, bool]:
    """Return for how many hours and minutes a report is awaited, and whether longer than allowed."""
    passed = max(now - since, timedelta(0))
    minutes = int(passed.total_seconds()) // 60
    late = allowed_hours is not None and Decimal(minutes) > allowed_hours * 60
    return minutes // 60, minutes % 60, late


def report_out_of_order(kind: str | None, others: Collection[str]) -> str:
    """Return the code of what is unlikely about a report beside the others of its event, or nothing.

    An event is reported first once, then followed, and ended once (ICH E2A: an initial report, then the
    complete one).
    """
    if kind in (FIRST, FINAL) and kind in others:
        return f"report.{kind}_twice"
    if kind == FINAL and FIRST not in others:
        return "report.final_alone"
    return ""


def sent_before_hour(event: Mapping[str, Value], report: Mapping[str, Value]) -> bool:
    """Tell whether a report was sent on the day the site knew of its event, at an hour before that."""
    aware, sent = event.get(AWARE[0]), report.get(SENT[0])
    if aware is None or sent is None or aware.day is None or aware.day != sent.day:
        return False
    return SENT in told_before(event, report)


def told_before(event: Mapping[str, Value], report: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    """Return whom a report says to have been told before the site knew: the fields of the day and the hour.

    Told only where it is certain: an hour that is not known can be any of its day.
    """
    known = _span(event, *AWARE)
    if known is None:
        return ()
    found = ((pair, _span(report, *pair)) for pair in TOLD)
    return tuple(pair for pair, span in found if span is not None and span[1] < known[0])


def first_report_late(
    event: Mapping[str, Value], report: Mapping[str, Value], allowed_hours: Decimal | None
) -> int | None:
    """Return after how many whole hours a first report was sent, where that certainly is too late."""
    known, sent, kind = _span(event, *AWARE), _span(report, *SENT), report.get("kind")
    if allowed_hours is None or known is None or sent is None or kind is None or kind.choice != FIRST:
        return None
    passed = sent[0] - known[1]
    if Decimal(int(passed.total_seconds())) <= allowed_hours * 3600:
        return None
    return int(passed.total_seconds()) // 3600


def final_before_first(first: Mapping[str, Value], final: Mapping[str, Value]) -> bool:
    """Tell whether a final report was certainly sent before the first one."""
    began, ended = _span(first, *SENT), _span(final, *SENT)
    return began is not None and ended is not None and ended[1] < began[0]


def sent_late(aware: str, sent: str, hours: int, allowed: str) -> ProposedDeviation:
    """Return what a first report shows that was sent after the hours allowed: of safety, so major."""
    facts = {"aware": aware, "sent": sent, "hours": hours, "allowed": allowed}
    return ProposedDeviation(SENT_LATE, MAJOR, facts)


def _span(values: Mapping[str, Value], day: str, time: str) -> tuple[datetime, datetime] | None:
    """Return the first and the last minute that a day and an hour can mean, on the clock of the site."""
    on, at = values.get(day), values.get(time)
    if on is None or on.day is None:
        return None
    start = datetime.combine(on.day, datetime.min.time())
    if at is None or not at.text:
        return start, start + timedelta(hours=23, minutes=59)
    hour, minute = (int(part) for part in at.text.split(":"))
    exact = start + timedelta(hours=hour, minutes=minute)
    return exact, exact


def began_before_consent(start: str | None, consented: date | None) -> bool:
    """Tell whether an event certainly began before consent: it belongs in medical history (domain.md, AE).

    A partial start is every day it can mean; what cannot be told apart is not said.
    """
    return bool(start) and consented is not None and partial_bounds(start or "")[1] < consented


def can_be_within(event: tuple[str, str], span: tuple[str, str]) -> bool:
    """Tell whether what began and ended on days, each perhaps partial or not told, can meet such a span."""

    def days(start: str, stop: str) -> tuple[date, date]:
        first = partial_bounds(start)[0] if start else date.min
        return first, partial_bounds(stop)[1] if stop else date.max

    (first, last), (begun, ended) = days(*event), days(*span)
    return first <= ended and last >= begun


def softened(before: Mapping[str, Value], values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Return what an event says less gravely, or later, than it stood when it was reported."""
    found = []
    was, now = (each.get("grade") for each in (before, values))
    if was is not None and now is not None and (now.choice or "") < (was.choice or "") and now.choice:
        facts = {"before": was.choice, "now": now.choice}
        found.append(Finding(UNLIKELY, "grade", GRADE_LOWERED, facts))
    knew, knows = _span(before, *AWARE), _span(values, *AWARE)
    if knew is not None and knows is not None and knows[0] > knew[1]:
        place = AWARE[1] if knew[0].date() == knows[0].date() else AWARE[0]
        facts = {"before": f"{knew[0]:%Y-%m-%d}", "now": f"{knows[0]:%Y-%m-%d}"}
        if place == AWARE[1]:
            facts = {"before": f"{knew[0]:%Y-%m-%d %H:%M}", "now": f"{knows[0]:%Y-%m-%d %H:%M}"}
        found.append(Finding(UNLIKELY, place, AWARE_LATER, facts))
    return tuple(found)


def sent_since(report: Mapping[str, Value], moment: datetime) -> bool:
    """Tell whether a report was certainly sent at a moment on the clock of the site, or after it."""
    sent = _span(report, *SENT)
    return sent is not None and sent[0] >= moment.replace(tzinfo=None, second=0, microsecond=0)


def told_of_error(values: Mapping[str, Value]) -> bool:
    """Tell whether a report says when the sponsor was told that an earlier one named another subject."""
    told = values.get("error_told_day")
    return told is not None and told.day is not None


def is_sent(values: Mapping[str, Value]) -> bool:
    """Tell whether a report was sent."""
    sent = values.get("sent_day")
    return sent is not None and sent.day is not None
