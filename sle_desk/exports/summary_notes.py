"""The notes of a visit summary: deviations, queries, corrections, what is missing and what is awaited."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import exists, select

from sle_desk.base.language import Words, message
from sle_desk.base.words import sentences
from sle_desk.domain import checks
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.said import finding_words
from sle_desk.domain.visit_rules import is_expected
from sle_desk.exports.pdf.summary_content import Note
from sle_desk.exports.summary_corrections import corrections
from sle_desk.exports.summary_laboratory import person
from sle_desk.exports.wording import Said, listed, moment, spoken
from sle_desk.models.audit import Paper, Signature
from sle_desk.models.lab import Result, Sample
from sle_desk.models.safety import Deviation, Query
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.not_drawn import reasons_by_panel
from sle_desk.services.snapshots import Snapshot
from sle_desk.services.spared_forms import forms_spared
from sle_desk.services.withdrawals import SAMPLES, SAMPLES_FORM, spells_of, withdrawn_by

SEVERITIES = {"minor": message("minor"), "major": message("major")}
UNJUDGED = message("severity not judged")
PROGRESS = {
    "proposed": message("proposed, not yet judged"),
    "accepted": message("accepted"),
    "explained": message("explained, no deviation"),
}
# What a question of the program is about, by its code or by what its code begins with.
KEPT = message("an unusual value was kept with a reason.")
ASKED = {
    "value.changed": message("a value that differs much from the one before was kept with a reason."),
    "infusion.not_taken": message("the medicine is entered as taken, and not on the day of the infusion."),
    "infusion": message("this does not agree with what is recorded of its infusion."),
    "dose": message("this dose is recorded as missed, and as given on its planned day."),
    "death": message("this does not agree with what is recorded of the death."),
}


def notes(copy: Snapshot, visit: Visit, before_paper: int | None = None) -> tuple[Note, ...]:
    """Return the notes of a visit; corrections count from the last summary that was signed.

    `before_paper`: only papers printed before this one are asked, as when an old print is made again.
    """
    since = last_signed(copy, visit.subject_id, before_paper)
    return (
        *_deviations(copy, visit),
        *_queries(copy, visit),
        *corrections(copy, visit.subject_id, since),
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
    if row.about_table == "dose":
        return copy.protocol.drug(copy.session.get_one(Dose, row.about_id).drug).label
    if row.about_table == "sample":
        return copy.protocol.form("result").field(row.field).label
    record = copy.session.get(FormRecord, row.about_id) if row.about_table == "form_record" else None
    if record is None:
        return row.field
    form = copy.protocol.of(record.protocol_version).form(record.form)
    known = {field.code: field.label for field in form.fields()}
    return known.get(row.field, form.label)


def _question(row: Query) -> Said:
    code, _, typed = row.question.partition(": ")
    if typed and code in sentences():
        return spoken(message("“{typed}” was typed, cannot be a value and is asked about."), typed=typed)
    # The application asks by a code; a person in words of his own.
    if row.question in sentences():
        return spoken(ASKED.get(row.question) or ASKED.get(row.question.partition(".")[0], KEPT))
    return row.question


def _missing(copy: Snapshot, visit: Visit) -> Iterator[Note]:
    planned = copy.protocol.visit_on(visit.code, visit.on_day)
    session = copy.session
    saved = set(
        session.scalars(
            select(FormRecord.form).where(FormRecord.visit_id == visit.id, FormRecord.state == "current")
        )
    )
    drawn = set(
        session.scalars(select(Sample.panel).where(Sample.visit_id == visit.id, Sample.state == "current"))
    )
    withdrawn = spells_of(session, visit.subject_id)
    spared = forms_spared(session, copy.protocol, copy.as_of.date())
    excused = {code for code in (*planned.forms, *planned.panels) if not is_expected(planned, code, spared)}
    since = None if visit.on_day is None else withdrawn_by(withdrawn, SAMPLES, visit.on_day)
    if since is not None:
        excused |= {*planned.panels, SAMPLES_FORM}
        told = spoken(message("No samples: consent for them was withdrawn on {day}."), day=since)
        yield Note("consent", told)
    lacking = [code for code in planned.forms if code not in saved | excused]
    forms = [copy.protocol.form(code).label for code in lacking]
    untaken = [code for code in planned.panels if code not in drawn | excused]
    told_of = reasons_by_panel(session, visit.id)
    panels = [copy.protocol.laboratory.panel(code).label for code in untaken if code not in told_of]
    why = {each.code: each.label for each in checks.MISSING_REASONS}
    for code, (reason, note) in told_of.items():
        panel = copy.protocol.laboratory.panel(code).label
        said = Words(f"{why[reason].en}: {note}", f"{why[reason].zh}：{note}") if note else why[reason]
        told = spoken(message("{panel}: not drawn ({reason})."), panel=panel, reason=said)
        yield Note("missing", told)
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
