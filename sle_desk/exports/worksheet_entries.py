"""What a visit worksheet asks field by field: questions and entries as the package declares their forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sle_desk.base.language import Words, message
from sle_desk.domain.forms import LOG_WORDS, LOGS, Choice, Field, Form, Section, unit_words
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.typing_order import ROOM, entry_forms, first_look
from sle_desk.domain.value_words import value_words
from sle_desk.exports.pdf.worksheet_content import Ask, Entries, GoingOn
from sle_desk.exports.wording import COLON, COMMA, OR, listed, spoken
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
    return spoken(
        message(
            "Typed in the order of this sheet: the forms of part 1, then {logs}; W at the visit leads on. "
            "A second print takes entries beyond the room here."
        ),
        logs=listed(names),
    )


def entry_parts(copy: Snapshot, subject_id: int) -> Iterator[Entries]:
    """Yield for each form of entries what goes on and the room for what is new, in the order of typing."""
    for declared in entry_forms(copy.protocol):
        form = asked_form(copy.session, copy.protocol, subject_id, declared.code)
        yield Entries(
            title=form.label,
            log=LOG_WORDS[form.log],
            going_on=tuple(
                _line(form, row) for row in going_on(copy.session, copy.protocol, form, subject_id)
            ),
            asks=tuple(each for section in form.sections for each in _section_asks(form, section)),
            legend=_legend(tuple(form.fields())),
            lines=ROOM[form.code],
        )


def _section_asks(form: Form, section: Section) -> Iterator[Ask]:
    """Yield all that a section may ask, in the order of the screen, with the answer that calls for it.

    The paper cannot open a question by an answer: what the screen asks after one stands here with it.
    """
    called_for = {field.show_if for field in section.fields}
    common = next(iter(called_for)) if len(called_for) == 1 else None
    headings = [] if section is form.sections[0] else [section.label]
    if common is not None:
        headings.append(_called_for(form, common))
    for place, field in enumerate(section.fields):
        own = field.show_if if common is None else None
        reminder = _called_for(form, own) if own is not None else None
        asked = ask_field(field, keyed=True, reminder=reminder)
        shown = [each for each in headings if each != field.label] if place == 0 else []
        yield replace(asked, heading=listed(shown, COMMA) if shown else None)


def _called_for(form: Form, condition: tuple[str, ...]) -> Words:
    """Return after which answer a field is asked."""
    asked = form.field(condition[0])
    answers = listed([asked.choice(code).label for code in condition[1:]], OR)
    return spoken(message("where {field} is {answers}"), field=asked.label, answers=answers)


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
    keyed = [Words(f"{each.key} {each.label.en}", f"{each.key} {each.label.zh}") for each in choices]
    return listed([listed([field.label for field in fields]), listed(keyed, COMMA)], COLON)
