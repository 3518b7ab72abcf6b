"""The trial itself in a package: arms, drugs with their plans, code lists and visits."""

from __future__ import annotations

from types import MappingProxyType

from sle_desk.domain.criteria_file import words_in_registry
from sle_desk.domain.dose_choices import OTHER
from sle_desk.domain.protocol import (
    Arm,
    CodeList,
    Drug,
    InjectionSite,
    Preparation,
    Sparing,
    Stage,
    Vial,
    Visit,
)
from sle_desk.domain.reading import Entry, unique
from sle_desk.domain.settings import parse_basis, parse_choices

SHAPES = ("diamond", "circle", "square")
ANCHORS = ("day_1", "before_day_1", "last_dose", "exit", "exit_or_stops", "none")
# With how many cycles of treatment a visit is planned; 0 stands for any number.
CYCLES = (0, 1, 2)
TAGS = ("screening", "baseline", "weigh", "pre_dose_samples", "efficacy", "end_of_treatment", "follow_up",
        "early_termination", "unscheduled", "stage_2_begins")  # fmt: skip


def _quoted(entry: Entry, name: str, registry: str) -> str:
    return words_in_registry(registry, entry.text(name), entry.file, f"{entry.key}.{name}")


def parse_arm(entry: Entry, registry: str) -> Arm:
    """Return an arm; its heading, role and words have to be the registry's, in that order."""
    heading, role, words = (_quoted(entry, name, registry) for name in ("heading", "role", "words"))
    arm = Arm(
        code=entry.text("code"),
        label=entry.words("label"),
        shape=entry.one_of("shape", SHAPES),
        drugs=entry.texts("drugs"),
        name=entry.words("name"),
        heading=heading,
        role=role,
        words=words,
        cdisc=entry.text("cdisc"),
        called=entry.texts("called", optional=True),
    )
    entry.done()
    block = f"\n{heading}\n{role}\nDescription:\n{words}\n"
    words_in_registry(registry, block, entry.file, f"{entry.key}.words")
    return arm


def parse_drug(entry: Entry, registry: str) -> Drug:
    """Return a drug with its plan as registered, its injection sites and its preparation."""
    sites = tuple(map(_site, entry.tables("site", optional=True)))
    unique(sites, lambda site: site.code, entry.file, f"{entry.key}.site.code")
    unique(sites, lambda site: site.key, entry.file, f"{entry.key}.site.key")
    stages = tuple(_stage(inner, registry) for inner in entry.tables("stage"))
    drug = Drug(
        code=entry.text("code"),
        label=entry.words("label"),
        route=entry.words("route"),
        amount=entry.decimal("amount"),
        unit=entry.text("unit"),
        unit_label=entry.words("unit_label"),
        per_kg=entry.flag("per_kg"),
        dose_label=entry.words("dose_label"),
        words=_quoted(entry, "words", registry),
        stages=unique(stages, lambda stage: stage.code, entry.file, f"{entry.key}.stage.code"),
        sites=sites,
        preparation=_preparation(entry.table("preparation")) if entry.has("preparation") else None,
        reactions=entry.text("reactions"),
        cdisc=MappingProxyType(dict(_pairs(entry.table("cdisc")))),
        called=entry.texts("called", optional=True),
        told_by=entry.texts("told_by", optional=True),
        supply=entry.text("supply", ""),
    )
    entry.done()
    return drug


def _pairs(entry: Entry) -> list[tuple[str, str]]:
    pairs = [(name, entry.text(name)) for name in ("EXTRT", "EXDOSU", "EXROUTE")]
    # The dosage form of a product that is not known yet stays empty.
    pairs.append(("EXDOSFRM", entry.text("EXDOSFRM", "")))
    entry.done()
    return pairs


def _site(entry: Entry) -> InjectionSite:
    # Where a dose was given else is told in words: it is no place that could be coded.
    other = entry.text("code") == OTHER
    site = InjectionSite(
        code=entry.text("code"),
        key=entry.text("key"),
        label=entry.words("label"),
        location="" if other else entry.text("location"),
        laterality="" if other else entry.one_of("laterality", ("LEFT", "RIGHT")),
    )
    entry.done()
    return site


