"""An infusion as tests record it from minute to minute: rates, vital signs, premedication."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from dose_fixtures import prepared
from logged import BEL, enter, given
from study_fixtures import Study

from sle_desk.domain.checks import Value
from sle_desk.services import form_records, infusions, preparing
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.form_records import FormRow, NewForm


def bag(desk: Desk, subject: int = BEL) -> int:
    """Prepare and check an infusion of today; return its number."""
    return preparing.prepare_infusion(desk, prepared(desk, subject)).id


def give(study: Study, desk: Desk, dose: int, subject: int = BEL) -> None:
    """Record a prepared infusion as given: an hour from now on, the clock half an hour after its end."""
    start = desk.now()
    study.clock.advance(timedelta(minutes=90))
    end = start + timedelta(minutes=60)
    dose_given = GivenDose(
        subject, "BEL", desk.today(), started_at=start, ended_at=end, observed_until=desk.now(),
        administered=Decimal(612), reaction="none", place="ward",
    )  # fmt: skip
    infusions.give_infusion(desk, dose_given, dose)


def entry(
    desk: Desk,
    form: str,
    dose: int,
    values: Mapping[str, str],
    subject: int = BEL,
    about: int | None = None,
    kept: str = "source",
) -> FormRow:
    """Save an entry of an infusion: numbers, choices and texts as its form has them."""
    fields = {field.code: field.kind for field in desk.protocol.form(form).fields()}
    said = {
        code: Value(number=Decimal(typed), typed=typed)
        if fields[code] == "number"
        else Value(choice=typed)
        if fields[code] == "choice"
        else Value(text=typed)
        for code, typed in values.items()
    }
    # What is unlikely is kept, and asked about.
    answers = Given(said, dict.fromkeys(said, kept) if kept else {})
    new = NewForm(subject, None, form, desk.today(), answers, parent_id=about, link=("dose", dose))
    return form_records.save_form(desk, new)


def rate(desk: Desk, dose: int, time: str, per_hour: str, reason: str = "ordered", **texts: str) -> FormRow:
    """Save a rate of an infusion."""
    return entry(desk, "infusion_rate", dose, {"time": time, "rate": per_hour, "reason": reason, **texts})


def vitals(desk: Desk, dose: int, time: str, moment: str = "before", **values: str) -> FormRow:
    """Save vital signs of an infusion."""
    told = {"moment": moment, "time": time, **(values or {"temperature": "36.6"})}
    return entry(desk, "infusion_vitals", dose, told)


def premedication(desk: Desk, dose: int, time: str, about: int | None = None) -> FormRow:
    """Save a dose of a medicine given before an infusion."""
    once = given({"name": "Loratadine", "start": "2026-11-23"}, unit="mg", frequency="ONCE")
    of = about or enter(desk, "medication", once, BEL).id
    return entry(desk, "infusion_premedication", dose, {"time": time}, about=of)
