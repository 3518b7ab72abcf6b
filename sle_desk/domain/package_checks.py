"""Whether the files of a package agree: every name one of them uses has to stand in another."""

from __future__ import annotations

from collections.abc import Iterable

from sle_desk.base.errors import PackageFaulty
from sle_desk.domain.criteria_file import damaged
from sle_desk.domain.dictionary import OFFERS
from sle_desk.domain.entries_rule import DAILY_DOSE, LAST_TAKEN, STABLE, STAYS
from sle_desk.domain.evidence import (
    AnalyteLimit,
    Answers,
    DailyDose,
    DatedAnswer,
    Evidence,
    FieldReference,
    ScoreAtLeast,
    Serology,
)
from sle_desk.domain.form_checks import unknown_checks
from sle_desk.domain.holds import RESERVED
from sle_desk.domain.item_sets import check_item_sets
from sle_desk.domain.protocol import REGISTRY, Clarification, Coded, Leaf, Option, Protocol, Setting
from sle_desk.domain.reading import unique

# What can wait for a decision, and what the word after the colon names. What happened never waits.
ACTS = {
    "eligibility": "leaf",
    "allocation": "",
    "visits": "",
    "visit": "visit",
    "schedule": "drug",
    "prepare": "drug",
    "score": "form",
}
_WHOLE = frozenset({"eligibility", "allocation", "visits"})
# What can be asked of the entries beside which evidence.
_BESIDE: dict[str, type[Evidence]] = {
    STABLE: Answers,
    DAILY_DOSE: DailyDose,
    LAST_TAKEN: DatedAnswer,
    STAYS: DatedAnswer,
}
_PROTOCOL, _CRITERIA, _REGISTER = "protocol.toml", "criteria.toml", "clarifications.toml"


def check_references(protocol: Protocol) -> None:
    """Refuse a package in which a name points nowhere, or an option leaves a leaf without its limits."""
    _check_arms(protocol)
    _check_visits(protocol)
    _check_holds(protocol)
    _check_settings(protocol)
    for leaf in protocol.leaves:
        _check_leaf(protocol, leaf)
    for clarification in protocol.clarifications:
        _check_waits(protocol, clarification.waits, _REGISTER, clarification.code)
        for option in clarification.options:
            _check_option(protocol, clarification, option)
    _check_readers(protocol)
    _check_forms(protocol)


def waiting(leaf: Leaf, protocol: Protocol) -> tuple[str, ...]:
    """Return the clarifications and settings of their own without which a leaf cannot be judged."""
    act = f"eligibility:{leaf.code}"
    needed = set(leaf.evidence.settings())
    clarifications = (each.code for each in protocol.clarifications if act in each.waits)
    settings = (
        each.code
        for each in protocol.settings
        if not each.clarification and (each.code in needed or act in each.waits)
    )
    return (*clarifications, *settings)


def _known(codes: Iterable[str], known: Iterable[str], file: str, key: str) -> None:
    there = set(known)
    for code in codes:
        if code not in there:
            raise PackageFaulty("package.unknown_reference", file=file, key=key, found=code)


def _codes(entries: Iterable[Coded]) -> set[str]:
    return {entry.code for entry in entries}


def _check_arms(protocol: Protocol) -> None:
    cursor = 0
    for arm in protocol.arms:
        _known(arm.drugs, _codes(protocol.drugs), _PROTOCOL, f"{arm.code}.drugs")
        found = protocol.registry.text.find(arm.words, cursor)
        if found < 0:
            raise PackageFaulty(
                "package.words_order", file=_PROTOCOL, key=f"{arm.code}.words", found=arm.heading
            )
        cursor = found + len(arm.words)
    for drug in protocol.drugs:
        _known((drug.reactions,), _codes(protocol.lists), _PROTOCOL, f"{drug.code}.reactions")
        choices = {each.code for each in protocol.settings if each.kind == "choice"}
        _known(filter(None, (drug.supply,)), choices, _PROTOCOL, f"{drug.code}.supply")


