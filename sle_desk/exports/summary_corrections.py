"""What was corrected of a subject since its last signed summary: values, doses, consents, visits, samples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_, select

from sle_desk.base.language import Words, message
from sle_desk.domain import checks
from sle_desk.domain.audit_words import TABLE_WORDS
from sle_desk.domain.forms import Field, unit_words
from sle_desk.domain.values import from_millionths, plain
from sle_desk.exports.dataset import declared
from sle_desk.exports.dataset_codes import every_list
from sle_desk.exports.pdf.summary_content import Note
from sle_desk.exports.summary_laboratory import person
from sle_desk.exports.wording import Said, moment, spoken
from sle_desk.models.audit import Audit
from sle_desk.models.base import Base
from sle_desk.models.lab import Laboratory, Result, Sample
from sle_desk.models.subject import Consent, Disposition
from sle_desk.models.treatment import Dispensing, Dose, DosePause, DoseVials
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services import history
from sle_desk.services.snapshots import Snapshot

CORRECT, IN_ERROR = "value.correct", "record.entered_in_error"
# Records that are corrected as a whole: each column that a person gives is told by itself.
_WHOLE: dict[str, type[Base]] = {
    each.__tablename__: each
    for each in (Dose, DoseVials, Consent, Visit, Sample, Dispensing, Disposition, DosePause, FormRecord)
}
# Of a result that was judged again nothing was typed: what it is told as stands here.
_JUDGED = ("flag", "grade", "significance", "low", "high")
NOTHING = "–"
# Columns of codes whose words stand in no form, with the list that has them.
_LISTS = {
    **{f"dose.{name}": name.upper() for name in ("drug", "diluent", "place", "site", "reaction")},
    "dose.progress": "DOSE_PROGRESS",
    "dose.reason": "DOSE_REASON",
    "dispensing.drug": "DRUG",
    "disposition.kind": "DISPOSITION",
    "disposition.drug": "DRUG",
    "disposition.reason": "DISPOSITION_REASON",
    "dose_pause.kind": "PAUSE",
    "dose_pause.drug": "DRUG",
    "dose_pause.reason": "PAUSE_REASON",
    "form_record.source": "SOURCE",
    "result.flag": "FLAG",
    "visit.code": "VISIT",
    "visit.not_done_reason": "MISSING",
}


def corrections(copy: Snapshot, subject_id: int, since: int) -> Iterator[Note]:
    """Yield what was corrected or marked as entered in error after a row of the audit, oldest first."""
    tables = frozenset({"answer", "result", *_WHOLE})
    mine = or_(
        *(
            and_(Audit.table_name == name, Audit.row_id.in_(keys))
            for name, keys in history.records_of(subject_id)
            if name in tables
        )
    )
    rows = copy.session.scalars(
        select(Audit)
        .where(
            Audit.number > since,
            Audit.operation == "update",
            Audit.action.in_((CORRECT, IN_ERROR, "laboratory.correct")),
            Audit.reason != "",
            mine,
        )
        .order_by(Audit.number)
    )
    for row in rows:
        payload = json.loads(row.payload or "{}")
        old, new = payload.get("old") or {}, payload.get("new") or {}
        for label, before, after in _changes(copy, row, old, new):
            told = spoken(
                message("{field}: {old} → {new}, {reason}, {person} {at}."),
                field=label,
                old=before,
                new=after,
                reason=kept_reason(row.reason),
                person=person(copy, row.user_id, row.user),
                at=moment(row.at),
            )
            yield Note("correction", told)


Change = tuple[Words, Said, Said]


def _changes(copy: Snapshot, row: Audit, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if row.table_name == "answer":
        answer = copy.session.get_one(Answer, row.row_id)
        record = copy.session.get_one(FormRecord, answer.form_record_id)
        field = copy.protocol.of(record.protocol_version).form(record.form).field(answer.field)
        yield _on(field.label, record.on_day), kept_value(old, field), kept_value(new, field)
    elif row.table_name == "result":
        yield from _of_result(copy, row, old, new)
    else:
        yield from _of_record(copy, row, old, new)


def _of_result(
    copy: Snapshot, row: Audit, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    result = copy.session.get_one(Result, row.row_id)
    sample = copy.session.get_one(Sample, result.sample_id)
    label = copy.protocol.laboratory.analytes[result.analyte].label
    if {"typed", "comparator", "value", "text", "missing"} & set(new):
        yield _on(label, sample.drawn_at.date()), kept_value(old, None), kept_value(new, None)
        return
    for name in _JUDGED:
        if name in new:
            field = declared(copy.protocol, f"result.{name}")
            both = Words(f"{label.en}, {field.label.en}", f"{label.zh}，{field.label.zh}")
            before, after = (_said(copy, "result", name, field, side.get(name)) for side in (old, new))
            yield _on(both, sample.drawn_at.date()), before, after


def _of_record(
    copy: Snapshot, row: Audit, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    record = copy.session.get_one(_WHOLE[row.table_name], row.row_id)
    what = TABLE_WORDS[row.table_name]
    if isinstance(record, FormRecord):
        what = copy.protocol.form(record.form).label
    elif isinstance(record, Sample):
        what = copy.protocol.laboratory.panel(record.panel).label
    day = _day_of(record)
    if new.get("state") == "void":
        yield _on(what, day), spoken(message("entered")), spoken(message("entered in error"))
        return
    fields = {**history.FIELDS.get(row.table_name, {}), "laboratory_id": "result.laboratory"}
    for name in new:
        if name not in fields:
            continue
        field = declared(copy.protocol, fields[name])
        label = Words(f"{what.en}, {field.label.en}", f"{what.zh}，{field.label.zh}")
        before, after = (_said(copy, row.table_name, name, field, side.get(name)) for side in (old, new))
        yield _on(label, day), before, after


def _day_of(record: Base) -> date | None:
    if isinstance(record, Sample):
        return record.drawn_at.date()
    day = getattr(record, "on_day", None) or getattr(record, "signed_on", None)
    return day if isinstance(day, date) else None


def _on(label: Words, day: date | None) -> Words:
    return label if day is None else Words(f"{label.en} ({day})", f"{label.zh} ({day})")


def _said(copy: Snapshot, table: str, name: str, field: Field, kept: Any) -> Said:
    """Return a value of a column as people read it; a dash where there is none."""
    value = history.kept_value(table, name, kept)
    if value is None or value == "":
        return NOTHING
    if name == "laboratory_id":
        return copy.session.get_one(Laboratory, int(value)).name
    known = {choice.code: choice.label for choice in field.choices}
    wanted = _LISTS.get(f"{table}.{name}")
    if wanted is not None:
        known |= {
            code: label
            for each in every_list(copy.protocol)
            if each.name == wanted
            for code, label in each.codes
        }
    if isinstance(value, str) and value in known:
        return known[value]
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Decimal):
        unit = unit_words(field.unit)
        return Words(f"{plain(value)} {unit.en}".strip(), f"{plain(value)} {unit.zh}".strip())
    return str(value)


def kept_value(kept: Mapping[str, Any], field: Field | None) -> Said:
    """Return a value as its row kept it: as typed, as a word, or why it is missing."""
    if kept.get("missing") == checks.IN_QUERY.code:
        label = checks.IN_QUERY.label
        return Words(f"{label.en}: {kept['typed']}", f"{label.zh}：{kept['typed']}")
    if kept.get("typed"):
        return f"{kept.get('comparator') or ''}{kept['typed']}"
    if kept.get("choice") is not None:
        known = {choice.code: choice.label for choice in field.choices} if field else {}
        return known.get(kept["choice"], str(kept["choice"]))
    if kept.get("missing") is not None:
        reasons = {each.code: each.label for each in (*checks.MISSING_REASONS, checks.NO_LONGER_ASKED)}
        return reasons.get(kept["missing"], str(kept["missing"]))
    for name in ("text", "day"):
        if kept.get(name) is not None:
            return str(kept[name])
    for name in ("number", "value"):
        if kept.get(name) is not None:
            return plain(from_millionths(int(kept[name])))
    return None


def kept_reason(kept: str) -> Said:
    """Return a coded reason in words, with the note that was typed."""
    code, _, note = kept.partition(": ")
    known = {choice.code: choice.label for choice in checks.CORRECTION_REASONS}
    if code not in known:
        return kept
    label = known[code]
    return Words(f"{label.en}: {note}", f"{label.zh}：{note}") if note else label
