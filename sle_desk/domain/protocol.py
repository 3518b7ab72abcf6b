"""The protocol package as frozen values: what the trial is, in the words and numbers of its package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

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
from sle_desk.domain.study_drugs import Arm as Arm
from sle_desk.domain.study_drugs import Basis as Basis
from sle_desk.domain.study_drugs import Coded as Coded
from sle_desk.domain.study_drugs import Drug as Drug
from sle_desk.domain.study_drugs import Found as Found
from sle_desk.domain.study_drugs import InjectionSite as InjectionSite
from sle_desk.domain.study_drugs import Preparation as Preparation
from sle_desk.domain.study_drugs import Stage as Stage
from sle_desk.domain.study_drugs import Vial as Vial
from sle_desk.domain.study_drugs import find

# What a decision may settle besides an option of a clarification: a setting under its own code.
VALUE = "value"

Given = str | tuple[str, ...]
SettingValue = str | int | Decimal | None | tuple[Decimal, ...]


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
        return find(self.options, code)


@dataclass(frozen=True)
class Protocol:
    """The whole package: the trial as registered, and what it leaves open.

    A version that an amendment brought carries the ones before it: what was written or judged under one of
    them is read with it.
    """

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
    # The first day on which an amendment's version is in force; None for the one the study was made with.
    since: date | None = None
    before: Protocol | None = None

    def after(self, before: Protocol, since: date) -> Protocol:
        """Return this version as it follows another one from a day on."""
        return replace(self, before=before, since=since)

    def on(self, day: date) -> Protocol:
        """Return the version in force on a day."""
        found = self
        while found.before is not None and found.since is not None and day < found.since:
            found = found.before
        return found

    def of(self, version: str) -> Protocol:
        """Return the version that a record names; one that nobody knows is read with the one in force."""
        return next((each for each in self.versions if each.version == version), self)

    @property
    def versions(self) -> tuple[Protocol, ...]:
        """Return this version and those before it, the newest first."""
        found, each = [self], self.before
        while each is not None:
            found.append(each)
            each = each.before
        return tuple(found)

    def visit_on(self, code: str, day: date | None) -> Visit:
        """Return a visit as the version in force on its day asks for it, or the next one that knows it."""
        if day is None or self.before is None:
            return self.visit(code)
        then = self.on(day)
        later = (each for each in reversed(self.versions) if then in each.versions)
        return next(visit for each in later for visit in each.visits if visit.code == code)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Return every leaf in the registry's order."""
        return tuple(leaf for criterion in self.criteria for leaf in criterion.leaves)

    def log_forms(self, log: str) -> tuple[Form, ...]:
        """Return the forms whose entries stand in a log, in the order in which they are shown."""
        return tuple(sorted((form for form in self.forms if form.log == log), key=lambda form: form.order))

    def arm(self, code: str) -> Arm:
        """Return the arm with this code."""
        return find(self.arms, code)

    def drug(self, code: str) -> Drug:
        """Return the drug with this code."""
        return find(self.drugs, code)

    def holds_of(self, drug: str) -> tuple[HoldCondition, ...]:
        """Return what a dose of a drug is held for, in the order of the package."""
        return tuple(each for each in self.holds if drug in each.drugs)

    def hold(self, code: str) -> HoldCondition:
        """Return the hold condition with this code."""
        return find(self.holds, code)

    def list(self, code: str) -> CodeList:
        """Return the code list with this code."""
        return find(self.lists, code)

    def visit(self, code: str) -> Visit:
        """Return the visit with this code."""
        return find(self.visits, code)

    def setting(self, code: str) -> Setting:
        """Return the setting with this code."""
        return find(self.settings, code)

    def leaf(self, code: str) -> Leaf:
        """Return the leaf with this code."""
        return find(self.leaves, code)

    def criterion_of(self, leaf: str) -> Criterion:
        """Return the criterion that a leaf belongs to."""
        return next(found for found in self.criteria if any(leaf == each.code for each in found.leaves))

    def clarification(self, code: str) -> Clarification:
        """Return the clarification with this code."""
        return find(self.clarifications, code)

    def form(self, code: str) -> Form:
        """Return the form with this code."""
        return find(self.forms, code)
