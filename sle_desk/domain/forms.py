"""Forms as data: the one declaration of each field's label, unit, choices and limits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sle_desk.base.language import Words
from sle_desk.domain.reading import Entry, unique

KINDS = ("number", "text", "note", "choice", "day", "partial_day", "time")
VALUE_SLOTS = {
    "number": "number",
    "text": "text",
    "note": "text",
    "choice": "choice",
    "day": "day",
    "partial_day": "text",
    "time": "text",
}


# Where the entries of a form stand that is no visit's: as many of them as there are.
LOG_WORDS = {
    "events": Words("Safety", "安全性"),
    "medicines": Words("Medication", "用药"),
    "records": Words("Other records", "其他记录"),
    "infusions": Words("Infusions", "输注"),
}
LOGS = tuple(LOG_WORDS)


# Units whose code is not what people read; every other one reads the same in both languages.
UNIT_WORDS = {
    "C": Words("°C", "°C"),
    "beats/min": Words("beats/min", "次/分"),
    "breaths/min": Words("breaths/min", "次/分"),
    "million IU": Words("million IU", "百万 IU"),
    "y": Words("y", "岁"),
    "d": Words("d", "天"),
    "days": Words("days", "天"),
    "months": Words("months", "个月"),
    "years": Words("years", "年"),
}


def unit_words(unit: str) -> Words:
    """Return a unit as people read it."""
    return UNIT_WORDS.get(unit, Words(unit, unit))


@dataclass(frozen=True)
class Choice:
    """One answer a person can give: its stored code, its words and the key that picks it."""

    code: str
    label: Words
    key: str
    cdisc: str = ""
    # Other words by which a list finds it.
    also: tuple[str, ...] = ()
    # An entry with this answer tells that the subject gets a certain drug.
    reveals: bool = False


@dataclass(frozen=True)
class Field:
    """One field of a form; limits are exact and stand in the field's own unit."""

    code: str
    label: Words
    kind: str
    unit: str = ""
    hint: Words | None = None
    required: bool = True
    choices: tuple[Choice, ...] = ()
    hard: tuple[Decimal, Decimal] | None = None
    soft: tuple[Decimal, Decimal] | None = None
    change_percent: Decimal | None = None
    decimals: int | None = None
    future_allowed: bool = False
    # A time that may be of a later day ("+": 00:25+1), of an earlier one ("-") or either: a person says so.
    days_apart: str = ""
    # Asked where the field named first has one of the answers named after it.
    show_if: tuple[str, ...] | None = None
    investigator: bool = False
    # Can be answered after saving, at the latest before the form is signed.
    later: bool = False
    # Asked of subjects whose arm has this drug.
    drug: str = ""
    # Its answers tell the drug that a subject gets: kept out where the arm must not show.
    reveals: bool = False
    # A column of the list of entries.
    listed: bool = False
    # Any words, with those of this list and what the site wrote before to be offered.
    offers: str = ""
    cdisc: str = ""
    source: str = ""
    # The field of another form ("vitals.temperature") that asks for the same, by which it was declared.
    same_as: str = ""

    def choice(self, code: str) -> Choice:
        """Return the choice with this code."""
        return next(choice for choice in self.choices if choice.code == code)


@dataclass(frozen=True)
class Section:
    """A titled run of fields."""

    label: Words
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Form:
    """One form: its fields in the order they are asked, and the checks that are named functions.

    A form with `log` belongs to no visit: a subject has as many entries of it as there are, `about` one entry
    of the form named there where each belongs to another (the reports of a serious event). With `of_infusion`
    each is linked to one infusion and goes with it; with `reveals` that it is there at all tells a drug.
    """

    code: str
    version: str
    label: Words
    sections: tuple[Section, ...]
    checks: tuple[str, ...] = ()
    signed: bool = False
    log: str = ""
    order: int = 0
    about: str = ""
    of_infusion: bool = False
    reveals: bool = False
    cdisc: str = ""

    def fields(self) -> Iterator[Field]:
        """Yield every field in order."""
        for section in self.sections:
            yield from section.fields

    def asked_of(self, drugs: Collection[str]) -> Form:
        """Return the form as it is asked of a subject on these drugs: nothing is asked about another drug."""
        sections = (
            replace(
                section, fields=tuple(each for each in section.fields if not each.drug or each.drug in drugs)
            )
            for section in self.sections
        )
        return replace(self, sections=tuple(section for section in sections if section.fields))

    def field(self, code: str) -> Field:
        """Return the field with this code."""
        return next(field for field in self.fields() if field.code == code)

    def shown(self, choices: Mapping[str, str]) -> tuple[Field, ...]:
        """Return the fields asked for, given the choices made so far (field code to choice code)."""
        return tuple(
            field
            for field in self.fields()
            if field.show_if is None or choices.get(field.show_if[0]) in field.show_if[1:]
        )