def _check_visits(protocol: Protocol) -> None:
    days = {setting.code for setting in protocol.settings if setting.kind == "days"}
    numbers = [visit.number for visit in protocol.visits]
    if numbers != sorted(set(numbers)):
        raise PackageFaulty("package.visit_order", file=_PROTOCOL, key="visit.number")
    for visit in protocol.visits:
        key = f"{visit.code}."
        _known(filter(None, (visit.window,)), days, _PROTOCOL, key + "window")
        _known(filter(None, (visit.day_setting,)), days, _PROTOCOL, key + "day_setting")
        _known(visit.forms, _codes(protocol.forms), _PROTOCOL, key + "forms")
        _known(visit.panels, _codes(protocol.laboratory.panels), _PROTOCOL, key + "panels")
        _known(visit.expected, (*visit.forms, *visit.panels), _PROTOCOL, key + "expected")
        if visit.sparing is not None:
            _known(visit.sparing.forms, visit.forms, _PROTOCOL, key + "sparing.forms")
            _check_choice(protocol, visit.sparing.setting, visit.sparing.value, key + "sparing")


def _check_choice(protocol: Protocol, setting: str, value: str, key: str) -> None:
    _known((setting,), _codes(protocol.settings), _PROTOCOL, key + ".setting")
    _known((value,), _codes(protocol.setting(setting).choices), _PROTOCOL, key + ".value")


def _check_holds(protocol: Protocol) -> None:
    missed = {
        choice.code for each in protocol.lists if each.code == "missed_reason" for choice in each.choices
    }
    for hold in protocol.holds:
        key = f"{hold.code}."
        _known(hold.drugs, _codes(protocol.drugs), _PROTOCOL, key + "drugs")
        _known((hold.missed_reason,), missed, _PROTOCOL, key + "missed_reason")
        if hold.measured is not None:
            _known((hold.measured.form,), _codes(protocol.forms), _PROTOCOL, key + "measured.form")
            fields = _codes(protocol.form(hold.measured.form).fields())
            _known((hold.measured.field,), fields, _PROTOCOL, key + "measured.field")
        if hold.results is not None:
            _known(hold.results.analytes, protocol.laboratory.analytes, _PROTOCOL, key + "results")
        if hold.code in RESERVED or hold.key in RESERVED:
            raise PackageFaulty("package.twice", file=_PROTOCOL, key=key + "code", found=hold.code)
    for drug in protocol.drugs:
        unique(protocol.holds_of(drug.code), lambda each: each.key, _PROTOCOL, f"{drug.code}.hold.key")


def _check_settings(protocol: Protocol) -> None:
    register = _codes(protocol.clarifications)
    for setting in protocol.settings:
        if setting.code in register:
            raise PackageFaulty("package.twice", file=_PROTOCOL, key="setting.code", found=setting.code)
        if setting.clarification and setting.waits:
            # What a governed setting blocks is said once, at its clarification.
            raise PackageFaulty("package.waits_twice", file=_PROTOCOL, key=f"{setting.code}.waits")
        _check_waits(protocol, setting.waits, _PROTOCOL, setting.code)
        if setting.needed_with is not None:
            _check_choice(protocol, *setting.needed_with, f"{setting.code}.needed_with")


def _check_waits(protocol: Protocol, waits: Iterable[str], file: str, code: str) -> None:
    names = {
        "leaf": _codes(protocol.leaves),
        "drug": _codes(protocol.drugs),
        "form": _codes(protocol.forms),
        "visit": _codes(protocol.visits),
    }
    for act in waits:
        verb, colon, name = act.partition(":")
        argument = ACTS.get(verb)
        known = verb in _WHOLE if not colon else bool(argument) and name in names[argument or "leaf"]
        if argument is None or not known:
            raise PackageFaulty("package.unknown_act", file=file, key=f"{code}.waits", found=act)


