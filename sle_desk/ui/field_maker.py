"""Which field is made for which kind of declared field."""

from __future__ import annotations

from sle_desk.domain.forms import Field
from sle_desk.ui.choice_field import ChoiceField
from sle_desk.ui.field_box import FieldBox, FieldContext
from sle_desk.ui.fields import CodeField, DateField, NumberField, PartialDateField, TextField, TimeField
from sle_desk.ui.note_field import NoteField
from sle_desk.ui.type_ahead import TypeAheadField

LIST_LIMIT = 12
_BY_KIND: tuple[tuple[str, type[FieldBox]], ...] = (
    ("number", NumberField),
    ("day", DateField),
    ("partial_day", PartialDateField),
    ("time", TimeField),
    ("text", TextField),
    ("note", NoteField),
    ("choice", ChoiceField),
)


def make_field(asked: Field, context: FieldContext, *, code: bool = False) -> FieldBox:
    """Return the field for a declared field; `code` is for a line of a code, as a lot number."""
    if asked.kind == "text" and asked.choices:
        # Any words, with those that are known to be offered.
        return TypeAheadField(asked, context)
    if asked.kind == "choice" and len(asked.choices) > LIST_LIMIT:
        return TypeAheadField(asked, context)
    if asked.kind == "text" and code:
        return CodeField(asked, context)
    return dict(_BY_KIND)[asked.kind](asked, context)