def _limits(entry: Entry, name: str) -> tuple[Decimal, Decimal] | None:
    if not entry.has(name):
        return None
    pair = entry.table(name)
    low, high = pair.decimal("low"), pair.decimal("high")
    pair.done()
    if low >= high:
        raise entry.fault(name, "package.limits_order", low=str(low), high=str(high))
    return low, high


def _choice(entry: Entry) -> Choice:
    choice = Choice(
        code=entry.text("code"),
        label=entry.words("label"),
        key=entry.text("key"),
        cdisc=entry.text("cdisc", ""),
        reveals=entry.flag("reveals", False),
    )
    entry.done()
    return choice


def _condition(entry: Entry) -> tuple[str, ...] | None:
    if not entry.has("show_if"):
        return None
    condition = entry.table("show_if")
    answers = condition.texts("any") if condition.has("any") else (condition.text("is"),)
    found = (condition.text("field"), *answers)
    condition.done()
    return found


# Returns the field that another form declares, by the code of the form and its own.
Declared = Callable[[str, str], "Field | None"]


def nothing_declared(form: str, field: str) -> Field | None:
    """Return no field: no other form is in sight."""
    return None


def _field(entry: Entry, elsewhere: Declared) -> Field:
    return _shared(entry, elsewhere) if entry.has("same_as") else _own(entry)


def _shared(entry: Entry, elsewhere: Declared) -> Field:
    """Return a field with the label, unit and limits that another form declares for it."""
    named = entry.text("same_as")
    form, _, code = named.partition(".")
    declared = elsewhere(form, code)
    if declared is None:
        raise entry.fault("same_as", "package.unknown_reference", found=named)
    field = replace(
        declared,
        required=entry.flag("required", declared.required),
        listed=entry.flag("listed", declared.listed),
        same_as=named,
    )
    entry.done()
    return field


def _own(entry: Entry) -> Field:
    kind = entry.one_of("kind", KINDS)
    choices = unique(
        map(_choice, entry.tables("choices", optional=True)), lambda c: c.code, entry.file, entry.key
    )
    unique(choices, lambda choice: choice.key, entry.file, f"{entry.key}.choices.key")
    if (kind == "choice") != bool(choices):
        raise entry.fault("choices", "package.choices")
    show_if = _condition(entry)
    hard, soft = _limits(entry, "hard"), _limits(entry, "soft")
    if hard and soft and not (hard[0] <= soft[0] and soft[1] <= hard[1]):
        raise entry.fault("soft", "package.soft_outside_hard")
    field = Field(
        code=entry.text("code"),
        label=entry.words("label"),
        kind=kind,
        unit=entry.text("unit", ""),
        hint=entry.optional_words("hint"),
        required=entry.flag("required", True),
        choices=choices,
        hard=hard,
        soft=soft,
        change_percent=entry.optional_decimal("change_percent"),
        decimals=entry.whole("decimals") if entry.has("decimals") else None,
        future_allowed=entry.flag("future_allowed", False),
        days_apart=entry.one_of("days_apart", ("+", "-", "+-")) if entry.has("days_apart") else "",
        show_if=show_if,
        investigator=entry.flag("investigator", False),
        later=entry.flag("later", False),
        drug=entry.text("drug", ""),
        reveals=entry.flag("reveals", False),
        listed=entry.flag("listed", False),
        offers=entry.text("offers", ""),
        cdisc=entry.text("cdisc", ""),
        source=entry.text("source", ""),
    )
    entry.done()
    return field


def _section(entry: Entry, elsewhere: Declared) -> Section:
    fields = tuple(_field(inner, elsewhere) for inner in entry.tables("field"))
    section = Section(entry.words("label"), fields)
    entry.done()
    return section


def parse_form(file: str, content: object, elsewhere: Declared = nothing_declared) -> Form:
    """Return the form a file declares, or raise PackageFaulty naming file, key and reason.

    `elsewhere` finds a field that this form has in common with another one.
    """
    entry = Entry(file, "", content)
    form = Form(
        code=entry.text("code"),
        version=entry.text("version"),
        label=entry.words("label"),
        sections=tuple(_section(inner, elsewhere) for inner in entry.tables("section")),
        checks=entry.texts("checks", optional=True),
        signed=entry.flag("signed", False),
        log=entry.one_of("log", LOGS) if entry.has("log") else "",
        order=entry.whole("order", 0),
        about=entry.text("about", ""),
        of_infusion=entry.flag("of_infusion", False),
        reveals=entry.flag("reveals", False),
        cdisc=entry.text("cdisc", ""),
    )
    entry.done()
    unique(form.fields(), lambda field: field.code, file, "section.field.code")
    fields = {field.code: field for field in form.fields()}
    for field in form.fields():
        if field.show_if is None:
            continue
        asked = fields.get(field.show_if[0])
        if asked is None or not set(field.show_if[1:]) <= {choice.code for choice in asked.choices}:
            raise entry.fault(f"{field.code}.show_if", "package.unknown_reference", found=str(field.show_if))
    return form
