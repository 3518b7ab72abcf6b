"""What an export may not tell: who somebody is, and in some of them which drug somebody gets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from sle_desk.base.language import message
from sle_desk.domain.forms import LOGS, Field, Form
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.roles import DOSING
from sle_desk.exports.dataset import SUBJECT_COLUMN, Preset, Source
from sle_desk.exports.tables import Row, Table, Value
from sle_desk.models.safety import Deviation, Query
from sle_desk.models.subject import Subject
from sle_desk.services.masking import Hidden, cover, identifying

NOTHING_OF_WHO = (
    message("Names and initials"),
    message("Identity and telephone numbers"),
    message("Full birth dates; the year is kept"),
)
NOTHING_OF_ARM = (
    message("Arm, doses, lots and deviations of doses, until database lock"),
    message("Fields and entries that only one drug calls for, premedication too, until database lock"),
    message("Names of study drugs and how they are given, wherever people wrote them, until database lock"),
    message("What people wrote about deviations, until database lock"),
)
# Actions and records that only a dose has.
_OF_DOSES = ("dose", "dispensing")
_CATEGORY = "dosing"


def may_show(field: Field, preset: Preset) -> bool:
    """Tell whether a field may stand in an export: not where it tells the arm and the arm may not show."""
    return preset.arm or not (field.drug or field.reveals)


def without_telling(table: Table, form: Form, preset: Preset) -> Table:
    """Return a table of a form's fields without the columns of those that may not stand in an export."""
    telling = {field.code.upper() for field in form.fields() if not may_show(field, preset)}
    kept = [place for place, column in enumerate(table.columns) if column.name not in telling]
    columns = tuple(table.columns[place] for place in kept)
    return replace(table, columns=columns, rows=[[row[place] for place in kept] for row in table.rows])


def tells_arm(form: Form, choices: Mapping[str, str | None]) -> bool:
    """Tell whether an entry is one that only a study drug calls for, by its answers (field to choice)."""
    return any(
        choice.reveals and choices.get(field.code) == choice.code
        for field in form.fields()
        for choice in field.choices
    )


def is_of_dosing(row: Deviation) -> bool:
    """Tell whether a deviation is about a dose: who has it gets the drug."""
    facts = json.loads(row.facts) if row.facts else {}
    acts = (row.code, str(facts.get("action", "")), row.about_table)
    return row.category == _CATEGORY or facts.get("task") == DOSING or any(map(_of_doses, acts))


def asks_of_dosing(row: Query, protocol: Protocol) -> bool:
    """Tell whether a query is about a dose, or about a field that only one drug has."""
    telling = {
        field.code
        for log in LOGS
        for form in protocol.log_forms(log)
        for field in form.fields()
        if field.drug or field.reveals
    }
    return _of_doses(row.about_table) or row.field in telling


def _of_doses(code: str) -> bool:
    return re.split(r"[._]", code)[0] in _OF_DOSES


def names_of_drugs(protocol: Protocol) -> re.Pattern[str]:
    """Return what finds a study drug in a text, by any name or way of giving it that the package knows.

    It is compared in small letters; between the parts of a name may stand a blank, a hyphen or nothing.
    """
    names = {
        name.casefold()
        for drug in protocol.drugs
        for name in (drug.label.en, drug.label.zh, *drug.called, *drug.told_by)
    }
    spelt = (r"[\s\u2010-\u2015-]*".join(map(re.escape, re.split(r"[\s-]+", name))) for name in names)
    listed = "|".join(sorted(spelt, key=len, reverse=True))
    return re.compile(f"(?<![a-z0-9])(?:{listed})(?![a-z0-9])")


def births(source: Source) -> dict[str, date]:
    """Return the birth date of each subject, by its code."""
    return {row.code: row.birth_date for row in source.session.scalars(select(Subject))}


class Masks:
    """What is masked in the texts of an export."""

    def __init__(self, source: Source, preset: Preset) -> None:
        """Read who the subjects are, and by what a drug is told where it may not be."""
        self.anybody = Hidden(identifying(source.session).names)
        self.somebody = {
            code: replace(self.anybody, births=frozenset({born})) for code, born in births(source).items()
        }
        self.revealing = None if preset.arm else names_of_drugs(source.protocol)

    def table(self, table: Table) -> tuple[Table, int]:
        """Return the table with every text masked that names somebody, and how many cells that were.

        A drug is masked in what people wrote themselves about a subject: named in a note it would tell the
        arm. What the protocol says of its drugs tells nothing.
        """
        count = 0
        rows: list[Row] = []
        names = [column.name for column in table.columns]
        about = names.index(SUBJECT_COLUMN) if SUBJECT_COLUMN in names else None
        texts = [column.type == "text" for column in table.columns]
        for row in table.rows:
            who = self.anybody if about is None else self.somebody.get(str(row[about]), self.anybody)
            cells: list[Value] = []
            for value, is_text in zip(row, texts, strict=True):
                shown = who.cover(value) if is_text and isinstance(value, str) else value
                if self.revealing is not None and about is not None and is_text and isinstance(shown, str):
                    shown = cover(shown, self.revealing)
                count += shown != value
                cells.append(shown)
            rows.append(cells)
        return replace(table, rows=rows), count
