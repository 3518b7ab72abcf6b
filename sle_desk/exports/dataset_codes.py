"""The code lists of the dataset: the words of every code that a column may hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sle_desk.base.language import Words, message
from sle_desk.domain import (
    amendments,
    checks,
    dose_choices,
    ethics,
    holds,
    leaving,
    pauses,
    reconsent,
    record_source,
    roles,
    stock_words,
)
from sle_desk.domain.forms import Choice
from sle_desk.domain.protocol import Protocol
from sle_desk.exports.dataset import form_code_lists
from sle_desk.exports.dataset_calendar import KINDS as DAY_KINDS
from sle_desk.exports.dataset_links import KINDS
from sle_desk.exports.screening_words import OUTCOMES
from sle_desk.exports.tables import CodeList, Table
from sle_desk.exports.wording import spoken
from sle_desk.services.allocations_outside import WAYS

YES_NO = (("Y", message("yes")), ("N", message("no")))
YES_NO_UNCERTAIN = (*YES_NO, ("U", message("uncertain")))
STATES = (
    ("screening", message("Screening")),
    ("failed", message("Screen failure")),
    ("randomised", message("Randomised")),
    ("treatment", message("On treatment")),
    ("complete", message("Completed")),
    ("left", message("Left the study")),
    ("died", message("Died")),
)
FLAGS = (
    ("LOW", message("Low")),
    ("HIGH", message("High")),
    ("NORMAL", message("normal")),
    ("ABNORMAL", message("Abnormal")),
    ("UNKNOWN", message("not judged")),
)
DOSE_PROGRESS = (
    ("prepared", message("Prepared")),
    ("given", message("Given")),
    ("missed", message("Missed")),
)
ANSWERS = (
    ("met", message("Met")),
    ("not_met", message("Not met")),
    ("present", message("Present")),
    ("absent", message("Absent")),
    ("not_applicable", message("Not applicable")),
)
VERDICTS = (
    ("eligible", message("Eligible")),
    ("not_eligible", message("Not eligible")),
)


def code_lists(protocol: Protocol, tables: Sequence[Table]) -> tuple[CodeList, ...]:
    """Return the lists that the tables use and no other: a list of arms would name them."""
    used = {column.codelist for table in tables for column in table.columns if column.codelist}
    return tuple(found for found in every_list(protocol) if found.name in used)


def every_list(protocol: Protocol) -> Iterable[CodeList]:
    """Return the list of every kind of code, with its words."""
    yield from form_code_lists(protocol)
    yield CodeList("VISIT", tuple((visit.code, visit.label) for visit in protocol.visits))
    yield CodeList("ARM", tuple((arm.code, arm.label) for arm in protocol.arms))
    yield CodeList("DRUG", tuple((drug.code, drug.label) for drug in protocol.drugs))
    yield CodeList("SITE", tuple((site.code, site.label) for drug in protocol.drugs for site in drug.sites))
    made = (dose_choices.diluents_of(protocol, drug) for drug in protocol.drugs)
    yield CodeList("DILUENT", _choices(choice for each in made for choice in each))
    yield CodeList("PANEL", tuple((panel.code, panel.label) for panel in protocol.laboratory.panels))
    analytes = protocol.laboratory.analytes.values()
    yield CodeList("TEST", tuple((analyte.code, analyte.label) for analyte in analytes))
    yield CodeList("LEAF", tuple((leaf.code, leaf.label) for leaf in protocol.leaves))
    yield CodeList("PLACE", _choices(protocol.list("place").choices))
    yield CodeList("REACTION", _choices(_reactions(protocol)))
    yield CodeList("HOLD", _choices(holds.answers(protocol.holds)))
    reasons = (*protocol.list("missed_reason").choices, *dose_choices.DOSE_REASONS)
    yield CodeList("DOSE_REASON", _choices(reasons))
    yield CodeList("MISSING", _choices(checks.NOT_THERE))
    yield CodeList("SOURCE", _choices(record_source.SOURCES))
    yield CodeList("DISPOSITION", tuple(leaving.KINDS.items()))
    steps = (choice for choices in leaving.REASONS.values() for choice in choices)
    yield CodeList("DISPOSITION_REASON", _choices(steps))
    yield CodeList("PAUSE", tuple(pauses.KINDS.items()))
    if any(form.code == pauses.FORM for form in protocol.forms):
        yield CodeList("PAUSE_REASON", _choices(protocol.form(pauses.FORM).field("reason").choices))
    yield CodeList("AMENDMENT", tuple(amendments.STATES.items()))
    yield CodeList("ETHICS", _choices(ethics.KINDS))
    yield CodeList("NOT_RECONSENTED", _choices(reconsent.REASONS))
    yield CodeList("ROLE", tuple(roles.ROLES.items()))
    yield CodeList("TOLD_OUTSIDE", tuple(WAYS.items()))
    yield CodeList("TASK", tuple(roles.TASKS.items()))
    yield CodeList("STOCK_KIND", tuple(stock_words.KINDS.items()))
    yield CodeList("STOCK_PLACE", tuple(stock_words.PLACES.items()))
    for name, given in (
        ("YN", YES_NO),
        ("YNU", YES_NO_UNCERTAIN),
        ("SCREENING", tuple(OUTCOMES.items())),
        ("LINKED", KINDS),
        ("SITE_DAY", DAY_KINDS),
        ("STATE", STATES),
        ("FLAG", FLAGS),
        ("DOSE_PROGRESS", DOSE_PROGRESS),
        ("ANSWER", ANSWERS),
        ("VERDICT", VERDICTS),
    ):
        yield CodeList(name, tuple((code, spoken(text)) for code, text in given))


def _reactions(protocol: Protocol) -> Iterable[Choice]:
    for name in dict.fromkeys(drug.reactions for drug in protocol.drugs):
        yield from protocol.list(name).choices


def _choices(choices: Iterable[Choice]) -> tuple[tuple[str, Words], ...]:
    """Return codes with their words, each code once."""
    found: dict[str, Words] = {}
    for choice in choices:
        found.setdefault(choice.code, choice.label)
    return tuple(found.items())
