"""What a row of the audit changed, said value by value: by the words of its field, its unit, its codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from sle_desk.base.instants import read_instant
from sle_desk.base.language import Language, Words
from sle_desk.base.words import sentences
from sle_desk.domain.audit_columns import column_words
from sle_desk.domain.audit_words import table_words
from sle_desk.domain.checks import IN_QUERY
from sle_desk.domain.forms import Field, unit_words
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.said import finding_words
from sle_desk.domain.values import plain
from sle_desk.exports.eligibility_words import void_words
from sle_desk.exports.register_words import values_words
from sle_desk.exports.wording import COMMA, instant
from sle_desk.services.audit_around import POINTS_AT
from sle_desk.services.history import AuditRow, kept_value
from sle_desk.ui.audit_codes import Codes, code_words, list_of, reasons_of
from sle_desk.ui.audit_evidence import EvidenceWords
from sle_desk.ui.audit_parts import KEPT_WHOLE, NAMING, OWN_VALUE, PARTS, TOLD_LAST, UNIT_OF, YES_OR_NO

NOTHING = "–"


@dataclass(frozen=True)
class Line:
    """One value of a row: what it is called, what it was where it was changed, and what it is."""

    name: str
    before: str | None
    after: str

    def said(self) -> str:
        """Return it as "Weight: 56 kg → 56.4 kg", or "Weight: 56 kg" where it is new."""
        return (
            f"{self.name}: {self.after}"
            if self.before is None
            else f"{self.name}: {self.before} → {self.after}"
        )


class AuditValues:
    """The values of rows of the audit in one language; made once for a list."""

    def __init__(self, language: Language, protocol: Protocol) -> None:
        self.language = language
        self.protocol = protocol
        self._forms = {form.code: {field.code: field for field in form.fields()} for form in protocol.forms}

    @cached_property
    def codes(self) -> dict[str, Codes]:
        """Return the words of every list of codes."""
        return code_words(self.protocol)

    def lines(self, row: AuditRow) -> tuple[Line, ...]:
        """Return what a row changed; of a new record what it holds, without what says nothing."""
        return tuple(self._lines(row))

    def _lines(self, row: AuditRow) -> Iterator[Line]:
        parts = PARTS.get(row.table, ())
        new = row.operation == "insert"
        if any(name in row.new for name in parts):
            before = None if new else self.whole(row, row.old)
            yield Line(self._whole_name(row), before, self.whole(row, row.new))
        skipped = {*parts, *NAMING.get(row.table, ()), "id"}
        skipped |= {unit for key, unit in UNIT_OF.items() if new and key.startswith(f"{row.table}.")}
        for name in sorted(row.new, key=lambda name: name in TOLD_LAST):
            if name in skipped or (new and _silent(kept_value(row.table, name, row.new[name]))):
                continue
            before = None if new else self.value(row, name, row.old.get(name), row.old)
            after = self.value(row, name, row.new[name], row.new)
            if not new or after != NOTHING:
                yield Line(self.name(row, name), before, after)

    # Names.

    def name(self, row: AuditRow, column: str) -> str:
        """Return what a column is called: as its field is, else as the audit calls it."""
        field = self._declared(row, column)
        return self.language.words(field.label if field is not None else column_words(column))

    def _declared(self, row: AuditRow, column: str) -> Field | None:
        form, _, field = row.fields.get(column, "").partition(".")
        return self._forms.get(form, {}).get(field)

    def _field(self, row: AuditRow) -> Field | None:
        """Return the field that an answer answers."""
        told = {**row.around.of(row.table, row.row_id), **row.new}
        form = row.around.of("form_record", told.get("form_record_id")).get("form", "")
        return self._forms.get(form, {}).get(told.get("field", ""))

    def _analyte(self, row: AuditRow) -> str:
        return str({**row.around.of(row.table, row.row_id), **row.new}.get("analyte", ""))

    def _whole_name(self, row: AuditRow) -> str:
        if row.table == "result":
            return self._coded("TEST", self._analyte(row))
        field = self._field(row)
        told = {**row.around.of(row.table, row.row_id), **row.new}
        return self.language.words(field.label) if field is not None else str(told.get("field", ""))

    # Values.

    def whole(self, row: AuditRow, side: Mapping[str, Any]) -> str:
        """Return an answer or a result as one value: as it was typed, with its unit."""
        told = {name: kept_value(row.table, name, side.get(name)) for name in PARTS[row.table]}
        if told.get("missing"):
            typed = f": {told['typed']}" if told["missing"] == IN_QUERY.code and told["typed"] else ""
            return self._coded("MISSING", told["missing"]) + typed
        number = told.get("number", told.get("value"))
        shown = told["typed"] or (f"{told['comparator'] or ''}{_plain(number)}" if number is not None else "")
        if shown:
            return self._in_unit(shown, str(told["unit"] or self._unit(row)))
        found = told.get("choice") or told.get("text")
        if found:
            return self.language.words(self._choices(row).get(str(found), Words(str(found), str(found))))
        unit = side.get("unit")
        if unit and set(side) & set(PARTS[row.table]) == {"unit"}:
            return self._coded("UNIT", unit)
        return self.plainly(told.get("day"))

    def _choices(self, row: AuditRow) -> Codes:
        if row.table == "result":
            analyte = self.protocol.laboratory.analytes.get(self._analyte(row))
            return {each.code: each.label for each in analyte.answers} if analyte is not None else {}
        field = self._field(row)
        return {each.code: each.label for each in field.choices} if field is not None else {}

    def _unit(self, row: AuditRow) -> str:
        field = self._field(row) if row.table == "answer" else None
        return str(
            row.around.of(row.table, row.row_id).get("unit") or (field.unit if field is not None else "")
        )

    def _in_unit(self, shown: str, unit: str) -> str:
        words = self.codes["UNIT"].get(unit) or unit_words(unit)
        return f"{shown} {self.language.words(words)}".strip()

    def _coded(self, codes: str, code: object) -> str:
        """Return a code in words; one that is not known, as of another version, stands for itself."""
        found = self.codes.get(codes, {}).get(str(code))
        return self.language.words(found) if found is not None else str(code)

    def value(self, row: AuditRow, column: str, kept: Any, side: Mapping[str, Any]) -> str:
        """Return a value of a column in words; a dash where there is none."""
        if kept is None or kept == "":
            return NOTHING
        own = SPECIAL.get(f"{row.table}.{column}") or SPECIAL.get(column)
        if own is not None:
            return own(self, row, str(kept), side)
        if f"{row.table}.{column}" in KEPT_WHOLE:
            return self.language.text("kept whole, {count} characters", count=len(str(kept)))
        to = POINTS_AT.get(row.table, {}).get(column)
        if to is not None:
            return self._pointed(row, to, kept)
        return self._declared_value(row, column, kept_value(row.table, column, kept), side)

    def _declared_value(self, row: AuditRow, column: str, value: Any, side: Mapping[str, Any]) -> str:
        field = self._declared(row, column)
        if isinstance(value, Decimal):
            told = {**row.around.of(row.table, row.row_id), **side}
            named = UNIT_OF.get(f"{row.table}.{column}", "")
            return self._in_unit(
                _plain(value), str(told.get(named) or (field.unit if field is not None else ""))
            )
        if field is not None and (found := [each for each in field.choices if each.code == value]):
            return self.language.words(found[0].label)
        codes = list_of(row.table, column)
        return self._code_and_note(codes, str(value)) if codes else self.plainly(value)

    def why(self, action: str, reason: str) -> str:
        """Return why an act was done: its coded reason in words, with the note as it was typed."""
        return self._code_and_note(reasons_of(action), reason)

    def _code_and_note(self, codes: str, kept: str) -> str:
        """Return a code in words, with the note that was typed behind it."""
        code, colon, note = kept.partition(":")
        known = colon and code in self.codes.get(codes, {})
        return f"{self._coded(codes, code)}{colon}{note}" if known else self._coded(codes, kept)

    def plainly(self, value: object) -> str:
        """Return a value that needs no words but those of its kind."""
        if value is None or value == "":
            return NOTHING
        if isinstance(value, bool):
            return self.language.text("yes") if value else self.language.text("no")
        if isinstance(value, Decimal):
            return _plain(value)
        if isinstance(value, datetime):
            return instant(value)
        return value.isoformat() if isinstance(value, date) else str(value)

    def _pointed(self, row: AuditRow, table: str, number: object) -> str:
        """Return the record that a column points at: a person by name, anything else with its number."""
        told = row.around.of(table, number)
        if table in ("user", "subject", "laboratory", "consent_version", "ethics_approval"):
            return str(told.get("name") or told.get("code") or told.get("approval_number") or number)
        named = {
            "form_record": ("FORM", "form"),
            "visit": ("VISIT", "code"),
            "sample": ("PANEL", "panel"),
            "not_drawn": ("PANEL", "panel"),
        }
        if table in named and told:
            codes, name = named[table]
            return f"{self._coded(codes, told[name])} ({self._numbered(table, number)})"
        return self._numbered(table, number)

    def _numbered(self, table: str, number: object) -> str:
        return f"{self.language.words(table_words(table))} {number}"

    # Columns whose text has a shape of its own.

    def of_same_table(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return the record where an entry stands now, or stood before."""
        return self._numbered(row.table, kept)

    def deviation(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return what a deviation says."""
        facts = _read_json(side.get("facts", ""))
        said = finding_words(self.protocol, kept, facts if isinstance(facts, dict) else {})
        return self.language.words(said)

    def ground(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return what the records show in place of the facts that a deviation was settled on."""
        code = side.get("code") or row.around.of(row.table, row.row_id).get("code")
        return self.deviation(row, str(code), {"facts": kept})

    def decided_option(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return the reading that a decision chose."""
        code = side.get("code") or row.around.of(row.table, row.row_id).get("code")
        found = [each for each in self.protocol.clarifications if each.code == code]
        options = {each.code: each.label for each in found[0].options} if found else {}
        return self.language.words(options.get(kept) or OWN_VALUE.get(kept) or Words(kept, kept))

    def decided_settings(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return the values of settings that a decision gave."""
        values, known = _read_json(kept), {each.code for each in self.protocol.settings}
        if not isinstance(values, dict) or not values.keys() <= known:
            return kept
        return values_words(self.protocol, values, self.language) or NOTHING

    def quoted(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return the words of the registry that a decision quotes."""
        quotes = _read_json(kept)
        return ("; ".join(f"“{quote}”" for quote in quotes) or NOTHING) if isinstance(quotes, list) else kept

    def files(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return the names of files."""
        names = _read_json(kept)
        return ", ".join(map(str, names)) if isinstance(names, dict | list) else kept

    def readings(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return the decisions that a criterion was read by."""
        found = _read_json(kept)
        if not isinstance(found, list):
            return kept
        known = {each.code: each.label for each in self.protocol.settings}
        said = (self.language.words(known[code]) if code in known else str(code) for code, _ in found)
        return ", ".join(said) or NOTHING

    def evidence(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return the values that a criterion was decided on."""
        content = _read_json(kept)
        if not isinstance(content, dict):
            return kept
        said = [self._evidence.line(each, self._in_unit) for each in content.get("evidence", ())]
        return "; ".join(said) or self.language.text("no value is asked for")

    @cached_property
    def _evidence(self) -> EvidenceWords:
        return EvidenceWords(self.language, self.protocol)

    def paper(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return what a paper is, with its visit."""
        kind, dot, part = kept.partition(".")
        return self._coded("PAPER", kind) + (f": {self._coded('VISIT', part)}" if dot else "")

    def query_field(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return the field that a question is about."""
        told = {**row.around.of(row.table, row.row_id), **row.new}
        form = row.around.of(str(told.get("about_table")), told.get("about_id")).get("form", "")
        field = self._forms.get(form, {}).get(kept)
        return self.language.words(field.label) if field is not None else kept

    def study_fact(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return a fact of the study."""
        name = side.get("name") or row.around.of(row.table, row.row_id).get("name")
        if name == "created_at":
            try:
                return instant(read_instant(kept))
            except ValueError:
                return kept
        return self._coded("YN", {"yes": "Y", "no": "N"}.get(kept, kept)) if name in YES_OR_NO else kept

    def hinted(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return the hold conditions that were shown before a dose, or what stood open at a lock."""
        codes = "HOLD" if row.table == "dose" else "OPEN_ITEM"
        return self.language.words(COMMA).join(self._code_and_note(codes, each) for each in kept.split())

    def voided(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return why a record no longer stands."""
        return void_words(self._code_and_note("CORRECTION", kept), self.language)

    def grade_reason(self, row: AuditRow, kept: str, side: Mapping[str, Any]) -> str:
        """Return why there is no grade."""
        text = sentences().get(kept)
        return self.language.text(text) if text is not None and "{" not in text else kept


Said = Callable[[AuditValues, AuditRow, str, Mapping[str, Any]], str]
SPECIAL: dict[str, Said] = {
    "criterion_answer.evidence": AuditValues.evidence,
    "criterion_answer.readings": AuditValues.readings,
    "database_lock.open_items": AuditValues.hinted,
    "deviation.code": AuditValues.deviation,
    "deviation.ground_facts": AuditValues.ground,
    "dose.hold_shown": AuditValues.hinted,
    "export.files": AuditValues.files,
    "moved_from": AuditValues.of_same_table,
    "moved_to": AuditValues.of_same_table,
    "paper.kind": AuditValues.paper,
    "protocol_decision.option": AuditValues.decided_option,
    "protocol_decision.quotes": AuditValues.quoted,
    "protocol_decision.settings": AuditValues.decided_settings,
    "query.field": AuditValues.query_field,
    "result.grade_reason": AuditValues.grade_reason,
    "study_fact.value": AuditValues.study_fact,
    "void_reason": AuditValues.voided,
}


def _silent(value: object) -> bool:
    return value is None or value is False or (isinstance(value, str) and value in ("", "current"))


def _plain(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


def _read_json(text: object) -> Any:
    try:
        return json.loads(str(text))
    except ValueError:
        return None
