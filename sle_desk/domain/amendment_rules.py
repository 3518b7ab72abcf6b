"""What an amendment may change in this version of the program; what is not safe is refused by its key.

Records are read with the version they were written under, and most rules of the program with the one in force
that they were made for: so an amendment adds, and changes words, windows, limits and dates to come. It takes
nothing away, and turns no unit, kind or meaning of what is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.amendments import ADDED, CHANGED, REMOVED, Difference, differences
from sle_desk.domain.forms import Field, Form
from sle_desk.domain.protocol import Clarification, Protocol, Setting, Visit
from sle_desk.domain.study_drugs import find

_ADDS = (
    "visits/*",
    # Not a choice of a setting that is there: the program acts by the codes that it knows.
    "settings/*",
    "lists/*",
    "lists/*/choices/*",
    "criteria/*",
    "criteria/*/leaves/*",
    "clarifications/*",
    "clarifications/*/options/*",
    "forms/*",
    "forms/*/fields/*",
    "forms/*/fields/*/choices/*",
    "holds/*",
    "drugs/*/sites/*",
    "laboratory/analytes/*",
    "laboratory/panels/*",
    "laboratory/sources/*",
    "dictionary/medicines/*",
    "dictionary/events/*",
    "dictionary/vaccines/*",
)
# Of these a value that was not there may come, or go, as well as change.
_CHANGES = (
    "version",
    "title",
    "short_title",
    "registry/*",
    "visits/*/label",
    "visits/*/day",
    "visits/*/week",
    "visits/*/day_setting",
    "visits/*/window",
    "visits/*/expected",
    "visits/*/basis/*",
    "settings/*/label",
    "settings/*/proposal",
    "settings/*/basis",
    "settings/*/basis/*",
    "settings/*/low",
    "settings/*/high",
    "settings/*/allowed",
    "settings/*/choices/*/label",
    "settings/*/choices/*/key",
    "settings/*/choices/order",
    "lists/*/label",
    "lists/*/choices/*/label",
    "lists/*/choices/*/key",
    "lists/*/choices/order",
    "criteria/*/number",
    "criteria/*/words",
    "criteria/*/beside",
    "criteria/*/leaves/*/words",
    "criteria/*/leaves/*/label",
    "criteria/*/leaves/*/reading",
    "criteria/*/leaves/*/evidence",
    "criteria/*/leaves/*/evidence/*",
    "criteria/*/leaves/*/entries",
    "criteria/*/leaves/*/entries/*",
    "criteria/*/leaves/*/not_applicable",
    "criteria/*/leaves/*/lost_words",
    "criteria/*/leaves/*/lost_words_source",
    "clarifications/*/title",
    "clarifications/*/quotes",
    "clarifications/*/elsewhere",
    "clarifications/*/problem",
    "clarifications/*/intent",
    "clarifications/*/confidence",
    "clarifications/*/severity",
    "clarifications/*/proposes",
    "forms/*/label",
    "forms/*/version",
    "forms/*/sections",
    "forms/*/fields/order",
    "forms/*/fields/*/label",
    "forms/*/fields/*/hint",
    "forms/*/fields/*/soft",
    "forms/*/fields/*/source",
    "forms/*/fields/*/choices/*/label",
    "forms/*/fields/*/choices/*/key",
    "forms/*/fields/*/choices/order",
    "holds/*/label",
    "drugs/*/stages/*/label",
    "drugs/*/stages/*/weeks",
    "drugs/*/stages/*/every_days",
    "drugs/*/stages/*/words",
    "drugs/*/stages/*/month_days",
    "drugs/*/stages/*/label_days",
    "drugs/*/stages/*/basis/*",
    "laboratory/version",
    "laboratory/analytes/*/label",
    "laboratory/panels/*/label",
    "dictionary/version",
    "dictionary/*/order",
)
# A form whose answers are kept as it declares them may ask them otherwise from now on; of the other ones the
# program itself knows the fields.
_CHANGES_OF_ANSWERS = (
    "forms/*/order",
    "forms/*/fields/*/required",
    "forms/*/fields/*/later",
    "forms/*/fields/*/hard",
    "forms/*/fields/*/decimals",
    "forms/*/fields/*/change_percent",
    "forms/*/fields/*/show_if",
    "forms/*/fields/*/future_allowed",
    "forms/*/fields/*/listed",
    "forms/*/fields/*/offers",
)
# What may only grow: each visit goes on asking for what it asked for, and what waits for a decision is a
# safety. A decision in force makes no waiting moot: it can be withdrawn, and its code is open again then.
_GROWS = ("visits/*/forms", "visits/*/panels", "settings/*/waits", "clarifications/*/waits")
# What takes part in papers, sheets and columns by its code.
_NAMED = ("visits/*", "forms/*", "laboratory/panels/*", "laboratory/analytes/*", "lists/*")
# Visits that an amendment may add are planned ones, without a tag: each of these has a rule in the program.
_PLANNED = frozenset({"day_1", "last_dose"})
# Sheets and columns that the workbook has beside those of forms, and endings that it gives to columns.
SHEETS = frozenset(
    {"AUDIT", "BACKGROUND", "COMPLIANCE", "CONSENT", "CONSENT_VERSIONS", "DECISIONS", "DELEGATIONS"}
    | {"DEVIATIONS", "DICTIONARY", "DISPENSING", "DISPOSITIONS", "DOSES", "ELIGIBILITY", "ETHICS", "FORMS"}
    | {"LAB", "LAB_RANGES", "LINKS", "NOT_RECONSENTED", "PAUSED_DOSES", "PAUSES", "PREDNISONE"}
    | {"PROTOCOL_VERSIONS", "QUERIES", "ROLES", "SCREENING", "SITE_CALENDAR", "STOCK_LOTS"}
    | {"STOCK_MOVEMENTS", "SUBJECTS", "VERDICTS", "VIALS", "VIALS_RECONCILED", "VISITS"}
)
COLUMNS = frozenset(
    {"ABOUT_ENTRY", "DATE", "DOSE", "ENTERED_LATER", "ENTRY", "PREDNISONE_MG", "RECORDED_AT", "SOURCE"}
    | {"SOURCE_REFERENCE", "SOURCE_SIGNED_ON", "SOURCE_SIGNER", "SUBJID", "TREATMENT_EMERGENT", "VISIT"}
    | {"VISIT_ENTRY"}
)
DERIVED = re.compile(r".*_(TYPED|COMPARATOR|MISSING|YEAR|MONTH|DAY|TEXT|OFFSET)", re.IGNORECASE)
# Days and counts of a trial are less than this.
LARGEST, DIGITS = 100_000, 15
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,27}")
# How many keys a sentence names.
MOST = 6


def _holds(path: Sequence[str], pattern: str) -> bool:
    wanted = pattern.split("/")
    if wanted[-1] == "*" and len(path) > len(wanted):
        path = path[: len(wanted)]
    return len(path) == len(wanted) and all(
        fnmatchcase(one, each) for one, each in zip(path, wanted, strict=True)
    )


def _any(path: Sequence[str], patterns: Iterable[str]) -> bool:
    return any(_holds(path, pattern) for pattern in patterns)


def answered_forms(protocol: Protocol) -> frozenset[str]:
    """Return the forms whose answers are kept as the form declares them: of a visit, or of a log."""
    at_visits = {code for visit in protocol.visits for code in visit.forms}
    return frozenset(at_visits | {form.code for form in protocol.forms if form.log})


def version_number(version: str) -> tuple[int, ...] | None:
    """Return a version as what is compared, 3 or 3.1; None where it is none."""
    parts = version.split(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return None
    return tuple(map(int, parts))


def require_same_trial(base: Protocol, new: Protocol) -> None:
    """Refuse a package of another trial, and one that is not newer than the version it is to follow."""
    if (new.code, new.registry_ids) != (
        base.code,
        base.registry_ids,
    ) or new.subject_prefix != base.subject_prefix:
        found = ", ".join((new.code, *new.registry_ids))
        raise RuleBroken(
            "amendment.other_trial", found=found, wanted=", ".join((base.code, *base.registry_ids))
        )
    was, becomes = version_number(base.version), version_number(new.version)
    if becomes is None:
        raise RuleBroken("amendment.version", found=new.version)
    if was is not None and becomes <= was:
        raise RuleBroken("amendment.not_newer", found=new.version, wanted=base.version)


def require_supported(base: Protocol, new: Protocol, held: Mapping[str, int]) -> tuple[Difference, ...]:
    """Return the differences of a package that can be followed, or refuse it by the keys that cannot.

    `held` counts the records that hold an answer, by form and field ("vitals.weight").
    """
    # First: a number with a million digits would be written out as a difference.
    _require_numbers(new, "")
    found = differences(base, new)
    if all(each.path == ("version",) for each in found):
        raise RuleBroken("amendment.no_difference")
    removed = [each for each in found if _removes(each, base, new)]
    for each in removed:
        count = held.get(".".join((each.path[1], each.path[3]))) if _is_field(each) else None
        if count:
            raise RuleBroken("amendment.holds_data", key=each.name, count=count)
    if removed:
        raise RuleBroken("amendment.removed", keys=_named(removed))
    other = [each for each in found if not _supported(each, base, new)]
    if other:
        raise RuleBroken("amendment.not_supported", keys=_named(other))
    _require_form_versions(base, new, found)
    _require_new_names(base, new, found)
    return found


def _is_field(each: Difference) -> bool:
    return _holds(each.path, "forms/*/fields/*") and len(each.path) == 4


def _named(found: Sequence[Difference]) -> str:
    names = [each.name for each in found[:MOST]]
    return ", ".join(names) + ("…" if len(found) > MOST else "")


def _removes(each: Difference, base: Protocol, new: Protocol) -> bool:
    if _any(each.path, _GROWS) and len(each.path) == 3:
        was, becomes = (_listed(kept, each.path) for kept in (base, new))
        return not set(was) <= set(becomes)
    if each.kind != REMOVED:
        return False
    # A value that is left out is a change of what it stood in.
    return not _changes(each, base)


def _listed(protocol: Protocol, path: Sequence[str]) -> tuple[str, ...]:
    """Return the list at a place that may only grow."""
    part, code, name = path
    coded: Sequence[Visit | Setting | Clarification] = getattr(protocol, part)
    listed: tuple[str, ...] = getattr(find(coded, code), name)
    return listed


def _changes(each: Difference, base: Protocol) -> bool:
    if _any(each.path, ("visits/*/day", "visits/*/week")):
        # Everything counts from day 1: what is before the first dose stands at that visit.
        return base.visit(each.path[1]).day != 1
    if _any(each.path, _CHANGES):
        return True
    asked = _any(each.path, _CHANGES_OF_ANSWERS) and each.path[1] in answered_forms(base)
    return asked and not base.form(each.path[1]).signed


def _supported(each: Difference, base: Protocol, new: Protocol) -> bool:
    if _any(each.path, _GROWS) and len(each.path) == 3:
        return True
    if each.kind == ADDED and any(_holds_exactly(each.path, pattern) for pattern in _ADDS):
        return _added(each, base, new)
    return each.kind in (ADDED, CHANGED, REMOVED) and _changes(each, base)


def _holds_exactly(path: Sequence[str], pattern: str) -> bool:
    return len(path) == len(pattern.split("/")) and _holds(path, pattern)


def _added(each: Difference, base: Protocol, new: Protocol) -> bool:
    if each.part == "dictionary":
        # A rule that looks for a medicine by its name would judge anew what was taken long before.
        return not next(
            term for term in new.dictionary.terms(each.path[1]) if term.code == each.path[2]
        ).rules
    if each.part == "visits":
        visit = new.visit(each.path[1])
        plain = not visit.tags and not visit.cycles and visit.end_label is None and visit.sparing is None
        return visit.anchor in _PLANNED and plain and (visit.anchor != "day_1" or (visit.day or 0) > 1)
    if each.part != "forms":
        return True
    if _tells_a_drug(new.form(each.path[1]), each.path[3] if len(each.path) > 3 else ""):
        return False
    # What is scored is scored by the questions and answers of its instrument.
    if len(each.path) > 2 and base.form(each.path[1]).signed:
        return False
    # A field or an answer the program does not know would be asked and kept nowhere.
    if len(each.path) > 2:
        return each.path[1] in answered_forms(base)
    return each.path[1] in answered_forms(new) and not new.form(each.path[1]).checks


def _tells_a_drug(form: Form, added: str) -> bool:
    """Tell whether what is added to a form of visits would tell in its sheet who is on which drug.

    The entries of a log are left out where the arm must not show; the forms of visits are not.
    """
    if form.log:
        return False
    asked = [field for field in form.fields() if not added or field.code == added]
    choices = (choice for field in asked for choice in field.choices)
    return (
        form.reveals
        or any(each.drug or each.reveals for each in asked)
        or any(each.reveals for each in choices)
    )


def _require_form_versions(base: Protocol, new: Protocol, found: Iterable[Difference]) -> None:
    """Refuse a form that asks otherwise under the version it had: a record names the version of its form."""
    for code in dict.fromkeys(each.path[1] for each in found if each.part == "forms" and len(each.path) > 2):
        if base.form(code).version == new.form(code).version:
            raise RuleBroken("amendment.form_version", form=code, version=new.form(code).version)


def _require_new_names(base: Protocol, new: Protocol, found: Iterable[Difference]) -> None:
    """Refuse new codes that an export or a paper cannot name, and one column for two fields of a form."""
    named = [
        (each.name, each.path[-1])
        for each in found
        if each.kind == ADDED
        and len(each.path) == 2 + (each.part == "laboratory")
        and _any(each.path, _NAMED)
    ]
    asked = [
        (f"forms.{form}.fields.{field.code}", form, field.code) for form, field in _new_fields(base, new)
    ]
    for key, code in (*named, *((key, code) for key, _, code in asked)):
        if _CODE.fullmatch(code) is None:
            raise RuleBroken("amendment.code", key=key)
    for each in found:
        if each.kind == ADDED and _holds_exactly(each.path, "forms/*") and each.path[1].upper() in SHEETS:
            raise RuleBroken("amendment.same_name", key=each.name, name=each.path[1].upper())
    for key, _, code in asked:
        if code.upper() in COLUMNS or DERIVED.fullmatch(code):
            raise RuleBroken("amendment.same_name", key=key, name=code.upper())
    for key, form, code in asked:
        if [each.code.upper() for each in new.form(form).fields()].count(code.upper()) > 1:
            raise RuleBroken("amendment.same_name", key=key, name=code.upper())


def _require_numbers(value: object, key: str) -> None:
    """Refuse a number that no day, count or measure of a trial can be: calendars would have no end."""
    days = isinstance(value, int) and abs(value) > LARGEST
    digits = [abs(value.adjusted()), len(value.as_tuple().digits)] if isinstance(value, Decimal) else [0]
    measure = max(digits) > DIGITS
    if days or measure:
        raise RuleBroken("amendment.number", key=key, found=str(value)[:20], allowed=LARGEST)
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            _require_numbers(getattr(value, each.name), f"{key}.{each.name}" if key else each.name)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            _require_numbers(inner, f"{key}.{name}")
    elif isinstance(value, tuple):
        for place, inner in enumerate(value):
            _require_numbers(inner, f"{key}.{getattr(inner, 'code', place)}")


def _new_fields(base: Protocol, new: Protocol) -> Iterator[tuple[str, Field]]:
    known = {form.code: {field.code for field in form.fields()} for form in base.forms}
    for form in new.forms:
        for field in form.fields():
            if field.code not in known.get(form.code, ()):
                yield form.code, field
