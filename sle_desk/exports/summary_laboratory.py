"""The laboratory values of a visit summary that lie outside their reference range, as judged on their day."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from sqlalchemy import exists, select

from sle_desk.base.language import Words, message
from sle_desk.domain.analytes import Analyte
from sle_desk.domain.reference_ranges import PrintedLimits
from sle_desk.domain.values import plain
from sle_desk.exports.pdf.summary_content import LabRow
from sle_desk.exports.wording import Said, spoken
from sle_desk.models.audit import Audit
from sle_desk.models.lab import Result, Sample
from sle_desk.models.people import User
from sle_desk.models.visit import Visit
from sle_desk.services.range_marks import RangeMarks
from sle_desk.services.snapshots import Snapshot

# Beside a range that the site has not confirmed: what it means stands below the table.
UNCONFIRMED = "*"
OUTSIDE = ("LOW", "HIGH", "ABNORMAL")
FLAGS = {"LOW": message("Low"), "HIGH": message("High"), "ABNORMAL": message("Abnormal")}


def laboratory(copy: Snapshot, visit: Visit) -> tuple[LabRow, ...] | None:
    """Return the values outside, in the order of the panels; None where nothing was drawn."""
    session = copy.session
    drawn = session.scalar(select(exists().where(Sample.visit_id == visit.id, Sample.state == "current")))
    if not drawn:
        return None
    rows = session.execute(
        select(Result, Sample)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Sample.visit_id == visit.id, Sample.state == "current", Result.flag.in_(OUTSIDE))
        .order_by(Sample.drawn_at, Sample.id, Result.id)
    ).all()
    before = compared_with(copy, visit)
    marks = RangeMarks(session)
    return tuple(
        _row(copy, result, before, unconfirmed=marks.is_unconfirmed(result, sample))
        for result, sample in rows
    )


def compared_with(copy: Snapshot, visit: Visit) -> Visit | None:
    """Return the last visit before this one at which a sample was drawn."""
    return copy.session.scalar(
        select(Visit)
        .where(
            Visit.subject_id == visit.subject_id,
            Visit.state == "current",
            Visit.on_day < visit.on_day,
            exists().where(Sample.visit_id == Visit.id, Sample.state == "current"),
        )
        .order_by(Visit.on_day.desc(), Visit.id.desc())
        .limit(1)
    )


def _row(copy: Snapshot, result: Result, before: Visit | None, *, unconfirmed: bool) -> LabRow:
    analyte = copy.protocol.laboratory.analytes[result.analyte]
    return LabRow(
        test=analyte.label,
        value=result_words(analyte, result),
        unit=analyte.unit(result.unit).shown if result.unit else None,
        reference=f"{_reference(result)} {UNCONFIRMED}" if unconfirmed else _reference(result) or None,
        flag=spoken(FLAGS[result.flag]),
        grade=_grade(result),
        change=_change(copy, analyte, result, before),
        significance=result.significance or None,
        decided=_decided(copy, result),
    )


def result_words(analyte: Analyte, result: Result) -> Said:
    """Return a result as it was typed, or its word."""
    if result.text is not None:
        answers = {answer.code: answer.label for answer in analyte.answers}
        return answers.get(result.text, result.text)
    return f"{result.comparator}{result.typed}"


def _reference(result: Result) -> str:
    return PrintedLimits(
        result.low, result.high, bool(result.low_inclusive), bool(result.high_inclusive)
    ).words


def _grade(result: Result) -> Words:
    if result.grade is None or result.grade == 0:
        return spoken(message("no grade"))
    return spoken(message("Grade {grade}"), grade=result.grade)


def _change(copy: Snapshot, analyte: Analyte, result: Result, before: Visit | None) -> Said:
    if before is None or result.value is None or result.comparator or result.standard_value is None:
        return None
    earlier = copy.session.scalar(
        select(Result)
        .join(Sample, Sample.id == Result.sample_id)
        .where(
            Sample.visit_id == before.id,
            Sample.state == "current",
            Result.analyte == result.analyte,
            Result.comparator == "",
            Result.standard_value.is_not(None),
        )
        .order_by(Sample.drawn_at.desc())
        .limit(1)
    )
    if earlier is None or earlier.value is None:
        return None
    difference = result.value - analyte.convert(earlier.value, earlier.unit, result.unit)
    return _signed(difference)


def _signed(difference: Decimal) -> str:
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return f"{sign}{plain(abs(difference))}"


def _decided(copy: Snapshot, result: Result) -> Said:
    """Return who judged the result and on which day: as the paper says, or from the audit of its row."""
    if not result.significance:
        return None
    if result.judged_signer:
        return f"{result.judged_signer} {result.judged_signed_on}"
    rows = copy.session.scalars(
        select(Audit)
        .where(Audit.table_name == "result", Audit.row_id == result.id, Audit.operation != "event")
        .order_by(Audit.number.desc())
    )
    for row in rows:
        if "significance" in (json.loads(row.payload or "{}").get("new") or {}):
            return f"{person(copy, row.user_id, row.user)} {_day(row)}"
    return None


def _day(row: Audit) -> date:
    return row.at.date()


def person(copy: Snapshot, user_id: int | None, login: str) -> str:
    """Return the name of who acted."""
    user = copy.session.get(User, user_id) if user_id is not None else None
    return user.name if user is not None else login
