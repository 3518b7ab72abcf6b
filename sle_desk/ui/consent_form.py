"""The form of a consent as it is asked: who explained the study is offered from the delegation log."""

from __future__ import annotations

from dataclasses import replace

from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice, Form
from sle_desk.services.signers import possible_explainers
from sle_desk.ui.state import State

EXPLAINER = "explained_by"


def consent_form(state: State) -> Form:
    """Return the form with the people of the log to choose from; any other name can be typed."""
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
    return replace(form, sections=tuple(sections))
