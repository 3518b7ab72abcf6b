"""What a visit worksheet asks: any visit's questions, samples, infusion and injection, each part optional."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sle_desk.base.language import Words
from sle_desk.exports.pdf.dose_sum import DoseSum, Vials
from sle_desk.exports.pdf.stamp import StudyName
from sle_desk.exports.wording import Said

NO_UNIT = Words("", "")


@dataclass(frozen=True)
class Ask:
    """One question: a line to write on with its unit, or tick boxes with the answers.

    `width` is the length of the line in points, `fill` takes the rest of the row, `reminder` is what
    is printed behind the question (the last value, the limit to weigh again). With `own_sheet` it is a form
    filled elsewhere: one box to tick. `heading` names the form, or the part of one, that begins with this
    question.
    """

    label: Words
    unit: Words = NO_UNIT
    choices: tuple[Words, ...] = ()
    write_other: bool = False
    width: float = 58.0
    fill: bool = False
    reminder: Words | None = None
    own_sheet: bool = False
    heading: Words | None = None


@dataclass(frozen=True)
class Questions:
    """A section of questions; each tuple of questions is a row, broken where it is too long."""

    title: Words
    rows: tuple[tuple[Ask, ...], ...]
    note: Words | None = None


@dataclass(frozen=True)
class Tube:
    """One sample to take and what it goes into."""

    label: Words
    container: Said = ""


@dataclass(frozen=True)
class Samples:
    """The samples due; `title` says whether before or after the dose, `refused` why none are taken."""

    title: Words
    tubes: tuple[Tube, ...]
    ask_fasting: bool = True
    refused: Words | None = None


@dataclass(frozen=True)
class VialsForWeight:
    """The vials for a span of weights (kg, both included), for the sum of the day."""

    low: Decimal
    high: Decimal
    vials: tuple[Vials, ...]


@dataclass(frozen=True)
class Infusion:
    """The infusion due: what is pre-filled rests on the last weight; the sum of the day is written.

    `observe` asks for the end of the observation, as after the first infusions; `moments` are when vital
    signs are taken around it, where the package asks for them.
    """

    number: int
    drug: Words
    rule: Words
    rate: Decimal
    strengths: tuple[Decimal, ...]
    last_weight: Decimal | None = None
    last_weight_on: date | None = None
    weigh_again_below: Decimal | None = None
    weigh_again_above: Decimal | None = None
    prefilled: DoseSum | None = None
    table: tuple[VialsForWeight, ...] = ()
    diluent: Words | None = None
    observe: bool = False
    holds: tuple[Words, ...] = ()
    moments: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Kit:
    """A lot dispensed to this subject, and its kit."""

    lot: str
    kit: str = ""


@dataclass(frozen=True)
class Injection:
    """The injection due: proposals are printed beside boxes that stay empty."""

    number: int
    planned: int
    drug: Words
    rule: Words
    reactions: tuple[Words, ...] = ()
    sites: tuple[Words, ...] = ()
    proposed_site: Words | None = None
    kits: tuple[Kit, ...] = ()
    places: tuple[Words, ...] = ()
    holds: tuple[Words, ...] = ()
    # Whether it is asked what a powder was dissolved in.
    dissolved: bool = False


@dataclass(frozen=True)
class GoingOn:
    """An entry that has no end: what it is, and what else is known of it, each with its label."""

    what: Words
    known: tuple[tuple[Words, Words], ...] = ()


@dataclass(frozen=True)
class Entries:
    """Entries beside the visit: those that go on, each to be said of, and empty lines for new ones.

    `asks` is what each new one is asked; `legend` says what the keys of long choices stand for.
    """

    title: Words
    log: Words
    going_on: tuple[GoingOn, ...]
    asks: tuple[Ask, ...]
    legend: tuple[Words, ...] = ()
    lines: int = 1


@dataclass(frozen=True)
class Doctor:
    """What is brought back of vials handed over, and what comes next.

    The numbers are those of the record, to compare with; None where it cannot say them.
    """

    vials_used: int | None = None
    vials_left: int | None = None
    vials_handed: bool = False
    following: Words | None = None


Part = Questions | Samples | Infusion | Injection | Entries | Doctor


@dataclass(frozen=True)
class Worksheet:
    """The content of one visit worksheet, its parts in the order of the work."""

    study: StudyName
    subject: str
    randomisation_number: str
    arm: Said
    sex_age: Said
    visit: Words
    planned: date | None
    window: Said
    parts: tuple[Part, ...]
    # Why the site is closed on the planned day, or that it is worked though a weekend.
    beside: Words | None = None
    # In which order the sheet is typed.
    order: Words | None = None
    # Why doses have ended: consent that was withdrawn, a death.
    ended: tuple[Words, ...] = ()
