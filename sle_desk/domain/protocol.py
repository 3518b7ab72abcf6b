"""The protocol package as frozen values: what the trial is, in the words and numbers of its package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol as Shape
from typing import TypeVar

from sle_desk.base.language import Words
from sle_desk.domain.criteria import ADDED as ADDED
from sle_desk.domain.criteria import EXCLUSION as EXCLUSION
from sle_desk.domain.criteria import INCLUSION as INCLUSION
from sle_desk.domain.criteria import REGISTRY as REGISTRY
from sle_desk.domain.criteria import RESTORED as RESTORED
from sle_desk.domain.criteria import Criterion as Criterion
from sle_desk.domain.criteria import Leaf as Leaf
from sle_desk.domain.dictionary import Dictionary
from sle_desk.domain.forms import Choice, Form
from sle_desk.domain.holds import HoldCondition
from sle_desk.domain.instruments import Instruments
from sle_desk.domain.laboratory import Laboratory
from sle_desk.domain.marks import UNMARKED, Marks
from sle_desk.domain.steroids import SteroidTable

# What a decision may settle besides an option of a clarification: a setting under its own code.
VALUE = "value"

Given = str | tuple[str, ...]
SettingValue = str | int | Decimal | None | tuple[Decimal, ...]


class Coded(Shape):
    """Anything of the package that a code names."""

    @property
    def code(self) -> str:
        """Return the code."""
        ...


Found = TypeVar("Found", bound=Coded)


def _find(entries: Iterable[Found], code: str) -> Found:
    for entry in entries:
        if entry.code == code:
            return entry
    raise LookupError(f"the protocol package has no {code}")


@dataclass(frozen=True)
class Basis:
    """Where a fact comes from, and whether nobody has confirmed it yet."""

    source: str
    unconfirmed: bool


@dataclass(frozen=True)
class Registry:
    """The registry's text as it was given, with the hash that names it."""

    text: str
    sha256: str


@dataclass(frozen=True)
class CodeList:
    """A list of answers that belong to no form, such as the places where a dose is given."""

    code: str
    label: Words
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class InjectionSite:
    """A place on the body, the digit that picks it, and its CDISC location and side; "other" has neither."""

    code: str
    key: str
    label: Words
    location: str
    laterality: str


@dataclass(frozen=True)
class Vial:
    """A vial strength that exists (in the unit of the dose) and the water that reconstitutes it, in mL."""

    strength: Decimal
    water: Decimal


@dataclass(frozen=True)
class Preparation:
    """How an infusion is made up: concentration in mg/mL, volumes in mL, times in minutes."""

    concentration: Decimal
    vials: tuple[Vial, ...]
    bag: Decimal
    diluents: tuple[Choice, ...]
    infusion_minutes: int
    minutes_to_end: int
    observed_infusions: int
    basis: Basis


@dataclass(frozen=True)
class Stage:
    """One stretch of a plan as registered: how often, for how many weeks, in the registry's words.

    "Every month" has no `every_days`: what a month is, is a setting. `month_days` is the step of its
    mode in days, `label_days` the first study days of its mode by the product's label.
    """

    code: str
    label: Words
    weeks: int
    every_days: int | None
    words: str
    month_days: int | None
    label_days: tuple[int, ...]
    basis: Basis


@dataclass(frozen=True)
class Drug:
    """A study drug: its dose (per kg where it says so), its route, plan, sites and preparation."""

    code: str
    label: Words
    route: Words
    amount: Decimal
    unit: str
    unit_label: Words
    per_kg: bool
    dose_label: Words
    words: str
    stages: tuple[Stage, ...]
    sites: tuple[InjectionSite, ...]
    preparation: Preparation | None
    reactions: str
    cdisc: Mapping[str, str]
    # Other names that people write for it in a note: where the arm must not show, they are masked.
    called: tuple[str, ...] = ()
    # How it is given, in the words of a note: they tell the drug too.
    told_by: tuple[str, ...] = ()
    # The setting that says whose the vials are; an earlier package asks nobody.
    supply: str = ""

    def site(self, code: str) -> InjectionSite:
        """Return the injection site with this code."""
        return _find(self.sites, code)

    def stage(self, code: str) -> Stage:
        """Return the stage with this code."""
        return _find(self.stages, code)


@dataclass(frozen=True)
class Arm:
    """A treatment arm: label and shape for people, the registry's heading, role and words verbatim.

    `called` are other words that people use for it, even where they tell it from one other arm only.
    """

    code: str
    label: Words
    shape: str
    drugs: tuple[str, ...]
    name: Words
    heading: str
    role: str
    words: str
    cdisc: str
    called: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sparing:
    """Forms that need not be there where a setting was decided to be a value."""

    setting: str
    value: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Visit:
    """A visit: its day counted from an anchor, the setting that gives its window, and what it holds.

    Anchors: "day_1" (day 1 is the day of the first dose), "before_day_1" and "last_dose" (the day or
    the stretch is a setting), "exit" (the day the subject left early), "exit_or_stops" (that day, or the day
    the last drug of the arm was stopped), "none" (any day). `expected` has to be there; all if empty.
    `cycles` is how many cycles of treatment have to be decided for it, 0 where any number has it; `end_label`
    its name where it closes the last of them; `sparing` a decision by which some forms need not be there.
    """

    code: str
    label: Words
    number: int
    anchor: str
    week: int | None
    day: int | None
    day_setting: str
    window: str
    forms: tuple[str, ...]
    panels: tuple[str, ...]
    expected: tuple[str, ...]
    tags: tuple[str, ...]
    basis: Basis
    cycles: int = 0
    end_label: Words | None = None
    sparing: Sparing | None = None

    def called(self, *, ends_treatment: bool) -> Words:
        """Return its name in a plan, where it closes the treatment or does not."""
        return self.end_label if ends_treatment and self.end_label is not None else self.label


