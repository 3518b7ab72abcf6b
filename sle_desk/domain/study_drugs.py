"""Arms and study drugs as frozen values: what is given, how it is made up, how often and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol as Shape
from typing import TypeVar

from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice


class Coded(Shape):
    """Anything of the package that a code names."""

    @property
    def code(self) -> str:
        """Return the code."""
        ...


Found = TypeVar("Found", bound=Coded)


def find(entries: Iterable[Found], code: str) -> Found:
    """Return what a code names; LookupError where the package has none of it."""
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
        return find(self.sites, code)

    def stage(self, code: str) -> Stage:
        """Return the stage with this code."""
        return find(self.stages, code)


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
