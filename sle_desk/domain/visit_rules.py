"""What a visit shows beside its plan and beside the ends of a subject: after an end, outside, not done."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sle_desk.base.language import Words
from sle_desk.domain.dosing import MAJOR, MINOR, ProposedDeviation
from sle_desk.domain.protocol import Protocol, Visit
from sle_desk.domain.schedule import FROM_DAY_ONE, FROM_EXIT, FROM_EXIT_OR_STOPS, FROM_LAST_DOSE, PlannedVisit

EARLY_TERMINATION = "early_termination"
UNSCHEDULED = "unscheduled"
VISIT_AFTER = frozenset({"visit.after_death", "visit.after_withdrawal", "visit.after_exit"})
MISSED = frozenset({"visit.missed"})
PROCEDURE_AFTER = "procedure.after_exit"
# What can be said of a visit that lies ahead, in somebody's words: nobody forgets what is still to come.
SAID_AHEAD = frozenset({"refused", "impossible", "other"})
NO_ANCHOR = "none"
SCREENING = "screening"
_PLANNED = frozenset({FROM_DAY_ONE, FROM_LAST_DOSE, FROM_EXIT, FROM_EXIT_OR_STOPS})


def planned_name(protocol: Protocol, planned: PlannedVisit) -> Words:
    """Return what a visit is called in a plan: the one that ends the treatment says so."""
    return protocol.visit(planned.code).called(ends_treatment=planned.ends_treatment)


def recurs(visit: Visit) -> bool:
    """Tell whether a subject can have a visit more than once: nobody plans it."""
    return UNSCHEDULED in visit.tags


def is_screening(visit: Visit) -> bool:
    """Tell whether a visit is one of screening."""
    return SCREENING in visit.tags


def is_planned(visit: Visit) -> bool:
    """Tell whether the protocol plans a visit: only what was planned can be told as not done."""
    return visit.anchor != NO_ANCHOR


def is_expected(visit: Visit, code: str, spared: Collection[str] = ()) -> bool:
    """Tell whether a form or panel of a visit is missing where nobody entered it: not all has to be.

    `spared` are the forms that the readings in force let be, such as those of other classification sets; at
    one visit alone as "visit.form".
    """
    return code not in spared_at(visit, spared) and (not visit.expected or code in visit.expected)


def spared_at(visit: Visit, spared: Collection[str]) -> frozenset[str]:
    """Return the forms of a visit that decisions let be, at every visit or at this one."""
    return frozenset(code for code in visit.forms if code in spared or f"{visit.code}.{code}" in spared)


def visit_after_end(
    on_day: date, died: date | None, withdrawn: date | None, left: date | None, died_said: str = ""
) -> Iterator[ProposedDeviation]:
    """Yield that a visit lies after the death, the withdrawal of consent for visits, or the day of leaving.

    `left` is None for the visit that leaving itself makes due; `died_said` is the death as it was written.
    """
    if died is not None and on_day > died:
        yield ProposedDeviation("visit.after_death", MAJOR, {"on": on_day, "died": died_said or died})
    elif withdrawn is not None and on_day > withdrawn:
        yield ProposedDeviation("visit.after_withdrawal", MAJOR, {"on": on_day, "since": withdrawn})
    elif left is not None and on_day > left:
        yield ProposedDeviation("visit.after_exit", MINOR, {"on": on_day, "left": left})


def procedure_after_exit(
    on_day: date, visited: date | None, left: date | None
) -> Iterator[ProposedDeviation]:
    """Yield that a form or sample lies after the day of leaving, at a visit that does not itself."""
    if left is not None and on_day > left and (visited is None or visited <= left):
        yield ProposedDeviation(PROCEDURE_AFTER, MINOR, {"on": on_day, "left": left})


def outside_window(planned: PlannedVisit, on_day: date) -> Iterator[ProposedDeviation]:
    """Yield that a visit took place outside its window."""
    if not planned.holds(on_day):
        facts = {"visit": planned.code, "on": on_day, "opens": planned.opens_on, "closes": planned.closes_on}
        yield ProposedDeviation("visit.outside_window", MINOR, facts)


def missed_visit(
    planned: PlannedVisit, today: date, ended: date | None, withdrawn: date | None
) -> Iterator[ProposedDeviation]:
    """Yield that a planned visit was told as not done, unless an end came before its window closed.

    `ended` is None for the visit that leaving itself makes due.
    """
    ends = [day for day in (ended, withdrawn) if day is not None]
    if all(planned.closes_on < day for day in ends):
        facts = {"visit": planned.code, "planned": planned.planned_on}
        # Told ahead it is of the day it was told; nothing that was is dated ahead.
        yield ProposedDeviation("visit.missed", MINOR, facts, on_day=min(planned.closes_on, today))


def lies_ahead(visit: Visit, planned: PlannedVisit | None, today: date, *, provisional: bool) -> bool:
    """Tell whether the window of a visit of somebody who goes on is still to open.

    Before the first dose only the visit of day 1 has come; what has no date yet is to come too.
    """
    if visit.anchor not in _PLANNED:
        return False
    if planned is None or (provisional and visit.day != 1):
        return True
    return today < planned.opens_on
