"""What an export may not tell: who somebody is, and in some of them which drug somebody gets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select, tuple_

from sle_desk.base.language import message
from sle_desk.domain.forms import LOGS, Field, Form
from sle_desk.domain.infusion_course import PREMEDICATION
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.roles import DOSING
from sle_desk.domain.schedule import FROM_DOSES
from sle_desk.domain.values import folded
from sle_desk.exports.dataset import SUBJECT_COLUMN, VISIT, Preset, Source
from sle_desk.exports.tables import Row, Table, Value
from sle_desk.models.lab import NotDrawn, Result, Sample
from sle_desk.models.safety import Deviation, Query
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services.masking import Hidden, cover, everybody, names_of

NOTHING_OF_WHO = (
    message("Names and initials"),
    message("Identity and telephone numbers"),
    message("Full birth dates; the year is kept"),
)
NOTHING_OF_ARM = (
    message("Arm, doses, lots, deviations of doses and of windows counted from them, until database lock"),
    message("Visits counted from the last dose, with all recorded at them, and completion, until lock"),
    message("Fields and entries that only one drug calls for, premedication too, until database lock"),
    message("Names of arms and study drugs and how they are given, wherever people wrote them, until lock"),
    message("What people wrote about deviations, until database lock"),
)
# Actions and records that only a dose has.
_OF_DOSES = ("dose", "dispensing", "stock")
_CATEGORY = "dosing"
# Of a name: words, numbers, and each Chinese sign and each other mark by itself.
_PARTS = re.compile(r"[a-z]+|[0-9]+|[^\sa-z0-9\u2010-\u2015-]")
_BETWEEN = r"[\s_.\u00b7\u2010-\u2015\u2212\u30fb-]*"
# Of interleukin-2: a Roman numeral is composed into letters.
_TWO = "(?:2|ii|二)"
_JOINS = r"(?:[+&/、和与及加]|plus|and|with|联合|合并)"


def may_show(field: Field, preset: Preset) -> bool:
    """Tell whether a field may stand in an export: not where it tells the arm and the arm may not show."""
    return preset.arm or not (field.drug or field.reveals)


def may_list(form: Form, preset: Preset) -> bool:
    """Tell whether a form may stand in an export: not where its entries tell the arm and it may not show."""
    return preset.arm or not form.reveals


def without_telling(table: Table, form: Form, preset: Preset) -> Table:
    """Return a table of a form's fields without the columns of those that may not stand in an export."""
    telling = {field.code.upper() for field in form.fields() if not may_show(field, preset)}
    kept = [place for place, column in enumerate(table.columns) if column.name not in telling]
    columns = tuple(table.columns[place] for place in kept)
    return replace(table, columns=columns, rows=[[row[place] for place in kept] for row in table.rows])


def counted_from_doses(protocol: Protocol) -> frozenset[str]:
    """Return the visits whose date counts from doses: the day of the last one tells of which drug it was."""
    return frozenset(visit.code for visit in protocol.visits if visit.anchor in FROM_DOSES)


def without_counted(table: Table, protocol: Protocol, preset: Preset) -> Table:
    """Return a table without the rows of visits that count from doses, where no arm may show.

    That there is such a row by the day of an export tells it, too: it is no matter of a date.
    """
    names = [column.name for column in table.columns]
    if preset.arm or VISIT[0].name not in names:
        return table
    place, counted = names.index(VISIT[0].name), counted_from_doses(protocol)
    return replace(table, rows=[row for row in table.rows if row[place] not in counted])


def left_out_records(source: Source, preset: Preset) -> frozenset[tuple[str, int]]:
    """Return table and number of each record that stands nowhere while no arm may show.

    Nothing may speak of them then: a link or a query about a record that stands nowhere tells of it.
    """
    if preset.arm:
        return frozenset()
    entries = {(FormRecord.__tablename__, number) for number in _telling_entries(source)}
    return frozenset(entries | set(_of_counted_visits(source)))


def _of_counted_visits(source: Source) -> Iterator[tuple[str, int]]:
    """Yield the visits that count from doses, and what was recorded at them."""
    counted = select(Visit.id).where(Visit.code.in_(sorted(counted_from_doses(source.protocol))))
    samples = select(Sample.id).where(Sample.visit_id.in_(counted))
    asked = {
        Visit: counted,
        FormRecord: select(FormRecord.id).where(FormRecord.visit_id.in_(counted)),
        Sample: samples,
        Result: select(Result.id).where(Result.sample_id.in_(samples)),
        NotDrawn: select(NotDrawn.id).where(NotDrawn.visit_id.in_(counted)),
    }
    for model, numbers in asked.items():
        yield from ((model.__tablename__, number) for number in source.session.scalars(numbers))


def _telling_entries(source: Source) -> Iterator[int]:
    """Yield the entries that only a study drug calls for, by an answer of theirs."""
    telling = {
        (form.code, field.code, choice.code)
        for log in LOGS
        for form in source.protocol.log_forms(log)
        for field in form.fields()
        for choice in field.choices
        if choice.reveals
    }
    told = [form.code for form in source.protocol.forms if form.reveals]
    of_forms = select(FormRecord.id).where(FormRecord.form.in_(told))
    by_answers = (
        select(FormRecord.id)
        .join(Answer, Answer.form_record_id == FormRecord.id)
        .where(tuple_(FormRecord.form, Answer.field, Answer.choice).in_(sorted(telling)))
    )
    # A medicine given once, and before an infusion, is there for that alone.
    given_once = (
        select(FormRecord.parent_id)
        .join(Answer, Answer.form_record_id == FormRecord.parent_id)
        .where(FormRecord.form == PREMEDICATION, Answer.field == "frequency", Answer.choice == "ONCE")
    )
    for asked in (of_forms, by_answers, given_once):
        yield from (number for number in source.session.scalars(asked) if number is not None)


