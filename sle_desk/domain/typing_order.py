"""The order in which a visit is typed, on screen and on its worksheet, and what the paper has room for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sle_desk.domain.checks import Value
from sle_desk.domain.forms import LOGS, Field, Form
from sle_desk.domain.protocol import Protocol

# How many new entries the worksheet has room for, each with all that the screen may ask: more are written on
# a second print, so that the paper of an ordinary visit stays short. A form that the package lacks has none.
ROOM: Mapping[str, int] = MappingProxyType(
    {"adverse_event": 1, "medication": 2, "allergy": 1, "procedure": 1, "hospital_stay": 1, "vaccine": 1}
)
STOP = "stop"
# A form that asks more than this has a sheet of its own: the worksheet has a box to tick for it.
MOST_ON_SHEET = 8


def visit_forms(protocol: Protocol, visit: str) -> tuple[Form, ...]:
    """Return the forms of a visit in the order in which they are typed."""
    return tuple(map(protocol.form, protocol.visit(visit).forms))


def entry_forms(protocol: Protocol) -> tuple[Form, ...]:
    """Return the forms of the logs that a visit asks about, in the order in which they are typed."""
    return tuple(form for log in LOGS for form in protocol.log_forms(log) if form.code in ROOM)


def first_look(form: Form) -> tuple[Field, ...]:
    """Return what a new entry is asked at once, in its order: no answer is needed to be asked for it."""
    return tuple(
        field for field in form.fields() if field.required and not field.later and field.show_if is None
    )


def has_own_sheet(form: Form) -> bool:
    """Tell whether a form of a visit asks more than the worksheet has room for."""
    return sum(1 for _ in form.fields()) > MOST_ON_SHEET


def goes_on(form: Form, values: Mapping[str, Value]) -> bool:
    """Tell whether an entry has no end: none is answered, and no answer says that there is one."""
    stop = next((field for field in form.fields() if field.code == STOP), None)
    if stop is None or STOP in values:
        return False
    if stop.show_if is None:
        return True
    asked = values.get(stop.show_if[0])
    return asked is None or asked.choice not in stop.show_if[1:]