@dataclass(frozen=True)
class Setting:
    """Something the registry leaves open; it has no value until it is decided.

    The proposal is shown beside it and is never used. `clarification` names what governs it; without
    one it is decided under its own code and `waits` lists the acts that stand still until then.
    `needed_with` is another setting and the value of it without which nothing waits for this one.
    """

    code: str
    label: Words
    kind: str
    unit: Words | None
    choices: tuple[Choice, ...]
    low: Decimal | None
    high: Decimal | None
    decimals: int
    allowed: tuple[str, ...]
    length: int | None
    no_limit: Words | None
    proposal: Given | None
    basis: Basis | None
    clarification: str
    waits: tuple[str, ...]
    needed_with: tuple[str, str] | None = None


@dataclass(frozen=True)
class LeafReading:
    """What an option says about a leaf: it stands with these words, or in the decider's own words,
    or it is void."""

    leaf: str
    words: Words | None = None
    own_words: bool = False
    void: bool = False


@dataclass(frozen=True)
class Option:
    """One way to settle a clarification: values it sets, values it asks for, readings it gives.

    `excludes` are options of other clarifications ("D14.day_85") that cannot hold beside it.
    """

    code: str
    key: str
    label: Words
    consequence: Words
    sets: Mapping[str, Given]
    asks: tuple[str, ...]
    unneeded: tuple[str, ...]
    readings: tuple[LeafReading, ...]
    own_words: bool
    excludes: tuple[str, ...]


@dataclass(frozen=True)
class Elsewhere:
    """Words of another record that throw light on a clarification."""

    source: str
    words: str


@dataclass(frozen=True)
class Clarification:
    """One place where the registry contradicts itself, lost text or is silent.

    `proposes` names the option held to be likely; it is shown and never chosen by the application.
    """

    code: str
    title: Words
    quotes: tuple[str, ...]
    elsewhere: tuple[Elsewhere, ...]
    problem: Words
    intent: Words
    confidence: str
    severity: str
    waits: tuple[str, ...]
    options: tuple[Option, ...]
    proposes: str

    def option(self, code: str) -> Option:
        """Return the option with this code."""
        return _find(self.options, code)


@dataclass(frozen=True)
class Protocol:
    """The whole package: the trial as registered, and what it leaves open."""

    code: str
    version: str
    title: Words
    short_title: Words
    subject_prefix: str
    registry_ids: tuple[str, ...]
    registry: Registry
    arms: tuple[Arm, ...]
    drugs: tuple[Drug, ...]
    lists: tuple[CodeList, ...]
    visits: tuple[Visit, ...]
    settings: tuple[Setting, ...]
    criteria: tuple[Criterion, ...]
    clarifications: tuple[Clarification, ...]
    forms: tuple[Form, ...]
    instruments: Instruments
    steroids: SteroidTable
    dictionary: Dictionary
    laboratory: Laboratory
    marks: Marks = UNMARKED
    # What a dose is held for; an earlier package lists none.
    holds: tuple[HoldCondition, ...] = ()

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Return every leaf in the registry's order."""
        return tuple(leaf for criterion in self.criteria for leaf in criterion.leaves)

    def log_forms(self, log: str) -> tuple[Form, ...]:
        """Return the forms whose entries stand in a log, in the order in which they are shown."""
        return tuple(sorted((form for form in self.forms if form.log == log), key=lambda form: form.order))

    def arm(self, code: str) -> Arm:
        """Return the arm with this code."""
        return _find(self.arms, code)

    def drug(self, code: str) -> Drug:
        """Return the drug with this code."""
        return _find(self.drugs, code)

    def holds_of(self, drug: str) -> tuple[HoldCondition, ...]:
        """Return what a dose of a drug is held for, in the order of the package."""
        return tuple(each for each in self.holds if drug in each.drugs)

    def hold(self, code: str) -> HoldCondition:
        """Return the hold condition with this code."""
        return _find(self.holds, code)

    def list(self, code: str) -> CodeList:
        """Return the code list with this code."""
        return _find(self.lists, code)

    def visit(self, code: str) -> Visit:
        """Return the visit with this code."""
        return _find(self.visits, code)

    def setting(self, code: str) -> Setting:
        """Return the setting with this code."""
        return _find(self.settings, code)

    def leaf(self, code: str) -> Leaf:
        """Return the leaf with this code."""
        return _find(self.leaves, code)

    def criterion_of(self, leaf: str) -> Criterion:
        """Return the criterion that a leaf belongs to."""
        return next(found for found in self.criteria if any(leaf == each.code for each in found.leaves))

    def clarification(self, code: str) -> Clarification:
        """Return the clarification with this code."""
        return _find(self.clarifications, code)

    def form(self, code: str) -> Form:
        """Return the form with this code."""
        return _find(self.forms, code)
