"""What can be said about a form as a whole: which fields are asked, what is missing, what disagrees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from sle_desk.base.errors import PackageFaulty
from sle_desk.domain.checks import IMPOSSIBLE, MISSING, UNLIKELY, Finding, Value, check_value
from sle_desk.domain.forms import Field, Form
from sle_desk.domain.values import instant_of, partial_bounds

Check = Callable[[Mapping[str, Value]], tuple[Finding, ...]]


def _systolic_above_diastolic(values: Mapping[str, Value]) -> tuple[Finding, ...]:
    systolic, diastolic = values.get("systolic"), values.get("diastolic")
    if systolic is None or diastolic is None or systolic.number is None or diastolic.number is None:
        return ()
    if systolic.number > diastolic.number:
        return ()
    facts = {"systolic": systolic.as_typed, "diastolic": diastolic.as_typed}
    return (Finding(UNLIKELY, "diastolic", "check.systolic_above_diastolic", facts),)


def _stop_not_before_start(values: Mapping[str, Value]) -> tuple[Finding, ...]:
    start, stop = values.get("start"), values.get("stop")
    if start is None or stop is None or start.missing or stop.missing:
        return ()
    # Partial days are spans: only a stop that must lie before the start is impossible.
    if partial_bounds(stop.as_typed)[1] >= partial_bounds(start.as_typed)[0]:
        return ()
    facts = {"start": start.as_typed, "stop": stop.as_typed}
    return (Finding(IMPOSSIBLE, "stop", "check.stop_not_before_start", facts),)


def _choice(values: Mapping[str, Value], code: str) -> str | None:
    value = values.get(code)
    return value.choice if value is not None else None


SERIOUS_BY = ("death", "life_threatening", "hospitalisation", "disability", "congenital", "important")


def _death_agrees(values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Grade 5, a fatal outcome and death as a criterion say the same (SDTM: AETOXGR, AEOUT, AESDTH)."""
    said = {
        "grade": (_choice(values, "grade"), "5"),
        "outcome": (_choice(values, "outcome"), "fatal"),
        "death": (_choice(values, "death"), "Y"),
    }
    died = [code for code, (given, fatal) in said.items() if given == fatal]
    survived = [code for code, (given, fatal) in said.items() if given not in (None, fatal)]
    if not died or not survived:
        return ()
    return (
        Finding(IMPOSSIBLE, survived[-1], "check.death_disagrees", {"by": died[0], "not_by": survived[-1]}),
    )


def is_fatal(values: Mapping[str, Value]) -> bool:
    """Tell whether any answer about an event says that it ended in death."""
    said = {"grade": "5", "outcome": "fatal", "death": "Y"}
    return any(_choice(values, code) == fatal for code, fatal in said.items())


def _grade_5_serious(values: Mapping[str, Value]) -> tuple[Finding, ...]:
    if is_fatal(values) and "serious" in values and _choice(values, "serious") != "Y":
        return (Finding(IMPOSSIBLE, "serious", "check.death_not_serious"),)
    return ()


def _serious_by_a_criterion(values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """A serious event meets at least one of the six criteria (ICH E2A)."""
    given = [_choice(values, code) for code in SERIOUS_BY]
    if _choice(values, "serious") == "Y" and all(answer == "N" for answer in given):
        return (Finding(IMPOSSIBLE, SERIOUS_BY[-1], "check.serious_by_none"),)
    return ()


# Answers that have to agree before a form is saved or signed. A saved one is put right an answer at a time:
# on the way they may disagree, and who opens the form is told.
AGREEMENTS = frozenset({"check.death_disagrees", "check.death_not_serious", "check.serious_by_none"})
# The checks a form may name: each a pure function of the values of the form.
FORM_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "systolic_above_diastolic": _systolic_above_diastolic,
        "stop_not_before_start": _stop_not_before_start,
        "death_agrees": _death_agrees,
        "grade_5_serious": _grade_5_serious,
        "serious_by_a_criterion": _serious_by_a_criterion,
    }
)


def times_ahead(form: Form, values: Mapping[str, Value], on_day: date, now: datetime) -> tuple[Finding, ...]:
    """Return the times of day ahead of now; a time is of the day asked before it, else of the form's day."""
    found: list[Finding] = []
    day: date | None = on_day
    for asked in form.fields():
        value = values.get(asked.code)
        if asked.kind in ("day", "partial_day"):
            day = value.day if value is not None else None
        elif asked.kind == "time" and value is not None and _lies_ahead(value.text, day, now):
            facts = {"typed": value.text or "", "now": f"{now:%H:%M}"}
            found.append(Finding(IMPOSSIBLE, asked.code, "time.future", facts))
    return tuple(found)


def _lies_ahead(time: str | None, day: date | None, now: datetime) -> bool:
    """Tell whether a time of a day lies ahead; a day that does is refused by itself."""
    return bool(time) and day is not None and day <= now.date() and instant_of(time or "", day, now) > now


def unknown_checks(form: Form) -> tuple[str, ...]:
    """Return the checks that a form names and nobody wrote."""
    return tuple(name for name in form.checks if name not in FORM_CHECKS)


def shown_fields(form: Form, values: Mapping[str, Value]) -> tuple[Field, ...]:
    """Return the fields asked for, given the values so far; an answer that is itself hidden shows nothing."""
    choices = {code: value.choice for code, value in values.items() if value.choice is not None}
    shown = form.shown(choices)
    while hidden := choices.keys() - {asked.code for asked in shown}:
        choices = {code: choice for code, choice in choices.items() if code not in hidden}
        shown = form.shown(choices)
    return shown


def asked_values(form: Form, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values that are still asked for: what another answer hides counts for nothing."""
    return {asked.code: values[asked.code] for asked in shown_fields(form, values) if asked.code in values}


def disagreements(form: Form, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Return what a saved form says against itself, while its answers are put right one by one."""
    return tuple(finding for finding in compared(form, values) if finding.code in AGREEMENTS)


def compared(form: Form, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Return what the answers of a form say against each other, by the checks that the form names."""
    shown = asked_values(form, values)
    return tuple(finding for name in form.checks for finding in FORM_CHECKS[name](shown))


def check_form(
    form: Form,
    values: Mapping[str, Value],
    now: datetime,
    *,
    previous: Mapping[str, Value] = MappingProxyType({}),
    born: date | None = None,
) -> tuple[Finding, ...]:
    """Return every finding of a form in the order of its fields: per value, missing, then named checks."""
    for name in unknown_checks(form):
        raise PackageFaulty("package.unknown_check", file=form.code, key="checks", found=name)
    findings: list[Finding] = []
    asked_for = shown_fields(form, values)
    for asked in asked_for:
        value = values.get(asked.code)
        if value is not None:
            findings += check_value(asked, value, previous.get(asked.code), now, born=born)
        elif asked.required and not asked.later:
            findings.append(Finding(MISSING, asked.code, "value.missing", {"label": asked.label}))
    return (*findings, *compared(form, values))