def is_of_dosing(row: Deviation, protocol: Protocol) -> bool:
    """Tell whether a deviation is about a dose, or about a window that counts from doses.

    Who has a dose gets the drug, and of which arm a last dose is its day tells.
    """
    facts = json.loads(row.facts) if row.facts else {}
    acts = (row.code, str(facts.get("action", "")), row.about_table)
    of_doses = facts.get("task") == DOSING or facts.get("visit") in counted_from_doses(protocol)
    return row.category == _CATEGORY or of_doses or any(map(_of_doses, acts))


def asks_of_dosing(row: Query, protocol: Protocol) -> bool:
    """Tell whether a query is about a dose, or about a field that only one drug has."""
    forms = (protocol.form("sample"), *(form for log in LOGS for form in protocol.log_forms(log)))
    telling = {field.code for form in forms for field in form.fields() if field.drug or field.reveals}
    return _of_doses(row.about_table) or row.field in telling


def _of_doses(code: str) -> bool:
    return re.split(r"[._]", code)[0] in _OF_DOSES


def names_of_drugs(protocol: Protocol) -> re.Pattern[str]:
    """Return what finds a study drug or an arm in a text, by whatever the package knows it by.

    It is compared in small letters; between the parts of a name may stand blanks, hyphens or nothing. Names
    side by side, or with a plus or its like between them, are one: two masks would tell that both are given.
    A letter that only the ward has for an arm ("A组") is in no package and may mean anything: it stays.
    """
    names = {
        folded(name)
        for drug in protocol.drugs
        for name in (drug.label.en, drug.label.zh, *drug.called, *drug.told_by)
    }
    for arm in protocol.arms:
        names |= {folded(name) for name in (arm.code, arm.label.en, arm.label.zh, arm.name.en, arm.name.zh)}
        names |= {folded(name) for name in (arm.heading, arm.cdisc, *arm.called)}
    parts = {name: tuple(_PARTS.findall(name)) for name in names}
    numbered = {each[:-1] for each in parts.values() if each and each[-1].isdecimal()}
    listed = "|".join(
        _spelt(each, numbered=each in numbered) for each in sorted(parts.values(), key=_length, reverse=True)
    )
    # With the number that stands right before it: "100万IU" is an amount.
    name = rf"(?:(?<![a-z0-9.])[0-9]+(?:\.[0-9]+)?)?(?:{listed})"
    return re.compile(rf"{name}(?:{_BETWEEN}(?:{_JOINS}{_BETWEEN})?{name})*")


def _length(parts: tuple[str, ...]) -> int:
    return sum(map(len, parts))


def _spelt(parts: tuple[str, ...], *, numbered: bool) -> str:
    """Return what finds one name; `numbered`: with a number behind it, it is the name of something else.

    Only letters go on into letters: after a digit, or before or after a Chinese sign, a name stands alone.
    """
    found = _BETWEEN.join(_TWO if part == "2" else re.escape(part) for part in parts)
    first, last = parts[0][0], parts[-1][-1]
    before = (
        "(?<![a-z])" if first.isascii() and first.isalpha() else "(?<![0-9])" if first.isdecimal() else ""
    )
    after = ""
    if numbered or last.isdecimal():
        after = "(?![a-z0-9])"
    elif last.isascii() and last.isalpha():
        after = "(?![a-z])"
    return f"{before}{found}{after}"


class Masks:
    """What is masked in the texts of an export."""

    def __init__(self, source: Source, preset: Preset) -> None:
        """Read who the subjects are, and by what a drug is told where it may not be."""
        known = everybody(source.session)
        self.anybody = Hidden(names_of(known))
        codes = source.session.execute(select(Subject.id, Subject.code))
        self.somebody = {
            code: replace(known[number], names=self.anybody.names)
            for number, code in codes
            if number in known
        }
        self.revealing = None if preset.arm else names_of_drugs(source.protocol)

    def table(self, table: Table) -> tuple[Table, int]:
        """Return the table with every text masked that names somebody, and how many cells that were.

        A drug is masked in what people wrote themselves, also where a sheet is about no subject: a reason
        may name one beside its drug. What the protocol says of its drugs tells nothing.
        """
        count = 0
        rows: list[Row] = []
        names = [column.name for column in table.columns]
        about = names.index(SUBJECT_COLUMN) if SUBJECT_COLUMN in names else None
        texts = [column.type == "text" for column in table.columns]
        written = [about is not None or not column.packaged for column in table.columns]
        for row in table.rows:
            who = self.anybody if about is None else self.somebody.get(str(row[about]), self.anybody)
            cells: list[Value] = []
            for value, is_text, is_written in zip(row, texts, written, strict=True):
                shown = who.cover(value) if is_text and isinstance(value, str) else value
                if self.revealing is not None and is_written and is_text and isinstance(shown, str):
                    shown = cover(shown, self.revealing)
                count += shown != value
                cells.append(shown)
            rows.append(cells)
        return replace(table, rows=rows), count