def _check_leaf(protocol: Protocol, leaf: Leaf) -> None:
    key, evidence = f"{leaf.code}.evidence", leaf.evidence
    _known(evidence.settings(), _codes(protocol.settings), _CRITERIA, key)
    _known(evidence.analytes(), protocol.laboratory.analytes, _CRITERIA, key)
    for reference in (*evidence.references(), *evidence.asked_after()):
        _check_field(protocol, reference, key)
    _check_units(protocol, leaf, key)
    _check_entries(protocol, leaf)
    if isinstance(evidence, Answers):
        for asked in evidence.questions:
            choices = protocol.form(asked.form).field(asked.field).choices
            _known((code for day in asked.days for code in day.answers), _codes(choices), _CRITERIA, key)
    if isinstance(evidence, Answers) and evidence.scope:
        scopes = {choice.code for choice in protocol.setting(evidence.scope).choices}
        for asked in evidence.questions:
            _known(asked.scopes, scopes, _CRITERIA, key)
    if damaged(leaf) and not waiting(leaf, protocol):
        raise PackageFaulty("package.lost_text", file=_CRITERIA, key=key)
    for setting in _governed(protocol, leaf):
        act = f"eligibility:{leaf.code}"
        waits = protocol.clarification(setting.clarification).waits
        if leaf.origin == REGISTRY and act not in waits:
            raise PackageFaulty(
                "package.leaf_does_not_wait", file=_REGISTER, key=f"{setting.clarification}.waits", found=act
            )


def _check_entries(protocol: Protocol, leaf: Leaf) -> None:
    """Refuse entries beside evidence that says nothing of the kind, and names that the dictionary lacks."""
    rule, key, names = leaf.entries, f"{leaf.code}.entries", protocol.dictionary
    if rule is None:
        return
    allowed = [asks for asks, kind in _BESIDE.items() if isinstance(leaf.evidence, kind)]
    if rule.asks not in allowed:
        facts = {"found": rule.asks, "allowed": ", ".join(allowed)}
        raise PackageFaulty("package.not_one_of", file=_CRITERIA, key=f"{key}.asks", **facts)
    # A package of before the entries has no names to be known.
    if names.medicines:
        _known(rule.chosen.medicines, _codes(names.medicines), _CRITERIA, f"{key}.medicines")
        _known(rule.reasons, _codes(names.events), _CRITERIA, f"{key}.reasons")


def _check_units(protocol: Protocol, leaf: Leaf, key: str) -> None:
    """Refuse a limit in a unit that its value never has, and an answer that its test never gives."""
    evidence, analytes = leaf.evidence, protocol.laboratory.analytes
    if isinstance(evidence, AnalyteLimit):
        _known(
            (evidence.limit.unit,), _codes(analytes[evidence.analyte].units), _CRITERIA, f"{key}.limit.unit"
        )
    elif isinstance(evidence, Serology):
        _known((evidence.positive,), _codes(analytes[evidence.analyte].answers), _CRITERIA, f"{key}.positive")
    elif isinstance(evidence, DailyDose):
        asked = protocol.form(evidence.dose.form).field(evidence.dose.field)
        _known((evidence.limit.unit,), (asked.unit,), _CRITERIA, f"{key}.limit.unit")


def _governed(protocol: Protocol, leaf: Leaf) -> tuple[Setting, ...]:
    settings = (protocol.setting(code) for code in leaf.evidence.settings())
    return tuple(setting for setting in settings if setting.clarification)


def _check_field(protocol: Protocol, reference: FieldReference, key: str) -> None:
    _known((reference.form,), _codes(protocol.forms), _CRITERIA, key)
    if not reference.field:
        return
    form = protocol.form(reference.form)
    _known((reference.field,), (field.code for field in form.fields()), _CRITERIA, key)
    choices = form.field(reference.field).choices
    _known(reference.codes, (choice.code for choice in choices), _CRITERIA, key)


