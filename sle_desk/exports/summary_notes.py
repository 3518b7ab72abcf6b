"""The notes of a visit summary: deviations, queries, corrections, what is missing and what is awaited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, select

from sle_desk.base.language import Words, message
from sle_desk.base.words import sentences
from sle_desk.domain import checks
from sle_desk.domain.forms import Field
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.said import finding_words
from sle_desk.domain.values import from_millionths, plain
from sle_desk.exports.pdf.summary_content import Note
from sle_desk.exports.summary_laboratory import person
from sle_desk.exports.wording import Said, listed, moment, spoken
from sle_desk.models.audit import Audit, Paper, Signature
from sle_desk.models.lab import Result, Sample
from sle_desk.models.safety import Deviation, Query
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services.snapshots import Snapshot
from sle_desk.services.withdrawals import SAMPLES_FORM, no_samples_since

SEVERITIES = {"minor": message("minor"), "major": message("major")}
UNJUDGED = message("severity not judged")
PROGRESS = {
    "proposed": message("proposed, not yet judged"),
    "accepted": message("accepted"),
    "explained": message("explained, no deviation"),
}


def notes(copy: Snapshot, visit: Visit, before_paper: int | None = None) -> tuple[Note, ...]:
    """Return the notes of a visit; corrections count from the last summary that was signed.

    `before_paper`: only papers printed before this one are asked, as when an old print is made again.
    """
    since = last_signed(copy, visit.subject_id, before_paper)
    return (
        *_deviations(copy, visit),
        *_queries(copy, visit),
        *_corrections(copy, visit, since),
        *_missing(copy, visit),
        *_awaited(copy, visit),
    )


def last_signed(copy: Snapshot, subject_id: int, before_paper: int | None = None) -> int:
    """Return the audit number printed on the subject's last signed summary; 0 when none is signed."""
    asked = (
        select(Paper.audit_number)
        .where(
            Paper.kind == "visit_summary",
            Paper.subject_id == subject_id,
            exists().where(
                Signature.about_table == "paper", Signature.about_id == Paper.id, Signature.state == "valid"
            ),
        )
        .order_by(Paper.id.desc())
        .limit(1)
    )
    if before_paper is not None:
        asked = asked.where(Paper.id < before_paper)
    return copy.session.scalar(asked) or 0


def _deviations(copy: Snapshot, visit: Visit) -> Iterator[Note]:
    rows = copy.session.scalars(
        select(Deviation)
        .where(
            Deviation.subject_id == visit.subject_id,
            Deviation.progress != "void",
            Deviation.on_day <= visit.on_day,
        )
        .order_by(Deviation.on_day, Deviation.id)
    )
    for row in rows:
        told = spoken(
            message("{what} {day}, {severity}, {progress}."),
            what=deviation_words(row, copy.protocol),
            day=row.on_day,
            severity=spoken(SEVERITIES.get(row.severity, UNJUDGED)),
            progress=spoken(PROGRESS[row.progress]),
        )
        yield Note("deviation", told, f"DV-{row.id:02d}", open=row.progress == "proposed")


def deviation_words(row: Deviation, protocol: Protocol) -> Words:
    """Return what a deviation says."""
    return finding_words(protocol, row.code, json.loads(row.facts))


def _queries(copy: Snapshot, visit: Visit) -> Iterator[Note]:
    rows = copy.session.scalars(
        select(Query)
        .where(Query.subject_id == visit.subject_id, Query.progress != "closed")
        .order_by(Query.id)
    )
    for row in rows:
        told = spoken(
            message("{field}: {question} Since {day}, raised by {person}."),
            field=_asked_label(copy, row),
            question=_question(row),
            day=row.raised_at.date(),
            person=person(copy, row.raised_by, ""),
        )
        yield Note("query", told, f"Q-{row.id:03d}", open=True)


def _asked_label(copy: Snapshot, row: Query) -> Said:
    if row.about_table == "result":
        analyte = copy.protocol.laboratory.analytes.get(row.field)
        return analyte.label if analyte else row.field
    record = copy.session.get(FormRecord, row.about_id) if row.about_table == "form_record" else None
    if record is None:
        return row.field
    form = copy.protocol.form(record.form)
    known = {field.code: field.label for field in form.fields()}
    return known.get(row.field, form.label)


def _question(row: Query) -> Said:
    code, _, typed = row.question.partition(": ")
    if typed and code in sentences():
        return spoken(message("“{typed}” was typed, cannot be a value and is asked about."), typed=typed)
    # The application asks by a code; a person in words of his own.
    if row.question.startswith("value.") or row.question in sentences():
        return spoken(message("an unusual value was kept with a reason."))
    return row.question


