"""The form of a consent as it is asked: who may have explained the study, and what was withdrawn before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sle_desk.base.language import Words, message
from sle_desk.domain.consent_rules import TAKES_UP
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.reconsent import NO, YES
from sle_desk.services.signers import possible_explainers
from sle_desk.ui.pages.clarification_words import both
from sle_desk.ui.state import State

EXPLAINER = "explained_by"
# What the codes of the questions about withdrawn scopes begin with.
TAKEN = "takes_up_"
HEAD = Words("Withdrawn before", "此前撤回的同意")
WITHDRAWN_ON = message("Consent for it was withdrawn on {day}.")
ANSWERS = (Choice(YES, Words("Yes", "是"), "Y"), Choice(NO, Words("No", "否"), "N"))


def consent_form(state: State, asked: Mapping[str, date | None], beside: Mapping[str, date]) -> Form:
    """Return the form with the people of the log to choose from; any other name can be typed.

    For each scope that is asked about it asks whether it is taken up again, and lets others be answered that
    were withdrawn once; nothing is chosen ahead.
    """
    form = state.desk.protocol.form("consent")
    offered = tuple(Choice(name, Words(name, name), "") for name in possible_explainers(state.desk))
    sections = (
        replace(
            section,
            fields=tuple(
                replace(field, choices=offered) if field.code == EXPLAINER else field
                for field in section.fields
            ),
        )
        for section in form.sections
    )
    taken = tuple(
        Field(
            code=TAKEN + scope,
            label=TAKES_UP[scope],
            kind="choice",
            choices=ANSWERS,
            required=scope in asked,
            hint=None if day is None else both(WITHDRAWN_ON, day=day.isoformat()),
        )
        for scope, day in {**beside, **asked}.items()
    )
    return replace(form, sections=(*sections, *((Section(HEAD, taken),) if taken else ())))
