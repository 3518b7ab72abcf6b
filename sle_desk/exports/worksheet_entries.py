"""What a visit worksheet asks field by field: questions and entries as the package declares their forms."""

from __future__ import annotations

from collections.abc import Iterator

from sle_desk.base.language import Words, message
from sle_desk.domain.forms import LOG_WORDS, LOGS, Choice, Field, Form, unit_words
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.typing_order import ROOM, entry_forms, first_look
from sle_desk.domain.value_words import value_words
from sle_desk.exports.pdf.worksheet_content import Ask, Entries, GoingOn
from sle_desk.exports.wording import spoken
from sle_desk.services.asked_forms import asked_form
from sle_desk.services.log_entries import EntryRow
from sle_desk.services.snapshots import Snapshot
from sle_desk.services.typing_steps import going_on

# How long a line a hand needs for each kind of field, in points.
WIDTHS = {"number": 44.0, "text": 120.0, "note": 200.0, "day": 62.0, "partial_day": 62.0, "time": 40.0}
# More answers than this stand in a line of an entry by their keys, which a legend explains.
MOST_IN_LINE = 3


def ask_field(field: Field, *, keyed: bool = False, reminder: Words | None = None) -> Ask:
    """Return the question of a field as it is declared; `keyed` prints long choices by their keys."""
    limits = field.hard if field.investigator else None
    label = field.label
    if limits is not None:
        span = f" ({limits[0]:f} – {limits[1]:f})"
        label = Words(label.en + span, label.zh + span)
    if not field.choices:
        return Ask(label, unit_words(field.unit), width=WIDTHS[field.kind], reminder=reminder)
    by_key = keyed and _is_long(field)
    answers = (Words(each.key, each.key) if by_key else each.label for each in field.choices)
    return Ask(label, choices=tuple(answers), reminder=reminder)


def _is_long(field: Field) -> bool:
    return len(field.choices) > MOST_IN_LINE


def order_words(protocol: Protocol) -> Words:
    """Return the sentence that says in which order the sheet is typed."""
    logs = dict.fromkeys(form.log for form in entry_forms(protocol))
    names = [LOG_WORDS[log] for log in LOGS if log in logs]
    listed = Words(", ".join(each.en for each in names), "、".join(each.zh for each in names))
    return spoken(
        message(
            "Typed in the order of this sheet: the forms of part 1, then {logs}; W at the visit leads on."
        ),
        logs=listed,
    )


def entry_parts(copy: Snapshot, subject_id: int) -> Iterator[Entries]:
    """Yield for each form of entries what goes on and the lines for what is new, in the order of typing."""
    for declared in entry_forms(copy.protocol):
        form = asked_form(copy.session, copy.protocol, subject_id, declared.code)
        asked = first_look(form)
        yield Entries(
            title=form.label,
            log=LOG_WORDS[form.log],
            going_on=tuple(
                _line(form, row) for row in going_on(copy.session, copy.protocol, form, subject_id)
            ),
            asks=tuple(ask_field(field, keyed=True) for field in asked),
            legend=_legend(asked),
            lines=ROOM[form.code],
        )


def _line(form: Form, row: EntryRow) -> GoingOn:
    """Return what is known of an entry, from what its first look asks and its list shows."""
    told = [
        (field.label, value_words(field, row.values[field.code]))
        for field in first_look(form)
        if field.listed and field.code in row.values
    ]
    return GoingOn(told[0][1], tuple(told[1:])) if told else GoingOn(form.label)


def _legend(asked: tuple[Field, ...]) -> tuple[Words, ...]:
    """Return what the keys of long choices stand for; fields with the same choices share a line."""
    lines: dict[tuple[Choice, ...], list[Field]] = {}
    for field in asked:
        if _is_long(field) and any(each.key != each.label.en for each in field.choices):
            lines.setdefault(field.choices, []).append(field)
    return tuple(_explained(choices, fields) for choices, fields in lines.items())


def _explained(choices: tuple[Choice, ...], fields: list[Field]) -> Words:
    return Words(
        f"{', '.join(field.label.en for field in fields)}: "
        + ", ".join(f"{each.key} {each.label.en}" for each in choices),
        f"{'、'.join(field.label.zh for field in fields)}："
        + "，".join(f"{each.key} {each.label.zh}" for each in choices),
    )
