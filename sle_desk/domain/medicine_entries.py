"""Entries of medicines and of stays in hospital, as a criterion reads them up to a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sle_desk.domain.checks import Value
from sle_desk.domain.dictionary import Dictionary, Term
from sle_desk.domain.medication import NOT_SYSTEMIC, course_of
from sle_desk.domain.medicine_days import Course
from sle_desk.domain.values import compared, partial_bounds

# The form of a biologic before the trial, and its kind among the medicines.
PRIOR_BIOLOGIC, BIOLOGIC = "prior_biologic", "biologic"
# A day of which nothing is known.
ANY_DAY = "UK-UK-UK"
# What an answer is while nobody gave one, and where somebody said that it is not known.
UNSAID, NOT_KNOWN = None, ""


@dataclass(frozen=True)
class Chosen:
    """Which medicines a criterion speaks of: by their name in the dictionary, or by their kind.

    `perhaps` are the kinds among which a name that the dictionary does not know may be one of them.
    """

    medicines: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    systemic: bool = False


@dataclass(frozen=True)
class MedicineEntry:
    """One entry of a medicine; no `course` where its start was left open.

    `end_unsaid`: nobody has said whether it goes on. `end_untold`: it ended, and nobody told the day yet.
    """

    record_id: int
    name: str
    term: Term | None
    category: str | None
    route: str | None
    often: str
    course: Course | None
    end_unsaid: bool = False
    end_untold: bool = False

    @property
    def end_open(self) -> bool:
        """Tell whether somebody can still say of it when it ended, or that it goes on."""
        return self.end_unsaid or self.end_untold

    def until_told(self) -> MedicineEntry:
        """Return it as going on: it did when it was judged, and of its end the day comes after the word."""
        return replace(self, end_untold=False)

    def may_be(self, chosen: Chosen) -> bool | None:
        """Tell whether it is one of the medicines a criterion speaks of; None where that cannot be told."""
        kind = self._kind(chosen)
        if kind is False or (chosen.systemic and self.route in NOT_SYSTEMIC):
            return False
        if chosen.routes and self.route:
            return kind if self.route in chosen.routes else False
        return None if chosen.routes else kind

    def _kind(self, chosen: Chosen) -> bool | None:
        if self.category and self.category in chosen.categories:
            return True
        if self.term is not None:
            return self.term.code in chosen.medicines or self.term.category in chosen.categories
        return False if self.category and self.category not in chosen.perhaps else None


@dataclass(frozen=True)
class HospitalStay:
    """One stay in hospital; `stop` is missing while nobody told the end. `reason` is as it was written.

    `known` is the event of the dictionary that the reason names, or nothing.
    """

    record_id: int
    start: str
    stop: str | None
    reason: str
    known: str = ""


def medicine_entry(
    record_id: int, values: Mapping[str, Value], names: Dictionary, today: date
) -> MedicineEntry:
    """Return an entry as it stands on a day: an end after that day is none yet."""
    name = _text(values.get("name")) or ""
    course = course_of(record_id, values, names)
    goes_on = _choice(values.get("ongoing"))
    stop = values.get("stop")
    untold = course is not None and course.stop is None and goes_on == "N" and stop is None
    if course is not None and course.stop is None and goes_on not in ("Y", UNSAID) and not untold:
        # It ended on a day that nobody knows, or whether it ended is not known.
        course = replace(course, stop=ANY_DAY)
    elif course is not None and course.stop is not None and partial_bounds(course.stop)[0] > today:
        course, goes_on = replace(course, stop=None), "Y"
    return MedicineEntry(
        record_id=record_id,
        name=name,
        term=names.medicine(name) if name else None,
        category=_choice(values.get("category")),
        route=_choice(values.get("route")),
        often=_choice(values.get("frequency")) or "",
        course=course,
        end_unsaid=course is not None and course.stop is None and goes_on is UNSAID,
        end_untold=untold,
    )


def prior_biologic(
    record_id: int, values: Mapping[str, Value], names: Dictionary, today: date
) -> MedicineEntry:
    """Return a biologic of before the trial as any medicine that ended; its first dose need not be known."""
    told = {code: values[code] for code in ("name", "start", "stop") if code in values}
    if "start" not in told or not told["start"].text:
        told["start"] = Value(text=ANY_DAY)
    kind = {"category": Value(choice=BIOLOGIC), "ongoing": Value(choice="N")}
    return medicine_entry(record_id, told | kind, names, today)


def hospital_stay(
    record_id: int, values: Mapping[str, Value], names: Dictionary, today: date
) -> HospitalStay:
    """Return a stay as it stands on a day: a discharge after that day is none yet."""
    stop, reason = _text(values.get("stop")), _text(values.get("reason")) or ""
    written = compared(reason)
    known = (
        term.code
        for term in names.events
        if written in {compared(each) for each in (term.label.en, term.label.zh, *term.also)}
    )
    return HospitalStay(
        record_id=record_id,
        start=_text(values.get("start")) or ANY_DAY,
        stop=None if stop is not None and partial_bounds(stop)[0] > today else stop,
        reason=reason,
        known=next(known, "") if reason else "",
    )


def _text(value: Value | None) -> str | None:
    return value.text if value is not None and value.text else None


def _choice(value: Value | None) -> str | None:
    if value is None:
        return UNSAID
    return value.choice if value.choice is not None else NOT_KNOWN