def _check_option(protocol: Protocol, clarification: Clarification, option: Option) -> None:
    key = f"{clarification.code}.{option.code}"
    _known((said.leaf for said in option.readings), _codes(protocol.leaves), _REGISTER, f"{key}.reading.leaf")
    options = (f"{each.code}.{other.code}" for each in protocol.clarifications for other in each.options)
    _known(option.excludes, options, _REGISTER, f"{key}.excludes")
    said_of = {said.leaf: said for said in option.readings}
    for leaf in protocol.leaves:
        said = said_of.get(leaf.code)
        stands = leaf.origin == REGISTRY or said is not None
        if not stands or (said is not None and (said.void or said.own_words)):
            continue
        without = set(option.unneeded) & set(leaf.evidence.settings())
        if without:
            raise PackageFaulty(
                "package.leaf_without_limit", file=_REGISTER, key=key, found=leaf.code, setting=min(without)
            )
        if said is not None and damaged(leaf):
            raise PackageFaulty("package.lost_text", file=_REGISTER, key=f"{key}.reading.leaf")


def _check_readers(protocol: Protocol) -> None:
    """Refuse a leaf that two clarifications read, and a leaf the registry lacks that none brings about."""
    readers: dict[str, set[str]] = {leaf.code: set() for leaf in protocol.leaves}
    for clarification in protocol.clarifications:
        for option in clarification.options:
            for said in option.readings:
                readers[said.leaf].add(clarification.code)
    for leaf in protocol.leaves:
        if len(readers[leaf.code]) > 1:
            found = ", ".join(sorted(readers[leaf.code]))
            raise PackageFaulty("package.two_readers", file=_REGISTER, key=leaf.code, found=found)
        if leaf.origin != REGISTRY and not readers[leaf.code]:
            raise PackageFaulty("package.never_read", file=_CRITERIA, key=leaf.code)


def _check_forms(protocol: Protocol) -> None:
    for form in protocol.forms:
        for name in unknown_checks(form):
            raise PackageFaulty(
                "package.unknown_check", file=f"forms/{form.code}.toml", key="checks", found=name
            )
    _check_logs(protocol)
    scales = {
        "sledai2k": tuple(protocol.instruments.sledai.weights),
        "bilag_letters": protocol.instruments.bilag.systems,
    }
    for code, items in scales.items():
        file = f"forms/{code}.toml"
        _known((code,), _codes(protocol.forms), "instruments.toml", code)
        fields = {field.code for field in protocol.form(code).fields()}
        _known(items, fields, file, "section.field.code")
        _known(fields, items, "instruments.toml", code)
    _check_cutoffs(protocol)
    check_item_sets(protocol)
    for leaf in protocol.leaves:
        if isinstance(leaf.evidence, ScoreAtLeast):
            _known((leaf.evidence.form,), scales, _CRITERIA, f"{leaf.code}.evidence")


def _check_logs(protocol: Protocol) -> None:
    """Refuse an entry that a visit asks for, and names in forms that point nowhere."""
    logs = {form.code for form in protocol.forms if form.log}
    for visit in protocol.visits:
        for code in logs & set(visit.forms):
            raise PackageFaulty("package.log_at_visit", file=_PROTOCOL, key=f"{visit.code}.forms", found=code)
    for form in protocol.forms:
        file = f"forms/{form.code}.toml"
        _known(filter(None, (form.about,)), logs, file, "about")
        drugs = (field.drug for field in form.fields() if field.drug)
        _known(drugs, _codes(protocol.drugs), file, "section.field.drug")
        offers = (field.offers for field in form.fields() if field.offers)
        _known(offers, OFFERS, file, "section.field.offers")
    named = (term.steroid for term in protocol.dictionary.medicines if term.steroid)
    _known(named, _codes(protocol.steroids.steroids), "dictionary.toml", "medicine.steroid")


def _check_cutoffs(protocol: Protocol) -> None:
    measured = {field.cdisc for form in protocol.forms for field in form.fields() if field.cdisc}
    known = measured | set(protocol.laboratory.analytes)
    _known(
        (cutoff.reads for cutoff in protocol.instruments.sledai.cutoffs),
        known,
        "instruments.toml",
        "cutoff.reads",
    )
