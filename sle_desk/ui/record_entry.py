"""Between a form on screen and the record it describes: a person, a consent, a kit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.checks import Value
from sle_desk.domain.consent_rules import TAKES_UP
from sle_desk.services.answers import day_of
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.subjects import NewConsent, NewSubject
from sle_desk.ui.consent_form import TAKEN
from sle_desk.ui.injection_entry import number, text


def new_subject(values: Mapping[str, Value]) -> NewSubject:
    """Return the person that the form of a registration describes; RuleBroken while a part is missing."""
    born = day_of(values, "birth_date")
    if born is None or any(code not in values for code in ("name", "initials", "sex")):
        raise RuleBroken("register.incomplete")
    return NewSubject(
        name=text(values, "name"),
        initials=text(values, "initials"),
        sex=text(values, "sex"),
        birth_date=born,
        identity_kind=text(values, "identity_kind"),
        identity_number=text(values, "identity_number"),
        phone=text(values, "phone"),
    )


def new_consent(subject_id: int, values: Mapping[str, Value]) -> NewConsent:
    """Return the consent that its form describes; RuleBroken while version or day are missing."""
    signed_on = day_of(values, "signed_on")
    if signed_on is None or "consent_version" not in values:
        raise RuleBroken("consent.incomplete")
    return NewConsent(
        subject_id,
        text(values, "consent_version"),
        signed_on,
        text(values, "signed_time"),
        text(values, "explained_by"),
        text(values, "copy_given"),
        {scope: text(values, TAKEN + scope) for scope in TAKES_UP if TAKEN + scope in values},
    )


def new_kit(values: Mapping[str, Value], subject_id: int, drug: str) -> NewDispensing:
    """Return the kit that its form describes; RuleBroken while its day is missing."""
    on_day = day_of(values, "on_day")
    if on_day is None:
        raise RuleBroken("dispensing.incomplete")
    return NewDispensing(
        subject_id=subject_id,
        drug=drug,
        lot=text(values, "lot"),
        strength=number(values, "strength") or Decimal(0),
        count=int(number(values, "count") or 0),
        on_day=on_day,
        kit=text(values, "kit"),
        expires_on=day_of(values, "expires_on"),
    )