def _stage(entry: Entry, registry: str) -> Stage:
    stage = Stage(
        code=entry.text("code"),
        label=entry.words("label"),
        weeks=entry.whole("weeks"),
        every_days=entry.whole("every_days") if entry.has("every_days") else None,
        words=_quoted(entry, "words", registry),
        month_days=entry.whole("month_days") if entry.has("month_days") else None,
        label_days=tuple(_study_day(entry, day) for day in entry.texts("label_days", optional=True)),
        basis=parse_basis(entry),
    )
    entry.done()
    if (stage.every_days is None) != bool(stage.month_days and stage.label_days):
        raise entry.fault("every_days", "package.number_or_setting")
    for name, found in (("weeks", stage.weeks), ("every_days", stage.every_days)):
        if found is not None and found < 1:
            raise entry.fault(name, "package.not_positive", found=found)
    return stage


def _study_day(entry: Entry, written: str) -> int:
    if not written.isdecimal() or int(written) < 1:
        raise entry.fault("label_days", "package.not_a_number", found=written)
    return int(written)


def _vial(entry: Entry) -> Vial:
    vial = Vial(entry.decimal("strength"), entry.decimal("water"))
    entry.done()
    return vial


def _preparation(entry: Entry) -> Preparation:
    preparation = Preparation(
        concentration=entry.decimal("concentration"),
        vials=tuple(map(_vial, entry.tables("vial"))),
        bag=entry.decimal("bag"),
        diluents=parse_choices(entry, "diluent"),
        infusion_minutes=entry.whole("infusion_minutes"),
        minutes_to_end=entry.whole("minutes_to_end"),
        observed_infusions=entry.whole("observed_infusions"),
        basis=parse_basis(entry),
    )
    entry.done()
    return preparation


def parse_list(entry: Entry) -> CodeList:
    """Return a code list."""
    found = CodeList(entry.text("code"), entry.words("label"), parse_choices(entry))
    entry.done()
    return found


def _sparing(entry: Entry) -> Sparing:
    sparing = Sparing(entry.text("setting"), entry.text("value"), entry.texts("forms"))
    entry.done()
    return sparing


def parse_visit(entry: Entry) -> Visit:
    """Return a visit; a day counts from day 1, and a stretch that is open is a setting."""
    anchor = entry.one_of("anchor", ANCHORS)
    visit = Visit(
        code=entry.text("code"),
        label=entry.words("label"),
        number=entry.whole("number"),
        anchor=anchor,
        week=entry.whole("week") if entry.has("week") else None,
        day=entry.whole("day") if entry.has("day") else None,
        day_setting=entry.text("day_setting", ""),
        window=entry.text("window", ""),
        forms=entry.texts("forms", optional=True),
        panels=entry.texts("panels", optional=True),
        expected=entry.texts("expected", optional=True),
        tags=entry.texts("tags", optional=True),
        basis=parse_basis(entry),
        cycles=entry.whole("cycles") if entry.has("cycles") else 0,
        end_label=entry.words("end_label") if entry.has("end_label") else None,
        sparing=_sparing(entry.table("sparing")) if entry.has("sparing") else None,
    )
    entry.done()
    if visit.cycles not in CYCLES:
        allowed = ", ".join(map(str, CYCLES))
        raise entry.fault("cycles", "package.not_one_of", found=visit.cycles, allowed=allowed)
    if (anchor == "day_1") != (visit.day is not None):
        raise entry.fault("day", "package.day_of_anchor", found=anchor)
    if (anchor in ("before_day_1", "last_dose")) != bool(visit.day_setting):
        raise entry.fault("day_setting", "package.day_of_anchor", found=anchor)
    if anchor in ("exit", "exit_or_stops") and not visit.window:
        raise entry.fault("window", "package.day_of_anchor", found=anchor)
    if visit.week is not None and visit.day != visit.week * 7 + 1:
        raise entry.fault("week", "package.week_of_day", found=visit.week)
    for tag in visit.tags:
        if tag not in TAGS:
            raise entry.fault("tags", "package.not_one_of", found=tag, allowed=", ".join(TAGS))
    return visit