def _corrections(copy: Snapshot, visit: Visit, since: int) -> Iterator[Note]:
    rows = copy.session.scalars(
        select(Audit)
        .where(
            Audit.number > since,
            Audit.operation == "update",
            Audit.action == "value.correct",
            Audit.reason != "",
            Audit.table_name.in_(("answer", "result")),
        )
        .order_by(Audit.number)
    )
    for row in rows:
        label = _corrected_label(copy, visit.subject_id, row)
        if label is None:
            continue
        payload = json.loads(row.payload or "{}")
        told = spoken(
            message("{field}: {old} → {new}, {reason}, {person} {at}."),
            field=label[0],
            old=kept_value(payload.get("old") or {}, label[1]),
            new=kept_value(payload.get("new") or {}, label[1]),
            reason=_reason(row.reason),
            person=person(copy, row.user_id, row.user),
            at=moment(row.at),
        )
        yield Note("correction", told)


def _corrected_label(copy: Snapshot, subject_id: int, row: Audit) -> tuple[Words, Field | None] | None:
    """Return the label of a corrected value with its field, or None when it is another subject's."""
    if row.table_name == "answer":
        answer = copy.session.get(Answer, row.row_id)
        record = copy.session.get(FormRecord, answer.form_record_id) if answer is not None else None
        if answer is None or record is None or record.subject_id != subject_id:
            return None
        field = copy.protocol.form(record.form).field(answer.field)
        return _on(field.label, record.on_day.isoformat()), field
    result = copy.session.get(Result, row.row_id)
    sample = copy.session.get(Sample, result.sample_id) if result is not None else None
    if result is None or sample is None or sample.subject_id != subject_id:
        return None
    label = copy.protocol.laboratory.analytes[result.analyte].label
    return _on(label, sample.drawn_at.date().isoformat()), None


def _on(label: Words, day: str) -> Words:
    return Words(f"{label.en} ({day})", f"{label.zh} ({day})")


def kept_value(kept: dict[str, Any], field: Field | None) -> Said:
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


def _reason(kept: str) -> Said:
    """Return a coded reason in words, with the note that was typed."""
    code, _, note = kept.partition(": ")
    known = {choice.code: choice.label for choice in checks.CORRECTION_REASONS}
    if code not in known:
        return kept
    label = known[code]
    return Words(f"{label.en}: {note}", f"{label.zh}：{note}") if note else label


def _missing(copy: Snapshot, visit: Visit) -> Iterator[Note]:
    planned = copy.protocol.visit(visit.code)
    session = copy.session
    saved = set(
        session.scalars(
            select(FormRecord.form).where(FormRecord.visit_id == visit.id, FormRecord.state == "current")
        )
    )
    drawn = set(
        session.scalars(select(Sample.panel).where(Sample.visit_id == visit.id, Sample.state == "current"))
    )
    since, excused = no_samples_since(session, visit.subject_id), frozenset[str]()
    if since is not None and visit.on_day is not None and visit.on_day >= since:
        excused = frozenset((*planned.panels, SAMPLES_FORM))
        told = spoken(message("No samples: consent for them was withdrawn on {day}."), day=since)
        yield Note("consent", told)
    lacking = [code for code in planned.forms if code not in saved | excused]
    forms = [copy.protocol.form(code).label for code in lacking]
    untaken = [code for code in planned.panels if code not in drawn | excused]
    panels = [copy.protocol.laboratory.panel(code).label for code in untaken]
    if forms:
        told = spoken(message("Forms not saved: {forms}."), forms=listed(forms))
        yield Note("missing", told, open=True, count=len(forms))
    if panels:
        told = spoken(message("Samples not recorded: {panels}."), panels=listed(panels))
        yield Note("missing", told, open=True, count=len(panels))


def _awaited(copy: Snapshot, visit: Visit) -> Iterator[Note]:
    rows = copy.session.scalars(
        select(Sample)
        .where(
            Sample.visit_id == visit.id,
            Sample.state == "current",
            ~exists().where(Result.sample_id == Sample.id),
        )
        .order_by(Sample.drawn_at, Sample.id)
    )
    for row in rows:
        told = spoken(
            message("{panel}: drawn {drawn}, report awaited."),
            panel=copy.protocol.laboratory.panel(row.panel).label,
            drawn=moment(row.drawn_at),
        )
        yield Note("awaited", told, open=True)
